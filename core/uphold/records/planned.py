"""What more verdicts buy."""

from dataclasses import dataclass

from uphold.records.results import Budget


@dataclass(frozen=True, slots=True)
class Reach:
    """Can a half-width be had? After `more` verdicts; or None with the reason, and then so many `instructions` in all."""

    more: int | None
    now: float | None
    at_best: float | None
    instructions: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What more verdicts buy: for instructions like these and for this set, of the win rate.

    `humans_alone` verdicts in all would do for instructions like these without a judge; `smallest_change` is the least
    difference of two checkpoints that shows when all pairs of both are read, if their wins fall independently;
    `seconds` is the median time of a decision. `state` is that of the headline; refused ones carry a reason.
    """

    state: str
    reason: str | None
    half_width: float
    pairs: int
    n: int
    population: Reach
    this_set: Reach
    humans_alone: int
    smallest_change: float
    rows: tuple[Budget, ...]
    pilot: bool
    planned: int | None = None
    seconds: float | None = None
