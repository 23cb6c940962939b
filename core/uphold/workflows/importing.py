"""Imports files into the store; importing the same files again adds nothing.

Files are read, checked and staged in temporary tables without the write lock; all rows are then written in one transaction.
"""

import gc
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from uphold.errors import BadFile
from uphold.formats import registry
from uphold.formats.reading import FileReading, ReadOptions, ReadProgress
from uphold.records.rows import ImportRow, ImportSummary, SkippedRow
from uphold.store import imports
from uphold.store.bulk_import import BulkImport
from uphold.store.bulk_writer import ChangedMeanwhile, drop_staged
from uphold.store.database import Store, now
from uphold.store.imports import ImportRecord, all_imports, drop_import
from uphold.store.put_off_rows import PutOffRows
from uphold.store.runs import responses_from_other_sets
from uphold.workflows.import_rules import ImportRules, NeedsOtherRows

__all__ = [
    "ImportProgress",
    "ImportRecord",
    "ImportRequest",
    "all_imports",
    "check_files",
    "drop_import",
    "import_files",
]

_Result = TypeVar("_Result")

_PROGRESS_ROWS = 500
"""Rows between two progress values."""

_FREE_ATTEMPTS = 2
"""How often an import is prepared without the write lock before it takes the lock first; see `import_files`."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import and how; names as on the command line."""

    paths: Sequence[Path]
    format: str | None = None
    set: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    baseline_file: Path | None = None
    update: bool = False
    skip_bad: bool = False
    encoding: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: bytes read of the total size of the files, or, once `writing`, rows written of all to write.

    `rows` is how many rows of the files have been read.
    """

    done: int
    total: int
    rows: int
    writing: bool = False


def import_files(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import files; yields progress, and last the summary.

    The rules are applied to the database as it is when the import begins, without the write lock. All rows are then written
    in one transaction. If another process has meanwhile changed what the rules looked at, the files are read again: twice
    without the lock, and then once while it is held. Raises BadFile at the first row that is refused (with `skip_bad` only
    where a whole file cannot be read); nothing is imported then. Where nothing is new, no import is recorded and the
    summary's number is None.
    """
    with _paused_gc():
        for free in reversed(range(_FREE_ATTEMPTS + 1)):
            try:
                summary = yield from (_write_once(store, request) if free else _hold_lock(store, request))
            except ChangedMeanwhile:
                continue
            finally:
                drop_staged(store.conn)
            with store.snapshot() as conn:
                summary.from_other_sets = responses_from_other_sets(conn, set_name=summary.set)
            yield summary
            return


def _write_once(store: Store, request: ImportRequest) -> Generator[ImportProgress, None, ImportSummary]:
    with store.snapshot() as conn:
        attempt = yield from _prepare(conn, store.path, request)
        if not attempt.may_change:
            return attempt.summary
    yield attempt.write_progress(0)
    with store.writing():
        yield from attempt.write()
    return attempt.summary


def _hold_lock(store: Store, request: ImportRequest) -> Generator[ImportProgress, None, ImportSummary]:
    with store.writing() as conn:
        attempt = yield from _prepare(conn, store.path, request)
        if attempt.may_change:
            yield from attempt.write()
    return attempt.summary


def _prepare(
    conn: sqlite3.Connection, database: Path, request: ImportRequest
) -> "Generator[ImportProgress, None, _Attempt]":
    left_out: dict[int, str] = {}
    while True:
        attempt = _Attempt(conn, database, request, left_out)
        yield from attempt.read()
        if len(attempt.left_out) == len(left_out):
            return attempt
        # Parts of rows that were refused late may have been applied: start again without those rows.
        left_out = attempt.left_out
        drop_staged(conn)


