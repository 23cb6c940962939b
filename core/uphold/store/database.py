"""Opening an uphold database (an SQLite file), and reading and writing transactions on it."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.errors import BadDatabase, DatabaseLost
from uphold.store.connections import DAMAGED, Connection, connect, is_locked, readable_errors
from uphold.store.file_identity import FileIdentity, check_path
from uphold.store.opening import FileState, Location, connect_to_read, is_new, locate, why_read_only
from uphold.store.schema import APPLICATION_ID, SCHEMA, migrate
from uphold.store.schema_check import check_schema

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_MS = 5000
"""How long a connection waits for another one's lock by default, in milliseconds."""

MAX_WAIT = 120.0
"""How many seconds a writer that tells of its wait goes on waiting: far longer than the longest write."""

_SLICE_MS = 200
"""Between two words of a wait that is told of."""

Tell = Callable[[float], None]
"""Is told how many seconds a writer has waited for another one, a few times a second."""


def now() -> str:
    """Return the current time in UTC as ISO 8601 with microseconds."""
    return _iso(datetime.now(UTC))


def expiry(seconds: float) -> str:
    """Return the time `seconds` from now, in the form of `now`."""
    return _iso(datetime.now(UTC) + timedelta(seconds=seconds))


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """Why a database is only read, and what to do about it; `state` is that of a file that is read without a lock."""

    why: str
    state: FileState | None = None

    def check(self) -> None:
        """Raise BadDatabase if a file that is read without a lock has changed."""
        if self.state is not None:
            self.state.check()


