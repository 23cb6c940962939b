"""Checks that an open database is still the file at its path, and that nothing but SQLite wrote to it.

SQLite does not look: a connection goes on writing to a file that was deleted or replaced, and what it commits there no
other process ever sees. The sources are sqlite.org/fileformat.html (header, sections 1.3 and 4) and
sqlite.org/walformat.html (the index in the -shm file, section 2).
"""

import os
import stat
import sys
import threading
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from weakref import WeakSet

from uphold.errors import DatabaseLost
from uphold.store.schema import APPLICATION_ID

MAGIC = b"SQLite format 3\x00"

HEADER_BYTES = 100

_WAL_VERSION = b"\x02\x02"
"""Bytes 18 and 19 of the header of a database with a write-ahead log."""

_INDEX_BYTES = 136
"""Of the -shm file: two copies of the index header of 48 bytes each, then the state of the checkpoint."""

_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24

_SALTS = slice(32, 40)
"""Of the index; the log begins with a header that has the same, unless it is empty."""

_READINGS = 20
"""How often sizes are read again where another process is writing meanwhile."""

Identity = tuple[int, int]
"""Device and inode of a file."""


class Loss(Enum):
    """What became of the file: (what happened, what to do about it, whether the connection still holds everything)."""

    DELETED = ("the database was deleted", "put a copy of it back", True)
    MOVED = ("the database was moved or renamed", "put it back with its -wal and -shm files", True)
    REPLACED = ("the database was replaced by another file", "put the old one back", True)
    OVERWRITTEN = (
        "the database was replaced, a program wrote over it",
        "go back to a copy of it",
        False,
    )
    TRUNCATED = ("the database was truncated", "go back to a copy of it", False)
    DAMAGED = ("the database was damaged", "go back to a copy of it", False)
    LOG_DELETED = (
        "the database's -wal or -shm file was deleted",
        "close every program that has it open",
        True,
    )
    LOG_TRUNCATED = ("the database's -wal file was truncated", "go back to a copy of it", False)
    OUT_OF_REACH = ("the database can no longer be reached", "see whether its folder is still there", True)

    @property
    def happened(self) -> str:
        """What happened, as a clause."""
        return self.value[0]

    def error(self, path: Path, *, committed: bool) -> DatabaseLost:
        """Return the error for the database at `path`."""
        happened, advice, readable = self.value
        message = f"{path}: {happened}; it was open then, and nothing since is kept in it; {advice}"
        return DatabaseLost(message, readable=readable, committed=committed)


