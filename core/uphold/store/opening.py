"""Finds out what is at the path of a database, and connects to it: for writing, or for reading where it may not be written.

The header is read through `file_identity`, which keeps descriptors open. A process that opens and closes the file directly
loses the locks of its other connections (sqlite.org/howtocorrupt.html, 2.2), and another process may then remove the
write-ahead log that is in use.
"""

import contextlib
import os
import shutil
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.store.connections import Connection, connect, readable_errors
from uphold.store.file_identity import MAGIC, read_header
from uphold.store.schema import APPLICATION_ID, OLDEST, SCHEMA

_NO_DATABASE = "there is no database here; `uphold import` makes one, or name one with --db FILE"

_FOREIGN = "a SQLite file of another program, not an uphold database; name one with --db FILE"

_UNRELEASED = (
    "made by an unreleased version of uphold (schema {version}, this one knows {oldest} and later); import your files again"
    " into a new database"
)

_LINKED = (
    "this file has {names} names (hard links); its latest transactions may be beside another of them, where they cannot be"
    " found. Close what has it open, copy it (cp {name} copy.db) and name the copy with --db"
)

_ORPHANED_LOG = (
    "there is no database here, but {log}, the log of one, with transactions that are nowhere else; put the database back"
    " beside it, or move the log away"
)

_IN_USE = "another program is writing to the database, which may only be read here; try again when it has finished"

_CHANGED = (
    "another program wrote to the database while it was read here, where it may not be written; what was read may be of"
    " two states: run the command again"
)

_COPIES = 5
"""How often a database that changes while it is copied is copied again."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is: the path as it was named, and the file behind it, beside which SQLite keeps its logs."""

    named: Path
    file: Path

    @property
    def log(self) -> Path:
        """The write-ahead log: transactions that are not yet in the file."""
        return self._beside("-wal")

    @property
    def shared_memory(self) -> Path:
        """The index of the write-ahead log, shared by those who have the database open."""
        return self._beside("-shm")

    @property
    def journal(self) -> Path:
        """The rollback journal: what undoes a transaction that did not end."""
        return self._beside("-journal")

    def _beside(self, ending: str) -> Path:
        return self.file.with_name(self.file.name + ending)


def locate(path: Path) -> Location:
    """Return where the database at `path` is, with symbolic links resolved.

    The absolute path, so that every name (`:memory:`) is that of a file.
    """
    try:
        return Location(path, Path(os.path.realpath(path)))
    except (OSError, ValueError) as error:
        raise BadDatabase(f"{path}: cannot be opened ({getattr(error, 'strerror', None) or error})") from error


def is_new(place: Location, *, create: bool, wait: float) -> bool:
    """Whether a new database is to be made there; the file is not written to.

    Raises BadDatabase if it is neither a database of ours nor free for one, or if `create` is False and it is free.
    """
    path = place.named
    if place.file.is_dir():
        raise BadDatabase(f"{path}: this is a folder; name a database file with --db")
    # The log before the file: a process that is just making a database has the file first.
    log_size = _size(place, place.log)
    if _size(place, place.file):
        if not os.access(place.file, os.R_OK):
            raise BadDatabase(f"{path}: may not be read by this user; ask its owner, or name another one with --db")
        application, version = _header_versions(place)
        if _is_ours(application, version):
            _refuse_hard_links(place)
            return False
        if not _is_uninitialised(place, wait):
            return False
    elif log_size:
        raise BadDatabase(f"{path}: {_ORPHANED_LOG.format(log=place.log.name)}")
    if not create:
        raise BadDatabase(f"{path}: {_NO_DATABASE}")
    if not place.file.parent.is_dir():
        raise BadDatabase(f"{path}: the folder {place.file.parent} does not exist; make it first")
    return True


def _size(place: Location, file: Path) -> int:
    """Return the size of a file, 0 where there is none; raises BadDatabase where that cannot be seen."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as error:
        raise BadDatabase(f"{place.named}: cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if not stat.S_ISREG(status.st_mode):
        raise BadDatabase(f"{place.named}: no ordinary file; name a database file with --db")
    return status.st_size


def _header_versions(place: Location) -> tuple[int, int]:
    """Return (application id, schema version) as the file's header has them (sqlite.org/fileformat.html)."""
    try:
        header = read_header(place.file)
    except OSError as error:
        raise BadDatabase(f"{place.named}: cannot be opened ({error.strerror})") from error
    if not header.startswith(MAGIC):
        raise BadDatabase(f"{place.named}: not an uphold database; name one with --db FILE")
    return int.from_bytes(header[68:72]), int.from_bytes(header[60:64])


def _versions(conn: sqlite3.Connection) -> tuple[int, int]:
    """Return (application id, schema version)."""
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    return int(application), int(version)


def _is_ours(application: int, version: int) -> bool:
    return application == APPLICATION_ID and OLDEST <= version <= SCHEMA


def _refuse_hard_links(place: Location) -> None:
    names = place.file.stat().st_nlink
    if names > 1:
        raise BadDatabase(f"{place.named}: {_LINKED.format(names=names, name=place.named)}")


