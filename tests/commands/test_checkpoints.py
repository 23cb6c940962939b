"""`init`, `run`, `runs` and `gate` of a project, in the tests' own process."""

import io
import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.checkpoints import keys, read
from support.imports import write
from uphold.errors import BadFile
from uphold.records.enums import Choice
from uphold.settings import read_settings
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold_tui.cli import run as uphold

KEYS = keys(12)

RUN_KEYS = {"run", "generated", "carried", "reused", "asked", "cost", "changed", "to_read", "gate"}

DIFFERENCE = {"difference", "low", "high", "n", "level", "method", "reason"}

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in an empty folder: its exit code and what it prints on the two streams."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UPHOLD_DB", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run(*words: str) -> tuple[int, str, str]:
        code = uphold(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def done(call: Call) -> Callable[..., Any]:
    """Run a command that succeeds; its JSON, or what it prints."""

    def run(*words: str) -> Any:
        code, out, err = call(*words)
        assert code == 0, err
        return json.loads(out) if "--json" in words else out

    return run


def answers(name: str, word: str, count: int = len(KEYS), **fields: Any) -> str:
    """A file with the answers of a checkpoint."""
    write(
        Path(f"{name}.jsonl"), *({"key": key, "response_candidate": f"{word} {key}", **fields} for key in KEYS[:count])
    )
    return f"{name}.jsonl"


def begin(done: Callable[..., Any], *more: str) -> None:
    """A project with a set, a judge and the answers of its baseline."""
    done("init", "--set", "desk", "--baseline", "base", "--judge", "rules:closer", *more)
    rows = (
        {"key": key, "instruction": f"Say {key}.", "reference": f"well {key}", "response_candidate": "no"}
        for key in KEYS
    )
    done("import", str(write(Path("base.jsonl"), *rows)), "--candidate", "base")


def decided(run: str, choice: str) -> None:
    """Decide all pairs of a run."""
    with open_store(Path("uphold.db")) as store:
        read(store, find_run(store, run), dict.fromkeys(KEYS, Choice(choice)), len(KEYS))


# init


def test_a_project_is_set_up_and_its_file_is_never_overwritten(call: Call, done: Callable[..., Any]) -> None:
    begin(done, "--endpoint", "openai:m", "--max-cost", "2.5", "--margin", ".02", "--read", "30")
    before = Path("uphold.toml").read_bytes()
    assert tomllib.loads(before.decode())["project"] == {
        "set": "desk",
        "endpoint": "openai:m",
        "max_cost": 2.5,
        "margin": 0.02,
        "read": 30,
    }
    code, _, err = call("init", "--set", "other")
    assert (code, Path("uphold.toml").read_bytes()) == (2, before)
    assert "is there already and is not overwritten" in err
    with open_store(Path("uphold.db"), reading=True) as store:
        settings = dict(store.rows("SELECT kind, value FROM set_values").fetchall())
        assert store.rows("SELECT name FROM sets").fetchall() == [("desk",)]
    assert settings["baseline"] == "base"
    assert settings["judge"].startswith("rules:closer@")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (),
            "--set NAME, and what else is known with --baseline SYSTEM --judge SPEC --endpoint SPEC --max-cost USD --margin",
        ),
        (("--judge", "rules:closer"), "--set NAME: the eval set"),
        (("--set", "s", "--margin", "5"), "--margin wants a share between 0 and 1"),
        (("--set", "s", "--max-cost", "nan"), "--max-cost wants an amount of dollars"),
        (("--set", "s", "--judge", "nobody"), "there is no judge 'nobody'"),
        (("--set", "s", "--judge", "rules:closer", "--baseline", "reference"), "reference"),
        (("--set", " "), "--set wants a name"),
    ],
)
def test_what_cannot_be_set_up_is_said_and_leaves_nothing(call: Call, words: tuple[str, ...], said: str) -> None:
    code, out, err = call("init", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not Path("uphold.toml").exists()


def test_any_name_is_read_as_it_was_given(done: Callable[..., Any]) -> None:
    name = 'a "b" \\ \x7f \x1b[31m é 🦊 [project]\nset = 1'
    done("init", "--set", name, "--endpoint", name)
    project = read_settings(None).project
    assert (project.set, project.endpoint) == (name, name)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Whether it is one."""
        return True


def test_in_a_terminal_it_asks(done: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal("desk\nbase\nrules:exact\n\n\n5\n"))
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "stderr", shown)
    assert uphold(["init"]) == 0
    assert read_settings(None).project.margin == 0.05
    assert read_settings(None).project.endpoint is None
    assert "its judge is rules:exact" in shown.getvalue()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project = 1", "[project] is a table"),
        (
            "[project]\nsets = 'x'",
            "[project] has no 'sets', the nearest is 'set'; it has set, endpoint, max_cost, margin, read",
        ),
        ("[project]\njudge = 'x'", "`uphold set` keeps the judge with the set"),
        ("[project]\nread = 1.5", "read wants a whole number of pairs"),
        ("[project]\nmargin = 5", "margin wants a share"),
        ("[project]\nmax_cost = true", "max_cost wants a number"),
        ("[project]\nset = 3", "set wants a name in quotes"),
    ],
)
def test_a_project_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "uphold.toml").write_text(text)
    with pytest.raises(BadFile) as told:
        read_settings(tmp_path / "uphold.toml")
    assert said in str(told.value)


def test_a_project_in_the_users_own_settings_is_refused(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "config" / "uphold" / "uphold.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[project]\nset = 'desk'\n")
    code, _, err = call("run", "v1", "--answers", "x.jsonl")
    assert code == 2
    assert "[project] belongs into the uphold.toml of a project's folder" in err


# run


def test_the_json_of_a_checkpoint_and_the_exit_codes_of_a_pipeline(call: Call, done: Callable[..., Any]) -> None:
    begin(done, "--margin", ".3")
    first = done("run", "v1", "--answers", answers("v1", "well"), "--no-review", "--json")
    assert first.keys() >= RUN_KEYS
    assert (
        first | {"run": "v1-vs-base", "changed": 12, "to_read": 12, "asked": 12, "gate": None, "generated": 0} == first
    )
    decided("v1-vs-base", "candidate")
    done("runs", "bless", "v1-vs-base", "--note", "first")

    code, out, _ = call("run", "v2", "--answers", answers("v2", "worse"), "--no-review", "--json")
    assert (code, json.loads(out)["gate"]["outcome"]) == (3, "INCONCLUSIVE")
    decided("v2-vs-base", "baseline")
    code, out, _ = call("run", "v2", "--no-review", "--json")
    assert (code, json.loads(out)["gate"]["outcome"], json.loads(out)["asked"]) == (1, "FAIL", 0)

    code, out, err = call("run", "v3", "--answers", answers("v3", "well", 11), "--no-review")
    assert code == 4
    assert "left: answers: 1 example of 12 without an answer" in err
    code, out, _ = call("run", "v4", "--answers", answers("v4", "well"), "--no-review", "--json")
    assert (code, json.loads(out)["gate"]["outcome"], json.loads(out)["carried"]) == (0, "PASS", 12)
    assert "all 12 answers are known: nothing to read" in done("run", "v4", "--no-review")


def test_without_a_project_the_options_say_everything(call: Call, done: Callable[..., Any]) -> None:
    begin(done)
    Path("uphold.toml").unlink()
    done("set", "new", "other")
    code, _, err = call("run", "v1", "--answers", answers("v1", "well"), "--no-review")
    assert code == 2
    assert "which eval set? --set NAME" in err
    assert done("run", "v1", "--answers", "v1.jsonl", "--set", "desk", "--no-review", "--json")["changed"] == 12
    twin = done("run", "v2", "--answers", answers("v2", "well"), "--set", "desk", "--no-review")
    assert "0 of 12  no new answer; 12 pairs of earlier runs that nobody has read" in twin
    code, _, err = call("run", "v1", "--set", "other", "--no-review")
    assert code == 2
    assert "the set 'other' has no usual baseline; `uphold set baseline other SYSTEM` gives it one" in err
    code, _, err = call("run", "v1", "--set", "other", "--baseline", "base", "--no-review")
    assert "no judge is pinned to the set 'other'; `uphold set pin other --spec SPEC` pins one" in err


def test_the_set_of_the_project_is_taken_by_every_command(call: Call, done: Callable[..., Any]) -> None:
    begin(done, "--margin", ".3")
    answers("v1", "well")
    assert done("import", "v1.jsonl", "--candidate", "v1", "--json")["set"] == "desk"
    assert done("judge", "--candidate", "v1", "--json")["run"] == "v1-vs-base"
    assert done("stats", "--json")["run"] == "v1-vs-base"
    write(Path("z.jsonl"), {"instruction": "z", "response_candidate": "a", "response_baseline": "b"})
    done("import", "z.jsonl", "--set", "zoo")
    assert done("next", "--json")["run"] == "v1-vs-base"
    assert [row["set"] for row in done("runs", "--json")] == ["desk"]
    assert {row["set"] for row in done("runs", "--all", "--json")} == {"desk", "zoo"}
    done("run", "v2", "--answers", answers("v2", "so"), "--no-review")
    assert (done("stats", "--json")["run"], done("stats", "--json")["set"]) == (None, "desk")
    code, _, err = call("next")
    assert code == 2
    assert "the set 'desk' has several runs" in err
    assert "zoo" not in err
    code, _, err = call("gate", "v2-vs-base")
    assert code == 2
    assert "no run of the set 'desk' is blessed; `uphold runs bless RUN` blesses one" in err
    done("runs", "bless", "v1-vs-base")
    assert call("gate", "v2-vs-base")[0] == 3
    assert call("gate", "v1-vs-base")[2].startswith("'v1-vs-base' is the blessed run itself")


# runs


def test_the_history_has_the_difference_to_the_blessed_run_and_says_where_the_judge_changed(
    call: Call, done: Callable[..., Any]
) -> None:
    begin(done)
    for name, word, choice in (("v1", "well", "candidate"), ("v2", "so", "baseline")):
        done("run", name, "--answers", answers(name, word), "--no-review")
        decided(f"{name}-vs-base", choice)
    assert done("runs", "--json")[1]["difference"]["reason"].startswith("no run of the set is blessed")
    blessed = done("runs", "bless", "1", "--note", "good", "--reviewer", "ada", "--json")
    assert blessed | {"run": "v1-vs-base", "set": "desk", "note": "good", "reviewer": "ada"} == blessed
    first, second = done("runs", "--json")
    assert (first["blessed"], second["blessed"], second["lost"], second["won"]) == (True, False, 12, 0)
    assert set(second["difference"]) == DIFFERENCE
    compared = done("compare", "v1-vs-base", "v2-vs-base", "--json")
    assert second["difference"] == compared["difference"]["ties_half"]
    assert (second["carried"], second["set_version"], second["judge"], second["scores"]) == (0, 1, "rules:closer", {})
    assert "changed here" not in done("runs")

    done("run", "v3", "--answers", answers("v3", "well"), "--judge", "rules:exact", "--no-review")
    lines = done("runs").splitlines()
    assert lines[3].startswith("~ the judge changed here: rules:closer to rules:exact: a jump may be the judge's")
    assert [row["judge"] for row in done("runs", "--json")] == ["rules:closer", "rules:closer", "rules:exact"]
    assert "The judge changed here: rules:closer to rules:exact" in call("gate", "v3-vs-base", "--margin", ".1")[1]
    moved = done("runs", "bless", "v3-vs-base", "--json")
    assert [row["blessed"] for row in done("runs", "--json")] == [False, False, True]
    assert moved["note"] is None


def test_a_judge_that_has_read_nothing_can_be_pinned_by_its_spec(call: Call, done: Callable[..., Any]) -> None:
    begin(done)
    assert done("set", "pin", "desk", "--spec", "rules:exact", "--json")["judge"] == "rules:exact"
    done("run", "v1", "--answers", answers("v1", "well"), "--no-review")
    assert done("runs", "--json")[0]["judge"] == "rules:exact"
    assert call("set", "pin", "desk", "rules:exact", "--spec", "rules:closer")[0] == 2


# a summary for a pull request


def test_a_summary_says_what_was_lost_against_which_run_and_who_read_it(call: Call, done: Callable[..., Any]) -> None:
    begin(done, "--margin", ".1")
    for name, word, choice in (("v1", "well", "candidate"), ("v2", "so", "baseline")):
        done("run", name, "--answers", answers(name, word), "--no-review")
        decided(f"{name}-vs-base", choice)
    done("runs", "bless", "v1-vs-base", "--reviewer", "ada", "--note", "the released one")
    Path("old.md").write_text("old")
    code, out, _ = call("gate", "v2-vs-base", "--markdown", "old.md")
    assert code == 1
    assert "FAIL" in out
    text = Path("old.md").read_text()
    assert text.startswith("## FAIL: `v2-vs-base` against `v1-vs-base`\n")
    assert "by `ada`: `the released one`" in text
    assert "### Lost: 12 examples" in text
    assert f"- `{KEYS[0]}`: win to loss, by `" in text
    code, _, err = call("gate", "v2-vs-base", "--markdown", "uphold.db")
    assert code == 2
    assert "this is the database itself" in err
