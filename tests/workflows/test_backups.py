"""A backup is one checked file with all that was saved; a file of an older schema is copied before it is migrated."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.imports import bring, compared, dump
from support.packs import pack, read_pack
from support.stores import new_store
from uphold.errors import BadDatabase, BadFile, BadUsage
from uphold.store import backups
from uphold.store.database import Store, open_store
from uphold.store.schema import SCHEMA, migrate
from uphold.workflows import backing_up, packing
from uphold.workflows.backing_up import write_backup


def test_a_backup_holds_everything_in_one_file(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    read_pack(store.path, "ada", 2)
    told: list[tuple[int, int]] = []
    made = write_backup(store, store.path.with_name("safe.db"), tell=lambda done, of: told.append((done, of)))
    assert [file.name for file in store.path.parent.glob("safe.db*")] == ["safe.db"]
    assert told[-1][0] == told[-1][1] > 0
    assert made.size == made.path.stat().st_size
    with open_store(made.path) as copy:
        assert dump(copy) == dump(store)


def test_others_write_while_a_backup_is_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(store, *[compared(key, response_candidate=key * 50_000) for key in "abcdefgh"])
    monkeypatch.setattr(backups, "_PAGES", 8)
    written = []

    def write_meanwhile(done: int, of: int) -> None:
        if len(written) < 5:
            with open_store(store.path) as other, other.writing() as conn:
                conn.execute("INSERT INTO reviewers (name) VALUES (?)", (f"reviewer {len(written)}",))
            written.append(done)

    made = write_backup(store, store.path.with_name("safe.db"), tell=write_meanwhile)
    assert len(written) == 5
    with open_store(made.path) as copy:
        assert copy.rows("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.rows("SELECT count(*) FROM pairs").fetchall() == [(8,)]
        assert copy.rows("SELECT count(*) FROM reviewers").fetchall() == [(0,)]


def test_a_file_that_is_there_stays_unless_it_may_be_replaced(store: Store) -> None:
    path = store.path.with_name("safe.db")
    path.write_text("something else")
    with pytest.raises(BadUsage, match="replace it with --force"):
        write_backup(store, path)
    assert path.read_text() == "something else"
    write_backup(store, path, force=True)
    open_store(path).close()


def test_a_damaged_database_is_told_and_no_copy_is_kept(store: Store) -> None:
    bring(store, compared("a"))
    with store.writing() as conn:
        conn.execute("PRAGMA defer_foreign_keys=ON")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        conn.execute("DELETE FROM texts")
    with pytest.raises(BadDatabase, match="is damaged, no copy was kept"):
        write_backup(store, store.path.with_name("safe.db"))
    assert list(store.path.parent.glob("safe.db*")) == []


def test_a_full_disk_is_told_of_the_new_file_and_leaves_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(store, compared("a"))

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backing_up, "back_up", full)
    monkeypatch.setattr(packing, "fill_pack", full)
    for write in (lambda: write_backup(store, store.path.with_name("safe.db")), lambda: pack(store, "safe.db")):
        with pytest.raises(BadFile, match=r"safe\.db: cannot be written \(database or disk is full\); free some space"):
            write()
    assert list(store.path.parent.glob("*safe*")) == list(store.path.parent.glob(".uphold-*")) == []


def old(path: Path, *, empty: bool = False) -> Path:
    """A file of the first schema, with a set in it unless it is to be empty."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("BEGIN")
        migrate(conn, upto=6)
        if not empty:
            conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('s', 'ab', '2026-03-01T10:00:00Z')")
        conn.execute("COMMIT")
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_an_older_schema_is_copied_once_before_it_is_brought_up_to_date(tmp_path: Path) -> None:
    path = old(tmp_path / "old.db")
    with open_store(path) as store:
        copy = store.copied_before_migration
    assert copy == tmp_path / f"old.before-schema-{SCHEMA}.db"
    assert (version(path), version(copy)) == (SCHEMA, 6)
    with open_store(path) as store:
        assert store.copied_before_migration is None
    assert sorted(file.name for file in tmp_path.iterdir()) == [copy.name, "old.db"]


def test_an_earlier_copy_is_never_replaced(tmp_path: Path) -> None:
    path = old(tmp_path / "old.db")
    (tmp_path / f"old.before-schema-{SCHEMA}.db").write_text("mine")
    with open_store(path) as store:
        assert store.copied_before_migration == tmp_path / f"old.before-schema-{SCHEMA}-2.db"
    assert (tmp_path / f"old.before-schema-{SCHEMA}.db").read_text() == "mine"


def test_a_file_without_anything_in_it_is_not_copied(tmp_path: Path) -> None:
    with open_store(old(tmp_path / "old.db", empty=True)) as store:
        assert store.copied_before_migration is None
    with new_store(tmp_path / "new.db") as store:
        assert store.copied_before_migration is None


def test_where_there_is_no_room_for_the_copy_nothing_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old(tmp_path / "old.db")

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "back_up", full)
    with pytest.raises(BadDatabase, match=r"cannot be written \(database or disk is full\).*nothing was changed"):
        open_store(path)
    assert version(path) == 6
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith("old.db")] == []