def _is_uninitialised(place: Location, wait: float) -> bool:
    """Whether this is a SQLite file without a committed table, of a process that was killed as it made it.

    Raises BadDatabase for a newer schema, one of an unreleased version, and another program's file.
    """
    path = place.named
    with readable_errors(path), contextlib.closing(connect_to_read(place, wait)[0]) as conn:
        application, version = _versions(conn)
        (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if _is_ours(application, version):
        return False
    if application == APPLICATION_ID and version > SCHEMA:
        raise BadDatabase(f"{path}: made by a newer uphold (schema {version}, this one knows {SCHEMA}); update uphold")
    if application == APPLICATION_ID and 0 < version < OLDEST:
        raise BadDatabase(f"{path}: {_UNRELEASED.format(version=version, oldest=OLDEST)}")
    if tables or application or version:
        raise BadDatabase(f"{path}: {_FOREIGN}")
    return True


def why_read_only(place: Location) -> str | None:
    """Return a sentence on why the database cannot be written and what to do, None if it can.

    What has no write permission at all counts as read-only for a superuser too.
    """
    copied = place.file.name
    if _exists(place.log):
        copied += f" with {place.log.name} beside it"
    for file in (place.file, place.file.parent, place.log, place.shared_memory, place.journal):
        if (file in (place.file, place.file.parent) or _exists(file)) and not _writable(file):
            what = "the database" if file == place.file else f"the folder {file}" if file.is_dir() else file.name
            return (
                f"{what} is read-only; copy {copied} to a place where it can be written, or give yourself the right to"
            )
    return None


def _exists(file: Path) -> bool:
    try:
        file.stat()
    except OSError as error:
        return not isinstance(error, FileNotFoundError)
    return True


def _writable(file: Path) -> bool:
    return os.access(file, os.W_OK) and bool(file.stat().st_mode & 0o222)


def connect_to_read(place: Location, wait: float) -> tuple[Connection, "FileState | None"]:
    """Connect to a database that may not be written, without writing anything beside it.

    What is read is the state with all committed transactions: those in the write-ahead log too, and without those that
    a rollback journal undoes; for these a private copy is read if it must be. Where the file is read without a lock, the
    second value is its state, to be compared while reading. Raises BadDatabase where no whole state can be had.
    """
    has_log = _size(place, place.log) > 0
    if _size(place, place.journal):
        return _connect_to_copy(place, wait), None
    if _exists(place.log) and _exists(place.shared_memory):
        conn = connect(f"{place.file.as_uri()}?mode=ro", place.named, wait)
        try:
            conn.execute("SELECT 1 FROM sqlite_master")
        except sqlite3.OperationalError:
            conn.close()
        else:
            return conn, None
    if has_log:
        return _connect_to_copy(place, wait), None
    state = FileState.of(place)
    return _connect_immutable(place, wait), state


def _connect_immutable(place: Location, wait: float) -> Connection:
    """Connect to the file alone, as it is: without its logs, locks, and anything written beside it."""
    return connect(f"{place.file.as_uri()}?immutable=1", place.named, wait)


@dataclass(frozen=True, slots=True)
class FileState:
    """Which file is at a path and when it was last changed, with its logs."""

    place: Location
    files: tuple[tuple[int, int, int] | None, ...]

    @classmethod
    def of(cls, place: Location) -> "FileState":
        """Return the present state."""
        return cls(place, tuple(_state(file) for file in (place.file, place.log, place.journal)))

    def check(self) -> None:
        """Raise BadDatabase if the file itself has changed; transactions in a later log do not change what is read."""
        if _state(self.place.file) != self.files[0]:
            raise BadDatabase(f"{self.place.named}: {_CHANGED}")


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _connect_to_copy(place: Location, wait: float) -> Connection:
    """Connect to a private copy of the database with its logs, merged; the copy is gone when the connection closes."""
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="uphold-"))
    try:
        copy = Location(place.named, folder / "copy.db")
        try:
            _copy(place, copy)
        except OSError as error:
            raise BadDatabase(
                f"{place.named}: has a log of transactions that are not in it yet, and cannot be copied to read both"
                f" ({error.filename}: {error.strerror}); see to that, or open it where it may be written"
            ) from error
        conn = connect(copy.file.as_uri(), place.named, wait)
        try:
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("PRAGMA query_only=ON")
        except BaseException:
            conn.close()
            raise
        return conn
    finally:
        # The open connection keeps the file; where an open file cannot be removed, the system's clean-up does it.
        shutil.rmtree(folder, ignore_errors=True)


def _copy(place: Location, copy: Location) -> None:
    """Copy the database and its logs, once more while they change; raises BadDatabase if they do not stop changing."""
    for _ in range(_COPIES):
        before = FileState.of(place)
        for source, target in ((place.file, copy.file), (place.log, copy.log), (place.journal, copy.journal)):
            target.unlink(missing_ok=True)
            if _exists(source):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(source, target)
        if FileState.of(place) == before:
            return
    raise BadDatabase(f"{place.named}: {_IN_USE}")
