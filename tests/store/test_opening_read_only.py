"""A database that may not be written is read as it is, with its log; what cannot be had is told, never an older state."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.imports import bring, compared
from uphold.errors import BadDatabase
from uphold.store.database import open_store


def pairs(path: Path) -> int:
    with open_store(path, reading=True) as store:
        return int(store.one("SELECT count(*) FROM pairs")[0])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be removed again whatever a test did to its permissions."""
    made = tmp_path / "folder"
    made.mkdir()
    yield made
    made.chmod(0o755)


def unmerged(folder: Path, name: str = "x.db") -> Path:
    """A database of two pairs, the second of which is in its write-ahead log alone; nobody has it open."""
    made, path = folder / "made.db", folder / name
    with open_store(made, create=True) as store:
        bring(store, compared("one"))
    with open_store(made) as store:
        store.rows("PRAGMA wal_autocheckpoint=0")
        bring(store, compared("two"))
        for ending in ("", "-wal"):
            shutil.copy(f"{made}{ending}", f"{path}{ending}")
    for ending in ("", "-wal", "-shm"):
        Path(f"{made}{ending}").unlink(missing_ok=True)
    (folder / "rows.jsonl").unlink()
    with sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True) as alone:
        assert alone.execute("SELECT count(*) FROM pairs").fetchone() == (1,)
    alone.close()
    return path


def beside(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_log_that_was_not_merged_is_read_though_nothing_may_be_written(folder: Path, what: str) -> None:
    path = unmerged(folder)
    before = beside(folder)
    if what in ("file", "both"):
        path.chmod(0o444)
    if what in ("folder", "both"):
        folder.chmod(0o555)
    assert pairs(path) == 2
    assert beside(folder) == before
    with pytest.raises(BadDatabase, match=r"read-only; copy x\.db with x\.db-wal beside it") as told:
        open_store(path)
    assert "\n" not in str(told.value)


def test_a_log_that_may_not_be_written_is_read_and_not_written(folder: Path) -> None:
    path = unmerged(folder)
    path.with_name("x.db-wal").chmod(0o444)
    assert pairs(path) == 2
    with pytest.raises(BadDatabase, match=r"x\.db-wal is read-only"):
        open_store(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_link_in_another_folder_leads_to_the_log_beside_the_file(
    folder: Path, tmp_path: Path, read_only: bool
) -> None:
    path = unmerged(folder)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    if read_only:
        path.chmod(0o444)
        folder.chmod(0o555)
    assert pairs(link) == 2
    assert not list(tmp_path.glob("link.db-*"))
    if read_only:
        with pytest.raises(BadDatabase, match="read-only") as told:
            open_store(link)
        assert str(link) in str(told.value)
    else:
        with open_store(link) as store:
            assert bring(store, compared("three")).pairs == 1
        assert pairs(path) == 3


def test_a_link_to_nothing_is_made_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "there" / "x.db")
    with pytest.raises(BadDatabase, match="there is no database here"):
        open_store(link)
    open_store(link, create=True).close()
    assert link.is_symlink()
    assert pairs(tmp_path / "there" / "x.db") == 0


def test_a_read_only_file_with_a_live_writer_is_read_as_it_is_now(folder: Path) -> None:
    path = folder / "x.db"
    with open_store(path, create=True) as store:
        bring(store, compared("one"))
        path.chmod(0o444)
        assert pairs(path) == 1
        bring(store, compared("two"))
        assert pairs(path) == 2
        bring(store, compared("three"))
        assert pairs(path) == 3


def test_a_file_that_is_read_without_a_lock_and_changes_meanwhile_is_told(folder: Path) -> None:
    path = folder / "x.db"
    with open_store(path, create=True) as store:
        bring(store, compared("one"))
    path.chmod(0o444)
    reader = open_store(path, reading=True)
    assert reader.one("SELECT count(*) FROM pairs") == (1,)
    path.chmod(0o644)
    with open_store(path) as store:
        bring(store, compared("two"))
    with pytest.raises(BadDatabase, match="another program wrote to the database while it was read here"):
        reader.one("SELECT count(*) FROM pairs")
    with pytest.raises(BadDatabase, match="another program wrote"), reader:
        pass


def left_with_a_journal(path: Path) -> None:
    """The file of a process that was killed within a transaction, its pages half written, with what undoes that."""
    code = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA journal_mode=DELETE')\n"
        "db.execute('PRAGMA cache_size=1')\n"
        "db.execute('BEGIN')\n"
        "db.execute('DELETE FROM text_prefixes')\n"
        "db.execute('DELETE FROM pairs')\n"
        "db.execute('CREATE TABLE big (x)')\n"
        "db.execute('INSERT INTO big SELECT zeroblob(100000) FROM texts')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.with_name(path.name + "-journal").stat().st_size
    with (
        sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True) as alone,
        pytest.raises((sqlite3.Error, AssertionError)),
    ):
        assert alone.execute("SELECT count(*) FROM pairs").fetchone() == (3,)
    alone.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_transaction_that_was_killed_is_undone(folder: Path, read_only: bool) -> None:
    path = folder / "x.db"
    with open_store(path, create=True) as store:
        bring(store, compared("one"), compared("two"), compared("three"))
    left_with_a_journal(path)
    before = beside(folder)
    if read_only:
        path.chmod(0o444)
        folder.chmod(0o555)
    assert pairs(path) == 3
    assert (beside(folder) == before) is read_only


