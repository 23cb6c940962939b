"""A database that is deleted, replaced, truncated or damaged while it is open, and everything that only looks like it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from uphold.errors import DatabaseLost
from uphold.store.database import Store, open_or_make_store, open_store
from uphold.store.file_identity import HEADER_BYTES, read_header

Spoil = Callable[[Path], None]


def add(store: Store, name: str) -> None:
    with store.writing() as conn:
        conn.execute("INSERT INTO reviewers (name) VALUES (?)", (name,))


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as conn:
        return [row[0] for row in conn.execute("SELECT name FROM reviewers ORDER BY id")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database of several pages, all of them out of the log."""
    with open_store(tmp_path / "a.db", create=True) as first, first.writing() as conn:
        conn.executemany("INSERT INTO reviewers (name) VALUES (?)", [(f"{n}" * 200,) for n in range(200)])
    store = open_store(tmp_path / "a.db")
    add(store, "before")
    return store


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _replace(path: Path) -> None:
    shutil.copy(path, path.with_name("b.db"))
    path.with_name("b.db").replace(path)


def _write_over(path: Path) -> None:
    with open_store(path.with_name("b.db"), create=True) as other:
        add(other, "another")
    shutil.copyfile(path.with_name("b.db"), path)


def _damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\x00" * 60)


def _become_foreign(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(68)
        file.write(b"\x00\x00\x00\x07")


def _empty_log(path: Path) -> None:
    os.truncate(_log(path), 0)


def _move_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name(f"{path.parent.name} away"))


SPOILS: list[tuple[str, Spoil, str]] = [
    ("deleted", Path.unlink, "the database was deleted"),
    ("moved", lambda path: path.rename(path.with_name("elsewhere.db")), "the database was moved or renamed"),
    ("replaced", _replace, "the database was replaced by another file"),
    ("overwritten", _write_over, "the database was replaced, a program wrote over it"),
    ("emptied", lambda path: os.truncate(path, 0), "the database was truncated"),
    ("half", lambda path: os.truncate(path, path.stat().st_size // 2), "the database was truncated"),
    ("a page less", lambda path: os.truncate(path, path.stat().st_size - 4096), "the database was truncated"),
    ("damaged", _damage, "the database was damaged"),
    ("another program's", _become_foreign, "the database was damaged"),
    ("log deleted", lambda path: _log(path).unlink(), "-wal or -shm file was deleted"),
    ("index deleted", lambda path: path.with_name(path.name + "-shm").unlink(), "-wal or -shm file was deleted"),
    ("log emptied", _empty_log, "-wal file was truncated"),
    ("folder moved", _move_folder, "the database was moved or renamed"),
]


@pytest.mark.parametrize(("spoil", "said"), [spoil[1:] for spoil in SPOILS], ids=[spoil[0] for spoil in SPOILS])
def test_nothing_is_written_to_a_file_that_is_no_longer_what_it_was(store: Store, spoil: Spoil, said: str) -> None:
    spoil(store.path)
    with pytest.raises(DatabaseLost, match=said) as error:
        add(store, "after")
    assert not error.value.committed
    assert str(store.path) in str(error.value)


@pytest.mark.parametrize(("spoil", "said"), [spoil[1:] for spoil in SPOILS], ids=[spoil[0] for spoil in SPOILS])
def test_what_is_committed_into_such_a_file_is_not_said_to_be_kept(store: Store, spoil: Spoil, said: str) -> None:
    def write() -> None:
        with store.writing() as conn:
            conn.execute("INSERT INTO reviewers (name) VALUES ('within')")
            spoil(store.path)

    with pytest.raises(DatabaseLost, match=said) as error:
        write()
    assert error.value.committed


def test_a_file_that_was_put_back_is_written_to_again(store: Store) -> None:
    away = store.path.with_name("away.db")
    store.path.rename(away)
    assert isinstance(store.lost(), DatabaseLost)
    away.rename(store.path)
    add(store, "after")
    store.close()
    assert names(store.path)[-2:] == ["before", "after"]


def test_closing_after_writing_says_that_the_file_is_gone(store: Store) -> None:
    with pytest.raises(DatabaseLost, match="was deleted"), store:
        store.path.unlink()


def test_closing_after_reading_says_nothing(store: Store) -> None:
    store.close()
    with open_store(store.path) as reading:
        assert reading.one("SELECT count(*) FROM reviewers")[0] == 201
        store.path.unlink()


def test_other_writers_checkpoints_and_a_vacuum_are_no_loss(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as other:
        for number in range(30):
            other.execute("INSERT INTO reviewers (name) VALUES (?)", (f"other {number}" * 500,))
            other.commit()
            other.execute(f"PRAGMA wal_checkpoint({('PASSIVE', 'FULL', 'RESTART', 'TRUNCATE')[number % 4]})")
            add(store, f"own {number}")
        other.execute("DELETE FROM reviewers WHERE name LIKE 'other%'")
        other.commit()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = store.path.stat().st_size
        other.execute("VACUUM")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert store.path.stat().st_size < size
    add(store, "after the vacuum")
    store.path.touch()
    add(store, "after a touch")
    store.close()
    assert names(store.path)[-2:] == ["after the vacuum", "after a touch"]


_WRITER = """
import sqlite3, sys, random
conn = sqlite3.connect(sys.argv[1], timeout=30)
conn.execute("PRAGMA journal_mode=WAL")
rng = random.Random(sys.argv[2])
for number in range(int(sys.argv[3])):
    conn.execute("INSERT INTO reviewers (name) VALUES (?)", (f"{sys.argv[2]} {number} " + "x" * rng.randint(0, 20000),))
    conn.commit()
    if rng.random() < 0.3:
        conn.execute(f"PRAGMA wal_checkpoint({rng.choice(('PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'))})")
"""


def test_checkpoints_of_busy_processes_are_never_taken_for_a_loss(store: Store) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(store.path), str(number), "120"]) for number in range(2)
    ]
    checks = 0
    while any(writer.poll() is None for writer in writers):
        store.check_file()
        checks += 1
        if checks % 50 == 0:
            add(store, f"own {checks}")
    assert [writer.returncode for writer in writers] == [0, 0]
    assert checks > 100
    store.check_file()


