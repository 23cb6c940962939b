"""Copies an open database to another file, whatever became of its own."""

import contextlib
import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from uphold.errors import BadDatabase, BadFile
from uphold.store.database import Store


def copy_database(store: Store, target: Path) -> None:
    """Copy the whole database, as the open connection reads it, to a new file that is on the disk when this returns.

    The file gets its name when it is complete and checked, and no existing one is replaced. Raises BadFile where it
    cannot be written, BadDatabase where the content cannot be read or is damaged.
    """
    part = target.with_name(f".uphold-{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _fill(store, part)
        part.chmod(store.file.mode if store.file is not None else 0o600)
        _sync(part)
        _name(part, target)
        _sync(target.parent)
    except OSError as error:
        raise BadFile(f"{target}: cannot be written ({error.strerror or error}); name another place") from error
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
