"""Imports files into the store; importing the same files again adds nothing.

Files are read, checked and staged in temporary tables without the write lock; all rows are then written in one transaction.
"""

import sqlite3
from collections.abc import Generator
from pathlib import Path

from uphold.garbage_collection import paused_collection
from uphold.records.import_request import ImportRequest
from uphold.records.rows import ImportSummary
from uphold.store.bulk_writer import ChangedMeanwhile, drop_staged
from uphold.store.database import Store
from uphold.store.imports import ImportRecord, all_imports, drop_import
from uphold.store.runs import responses_from_other_sets
from uphold.workflows.import_attempt import ImportAttempt, ImportProgress, naming_commands, open_request, refusal_error
from uphold.workflows.score_import import has_scores_only, import_scores

__all__ = [
    "ImportProgress",
    "ImportRecord",
    "ImportRequest",
    "all_imports",
    "check_files",
    "drop_import",
    "import_files",
    "refusal_error",
]

_FREE_ATTEMPTS = 2
"""How often an import is prepared without the write lock before it takes the lock first; see `import_files`."""


def import_files(store: Store, request: ImportRequest) -> Generator[ImportProgress | ImportSummary, None, None]:
    """Import files; yields progress, and last the summary.

    The rules are applied to the database as it is when the import begins, without the write lock. All rows are then written
    in one transaction. If another process has meanwhile changed what the rules looked at, the files are read again: twice
    without the lock, and then once while it is held. Raises BadFile at the first row that is refused (with `skip_bad` only
    where a whole file cannot be read); nothing is imported then. Where nothing is new, no import is recorded and the
    summary's number is None. Files that hold scores alone make no set.
    """
    # An import keeps its objects until it ends, and none of them form cycles.
    with paused_collection(), naming_commands(request, store.path):
        if has_scores_only(request, store.path):
            yield from import_scores(store, request)
            return
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
) -> Generator[ImportProgress, None, ImportAttempt]:
    left_out: dict[int, str] = {}
    while True:
        attempt = ImportAttempt(conn, database, request, left_out)
        yield from attempt.read()
        if len(attempt.left_out) == len(left_out):
            return attempt
        # Parts of rows that were refused late may have been applied: start again without those rows.
        left_out = attempt.left_out
        drop_staged(conn)


def check_files(request: ImportRequest, database: Path | None = None) -> None:
    """Raise BadFile or BadUsage for files that cannot be imported at all, before a `database` is created."""
    with naming_commands(request, database):
        open_request(request, database)
