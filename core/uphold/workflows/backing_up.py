"""A safe copy of the database in another file, also while others write to it."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from uphold.store.backups import Tell, back_up
from uphold.store.database import Store
from uphold.workflows.database_files import naming_target, new_database_file


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was written and checked, and its size in bytes."""

    path: Path
    size: int


def write_backup(store: Store, path: Path, *, force: bool = False, tell: Tell | None = None) -> Backup:
    """Copy the database to a file that is whole, checked and on the disk when this returns.

    Raises BadUsage for a path that cannot be or exists (unless `force` is given), BadFile where it cannot be written,
    BadDatabase where the database is damaged; nothing is left there then, and a file that was there stays.
    """
    with new_database_file(path, store.path, force=force) as part:
        # One state of the database: without it the copy begins again whenever somebody writes.
        with store.snapshot() if not store.read_only else nullcontext(), naming_target(path):
            back_up(store.conn, store.path, part, tell)
        if store.file is not None:
            part.chmod(store.file.mode | 0o600)
        size = part.stat().st_size
    return Backup(path, size)
