"""Validated access to the fields of a record, which is one row as it was decoded.

Every `read_*` function returns the value of a field, None if it is missing or null, and raises BadRow, naming the field,
if the value is not what it should be.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from uphold.formats.json_values import describe
from uphold.formats.reading import BadRow, ReadNotes
from uphold.formatting import count_noun
from uphold.records.rows import RowSource
from uphold.records.texts import AnswerCell, canonical

Record = Mapping[str, Any]
Value = TypeVar("Value")

_NUMBER = re.compile(r"[+-]?[0-9]{1,300}([.,][0-9]*)?([eE][+-]?[0-9]{1,2})?", re.ASCII)

DEEPEST_CELL = 500
"""Maximal levels of nesting in a response that is not text: what every later JSON decoder can read."""


def read_text(record: Record, field: str) -> str | None:
    """Read a text."""
    value = record.get(field)
    if value is None or type(value) is str:
        return value
    raise BadRow(f"{field} must be text, found {describe(value)}")


def read_name(record: Record, field: str) -> str | None:
    """Read a text that is not empty."""
    value = record.get(field)
    if value is None or (type(value) is str and value):
        return value
    raise BadRow(f"{field} must be text" + (" that is not empty" if value == "" else f", found {describe(value)}"))


def required(record: Record, field: str, read: Any = read_text) -> Any:
    """Return what `read` returns for a field that must be present."""
    value = read(record, field)
    if value is None:
        raise BadRow(f"{field} is missing")
    return value


def read_choice(record: Record, field: str, choices: Mapping[str, Value]) -> Value | None:
    """Read a text that must be one of `choices`; return the value that it is mapped to."""
    value = record.get(field)
    if value is None:
        return None
    chosen = choices.get(value) if type(value) is str else None
    if chosen is None:
        raise BadRow(f"{field} must be {' or '.join(choices)}, found {describe(value)}")
    return chosen


def read_share(record: Record, field: str) -> float | None:
    """Read a number from 0 to 1."""
    value = read_number(record, field)
    if value is None or 0 <= value <= 1:
        return value
    raise BadRow(f"{field} must be from 0 to 1, found {describe(record[field])}")


def read_number(record: Record, field: str) -> float | None:
    """Read a finite number; true and false are not numbers."""
    value = record.get(field)
    if value is None:
        return None
    if type(value) in (int, float) and abs(value) <= 1e300:
        return float(value)
    raise BadRow(f"{field} must be a number, found {describe(value)}")


def decode_numbers(record: Record, fields: Iterable[str]) -> dict[str, Any]:
    """Return a row of a CSV file with the numbers in `fields` decoded; what is no number stays text."""
    row = dict(record)
    for field in fields:
        cell = record.get(field)
        if type(cell) is str and _NUMBER.fullmatch(cell):
            row[field] = float(cell.replace(",", "."))
    return row


def read_turn(record: Record, field: str = "turn") -> int | None:
    """Read a turn: a whole number from 1."""
    value = record.get(field)
    if value is None or (type(value) is int and value >= 1):
        return value
    raise BadRow(f"{field} must be a whole number from 1, found {describe(value)}")


def read_texts(record: Record, field: str) -> tuple[str, ...] | None:
    """Read a list of texts, which may be empty."""
    value = record.get(field)
    if value is None:
        return None
    if type(value) is not list:
        raise BadRow(f"{field} must be a list of texts, found {describe(value)}")
    for position, entry in enumerate(value, 1):
        if type(entry) is not str:
            raise BadRow(f"{field} must be a list of texts, its entry {position} is {describe(entry)}")
    return tuple(value)


def check_length(field: str, entries: tuple[Any, ...], turns: tuple[str, ...] | None) -> None:
    """Raise BadRow unless there is exactly one entry per turn; does nothing if `turns` are unknown."""
    if turns is not None and len(entries) != len(turns):
        raise BadRow(f"{field} has {count_noun(len(entries), 'entry')} for {count_noun(len(turns), 'turn')}")


def check_cells(notes: ReadNotes, source: RowSource, field: str, cells: tuple[AnswerCell, ...]) -> None:
    """Warn about answers that are empty or not text. Raises BadRow for one that cannot be stored as JSON."""
    for turn, cell in enumerate(cells, 1):
        label = f"{field}, turn {turn}" if len(cells) > 1 else field
        if cell == "":
            notes.warn(source, f"{label}: empty response")
        elif type(cell) is not str:
            _check_storable(label, cell)
            notes.warn(source, f"{label}: {_describe_cell(cell)} is no text; kept as it is")


def _describe_cell(cell: AnswerCell) -> str:
    return json.dumps(cell) if isinstance(cell, bool) else describe(cell)


def _check_storable(field: str, cell: AnswerCell) -> None:
    level: list[Any] = [cell]
    for _ in range(DEEPEST_CELL):
        level = [child for node in level for child in _children(node)]
        if not level:
            break
    else:
        raise BadRow(f"{field}: nested more than {DEEPEST_CELL} levels deep")
    try:
        canonical(cell)
    except ValueError:
        raise BadRow(f"{field}: a number in it is too large to be kept") from None


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def join_input(instruction: str, input_text: str | None) -> tuple[str]:
    """Return a single turn: the instruction and, after a blank line, its separate `input` field if there is one."""
    return (f"{instruction}\n\n{input_text}" if input_text else instruction,)


def read_time(record: Record, field: str) -> str | None:
    """Read seconds since 1970; return UTC, ISO 8601."""
    seconds = read_number(record, field)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"{field} must be seconds since 1970, found {describe(record[field])}") from None
