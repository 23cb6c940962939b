"""lines -> file: whole or not at all, and never over something that nobody wanted replaced."""

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from uphold.errors import BadFile, BadUsage


class AlreadyThere(BadUsage):
    """A file of this name is there, and nobody said that it may be replaced."""


def check_target(path: Path, database: Path, *, force: bool = False) -> Path:
    """Where to write, links followed; raises BadUsage where that would destroy something, BadFile for no possible path."""
    try:
        target, base = Path(os.path.realpath(path)), Path(os.path.realpath(database))
        there, ordinary, folder = target.exists(), target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: cannot be a file here ({_why(error)}); name another one") from error
    if target in (base, base.with_name(base.name + "-wal"), base.with_name(base.name + "-shm")):
        raise BadUsage(f"{path}: this is the database itself; name another file")
    if not folder:
        raise BadFile(f"{path}: there is no folder {target.parent}; make it, or name another file")
    if there and not ordinary:
        raise BadUsage(f"{path}: this is no ordinary file; name another one")
    if there and not force:
        raise AlreadyThere(f"{path}: is there already; name another file")
    return target


def write_lines(lines: Iterable[str], path: Path, database: Path, *, force: bool = False) -> None:
    """Write a file whole or not at all: what was there stays until the new one is complete.

    Raises AlreadyThere where something is there and `force` is not given, BadFile where it cannot be written.
    """
    target = check_target(path, database, force=force)
    made = target.with_name(f".uphold-{secrets.token_hex(8)}.part")
    try:
        with made.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        check_target(path, database, force=force)
        made.replace(target)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({_why(error)}); name another place") from error
    finally:
        with contextlib.suppress(OSError):
            made.unlink()


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
