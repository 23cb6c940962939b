"""Imports scores without a set: those of benchmarks, or any numbers of systems."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

from uphold.formats.reading import FileReading
from uphold.records.import_preview import ImportPreview
from uphold.records.import_request import ImportRequest
from uphold.records.rows import ImportSummary
from uphold.store import imports
from uphold.store.benchmarks import score_changes, write_scores
from uphold.store.database import Store, now
from uphold.workflows.import_attempt import ImportProgress, count_scores, open_request

_SECONDS = 0.1
"""Between two progress values."""


def has_scores_only(request: ImportRequest, database: Path) -> bool:
    """Whether the files of a request hold no rows of a set. Raises BadFile and BadUsage as opening them does."""
    return open_request(request, database).scores_only


def import_scores(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import scores in one transaction; yields progress, and last the summary.

    Raises BadFile for a score that differs from the one in the database, without `update`.
    """
    reading = yield from _read(request, store.path)
    summary = _summary(reading)
    yield ImportProgress(summary.rows, summary.rows, summary.rows, writing=True)
    with store.writing() as conn:
        changes = score_changes(conn, reading.scores, update=request.update)
        count_scores(summary, reading.scores, changes)
        if changes:
            number, at = imports.next_number(conn), now()
            imports.open_import(conn, number, at)
            write_scores(conn, changes, number, at)
            summary.number = number
            imports.close_import(conn, number, summary)
    yield summary


def preview_scores(store: Store, request: ImportRequest) -> Generator[ImportProgress, None, ImportPreview]:
    """Return what an import of scores would do; yields progress. Nothing is written. Raises BadFile as `import_scores` does."""
    reading = yield from _read(request, store.path)
    summary = _summary(reading)
    with store.snapshot() as conn:
        count_scores(summary, reading.scores, score_changes(conn, reading.scores, update=request.update))
    return ImportPreview(request, reading.format, "", is_new_set=False, summary=summary, complete=True)


class _Stopped(Exception):
    """Nobody waits for the files any more."""


def _read(request: ImportRequest, database: Path) -> Generator[ImportProgress, None, FileReading]:
    """Read the files to their end, in a thread, since their reader has no rows between which it could yield progress."""
    bytes_read, is_stopped = (0, 0), Event()

    def progress(done: int, total: int) -> None:
        nonlocal bytes_read
        bytes_read = (done, total)
        if is_stopped.is_set():
            raise _Stopped

    reading = open_request(request, database, progress)
    with ThreadPoolExecutor(1) as pool:
        rows = pool.submit(list, reading.rows)
        try:
            while not wait([rows], _SECONDS).done:
                yield ImportProgress(*bytes_read, len(reading.scores))
        finally:
            is_stopped.set()
        assert not rows.result()  # what there is, is in `scores`
    return reading


def _summary(reading: FileReading) -> ImportSummary:
    return ImportSummary(
        files=[str(file) for file in reading.files],
        format=reading.format,
        rows=len(reading.scores),
        warnings=list(reading.warnings),
        skipped=list(reading.skipped),
        unused_fields=list(reading.unused_fields),
        ignored=list(reading.ignored),
        columns=list(reading.columns),
    )
