"""What cannot be saved stays on the screen, and enter tries again."""

import re
import sqlite3
from pathlib import Path
from time import monotonic

import pytest

from support.app_samples import app, database, press, review, session, shown
from uphold.workflows.lookup import Store


def _impatient(store: Store) -> None:
    """Do not wait for a lock."""
    store.db.execute("PRAGMA busy_timeout = 0")


def _locked(path: Path) -> sqlite3.Connection:
    """Another program that is writing."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_a_locked_database_keeps_the_pair_and_the_verdict_until_enter_saves_it(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        _impatient(store)
        first = review(pilot).session.current
        other = _locked(store.path)
        await press(pilot, "t")
        screen = shown(pilot)
        assert re.search(r"Not saved: another program is writing: waiting, \d+ s\.", screen)
        assert "Your verdict is kept here; enter tries again, u drops it, S elsewhere." in screen
        assert not {"skip", "flag", "undo", "filter"} & set(screen.splitlines()[-1].split())
        assert review(pilot).session.current is first
        await press(pilot, "enter", "right", "J")
        assert "Not saved:" in shown(pilot)
        assert review(pilot).session.current is first
        other.rollback()
        await press(pilot, "enter")
        assert "Not saved" not in shown(pilot)
        assert "s skip  f flag" in shown(pilot)
    assert session(store).trail(1)[0].choice == "tie"


async def test_a_verdict_that_waits_can_be_dropped(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        _impatient(store)
        other = _locked(store.path)
        await press(pilot, "t", "u")
        assert "dropped; nothing was saved" in shown(pilot)
        other.rollback()
        await press(pilot, "right")
    assert session(store).progress.read == 0


async def test_another_verdict_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        _impatient(store)
        other = _locked(store.path)
        await press(pilot, "t", "4")
        other.rollback()
        await press(pilot, "enter")
    assert session(store).trail(1)[0].choice == "both-bad"


@pytest.mark.parametrize("key", ["s", "f", "x", "c", "w"])
async def test_no_other_act_takes_the_place_of_a_verdict_that_waits(tmp_path: Path, key: str) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        _impatient(store)
        other = _locked(store.path)
        await press(pilot, "t", key)
        assert "Not saved" in shown(pilot)
        other.rollback()
        await press(pilot, "enter")
        assert "Not saved" not in shown(pilot)
    assert "tie" in {event.choice for event in session(store).trail(9)}


async def test_a_verdict_that_met_a_lock_is_saved_by_itself_once_the_lock_is_gone(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = review(pilot).session.current
        other = _locked(store.path)
        await press(pilot, "t")
        assert "another program is writing: waiting" in shown(pilot)
        other.rollback()
        while review(pilot).session.current is first:
            await pilot.pause(0.05)
        assert "Not saved" not in shown(pilot)
    assert session(store).trail(1)[0].choice == "tie"


async def test_the_app_answers_to_keys_while_a_verdict_waits(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.db.execute("PRAGMA busy_timeout = 60000")
        other = _locked(store.path)
        began = monotonic()
        await press(pilot, "t", "v", "m", "m", "v")
        assert "another program is writing: waiting" in shown(pilot)
        assert monotonic() - began < 30, "a key waited for the lock, which is given up after a minute here"
        other.rollback()


async def test_a_verdict_that_waits_is_dropped_and_not_saved_later(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        other = _locked(store.path)
        await press(pilot, "t", "u")
        other.rollback()
        while review(pilot)._retry_timer is not None:
            await pilot.pause(0.01)
        assert review(pilot).actions.unsaved is None
    assert session(store).progress.read == 0


async def test_what_to_press_is_on_the_screen_however_narrow_it_is(tmp_path: Path) -> None:
    for columns, rows in ((80, 24), (120, 36)):
        store = database(tmp_path)
        async with app(store).run_test(size=(columns, rows)) as pilot:
            await pilot.pause()
            _impatient(store)
            other = _locked(store.path)
            await press(pilot, "t")
            assert "Not saved: another program is writing" in shown(pilot)
            assert "enter tries again, u drops it, S elsewhere." in shown(pilot)
            other.rollback()
            await press(pilot, "u")
