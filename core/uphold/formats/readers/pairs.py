"""Reader of uphold's own format, `pairs`: JSONL, a JSON array or CSV with one example, answer or pair per row.

The fields are those in `_FIELDS`; `--map` takes them from other columns. Empty CSV cells are missing fields; lists and
numbers in CSV are decoded from the text of their cell.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadUsage
from uphold.formats.fields import (
    check_cells,
    check_length,
    preference_from_share,
    read_choice,
    read_name,
    read_share,
    read_text,
    read_texts,
    read_turn,
)
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import describe, parse_json
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource
from uphold.records.texts import AnswerCell

NAME = "pairs"

DESCRIPTION = (
    'JSONL, a JSON array or CSV with "instruction", "turns" or "key", and "response_candidate", "response_baseline"'
)

IGNORED_KINDS: frozenset[str] = frozenset()
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_PER_TURN = ("reference", "response_candidate", "response_baseline")

_JUDGMENT_FIELDS = frozenset({"judge", "verdict", "order", "preference", "confidence", "reason"})
"""Fields that are used only together with a verdict."""

_REVIEW_FIELDS = frozenset({"reviewer", "review", "note"})
"""Fields that are used only together with a review."""

_FIELDS = (
    _JUDGMENT_FIELDS
    | _REVIEW_FIELDS
    | frozenset(
        {
            "key",
            "instruction",
            "turns",
            "context",
            "reference",
            "tags",
            "response_candidate",
            "response_baseline",
            "candidate",
            "baseline",
            "turn",
        }
    )
)

_UNNAMED = "imported"
"""Name of the judge or reviewer where the row gives none."""

_RESPONSE_FIELDS = ("response_candidate", "response_baseline")
_VERDICTS = {preference.value: preference for preference in Preference}
_CHOICES = {choice.value: choice for choice in Choice}
_ORDERS = {order.value: order for order in (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)}
_TYPICAL_FIELDS = frozenset({"instruction", "turns", "key", "response_candidate", "response_baseline"})


def sniff(file: InputFile, columns: frozenset[str] = frozenset()) -> str | None:
    """Return `rows` if the first row has one of our fields or of the mapped `columns`, or is JSON that cannot be read."""
    if file.shape == "empty":
        return None
    if not file.fields:
        return "rows" if file.shape in ("jsonl", "array") else None
    return "rows" if file.fields & (_TYPICAL_FIELDS | columns) else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield every row of every file. Raises BadUsage if a mapped column occurs in no row."""
    columns = _ColumnMapping(options.mapping)
    shapes: dict[tuple[tuple[str, ...], bool, bool], None] = {}  # rows with the same fields are noted once
    parser = _RowParser(notes, options.candidate or "candidate", options.baseline or "baseline")
    for file in files["rows"]:
        in_csv = file.shape == "csv"
        if in_csv:
            columns.note_columns(file.fields or ())
            notes.note_unused(
                name for name in sorted(file.fields or ()) if name not in _FIELDS and name not in columns.mapped_columns
            )
        for source, raw in iter_rows(file, notes):
            record = columns.rename(raw) if columns.mapping else raw
            try:
                row = parser.parse(source, _decode_cells(record) if in_csv else record)
            except BadRow as error:
                notes.skip_or_raise(source, f"{error}{columns.missing_hint()}")
                continue
            shapes[tuple(record), bool(row.judgments), bool(row.reviews)] = None
            yield row
    columns.check_all_found()
    notes.unused.extend(columns.displaced)
    for fields, judged, reviewed in shapes:
        notes.note_fields(dict.fromkeys(fields), _used_fields(judged, reviewed))


def _used_fields(judged: bool, reviewed: bool) -> frozenset[str]:
    return _FIELDS - (frozenset() if judged else _JUDGMENT_FIELDS) - (frozenset() if reviewed else _REVIEW_FIELDS)


