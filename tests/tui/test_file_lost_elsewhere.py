"""A database that is lost while another screen than the review is open: no act says that it is kept, or writes elsewhere."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from support import import_screens
from support.app_samples import database, make_app, press, rows, shown
from support.imports import write
from uphold.store.runs import all_runs
from uphold.workflows.lookup import Store
from uphold_tui.app import app_end
from uphold_tui.navigation.navigator import Navigator


def _replace(path: Path) -> None:
    """By a copy, in which all ids are the same."""
    shutil.copy(path, path.with_name("copy.db"))
    path.with_name("copy.db").replace(path)


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


SPOILS: dict[str, Callable[[Path], None]] = {"deleted": Path.unlink, "replaced": _replace, "truncated": _truncate}


def navigator(pilot: Pilot[str]) -> Navigator:
    return pilot.app.navigator  # type: ignore[attr-defined,no-any-return]


def show_numbers(pilot: Pilot[str]) -> None:
    navigator(pilot).show_numbers(all_runs(navigator(pilot).store)[0])


def show_checkpoints(pilot: Pilot[str]) -> None:
    navigator(pilot).checkpoints.show("sample")


def show_judging(pilot: Pilot[str]) -> None:
    navigator(pilot).judge_run(all_runs(navigator(pilot).store)[0])


def show_set(pilot: Pilot[str]) -> None:
    navigator(pilot).show_set("sample")


def show_pairs(pilot: Pilot[str]) -> None:
    navigator(pilot).list_pairs(all_runs(navigator(pilot).store)[0])


def show_file(pilot: Pilot[str]) -> None:
    path = write(navigator(pilot).store.path.with_name("more.jsonl"), {"key": "m", "instruction": "More?"})
    navigator(pilot).imports._show([path])


ACTS = {
    "pin a judge": (show_numbers, ("p",)),
    "bless a run": (show_checkpoints, ("b", *"live", "enter")),
    "judge": (show_judging, ("enter",)),
    "where a judge is wrong": (show_numbers, ("e",)),
    "judge, then review": (show_judging, ("enter", "enter")),
    "tag an example": (show_set, ("t", *"new", "enter")),
    "retire an example": (show_set, ("D", "x", "enter")),
    "write a new example": (show_set, ("n", *"word", "escape")),
    "flag a pair": (show_pairs, ("f",)),
    "import": (show_file, ("I",)),
}
"""A screen, and the keys of an act on it that would write."""

QUICK = ("pin a judge", "bless a run", "judge", "import")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database whose pages are in its file; the judge of its run is not pinned."""
    made = database(tmp_path, rows(4, reference="candidate"))
    made.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


async def settled(pilot: Pilot[str]) -> None:
    """Wait until nothing is read, imported or judged in a thread."""
    judging = navigator(pilot).judging
    if judging is not None:
        judging._thread.wait(20)
    await import_screens.settled(pilot)


@pytest.mark.parametrize(
    ("act", "spoil"),
    [
        pytest.param(act, spoil, marks=() if spoil == "replaced" and act in QUICK else pytest.mark.slow)
        for act in ACTS
        for spoil in SPOILS
    ],
)
async def test_an_act_on_a_lost_file_is_not_said_to_be_kept_and_writes_nowhere(
    store: Store, act: str, spoil: str
) -> None:
    made, path, (open_screen, keys) = make_app(store, reviewer="mira"), store.path, ACTS[act]
    async with made.run_test(size=(150, 40)) as pilot:
        open_screen(pilot)
        await pilot.pause()
        await settled(pilot)
        SPOILS[spoil](path)
        before = path.read_bytes() if path.exists() else None
        screens = []
        for key in keys:
            await press(pilot, key)
            await settled(pilot)
            screens.append(shown(pilot))
        assert f"the database was {spoil}" in "\n".join(screens), screens[-1]
        assert (path.read_bytes() if path.exists() else None) == before
        await press(pilot, "ctrl+c")
    end = app_end(made, store.lost())
    assert end.code == 4
    assert any(f"the database was {spoil}" in trouble for trouble in end.troubles)
