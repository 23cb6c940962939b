"""Pace of a review session, and where it may pause; without a clock: both change with a decision only."""

from collections.abc import Iterable
from dataclasses import dataclass

from uphold.records.enums import EventKind
from uphold.records.reviews import ReviewEvent, ReviewProgress

PAUSE_EVERY = 25
"""Decisions of a session after which a pause is proposed, again and again."""

_MIN_FOR_QUARTERS = 40
"""Pairs of the smallest plan whose quarters are places to pause."""

_DECISIONS = (EventKind.DECISION, EventKind.ADJUDICATED)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a session goes: pairs decided, the median of the seconds spent on each, and whether to pause is proposed now."""

    decided: int = 0
    median_seconds: float | None = None
    may_pause: bool = False


def pace(acts: Iterable[ReviewEvent], progress: ReviewProgress) -> Pace:
    """Return the pace of a session from its acts in force; of several decisions on a pair the first one counts."""
    spent: dict[int, float | None] = {}
    for event in acts:
        if event.kind in _DECISIONS:
            spent.setdefault(event.pair_id, event.seconds)
    known = sorted(seconds for seconds in spent.values() if seconds is not None)
    return Pace(len(spent), _median(known), _may_pause(len(spent), progress))


def _median(ordered: list[float]) -> float | None:
    # The module `statistics` would be loaded before the first frame for this alone.
    if not ordered:
        return None
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _may_pause(decided: int, progress: ReviewProgress) -> bool:
    """Whether this is a place to pause: after every 25 decisions, and at the quarters of a longer plan."""
    if not decided:
        return False
    planned = progress.planned or 0
    quarters = {-(-planned * part // 4) for part in (1, 2, 3, 4)} if planned >= _MIN_FOR_QUARTERS else set()
    return decided % PAUSE_EVERY == 0 or progress.read in quarters