def test_a_checkpoint_between_two_readings_of_one_check_is_no_loss(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header was read before the checkpoint and its state after it: the next check took the new header for foreign."""
    read = os.pread
    with closing(sqlite3.connect(store.path)) as other:

        def checkpoint_after_header(descriptor: int, length: int, offset: int) -> bytes:
            found = read(descriptor, length, offset)
            if length == HEADER_BYTES:
                monkeypatch.undo()
                other.execute("PRAGMA wal_checkpoint")
            return found

        add(store, "in the log" + " " * 20_000)  # the file grows, which its header says
        monkeypatch.setattr("os.pread", checkpoint_after_header)
        store.check_file()
        assert os.pread is read
        store.check_file()
    add(store, "after")
    assert [name.strip() for name in names(store.path)[-2:]] == ["in the log", "after"]


def test_a_second_connection_of_this_process_keeps_the_locks_of_the_first(store: Store) -> None:
    """Were they dropped, the other process would delete the log, and what is written after that with it."""
    read_header(store.path)
    with open_store(store.path):
        pass
    threads = [threading.Thread(target=lambda: open_store(store.path).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM reviewers').fetchall(); c.close()"
    subprocess.run([sys.executable, "-c", read, str(store.path)], check=True)
    assert _log(store.path).exists()
    add(store, "after")
    assert "after" in names(store.path)


def test_no_descriptor_is_left_open(store: Store) -> None:
    path = store.path
    store.close()
    before = os.dup(0)
    os.close(before)
    for _ in range(5):
        open_store(path).close()
    after = os.dup(0)
    os.close(after)
    assert after == before  # the lowest free number


def test_the_copy_takes_the_place_of_the_file_that_is_gone(store: Store) -> None:
    copy = store.path.with_name("copy.db")
    with closing(sqlite3.connect(copy)) as target:
        store.conn.backup(target)
    changes = store.total_changes()
    store.path.unlink()
    store.go_on_in(copy)
    assert store.total_changes() >= changes
    add(store, "after")
    store.close()
    assert names(copy)[-2:] == ["before", "after"]
    with pytest.raises(DatabaseLost, match="was deleted"):
        open_store(copy.with_name("a.db"))


@pytest.mark.parametrize(("spoil", "said"), [spoil[1:] for spoil in SPOILS], ids=[spoil[0] for spoil in SPOILS])
@pytest.mark.parametrize("reading", [False, True])
def test_a_path_that_is_opened_again_must_lead_to_the_file_that_is_open(
    store: Store, spoil: Spoil, said: str, reading: bool
) -> None:
    """The app opens its database again for what it does in the background, which is about the file it began with."""
    spoil(store.path)
    before = store.path.read_bytes() if store.path.exists() else None
    with pytest.raises(DatabaseLost, match=said):
        open_store(store.path, reading=reading)
    assert (store.path.read_bytes() if store.path.exists() else None) == before


def test_no_database_is_made_where_the_open_one_was_deleted(store: Store) -> None:
    store.path.unlink()
    with pytest.raises(DatabaseLost, match="was deleted"), open_or_make_store(store.path):
        pass
    assert not store.path.exists()


def test_another_file_is_opened_once_the_first_is_closed_or_was_only_read(store: Store) -> None:
    path = store.path
    store.close()
    with open_store(path, reading=True):
        _replace(path)
        with open_store(path) as again:
            add(again, "after")
    assert names(path)[-1] == "after"