class _HeldFiles:
    """Descriptors of database files, each open as long as anybody in this process has the file open.

    POSIX drops all locks of a process on a file when the process closes any descriptor of that file. Were one closed
    while a connection is open, another process would take itself for the last one and delete the write-ahead log under
    this one, with every decision that comes after.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._descriptors: dict[Identity, list[int]] = {}
        self._holders: dict[Identity, int] = {}

    def hold(self, path: Path) -> tuple[int, Identity]:
        """Return a descriptor of the file, for `os.pread` alone, and which file it is; `release` gives it back."""
        with self._lock:
            identity = _identity(path.stat())
            if identity not in self._descriptors:
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                identity = _identity(os.fstat(descriptor))
                self._descriptors.setdefault(identity, []).append(descriptor)
            self._holders[identity] = self._holders.get(identity, 0) + 1
            return self._descriptors[identity][0], identity

    def release(self, identity: Identity) -> None:
        """Give a descriptor back; the connection is closed by now."""
        with self._lock:
            self._holders[identity] -= 1
            if not self._holders[identity]:
                del self._holders[identity]
                for descriptor in self._descriptors.pop(identity):
                    os.close(descriptor)


_held_files = _HeldFiles()


def read_header(path: Path) -> bytes:
    """Return the first 100 bytes of a file, without dropping the locks of connections of this process. Raises OSError."""
    descriptor, identity = _held_files.hold(path)
    try:
        return os.pread(descriptor, HEADER_BYTES, 0)
    finally:
        _held_files.release(identity)


@dataclass(frozen=True, slots=True)
class _Content:
    """Size and header of the database file, and the state of the checkpoint that alone may change them.

    `is_settled`: no checkpoint was at work while they were read, so that they belong together.
    """

    size: int
    header: bytes
    checkpoint: bytes
    is_settled: bool


@dataclass(frozen=True, slots=True)
class _HeldFile:
    """A file that is open, as it was when it was opened: its path, a descriptor for reading, and which file it is."""

    path: Path
    descriptor: int
    identity: Identity

    @classmethod
    def hold(cls, path: Path) -> "_HeldFile":
        """Hold the file at this path until it is released."""
        return cls(path, *_held_files.hold(path))

    def release(self) -> None:
        """Give the file back; the connection is closed by now."""
        _held_files.release(self.identity)


@dataclass(frozen=True, slots=True)
class _Log:
    """The write-ahead log of an open database, and the index that says how much of it counts."""

    log: _HeldFile
    index: _HeldFile

    def checkpoint(self) -> bytes:
        """Return the log's salts, how much of it was copied into the database, and how much a checkpoint set out to copy."""
        index = os.pread(self.index.descriptor, _INDEX_BYTES, 0)
        return index[_SALTS] + index[96:100] + index[128:132]

    def loss(self) -> Loss | None:
        """Return what became of the two files."""
        try:
            size = self._size()
            if _identity(self.index.path.stat()) != self.index.identity:
                return Loss.LOG_DELETED
            index = os.pread(self.index.descriptor, _INDEX_BYTES, 0)
            for _ in range(_READINGS):
                if self._holds(index, size):
                    return None
                size, before = self._size(), index
                index = os.pread(self.index.descriptor, _INDEX_BYTES, 0)
                if index == before and not self._holds(index, size):
                    return Loss.LOG_TRUNCATED
        except FileNotFoundError:
            return Loss.LOG_DELETED
        return None

    def _size(self) -> int:
        """Return the size of the log; raises FileNotFoundError where another one or none is in its place."""
        status = self.log.path.stat()
        if _identity(status) != self.log.identity:
            raise FileNotFoundError(self.log.path)
        return status.st_size

    def _holds(self, index: bytes, size: int) -> bool:
        """Whether a log of this size has the frames of the index, and begins with its salts."""
        frames = int.from_bytes(index[16:20], sys.byteorder)
        page = int.from_bytes(index[14:16], sys.byteorder)
        wanted = _LOG_HEADER_BYTES + frames * (_FRAME_HEADER_BYTES + (65536 if page == 1 else page))
        return not frames or (size >= wanted and os.pread(self.log.descriptor, 8, 16) == index[_SALTS])


class FileIdentity:
    """The file of one open connection; `check` raises when it is no longer what its path leads to."""

    def __init__(self, path: Path) -> None:
        """Hold the file at `path`, which exists."""
        self._file = _HeldFile.hold(path.absolute())
        self._log: _Log | None = None
        self._seen: _Content | None = None
        self._looking = threading.Lock()

    def begin(self) -> None:
        """Note what the file is like now that the connection has read from it."""
        base = self._file.path.resolve()
        log, index = (base.with_name(f"{base.name}{ending}") for ending in ("-wal", "-shm"))
        if os.pread(self._file.descriptor, 2, 18) == _WAL_VERSION and index.exists():
            self._log = _Log(_HeldFile.hold(log), _HeldFile.hold(index))
        self._seen = self._content(os.fstat(self._file.descriptor).st_size)

    def close(self) -> None:
        """Give the files back; the connection is closed by now."""
        _open_paths.remove(self)
        self._file.release()
        if self._log is not None:
            self._log.log.release()
            self._log.index.release()

    @property
    def path(self) -> Path:
        """The absolute path at which the file was opened."""
        return self._file.path

    def keep_path(self) -> None:
        """Have everybody in this process who opens the path find this file, until it is closed: see `check_path`."""
        _open_paths.add(self)

    def leave_path(self) -> None:
        """Have nobody in this process open the path any more, where the file was lost: the work goes on in a copy."""
        found = self.loss()
        if found is not None:
            _open_paths.leave(self.path, found)

    def loss(self) -> Loss | None:
        """Return what became of the file; None while all is well. Takes a few system calls; any thread may ask."""
        # Sizes and headers of two readings at a time would not belong together.
        with self._looking:
            return self._loss()

    def _loss(self) -> Loss | None:
        try:
            status = self._file.path.stat()
        except FileNotFoundError:
            return Loss.MOVED if os.fstat(self._file.descriptor).st_nlink else Loss.DELETED
        except OSError:
            return Loss.OUT_OF_REACH
        if _identity(status) != self._file.identity:
            return Loss.REPLACED
        try:
            return (self._log and self._log.loss()) or self._content_loss(status.st_size)
        except OSError:
            return Loss.OUT_OF_REACH

    @property
    def mode(self) -> int:
        """The permissions of the file."""
        return stat.S_IMODE(os.fstat(self._file.descriptor).st_mode)

    def check(self, path: Path, *, committed: bool = False) -> None:
        """Raise DatabaseLost where the file is no longer what it was; `path` names it in the message."""
        found = self.loss()
        if found is not None:
            raise found.error(path, committed=committed)

    def _content(self, size: int) -> _Content:
        earlier = self._log.checkpoint() if self._log is not None else b""
        header = os.pread(self._file.descriptor, HEADER_BYTES, 0)
        checkpoint = self._log.checkpoint() if self._log is not None else b""
        is_settled = checkpoint == earlier and checkpoint[8:12] == checkpoint[12:]
        return _Content(size, header, checkpoint, is_settled)

    def _content_loss(self, size: int) -> Loss | None:
        """What is wrong with size and header.

        Only a checkpoint writes to the file of a database with a write-ahead log. It announces in the index how far it
        will go before its first page, which is the header's, and says that it got there after its last. What is read
        while one is at work may be an old header with a new state, and is nothing to compare the next reading with.
        """
        before, now = self._seen, self._content(size)
        if now == before or before is None:
            return None
        is_checkpoint = now.checkpoint != before.checkpoint or not (now.is_settled and before.is_settled)
        is_foreign = self._log is not None and now.header != before.header and not is_checkpoint
        found = _classify(before, now, is_foreign=is_foreign)
        if found is None and (now.is_settled or not before.is_settled):
            self._seen = now
        return found


