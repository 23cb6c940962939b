"""Reader of uphold's own format, `pairs`: JSONL, a JSON array or CSV with one example, answer or pair per row.

The fields are those of `column_mapping.FIELDS`, which takes them from other columns too. Empty CSV cells are missing fields;
lists and numbers in CSV are decoded from the text of their cell.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from uphold.formats.column_check import check_head, check_later_words
from uphold.formats.column_guess import HEAD_ROWS
from uphold.formats.column_mapping import (
    FIELDS,
    JUDGMENT_FIELDS,
    RESPONSE_FIELDS,
    REVIEW_FIELDS,
    ColumnMapping,
    read_key,
)
from uphold.formats.conversations import with_plain_texts
from uphold.formats.fields import (
    check_cells,
    check_length,
    read_choice,
    read_name,
    read_share,
    read_text,
    read_texts,
    read_turn,
)
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import describe, parse_json
from uphold.formats.label_words import is_shown_answer
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference, preference_from_share
from uphold.records.rows import ColumnUse, ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource
from uphold.records.texts import AnswerCell

NAME = "pairs"

DESCRIPTION = (
    'JSONL, a JSON array or CSV with "instruction", "turns" or "key", and "response_candidate", "response_baseline"'
)

IGNORED_KINDS: frozenset[str] = frozenset()
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_PER_TURN = ("reference", "response", *RESPONSE_FIELDS)

_ROWS_FOR_WORDS = 10_000
"""Rows behind one with an unknown word that are searched for further ones, so that one message names them all."""

_UNNAMED = "imported"
"""Name of the judge or reviewer where the row gives none."""

_VERDICTS = {preference.value: preference for preference in Preference}
_CHOICES = {choice.value: choice for choice in Choice}
_ORDERS = {order.value: order for order in (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)}
_TYPICAL_FIELDS = frozenset(
    {"instruction", "turns", "messages", "conversations", "key", "response_candidate", "response_baseline"}
)
_LONG_NAMES = (("system", "model"), ("response", "output"))
LONG_FORM_NAMES = frozenset({"id", "model", "output"})
"""Names that the fields of a row with one system's answer may have, beside our own."""


