"""CSV cells of the `pairs` format as the values that JSON rows have from the start."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadUsage
from uphold.formats.fields import name, note_cells, preferred, same_length, share, text, texts, turn, word
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import described, loads
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource
from uphold.records.texts import AnswerCell

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


def _split_tags(field: str, cell: str) -> list[str]:
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
    "tags": _split_tags,
    "turn": _whole,
    "preference": _decimal,
    "confidence": _decimal,
}


JUDGED = frozenset({"judge", "verdict", "order", "preference", "confidence", "reason"})
"""Fields that say something only beside a verdict."""


REVIEWED = frozenset({"reviewer", "review", "note"})
"""Fields that say something only beside a review."""


FIELDS = (
    JUDGED
    | REVIEWED
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


IMPORTED = "imported"
"""Judge or reviewer of a verdict or review that names none."""


_ANSWERS = ("response_candidate", "response_baseline")


_VERDICTS = {preference.value: preference for preference in Preference}


_CHOICES = {choice.value: choice for choice in Choice}


_ORDERS = {order.value: order for order in (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)}


class RowReader:
    """Turns fields into rows; `candidate` and `baseline` are the names where a row gives none."""

    def __init__(self, notes: ReadNotes, candidate: str, baseline: str) -> None:
        self._notes = notes
        self._candidate = candidate
        self._baseline = baseline

    def row(self, where: RowSource, given: dict[str, Any]) -> ImportRow:
        """What the row says; raises BadRow naming the field that is not what it should be."""
        turns = _turns(given)
        key = name(given, "key")
        if turns is None and key is None:
            raise BadRow(f'neither "instruction", "turns" nor "key" is there, only {_listed(given)}')
        candidate = name(given, "candidate") or self._candidate
        baseline = name(given, "baseline") or self._baseline
        responses = _responses(given, turns, candidate, baseline)
        judgments, reviews = _judgments(given), _reviews(given)
        compares = len(responses) == 2
        judged = compares or bool(judgments) or bool(reviews)
        if judged and candidate == baseline:
            raise BadRow(f'candidate and baseline are both "{candidate}"')
        row = ImportRow(
            where,
            key,
            turns,
            text(given, "context"),
            _references(given, turns),
            _tags(given),
            responses,
            (candidate, baseline) if judged else None,
            compares,
            _turn(given, turns),
            judgments,
            reviews,
        )

        self._note(where, given)
        return row

    def _note(self, where: RowSource, given: dict[str, Any]) -> None:
        for field in _ANSWERS:
            value = given.get(field)
            if value is not None and (type(value) is not str or not value):
                note_cells(self._notes, where, field, tuple(value) if type(value) is list else (value,))


def _responses(
    given: dict[str, Any], turns: tuple[str, ...] | None, candidate: str, baseline: str
) -> tuple[ImportedResponse, ...]:
    return tuple(
        ImportedResponse(system, _cells(field, value, turns))
        for field, system in zip(_ANSWERS, (candidate, baseline), strict=True)
        if (value := given.get(field)) is not None
    )


def _listed(given: dict[str, Any]) -> str:
    return ", ".join(f'"{field}"' for field in list(given)[:12]) or "nothing"


def _turns(given: dict[str, Any]) -> tuple[str, ...] | None:
    instruction = text(given, "instruction")
    turns = texts(given, "turns")
    if turns is None:
        return None if instruction is None else (instruction,)
    if not turns:
        raise BadRow("turns is an empty list")
    if instruction is not None:
        raise BadRow("both instruction and turns are there; keep one of them")
    return turns


def _references(given: dict[str, Any], turns: tuple[str, ...] | None) -> tuple[str | None, ...] | None:
    value = given.get("reference")
    if value is None:
        return None
    if type(value) is str:
        references: tuple[str | None, ...] = (value,)
    elif type(value) is list and value:
        references = tuple(value)
    else:
        raise BadRow(f"reference must be text, or a list of one per turn, found {described(value)}")
    for reference in references:
        if reference is not None and type(reference) is not str:
            raise BadRow(f"reference must be text, or null where a turn has none, found {described(reference)}")
    same_length("reference", references, turns)
    return references


def _tags(given: dict[str, Any]) -> tuple[str, ...]:
    tags = texts(given, "tags")
    if not tags:
        return ()
    if "" in tags:
        raise BadRow("tags holds an empty text")
    return tuple(dict.fromkeys(tags))


def _cells(field: str, value: Any, turns: tuple[str, ...] | None) -> tuple[AnswerCell, ...]:
    cells = tuple(value) if type(value) is list else (value,)
    if not cells:
        raise BadRow(f"{field} is an empty list")
    if None in cells:
        raise BadRow(f"{field} has null for a turn; give one answer per turn, or leave the field out")
    same_length(field, cells, turns)
    return cells


def _turn(given: dict[str, Any], turns: tuple[str, ...] | None) -> int | None:
    number = turn(given)
    if number is not None and turns is not None and number > len(turns):
        raise BadRow(f"turn is {number}, but there are only {len(turns)}")
    return number


def _judgments(given: dict[str, Any]) -> tuple[ImportedJudgment, ...]:
    judge = name(given, "judge") or IMPORTED
    order = word(given, "order", _ORDERS) or AnswerOrder.UNKNOWN
    preference, confidence, reason = share(given, "preference"), share(given, "confidence"), text(given, "reason")
    if "verdict" not in given and preference is None:
        return ()
    verdict = word(given, "verdict", _VERDICTS)
    implied = verdict if preference is None else preferred(preference)
    if "verdict" in given and verdict is not implied:
        said = "null (unreadable)" if verdict is None else verdict.value
        raise BadRow(f"verdict is {said}, but preference {preference} means {implied}")
    if implied is None:
        unreadable = "recorded without a verdict"
        return (
            ImportedJudgment(
                judge, order, JudgmentStatus.UNREADABLE, None, None, confidence, reason, problem=unreadable
            ),
        )
    return (ImportedJudgment(judge, order, JudgmentStatus.READABLE, implied, preference, confidence, reason),)


def _reviews(given: dict[str, Any]) -> tuple[ImportedReview, ...]:
    reviewer, note = name(given, "reviewer") or IMPORTED, text(given, "note")
    choice = word(given, "review", _CHOICES)
    return () if choice is None else (ImportedReview(reviewer, choice, note),)


NAME = "pairs"


DESCRIPTION = (
    'JSONL, a JSON array or CSV with "instruction", "turns" or "key", and "response_candidate", "response_baseline"'
)


IGNORED_KINDS: frozenset[str] = frozenset()


_TELLING = frozenset({"instruction", "turns", "key", "response_candidate", "response_baseline"})


def sniff(file: InputFile, columns: frozenset[str] = frozenset()) -> str | None:
    """`rows` where the first row has a field of ours (or one of the mapped `columns`), or is JSON too broken to tell."""
    if file.shape == "empty":
        return None
    if not file.fields:
        return "rows" if file.shape in ("jsonl", "array") else None
    return "rows" if file.fields & (_TELLING | columns) else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Every row of every file; raises BadUsage for a mapping that fits nothing."""
    columns = _Columns(options.mapping)
    shapes: dict[tuple[tuple[str, ...], bool, bool], None] = {}  # rows that look alike are accounted for once
    reader = RowReader(notes, options.candidate or "candidate", options.baseline or "baseline")
    for file in files["rows"]:
        in_csv = file.shape == "csv"
        if in_csv:
            columns.meet(file.fields or ())
            notes.leave(name for name in sorted(file.fields or ()) if name not in FIELDS and name not in columns.taken)
        for where, found in iter_rows(file, notes):
            given = columns.renamed(found) if columns.mapping else found
            try:
                row = reader.row(where, from_cells(given) if in_csv else given)
            except BadRow as bad:
                notes.refuse(where, f"{bad}{columns.hint()}")
                continue
            shapes[tuple(given), bool(row.judgments), bool(row.reviews)] = None
            yield row
    columns.refuse_unmet()
    notes.unused.extend(columns.displaced)
    for fields, judged, reviewed in shapes:
        notes.fields(dict.fromkeys(fields), _used(judged, reviewed))


