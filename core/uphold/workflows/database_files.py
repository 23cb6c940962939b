"""Databases that are written as new files: packs and backups, whole on the disk or not there at all."""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from uphold.errors import BadFile, BadUsage
from uphold.temporary_files import sweep, sync, temporary_file
from uphold.workflows.file_writing import FileExists, check_target

_LOGS = ("-wal", "-journal")


def check_database_target(path: Path, database: Path, *, force: bool = False) -> Path:
    """Return the path to write a database to, with symbolic links resolved.

    Raises BadUsage for a file that exists, unless `force` is given, for one that another program has open, and for the database
    itself; BadFile for a path that cannot exist.
    """
    try:
        target = check_target(path, database, force=force)
    except FileExists as error:
        raise BadUsage(f"{error}, or replace it with --force") from error
    for ending in _LOGS:
        log = target.with_name(target.name + ending)
        if log.exists():
            raise BadUsage(
                f"{path}: {log.name} is beside it, the log of a database that is open or was left open; close what has it"
                " open, or name another file"
            )
    return target


@contextlib.contextmanager
def new_database_file(path: Path, database: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield an empty file beside `path` that becomes it when the block ends without an error; it is on the disk then.

    `database` is the one that is open, which is never replaced. Raises as `check_database_target` does, and BadFile where the
    file cannot be written.
    """
    target = check_database_target(path, database, force=force)
    sweep(target.parent)
    try:
        with temporary_file(target.parent, secrets.token_hex(8)) as part:
            yield part
            sync(part)
            check_database_target(path, database, force=force)
            part.replace(target)
            with contextlib.suppress(OSError):
                sync(target.parent)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({error.strerror or error}); name another place") from error


@contextlib.contextmanager
def naming_target(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the new file into BadFile that names it; within a transaction of the open database."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise BadFile(f"{path}: cannot be written ({error}); free some space, or name another place") from error
