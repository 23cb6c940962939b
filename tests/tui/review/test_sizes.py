"""What the review has room for at which size."""

from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, shown
from uphold.records.enums import Side


async def test_below_a_hundred_columns_the_answers_are_stacked_and_the_numbers_go(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        above, below = (review(pilot).view.panes[side].region for side in Side)
        assert above.bottom == below.y
        assert abs(above.height - below.height) <= 1
        screen = shown(pilot)
        assert "verdicts needed" not in screen
        assert "0/4" in screen
        assert "a A   b B   t tie   4 both bad" in screen


async def test_below_sixty_columns_tab_changes_the_one_pane_there_is_room_for(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(59, 30)) as pilot:
        await pilot.pause()
        assert [pane.display for pane in review(pilot).view.panes.values()] == [True, False]
        await press(pilot, "tab")
        assert [pane.display for pane in review(pilot).view.panes.values()] == [False, True]


async def test_from_160_columns_a_rail_takes_the_numbers_and_the_trail(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        screen = shown(pilot)
        assert "Before" in screen
        assert "← goes back" in screen
        assert "1 reviewed" in screen
        assert review(pilot).view.rail.size.width == 34
        assert all(pane.size.width <= 100 for pane in review(pilot).view.panes.values())


async def test_both_answers_get_equally_wide_panes(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        widths = {pane.size.width for pane in review(pilot).view.panes.values()}
        assert len(widths) == 1


@pytest.mark.parametrize("size", [(20, 8), (40, 12), (60, 18), (79, 20), (100, 24), (120, 29), (160, 30), (240, 80)])
async def test_every_size_can_be_drawn_and_worked_in(tmp_path: Path, size: tuple[int, int]) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot, "t", "d", "plus", "question_mark", "escape", "u")
        assert review(pilot).session.progress.read == 0
        assert all(len(row) <= size[0] for row in shown(pilot).splitlines())


async def test_a_resize_keeps_the_pair_and_draws_it_for_the_new_size(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        key = review(pilot).session.current.key  # type: ignore[union-attr]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert review(pilot).shape.narrow
        await pilot.resize_terminal(200, 50)
        await pilot.pause()
        assert "To go" in shown(pilot)
        assert review(pilot).session.current.key == key  # type: ignore[union-attr]
