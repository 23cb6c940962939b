"""What commands write into a terminal of texts that want to do something to it; a few in the real program, too."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.command_line import uphold_into
from support.control_sequences import kinds
from support.hostile_texts import SEQUENCES, as_it_is, attack, file_name, harmless, short
from support.terminal import UPHOLD, Terminal

LINE_ENDS = {"U+000A"}

WITH_PROGRESS = ("import", "judge", "export")
"""Commands that show a bar of progress on a terminal."""

TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "200", "LINES": "50"}

SIGN = "␛".encode()
"""How a harmless terminal shows ESC."""


class TerminalStream(io.TextIOWrapper):
    """A stream that keeps what is written to it and says that it is a terminal."""

    def __init__(self) -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding="utf-8")

    def isatty(self) -> bool:
        """It is one."""
        return True


def ran(side, *arguments: str) -> bytes:
    """Run a command on a database, in this process; everything it wrote into its terminal."""
    stream = TerminalStream()
    uphold_into(stream, stream, side.folder, "--db", str(side.database), *arguments, **TERMINAL)
    stream.flush()
    return stream.kept.getvalue()


def ran_as_program(side, *arguments: str) -> bytes:
    """The same in the real program and a pseudo-terminal."""
    with Terminal([*UPHOLD, "--db", str(side.database), *arguments], cwd=side.folder, size=(200, 50)) as terminal:
        return terminal.rest()


@pytest.fixture(scope="module")
def progress_bar(sides, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The kinds of sequences of an import in which there is nothing foreign."""
    file = tmp_path_factory.mktemp("plain") / "plain.jsonl"
    file.write_text('{"instruction": "i", "response_candidate": "a", "response_baseline": "b"}\n')
    return kinds(ran(replace(sides.harmless, database=file.with_name("plain.db")), "import", str(file)))


def test_the_kinds_of_sequences_in_a_stream_are_found() -> None:
    stream = (
        "\x1b[31m\x1b[2J\x1b[?25h\x1b]0;title\x07\x1b]52;c;x\x1b\\\x1bc\x1bPq\x1b\\\x9b1m\x07\u202eplain\n".encode()
    )
    expected = {
        "CSI m",
        "CSI J",
        "CSI ?25h",
        "OSC 0",
        "OSC 52",
        "ESC c",
        "ESC P",
        "U+009B",
        "U+0007",
        "U+202E",
        "U+000A",
    }
    assert kinds(stream + b"\xff") == expected | {"no UTF-8"}


def test_a_twin_is_as_long_as_the_hostile_text_and_does_nothing() -> None:
    for turn in range(30):
        assert len(harmless(attack("text", turn))) == len(attack("text", turn))
        assert kinds(harmless(attack("text", turn)).encode()) == set()


