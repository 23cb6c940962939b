"""Opening an uphold database, and the one way to write to it."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from uphold.errors import BadDatabase
from uphold.store.schema import APPLICATION_ID, SCHEMA, migrate

_MAGIC = b"SQLite format 3\x00"
BUSY_MS = 5000


def now() -> str:
    """The time, UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """One open uphold database; belongs to the thread that opened it."""

    def __init__(self, db: Database, path: Path, *, read_only: bool) -> None:
        self.db = db
        self.path = path
        self.read_only = read_only

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Take the write lock before the first read, so that the read cannot go stale; commit, or roll back on error."""
        if self.read_only:
            raise BadDatabase(f"{self.path}: the database is read-only; copy it to a place where it can be written")
        with telling(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db.conn
            except BaseException:
                self.db.rollback()
                raise
            self.db.commit()

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a reading query."""
        with telling(self.path):
            return self.db.execute(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first row of a reading query, or None."""
        return self.rows(sql, parameters).fetchone()

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors into sentences that name the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise BadDatabase(f"{path}: {_sentence(error)}") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise BadDatabase(f"{path}: not an uphold database, or a damaged one ({error})") from error


def _sentence(error: sqlite3.OperationalError) -> str:
    said = str(error)
    if "locked" in said or "busy" in said:
        return "the database is locked by another program; close that one, or wait, and try again"
    if "readonly" in said:
        return "the database is read-only; copy it to a place where it can be written"
    if "full" in said:
        return "the disk is full; free some space and try again"
    return said


def open_store(path: Path, *, create: bool = False, reading: bool = False) -> Store:
    """Open the database at `path`.

    `create` makes a new one where nothing is; `reading` promises not to write, so a read-only file serves.
    Raises BadDatabase, with nothing touched, for a missing file, a directory, another program's file or a newer schema.
    """
    fresh = _look(path, create)
    read_only = not fresh and not _writable(path)
    if read_only and not reading:
        raise BadDatabase(f"{path}: the database is read-only; copy it to a place where it can be written")
    with telling(path):
        conn = _connect_reading(path) if read_only else sqlite3.connect(path, timeout=BUSY_MS / 1000)
        store = Store(Database(conn, execute_plugins=False), path, read_only=read_only)
        try:
            _prepare(store, fresh)
        except BaseException:
            store.close()
            raise
    return store


def _look(path: Path, create: bool) -> bool:
    """Is the path free for a new database? Looks without touching."""
    if path.is_dir():
        raise BadDatabase(f"{path}: this is a folder; name a database file with --db")
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        size = 0
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if size == 0:
        if not create:
            raise BadDatabase(
                f"{path}: there is no database here; `uphold import` makes one, or name one with --db FILE"
            )
        if not path.parent.is_dir():
            raise BadDatabase(f"{path}: the folder {path.parent} does not exist; make it first")
        return True
    _check_magic(path)
    return False


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if magic != _MAGIC:
        raise BadDatabase(f"{path}: not an uphold database; name one with --db FILE")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _connect_reading(path: Path) -> sqlite3.Connection:
    """Open without writing; where even the shared-memory file cannot be made, read the file as it is."""
    uri = path.absolute().as_uri()
    wal = path.with_name(path.name + "-wal")
    if not wal.exists() or wal.stat().st_size == 0:
        return sqlite3.connect(uri + "?immutable=1", uri=True, timeout=BUSY_MS / 1000)
    return sqlite3.connect(uri + "?mode=ro", uri=True, timeout=BUSY_MS / 1000)


def _prepare(store: Store, fresh: bool) -> None:
    db, path = store.db, store.path
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        # A database that was killed before its first commit has no table yet: it is as good as new.
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables or (not fresh and (application or version)):
            raise BadDatabase(
                f"{path}: a SQLite file of another program, not an uphold database; name one with --db FILE"
            )
    elif version > SCHEMA:
        raise BadDatabase(f"{path}: made by a newer uphold (schema {version}, this one knows {SCHEMA}); update uphold")
    if not store.read_only:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        if version < SCHEMA:
            _bring_up(store)
    elif version < SCHEMA:
        raise BadDatabase(f"{path}: made by an older uphold and read-only; copy it to a place where it can be written")
    db.execute("PRAGMA foreign_keys=ON")


def _bring_up(store: Store) -> None:
    with store.writing() as conn:
        migrate(store.db)
        conn.execute("INSERT OR IGNORE INTO about VALUES ('created', ?)", (now(),))
