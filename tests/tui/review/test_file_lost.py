"""A database that is deleted, replaced, truncated or damaged while it is reviewed."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from support import app_samples
from support.app_samples import app, database, make_app, review, session, shown
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.lookup import Store
from uphold_tui.app import UpholdApp, app_end
from uphold_tui.dialogs.not_kept import NotKeptScreen
from uphold_tui.review.screen import ReviewScreen


def _replace(path: Path) -> None:
    with open_store(path.with_name("other.db"), create=True):
        pass
    path.with_name("other.db").replace(path)


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def _damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"no database")


SPOILS: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "moved": lambda path: path.rename(path.with_name("away.db")),
    "replaced": _replace,
    "truncated": _truncate,
    "damaged": _damage,
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database whose pages are in its file, opened anew."""
    database(tmp_path, count=8).close()
    return open_store(tmp_path / "uphold.db")


async def press(pilot: "Pilot[str]", *keys: str) -> None:
    """Press keys, each when the pair has been painted, however slow the machine is."""
    for key in keys:
        screen = pilot.app.screen_stack[0]
        for _ in range(500):
            if not isinstance(screen, ReviewScreen) or (screen.paint_gate.painted_at and screen.paint_gate.accepts()):
                break
            await pilot.pause(0.01)
        await app_samples.press(pilot, key)


def choices(path: Path) -> list[str]:
    """The decisions that are in force in a file, by key of the example."""
    sql = (
        "SELECT e.key || ' ' || d.choice FROM current_decisions d JOIN pairs p ON p.id = d.pair_id"
        " JOIN examples e ON e.id = p.example_id ORDER BY e.key"
    )
    with closing(sqlite3.connect(path)) as conn:
        return [row[0] for row in conn.execute(sql)]


def events(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("SELECT count(*) FROM events").fetchone()[0])


async def type_name(pilot: "Pilot[str]", name: str) -> None:
    """Answer the question for a file."""
    await press(pilot, "ctrl+u", *("full_stop" if letter == "." else letter for letter in name), "enter")


def end_of(made: UpholdApp, store: Store) -> tuple[int, str]:
    """Exit code and last words."""
    end = app_end(made, store.lost())
    return end.code, "\n".join((end.message or "", *end.troubles))


@pytest.mark.parametrize(
    "keys", [("t",), ("enter",), ("s",), ("f",), ("x",), ("c", "n", "o", "enter"), ("u",)], ids=" ".join
)
@pytest.mark.parametrize("spoil", SPOILS)
async def test_no_act_is_confirmed_once_the_file_is_lost(store: Store, spoil: str, keys: tuple[str, ...]) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        before = review(pilot).session.current
        SPOILS[spoil](store.path)
        await press(pilot, *keys)
        screen = shown(pilot)
        assert "Not kept: the database was " in screen
        assert spoil in screen
        assert "S saves it elsewhere, enter tries again, u drops it." in screen
        assert review(pilot).session.current is before
        assert review(pilot).session.session_totals().decided == 1


@pytest.mark.parametrize("spoil", ["deleted", "moved", "replaced"])
async def test_the_whole_database_is_saved_elsewhere_and_the_review_goes_on_there(store: Store, spoil: str) -> None:
    path = store.path
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        SPOILS[spoil](path)
        await press(pilot, "4", "S")
        assert "uphold-saved.db" in shown(pilot)
        await press(pilot, "enter")
        assert "saved; the review goes on in" in shown(pilot)
        assert store.path.name == "uphold-saved.db"
        await press(pilot, "a", "right", "q")
    assert len(choices(store.path)) == 3
    assert end_of(made, store) == (0, f"\nthe whole database was copied to {store.path}, where the review went on")
    assert session(store).trail(3)[1].choice == "both-bad"


async def test_a_decision_that_was_committed_as_the_file_vanished_is_in_the_copy_once(store: Store) -> None:
    """The commit goes into a file that nobody finds any more, the copy of which holds the decision."""
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.conn.create_function("vanish", 0, lambda: store.path.unlink(missing_ok=True))
        store.conn.execute("CREATE TEMP TRIGGER vanishing AFTER INSERT ON events BEGIN SELECT vanish(); END")
        await press(pilot, "t")
        assert "Not kept: the database was deleted" in shown(pilot)
        store.conn.execute("DROP TRIGGER vanishing")
        await press(pilot, "S", "enter", "4", "q")
    assert len(choices(store.path)) == 2
    assert events(store.path) == 2


async def test_a_decision_that_was_committed_so_and_dropped_is_taken_back_in_the_copy(store: Store) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.conn.create_function("vanish", 0, lambda: store.path.unlink(missing_ok=True))
        store.conn.execute("CREATE TEMP TRIGGER vanishing AFTER INSERT ON events BEGIN SELECT vanish(); END")
        await press(pilot, "t")
        store.conn.execute("DROP TRIGGER vanishing")
        await press(pilot, "u", "S", "enter")
        assert choices(store.path) == []
        await press(pilot, "a")
        assert len(choices(store.path)) == 1


@pytest.mark.parametrize("spoil", ["truncated", "damaged"])
async def test_decisions_of_the_session_are_written_as_lines_where_the_file_cannot_be_copied(
    store: Store, tmp_path: Path, spoil: str
) -> None:
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "c", "n", "o", "enter", "left", "c", "y", "e", "s", "enter", "U")
        SPOILS[spoil](store.path)
        await press(pilot, "4", "S")
        assert "uphold-unsaved.jsonl" in shown(pilot)
        await press(pilot, "enter")
        assert "2 decisions written to" in shown(pilot)
        assert "Not kept" not in shown(pilot)
        await press(pilot, "q", "x")
    code, said = end_of(made, store)
    assert code == 4
    assert f"the database was {spoil}; it was open then" in said
    assert "2 decisions written to" in said
    lines = store.path.with_name("uphold-unsaved.jsonl")
    store.close()
    again = tmp_path / "again"
    again.mkdir()
    restored = database(again, count=8)
    for _ in import_files(restored, ImportRequest([lines], set="sample")):
        pass
    assert len(choices(restored.path)) == 2
    assert restored.one("SELECT note FROM events WHERE note IS NOT NULL")[0] == "yes"