COMMANDS: dict[str, Callable[..., list[str]]] = {
    "runs": lambda side: ["runs"],
    "runs as JSON": lambda side: ["runs", "--json"],
    "imports": lambda side: ["imports"],
    "stats of a run": lambda side: ["stats", "1"],
    "stats of a run as JSON": lambda side: ["stats", "1", "--json", "--full"],
    "stats by tag": lambda side: ["stats", "1", "--by", "tag"],
    "stats of a set": lambda side: ["stats", "--set", side.dress(short("set"))],
    "a pair": lambda side: ["show", "1", side.dress(short("key2", 2))],
    "a pair as JSON": lambda side: ["show", "1", side.dress(short("key2", 2)), "--json"],
    "an export": lambda side: ["export", "csv", "1"],
    "an export as JSON": lambda side: ["export", "jsonl", "1"],
    "an unreadable pair": lambda side: ["show", "1", side.dress(short("key3", 3))],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_prints_of_foreign_texts_does_nothing_to_the_terminal(
    sides, progress_bar: set[str], name: str
) -> None:
    arguments = COMMANDS[name](sides.hostile)
    stream = ran(sides.hostile, *arguments)
    assert LINE_ENDS <= kinds(stream) <= (progress_bar if arguments[0] in WITH_PROGRESS else LINE_ENDS)
    assert "JSON" in name or SIGN in stream


@pytest.mark.parametrize("name", ["stats of a run", "a pair"])
def test_the_real_program_writes_what_the_command_in_this_process_writes(sides, name: str) -> None:
    arguments = COMMANDS[name](sides.hostile)
    written = ran_as_program(sides.hostile, *arguments)
    assert written.replace(b"\r\n", b"\n") == ran(sides.hostile, *arguments)


def test_the_real_program_does_no_more_with_a_bar_of_progress(sides, progress_bar: set[str], tmp_path: Path) -> None:
    side = replace(sides.hostile, database=tmp_path / "again.db")
    stream = ran_as_program(side, "import", side.dress(file_name("first")))
    assert kinds(stream) - {"U+000D"} <= progress_bar
    assert SIGN in stream


ERRORS: dict[str, Callable[..., list[str]]] = {
    "several runs": lambda side: ["stats"],
    "no such run": lambda side: ["stats", side.dress(short("none"))],
    "no such set": lambda side: ["stats", "--set", side.dress(short("none"))],
    "no such judge": lambda side: ["stats", "1", "--judge", side.dress(short("none"))],
    "no such tag": lambda side: ["stats", "1", "--tag", side.dress(short("none"))],
    "no such key": lambda side: ["show", "1", side.dress(short("none"))],
    "no such reviewer": lambda side: ["export", "csv", "1", "--reviewer", side.dress(short("none"))],
    "no such export": lambda side: ["export", side.dress(short("none")), "1"],
    "no place for an export": lambda side: ["export", "csv", "1", "-o", side.dress(short("none")) + "/x"],
    "no such import": lambda side: ["imports", "drop", "99"],
    "no such file": lambda side: ["import", side.dress(file_name("none"))],
    "no such format": lambda side: ["import", side.dress(file_name("first")), "--as", side.dress(short("none"))],
    "no such mapping": lambda side: ["import", side.dress(file_name("first")), "--map", side.dress(short("none"))],
    "no database": lambda side: ["--db", side.dress(file_name("none")), "runs"],
    "no system of a review": lambda side: [
        "review",
        "--set",
        side.dress(short("set")),
        "--candidate",
        side.dress(short("x")),
        "--baseline",
        side.dress(short("base", 1)),
    ],
    "a judge of one set": lambda side: ["judge", "1", "--judge", side.dress(short("none"))],
    "an address": lambda side: ["judge", "1", "--judge", "anthropic:m", "--base-url", side.dress(short("none"))],
    "a judge's model": lambda side: [
        "judge",
        "1",
        "--judge",
        "anthropic:" + side.dress(short("m")),
        "--base-url",
        "https://judge.invalid",
    ],
    "a config": lambda side: ["--config", side.dress(file_name("first")), "runs"],
    "no database of that name": lambda side: ["--db", side.dress(file_name("first")), "runs"],
}

USAGE_ERRORS: dict[str, Callable[..., list[str]]] = {
    "no such command": lambda side: [side.dress(short("none"))],
    "no such option": lambda side: ["stats", "--" + side.dress(short("none"))],
    "no number": lambda side: ["imports", "drop", side.dress(short("none"))],
    "too many arguments": lambda side: ["show", "1", "key", side.dress(short("none"))],
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_that_quotes_a_foreign_text_does_nothing_to_the_terminal(
    sides, progress_bar: set[str], name: str
) -> None:
    arguments = ERRORS[name](sides.hostile)
    stream = ran(sides.hostile, *arguments)
    assert kinds(stream) <= (progress_bar if arguments[0] in WITH_PROGRESS else LINE_ENDS)
    assert stream
    assert not [sequence for sequence in SEQUENCES if sequence.encode() in stream]


@pytest.mark.parametrize("name", USAGE_ERRORS)
def test_a_wrong_call_that_is_quoted_does_nothing_to_the_terminal(sides, name: str) -> None:
    assert kinds(ran(sides.hostile, *USAGE_ERRORS[name](sides.hostile))) == LINE_ENDS


def test_an_import_of_a_hostile_file_does_nothing_to_the_terminal(sides) -> None:
    def bring(side) -> bytes:
        return ran(side, "import", side.dress(file_name("first")), "--set", side.dress(short("again")))

    assert b"@click=app" in sides.compare(bring)


def test_judging_by_a_rule_does_nothing_to_the_terminal(sides) -> None:
    stream = sides.compare(lambda side: ran(side, "judge", "1", "--judge", "rules:closer"))
    assert SIGN in stream


BAD: dict[str, Callable[..., str]] = {
    "a verdict that is none": lambda dress: json.dumps(
        {"instruction": "i", "response_candidate": "a", "response_baseline": "b", "verdict": dress(short("none"))}
    ),
    "a field twice": lambda dress: '{"key": "k", %s: 1, %s: 2}' % ((json.dumps(dress(short("field"))),) * 2),
    "no fields of ours": lambda dress: json.dumps({dress(short("field")): dress(short("value"))}),
    "a text where none should be": lambda dress: json.dumps({"key": "k", "turn": dress(attack("turn"))}),
    "no JSON": lambda dress: '{"key": "k", ' + dress("\x1b]0;pwned\x07"),
    "an unknown key": lambda dress: json.dumps({"key": dress(short("key")), "verdict": "tie"}),
    "one judge, two words": lambda dress: "\n".join(
        json.dumps(
            {
                "key": dress(short("key")),
                "instruction": "i",
                "response_candidate": "a",
                "response_baseline": "b",
                "judge": dress(short("judge")),
                "verdict": verdict,
            }
        )
        for verdict in ("tie", "candidate")
    ),
    "an odd cell": lambda dress: json.dumps(
        {
            "instruction": "i",
            "response_candidate": {dress(short("name")): dress(attack("cell"))},
            "response_baseline": "b",
        }
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_said_of_a_bad_row_does_nothing_to_the_terminal(
    sides, progress_bar: set[str], tmp_path: Path, name: str
) -> None:
    file = tmp_path / file_name("bad")
    file.write_text(BAD[name](as_it_is) + "\n")
    side = replace(sides.hostile, database=tmp_path / "bad.db")
    for options in ([], ["--skip-bad"]):
        stream = ran(side, "import", "--as", "pairs", str(file), *options)
        assert kinds(stream) <= progress_bar
        assert SIGN in stream
        assert not [sequence for sequence in SEQUENCES if sequence.encode() in stream]
