"""CSV cells of the `pairs` format as the values that JSON rows have from the start."""

import re
from collections.abc import Callable
from typing import Any

from uphold.formats.decoding import loads
from uphold.formats.notes import BadRow

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_PER_TURN = ("reference", "response_candidate", "response_baseline")


def from_cells(given: dict[str, str]) -> dict[str, Any]:
    """The row with lists and numbers read from their cells.

    `turns` is a JSON list. With more than one turn, reference and responses are JSON lists of one per turn too;
    otherwise they are text, whatever they look like.
    """
    row: dict[str, Any] = dict(given)
    for field, read in _READ.items():
        if field in row:
            row[field] = read(field, row[field])
    turns = row.get("turns")
    if isinstance(turns, list) and len(turns) > 1:
        row.update({field: _list(field, given[field]) for field in _PER_TURN if field in given})
    return row


def _list(field: str, cell: str) -> list[Any]:
    try:
        value = loads(cell)
    except BadRow as bad:
        raise BadRow(f"{field} must be a JSON list of one per turn: {bad}") from None
    if type(value) is not list:
        raise BadRow(f"{field} must be a JSON list of one per turn")
    return value


def _tags(field: str, cell: str) -> list[str]:
    return [tag for tag in (part.strip() for part in cell.split(",")) if tag]


def _whole(field: str, cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise BadRow(f'{field} must be a whole number from 1, found "{cell}"')
    return int(cell)


def _decimal(field: str, cell: str) -> float:
    if not _DECIMAL.fullmatch(cell):
        raise BadRow(f'{field} must be a number from 0 to 1, found "{cell}"')
    return float(cell)


_READ: dict[str, Callable[[str, str], Any]] = {
    "turns": _list,
    "tags": _tags,
    "turn": _whole,
    "preference": _decimal,
    "confidence": _decimal,
}
