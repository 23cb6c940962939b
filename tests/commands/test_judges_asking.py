"""`judges try`, `certify` and `drift` ask as `judge` does: what it learns, stops for, names, holds and masks, they do too."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support import odd_replies
from support.certified import StubJudge, decided_run
from support.command_line import uphold
from support.model_server import Asked, Reply, as_json, chat, error, serving
from support.provider_refusals import PROVIDERS, format_is, openai_error

PAIRS = 70

KEY = "sk-key-of-the-test-0123456789"

COMMANDS = {
    "try": ("judges", "try", "sft-vs-base", "--judge", "new.toml", "--against", "old", "--no-rerun", "--yes"),
    "certify": ("judges", "certify", "--judge", "new.toml", "--floor", ".75", "--yes"),
    "drift": ("judges", "drift", "--judge", "old"),
}

LONG = 300
"""Output tokens of every reply, as many as are allowed."""


@dataclass
class Moody:
    """A judge that answers well until it has a mood; what it sent then is billed, a token for each byte asked."""

    mood: Callable[[Asked], Reply | None] | None = None
    told: bool = True
    dollars: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    judge: StubJudge = field(default_factory=StubJudge)

    def __call__(self, asked: Asked) -> Reply:
        """Answer as the mood says, else well."""
        self.asked.append(asked)
        reply = self.mood(asked) if self.mood is not None else None
        if reply is not None:
            return reply
        body = json.loads(self.judge(asked).body)
        took = len(json.dumps([one["content"] for one in asked.body["messages"]], ensure_ascii=False).encode())
        self.dollars += (took * 1.0 + LONG * 2.0) / 1e6
        body["usage"] = {"prompt_tokens": took, "completion_tokens": LONG}
        if not self.told:
            del body["usage"]
        return as_json(body)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Moody]]:
    """A decided run that `old` has judged (x.db) and passed a test on (certified.db)."""
    folder, server = tmp_path_factory.mktemp("decided"), Moody()
    decided_run(folder, PAIRS).close()
    with serving(server) as running:
        for name in ("old", "new"):
            (folder / f"{name}.toml").write_text(
                f'name = "{name}"\nmodel = "openai:{name}"\nbase_url = "{running.url}"\norders = "one"\n'
                f"prices = {{ input = 1.0, output = 2.0 }}\noptions = {{ max_tokens = {LONG} }}\n"
            )
        key = {"OPENAI_API_KEY": KEY}
        assert uphold(folder, "judge", "--judge", "old.toml", **key).returncode == 0
        shutil.copy(folder / "x.db", folder / "judged.db")
        done = uphold(folder, "judges", "certify", "--judge", "old.toml", "--floor", ".75", "--yes", **key)
        assert done.returncode == 0, done.stderr
        shutil.copy(folder / "x.db", folder / "certified.db")
        yield folder, server


@pytest.fixture
def server(made: tuple[Path, Moody]) -> Iterator[Moody]:
    server = made[1]
    server.asked.clear()
    server.dollars = 0.0
    yield server
    server.mood, server.told = None, True


def run(made: tuple[Path, Moody], command: str, *more: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the JSON and what was said of a command on a fresh copy."""
    folder = made[0]
    shutil.copy(folder / ("certified.db" if command == "drift" else "judged.db"), folder / "x.db")
    found = uphold(folder, *COMMANDS[command], *more, "--json", OPENAI_API_KEY=KEY)
    assert found.stdout, found.stderr
    return found.returncode, json.loads(found.stdout), found.stderr


def why(found: dict[str, Any]) -> str:
    return str(found.get("stopped") or found.get("reason"))


def asks(*numbers: int) -> Callable[[Asked], bool]:
    return lambda asked: any(f"candidate of k-{number:04d}" in asked.user for number in numbers)


every_command = pytest.mark.parametrize("command", sorted(COMMANDS))

HALF = tuple(range(0, PAIRS, 2))