def test_a_hard_link_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path, other = tmp_path / "x.db", tmp_path / "other.db"
    with open_store(path, create=True) as store:
        bring(store, compared("one"))
        os.link(path, other)
        # What is written now is in the log beside the first name.
        bring(store, compared("two"))
        for options in ({}, {"reading": True}, {"create": True}):
            with pytest.raises(BadDatabase, match=r"2 names \(hard links\).*cp .*other.db copy.db"):
                open_store(other, **options)
    shutil.copy(path, tmp_path / "copy.db")
    assert pairs(tmp_path / "copy.db") == 2


def test_the_log_of_a_database_that_is_gone_is_not_thrown_away(tmp_path: Path) -> None:
    path = unmerged(tmp_path)
    path.unlink()
    log = path.with_name("x.db-wal").read_bytes()
    for options in ({}, {"reading": True}, {"create": True}):
        with pytest.raises(BadDatabase, match=r"x\.db-wal, the log of one"):
            open_store(path, **options)
    assert path.with_name("x.db-wal").read_bytes() == log


def test_no_copy_is_left_in_the_folder_for_temporary_files(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unmerged(folder)
    path.chmod(0o444)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with open_store(path, reading=True) as store:
        assert store.one("SELECT count(*) FROM pairs") == (2,)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_where_the_log_cannot_be_read_the_older_state_is_not_read_either(folder: Path) -> None:
    path = unmerged(folder)
    path.with_name("x.db-wal").unlink()
    path.with_name("x.db-wal").mkdir()
    path.chmod(0o444)
    with pytest.raises(BadDatabase, match="no ordinary file"):
        pairs(path)


def test_opening_a_second_time_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Closing a file of its own made a process lose its locks: the log in use was removed, and what followed was lost."""
    path = tmp_path / "x.db"
    code = (
        "import sys\nfrom pathlib import Path\nfrom uphold.store.database import open_store\n"
        "with open_store(Path(sys.argv[1])) as store:\n    print(store.one('SELECT count(*) FROM pairs')[0])\n"
    )

    def seen_by_another() -> str:
        return subprocess.run(
            [sys.executable, "-c", code, str(path)], check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    with open_store(path, create=True) as store:
        bring(store, compared("one"))
        open_store(path).close()
        open_store(path, reading=True).close()
        assert seen_by_another() == "1\n"
        assert path.with_name("x.db-wal").exists()
        bring(store, compared("two"))
        assert seen_by_another() == "2\n"
