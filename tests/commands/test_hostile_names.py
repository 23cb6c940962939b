"""Names and texts from every field, and file names and arguments, print harmless on every command."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command_line import uphold
from support.imports import write

SEQUENCE = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\x7f\x08"

HARMLESS = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*")


def hostile(name: str) -> str:
    return f"{name}{SEQUENCE}\n{name}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which every field is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    row = {
        "key": hostile("key"),
        "turns": [hostile("one"), hostile("two")],
        "context": hostile("context"),
        "reference": [hostile("r1"), hostile("r2")],
        "tags": [hostile("tag")],
        "candidate": hostile("cand"),
        "baseline": hostile("base"),
        "response_candidate": [hostile("c1"), {hostile("cell"): [hostile("c2")]}],
        "response_baseline": [hostile("b1"), hostile("b2")],
        "judge": hostile("judge"),
        "verdict": "tie",
        "order": "candidate-first",
        "reason": hostile("reason"),
        "reviewer": hostile("reviewer"),
        "review": "candidate",
        "note": hostile("note"),
        hostile("unused"): hostile("value"),
    }
    write(folder / file_name("good"), row)
    write(folder / file_name("bad"), row | {"verdict": hostile("verdict")})
    write(folder / file_name("clash"), row | {"verdict": "candidate"})
    harmless(folder, "import", file_name("good"))
    return folder


def file_name(name: str) -> str:
    return f"{name}\x1b]0;pwned\x07\u202e\n.jsonl"


def harmless(folder: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    """Run a command; what it prints holds nothing that a terminal would act on."""
    found = uphold(folder, *arguments)
    said = found.stdout + found.stderr
    assert found.returncode in codes, said
    assert "Traceback" not in said
    assert HARMLESS.fullmatch(said), ascii(said)
    return said


COMMANDS: dict[str, Callable[[], list[str]]] = {
    "runs": lambda: ["runs"],
    "runs as JSON": lambda: ["runs", "--json"],
    "stats": lambda: ["stats", "--by", "tag"],
    "stats of the set": lambda: ["stats", "--set", file_name("good").removesuffix(".jsonl"), "--full"],
    "stats as JSON": lambda: ["stats", "--json"],
    "show": lambda: ["show", f"{hostile('cand')}-vs-{hostile('base')}", hostile("key")],
    "show as JSON": lambda: ["show", "1", hostile("key"), "--json"],
    "imports": lambda: ["imports"],
    "imports as JSON": lambda: ["imports", "--json"],
    "import again": lambda: ["import", file_name("good")],
    "import again as JSON": lambda: ["import", file_name("good"), "--json"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_file_brought_prints_harmless(folder: Path, command: str) -> None:
    assert harmless(folder, *COMMANDS[command]())


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", file_name("bad")],
        ["import", file_name("clash"), "--set", file_name("good").removesuffix(".jsonl")],
        ["import", file_name("none")],
        ["import", file_name("good"), "--as", SEQUENCE],
        ["import", file_name("good"), "--map", f"{SEQUENCE}=x"],
        ["import", file_name("good"), "--map", SEQUENCE],
        ["stats", SEQUENCE],
        ["stats", "--set", SEQUENCE],
        ["stats", "--tag", SEQUENCE],
        ["stats", "--judge", SEQUENCE],
        ["stats", "--by", SEQUENCE],
        ["stats", f"--{SEQUENCE}"],
        ["show", "1", SEQUENCE],
        ["show", SEQUENCE, SEQUENCE],
        ["imports", "drop", SEQUENCE],
        ["demo", "--set", SEQUENCE],
        ["judge", "1", "--judge", SEQUENCE],
        [SEQUENCE],
        ["--config", SEQUENCE, SEQUENCE],
        ["--db", SEQUENCE, "runs"],
    ],
)
def test_what_is_told_of_what_went_wrong_is_harmless(folder: Path, arguments: list[str]) -> None:
    assert harmless(folder, *arguments, codes=(2,))


def test_file_names_that_are_no_text_are_told_and_kept(folder: Path) -> None:
    name = b"odd\xff\x1b[2J.jsonl"
    (folder / "plain.jsonl").write_text('{"key": "a", "instruction": "x"}\n')
    (folder / "plain.jsonl").rename(folder / name.decode("utf-8", "surrogateescape"))
    for command in ("import", "stats"):
        found = uphold(folder, command, os.fsdecode(name), db="odd.db")
        said = found.stdout + found.stderr
        assert HARMLESS.fullmatch(said), ascii(said)
        assert found.returncode == (0 if command == "import" else 2)
