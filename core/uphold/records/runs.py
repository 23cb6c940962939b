"""Runs and eval sets as they are listed."""

from dataclasses import dataclass

from uphold.records.headline_judge import HeadlineJudge
from uphold.records.packs import ReviewerProgress


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

    @property
    def argument(self) -> str:
        """The run on a command line: its name, or its number where a name cannot be pasted or would be an option."""
        return self.name if self.name.isprintable() and not self.name.startswith("-") else str(self.number)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its counts of current pairs, for lists.

    `reviewed` pairs have a vote; wins, ties, losses and `unresolved` are their human labels, without broken pairs.
    `judge` is the judge of the headline: `judged` pairs have the verdict of the one whose verdicts are shown, from up to
    `orders` answer orders. `disputed` pairs await an adjudication; `people` are how far several reviewers are. The
    rates are `workflows.statistics.headline_numbers`.
    """

    run: Run
    pairs: int
    reviewed: int
    wins: int
    ties: int
    losses: int
    unresolved: int
    judge: HeadlineJudge
    judged: int
    orders: int
    disputed: int = 0
    people: tuple[ReviewerProgress, ...] = ()


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
