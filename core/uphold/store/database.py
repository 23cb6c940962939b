"""Opening an uphold database (an SQLite file), and reading and writing transactions on it."""

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.errors import BadDatabase, DatabaseBusy
from uphold.store.schema import APPLICATION_ID, OLDEST, SCHEMA, migrate

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_MS = 5000
"""How long a connection waits for another one's lock by default, in milliseconds."""

MAX_WAIT = 120.0
"""How many seconds a writer that tells of its wait goes on waiting: far longer than the longest write."""

_SLICE_MS = 200
"""Between two words of a wait that is told of."""

_MAGIC = b"SQLite format 3\x00"

_READ_ONLY = "the database is read-only; copy it to a place where it can be written"

_NO_DATABASE = "there is no database here; `uphold import` makes one, or name one with --db FILE"

_FOREIGN = "a SQLite file of another program, not an uphold database; name one with --db FILE"

_UNRELEASED = (
    "made by an unreleased version of uphold (schema {version}, this one knows {oldest} and later); import your files again"
    " into a new database"
)


def now() -> str:
    """Return the current time in UTC as ISO 8601 with microseconds."""
    return _iso(datetime.now(UTC))


def expiry(seconds: float) -> str:
    """Return the time `seconds` from now, in the form of `now`."""
    return _iso(datetime.now(UTC) + timedelta(seconds=seconds))


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """An open uphold database; only the thread that opened it may use it."""

    def __init__(self, conn: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
        self.conn = conn
        self.path = path
        self.read_only = read_only
        self._tell_wait: Callable[[float], None] | None = None

    @cached_property
    def db(self) -> "Database":
        """The connection as a sqlite-utils Database, for migrations and notebooks; the library is loaded on first use."""
        from sqlite_utils import Database

        return Database(self.conn, execute_plugins=False)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run a write transaction: commit at the end, roll back on an error.

        The write lock is taken before the first read, so that what is read cannot change before the write. Raises
        BadDatabase if the file is read-only, DatabaseBusy if another program has kept the lock for too long.
        """
        if self.read_only:
            raise BadDatabase(f"{self.path}: {_READ_ONLY}")
        with readable_errors(self.path):
            self._take_lock()
            try:
                yield self.conn
                self.conn.commit()
            except BaseException:
                self.conn.rollback()
                raise

    def tell_waits(self, tell: Callable[[float], None]) -> None:
        """Have write transactions wait for another program's for up to `MAX_WAIT`.

        `tell` is called with the seconds waited so far, a few times a second.
        """
        self._tell_wait = tell
        self.conn.execute(f"PRAGMA busy_timeout={_SLICE_MS}")

    @contextlib.contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """Wait for no longer than this for another program's lock within the block, and tell nobody."""
        told, (usual,) = self._tell_wait, self.conn.execute("PRAGMA busy_timeout").fetchone()
        self._tell_wait = None
        self.conn.execute(f"PRAGMA busy_timeout={min(round(seconds * 1000), usual)}")
        try:
            yield
        finally:
            self.conn.execute(f"PRAGMA busy_timeout={usual}")
            self._tell_wait = told

    def _take_lock(self) -> None:
        began = time.monotonic()
        while True:
            try:
                self.conn.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if self._tell_wait is None or not _is_locked(error) or waited >= MAX_WAIT:
                    raise
                self._tell_wait(waited)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read the database as it is now until the end of the block, without the write lock; others may write meanwhile.

        Temporary tables may be made and filled; they stay. Raises BadDatabase if the file is read-only.
        """
        if self.read_only:
            raise BadDatabase(f"{self.path}: {_READ_ONLY}")
        with readable_errors(self.path):
            self.conn.execute("BEGIN")
            try:
                # The first read begins the snapshot.
                self.conn.execute("SELECT 1 FROM about LIMIT 1").fetchone()
                yield self.conn
                self.conn.commit()
            except BaseException:
                self.conn.rollback()
                raise

    @contextlib.contextmanager
    def copy_in_memory(self) -> Iterator["Store"]:
        """Open a copy of the database in memory, for a dry run: nothing written to it reaches the file."""
        with Store(sqlite3.connect(":memory:"), self.path, read_only=False) as copy:
            self.conn.backup(copy.conn)
            copy.conn.execute("PRAGMA foreign_keys=ON")
            yield copy

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a query and return its cursor."""
        with readable_errors(self.path):
            return self.conn.execute(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Return the first row of a query, or None."""
        return self.rows(sql, parameters).fetchone()

    def data_version(self) -> int:
        """Return a number that changes whenever another connection commits, and not when this one does."""
        return int(self.one("PRAGMA data_version")[0])

    def total_changes(self) -> int:
        """Return how many rows this connection has inserted, updated or deleted."""
        return self.conn.total_changes

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into BadDatabase with a message that names the file; IntegrityError passes through."""
    try:
        yield
    except sqlite3.OperationalError as error:
        kind = DatabaseBusy if _is_locked(error) else BadDatabase
        raise kind(f"{path}: {_message(error)}") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise BadDatabase(f"{path}: not an uphold database, or a damaged one ({error})") from error


def _is_locked(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _message(error: sqlite3.OperationalError) -> str:
    text = str(error)
    if _is_locked(error):
        return "the database is locked by another program; close that one, or wait, and try again"
    if "readonly" in text:
        return _READ_ONLY
    if "full" in text:
        return "the disk is full; free some space and try again"
    if "unable to open" in text:
        return "the database cannot be opened; see whether its folder may be read and written"
    return text


def open_store(path: Path, *, create: bool = False, reading: bool = False, busy_ms: int | None = None) -> Store:
    """Open the database at `path`.

    `create` makes a new one if there is none or an empty file; with `reading` the caller will not write, so a read-only
    file is accepted. `busy_ms` is how long to wait for another connection's lock. Raises BadDatabase, leaving the file
    as it is, for a missing file, a directory, another program's file, a newer schema or one of an unreleased version.
    """
    wait = (BUSY_MS if busy_ms is None else busy_ms) / 1000
    with readable_errors(path):
        is_new = _is_new(path, create, wait)
        read_only = not is_new and not _writable(path)
        if read_only and not reading:
            raise BadDatabase(f"{path}: {_READ_ONLY}")
        # The absolute path, so that every name (`:memory:`) is that of a file.
        conn = _connect_read_only(path, wait) if read_only else sqlite3.connect(path.absolute(), timeout=wait)
        store = Store(conn, path, read_only=read_only)
        try:
            _prepare(store)
        except BaseException:
            store.close()
            raise
    return store


def _is_new(path: Path, create: bool, wait: float) -> bool:
    """Whether a new database is to be made at `path`; the file is not written to.

    Raises BadDatabase if it is neither a database of ours nor free for one, or if `create` is False and it is free.
    """
    if path.is_dir():
        raise BadDatabase(f"{path}: this is a folder; name a database file with --db")
    if _has_content(path):
        header = _header(path)
        user_version, application_id = int.from_bytes(header[60:64]), int.from_bytes(header[68:72])
        if _is_ours(application_id, user_version):
            return False
        if not _is_uninitialised(path, wait):
            return False
    if not create:
        raise BadDatabase(f"{path}: {_NO_DATABASE}")
    if not path.parent.is_dir():
        raise BadDatabase(f"{path}: the folder {path.parent} does not exist; make it first")
    return True


def _has_content(path: Path) -> bool:
    """Whether the file exists and is not empty."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if not stat.S_ISREG(status.st_mode):
        raise BadDatabase(f"{path}: no ordinary file; name a database file with --db")
    return status.st_size > 0


def _header(path: Path) -> bytes:
    """Return the 100 bytes of the SQLite header (sqlite.org/fileformat.html)."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise BadDatabase(f"{path}: cannot be opened ({error.strerror})") from error
    if not header.startswith(_MAGIC):
        raise BadDatabase(f"{path}: not an uphold database; name one with --db FILE")
    return header


def _is_ours(application: int, version: int) -> bool:
    return application == APPLICATION_ID and OLDEST <= version <= SCHEMA


def _is_uninitialised(path: Path, wait: float) -> bool:
    """Whether this is a SQLite file without a committed table, of a process that was killed as it made it.

    Raises BadDatabase for a newer schema, one of an unreleased version, and another program's file.
    """
    conn = _connect_read_only(path, wait)
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
    if application == APPLICATION_ID and 0 < version < OLDEST:
        raise BadDatabase(f"{path}: {_UNRELEASED.format(version=version, oldest=OLDEST)}")
    if tables or application or version:
        raise BadDatabase(f"{path}: {_FOREIGN}")
    return True


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _connect_read_only(path: Path, wait: float) -> sqlite3.Connection:
    """Connect without writing anything, not even the shared-memory file of a write-ahead log where there is no log."""
    log = path.with_name(path.name + "-wal")
    has_log = log.exists() and log.stat().st_size > 0
    uri = f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
    return sqlite3.connect(uri, uri=True, timeout=wait)


def _prepare(store: Store) -> None:
    """Set the connection's pragmas, and migrate the schema if it is older."""
    (version,) = store.conn.execute("PRAGMA user_version").fetchone()
    if not store.read_only:
        store.conn.execute("PRAGMA journal_mode=WAL")
        store.conn.execute("PRAGMA synchronous=FULL")
        if version < SCHEMA:
            _migrate(store)
    elif version < SCHEMA:
        raise BadDatabase(f"{store.path}: made by an older uphold and read-only; copy it to where it can be written")
    store.conn.execute("PRAGMA foreign_keys=ON")


def _migrate(store: Store) -> None:
    """Make or migrate the schema in one transaction."""
    with store.writing() as conn:
        (application,) = conn.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID and conn.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise BadDatabase(f"{store.path}: {_FOREIGN}")
        migrate(conn)
        conn.execute("INSERT OR IGNORE INTO about VALUES ('created', ?)", (now(),))


def first_values(store: Store, sql: str, values: tuple[object, ...]) -> set[int]:
    """Return the values of the first column of a query as a set."""
    return {row[0] for row in store.rows(sql, values)}
