"""A judge that is pinned to a set, and what it lacks in the set's runs."""

from dataclasses import dataclass

from uphold.formatting import of_n
from uphold.records.judgments import JudgeRef


@dataclass(frozen=True, slots=True)
class JudgeCoverage:
    """How many of a run's current, unbroken pairs a judge was not asked about, and the command that asks them."""

    run: str
    number: int
    pairs: int
    missing: int
    ask: str


@dataclass(frozen=True, slots=True)
class PinnedJudge:
    """A set and the judge that is pinned to it (None: no one), with what that judge lacks in each run of the set."""

    set: str
    judge: JudgeRef | None
    runs: tuple[JudgeCoverage, ...] = ()

    @property
    def missing(self) -> int:
        """How many pairs the judge was not asked about, in all runs."""
        return sum(run.missing for run in self.runs)

    @property
    def pairs(self) -> int:
        """How many current, unbroken pairs the runs have."""
        return sum(run.pairs for run in self.runs)


def pin_sentence(pinned: PinnedJudge) -> str:
    """Return what was pinned to the set, and how many pairs the judge lacks."""
    if pinned.judge is None:
        return f"no judge is pinned to {pinned.set} now"
    name = f"{pinned.judge.name} is pinned to {pinned.set}"
    if not pinned.pairs:
        return f"{name}; the set has no pair yet"
    if not pinned.missing:
        return f"{name}; it has read every pair"
    return f"{name}; it lacks {of_n(pinned.missing, pinned.pairs)} pairs"
