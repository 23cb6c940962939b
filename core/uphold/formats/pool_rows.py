"""Pools: files of logs, of which examples are proposed. What was asked, what came before it, what was answered.

A pool in a known format is read by its reader. Any other file of rows is read by its columns; the names that logs commonly use
are understood, since a proposal is looked at before it is taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.formats.conversations import with_plain_texts
from uphold.formats.fields import join_input, read_name, read_text
from uphold.formats.files import InputFile, find_files, iter_rows
from uphold.formats.json_values import describe, parse_json
from uphold.formats.reading import BadRow, ByteMeter, ReadNotes, ReadOptions, ReadProgress
from uphold.formats.registry import detect_format, open_files
from uphold.records.rows import RowSource, SkippedRow
from uphold.records.texts import AnswerCell

LOGGED = "logged"
"""Name of the system that gave the answers of a log which does not name it."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "instruction": ("prompt", "question", "query", "input", "request", "user", "user_input", "user_message", "text"),
    "context": ("system", "system_prompt", "system_message"),
    "response": ("answer", "output", "completion", "reply", "assistant", "generation", "model_output"),
    "reference": ("reference_answer", "expected", "expected_output", "ideal", "gold"),
    "tags": ("tag", "category", "topic", "domain", "label", "intent"),
    "key": ("id", "uid", "uuid"),
    "model": ("model_name", "generator"),
}
"""The fields of a pool, and the names under which logs have them, the likeliest first."""

_CONVERSATIONS = ("messages", "conversations", "turns")


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One log: turns, context, the answers that were logged by system, and references if there are any."""

    source: RowSource
    turns: tuple[str, ...]
    context: str | None = None
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    answers: Mapping[str, tuple[AnswerCell, ...]] = field(default_factory=dict)
    key: str | None = None


@dataclass
class PoolReading:
    """A pool that is open for reading. `skipped` is complete once `rows` is exhausted; `columns` is field -> column."""

    rows: Iterator[PoolRow]
    skipped: list[SkippedRow]
    columns: dict[str, str]


def open_pool(
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    encoding: str | None = None,
    database: Path | None = None,
    progress: ReadProgress | None = None,
) -> PoolReading:
    """Open the files of a pool; rows that cannot be read are skipped and listed.

    `mapping` is field -> column. Raises BadFile for files that cannot be read, BadUsage for a field that pools do not have.
    """
    unknown = sorted(mapping.keys() - FIELDS.keys())
    if unknown:
        raise BadUsage(f'--map: a pool has no field "{unknown[0]}"; its fields: {", ".join(FIELDS)}')
    files = find_files(paths, encoding, database)
    if not mapping and not _is_log(paths):
        reading = open_files(paths, ReadOptions(skip_bad=True, encoding=encoding, database=database), progress)
        rows = (
            PoolRow(
                row.source,
                row.turns,
                row.context,
                row.references,
                row.tags,
                {one.system: one.cells for one in row.responses},
                row.key,
            )
            for row in reading.rows
            if row.turns is not None
        )
        return PoolReading(rows, reading.skipped, {})
    notes = ReadNotes(ByteMeter(sum(file.size for file in files), progress), skip_bad=True)
    columns: dict[str, str] = {}
    return PoolReading(_log_rows(files, mapping, columns, notes), notes.skipped, columns)


def _is_log(paths: Sequence[Path]) -> bool:
    try:
        return detect_format(paths[0]) in ("pairs", "alpaca-eval")
    except BadFile:
        return True


def _log_rows(
    files: Sequence[InputFile], mapping: Mapping[str, str], columns: dict[str, str], notes: ReadNotes
) -> Iterator[PoolRow]:
    """Yield the rows that can be read; `columns` is filled with the field that each column was taken for."""
    read = 0
    for file in files:
        for source, record in iter_rows(file, notes):
            try:
                row = _log_row(source, record, mapping, columns, in_csv=file.shape == "csv")
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            read += 1
            yield row
    if not read and notes.skipped:
        first = notes.skipped[0]
        raise BadFile(f"{first.source}: {first.reason}; no row of the pool can be read")


def _log_row(
    source: RowSource, record: dict[str, Any], mapping: Mapping[str, str], columns: dict[str, str], *, in_csv: bool
) -> PoolRow:
    given = _decoded(record) if in_csv else record
    found = {name: given.get(column) for name, column in _columns_of(given, mapping).items()}
    columns.update(_columns_of(given, mapping))
    talk = {name: given[name] for name in _CONVERSATIONS if given.get(name) is not None and "instruction" not in found}
    system = _model_name(found.get("model"))
    plain = with_plain_texts({name: value for name, value in found.items() if name != "model"} | talk)
    turns = _turns(plain, given if found.get("input") is None and "input" not in mapping.values() else {})
    cells = _cells(plain.get("response", plain.get("response_candidate")), len(turns))
    reference = plain.get("reference")
    return PoolRow(
        source,
        turns,
        read_text(plain, "context") or None,
        (None,) * (len(turns) - 1) + (reference,) if type(reference) is str and reference else None,
        _tags(plain.get("tags")),
        {system: cells} if cells else {},
        _key(plain.get("key")),
    )


def _columns_of(record: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field that a row has: as mapped, by its own name, by a common one."""
    found: dict[str, str] = {}
    talks = any(record.get(name) is not None for name in _CONVERSATIONS)
    for name, others in FIELDS.items():
        if name in mapping:
            found[name] = mapping[name]
        elif name in record:
            found[name] = name
        elif not (talks and name == "instruction"):
            column = next((other for other in others if record.get(other) is not None), None)
            if column is not None and column not in mapping.values():
                found[name] = column
    return found


def _decoded(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a CSV row with its conversations decoded from JSON."""
    row = dict(record)
    for name in _CONVERSATIONS:
        if type(row.get(name)) is str and str(row[name]).lstrip().startswith("["):
            row[name] = parse_json(str(row[name]))
    if type(row.get("tags")) is str:
        row["tags"] = [tag.strip() for tag in str(row["tags"]).split(",") if tag.strip()]
    return row


def _turns(record: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, ...]:
    turns = record.get("turns")
    if turns is not None:
        if type(turns) is not list or not turns or not all(type(turn) is str for turn in turns):
            raise BadRow(f"turns must be a list of texts, found {describe(turns)}")
        return tuple(turns)
    instruction = read_text(record, "instruction")
    if instruction is None:
        names = ", ".join(f'"{name}"' for name in list(given)[:12]) or "nothing"
        raise BadRow(f"what was asked is in no column that is known ({names}): name it with --map instruction=COLUMN")
    further = given.get("input") if given.get("instruction") is not None else None
    return join_input(instruction, further) if type(further) is str and further else (instruction,)


def _cells(value: Any, turns: int) -> tuple[AnswerCell, ...]:
    """Return the logged answers, one a turn; none where there are fewer."""
    cells = tuple(value) if type(value) is list else (value,)
    return cells if len(cells) == turns and None not in cells else ()


def _tags(value: Any) -> tuple[str, ...]:
    listed = value if type(value) is list else [value]
    return tuple(dict.fromkeys(tag.strip() for tag in listed if type(tag) is str and tag.strip()))


def _key(value: Any) -> str | None:
    if type(value) is int:
        return str(value)
    return value if type(value) is str and value.strip() else None


def _model_name(value: Any) -> str:
    return read_name({"model": value}, "model") or LOGGED if type(value) is str and value else LOGGED
