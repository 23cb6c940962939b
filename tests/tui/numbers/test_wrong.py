"""The screen of where a judge is wrong: its parts, the pairs they open, and what stays out of sight."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import database, make_app, press, rows, shown
from support.judge_workbench import LOCKED, reviewed_store
from uphold.records.statistics import Rate
from uphold.reports.model import NumberRow, RowId
from uphold.workflows.lookup import Store, open_store
from uphold_tui.numbers import wrong
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.numbers.wrong import WrongScreen
from uphold_tui.pairs.screen import PairsScreen


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "x.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "key-of-the-test")
        with reviewed_store(path) as store, store.writing() as conn:
            conn.execute(
                "INSERT INTO tags (example_id, tag) SELECT id, CASE id % 2 WHEN 0 THEN 'even' ELSE 'odd' END FROM examples"
            )
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(made, tmp_path / "x.db"))) as opened:
        yield opened


async def counted(pilot: "Pilot[Any]", screen: type[Any]) -> Any:
    """The screen of this kind once it has read what it shows."""
    for _ in range(300):
        here = pilot.app.screen
        if isinstance(here, screen) and "counting" not in shown(pilot) and not here.workers._workers:
            await pilot.pause()
            return here
        await pilot.pause(0.01)
    raise AssertionError("nothing was counted")


def test_a_part_with_few_pairs_says_how_many_are_wrong_in_the_column_of_the_others() -> None:
    rows = [
        NumberRow(RowId.PART, name, Rate(rate, low, high, n, reason=reason), note=f"wrong on {n - right}", hits=right)
        for name, rate, low, high, n, right, reason in (
            ("many", 0.6, 0.3, 0.83, 10, 6, None),
            ("few", None, None, None, 3, 1, "10 needed for a rate"),
        )
    ]
    many, few = ("".join(part.plain for part, _ in wrong._part_row(row, 77)) for row in rows)
    assert few.split() == ["few", "1", "of", "3", "10", "needed", "wrong", "on", "2"]
    assert many.index("wrong on 4") == few.index("wrong on 2")


async def test_e_shows_the_parts_and_enter_their_pairs(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(140, 40)) as pilot:
        await press(pilot, "i")
        await counted(pilot, NumbersScreen)
        assert "e where it is wrong" in shown(pilot)
        await press(pilot, "e")
        screen = await counted(pilot, WrongScreen)
        text = shown(pilot)
        assert "where weak is wrong" in text
        assert "more read pairs are in the half that is kept for a test of the judge" in text
        for heading in ("In all", "By tag", "By length", "By the reasons people gave"):
            assert heading in text
        assert LOCKED not in text
        await press(pilot, "j")
        wanted = next(row for rows in screen.found.rows.values() for row in rows if row.part.name in ("even", "odd"))
        while screen.linked.links[screen.linked.cursor].pair_filter.behind.part != wanted.part:
            await press(pilot, "j")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, PairsScreen)
        for _ in range(200):
            if f"{wanted.n} of 80 pairs" in shown(pilot):
                break
            await pilot.pause(0.01)
        assert f"{wanted.n} of 80 pairs" in shown(pilot)
        assert f"tag: {wanted.part.name}" in shown(pilot)
        assert LOCKED not in shown(pilot)
        await press(pilot, "q")
        assert pilot.app.screen is screen
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, NumbersScreen)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 60)])
async def test_it_keeps_to_every_width(store: Store, size: tuple[int, int]) -> None:
    async with make_app(store, reviewer="mira").run_test(size=size) as pilot:
        await press(pilot, "i")
        await counted(pilot, NumbersScreen)
        await press(pilot, "e")
        await counted(pilot, WrongScreen)
        assert all(len(row) <= size[0] for row in shown(pilot).splitlines())
        assert "says what" in shown(pilot)
        await press(pilot, "space", "-", "k", "?")
        assert "How often the judge says" in shown(pilot) or size[1] < 24


async def test_without_a_judge_a_sentence_says_so(tmp_path: Path) -> None:
    lines = [{name: value for name, value in row.items() if name not in _BY_JUDGE} for row in rows(3)[::2]]
    async with make_app(database(tmp_path, lines), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await press(pilot, "i")
        await counted(pilot, NumbersScreen)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, NumbersScreen)
        assert "no judge has read this run" in shown(pilot)


_BY_JUDGE = ("judge", "order", "verdict", "confidence", "reason")
