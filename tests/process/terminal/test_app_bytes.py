"""What the app sends to a terminal while somebody goes through texts that want to do something to it.

The scripts of keys run in this process, in a terminal that records; one runs in the real program as well.
"""

import asyncio
import base64
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from support.app_samples import make_app
from support.control_sequences import kinds
from support.hostile_texts import SEQUENCES, file_name, short
from support.recorded_app import ESC, RecordedTerminal, recorded
from support.terminal import UPHOLD, Terminal
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui.app import UpholdApp
from uphold_tui.judging.screen import JudgingScreen

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
    "judged",
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


async def press(terminal: RecordedTerminal, keys: Iterable[str]) -> None:
    """One key after the other, each when nothing moves any more."""
    for key in keys:
        assert terminal.app.is_running, f"the app ended before {key!r}"
        if key == "clicked":
            await click(terminal)
        elif key == "judged":
            await judged(terminal)
        else:
            await terminal.type(f"\x1b[200~{PASTED}\x1b[201~" if key == "pasted" else key)


async def judged(terminal: RecordedTerminal) -> None:
    """Wait until the judge, which is at work in a thread, has read all pairs."""
    screen = terminal.app.screen
    assert isinstance(screen, JudgingScreen)
    assert screen.work is not None
    for _ in range(4000):
        if screen.work.is_running:
            await asyncio.sleep(0.005)
    await terminal.see(lambda text: "judgments" in text)


async def click(terminal: RecordedTerminal) -> None:
    """Click on whatever looks like markup that a click could act on."""
    for typed in clicks(terminal.display):
        await terminal.type(typed)


