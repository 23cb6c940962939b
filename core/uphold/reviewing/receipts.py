"""What acts came to: the receipt of each, and the sum of a sitting."""

from collections.abc import Iterable
from dataclasses import dataclass

from uphold.records.enums import Choice, EventKind, Ruling, Side, ruling
from uphold.records.reviews import ReviewEvent

_WORDS = (EventKind.DECISION, EventKind.ADJUDICATED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act came to: written, and where it left the pair."""

    kind: EventKind
    pair_id: int
    key: str
    choice: Choice | None = None
    ruling: Ruling | None = None
    side: Side | None = None
    takes_back: EventKind | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a key did nothing."""

    reason: str


Outcome = Receipt | Refusal


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """What was done since this session was opened."""

    decided: int
    seconds: float
    upheld: int
    overturned: int
    plain: int
    skipped: int
    flagged: int


def receipt(event: ReviewEvent, key: str) -> Receipt:
    """The receipt of an act on the pair of the example `key`, as it was when it was made."""
    shown, choice = event.shown, event.choice
    if shown is None or choice is None:
        return Receipt(event.kind, event.pair_id, key, choice)
    side = {shown.side_a: Side.A, shown.side_a.mirrored: Side.B}.get(choice.preference)
    return Receipt(event.kind, event.pair_id, key, choice, ruling(choice, shown.verdict), side)


def session_totals(acts: Iterable[ReviewEvent]) -> SessionTotals:
    """What these acts in force, oldest first, come to.

    Of several decisions on a pair the one from before the verdict was seen counts, else the last.
    """
    acts = list(acts)
    latest: dict[int, ReviewEvent] = {}
    for event in acts:
        early = latest.get(event.pair_id)
        if event.kind in _WORDS and (early is None or early.shown is None or early.shown.verdict_shown):
            latest[event.pair_id] = event
    words = [ruling(e.choice, e.shown.verdict if e.shown else None) for e in latest.values() if e.choice]
    kinds = [event.kind for event in acts]
    return SessionTotals(
        decided=len(latest),
        seconds=sum(event.seconds or 0 for event in acts),
        upheld=words.count(Ruling.UPHELD),
        overturned=words.count(Ruling.OVERTURNED),
        plain=words.count(Ruling.DECIDED),
        skipped=kinds.count(EventKind.SKIP),
        flagged=kinds.count(EventKind.FLAG),
    )
