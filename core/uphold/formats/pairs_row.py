"""One row of the `pairs` format, field by field."""

from typing import Any

from uphold.formats.decoding import described
from uphold.formats.fields import name, note_cells, preferred, same_length, share, text, texts, turn, word
from uphold.formats.notes import BadRow, Notes
from uphold.records.rows import GivenJudgment, GivenResponse, GivenReview, Row, Where
from uphold.records.texts import Cell
from uphold.records.words import Choice, Order, Preference, Status

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
_ORDERS = {order.value: order for order in (Order.CANDIDATE_FIRST, Order.BASELINE_FIRST)}


class RowReader:
    """Turns fields into rows; `candidate` and `baseline` are the names where a row gives none."""

    def __init__(self, notes: Notes, candidate: str, baseline: str) -> None:
        self._notes = notes
        self._candidate = candidate
        self._baseline = baseline

    def row(self, where: Where, given: dict[str, Any]) -> Row:
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
        row = Row(
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

    def _note(self, where: Where, given: dict[str, Any]) -> None:
        for field in _ANSWERS:
            value = given.get(field)
            if value is not None and (type(value) is not str or not value):
                note_cells(self._notes, where, field, tuple(value) if type(value) is list else (value,))


def _responses(
    given: dict[str, Any], turns: tuple[str, ...] | None, candidate: str, baseline: str
) -> tuple[GivenResponse, ...]:
    return tuple(
        GivenResponse(system, _cells(field, value, turns))
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


def _cells(field: str, value: Any, turns: tuple[str, ...] | None) -> tuple[Cell, ...]:
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


def _judgments(given: dict[str, Any]) -> tuple[GivenJudgment, ...]:
    judge = name(given, "judge") or IMPORTED
    order = word(given, "order", _ORDERS) or Order.UNKNOWN
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
        return (GivenJudgment(judge, order, Status.UNREADABLE, None, None, confidence, reason, problem=unreadable),)
    return (GivenJudgment(judge, order, Status.READABLE, implied, preference, confidence, reason),)


def _reviews(given: dict[str, Any]) -> tuple[GivenReview, ...]:
    reviewer, note = name(given, "reviewer") or IMPORTED, text(given, "note")
    choice = word(given, "review", _CHOICES)
    return () if choice is None else (GivenReview(reviewer, choice, note),)