def clicks(display: list[str]) -> list[str]:
    """What a terminal sends for a click on each of these places."""
    places = [
        (text.find(word) + 3, row)
        for row, text in enumerate(display, 1)
        for word in ("click me", "here[", "http", "app.leave_now")
    ]
    return [f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m" for column, row in places if column > 2]


def me(side) -> str:
    """A reviewer's name."""
    name: str = side.dress(short("me", 7))
    return name


def reviewing(store: Store, side, judge: str | None = None) -> UpholdApp:
    """The app on the first run."""
    session = open_review(store, all_runs(store)[0], me(side), ReviewOptions(judge=judge))
    return make_app(store, session, reviewer=me(side))


def starting(store: Store, side) -> UpholdApp:
    """The app on its start screen."""
    return make_app(store, reviewer=me(side))


async def used(side, keys: Iterable[str], size: tuple[int, int] = (120, 36), start=reviewing, **options: str) -> bytes:
    """Everything that the app sent while it was gone through."""
    with open_store(side.database) as store:
        async with recorded(start(store, side, **options), size) as terminal:
            assert any("all keys" in row for row in terminal.display)
            await press(terminal, keys)
            if terminal.app.is_running:
                await terminal.type("Q")
            return terminal.stream


USUAL = ("r", ESC, "?", ESC, ":", ESC, "c", "x", ESC, "m", "d", "d", "v", "a", "u", "clicked", "l", "q", "i", "q")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def usual(sides, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The kinds of sequences that the app sends when there is nothing foreign in its texts."""
    return kinds(await used(copied(sides.harmless, tmp_path_factory.mktemp("usual")), USUAL))


def assert_harmless(stream: bytes, usual: set[str], *seen: str) -> None:
    """Nothing but the usual, and these words were on the way: the screens were really there."""
    assert [words for words in seen if words.encode() not in stream] == []
    assert kinds(stream) - usual == set()
    assert not [sequence for sequence in SEQUENCES if sequence.encode() in stream]
    assert "␛".encode() in stream


def _slowly(*sizes: tuple[int, int]) -> list[Any]:
    return [pytest.param(size, marks=pytest.mark.slow) for size in sizes]


def _size_name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", [(120, 36), (56, 16), *_slowly((80, 24), (200, 60))], ids=_size_name)
async def test_reading_hostile_pairs_does_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    words = ("Raw answers of", "Keys while", "Comment on", "only here", "failed", "unreadable")
    stream = await used(copied(sides.hostile, tmp_path), READING, size)
    assert_harmless(stream, usual, *words)


@pytest.mark.parametrize("size", [(200, 60), *_slowly((120, 36))], ids=_size_name)
async def test_deciding_commenting_and_leaving_does_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    words = ("theme uphold", "taken back", "pasted ", "All saved.")
    assert_harmless(await used(copied(sides.hostile, tmp_path), ACTING, size), usual, *words)


@pytest.mark.parametrize("size", [(80, 24), *_slowly((120, 36))], ids=_size_name)
async def test_lists_and_numbers_of_hostile_pairs_do_nothing_to_the_terminal(
    sides, usual: set[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    words = ("next filter", "Inconsistent", "won by", "by tag", "next match")
    stream = await used(copied(sides.hostile, tmp_path), LOOKING, size)
    assert_harmless(stream, usual, *words[: 5 if size[0] > 100 else 2])


async def test_another_judge_on_the_table_does_nothing_to_the_terminal(sides, usual: set[str], tmp_path: Path) -> None:
    side = copied(sides.hostile, tmp_path)
    stream = await used(side, ("r", ESC, *MANY, *MANY), judge=side.dress(short("imported-judge", 2)))
    assert_harmless(stream, usual)


async def test_the_start_screen_does_nothing_to_the_terminal(sides, usual: set[str], tmp_path: Path) -> None:
    words = ("third", "won by", "next filter", "rules:closer", "judgments", "Keys")
    assert_harmless(await used(copied(sides.hostile, tmp_path), HOME, start=starting), usual, *words)


async def test_what_is_copied_to_the_clipboard_holds_no_control_character(sides, tmp_path: Path) -> None:
    stream = await used(copied(sides.hostile, tmp_path), ("y", "J", "\t", "y"))
    copies = [base64.b64decode(text).decode() for text in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)", stream)]
    assert len(copies) == 2
    assert all(kinds(copy.encode()) <= {"U+000A", "U+0009"} for copy in copies)
    assert all("asked" in copies[0] or "baseline" in copy for copy in copies)


RAW, KEYS, COMMENT, LIST, NUMBERS = "Raw answers of", "Keys while", "Comment on", "next filter", "won by"

REAL: tuple[tuple[str, str, str | None], ...] = (
    ("r", RAW, None),
    (ESC, "", RAW),
    ("?", KEYS, None),
    (ESC, "", KEYS),
    ("c", COMMENT, None),
    (f"\x1b[200~{PASTED}\x1b[201~", "pasted", None),
    ("\r", "comment saved", COMMENT),
    ("b", "before:", None),
    ("l", LIST, None),
    ("q", "", LIST),
    ("i", NUMBERS, None),
    ("q", "", NUMBERS),
)
"""Keys, what is on the screen when each is done, and what is not."""


@pytest.mark.slow  # a key that comes before the paint is dropped by the program, and this script sends each key once
def test_the_real_program_does_nothing_to_the_terminal_either(sides, tmp_path: Path) -> None:
    titles = []

    def gone_through(side) -> bytes:
        argv = [*UPHOLD, "--db", str(copied(side, tmp_path).database), "review", "1", "--reviewer", me(side)]
        with Terminal(argv, cwd=side.folder) as terminal:
            terminal.see("all keys")
            for keys, shows, hides in REAL:
                terminal.send(keys)
                terminal.see(shows, without=hides)
            for typed in clicks(terminal.display):
                terminal.send(typed)
            terminal.send("Q")
            stream = terminal.rest()
            titles.append(terminal.screen.title)
        assert terminal.code == 0
        return stream

    assert "␛".encode() in sides.compare(gone_through)
    assert "pwned" not in "".join(titles)


def test_a_hostile_key_map_signs_or_theme_in_the_settings_does_nothing_to_the_terminal(sides, tmp_path: Path) -> None:
    settings = tmp_path / "uphold.toml"
    settings.write_text(f'theme = "{file_name("none").encode("unicode_escape").decode()}"\n'.replace("\\x", "\\u00"))
    with Terminal([*UPHOLD, "--db", str(sides.hostile.database), "--config", str(settings), "review", "1"]) as terminal:
        stream = terminal.rest()
    assert terminal.code == 2
    assert kinds(stream) <= {"U+000A", "U+000D"}
