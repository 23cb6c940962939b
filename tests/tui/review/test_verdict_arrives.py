"""A review of a pair that a judge is still reading: its verdict appears in place, and no key is taken for it before."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.app_samples import app, press, review, shown
from support.imports import bring, compared, judged
from uphold.errors import DatabaseBusy
from uphold.records.enums import Verdict
from uphold.workflows.lookup import open_store


async def test_the_verdict_appears_in_place_and_enter_upholds_it_once_it_is_painted(tmp_path: Path) -> None:
    path = tmp_path / "u.db"
    store = open_store(path, create=True)
    bring(store, judged("first"), compared("late"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        ((place, _),) = screen.session.named("late")
        screen.go_to_place(place - 1)
        await pilot.pause()
        assert "has not read this pair" in shown(pilot)
        await press(pilot, "enter")
        assert screen.session.progress.read == 0
        with open_store(path) as elsewhere:
            bring(elsewhere, judged("late", "baseline"))
        screen.check_for_verdict()
        await pilot.pause()
        assert "is better" in shown(pilot)
        await press(pilot, "enter")
        assert store.one("SELECT choice, verdict FROM events") == ("baseline", Verdict.BASELINE.value)


async def test_the_first_judge_of_a_run_shows_up_in_a_review_that_was_opened_before_it(tmp_path: Path) -> None:
    path = tmp_path / "u.db"
    store = open_store(path, create=True)
    bring(store, compared("one"), compared("two"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        here = screen.session.current
        assert here is not None
        screen.check_for_verdict()
        assert screen.session.judge is None
        with open_store(path) as elsewhere:
            bring(elsewhere, judged("one", "baseline"), judged("two", "baseline"))
        await press(pilot, "v")
        screen.check_for_verdict()
        await pilot.pause()
        assert screen.session.judge_name == "j"
        assert "is better" in shown(pilot)
        assert screen.reading.names  # nothing else has changed on the screen
        await press(pilot, "enter")
        assert store.one("SELECT choice, verdict, verdict_shown FROM events") == ("baseline", "baseline", 1)


async def test_nothing_is_read_again_while_nobody_writes(tmp_path: Path) -> None:
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, compared("one"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        session = review(pilot).session
        session.verdict_arrived()
        assert not session.context.written_since_asked()


async def test_what_is_on_the_screen_of_an_undecided_pair_is_written_down_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path / "u.db", create=True)
    bring(store, judged("one"), judged("two"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert store.rows("SELECT verdict, verdict_shown, names_shown, source FROM shown_pairs").fetchall() == [
            ("candidate", 1, 0, "app")
        ]
        await press(pilot, "v")
        assert store.one("SELECT count(*), max(names_shown) FROM shown_pairs") == (2, 1)


async def test_what_was_seen_waits_for_no_other_program_and_is_written_when_that_is_done(tmp_path: Path) -> None:
    path = tmp_path / "u.db"
    store = open_store(path, create=True)
    bring(store, judged("one"), judged("two"))
    made = app(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with made.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            screen = review(pilot)
            with store.waiting_at_most(0), pytest.raises(DatabaseBusy):
                screen.session.record_seen(screen._on_screen(screen.session.current))  # type: ignore[arg-type]
            assert store.one("SELECT count(*) FROM shown_pairs") == (0,)
            await press(pilot, "v")
            other.execute("ROLLBACK")
            screen.check_for_verdict()
            assert store.one("SELECT count(*), max(names_shown) FROM shown_pairs") == (1, 1)
