"""A judge tried against another on decided pairs of one half of a set."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from uphold.records.comparisons import RunDifference
from uphold.records.enums import Verdict
from uphold.records.halves import Half
from uphold.records.judgments import JudgmentProblem
from uphold.records.labels import VERDICT_CLASS
from uphold.records.statistics import Rate


class TrialState(StrEnum):
    """What a try shows: nothing on few pairs; no difference; one no larger than the old judge's own changes; or one."""

    TOO_FEW = "too few"
    NOT_SHOWN = "not shown"
    NOT_TOLD_APART = "not told apart"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class TrialPair:
    """A decided pair with the verdicts of the old judge (`was`) and the new one (`is_now`).

    `label` is the index of what people say in `records.counts.CLASSES`; `asked` stands for context and turns, whatever the
    key. An inconsistent verdict counts as a tie; one that could not be read is wrong, as it is in use.
    """

    pair_id: int
    run: str
    key: str
    turn: int
    instruction: str
    asked: int
    label: int
    was: Verdict
    is_now: Verdict

    @property
    def was_right(self) -> bool:
        """Whether the old judge said what people say."""
        return VERDICT_CLASS.get(self.was) == self.label

    @property
    def is_right_now(self) -> bool:
        """Whether the new judge says what people say."""
        return VERDICT_CLASS.get(self.is_now) == self.label

    @property
    def change(self) -> int:
        """1 where the new judge is right and the old one was wrong, -1 the other way round, else 0."""
        return self.is_right_now - self.was_right


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """Pairs by which of two judges was right: the new one alone, the old one alone, both, none."""

    fixed: int
    broken: int
    right: int
    wrong: int

    @property
    def pairs(self) -> int:
        """All of them."""
        return self.fixed + self.broken + self.right + self.wrong


def trial_counts(pairs: Iterable[TrialPair]) -> TrialCounts:
    """Count pairs by which judge was right."""
    counts = {(now, was): 0 for now in (False, True) for was in (False, True)}
    for pair in pairs:
        counts[pair.is_right_now, pair.was_right] += 1
    return TrialCounts(counts[True, False], counts[False, True], counts[True, True], counts[False, False])


@dataclass(frozen=True, slots=True)
class TrialNumbers:
    """The statistics of a try.

    `difference` is that of agreement with people, new less old; `p` is McNemar's. `rerun` is the share of the old judge's
    verdicts that change when it is asked again, `band` what that moves a difference of this many pairs by (0 to 1), None where
    it is not known.
    """

    counts: TrialCounts
    difference: RunDifference
    p: float | None
    rerun: Rate
    band: float | None
    state: TrialState


@dataclass(frozen=True, slots=True)
class Trial:
    """A try of `judge` against `against`, each with its version.

    `in_view` of the pairs were decided with the old verdict on the screen, so that they lean to it. Decided pairs of the half
    that are not among `pairs`: `shown` are shown to the new judge as examples, `without_old` lack a verdict of the old judge,
    `left` one of the new. Dollars: `cost` of what was asked now (None: a price is not known), and at most `unknown_cost` for
    replies that were lost. `stopped` is why not all was asked; `rerun_reason` why nothing was asked again; `problems` are why
    judgments of either judge failed or could not be read.
    """

    half: Half
    judge: str
    version: str
    against: str
    against_version: str
    pairs: tuple[TrialPair, ...]
    numbers: TrialNumbers
    in_view: int = 0
    shown: int = 0
    without_old: int = 0
    left: int = 0
    calls: int = 0
    cost: float | None = 0.0
    unknown_cost: float = 0.0
    stopped: str | None = None
    rerun_reason: str = ""
    problems: tuple[JudgmentProblem, ...] = ()

    @property
    def fixed(self) -> tuple[TrialPair, ...]:
        """The pairs that only the new judge has right."""
        return tuple(pair for pair in self.pairs if pair.change > 0)

    @property
    def broken(self) -> tuple[TrialPair, ...]:
        """The pairs that only the old judge had right."""
        return tuple(pair for pair in self.pairs if pair.change < 0)


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """A try as it was recorded: judge and old judge by name and version, the counts, and on how many reruns it rests.

    `run` is None where all runs of the set were taken. `cost` is in dollars, None where a price was not known.
    """

    judge: str
    version: str
    against: str
    against_version: str
    run: str | None
    half: Half
    counts: TrialCounts
    rerun_pairs: int
    rerun_changed: int
    cost: float | None
    created_at: str