def sniff(file: InputFile, columns: frozenset[str] = frozenset()) -> str | None:
    """Return `rows` if the first row has one of our fields or of the mapped `columns`, or is JSON that cannot be read."""
    if file.shape == "empty":
        return None
    if not file.fields:
        return "rows" if file.shape in ("jsonl", "array") else None
    is_long = all(file.fields & set(names) for names in _LONG_NAMES)
    return "rows" if is_long or file.fields & (_TYPICAL_FIELDS | columns) else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield every row of every file.

    Raises NeedsOptions for a file whose answers would be left out, BadUsage if a mapped column occurs in no row.
    """
    columns = ColumnMapping(options)
    shapes: dict[
        tuple[tuple[str, ...], frozenset[str], bool, bool], None
    ] = {}  # rows with the same fields are noted once
    parser = _RowParser(notes, options)
    for file in files["rows"]:
        in_csv = file.shape == "csv"
        if in_csv:
            columns.note_columns(file.fields or ())
        rows = iter_rows(file, notes)
        head = list(islice(rows, HEAD_ROWS))
        taken = check_head(file.name, head, options)
        for _, raw in head:
            notes.note_columns(raw)
        for source, raw in chain(head, rows):
            try:
                record = columns.rename(raw, in_csv=in_csv)
                plain = with_plain_texts(_decode_cells(record, options.systems) if in_csv else record)
                row = parser.parse(source, plain)
            except BadRow as error:
                if not options.skip_bad:
                    check_later_words(chain([(source, raw)], islice(rows, _ROWS_FOR_WORDS)), taken, options)
                notes.skip_or_raise(source, f"{error}{columns.missing_hint()}")
                continue
            consumed = frozenset[str]() if plain is record else frozenset(record.keys() - plain.keys())
            shapes[tuple(record), consumed, bool(row.judgments), bool(row.reviews)] = None
            yield row
        if in_csv:
            _note_empty_columns(file, columns, notes)
    columns.check_all_found()
    for fields, consumed, judged, reviewed in shapes:
        _note_fields(fields, _used_fields(judged, reviewed) | consumed, columns, notes)
    notes.note_unused(columns.displaced)


def _note_fields(fields: tuple[str, ...], used: frozenset[str], columns: ColumnMapping, notes: ReadNotes) -> None:
    system_of = {column: system for system, column in columns.systems.items()}
    if system_of or "response" not in fields or any(field in fields for field in RESPONSE_FIELDS):
        used -= {"system", "response"}  # the row is not in long form
    for field in fields:
        column = columns.column_of(field)
        if field in system_of:
            notes.note_use(ColumnUse(column, "response", system_of[field]))
        elif field in used:
            notes.note_use(ColumnUse(column, field))
        else:
            notes.note_unused((column,))


def _note_empty_columns(file: InputFile, columns: ColumnMapping, notes: ReadNotes) -> None:
    """Note the columns of a CSV file that are none of ours, since those without any cell are in no row."""
    known = FIELDS | columns.columns | LONG_FORM_NAMES
    notes.note_unused(name for name in sorted(file.fields or ()) if name not in known)


def _used_fields(judged: bool, reviewed: bool) -> frozenset[str]:
    return FIELDS - (frozenset() if judged else JUDGMENT_FIELDS) - (frozenset() if reviewed else REVIEW_FIELDS)


class _RowParser:
    """Parses records into rows; the options name the systems where a row does not."""

    def __init__(self, notes: ReadNotes, options: ReadOptions) -> None:
        self._notes = notes
        self._candidate = options.candidate or "candidate"
        self._baseline = options.baseline or "baseline"
        self._systems = options.systems
        self._compares = bool(options.candidate and options.baseline)

    def parse(self, source: RowSource, record: dict[str, Any]) -> ImportRow:
        """Return the row of a record. Raises BadRow that names the invalid field."""
        turns = read_turns(record)
        key = read_key(record)
        if turns is None and key is None:
            raise BadRow(f'neither "instruction", "turns" nor "key" is there, only {_list_fields(record)}')
        candidate = read_name(record, "candidate") or self._candidate
        baseline = read_name(record, "baseline") or self._baseline
        given = self._given_responses(record, candidate, baseline)
        responses = tuple(ImportedResponse(system, _to_cells(name, value, turns)) for name, system, value in given)
        judgments = _read_judgments(record, candidate, baseline)
        reviews = _read_reviews(record, candidate, baseline)
        compares = self._compares_responses(responses, candidate, baseline)
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
        for name, _, value in given:
            if type(value) is not str or not value:
                check_cells(self._notes, source, name, tuple(value) if type(value) is list else (value,))
        return row

    def _given_responses(self, record: dict[str, Any], candidate: str, baseline: str) -> list[tuple[str, str, Any]]:
        """Return (column, system, value) of each answer of a row."""
        if self._systems:
            named = [(column, system) for system, column in self._systems.items()]
        elif record.get("response") is not None and not any(field in record for field in RESPONSE_FIELDS):
            system = read_name(record, "system")
            if system is None:
                raise BadRow('response is there, but neither "system" nor "model" says whose it is')
            named = [("response", system)]
        else:
            named = list(zip(RESPONSE_FIELDS, (candidate, baseline), strict=True))
        return [(name, system, value) for name, system in named if (value := record.get(name)) is not None]

    def _compares_responses(self, responses: tuple[ImportedResponse, ...], candidate: str, baseline: str) -> bool:
        if not self._systems:
            return len(responses) == 2
        return self._compares and {candidate, baseline} <= {response.system for response in responses}


def _decode_cells(record: dict[str, str], systems: Mapping[str, str]) -> dict[str, Any]:
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
        per_turn = (*_PER_TURN, *systems.values())
        row.update({field: _decode_list(field, record[field]) for field in per_turn if field in record})
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
    return float(cell.replace(",", "."))  # a spreadsheet of many countries writes 0,5


_CELL_DECODERS: dict[str, Callable[[str, str], Any]] = {
    "turns": _decode_list,
    "messages": _decode_list,
    "conversations": _decode_list,
    "tags": _decode_tags,
    "turn": _decode_whole_number,
    "preference": _decode_decimal,
    "confidence": _decode_decimal,
}


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


def _read_label(record: dict[str, Any], field: str, words: Mapping[str, Any], *systems: str) -> Any:
    """Read a verdict or decision: one of the words, or the name of the candidate or the baseline of the row."""
    value = record.get(field)
    if type(value) is str and value not in words and value in systems:
        return words[("candidate", "baseline")[systems.index(value)]]
    return read_choice(record, field, words)


def _verdict_by_order(record: dict[str, Any], order: AnswerOrder, *systems: str) -> Preference | None:
    """Read a verdict that names an answer as the judge saw it, A for the first one shown; None for any other verdict."""
    value = record.get("verdict")
    if value in systems or not is_shown_answer(value):
        return None
    if order is AnswerOrder.UNKNOWN:
        raise BadRow(
            f"verdict is {value!r}, but nothing says which answer the judge saw as A; add order: "
            f"{AnswerOrder.CANDIDATE_FIRST} where that was the candidate's, else {AnswerOrder.BASELINE_FIRST}"
        )
    says_first = str(value).strip().upper() == "A"
    is_candidate = says_first == (order is AnswerOrder.CANDIDATE_FIRST)
    return Preference.CANDIDATE if is_candidate else Preference.BASELINE


def _read_judgments(record: dict[str, Any], candidate: str, baseline: str) -> tuple[ImportedJudgment, ...]:
    judge = read_name(record, "judge") or _UNNAMED
    order = read_choice(record, "order", _ORDERS) or AnswerOrder.UNKNOWN
    preference, confidence = read_share(record, "preference"), read_share(record, "confidence")
    reason = read_text(record, "reason")
    if "verdict" not in record and preference is None:
        return ()
    verdict = _verdict_by_order(record, order, candidate, baseline)
    if verdict is None:
        verdict = _read_label(record, "verdict", _VERDICTS, candidate, baseline)
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


def _read_reviews(record: dict[str, Any], candidate: str, baseline: str) -> tuple[ImportedReview, ...]:
    reviewer, note = read_name(record, "reviewer") or _UNNAMED, read_text(record, "note")
    choice = _read_label(record, "review", _CHOICES, candidate, baseline)
    return () if choice is None else (ImportedReview(reviewer, choice, note),)