class Store:
    """An open uphold database; only the thread that opened it may use it.

    `file` tells whether the path still leads to what is open; None for a database in memory or one that is just made.
    `copied_before_migration` is the copy of the file that was made as it was opened, since its schema was an older one.
    """

    def __init__(
        self, conn: Connection, path: Path, read_only: ReadOnly | None = None, file: FileIdentity | None = None
    ) -> None:
        self.conn = conn
        self.path = path
        self.file = file
        self._read_only = read_only
        self.copied_before_migration: Path | None = None
        self._changes_before = 0
        self._tell_wait: Tell | None = None

    @property
    def read_only(self) -> bool:
        """Whether the database may be read but not written."""
        return self._read_only is not None

    @cached_property
    def db(self) -> "Database":
        """The connection as a sqlite-utils Database, for migrations and notebooks; the library is loaded on first use."""
        from sqlite_utils import Database

        return Database(self.conn, execute_plugins=False)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run a write transaction: commit at the end, roll back on an error.

        The write lock is taken before the first read, so that what is read cannot change before the write. Raises
        BadDatabase if the file is read-only, DatabaseBusy if another program has kept the lock for too long, and
        DatabaseLost, before the transaction or after its commit, if the file is no longer there or no longer what it was:
        what was written is not kept then.
        """
        if self._read_only is not None:
            raise BadDatabase(f"{self.path}: {self._read_only.why}")
        with readable_errors(self.path, self.conn):
            self.check_file()
            self._take_lock()
            try:
                yield self.conn
                self.conn.commit()
            except BaseException as error:
                self._roll_back(error)
                raise
            self.check_file(committed=True)

    def _roll_back(self, error: BaseException) -> None:
        """Roll back after an error; raises DatabaseLost where that is what it comes from."""
        try:
            self.conn.rollback()
        finally:
            if isinstance(error, sqlite3.DatabaseError | BadDatabase):
                self.check_file()

    def check_file(self, *, committed: bool = False) -> None:
        """Raise DatabaseLost where the file was deleted, moved, replaced, truncated or damaged since it was opened."""
        if self.file is not None:
            self.file.check(self.path, committed=committed)

    def lost(self) -> DatabaseLost | None:
        """Return what `check_file` would raise."""
        try:
            self.check_file()
        except DatabaseLost as error:
            return error
        return None

    def go_on_in(self, path: Path) -> None:
        """Close this database and open its copy at `path` in its place, for all who hold this object.

        Raises BadDatabase, leaving everything as it is, where the copy cannot be opened.
        """
        copy = open_store(path)
        before = self.total_changes()
        if self.file is not None:
            self.file.leave_path()
        self._close_connection()
        self.conn, self.path, self._read_only, self.file = copy.conn, copy.path, copy._read_only, copy.file
        self._changes_before = before
        self.__dict__.pop("db", None)
        if self._tell_wait is not None:
            self.tell_waits(self._tell_wait)

    def tell_waits(self, tell: Tell | None) -> None:
        """Have write transactions wait for another program's for up to `MAX_WAIT`; with None for `BUSY_MS` again.

        `tell` is called with the seconds waited so far, a few times a second.
        """
        self._tell_wait = tell
        self.conn.execute(f"PRAGMA busy_timeout={BUSY_MS if tell is None else _SLICE_MS}")

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
                if self._tell_wait is None or not is_locked(error) or waited >= MAX_WAIT:
                    raise
                self._tell_wait(waited)
                self.check_file()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read the database as it is now until the end of the block, without the write lock; others may write meanwhile.

        Temporary tables may be made and filled; they stay. Raises BadDatabase if the file is read-only, DatabaseLost if it is
        no longer there.
        """
        if self._read_only is not None:
            raise BadDatabase(f"{self.path}: {self._read_only.why}")
        with readable_errors(self.path, self.conn):
            self.check_file()
            self.conn.execute("BEGIN")
            try:
                # The first read begins the snapshot.
                self.conn.execute("SELECT 1 FROM about LIMIT 1").fetchone()
                yield self.conn
                self.conn.commit()
            except BaseException as error:
                self._roll_back(error)
                raise

    @contextlib.contextmanager
    def copy_in_memory(self) -> Iterator["Store"]:
        """Open a copy of the database in memory, for a dry run: nothing written to it reaches the file."""
        with Store(connect(":memory:", self.path, 0.0), self.path) as copy:
            self.conn.backup(copy.conn)
            copy.conn.execute("PRAGMA foreign_keys=ON")
            yield copy

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a query and return its cursor."""
        if self._read_only is not None:
            self._read_only.check()
        try:
            with readable_errors(self.path, self.conn):
                return self.conn.execute(sql, parameters)
        except BadDatabase:
            self.check_file()
            raise

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Return the first row of a query, or None."""
        return self.rows(sql, parameters).fetchone()

    def refuse_writing(self) -> None:
        """Have SQLite refuse every write on this connection, whatever is called."""
        self.conn.execute("PRAGMA query_only=ON")

    def data_version(self) -> int:
        """Return a number that changes whenever another connection commits, and not when this one does."""
        return int(self.one("PRAGMA data_version")[0])

    def total_changes(self) -> int:
        """Return how many rows this connection has inserted, updated or deleted, without those that were left out."""
        return self._changes_before + self.conn.total_changes

    def leave_out_changes(self, rows: int) -> None:
        """Leave rows out of `total_changes`: they record what was on a screen, and nothing that somebody did."""
        self._changes_before -= rows

    def close(self) -> None:
        """Close the connection."""
        self._close_connection()
        self.file = None

    def _close_connection(self) -> None:
        self.conn.close()
        if self.file is not None:
            self.file.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Close the connection.

        Raises DatabaseLost if something was written and the file is not there any more, and BadDatabase that names the
        value in the database which the error comes from.
        """
        lost = self.lost() if error is None and self.conn.total_changes else None
        try:
            if lost is not None:
                raise lost
            if self._read_only is not None and error is None:
                self._read_only.check()
            explained = self.explain(error) if isinstance(error, Exception) else None
            if explained is not None:
                raise explained from error
        finally:
            self.close()

    def explain(self, error: Exception) -> BadDatabase | None:
        """Return the error that names the value in the database that can have led to another error; None if all are right.

        After an error that values do not lead to nothing is searched for; otherwise the whole database is read.
        """
        found = self.conn.find_damage(error)
        return None if found is None else BadDatabase(f"{self.path}: {found}; {DAMAGED}")


def open_store(
    path: Path,
    *,
    create: bool = False,
    reading: bool = False,
    busy_ms: int | None = None,
    tell_wait: Tell | None = None,
) -> Store:
    """Open the database at `path`.

    `create` makes a new one if there is none or an empty file; with `reading` the caller will not write, so a read-only
    file is accepted. `busy_ms` is how long to wait for another connection's lock; with `tell_wait` the store tells of its
    waits, and one for a process that is making the same database, see `Store.tell_waits`. Raises BadDatabase, leaving the
    file as it is, for a missing file, a directory, another program's file, a newer schema or one of an unreleased
    version, and for objects in the schema that are not uphold's; DatabaseLost where this process has the database at
    `path` open to write to, and it is not there any more.
    """
    wait = _seconds(busy_ms)
    place = locate(path)
    with readable_errors(path):
        check_path(path)
        new = is_new(place, create=create, wait=wait)
        if new and not place.file.exists():
            from uphold.store.new_file import new_file  # few commands make a database

            with new_file(place, wait if tell_wait is None else MAX_WAIT, tell_wait) as draft:
                if draft is not None:
                    _open_draft(draft, path, wait).close()
            new = is_new(place, create=create, wait=wait)
        obstacle = None if new else why_read_only(place)
        if obstacle is not None and not reading:
            raise BadDatabase(f"{path}: {obstacle}")
        # Held from before the connection to after its end, see file_identity.py.
        file = FileIdentity(path)
        try:
            store = _connect(place, obstacle, file, wait)
        except BaseException:
            file.close()
            raise
        try:
            _prepare(store, new=new, tell_wait=tell_wait)
            file.begin()
            if not reading:
                file.keep_path()
        except BaseException:
            store.close()
            raise
    return store


@contextlib.contextmanager
def open_or_make_store(path: Path, *, busy_ms: int | None = None, tell_wait: Tell | None = None) -> Iterator[Store]:
    """Open the database at `path` for writing; where there is none, one is made if the block changes anything in it.

    It gets its name when the block has ended: after an error, an interruption or a kill there is none. Until then it is
    seen by this connection alone. Raises as `open_store` does.
    """
    wait = _seconds(busy_ms)
    place = locate(path)
    with readable_errors(path):
        check_path(path)
        absent = is_new(place, create=True, wait=wait) and not place.file.exists()
    if absent:
        from uphold.store.new_file import new_file

        with new_file(place, wait if tell_wait is None else MAX_WAIT, tell_wait) as draft:
            if draft is not None:
                with _open_draft(draft, path, wait) as store:
                    before = store.total_changes()
                    yield store
                    changed = store.total_changes() > before
                if not changed:
                    draft.unlink()
                return
    with open_store(path, create=True, busy_ms=busy_ms, tell_wait=tell_wait) as store:
        yield store


def _seconds(busy_ms: int | None) -> float:
    return (BUSY_MS if busy_ms is None else busy_ms) / 1000


def _open_draft(draft: Path, path: Path, wait: float) -> Store:
    """Make the database that is to be at `path` in an empty file that nobody else uses."""
    store = Store(connect(draft, path, wait), path)
    try:
        with readable_errors(path):
            _prepare(store, new=True)
    except BaseException:
        store.close()
        raise
    return store


def _connect(place: Location, obstacle: str | None, file: FileIdentity, wait: float) -> Store:
    """Connect to a database: for writing, or where there is an obstacle to that for reading."""
    if obstacle is None:
        return Store(connect(place.file, place.named, wait), place.named, file=file)
    conn, state = connect_to_read(place, wait)
    return Store(conn, place.named, ReadOnly(obstacle, state), file)


def _prepare(store: Store, *, new: bool, tell_wait: Tell | None = None) -> None:
    """Check the schema, set the connection's pragmas, and migrate the schema if it is older."""
    conn = store.conn
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if not new:
        check_schema(conn, version, store.path)
    if not store.read_only:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        if tell_wait is not None:
            store.tell_waits(tell_wait)
        if version < SCHEMA:
            _migrate(store)
    elif version < SCHEMA:
        raise BadDatabase(f"{store.path}: made by an older uphold and read-only; copy it to where it can be written")
    conn.execute("PRAGMA foreign_keys=ON")


