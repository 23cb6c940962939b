"""Checked copies of a database in new files: on demand, and before a file of an older schema is brought up to date."""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.store.connections import DAMAGED, connect
from uphold.temporary_files import sync

Tell = Callable[[int, int], None]
"""Is told how many pages of how many are copied."""

_PAGES = 4096
"""Pages that are copied at a time."""

_LOGS = ("-wal", "-shm", "-journal")


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


def copy_before_migration(path: Path, mode: int, schema: int) -> Path:
    """Copy the database at a path beside it before the transaction at hand, which has changed nothing yet, migrates it.

    `mode` are the permissions of the copy, `schema` is the one that the file is brought up to. Returns the path of the copy;
    raises BadDatabase where there can be none, so that nothing is migrated.
    """
    place = Path(os.path.realpath(path))
    names = (
        f"{place.stem}.before-schema-{schema}{'' if number == 1 else f'-{number}'}{place.suffix}" for number in count(1)
    )
    target = next(place.with_name(name) for name in names if not place.with_name(name).exists())
    try:
        # A connection that holds the write lock cannot be copied from.
        with new_file_named(target, mode) as part, closing(connect(place, path, 0.0)) as conn:
            back_up(conn, path, part)
    except (OSError, sqlite3.OperationalError) as error:
        raise BadDatabase(
            f"{path}: was made by an older uphold, and is copied before it is brought up to date; the copy"
            f" {target.name} cannot be written ({getattr(error, 'strerror', None) or error}): free some space and try again;"
            " nothing was changed"
        ) from error
    return target


@contextlib.contextmanager
def new_file_named(target: Path, mode: int) -> Iterator[Path]:
    """Yield an empty file that gets its name, which is free, when the block ends without an error; it is on the disk then.

    `mode` are its permissions. Raises OSError.
    """
    part = target.with_name(f".uphold-{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        part.chmod(mode)
        sync(part)
        _name(part, target)
        sync(target.parent)
    finally:
        for left in (part, *(part.with_name(part.name + ending) for ending in _LOGS)):
            with contextlib.suppress(OSError):
                left.unlink()


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
