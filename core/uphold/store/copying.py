"""Copies an open database to another file, whatever became of its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

from uphold.errors import BadDatabase, BadFile
from uphold.store.backups import new_file_named
from uphold.store.database import Store


def copy_database(store: Store, target: Path) -> None:
    """Copy the whole database, as the open connection reads it, to a new file that is on the disk when this returns.

    The file gets its name when it is complete and checked, and no existing one is replaced. Raises BadFile where it
    cannot be written, BadDatabase where the content cannot be read or is damaged.
    """
    try:
        with new_file_named(target, store.file.mode if store.file is not None else 0o600) as part:
            _fill(store, part)
    except OSError as error:
        raise BadFile(f"{target}: cannot be written ({error.strerror or error}); name another place") from error


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