@contextmanager
def _paused_gc() -> Iterator[None]:
    """Pause the garbage collector: an import keeps its objects until it ends, and none of them form cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def check_files(request: ImportRequest, database: Path | None = None) -> None:
    """Raise BadFile or BadUsage for files that cannot be imported at all, before a `database` is created."""
    _open(request, database)


def _open(request: ImportRequest, database: Path | None, progress: ReadProgress | None = None) -> FileReading:
    options = ReadOptions(
        request.format,
        request.mapping,
        request.candidate,
        request.baseline,
        request.baseline_file,
        request.skip_bad,
        request.encoding,
        request.system,
        database,
    )
    return registry.open_files(request.paths, options, progress)


class _Attempt:
    """One pass over the files; `left_out` maps the numbers of rows to skip to the reason."""

    def __init__(
        self, conn: sqlite3.Connection, database: Path, request: ImportRequest, left_out: Mapping[int, str]
    ) -> None:
        self._bytes = (0, 0)
        self._files = _open(request, database, self._set_progress)
        self._conn, self._request = conn, request
        self.left_out = dict(left_out)
        self._rows_to_write = 0
        self.summary = ImportSummary(format=self._files.format, set=request.set or self._files.set_name)
        self._bulk = BulkImport(conn, self.summary.set, now())
        self._rules = ImportRules(self._bulk, self.summary, update=request.update)

    def _set_progress(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def read(self) -> Generator[ImportProgress, None, None]:
        """Read every row, apply the rules and stage what is to be written; yields progress."""
        summary = self.summary
        deferred = PutOffRows(self._conn)
        for number, row in enumerate(self._files.rows):
            summary.rows += 1
            if number in self.left_out:
                self._skip(row, self.left_out[number])
            elif not self._apply(number, row):
                deferred.add(number, row)
            if summary.rows % _PROGRESS_ROWS == 0:
                self._bulk.stage()
                yield ImportProgress(*self._bytes, summary.rows)
        refused = yield from self._with_progress(self._rules.apply_deferred(deferred))
        for number, row, error in refused:
            if not self._request.skip_bad:
                raise error
            self.left_out[number] = _without_source(error, row)
        self._rules.finish_reading()
        self._rows_to_write = self._bulk.writer.rows
        self._complete_summary()

    def _with_progress(self, steps: Generator[None, None, _Result]) -> Generator[ImportProgress, None, _Result]:
        """Yield progress at every step; return what the steps return."""
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            yield ImportProgress(*self._bytes, self.summary.rows)

    def _apply(self, number: int, row: ImportRow) -> bool:
        """Apply or skip a row; return False where it depends on rows that may come later."""
        try:
            self._rules.apply(number, row)
        except NeedsOtherRows:
            return False
        except BadFile as error:
            if not self._request.skip_bad:
                raise
            self._skip(row, _without_source(error, row))
        return True

    def _skip(self, row: ImportRow, why: str) -> None:
        self.summary.skipped.append(SkippedRow(row.source, why))

    def _complete_summary(self) -> None:
        summary, files = self.summary, self._files
        summary.files = [str(file) for file in files.files]
        summary.warnings.extend(files.warnings)
        summary.skipped.extend(files.skipped)
        summary.unused_fields = list(files.unused_fields)
        summary.ignored = list(files.ignored)

    @property
    def may_change(self) -> bool:
        """Whether there may be anything to write."""
        return self._rules.may_change

    def write_progress(self, done: int) -> ImportProgress:
        """Return how far writing is, after so many rows."""
        return ImportProgress(done, self._rows_to_write, self.summary.rows, writing=True)

    def write(self) -> Iterator[ImportProgress]:
        """Under the write lock, write what is staged, and the import's record; an import that adds nothing has none."""
        writer, summary = self._bulk.writer, self.summary
        self._bulk.check()
        imports.open_import(self._conn, writer.import_id, writer.at)
        for done in writer.write():
            yield self.write_progress(done)
        self._rules.finish_writing()
        if self._rules.changed:
            summary.number = writer.import_id
            imports.close_import(self._conn, writer.import_id, summary)
        else:
            imports.forget_import(self._conn, writer.import_id, writer.set_id)


def _without_source(error: BadFile, row: ImportRow) -> str:
    return str(error).removeprefix(f"{row.source}: ")
