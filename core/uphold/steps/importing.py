"""file -> formats -> records -> store: all or nothing, and a second time adds nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uphold.errors import BadFile
from uphold.formats import catalogue
from uphold.records.rows import ImportSummary, Row, Skipped
from uphold.steps.taking import NotYet, Taker
from uphold.store import imports
from uphold.store.database import Store, now
from uphold.store.intake import Intake

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
class Reading:
    """How far an import is: bytes read of bytes there, rows taken."""

    done: int
    total: int
    rows: int


def import_files(store: Store, request: ImportRequest) -> Iterator[Reading | ImportSummary]:
    """Import files in one transaction; yields how far it is, and last the summary.

    Raises BadFile at the first row that cannot be taken (with `skip_bad` only where a whole file cannot be read): then
    nothing is imported. Where nothing is new, no import is recorded and the summary's number is None.
    """
    bytes_read = [0, 0]

    def note(done: int, total: int) -> None:
        bytes_read[:] = done, total

    reading = catalogue.read(
        request.paths,
        request.format,
        mapping=request.mapping,
        candidate=request.candidate,
        baseline=request.baseline,
        baseline_file=request.baseline_file,
        skip_bad=request.skip_bad,
        progress=note,
    )
    summary = ImportSummary(format=reading.format, set=request.set or reading.set_name)
    with store.writing() as conn:
        number = imports.open_import(conn)
        intake = Intake(conn, summary.set, number, now())
        taker = Taker(intake, summary, update=request.update)
        for _ in _take_all(taker, reading.rows, summary, skip_bad=request.skip_bad):
            yield Reading(bytes_read[0], bytes_read[1], summary.rows)
        taker.finish()
        summary.files = [str(file) for file in reading.files]
        summary.odd.extend(reading.odd)
        summary.skipped.extend(reading.skipped)
        summary.unused_fields = list(reading.unused_fields)
        summary.ignored = list(reading.ignored)
        if taker.changed:
            summary.number = number
            imports.close_import(conn, number, summary)
        else:
            imports.forget_import(conn, number, intake.set_id)
    yield summary


def _take_all(taker: Taker, rows: Iterator[Row], summary: ImportSummary, *, skip_bad: bool) -> Iterator[None]:
    waiting: list[Row] = []
    for row in rows:
        summary.rows += 1
        try:
            taker.take(row)
        except NotYet:
            waiting.append(row)
        except BadFile as error:
            _skip(error, row, summary, skip_bad)
        if summary.rows % _TELL_EVERY == 0:
            taker.flush()
            yield
    # What spoke of a key or response that came only later in the files.
    for row in waiting:
        try:
            taker.take(row)
        except BadFile as error:
            _skip(error, row, summary, skip_bad)


def _skip(error: BadFile, row: Row, summary: ImportSummary, skip_bad: bool) -> None:
    if not skip_bad:
        raise error
    summary.skipped.append(Skipped(row.where, str(error).removeprefix(f"{row.where}: ")))
