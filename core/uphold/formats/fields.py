"""Fields of a row, checked: each helper gives the value, None where it is left out, or raises BadRow with the field."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from uphold.formats.json_values import described
from uphold.formats.reading import BadRow, ReadNotes
from uphold.records.enums import Preference
from uphold.records.rows import RowSource
from uphold.records.texts import AnswerCell, canonical

Given = Mapping[str, Any]


Word = TypeVar("Word")


DEEPEST_CELL = 500
"""Levels of nesting in a response that is not text: what every later reader can hold."""


def text(given: Given, field: str) -> str | None:
    """Any text."""
    value = given.get(field)
    if value is None or type(value) is str:
        return value
    raise BadRow(f"{field} must be text, found {described(value)}")


def name(given: Given, field: str) -> str | None:
    """Text that is not empty."""
    value = given.get(field)
    if value is None or (type(value) is str and value):
        return value
    raise BadRow(f"{field} must be text" + (" that is not empty" if value == "" else f", found {described(value)}"))


def needed(given: Given, field: str, read: Any = text) -> Any:
    """What `read` gives for a field that may not be left out."""
    value = read(given, field)
    if value is None:
        raise BadRow(f"{field} is missing")
    return value


def word(given: Given, field: str, words: Mapping[str, Word]) -> Word | None:
    """One of `words`."""
    value = given.get(field)
    if value is None:
        return None
    found = words.get(value) if type(value) is str else None
    if found is None:
        raise BadRow(f"{field} must be {' or '.join(words)}, found {described(value)}")
    return found


def share(given: Given, field: str) -> float | None:
    """A number from 0 to 1."""
    value = number(given, field)
    if value is None or 0 <= value <= 1:
        return value
    raise BadRow(f"{field} must be from 0 to 1, found {described(given[field])}")


def number(given: Given, field: str) -> float | None:
    """A finite number; true and false are none."""
    value = given.get(field)
    if value is None:
        return None
    if type(value) in (int, float) and abs(value) <= 1e300:
        return float(value)
    raise BadRow(f"{field} must be a number, found {described(value)}")


def turn(given: Given, field: str = "turn") -> int | None:
    """A whole number from 1."""
    value = given.get(field)
    if value is None or (type(value) is int and value >= 1):
        return value
    raise BadRow(f"{field} must be a whole number from 1, found {described(value)}")


def texts(given: Given, field: str) -> tuple[str, ...] | None:
    """A list of texts, perhaps empty."""
    value = given.get(field)
    if value is None:
        return None
    if type(value) is not list:
        raise BadRow(f"{field} must be a list of texts, found {described(value)}")
    for number_, entry in enumerate(value, 1):
        if type(entry) is not str:
            raise BadRow(f"{field} must be a list of texts, its entry {number_} is {described(entry)}")
    return tuple(value)


def same_length(field: str, entries: tuple[Any, ...], turns: tuple[str, ...] | None) -> None:
    """Raise BadRow unless there is one entry per turn, no more and no fewer; passes where the turns are not known."""
    if turns is not None and len(entries) != len(turns):
        raise BadRow(f"{field} has {_counted(len(entries), 'entry', 'entries')} for {_counted(len(turns), 'turn')}")


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def note_cells(notes: ReadNotes, where: RowSource, field: str, cells: tuple[AnswerCell, ...]) -> None:
    """List answers that are empty or no text as odd; raises BadRow for what could not be kept as JSON."""
    for number_, cell in enumerate(cells, 1):
        at = f"{field}, turn {number_}" if len(cells) > 1 else field
        if cell == "":
            notes.strange(where, f"{at}: empty response")
        elif type(cell) is not str:
            _refuse_unkeepable(at, cell)
            notes.strange(where, f"{at}: {_kept(cell)} is no text; kept as it is")


def _kept(cell: AnswerCell) -> str:
    return json.dumps(cell) if isinstance(cell, bool) else described(cell)


def _refuse_unkeepable(field: str, cell: AnswerCell) -> None:
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


def preferred(candidate_share: float) -> Preference:
    """The verdict that a soft preference amounts to: > .5 candidate, < .5 baseline, .5 tie."""
    if candidate_share == 0.5:
        return Preference.TIE
    return Preference.CANDIDATE if candidate_share > 0.5 else Preference.BASELINE


def with_input(instruction: str, extra: str | None) -> tuple[str]:
    """One turn: the instruction, and after a blank line the input that some data sets keep apart from it."""
    return (f"{instruction}\n\n{extra}" if extra else instruction,)


def moment(given: Given, field: str) -> str | None:
    """Seconds since 1970 as UTC, ISO 8601."""
    seconds = number(given, field)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"{field} must be seconds since 1970, found {described(given[field])}") from None
