import base64
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from support.control_sequences import kinds
from support.hostile_texts import SEQUENCES, file_name, short
from support.terminal import UPHOLD, Terminal

ESC = "\x1b"

MANY = ("J", "J", "J", "J", "J")

READING = (
    "r",
    " ",
    "j",
    ESC,
    "?",
    ESC,
    "c",
    ESC,
    "v",
    "J",
    "J",
    "d",
    "n",
    "N",
    *MANY,
    "d",
    "m",
    *MANY,
    " ",
    "G",
    "g",
    "m",
    "+",
    "+",
    "\t",
    "+",
    "-",
    "=",
    "o",
    "p",
    "J",
    "p",
    "o",
    "K",
    "p",
)
"""Screens and ways of reading, over all kinds of verdicts."""

ACTING = (
    "a",
    "b",
    "t",
    "4",
    "\r",
    "\r",
    "s",
    "f",
    "K",
    "K",
    "x",
    "u",
    "u",
    "\x12",
    "u",
    ":",
    "theme",
    ESC,
    ":3\r",
    "\x10",
    "flag",
    "\r",
    "f",
    "clicked",
    "c",
    "pasted",
    "\r",
    "J",
    "K",
    "r",
    ESC,
    "c",
    ESC,
    "U",
    "a",
    "U",
    "b",
    "U",
    "a",
    "U",
    "t",
    "U",
    "a",
    "q",
    ESC,
)
"""Everything that is written, the commands, a comment, and what is shown of it afterwards."""

LOOKING = (
    "l",
    "j",
    " ",
    "f",
    "f",
    "\t",
    "F",
    ESC,
    "/",
    "asked",
    "\r",
    "n",
    ESC,
    "?",
    ESC,
    ":",
    ESC,
    "o",
    "R",
    "J",
    "q",
    "l",
    "q",
    "i",
    "j",
    "k",
    "\t",
    "t",
    "h",
    "w",
    ESC,
    "x",
    "pasted",
    "\r",
    "?",
    ESC,
    "q",
    "I",
    ESC,
    "w",
    ESC,
    "R",
    "R",
    "/",
    "asked",
    "\r",
    "n",
    "N",
    ESC,
    "F",
    ESC,
    "q",
)
"""The list of pairs and its filters, the numbers, guidelines, reasons, the reference's words, and finding."""

HOME = (
    "\x1b[B",
    "\x1b[A",
    "?",
    ESC,
    ":",
    ESC,
    "i",
    "j",
    "t",
    "q",
    "l",
    "j",
    "q",
    "\r",
    "a",
    "q",
    "j",
    ESC,
    "j",
    "\r",
    "?",
    ESC,
    "r",
    ESC,
    "q",
)
"""The start screen, what it opens, and judging by a rule."""

PASTED = "pasted \x07\x08\x9b31m\x9d0;pwned\x9c\u202e[@click=app.leave_now]x[/]"
"""What a terminal lets through when it pastes: it keeps ESC back itself."""


def copied(side, folder: Path):
    """The side in a copy, so that what is done in it is undone afterwards."""
    path = folder / side.database.name
    shutil.copy(side.database, path)
    return replace(side, database=path)


def press(terminal: Terminal, keys: Iterable[str]) -> None:
    """One key after the other, each when nothing moves any more."""
    for key in keys:
        if key == "clicked":
            click(terminal)
        else:
            terminal.send(f"\x1b[200~{PASTED}\x1b[201~" if key == "pasted" else key)
            terminal.read(0.4)
            terminal.quiet(0.16 if key == ESC else 0.06)  # a key that follows on ESC at once is another key
        assert terminal.alive, f"the app ended at {key!r}"