class _RowParser:
    """Parses records into rows; `candidate` and `baseline` are the system names where a row gives none."""

    def __init__(self, notes: ReadNotes, candidate: str, baseline: str) -> None:
        self._notes = notes
        self._candidate = candidate
        self._baseline = baseline

    def parse(self, source: RowSource, record: dict[str, Any]) -> ImportRow:
        """Return the row of a record. Raises BadRow that names the invalid field."""
        turns = read_turns(record)
        key = read_name(record, "key")
        if turns is None and key is None:
            raise BadRow(f'neither "instruction", "turns" nor "key" is there, only {_list_fields(record)}')
        candidate = read_name(record, "candidate") or self._candidate
        baseline = read_name(record, "baseline") or self._baseline
        responses = _read_responses(record, turns, candidate, baseline)
        judgments, reviews = _read_judgments(record), _read_reviews(record)
        compares = len(responses) == 2
        if (compares or judgments or reviews) and candidate == baseline:
            raise BadRow(f'candidate and baseline are both "{candidate}"')
        row = ImportRow(
            source,
            key=key,
            turns=turns,
            context=read_text(record, "context"),
            references=read_references(record, turns),
            tags=read_tags(record),
            responses=responses,
            systems=(candidate, baseline) if compares or judgments or reviews else None,
            compares=compares,
            turn=_read_valid_turn(record, turns),
            judgments=judgments,
            reviews=reviews,
        )
        self._check_responses(source, record)
        return row

    def _check_responses(self, source: RowSource, record: dict[str, Any]) -> None:
        for field in _RESPONSE_FIELDS:
            value = record.get(field)
            if value is not None and (type(value) is not str or not value):
                check_cells(self._notes, source, field, tuple(value) if type(value) is list else (value,))


class _ColumnMapping:
    """Renames columns; `mapping` is field of the pairs format -> column of the files. Raises BadUsage for unknown fields."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        unknown = sorted(mapping.keys() - _FIELDS)
        if unknown:
            raise BadUsage(
                f'--map: "{unknown[0]}" is no field of the pairs format; its fields: {", ".join(sorted(_FIELDS))}'
            )
        self.mapping = mapping
        self.mapped_columns = frozenset(mapping.values())
        self._missing = dict.fromkeys(mapping.values())
        self._columns: dict[str, None] = {}
        self.displaced: dict[str, None] = {}

    def note_columns(self, names: Any) -> None:
        """Note which columns occur."""
        self._columns.update(dict.fromkeys(names))
        for column in names:
            self._missing.pop(column, None)

    def rename(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record with our field names; a field whose name another column takes is dropped (`displaced`)."""
        self.note_columns(record)
        kept = {
            field: value
            for field, value in record.items()
            if field not in self.mapped_columns and field not in self.mapping
        }
        self.displaced.update(dict.fromkeys(record.keys() & self.mapping.keys() - self.mapped_columns))
        return kept | {field: record[column] for field, column in self.mapping.items() if column in record}

    def missing_hint(self) -> str:
        """Return what to add to the message of a bad row as long as a mapped column has not occurred."""
        return f' (--map: no column "{next(iter(self._missing))}" so far)' if self._missing else ""

    def check_all_found(self) -> None:
        """Raise BadUsage if a mapped column occurs in no row."""
        for column in self._missing:
            names = ", ".join(f'"{column_name}"' for column_name in list(self._columns)[:20])
            raise BadUsage(f'--map: no row has a column "{column}"; the columns are {names}')


def _decode_cells(record: dict[str, str]) -> dict[str, Any]:
    """Return a CSV row with its lists and numbers decoded from text.

    `turns` is a JSON list. With more than one turn, reference and responses are JSON lists of one per turn too;
    otherwise they are text, whatever they look like.
    """
    row: dict[str, Any] = dict(record)
    for field, read in _CELL_DECODERS.items():
        if field in row:
            row[field] = read(field, row[field])
    turns = row.get("turns")
    if isinstance(turns, list) and len(turns) > 1:
        row.update({field: _decode_list(field, record[field]) for field in _PER_TURN if field in record})
    return row


def _decode_list(field: str, cell: str) -> list[Any]:
    try:
        value = parse_json(cell)
    except BadRow as error:
        raise BadRow(f"{field} must be a JSON list of one per turn: {error}") from None
    if type(value) is not list:
        raise BadRow(f"{field} must be a JSON list of one per turn")
    return value


def _decode_tags(field: str, cell: str) -> list[str]:
    return [tag for tag in (part.strip() for part in cell.split(",")) if tag]