async def test_a_file_that_cannot_be_copied_gives_no_database(store: Store) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        _truncate(store.path)
        await press(pilot, "t", "S")
        await type_name(pilot, "whole.db")
        assert "cannot be copied any more" in review(pilot).message.plain
        assert "Not kept: the database was truncated" in shown(pilot)
    assert not store.path.with_name("whole.db").exists()


async def test_a_name_that_exists_is_refused_and_the_verdict_still_waits(store: Store) -> None:
    taken = store.path.with_name("sample.jsonl")
    before = taken.read_bytes()
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.unlink()
        await press(pilot, "t", "S")
        await press(pilot, "ctrl+u")
        pilot.app.screen.query_one("Input").value = str(taken)  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert "is there already" in review(pilot).message.plain
        assert "Not kept" in shown(pilot)
    assert taken.read_bytes() == before


async def test_a_locked_database_is_not_copied_but_its_unsaved_decision_is_written(store: Store) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "a")
        store.conn.execute("PRAGMA busy_timeout = 0")
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await press(pilot, "t", "S")
            assert "uphold-unsaved.jsonl" in shown(pilot)
            await press(pilot, "enter")
            assert "1 decision written to" in shown(pilot)
            other.rollback()
        await press(pilot, "4")
    assert len(choices(store.path)) == 2


@pytest.mark.parametrize("key", ["q", "Q"])
async def test_leaving_with_an_unsaved_verdict_asks_and_says_the_truth(store: Store, key: str) -> None:
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t", "t", "t", "t")
        store.path.unlink()
        await press(pilot, "4", key)
        assert isinstance(pilot.app.screen, NotKeptScreen)
        assert "The verdict 'both bad' on k-" in shown(pilot)
        await press(pilot, "q", "Q", "enter", "escape")
        assert pilot.app.screen is review(pilot)
        await press(pilot, key, "x")
    code, said = end_of(made, store)
    assert code == 4
    assert "not kept: the verdict 'both bad' on k-" in said
    assert "All saved" not in said
    assert "Not all of this is kept" in said
    assert "All saved" not in str(made.return_value)


async def test_leaving_asks_when_the_file_is_gone_though_everything_was_saved(store: Store) -> None:
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t")
        store.path.unlink()
        await press(pilot, "q", "s", "enter")
        assert "saved; the review goes on in" in shown(pilot)
        await press(pilot, "q")
    assert len(choices(store.path)) == 1
    assert end_of(made, store)[0] == 0


async def test_the_start_screen_asks_too(store: Store) -> None:
    made = make_app(store, reviewer="mira")
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.unlink()
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, NotKeptScreen)
        await press(pilot, "s", "enter", "q")
    assert store.path.name == "uphold-saved.db"
    assert end_of(made, store) == (0, f"\nthe whole database was copied to {store.path}")


@pytest.mark.parametrize("spoil", ["truncated", "damaged"])
async def test_the_start_screen_offers_no_copy_of_a_file_that_cannot_be_copied(store: Store, spoil: str) -> None:
    made = make_app(store, reviewer="mira")
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        SPOILS[spoil](store.path)
        await press(pilot, "q", "s")
        assert isinstance(pilot.app.screen, NotKeptScreen)
        assert f"The database was {spoil}" in shown(pilot)
        assert "elsewhere" not in shown(pilot)
        await press(pilot, "x")
    assert end_of(made, store)[0] == 4


async def test_ctrl_c_leaves_at_once_and_the_last_words_name_what_is_lost(store: Store) -> None:
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.unlink()
        await press(pilot, "t", "ctrl+c")
    code, said = end_of(made, store)
    assert code == 4
    assert "not kept: the verdict 'tie' on k-" in said


async def test_other_screens_do_not_open_over_an_unsaved_verdict(store: Store) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.unlink()
        here = review(pilot).session.current
        await press(pilot, "t", "l", "F", "i", "right", "U", "J")
        assert pilot.app.screen is review(pilot)
        assert review(pilot).session.current is here
        assert "Not kept" in shown(pilot)


async def test_a_file_put_back_takes_the_verdict(store: Store) -> None:
    away = store.path.with_name("away.db")
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.rename(away)
        await press(pilot, "t")
        assert "moved" in shown(pilot)
        away.rename(store.path)
        await press(pilot, "enter", "q")
    assert len(choices(store.path)) == 1


async def test_judging_in_the_background_that_lost_its_file_is_named_in_the_end(store: Store) -> None:
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        store.path.unlink()
        work = made.navigator._begin_judging(review(pilot).session.run, "rules:closer")
        work._thread.wait(20)
        await press(pilot, "ctrl+c")
    code, said = end_of(made, store)
    assert code == 4
    assert "judging stopped: " in said


@pytest.mark.parametrize("spoil", ["truncated", "damaged"])
async def test_no_other_pair_is_read_from_a_file_that_cannot_be_trusted(store: Store, spoil: str) -> None:
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        here = review(pilot).session.current
        SPOILS[spoil](store.path)
        await press(pilot, "right", "U")
        assert f"the database was {spoil}" in shown(pilot)
        assert review(pilot).session.current is here
