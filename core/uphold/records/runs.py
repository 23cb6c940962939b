"""Runs and eval sets as they are listed."""

from dataclasses import dataclass

from uphold.records.statistics import Rate


@dataclass(frozen=True, slots=True)
class Run:
    """One candidate against one baseline over one eval set; `seed` is the hex seed of the set."""

    id: int
    name: str
    set_id: int
    set: str
    candidate_id: int
    candidate: str
    baseline_id: int
    baseline: str
    seed: str

    @property
    def number(self) -> int:
        """The number shown by `uphold runs`."""
        return self.id


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its counts of current pairs, for lists.

    `reviewed` pairs have a vote; wins, ties, losses and `unresolved` are their human labels, without broken pairs.
    `judge` is the primary judge: `judged` pairs have its verdict, from up to `orders` answer orders, and it agrees with
    the human label on `agree` of the `compared` pairs that have both. `disputed` pairs await an adjudication. `win_rate` by
    the human labels and the judge's `agreement` are added by `stats.human.with_rates`.
    """

    run: Run
    pairs: int
    reviewed: int
    wins: int
    ties: int
    losses: int
    unresolved: int
    judge: str | None
    judged: int
    orders: int
    agree: int
    compared: int
    disputed: int = 0
    win_rate: Rate | None = None
    agreement: Rate | None = None


@dataclass(frozen=True, slots=True)
class SetRow:
    """An eval set for lists, with its examples by status; `turns` is the most turns of an example."""

    name: str
    purpose: str | None
    active: int
    draft: int
    retired: int
    turns: int
    reviewed: int
    reviewers: int