def _migrate(store: Store) -> None:
    """Make or migrate the schema in one transaction; a file that holds anything is copied before."""
    copy: Path | None = None
    try:
        with store.writing() as conn:
            (application,) = conn.execute("PRAGMA application_id").fetchone()
            if application != APPLICATION_ID and conn.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise BadDatabase(f"{store.path}: a SQLite file of another program, not an uphold database")
            if store.file is not None and _is_older_with_content(conn):
                from uphold.store.backups import copy_before_migration  # few files are ever migrated

                copy = copy_before_migration(store.path, store.file.mode, SCHEMA)
            migrate(conn)
            conn.execute("INSERT OR IGNORE INTO about VALUES ('created', ?)", (now(),))
    except BaseException:
        if copy is not None:
            copy.unlink(missing_ok=True)
        raise
    store.copied_before_migration = copy


def _is_older_with_content(conn: sqlite3.Connection) -> bool:
    """Whether the database has an older schema, and a set or a system in it; another process may have migrated it by now."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if not 0 < version < SCHEMA:
        return False
    return conn.execute("SELECT 1 FROM sets UNION ALL SELECT 1 FROM systems LIMIT 1").fetchone() is not None


def first_values(store: Store, sql: str, values: tuple[object, ...]) -> set[int]:
    """Return the values of the first column of a query as a set."""
    return {row[0] for row in store.rows(sql, values)}
