"""Imports scores without a set: those of benchmarks, or any numbers of systems."""

from collections.abc import Generator
from pathlib import Path

from uphold.formats.reading import FileReading
from uphold.records.import_preview import ImportPreview
from uphold.records.import_request import ImportRequest
from uphold.records.rows import ImportSummary
from uphold.store import imports
from uphold.store.benchmarks import score_changes, write_scores
from uphold.store.database import Store, now
from uphold.workflows.import_attempt import ImportProgress, count_scores, open_request


def has_scores_only(request: ImportRequest, database: Path) -> bool:
    """Whether the files of a request hold no rows of a set. Raises BadFile and BadUsage as opening them does."""
    return open_request(request, database).scores_only


def import_scores(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import scores in one transaction; yields progress, and last the summary.

    Raises BadFile for a score that differs from the one in the database, without `update`.
    """
    reading, summary = _read(store, request)
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


def preview_scores(store: Store, request: ImportRequest) -> ImportPreview:
    """Return what an import of scores would do; nothing is written. Raises BadFile as `import_scores` does."""
    reading, summary = _read(store, request)
    with store.snapshot() as conn:
        count_scores(summary, reading.scores, score_changes(conn, reading.scores, update=request.update))
    return ImportPreview(request, reading.format, "", is_new_set=False, summary=summary, complete=True)


def _read(store: Store, request: ImportRequest) -> tuple[FileReading, ImportSummary]:
    reading = open_request(request, store.path)
    assert not list(reading.rows)  # the reader fills `scores`
    return reading, ImportSummary(
        files=[str(file) for file in reading.files],
        format=reading.format,
        rows=len(reading.scores),
        warnings=list(reading.warnings),
        skipped=list(reading.skipped),
        unused_fields=list(reading.unused_fields),
        ignored=list(reading.ignored),
        columns=list(reading.columns),
    )
