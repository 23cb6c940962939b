"""Opening: one clear sentence for what is no database of ours, and nothing touched."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.imports import bring, compared
from uphold.errors import BadDatabase
from uphold.store.database import Store, open_store
from uphold.store.schema import APPLICATION_ID, SCHEMA
from uphold.workflows.statistics import read_run_statistics


def write(store: Store, *statements: str) -> None:
    with store.writing() as conn:
        for statement in statements:
            conn.execute(statement)


def text_file(path: Path) -> None:
    path.write_text("instruction,response_candidate\nhello there,and a good deal more than a hundred bytes" * 3)


def other_sqlite_file(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    db.close()


def other_file_without_tables(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=7")
    db.close()


def other_file_with_a_log(path: Path) -> None:
    """Another program's database whose last transaction is still in the write-ahead log."""
    made = path.with_name("made.db")
    db = sqlite3.connect(made)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    db.commit()
    for ending in ("", "-wal"):
        shutil.copy(f"{made}{ending}", f"{path}{ending}")
    db.close()


def newer_schema(path: Path) -> None:
    open_store(path, create=True).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={SCHEMA + 1}")
    db.close()


def damaged(path: Path) -> None:
    open_store(path, create=True).close()
    data = bytearray(path.read_bytes())
    data[100:2000] = b"\xff" * 1900
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (text_file, "not an uphold database"),
        (other_sqlite_file, "another program"),
        (other_file_without_tables, "another program"),
        (other_file_with_a_log, "another program"),
        (newer_schema, "newer uphold"),
        (damaged, "damaged"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"create": True}, {"reading": True}])
def test_what_is_no_database_of_ours_is_told_in_a_sentence_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], said: str, options: dict[str, bool]
) -> None:
    path = tmp_path / "given.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(BadDatabase, match=said) as raised:
        open_store(path, **options)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == before


def test_a_missing_file_is_not_made_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(BadDatabase, match="there is no database here"):
        open_store(path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_database_yet_and_becomes_one_when_it_may(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(BadDatabase, match="there is no database here"):
        open_store(path, reading=True)
    assert path.stat().st_size == 0
    with open_store(path, create=True) as store:
        assert store.one("PRAGMA application_id")[0] == APPLICATION_ID


def test_a_file_killed_before_its_first_commit_is_as_good_as_new(tmp_path: Path) -> None:
    path = tmp_path / "half.db"
    half = (
        "import os, sys, sqlite3\n"
        "db = sqlite3.connect(sys.argv[1])\n"
        "db.execute('PRAGMA journal_mode=WAL')\n"
        "db.execute('BEGIN IMMEDIATE')\n"
        "db.execute('CREATE TABLE sets (id)')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", half, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    before = path.read_bytes()
    assert before
    with pytest.raises(BadDatabase, match="there is no database here"):
        open_store(path, reading=True)
    assert path.read_bytes() == before
    with open_store(path, create=True) as store:
        assert bring(store, compared()).pairs == 1


@pytest.mark.parametrize("name", [":memory:", "a?b#c%20.db", "file:x.db", "ütf 8.db"])
def test_any_name_is_the_name_of_a_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store(Path(name), create=True) as store:
        bring(store, compared())
    assert (tmp_path / name).is_file()
    with open_store(Path(name), reading=True) as store:
        assert store.one("SELECT count(*) FROM pairs")[0] == 1


def test_a_folder_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadDatabase, match="this is a folder"):
        open_store(tmp_path, create=True)
    with pytest.raises(BadDatabase, match="does not exist; make it first"):
        open_store(tmp_path / "no" / "x.db", create=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadDatabase, match="cannot be opened"):
        open_store(tmp_path / "file" / "x.db", create=True)


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadDatabase, match="no ordinary file"):
        open_store(tmp_path / "pipe", create=True)


def test_a_locked_file_serves_readers_and_refuses_writers_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(path, create=True) as store:
        bring(store, compared())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with open_store(path, busy_ms=20) as store:
        assert read_run_statistics(store, None).pairs == 1
        with pytest.raises(BadDatabase, match="locked by another program"):
            bring(store, compared("other"))
    other.execute("ROLLBACK")
    other.close()
    with open_store(path) as store:
        assert store.one("SELECT count(*) FROM pairs")[0] == 1


def test_a_file_that_another_program_keeps_to_itself_is_told_as_locked(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_store(path, create=True).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("INSERT INTO about VALUES ('x', 'y')")
    with pytest.raises(BadDatabase, match="locked by another program"):
        open_store(path, busy_ms=20)
    other.close()


def test_a_read_only_file_serves_the_reading_and_refuses_the_writing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(path, create=True) as store:
        bring(store, compared())
    path.chmod(0o444)
    before, beside = path.read_bytes(), sorted(tmp_path.iterdir())
    with open_store(path, reading=True) as store:
        assert read_run_statistics(store, None).pairs == 1
        with pytest.raises(BadDatabase, match="read-only"), store.writing():
            pass
    with pytest.raises(BadDatabase, match="read-only"):
        open_store(path)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == beside


def test_a_read_only_file_is_read_with_what_is_still_in_its_log(tmp_path: Path) -> None:
    made, path = tmp_path / "made.db", tmp_path / "copy.db"
    with open_store(made, create=True) as store:
        store.rows("PRAGMA wal_autocheckpoint=0")
        bring(store, compared())
        for ending in ("", "-wal"):
            shutil.copy(f"{made}{ending}", f"{path}{ending}")
    path.chmod(0o444)
    with open_store(path, reading=True) as store:
        assert read_run_statistics(store, None).pairs == 1


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_store(path, create=True).close()
    before = path.read_bytes()
    open_store(path, create=True).close()
    open_store(path, reading=True).close()
    assert path.read_bytes() == before


def test_every_connection_keeps_foreign_keys_and_waits_for_the_disk(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.db", create=True) as store:
        settings = [store.one(f"PRAGMA {name}")[0] for name in ("foreign_keys", "synchronous", "journal_mode")]
    assert settings == [1, 2, "wal"]


def test_what_fails_within_a_transaction_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.db", create=True) as store:
        with pytest.raises(sqlite3.IntegrityError):
            write(store, "INSERT INTO reviewers (name) VALUES ('ada')", "INSERT INTO reviewers (name) VALUES ('ada')")
        assert store.one("SELECT count(*) FROM reviewers")[0] == 0
        write(store, "INSERT INTO reviewers (name) VALUES ('ada')")
        assert store.one("SELECT count(*) FROM reviewers")[0] == 1


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.db", create=True) as store:
        # A foreign key that is looked at only with the commit.
        with pytest.raises(sqlite3.IntegrityError):
            write(store, "PRAGMA defer_foreign_keys=ON", "INSERT INTO tags (example_id, tag) VALUES (99, 'x')")
        write(store, "INSERT INTO reviewers (name) VALUES ('ada')")
        assert store.one("SELECT (SELECT count(*) FROM tags), (SELECT count(*) FROM reviewers)") == (0, 1)


def test_several_processes_may_make_the_same_new_file(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom uphold.store.database import open_store\n"
        "with open_store(Path(sys.argv[1]), create=True) as store, store.writing() as conn:\n"
        "    conn.execute('INSERT INTO reviewers (name) VALUES (?)', (sys.argv[2],))\n"
    )
    path = tmp_path / "x.db"
    started = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "abcd"]
    assert [one.wait() for one in started] == [0, 0, 0, 0]
    with open_store(path) as store:
        assert store.one("SELECT group_concat(name, '') FROM (SELECT name FROM reviewers ORDER BY 1)")[0] == "abcd"
