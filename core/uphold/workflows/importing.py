"""file -> formats -> records -> store: all or nothing, and a second time adds nothing."""

import gc
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from uphold.errors import BadFile
from uphold.formats import registry
from uphold.formats.reading import FileReading, ReadProgress
from uphold.records.rows import ImportRow, ImportSummary, SkippedRow
from uphold.store import imports
from uphold.store.bulk_import import BulkImport
from uphold.store.database import Store, now
from uphold.workflows.import_rules import ImportRules, NeedsOtherRows

_TELL_EVERY = 500


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
    """How far an import is: bytes read of bytes there, rows taken."""

    done: int
    total: int
    rows: int


def import_files(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import files in one transaction; yields how far it is, and last the summary.

    Raises BadFile at the first row that cannot be taken (with `skip_bad` only where a whole file cannot be read): then
    nothing is imported. Where nothing is new, no import is recorded and the summary's number is None.
    """
    with store.writing() as conn, _without_collecting():
        number = imports.open_import(conn)
        left_out: dict[int, str] = {}
        while True:
            conn.execute("SAVEPOINT attempt")
            attempt = _Attempt(conn, request, number, left_out)
            yield from attempt.read()
            if len(attempt.left_out) == len(left_out):
                break
            # Of rows that failed late something may have been taken: begin anew without them.
            left_out = attempt.left_out
            conn.execute("ROLLBACK TO attempt")
        attempt.record()
    yield attempt.summary


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rest the garbage collector: what an import gathers it keeps to its end, and none of it is a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def check_files(request: ImportRequest) -> None:
    """Raise BadFile or BadUsage for what is wrong with the files as a whole, before there is a database."""
    _open(request)


def _open(request: ImportRequest, progress: ReadProgress | None = None) -> FileReading:
    return registry.read(
        request.paths,
        request.format,
        mapping=request.mapping,
        candidate=request.candidate,
        baseline=request.baseline,
        baseline_file=request.baseline_file,
        skip_bad=request.skip_bad,
        progress=progress,
    )


class _Attempt:
    """One reading of the files into the open transaction, without the rows that are `left_out`, by their number."""

    def __init__(
        self, conn: sqlite3.Connection, request: ImportRequest, number: int, left_out: Mapping[int, str]
    ) -> None:
        self._bytes = (0, 0)
        self._files = _open(request, self._note)
        self._conn, self._request, self._number = conn, request, number
        self.left_out = dict(left_out)
        self.summary = ImportSummary(format=self._files.format, set=request.set or self._files.set_name)
        self._intake = BulkImport(conn, self.summary.set, number, now())
        self._taker = ImportRules(self._intake, self.summary, update=request.update)

    def _note(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def read(self) -> Iterator[ImportProgress]:
        """Take every row; yields how far it is."""
        summary = self.summary
        waiting: list[tuple[int, ImportRow]] = []
        for number, row in enumerate(self._files.rows):
            summary.rows += 1
            if number in self.left_out:
                self._skip(row, self.left_out[number])
            elif not self._take(number, row):
                waiting.append((number, row))
            if summary.rows % _TELL_EVERY == 0:
                self._taker.flush()
                yield ImportProgress(*self._bytes, summary.rows)
        for number, row, error in self._taker.take_late(waiting):
            if not self._request.skip_bad:
                raise error
            self.left_out[number] = _without_place(error, row)

    def _take(self, number: int, row: ImportRow) -> bool:
        """Take a row or leave it out; False where it has to wait for others."""
        try:
            self._taker.take(number, row)
        except NeedsOtherRows:
            return False
        except BadFile as error:
            if not self._request.skip_bad:
                raise
            self._skip(row, _without_place(error, row))
        return True

    def _skip(self, row: ImportRow, why: str) -> None:
        self.summary.skipped.append(SkippedRow(row.where, why))

    def record(self) -> None:
        """Finish, and record what the import brought; where that is nothing, leave no trace."""
        summary, files = self.summary, self._files
        self._taker.finish()
        summary.files = [str(file) for file in files.files]
        summary.odd.extend(files.odd)
        summary.skipped.extend(files.skipped)
        summary.unused_fields = list(files.unused_fields)
        summary.ignored = list(files.ignored)
        if self._taker.changed:
            summary.number = self._number
            imports.close_import(self._conn, self._number, summary)
        else:
            imports.forget_import(self._conn, self._number, self._intake.set_id)


def _without_place(error: BadFile, row: ImportRow) -> str:
    return str(error).removeprefix(f"{row.where}: ")