def _decode_whole_number(field: str, cell: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(cell):
        raise BadRow(f'{field} must be a whole number from 1, found "{cell}"')
    return int(cell)


def _decode_decimal(field: str, cell: str) -> float:
    if not _DECIMAL.fullmatch(cell):
        raise BadRow(f'{field} must be a number from 0 to 1, found "{cell}"')
    return float(cell)


_CELL_DECODERS: dict[str, Callable[[str, str], Any]] = {
    "turns": _decode_list,
    "tags": _decode_tags,
    "turn": _decode_whole_number,
    "preference": _decode_decimal,
    "confidence": _decode_decimal,
}


def _read_responses(
    record: dict[str, Any], turns: tuple[str, ...] | None, candidate: str, baseline: str
) -> tuple[ImportedResponse, ...]:
    return tuple(
        ImportedResponse(system, _to_cells(field, value, turns))
        for field, system in zip(_RESPONSE_FIELDS, (candidate, baseline), strict=True)
        if (value := record.get(field)) is not None
    )


def _list_fields(record: dict[str, Any]) -> str:
    return ", ".join(f'"{field}"' for field in list(record)[:12]) or "nothing"


def read_turns(record: dict[str, Any]) -> tuple[str, ...] | None:
    """Read `instruction` or `turns`; None where there is neither."""
    instruction = read_text(record, "instruction")
    turns = read_texts(record, "turns")
    if turns is None:
        return None if instruction is None else (instruction,)
    if not turns:
        raise BadRow("turns is an empty list")
    if instruction is not None:
        raise BadRow("both instruction and turns are there; keep one of them")
    return turns


def read_references(record: dict[str, Any], turns: tuple[str, ...] | None) -> tuple[str | None, ...] | None:
    """Read `reference`, a text or one a turn; None where there is none."""
    value = record.get("reference")
    if value is None:
        return None
    if type(value) is str:
        references: tuple[str | None, ...] = (value,)
    elif type(value) is list and value:
        references = tuple(value)
    else:
        raise BadRow(f"reference must be text, or a list of one per turn, found {describe(value)}")
    for reference in references:
        if reference is not None and type(reference) is not str:
            raise BadRow(f"reference must be text, or null where a turn has none, found {describe(reference)}")
    check_length("reference", references, turns)
    return references


def read_tags(record: dict[str, Any]) -> tuple[str, ...]:
    """Read `tags`, each once."""
    tags = read_texts(record, "tags")
    if not tags:
        return ()
    if "" in tags:
        raise BadRow("tags holds an empty text")
    return tuple(dict.fromkeys(tags))


def _to_cells(field: str, value: Any, turns: tuple[str, ...] | None) -> tuple[AnswerCell, ...]:
    cells = tuple(value) if type(value) is list else (value,)
    if not cells:
        raise BadRow(f"{field} is an empty list")
    if None in cells:
        raise BadRow(f"{field} has null for a turn; give one answer per turn, or leave the field out")
    check_length(field, cells, turns)
    return cells


def _read_valid_turn(record: dict[str, Any], turns: tuple[str, ...] | None) -> int | None:
    number = read_turn(record)
    if number is not None and turns is not None and number > len(turns):
        raise BadRow(f"turn is {number}, but there are only {len(turns)}")
    return number


def _read_judgments(record: dict[str, Any]) -> tuple[ImportedJudgment, ...]:
    judge = read_name(record, "judge") or _UNNAMED
    order = read_choice(record, "order", _ORDERS) or AnswerOrder.UNKNOWN
    preference, confidence = read_share(record, "preference"), read_share(record, "confidence")
    reason = read_text(record, "reason")
    if "verdict" not in record and preference is None:
        return ()
    verdict = read_choice(record, "verdict", _VERDICTS)
    implied = verdict if preference is None else preference_from_share(preference)
    if "verdict" in record and verdict is not implied:
        recorded = "null (unreadable)" if verdict is None else verdict.value
        raise BadRow(f"verdict is {recorded}, but preference {preference} means {implied}")
    if implied is None:
        status, problem = JudgmentStatus.UNREADABLE, "recorded without a verdict"
    else:
        status, problem = JudgmentStatus.READABLE, None
    judgment = ImportedJudgment(judge, order, status, implied, preference, confidence, reason, problem=problem)
    return (judgment,)


def _read_reviews(record: dict[str, Any]) -> tuple[ImportedReview, ...]:
    reviewer, note = read_name(record, "reviewer") or _UNNAMED, read_text(record, "note")
    choice = read_choice(record, "review", _CHOICES)
    return () if choice is None else (ImportedReview(reviewer, choice, note),)
