"""Opening an uphold database, and the one way to write to it."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.errors import BadDatabase
from uphold.store.schema import APPLICATION_ID, SCHEMA

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_MS = 5000
"""How long a connection waits for another one's write lock, unless it is told otherwise."""


_MAGIC = b"SQLite format 3\x00"


_READ_ONLY = "the database is read-only; copy it to a place where it can be written"


_NO_DATABASE = "there is no database here; `uphold import` makes one, or name one with --db FILE"


_FOREIGN = "a SQLite file of another program, not an uphold database; name one with --db FILE"


def now() -> str:
    """The time, UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """One open uphold database; belongs to the thread that opened it."""

    def __init__(self, conn: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
        self.conn = conn
        self.path = path
        self.read_only = read_only

    @cached_property
    def db(self) -> "Database":
        """The same connection as sqlite-utils has it: for migrations and notebooks, loaded when it is wanted."""
        from sqlite_utils import Database

        return Database(self.conn, execute_plugins=False)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Take the write lock before the first read, so that the read cannot go stale; commit, or roll back on error."""
        if self.read_only:
            raise BadDatabase(f"{self.path}: {_READ_ONLY}")
        with telling(self.path):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                self.conn.commit()
            except BaseException:
                self.conn.rollback()
                raise

    @contextlib.contextmanager
    def copied(self) -> Iterator["Store"]:
        """A copy in memory, for seeing what would come of something: nothing of it reaches the file."""
        with Store(sqlite3.connect(":memory:"), self.path, read_only=False) as copy:
            self.conn.backup(copy.conn)
            copy.conn.execute("PRAGMA foreign_keys=ON")
            yield copy

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a reading query."""
        with telling(self.path):
            return self.conn.execute(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first row of a reading query, or None."""
        return self.rows(sql, parameters).fetchone()

    def written_elsewhere(self) -> int:
        """A number that changes when another connection writes to the file; what is written here does not change it."""
        return int(self.one("PRAGMA data_version")[0])

    def written_here(self) -> int:
        """How many rows this connection has written."""
        return self.conn.total_changes

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()

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
        return _READ_ONLY
    if "full" in said:
        return "the disk is full; free some space and try again"
    if "unable to open" in said:
        return "the database cannot be opened; see whether its folder may be read and written"
    return said


def open_store(path: Path, *, create: bool = False, reading: bool = False, busy_ms: int | None = None) -> Store:
    """Open the database at `path`.

    `create` makes a new one where nothing is; `reading` promises not to write, so a read-only file serves. `busy_ms` is
    how long to wait for another program's lock. Raises BadDatabase, with nothing touched, for a missing file, a
    directory, another program's file or a newer schema.
    """
    wait = (BUSY_MS if busy_ms is None else busy_ms) / 1000
    with telling(path):
        fresh = _look(path, create, wait)
        read_only = not fresh and not _writable(path)
        if read_only and not reading:
            raise BadDatabase(f"{path}: {_READ_ONLY}")
        # The whole path, so that no name (`:memory:`) means anything else than a file.
        conn = _connect_reading(path, wait) if read_only else sqlite3.connect(path.absolute(), timeout=wait)
        store = Store(conn, path, read_only=read_only)
        try:
            _prepare(store)
        except BaseException:
            store.close()
            raise
    return store


def _look(path: Path, create: bool, wait: float) -> bool:
    """Is the path free for a new database? Looks without touching."""
    if path.is_dir():
        raise BadDatabase(f"{path}: this is a folder; name a database file with --db")
    if _begins(path):
        header = _header(path)
        if _is_ours(int.from_bytes(header[68:72]), int.from_bytes(header[60:64])):
            return False
        if not _half_made(path, wait):
            return False
    if not create:
        raise BadDatabase(f"{path}: {_NO_DATABASE}")
    if not path.parent.is_dir():
        raise BadDatabase(f"{path}: the folder {path.parent} does not exist; make it first")
    return True


def _begins(path: Path) -> bool:
    """Is there a file, and something in it?"""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if not stat.S_ISREG(found.st_mode):
        raise BadDatabase(f"{path}: no ordinary file; name a database file with --db")
    return found.st_size > 0


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if not header.startswith(_MAGIC):
        raise BadDatabase(f"{path}: not an uphold database; name one with --db FILE")
    return header


def _is_ours(application: int, version: int) -> bool:
    return application == APPLICATION_ID and 0 < version <= SCHEMA


def _half_made(path: Path, wait: float) -> bool:
    """Was this killed before its first commit? Then it is as good as new; raises BadDatabase for what is not ours."""
    conn = _connect_reading(path, wait)
    try:
        (application,) = conn.execute("PRAGMA application_id").fetchone()
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        conn.close()
    if _is_ours(application, version):
        return False
    if application == APPLICATION_ID and version > SCHEMA:
        raise BadDatabase(f"{path}: made by a newer uphold (schema {version}, this one knows {SCHEMA}); update uphold")
    if tables or application or version:
        raise BadDatabase(f"{path}: {_FOREIGN}")
    return True


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _connect_reading(path: Path, wait: float) -> sqlite3.Connection:
    """Open without writing; the file as it is where no write-ahead log has to be read with it."""
    log = path.with_name(path.name + "-wal")
    alone = not log.exists() or not log.stat().st_size
    uri = f"{path.absolute().as_uri()}?{'immutable=1' if alone else 'mode=ro'}"
    return sqlite3.connect(uri, uri=True, timeout=wait)


def _prepare(store: Store) -> None:
    (version,) = store.conn.execute("PRAGMA user_version").fetchone()
    if not store.read_only:
        store.conn.execute("PRAGMA journal_mode=WAL")
        store.conn.execute("PRAGMA synchronous=FULL")
        if version < SCHEMA:
            _bring_up(store)
    elif version < SCHEMA:
        raise BadDatabase(f"{store.path}: made by an older uphold and read-only; copy it to where it can be written")
    store.conn.execute("PRAGMA foreign_keys=ON")


def _bring_up(store: Store) -> None:
    with store.writing() as conn:
        (application,) = conn.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID and conn.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise BadDatabase(f"{store.path}: {_FOREIGN}")
        from uphold.store.schema import migrate

        migrate(store.db)
        conn.execute("INSERT OR IGNORE INTO about VALUES ('created', ?)", (now(),))


def first_values(store: Store, sql: str, values: tuple[object, ...]) -> set[int]:
    return {row[0] for row in store.rows(sql, values)}