def _used(judged: bool, reviewed: bool) -> frozenset[str]:
    return FIELDS - (frozenset() if judged else JUDGED) - (frozenset() if reviewed else REVIEWED)


class _Columns:
    """Other people's column names: `mapping` is our field -> their column."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        unknown = sorted(mapping.keys() - FIELDS)
        if unknown:
            raise BadUsage(
                f'--map: "{unknown[0]}" is no field of the pairs format; its fields: {", ".join(sorted(FIELDS))}'
            )
        self.mapping = mapping
        self.taken = frozenset(mapping.values())
        self._unmet = dict.fromkeys(mapping.values())
        self._met: dict[str, None] = {}
        self.displaced: dict[str, None] = {}

    def meet(self, names: Any) -> None:
        """Take down which columns there are."""
        self._met.update(dict.fromkeys(names))
        for column in names:
            self._unmet.pop(column, None)

    def renamed(self, found: dict[str, Any]) -> dict[str, Any]:
        """The row with our names; a field whose name was given to another column is displaced."""
        self.meet(found)
        kept = {field: value for field, value in found.items() if field not in self.taken and field not in self.mapping}
        self.displaced.update(dict.fromkeys(found.keys() & self.mapping.keys() - self.taken))
        return kept | {field: found[column] for field, column in self.mapping.items() if column in found}

    def hint(self) -> str:
        """What to add to the message of a bad row while a mapped column has not been met."""
        return f' (--map: no column "{next(iter(self._unmet))}" so far)' if self._unmet else ""

    def refuse_unmet(self) -> None:
        """Raise BadUsage where a mapped column occurs in no row."""
        for column in self._unmet:
            there = ", ".join(f'"{met}"' for met in list(self._met)[:20])
            raise BadUsage(f'--map: no row has a column "{column}"; the columns are {there}')
