"""Copying: into the terminal by an escape sequence that nothing in the text can end, into the system by its program."""

import base64
import stat
from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, rows, shown
from uphold.records.enums import Side
from uphold_tui.clipboard import LONGEST_IN_SEQUENCE, copy_text, fill_system_clipboard

PROGRAMS = ("wl-copy", "xclip", "xsel", "pbcopy", "clip.exe")

HOSTILE = "before\x1b]52;c;aGFja2Vk\x07\x1b\\after\u202e"


def program(folder: Path, name: str, code: int = 0) -> Path:
    """A program that keeps what it is given, and ends with a code."""
    kept, path = folder / f"{name}.txt", folder / name
    path.write_text(f'#!/bin/sh\ncat > "{kept}"\nexit {code}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return kept


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clipboard of whoever runs the tests is left alone."""
    monkeypatch.setattr("uphold_tui.clipboard._PROGRAMS", ((("xclip", "-selection", "clipboard"), "UPHOLD_DISPLAY"),))


def test_the_systems_program_gets_the_text_as_it_is(tmp_path: Path) -> None:
    kept = program(tmp_path, "xclip")
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "UPHOLD_DISPLAY": ":0"}
    assert fill_system_clipboard(HOSTILE, environment) is None
    assert kept.read_bytes() == HOSTILE.encode()


def test_without_a_display_or_a_program_there_is_none(tmp_path: Path) -> None:
    program(tmp_path, "xclip")
    assert fill_system_clipboard("text", {"PATH": str(tmp_path)}) == ""
    assert fill_system_clipboard("text", {"PATH": "/nowhere", "UPHOLD_DISPLAY": ":0"}) == ""


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    program(tmp_path, "xclip", code=3)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "UPHOLD_DISPLAY": ":0"}
    assert fill_system_clipboard("text", environment) == "xclip ended with code 3"


async def test_nothing_in_a_text_can_end_the_escape_sequence(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        written: list[str] = []
        pilot.app._driver.write = written.append  # type: ignore[union-attr, method-assign]
        copy_text(pilot.app, HOSTILE, "it", lambda words: None)
        (sequence,) = written
        head, body, end = sequence[:7], sequence[7:-1], sequence[-1]
        assert (head, end) == ("\x1b]52;c;", "\a")
        assert body.isascii()
        assert body.isprintable()
        assert base64.b64decode(body).decode() == HOSTILE
        await pilot.pause()


async def test_a_text_that_is_too_long_for_a_terminal_goes_to_the_systems_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = program(tmp_path, "xclip")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("UPHOLD_DISPLAY", ":0")
    text = "x" * (LONGEST_IN_SEQUENCE + 1)
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        said: list[str] = []
        copy_text(pilot.app, text, "response A", said.append)
        await pilot.pause()
    assert said == ["copying response A: 56,001 bytes …", "copied response A"]
    assert kept.read_text() == text


async def test_where_nothing_takes_a_long_text_its_size_and_a_way_out_are_said(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        said: list[str] = []
        copy_text(pilot.app, "x" * 60_000, "response A", said.append)
        await pilot.pause()
    assert said[-1].startswith("response A is not copied: 60,000 bytes, a terminal takes 56,000 bytes, and no program")
    assert said[-1].endswith("e opens it")


async def test_the_key_copies_the_pair_and_pressed_again_its_parts(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(160, 40)) as pilot:
        await pilot.pause()
        pair = review(pilot).session.current
        assert pair is not None
        copied = []
        for _ in range(4):
            await press(pilot, "y")
            copied.append(pilot.app.clipboard)
        assert copied[0].startswith(f"{pair.key}  turn 1\n\nINSTRUCTION")
        assert copied[1:] == [*(pair.cells(side)[0] for side in Side), pair.text.turns[0]]
        assert "copied the instruction; y again: the pair" in shown(pilot)
        await press(pilot, "j", "y")
        assert pilot.app.clipboard == copied[0]


async def test_the_pane_that_scrolls_alone_is_copied_first(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(160, 40)) as pilot:
        await pilot.pause()
        await press(pilot, "tab", "tab", "y")
        pair = review(pilot).session.current
        assert pair is not None
        assert pilot.app.clipboard == pair.cells(Side.B)[0]
        assert "copied response B; y again: the pair" in shown(pilot)


LINES = "First.\n\n    def f(x):\n        return x\nlast 漢字 line"


async def test_lines_are_selected_with_the_keys_that_scroll_and_copied_as_they_were_written(tmp_path: Path) -> None:
    store = database(tmp_path, rows(2, response_candidate=LINES, response_baseline=LINES))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "V", "j", "j", "j")
        assert "4 lines of A: y copies, esc ends" in shown(pilot)
        assert "more lines" in shown(pilot).splitlines()[-1]
        await press(pilot, "y")
        assert pilot.app.clipboard == "First.\n\n    def f(x):\n        return x"
        assert "copied 38 characters" in shown(pilot)
        await press(pilot, "V", "tab", "G", "y")
        assert pilot.app.clipboard == LINES
        await press(pilot, "V", "j", "escape")
        assert review(pilot).lines.selected_body() is None


async def test_a_decision_ends_the_selection(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "V", "t")
        assert review(pilot).session.progress.read == 1
        assert review(pilot).lines.selected_body() is None


async def test_what_is_selected_with_the_mouse_is_copied_when_the_button_is_let_go(tmp_path: Path) -> None:
    store = database(tmp_path, rows(2, response_candidate=LINES, response_baseline=LINES))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        body = review(pilot).view.panes[Side.B].body
        left, top = body.region.x + 3, body.region.y + 1
        await pilot.mouse_down(offset=(left, top))
        await pilot.hover(offset=(left + 11, top + 2))
        await pilot.mouse_up(offset=(left + 11, top + 2))
        await pilot.pause()
        assert pilot.app.clipboard == "First.\n\n    def f(x)"
        assert "characters" in shown(pilot)
        await pilot.click(offset=(left, top))
        assert review(pilot).lines.selected_body() is None