@every_command
def test_three_equal_refusals_stop_it_with_the_servers_sentence(made, server, command):
    server.mood = lambda asked: openai_error(401, "Incorrect API key provided")
    code, found, _ = run(made, command)
    assert (code, len(server.asked) <= 3 + 8) == (4, True)
    assert "refused the API key" in why(found)
    assert "3 requests were refused alike" in why(found)


@every_command
def test_what_is_learnt_is_said_and_holds(made, server, command):
    provider = PROVIDERS["everything at once"]
    server.mood = lambda asked: next((reply(asked.body) for no, reply in provider.dislikes if no(asked.body)), None)
    code, found, talk = run(made, command)
    assert (code, why(found).find("refused")) == (0, -1)
    assert "it takes no JSON schema and has no JSON mode" in talk
    assert "the output length is sent as max_completion_tokens" in talk
    formats = [format_is("json_schema")(asked.body) for asked in server.asked]
    assert (any(formats[:8]), any(formats[20:])) == (True, False)


@every_command
def test_what_could_not_be_read_is_named_and_a_key_that_the_model_echoes_is_masked(made, server, command):
    some = asks(*HALF)
    server.mood = lambda asked: chat(f"I would rather not say: {KEY}") if some(asked) else None
    _, found, _ = run(made, command)
    (problem,) = found["problems"]
    assert (problem["status"], problem["example"][:2], problem["count"] > 5) == ("unreadable", "k-", True)
    assert problem["what"] == 'no verdict in the text: "I would rather not say: [key]"'
    content = b"".join(path.read_bytes() for path in made[0].glob("x.db*"))
    assert b"rather not say: [key]" in content
    assert KEY.encode() not in content


def test_people_are_told_too(made, server):
    some = asks(*HALF)
    server.mood = lambda asked: chat("I would rather not say.") if some(asked) else None
    shutil.copy(made[0] / "judged.db", made[0] / "x.db")
    said = " ".join(uphold(made[0], *COMMANDS["try"], OPENAI_API_KEY=KEY).stdout.split())
    assert "judgments could not be read: no verdict in the text" in said


@every_command
def test_what_failed_is_named_and_left_for_the_same_command(made, server, command):
    some = asks(*HALF)
    server.mood = lambda asked: error(413, said="a very long text") if some(asked) else None
    code, found, _ = run(made, command)
    (problem,) = found["problems"]
    assert (code, problem["status"], problem["count"] > 5) == (4, "failed", True)
    assert "a very long text" in problem["what"]
    if command != "try":
        assert f"{problem['count']} judgments could not be had" in found["reason"]
        assert "a very long text" in found["reason"]


@every_command
def test_an_odd_reply_costs_its_own_judgment_only(made, server, command):
    some = asks(*range(0, PAIRS, 6))
    server.mood = lambda asked: odd_replies.ALL["10 MB in one line"](asked) if some(asked) else None
    code, found, _ = run(made, command)
    (problem,) = found["problems"]
    assert (code, 0 < problem["count"] <= 12, len(server.asked) >= 25) == (4, True, True)
    assert "more than 4 MiB" in problem["what"]


FEW = [("certify", 64, False)]

MANY = [(command, at_once, told) for command in COMMANDS for at_once in (1, 8, 64, 200) for told in (True, False)]


def check_cap(made: tuple[Path, Moody], server: Moody, command: str, at_once: int, told: bool) -> None:
    server.told = told
    cap = 0.02
    code, found, _ = run(made, command, "--max-cost", str(cap), "--concurrency", str(at_once))
    assert (code, "--max-cost" in why(found)) == (4, True)
    assert 0.25 * cap < server.dollars <= cap


@pytest.mark.parametrize(("command", "at_once", "told"), FEW)
def test_the_cap_is_never_passed(made, server, command, at_once, told):
    check_cap(made, server, command, at_once, told)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "at_once", "told"), MANY)
def test_the_cap_is_never_passed_in_any_way(made, server, command, at_once, told):
    check_cap(made, server, command, at_once, told)
