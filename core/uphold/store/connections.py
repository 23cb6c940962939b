"""Connections to a database that may come from a stranger: limited, wary of its schema, with errors as sentences."""

import contextlib
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from uphold.errors import BadDatabase, DatabaseBusy

QUERY_SECONDS = 60.0
"""How long a query may compute; the slowest of ours takes a second or two on 100,000 pairs."""

_WRITING_FACTOR = 10
"""How many times longer a statement may take within a transaction: an import of millions of rows may be taken back at once."""

_STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite between two looks at the clock: a millisecond or two."""

_LONGEST_GAP = 0.5
"""More seconds between two looks are those of the program, which reads the rows at its own pace."""

_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, 512 * 1024 * 1024),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (sqlite3.SQLITE_LIMIT_COLUMN, 200),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 10),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)

_READ_ONLY = "the database is read-only; copy it to a place where it can be written"

ERRORS_OF_VALUES = (
    sqlite3.Error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a program raises that meets a value it does not expect."""

DAMAGED = "go back to a copy of it, or import its sources into a new one"
"""What to do about a damaged database."""


class Connection(sqlite3.Connection):
    """A connection that stops a query which computes too long; `path` is how the user named the database."""

    path = Path()
    query_seconds = QUERY_SECONDS
    _spent = 0.0
    _looked_at = 0.0
    _over_time = False
    _searching = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement, whose time begins now."""
        self._begin_time()
        try:
            return self.cursor(Cursor).execute(sql, parameters)
        except sqlite3.OperationalError as error:
            self.raise_interruption(error)
            raise

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Execute a statement for many rows, whose time begins now."""
        self._begin_time()
        try:
            return self.cursor(Cursor).executemany(sql, parameters)
        except sqlite3.OperationalError as error:
            self.raise_interruption(error)
            raise

    def _begin_time(self) -> None:
        self._spent, self._looked_at, self._over_time = 0.0, monotonic(), False

    def raise_interruption(self, error: sqlite3.DatabaseError) -> None:
        """Raise KeyboardInterrupt where a Ctrl-C ended a statement.

        Python raises it in the progress handler, and SQLite turns it into an error that says `interrupted`.
        """
        if "interrupted" in str(error) and not self._over_time:
            raise KeyboardInterrupt from error

    def find_damage(self, error: Exception) -> str | None:
        """Return a sentence on the value or page in the database that can have led to an error; None if there is none.

        Nothing is searched for where the error says something else, such as a lock, or comes from the search itself.
        """
        is_other = isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" not in str(error)
        if is_other or self._searching or not isinstance(error, ERRORS_OF_VALUES):
            return None
        from uphold.store.damage import find_damage

        self._searching = True
        try:
            return find_damage(self)
        except ERRORS_OF_VALUES:
            return None  # the error that was to be explained is the one to tell of
        finally:
            self._searching = False

    def is_over_time(self) -> bool:
        """Whether the running statement has computed for longer than it may."""
        at = monotonic()
        self._spent += min(at - self._looked_at, _LONGEST_GAP)
        self._looked_at = at
        self._over_time = self._spent > self.query_seconds * (_WRITING_FACTOR if self.in_transaction else 1)
        return self._over_time


class Cursor(sqlite3.Cursor):
    """A cursor that raises BadDatabase, naming the database, for what goes wrong while rows are read."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise self._readable(error) from error

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            raise self._readable(error) from error

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the rows that are left."""
        try:
            # No row is None. This costs less a row than a __next__ of our own.
            yield from iter(super().__next__, None)
        except sqlite3.DatabaseError as error:
            raise self._readable(error) from error

    def _readable(self, error: sqlite3.DatabaseError) -> Exception:
        conn = self.connection
        if not isinstance(conn, Connection):
            return error
        conn.raise_interruption(error)
        return readable(error, conn.path, conn)


def connect(uri: str | Path, named: Path, wait: float) -> Connection:
    """Connect to a database by its URI, or to the file of a path; `wait` is in seconds."""
    conn = sqlite3.connect(uri, uri=isinstance(uri, str), timeout=wait, factory=Connection)
    conn.path = named
    try:
        _restrict(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def _restrict(conn: Connection) -> None:
    """Let nothing in the file's schema call functions of harm, and bound what a value or query may take."""
    conn.execute("PRAGMA trusted_schema=OFF")
    conn.execute("PRAGMA cell_size_check=ON")
    for limit, most in _LIMITS:
        conn.setlimit(limit, most)
    if sys.version_info >= (3, 12):
        conn.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    conn.set_progress_handler(conn.is_over_time, _STEPS_BETWEEN_LOOKS)


@contextlib.contextmanager
def readable_errors(path: Path, conn: sqlite3.Connection | None = None) -> Iterator[None]:
    """Turn SQLite's errors into BadDatabase with a message that names the file; IntegrityError passes through.

    With a connection, a message on damage names the table and the row.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise readable(error, path, conn) from error
    except UnicodeDecodeError as error:
        # SQLite's own message, which quotes a damaged schema.
        if not error.object.startswith(b"malformed database"):
            raise
        raise BadDatabase(f"{path}: a damaged database (its schema is malformed); {DAMAGED}") from error


def readable(error: sqlite3.DatabaseError, path: Path, conn: sqlite3.Connection | None = None) -> Exception:
    """Return SQLite's error as BadDatabase with a message that names the file; an IntegrityError as it is."""
    if isinstance(error, sqlite3.IntegrityError):
        return error
    if is_locked(error):
        return DatabaseBusy(f"{path}: {_message(error)}")
    if isinstance(conn, Connection) and (found := conn.find_damage(error)) is not None:
        return BadDatabase(f"{path}: {found}; {DAMAGED}")
    return BadDatabase(f"{path}: {_message(error)}")


def is_locked(error: sqlite3.DatabaseError) -> bool:
    """Whether another connection holds a lock that is needed."""
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def _message(error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "not a database" in text:
        return "not an uphold database; name one with --db FILE"
    if not isinstance(error, sqlite3.OperationalError):
        return f"not an uphold database, or a damaged one ({text}); {DAMAGED}"
    if is_locked(error):
        return "the database is locked by another program; close that one, or wait, and try again"
    if "readonly" in text:
        return _READ_ONLY
    if "full" in text:
        return "the disk is full; free some space and try again"
    if "unable to open" in text:
        return "the database cannot be opened; see whether its folder may be read and written"
    if "interrupted" in text:
        return (
            "a query computed for more than a minute and was stopped; the database may be damaged, or made to do this:"
            f" {DAMAGED}"
        )
    if "decode to UTF-8" in text:
        return f"a text in it is not UTF-8, so it is damaged; {DAMAGED}"
    return text
