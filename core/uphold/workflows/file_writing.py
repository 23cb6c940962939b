"""Writes files and folders atomically: what is there stays until the new one is complete and on the disk."""

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from uphold.errors import BadFile, BadUsage
from uphold.temporary_files import sweep, sync, temporary_file, temporary_folder


class FileExists(BadUsage):
    """A file of this name exists and may not be replaced."""


def check_target(path: Path, database: Path, *, force: bool = False) -> Path:
    """Return the path to write to, with symbolic links resolved.

    Raises FileExists for an existing file unless `force` is given, BadUsage for the database or anything that is not a
    regular file, BadFile for a path that cannot exist.
    """
    try:
        target, base = Path(os.path.realpath(path)), Path(os.path.realpath(database))
        exists, is_file, has_folder = target.exists(), target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: cannot be a file here ({_message(error)}); name another one") from error
    if target in (base, base.with_name(base.name + "-wal"), base.with_name(base.name + "-shm")):
        raise BadUsage(f"{path}: this is the database itself; name another file")
    if not has_folder:
        raise BadFile(f"{path}: there is no folder {target.parent}; make it, or name another file")
    if exists and not is_file:
        raise BadUsage(f"{path}: this is no ordinary file; name another one")
    if exists and not force:
        raise FileExists(f"{path}: is there already; name another file")
    return target


def write_lines(lines: Iterable[str], path: Path, database: Path, *, force: bool = False) -> None:
    """Write a file of lines atomically. Raises as `new_file` does."""
    with new_file(path, database, force=force) as part:
        write_text(part, lines)


def write_text(path: Path, lines: Iterable[str]) -> None:
    """Write lines, which have their line ends, to a file: UTF-8, half a surrogate pair as an escape."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.writelines(lines)


@contextlib.contextmanager
def new_file(path: Path, database: Path, *, force: bool = False) -> Iterator[Path]:
    """Give an empty file beside a path, which becomes the file there once the block has ended without an error.

    What killed exports left in the folder is removed. Raises as `check_target` does, and BadFile where the file cannot
    be written.
    """
    target = check_target(path, database, force=force)
    sweep(target.parent)
    try:
        with temporary_file(target.parent, secrets.token_hex(8)) as part:
            yield part
            sync(part)
            check_target(path, database, force=force)
            part.replace(target)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({_message(error)}); name another place") from error


@contextlib.contextmanager
def new_folder(path: Path, contents: Iterable[str], *, force: bool = False) -> Iterator[Path]:
    """Give an empty folder beside a path, which becomes the folder there once the block has ended without an error.

    `contents` are the names that it may hold: with `force` a folder that holds no other is replaced; an empty one is in any
    case. Raises FileExists for one with these contents, BadUsage for any other thing that is there, BadFile where it cannot
    be written.
    """
    target = _check_folder(path, frozenset(contents), force=force)
    sweep(target.parent)
    try:
        with temporary_folder(target.parent) as part:
            yield part
            for file in sorted(part.rglob("*")):
                sync(file)
            sync(part)
            _check_folder(path, frozenset(contents), force=force)
            if not target.exists():
                part.rename(target)
            else:
                _swap(part, target)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({_message(error)}); name another place") from error


def _check_folder(path: Path, contents: frozenset[str], *, force: bool) -> Path:
    try:
        target = Path(os.path.realpath(path))
        there = {one.name for one in target.iterdir()} if target.is_dir() else set()
        is_other, has_parent = target.exists() and not target.is_dir(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: cannot be a folder here ({_message(error)}); name another one") from error
    if not has_parent:
        raise BadFile(f"{path}: there is no folder {target.parent}; make it, or name another place")
    if is_other:
        raise BadUsage(f"{path}: is there and no folder; name another place")
    if there - contents:
        raise BadUsage(f"{path}: there is something else in this folder ({min(there - contents)}); name a new one")
    if there and not force:
        raise FileExists(f"{path}: is there already; name another folder")
    return target


def _swap(part: Path, target: Path) -> None:
    """Put a folder in the place of another, which is removed."""
    with temporary_folder(target.parent) as old:
        target.rename(old / "replaced")
        part.rename(target)


def _message(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
