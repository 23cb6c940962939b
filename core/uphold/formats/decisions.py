"""Reads the decisions of `uphold decide --from`: JSONL with the fields key, turn, choice, reasons and note."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uphold.errors import BadFile
from uphold.formats.encodings import find_encoding
from uphold.formats.fields import read_choice, read_name, read_text, read_texts, read_turn, required
from uphold.formats.files import find_file, iter_rows
from uphold.formats.reading import BadRow, ByteMeter, ReadNotes
from uphold.records.rows import RowSource
from uphold.records.scripted_review import CHOICES, DecisionInput

_FIELDS = ("key", "turn", "choice", "reasons", "note")

_CHOICE_NAMES = {name: name for name in CHOICES}


def read_decisions(path: Path, encoding: str | None = None) -> list[DecisionInput]:
    """Return the decisions of a file in its order; `encoding` is what the user says about its text, None for UTF-8.

    Raises BadFile, with file and line, for a row that is none, and for a key and turn that stand twice.
    """
    found: dict[tuple[str, int | None], DecisionInput] = {}
    for source, record in _rows(path, encoding):
        try:
            decision = _decision(source, record)
        except BadRow as error:
            raise BadFile(f"{source}: {error}") from None
        earlier = found.setdefault((decision.key, decision.turn), decision)
        if earlier is not decision:
            raise BadFile(f"{source}: {decision.key!r} has a decision in {earlier.source} already; keep one of them")
    return list(found.values())


def _rows(path: Path, encoding: str | None) -> Iterator[tuple[RowSource, dict[str, Any]]]:
    file = find_file(path, find_encoding(encoding) if encoding is not None else None)
    return iter_rows(file, ReadNotes(ByteMeter(file.size, None)))


def _decision(source: RowSource, record: dict[str, Any]) -> DecisionInput:
    unknown = next((field for field in record if field not in _FIELDS), None)
    if unknown is not None:
        raise BadRow(f'there is no field "{unknown}" in a decision; the fields are {", ".join(_FIELDS)}')

    def choice(record: Any, field: str) -> str | None:
        return read_choice(record, field, _CHOICE_NAMES)

    return DecisionInput(
        required(record, "key", read_name),
        required(record, "choice", choice),
        read_turn(record),
        read_texts(record, "reasons") or (),
        read_text(record, "note"),
        source,
    )
