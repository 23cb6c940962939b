"""Imports files into the store in one transaction; importing the same files again adds nothing."""

import gc
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from uphold.errors import BadFile
from uphold.formats import registry
from uphold.formats.reading import FileReading, ReadOptions, ReadProgress
from uphold.records.rows import ImportRow, ImportSummary, SkippedRow
from uphold.store import imports
from uphold.store.bulk_import import BulkImport
from uphold.store.database import Store, now
from uphold.store.imports import ImportRecord, all_imports, drop_import
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

_PROGRESS_ROWS = 500
"""Rows between two progress values."""


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


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Bytes read of the total size of the files, and rows read so far."""

    done: int
    total: int
    rows: int


def import_files(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import files in one transaction; yields progress, and last the summary.

    Raises BadFile at the first row that is refused (with `skip_bad` only where a whole file cannot be read); nothing is
    imported then. Where nothing is new, no import is recorded and the summary's number is None.
    """
    with store.writing() as conn, _paused_gc():
        number = imports.open_import(conn)
        left_out: dict[int, str] = {}
        while True:
            conn.execute("SAVEPOINT attempt")
            attempt = _Attempt(conn, request, number, left_out)
            yield from attempt.read()
            if len(attempt.left_out) == len(left_out):
                break
            # Parts of rows that were refused late may have been applied: start again without those rows.
            left_out = attempt.left_out
            conn.execute("ROLLBACK TO attempt")
        attempt.record()
    yield attempt.summary


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


def check_files(request: ImportRequest) -> None:
    """Raise BadFile or BadUsage for files that cannot be imported at all, before a database is created."""
    _open(request)


def _open(request: ImportRequest, progress: ReadProgress | None = None) -> FileReading:
    options = ReadOptions(
        request.format,
        request.mapping,
        request.candidate,
        request.baseline,
        request.baseline_file,
        request.skip_bad,
    )
    return registry.open_files(request.paths, options, progress)


class _Attempt:
    """One pass over the files into the open transaction; `left_out` maps the numbers of rows to skip to the reason."""

    def __init__(
        self, conn: sqlite3.Connection, request: ImportRequest, number: int, left_out: Mapping[int, str]
    ) -> None:
        self._bytes = (0, 0)
        self._files = _open(request, self._set_progress)
        self._conn, self._request, self._number = conn, request, number
        self.left_out = dict(left_out)
        self.summary = ImportSummary(format=self._files.format, set=request.set or self._files.set_name)
        self._bulk = BulkImport(conn, self.summary.set, number, now())
        self._rules = ImportRules(self._bulk, self.summary, update=request.update)

    def _set_progress(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def read(self) -> Iterator[ImportProgress]:
        """Apply every row; yields progress."""
        summary = self.summary
        deferred: list[tuple[int, ImportRow]] = []
        for number, row in enumerate(self._files.rows):
            summary.rows += 1
            if number in self.left_out:
                self._skip(row, self.left_out[number])
            elif not self._apply(number, row):
                deferred.append((number, row))
            if summary.rows % _PROGRESS_ROWS == 0:
                self._rules.flush()
                yield ImportProgress(*self._bytes, summary.rows)
        for number, row, error in self._rules.apply_deferred(deferred):
            if not self._request.skip_bad:
                raise error
            self.left_out[number] = _without_source(error, row)

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

    def record(self) -> None:
        """Finish the import and record its summary; an import that added nothing is not recorded."""
        summary, files = self.summary, self._files
        self._rules.finish()
        summary.files = [str(file) for file in files.files]
        summary.warnings.extend(files.warnings)
        summary.skipped.extend(files.skipped)
        summary.unused_fields = list(files.unused_fields)
        summary.ignored = list(files.ignored)
        summary.from_other_sets = responses_from_other_sets(self._conn, set_name=summary.set)
        if self._rules.changed:
            summary.number = self._number
            imports.close_import(self._conn, self._number, summary)
        else:
            imports.forget_import(self._conn, self._number, self._bulk.set_id)


def _without_source(error: BadFile, row: ImportRow) -> str:
    return str(error).removeprefix(f"{row.source}: ")