class _OpenPaths:
    """Databases that this process has open to write to, by path, and paths that it has left for a copy.

    The app reads and writes on several connections, each of which is opened by the path. Where another file was put there,
    such a connection would go on in that one, with ids that mean something else in it, and say that all is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Path, WeakSet[FileIdentity]] = {}
        self._left: dict[Path, Loss] = {}

    def add(self, file: FileIdentity) -> None:
        """Keep the path of a file."""
        with self._lock:
            self._open.setdefault(file.path, WeakSet()).add(file)

    def remove(self, file: FileIdentity) -> None:
        """Keep it no longer; nothing asks this file from now on."""
        with self._lock:
            files = self._open.get(file.path, WeakSet())
            files.discard(file)
            if not files:
                self._open.pop(file.path, None)

    def leave(self, path: Path, loss: Loss) -> None:
        """Note what became of a file whose path nobody is to open any more."""
        with self._lock:
            self._left[path] = loss

    def loss(self, path: Path) -> Loss | None:
        """Return what became of the file that is open at a path, or was; None where all is well, or none is."""
        with self._lock:
            found = (file.loss() for file in self._open.get(path, ()))
            return next((one for one in found if one is not None), self._left.get(path))


_open_paths = _OpenPaths()


def check_path(path: Path) -> None:
    """Raise DatabaseLost where this process has a database open at `path` that is no longer what it was."""
    found = _open_paths.loss(path.absolute())
    if found is not None:
        raise found.error(path, committed=False)


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _classify(before: _Content, now: _Content, *, is_foreign: bool) -> Loss | None:
    """Return what is wrong with changed content; `is_foreign`: the header was changed by no checkpoint."""
    is_shorter = now.size < before.size
    if len(now.header) < HEADER_BYTES:
        return Loss.TRUNCATED
    if not now.header.startswith(MAGIC) or _is_odd(before.header, now.header):
        return Loss.DAMAGED
    if is_shorter and _announced_bytes(now.header) > now.size:
        return Loss.TRUNCATED
    return Loss.OVERWRITTEN if is_foreign else None


def _is_odd(before: bytes, now: bytes) -> bool:
    """Whether bytes that never change did: page size, payload fractions, the application's id once it is ours."""
    was_ours = int.from_bytes(before[68:72]) == APPLICATION_ID
    is_ours = int.from_bytes(now[68:72]) == APPLICATION_ID
    return (before[16:18], before[21:24]) != (now[16:18], now[21:24]) or (was_ours and not is_ours)


def _announced_bytes(header: bytes) -> int:
    """Return the size of the database that its header announces, in bytes."""
    page = int.from_bytes(header[16:18])
    return int.from_bytes(header[28:32]) * (65536 if page == 1 else page)