def click(terminal: Terminal) -> None:
    """Click on whatever looks like markup that a click could act on."""
    for row, text in enumerate(terminal.screen.display, 1):
        for word in ("click me", "here[", "http", "app.leave_now"):
            column = text.find(word) + 3
            if column > 2:
                terminal.send(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
                terminal.quiet(0.05)


def used(side, size: tuple[int, int], keys: Iterable[str], *options: str) -> Terminal:
    """A review that was gone through and left; what it said on leaving is in the stream too."""
    argv = [*UPHOLD, "--db", str(side.database), *options]
    with Terminal(argv, cwd=side.folder, size=size) as terminal:
        terminal.wait("all keys")
        terminal.quiet(0.1)
        press(terminal, keys)
        terminal.quiet(0.16)
        terminal.send("Q")
        terminal.rest()
    return terminal


def review(side) -> list[str]:
    return ["review", "1", "--reviewer", side.dress(short("me", 7))]


@pytest.fixture(scope="module")
def usual(sides, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The kinds of sequences that the app sends when there is nothing foreign in its texts."""
    side = copied(sides.harmless, tmp_path_factory.mktemp("usual"))
    keys = ("r", ESC, "?", ESC, ":", ESC, "c", "x", ESC, "m", "d", "d", "v", "a", "u", "clicked", "l", "q", "i", "q")
    return kinds(bytes(used(side, (120, 36), keys, *review(side)).stream))


def assert_harmless(terminal: Terminal, usual: set[str], *seen: str) -> None:
    """Nothing but the usual, and these words were on the way: the screens were really there."""
    stream = bytes(terminal.stream)
    assert [words for words in seen if words.encode() not in stream] == []
    assert kinds(stream) - usual == set()
    assert not [sequence for sequence in SEQUENCES if sequence.encode() in stream]
    assert "␛".encode() in stream
    assert "pwned" not in terminal.screen.title
    assert terminal.code == 0


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (200, 60), (56, 16)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_reading_hostile_pairs_does_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    side = copied(sides.hostile, tmp_path)
    words = ("Raw answers of", "Keys while", "Comment on", "only here", "failed", "unreadable")
    assert_harmless(used(side, size, READING, *review(side)), usual, *words)


@pytest.mark.parametrize("size", [(120, 36), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_deciding_commenting_and_leaving_does_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    side = copied(sides.hostile, tmp_path)
    words = ("theme uphold", "taken back", "pasted ", "All saved.")
    assert_harmless(used(side, size, ACTING, *review(side)), usual, *words)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_lists_and_numbers_of_hostile_pairs_do_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    side = copied(sides.hostile, tmp_path)
    words = ("next filter", "Inconsistent", "won by", "by tag", "next match")
    assert_harmless(used(side, size, LOOKING, *review(side)), usual, *words[: 5 if size[0] > 100 else 2])


def test_another_judge_on_the_table_does_nothing_to_the_terminal(sides, usual: set[str], tmp_path: Path) -> None:
    side = copied(sides.hostile, tmp_path)
    options = (*review(side), "--judge", side.dress(short("imported-judge", 2)))
    assert_harmless(used(side, (120, 36), ("r", ESC, *MANY, *MANY), *options), usual)


def test_the_start_screen_does_nothing_to_the_terminal(sides, usual: set[str], tmp_path: Path) -> None:
    side = copied(sides.hostile, tmp_path)
    words = ("third", "won by", "next filter", "rules:closer", "judgments", "Keys")
    assert_harmless(used(side, (120, 36), HOME), usual, *words)


def test_what_is_copied_to_the_clipboard_holds_no_control_character(sides, tmp_path: Path) -> None:
    side = copied(sides.hostile, tmp_path)
    stream = bytes(used(side, (120, 36), ("y", "J", "\t", "y"), *review(side)).stream)
    copies = [base64.b64decode(text).decode() for text in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)", stream)]
    assert len(copies) == 2
    assert all(kinds(copy.encode()) <= {"U+000A", "U+0009"} for copy in copies)
    assert all("asked" in copies[0] or "baseline" in copy for copy in copies)


def test_a_hostile_key_map_signs_or_theme_in_the_settings_does_nothing_to_the_terminal(sides, tmp_path: Path) -> None:
    settings = tmp_path / "uphold.toml"
    settings.write_text(f'theme = "{file_name("none").encode("unicode_escape").decode()}"\n'.replace("\\x", "\\u00"))
    with Terminal([*UPHOLD, "--db", str(sides.hostile.database), "--config", str(settings), "review", "1"]) as terminal:
        terminal.quiet(0.5)
        stream = terminal.rest()
    assert terminal.code == 2
    assert kinds(stream) <= {"U+000A", "U+000D"}
