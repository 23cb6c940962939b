"""Files and folders that are written under a temporary name; those that a killed process left are removed.

The writer holds a lock (flock) on its file or folder as long as it lives, so that one nobody holds is a dead process's. Where
there are no such locks (Windows, some network folders), nothing is swept.
"""

import contextlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_PREFIX, _SUFFIX = ".uphold-", ".part"

_FOLDER = re.compile(r"\.uphold-[0-9a-f]{16}\.part", re.ASCII)
"""Names of the folders that are swept: a folder is removed with all that is in it."""

_SIDE_FILES = ("-journal", "-wal", "-shm")
"""Endings of what SQLite puts beside a database, which may be what is written under the temporary name."""


@contextlib.contextmanager
def temporary_file(
    folder: Path, token: str, *, wait: float = 0.0, tell_wait: Callable[[float], None] | None = None
) -> Iterator[Path]:
    """Make an empty file in a folder, locked by this process, and remove it at the end if it is still there.

    `token` makes up the name. Where another process holds the file of the same token, wait for it
    `wait` seconds, telling `tell_wait` the seconds so far; TimeoutError then. What a killed process left under this name is
    overwritten. Raises OSError.
    """
    path = folder / f"{_PREFIX}{token}{_SUFFIX}"
    descriptor = _open_locked(path, wait, tell_wait)
    try:
        _remove_side_files(path)
        yield path
    finally:
        with contextlib.suppress(OSError):
            if _is_at(descriptor, path):
                _remove_side_files(path)
                path.unlink()
        os.close(descriptor)


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make an empty folder in another, locked by this process, and remove it at the end if it is still there.

    Raises OSError.
    """
    path = parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    descriptor = _make_locked(path)
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            if _is_at(descriptor, path):
                shutil.rmtree(path)
        os.close(descriptor)


def _make_locked(path: Path) -> int:
    """Make a folder and lock it; where another process sweeps it before it is locked, it is made again."""
    while True:
        path.mkdir()
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        if _lock(descriptor) is not False and _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)


def sync(path: Path) -> None:
    """Have a file or folder written to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove the temporary files and folders of dead processes from a folder; what cannot be removed stays."""
    try:
        with os.scandir(folder) as entries:
            names = [one.name for one in entries if one.name.startswith(_PREFIX) and one.name.endswith(_SUFFIX)]
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            _remove_if_abandoned(folder / name)


def _remove_if_abandoned(path: Path) -> None:
    is_folder = stat.S_ISDIR(path.lstat().st_mode)
    if is_folder and not _FOLDER.fullmatch(path.name):
        return  # nobody's but a user's
    access = os.O_RDONLY if is_folder else os.O_RDWR
    descriptor = os.open(path, access | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or not _lock(descriptor) or not _is_at(descriptor, path):
            return
        if stat.S_ISDIR(mode):
            shutil.rmtree(path)
        else:
            _remove_side_files(path)
            path.unlink()
    finally:
        os.close(descriptor)


def _open_locked(path: Path, wait: float, tell_wait: Callable[[float], None] | None) -> int:
    """Open the file, empty, and lock it; raises TimeoutError if another process holds it for longer than `wait`."""
    began = time.monotonic()
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            if _lock(descriptor) is not False and _is_at(descriptor, path):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        waited = time.monotonic() - began
        if waited >= wait:
            raise TimeoutError(f"{path} is held by another process")
        if tell_wait is not None:
            tell_wait(waited)
        time.sleep(0.02)


def _lock(descriptor: int) -> bool | None:
    """Lock an open file without waiting: whether it is now ours, or None where files cannot be locked."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at this path."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(descriptor))


def _remove_side_files(path: Path) -> None:
    for ending in _SIDE_FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)
