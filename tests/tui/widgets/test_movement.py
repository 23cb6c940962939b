"""Half pages, and numbers typed before a key that moves."""

from pathlib import Path

import pytest
from textual.events import Key

from support.app_samples import app, database, press, review, rows, shown
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.widgets.movement import CountPrefix, page_step


@pytest.mark.parametrize(
    ("pages", "rows", "step"), [(1, 20, 20), (-1, 20, -20), (0.5, 21, 10), (-0.5, 20, -10), (0.5, 1, 1), (-1, 0, -1)]
)
def test_a_page_and_half_of_one_move_at_least_one_row(pages: float, rows: int, step: int) -> None:
    assert page_step(pages, rows) == step


def typed(*keys: str) -> CountPrefix:
    prefix = CountPrefix()
    for key in keys:
        prefix.note_key(Key(key, key))
    return prefix


def test_a_number_counts_for_the_key_behind_it_only() -> None:
    assert typed("1", "2", "j").take() == 12
    assert typed("1", "2", "f", "j").take() is None
    assert typed("0", "j").take() is None
    assert typed("1", "0", "j").take() == 10
    prefix = typed("5", "j")
    assert (prefix.take(), prefix.take()) == (5, None)


def test_a_number_does_not_grow_for_ever() -> None:
    assert len(str(typed(*"9" * 50, "j").take())) == 6


async def test_numbers_move_in_the_list_of_pairs(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=40)).run_test(size=(120, 36)) as pilot:
        await press(pilot, "l", "g")
        screen = pilot.app.screen
        assert isinstance(screen, PairsScreen)
        await press(pilot, "5", "j")
        assert screen.list.cursor == 5
        await press(pilot, "3", "k")
        assert screen.list.cursor == 2
        await press(pilot, "1", "2")
        assert screen.message.plain == "12"
        await press(pilot, "G")
        assert screen.list.cursor == 11
        await press(pilot, "9", "9", "9", "j", "g")
        assert screen.list.cursor == 0
        await press(pilot, "ctrl+d")
        half = screen.list.cursor
        assert half == round(screen.list.page / 2)
        await press(pilot, "ctrl+u")
        assert screen.list.cursor == 0


async def test_a_list_that_is_filtered_says_how_many_of_all_it_shows(tmp_path: Path) -> None:
    async with app(database(tmp_path, count=12)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "enter", "enter", "l")
        assert shown(pilot).splitlines()[0].endswith("12 pairs")
        await press(pilot, "tab")
        assert shown(pilot).splitlines()[0].endswith("10 of 12 pairs")


async def test_half_pages_scroll_the_answers_and_the_list_of_keys(tmp_path: Path) -> None:
    long = "\n".join(f"line {number}" for number in range(200))
    store = database(tmp_path, rows(2, response_candidate=long, response_baseline=long))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await press(pilot, "ctrl+d")
        body = review(pilot).view.panes["A"].body  # type: ignore[index]
        assert body.top == round(body.page / 2)
        await press(pilot, "ctrl+u")
        assert body.top == 0
        await press(pilot, "question_mark")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "more lines below" in shown(pilot)
        await press(pilot, "ctrl+d", "ctrl+d", "ctrl+d", "ctrl+d", "ctrl+d", "ctrl+d")
        assert "below" not in shown(pilot)
