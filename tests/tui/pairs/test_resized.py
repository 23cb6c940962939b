"""The list of pairs in a terminal that changes its size: the cursor stays in sight and nothing breaks."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from support.app_samples import app, database, rows, shown
from uphold_tui.pairs.screen import PairsScreen


async def listed(pilot: "Pilot[str]") -> PairsScreen:
    for _ in range(200):
        screen = pilot.app.screen
        if isinstance(screen, PairsScreen) and screen.loader.is_complete:
            break
        await pilot.pause(0.01)
    await pilot.pause()
    assert isinstance(pilot.app.screen, PairsScreen)
    return pilot.app.screen


@pytest.mark.parametrize("size", [(120, 16), (80, 24), (60, 18), (40, 10)])
async def test_the_row_under_the_cursor_stays_in_sight_when_the_list_shrinks(tmp_path: Path, size: tuple[int, int]):
    async with app(database(tmp_path, rows(60))).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("l")
        await listed(pilot)
        await pilot.press("G")
        await pilot.pause()
        await pilot.resize_terminal(*size)
        await pilot.pause()
        screen = await listed(pilot)
        assert screen.list.top <= screen.list.cursor < screen.list.top + screen.list.size.height
        assert screen.list.cursor == 59


async def test_the_list_opens_again_smaller_than_it_was_left(tmp_path: Path):
    async with app(database(tmp_path, rows(60))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("l")
        await listed(pilot)
        await pilot.press("G", "q")
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.press("l")
        await listed(pilot)
        assert "k-" in shown(pilot)
