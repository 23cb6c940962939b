"""Receipts of a reviewer's acts, refusals of acts that cannot be done, and the totals of a session."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from uphold.records.enums import Choice, EventKind, Ruling, Side, ruling
from uphold.records.reviews import ReviewEvent

_DECISIONS = (EventKind.DECISION, EventKind.ADJUDICATED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """An act that was written. `side` is where the preferred answer was; `target_kind` the act undone or redone.

    `judge_said` is the side that the judge preferred, or that it said tie; None where it had no verdict.
    """

    kind: EventKind
    pair_id: int
    key: str
    choice: Choice | None = None
    ruling: Ruling | None = None
    side: Side | None = None
    target_kind: EventKind | None = None
    judge_said: Side | Literal["tie"] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act was not possible; nothing was written."""

    reason: str


Outcome = Receipt | Refusal


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """What was done in a session: `decided` pairs, of which `without_verdict` had none to uphold; `seconds` in all."""

    decided: int
    seconds: float
    upheld: int
    overturned: int
    without_verdict: int
    skipped: int
    flagged: int


def receipt(event: ReviewEvent, key: str) -> Receipt:
    """Return the receipt of an act on the pair of the example `key`, as it was when the act was made."""
    shown, choice = event.shown, event.choice
    if shown is None or choice is None:
        return Receipt(event.kind, event.pair_id, key, choice)
    sides = {shown.side_a: Side.A, shown.side_a.mirrored: Side.B}
    said = shown.verdict.preference if shown.verdict is not None else None
    return Receipt(
        event.kind,
        event.pair_id,
        key,
        choice,
        ruling(choice, shown.verdict),
        sides.get(choice.preference),
        judge_said=None if said is None else sides.get(said, "tie"),
    )


def session_totals(acts: Iterable[ReviewEvent]) -> SessionTotals:
    """Return the totals of acts in force, oldest first.

    Of several decisions on a pair the one made before the verdict was seen counts, else the last.
    """
    acts = list(acts)
    counted: dict[int, ReviewEvent] = {}
    for event in acts:
        before = counted.get(event.pair_id)
        if event.kind in _DECISIONS and (before is None or before.shown is None or before.shown.verdict_shown):
            counted[event.pair_id] = event
    rulings = [ruling(e.choice, e.shown.verdict if e.shown else None) for e in counted.values() if e.choice]
    kinds = [event.kind for event in acts]
    return SessionTotals(
        decided=len(counted),
        seconds=sum(event.seconds or 0 for event in acts),
        upheld=rulings.count(Ruling.UPHELD),
        overturned=rulings.count(Ruling.OVERTURNED),
        without_verdict=rulings.count(Ruling.DECIDED),
        skipped=kinds.count(EventKind.SKIP),
        flagged=kinds.count(EventKind.FLAG),
    )
