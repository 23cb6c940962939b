"""Copies an open database to another file, whatever became of its own."""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from uphold.errors import BadDatabase, BadFile
from uphold.store.connections import DAMAGED, connect
from uphold.store.database import Store


def copy_database(store: Store, target: Path) -> None:
    """Copy the whole database, as the open connection reads it, to a new file that is on the disk when this returns.

    The file gets its name when it is complete and checked, and no existing one is replaced. Raises BadFile where it
    cannot be written, BadDatabase where the content cannot be read or is damaged.
    """
    try:
        with _new_file(store, target) as part:
            _fill(store, part)
    except OSError as error:
        raise BadFile(f"{target}: cannot be written ({error.strerror or error}); name another place") from error


@contextlib.contextmanager
def _new_file(store: Store, target: Path) -> Iterator[Path]:
    """Yield an empty file with the permissions of the database, which gets its name when the block ends without an error.

    The name is free; the file is on the disk then. Raises OSError.
    """
    part = target.with_name(f".uphold-{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        part.chmod(store.file.mode if store.file is not None else 0o600)
        _sync(part)
        _name(part, target)
        _sync(target.parent)
    finally:
        for left in (part, *(part.with_name(part.name + ending) for ending in ("-wal", "-shm", "-journal"))):
            with contextlib.suppress(OSError):
                left.unlink()


def _fill(store: Store, part: Path) -> None:
    """Copy every page into the file, without claims on work, and check it."""
    try:
        with closing(sqlite3.connect(part)) as copy:
            store.conn.backup(copy)
            # Held by processes that work on the lost file; here nobody would release them.
            for claimed in ("claims", "generation_claims"):
                copy.execute(f"DELETE FROM {claimed}")
            copy.commit()
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BadDatabase(f"{store.path}: cannot be copied ({error})") from error
    if found != "ok":
        raise BadDatabase(f"{store.path}: cannot be copied, what is left of it is damaged ({found})")


Tell = Callable[[int, int], None]
"""Is told how many pages of how many are copied."""

_PAGES = 4096
"""Pages that are copied at a time."""


def back_up(conn: sqlite3.Connection, path: Path, target: Path, tell: Tell | None = None) -> None:
    """Copy the database to an empty file by SQLite's online backup, and check every page and reference of the copy.

    Within a transaction that reads, the copy is the state that this sees, whatever others write meanwhile. The connection
    must not be writing. The copy is one file without a log; `path` is how the user named the database. Raises
    sqlite3.OperationalError where it cannot be written, BadDatabase where the database is damaged.
    """
    told = None if tell is None else lambda _, left, pages: tell(pages - left, pages)
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        conn.backup(copy, pages=_PAGES, progress=told, sleep=0.05)
        copy.execute("PRAGMA journal_mode=DELETE")
        problems = [row[0] for row in copy.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
        problems += [
            f"a row of {row[0]} refers to nothing" for row in copy.execute("PRAGMA foreign_key_check").fetchmany(3)
        ]
    if problems:
        raise BadDatabase(f"{path}: is damaged, no copy was kept ({'; '.join(problems)}); {DAMAGED}")


def copy_before_migration(store: Store, schema: int) -> Path:
    """Copy a database beside it before the transaction at hand, which has changed nothing yet, brings it up to a schema.

    Returns the path of the copy. Raises BadDatabase where there can be none, so that nothing is migrated.
    """
    place = Path(os.path.realpath(store.path))
    names = (
        f"{place.stem}.before-schema-{schema}{'' if number == 1 else f'-{number}'}{place.suffix}" for number in count(1)
    )
    target = next(place.with_name(name) for name in names if not place.with_name(name).exists())
    try:
        # A connection that holds the write lock cannot be copied from.
        with _new_file(store, target) as part, closing(connect(place, store.path, 0.0)) as conn:
            back_up(conn, store.path, part)
    except (OSError, sqlite3.OperationalError) as error:
        raise BadDatabase(
            f"{store.path}: was made by an older uphold, and is copied before it is brought up to date; the copy"
            f" {target.name} cannot be written ({getattr(error, 'strerror', None) or error}): free some space and try again;"
            " nothing was changed"
        ) from error
    return target


def _name(part: Path, target: Path) -> None:
    """Give the file its name, which is free."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise
        part.rename(target)


def _sync(path: Path) -> None:
    """Have a file or folder written to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
