"""Shows what an import would do, without writing anything."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from uphold.errors import BadFile, BadUsage, UpholdError
from uphold.formats.column_check import taken_fields
from uphold.formats.column_guess import HEAD_ROWS, Column, columns_of
from uphold.formats.encodings import WrongEncoding, find_encoding
from uphold.formats.files import find_files
from uphold.formats.reading import NeedsOptions, UnknownWords
from uphold.formats.registry import TAKES_SYSTEM_NAMES, read_head
from uphold.records.import_preview import ImportPreview, ImportRefusal, PreviewColumn
from uphold.records.import_request import ImportRequest, ImportSuggestion
from uphold.records.rows import ColumnUse
from uphold.store.bulk_writer import drop_staged
from uphold.store.database import Store, open_store
from uphold.workflows.import_attempt import PAIRS, ImportAttempt, ImportProgress, open_request, read_options
from uphold.workflows.score_import import has_scores_only, preview_scores

ROWS_SHOWN = 5
"""How many understood rows a preview has, unless it is told."""

_HEAD = 200
"""Rows that a preview reads where it is not to read everything."""

_SAMPLES = 3
_LONGEST_SAMPLE = 200
_FILES_LOOKED_AT = 3

MAPPABLE = (
    *("instruction", "turns", "context", "reference", "key", "tags"),
    *("response_candidate", "response_baseline", "candidate", "baseline", "system", "response", "turn"),
    *("judge", "verdict", "order", "preference", "confidence", "reason", "reviewer", "review", "note"),
)
"""The fields of the `pairs` format that a column can be mapped to, in the order in which they are offered."""


@contextmanager
def store_for_preview(path: Path) -> Iterator[Store]:
    """Open the database at a path, or where there is none an empty one in a temporary folder; raises as `open_store`."""
    if path.exists():
        with open_store(path) as store:
            yield store
        return
    with TemporaryDirectory(prefix="uphold-") as folder, open_store(Path(folder, "empty.db"), create=True) as store:
        yield store


def preview_import(
    store: Store, request: ImportRequest, *, rows: int = ROWS_SHOWN, whole: bool = False
) -> Generator[ImportProgress | ImportPreview, None, None]:
    """Preview an import; yields progress, and last the preview with `rows` understood rows.

    Reads the head of the files, or, if `whole`, every row: then the counts are those of the import, but for decisions
    carried over from equal pairs. A file that would be refused is told in `refusal` and not raised. Nothing is written.
    """
    attempt: ImportAttempt | None = None
    refusal: ImportRefusal | None = None
    try:
        if has_scores_only(request, store.path):
            yield (yield from preview_scores(store, request))
            return
        with store.snapshot() as conn:
            left_out: dict[int, str] = {}
            while attempt is None or len(attempt.left_out) > len(left_out):
                left_out = attempt.left_out if attempt is not None else left_out
                drop_staged(conn)
                attempt = ImportAttempt(conn, store.path, request, left_out, keep_rows=rows)
                yield from attempt.read(None if whole else _HEAD)
            attempt.count_changes(whole=whole)
            preview = _of_attempt(request, attempt, whole)
    except NeedsOptions as needed:
        refusal = ImportRefusal(str(needed), needed.suggestion)
    except WrongEncoding as error:
        known = error.guesses[:1] if request.encoding is None else ()
        refusal = ImportRefusal(str(error), ImportSuggestion(encoding=known[0]) if known else None)
    except UnknownWords as error:
        refusal = ImportRefusal(str(error), words=error.words)
    except (BadFile, BadUsage) as error:
        refusal = ImportRefusal(str(error))
    finally:
        drop_staged(store.conn)
    if refusal is not None:
        preview = _of_refusal(request, refusal, attempt, store.path)
    has_columns = preview.format in (None, PAIRS)
    yield replace(
        preview,
        columns=_columns(preview, store.path),
        fields=MAPPABLE if has_columns else (),
        takes_names=preview.format in (None, *TAKES_SYSTEM_NAMES),
    )


def _of_attempt(request: ImportRequest, attempt: ImportAttempt, whole: bool) -> ImportPreview:
    summary = attempt.summary
    return ImportPreview(
        request,
        summary.format,
        summary.set,
        attempt.is_new_set,
        summary.set_reason,
        rows=tuple(attempt.understood_rows()),
        summary=summary,
        complete=whole or summary.rows < _HEAD,
    )


def _of_refusal(
    request: ImportRequest, refusal: ImportRefusal, attempt: ImportAttempt | None, database: Path
) -> ImportPreview:
    """Return what is known of files that are refused; the rows before the one that is at fault are understood."""
    if attempt is not None:
        return replace(_of_attempt(request, attempt, whole=False), complete=False, refusal=refusal)
    try:
        reading = open_request(request, database)
    except UpholdError:
        takes_columns = refusal.suggestion is not None and (refusal.suggestion.mapping or refusal.suggestion.systems)
        return ImportPreview(request, PAIRS if takes_columns else request.format, request.set, refusal=refusal)
    return ImportPreview(request, reading.format, request.set or reading.set_name, refusal=refusal)


def _columns(preview: ImportPreview, database: Path) -> tuple[PreviewColumn, ...]:
    """Return the columns with some values, where the files have columns; also those of files that are refused."""
    uses = {use.name: use for use in preview.summary.columns}
    if preview.format not in (None, PAIRS):
        return tuple(PreviewColumn(use.name, (), use.field) for use in uses.values())
    request, found = preview.request, _head_columns(preview.request, database)
    if not uses:
        taken = {column: name for name, column in taken_fields(found, read_options(request, database)).items()}
        systems = {column: system for system, column in request.systems.items()}
        uses = {
            one.name: ColumnUse(
                one.name, "response" if one.name in systems else taken.get(one.name), systems.get(one.name)
            )
            for one in found
        }
    suggested = _suggested(preview.refusal.suggestion if preview.refusal is not None else None)
    columns = []
    for one in found:
        use = uses.get(one.name, ColumnUse(one.name))
        samples = tuple(_sample(value) for value in one.values[:_SAMPLES])
        columns.append(PreviewColumn(one.name, samples, use.field, use.system, suggested.get(one.name)))
    return tuple(columns)


def _suggested(suggestion: ImportSuggestion | None) -> dict[str, str]:
    """Return column -> what a suggestion takes it for."""
    if suggestion is None:
        return {}
    fields = {column: name for name, column in suggestion.mapping.items()}
    return fields | {column: f"answers of {system}" for system, column in suggestion.systems.items()}


def _head_columns(request: ImportRequest, database: Path) -> list[Column]:
    """Return the columns of the first rows of the files; none where they cannot be read."""
    records: list[dict[str, Any]] = []
    try:
        encoding = None if request.encoding is None else find_encoding(request.encoding)
        for file in find_files(request.paths, encoding, database)[:_FILES_LOOKED_AT]:
            if file.shape != "empty":
                records.extend(record for _, record in islice(read_head(file), HEAD_ROWS))
    except (BadFile, BadUsage):
        return columns_of(records)
    return columns_of(records)


def _sample(value: Any) -> str:
    text = value if type(value) is str else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SAMPLE else text[: _LONGEST_SAMPLE - 1] + "…"
