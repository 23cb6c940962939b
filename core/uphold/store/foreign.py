"""Reads another database, which may come from anybody, without writing to it or beside it."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from uphold.errors import BadDatabase
from uphold.store.connections import DAMAGED, Connection, connect, readable_errors
from uphold.store.damage import find_damage
from uphold.store.opening import connect_to_read, is_new, locate
from uphold.store.schema import SCHEMA, migrate
from uphold.store.schema_check import check_schema

_LONGEST_VALUE = 64 * 2**20
"""Bytes of the longest text that is read, as in files that are imported."""

_WAIT = 5.0


@contextlib.contextmanager
def reading_foreign(path: Path) -> Iterator[Connection]:
    """Yield a connection that reads a database of this schema whose every value is one that uphold writes.

    A file of an older schema is brought up to date in a private copy. Raises BadDatabase, as for any database that is opened,
    and naming table and row for the first value that cannot be right.
    """
    place = locate(path)
    with readable_errors(path):
        is_new(place, create=False, wait=_WAIT)
        conn, state = connect_to_read(place, _WAIT)
        with contextlib.closing(conn):
            conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            (version,) = conn.execute("PRAGMA user_version").fetchone()
            check_schema(conn, version, path)
            found = find_damage(conn)
            if found is not None:
                raise BadDatabase(f"{path}: {found}; {DAMAGED}")
            with _up_to_date(conn, version, path) as current:
                yield current
            if state is not None:
                state.check()


@contextlib.contextmanager
def _up_to_date(conn: Connection, version: int, path: Path) -> Iterator[Connection]:
    """Yield the connection, or one to a private copy in the present schema."""
    if version == SCHEMA:
        yield conn
        return
    folder = Path(mkdtemp(prefix="uphold-"))
    try:
        with contextlib.closing(connect(folder / "copy.db", path, _WAIT)) as copy:
            conn.backup(copy)
            copy.execute("BEGIN IMMEDIATE")
            migrate(copy)
            copy.execute("COMMIT")
            yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)
