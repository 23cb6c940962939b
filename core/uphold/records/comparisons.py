"""Two runs, or two judges, on the same pairs."""

from dataclasses import dataclass
from enum import StrEnum

from uphold.records.counts import Votes
from uphold.records.enums import Verdict
from uphold.records.statistics import Rate, RunStatistics


@dataclass(frozen=True, slots=True)
class RatedExample:
    """What was said of one example in one run: people's votes, the judge's verdict, and the part it was drawn from.

    `part` is the name of its stratum, None where the pair was decided without having been drawn.
    """

    votes: Votes
    verdict: Verdict | None
    part: str | None = "all"


@dataclass(frozen=True, slots=True)
class MatchedExample:
    """One example at one turn that both runs compare; `example` is 0 where no other pair shares it."""

    key: str
    turn: int
    example: int
    before: RatedExample
    after: RatedExample


@dataclass(frozen=True, slots=True)
class JointVerdicts:
    """Pairs alike to several judges: the votes to compare with, what each judge says, the example, how many."""

    votes: Votes
    verdicts: tuple[Verdict | None, ...]
    example: int
    count: int


@dataclass(frozen=True, slots=True)
class Change:
    """A difference with its interval, or without one and the reason; `p` is two-sided."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    method: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """An example whose word changed: from and to what, as scores 1, .5 and 0 of the candidate."""

    key: str
    turn: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class PairedStatistics:
    """One rater's words on the `n` examples that it rated in both runs, out of `matched`.

    `only_before` and `only_after` count wins in one of the runs only; `better` and `worse` examples whose score rose or
    fell. Both changes are after less before. `items` are those whose word changed, worst first. `chosen` of the n were
    decided without having been drawn.
    """

    n: int
    matched: int
    chosen: int
    wins_before: int
    wins_after: int
    only_before: int
    only_after: int
    better: int
    worse: int
    mid_p: float | None
    sign_p: float | None
    win_rate: Change
    ties_half: Change
    items: tuple[ChangedExample, ...]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs of a set: what people say, and what one judge says."""

    before: str
    after: str
    before_candidate: str
    after_candidate: str
    before_baseline: str
    after_baseline: str
    set: str
    people: PairedStatistics
    judge: str | None
    by_judge: PairedStatistics | None


class GateResult(StrEnum):
    """What a gate says."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Gate:
    """Is a run no worse than another by more than `margin`? With ties as half; bounds are one-sided at `level`.

    `provisional` is what it would be if it could speak before the planned n.
    """

    result: GateResult
    reason: str
    run: str
    against: str
    margin: float
    n: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    level: float
    method: str
    judge: str | None
    worth: str | None
    planned: int | None = None
    provisional: GateResult | None = None


@dataclass(frozen=True, slots=True)
class JudgeComparison:
    """Two judges on the `n` pairs that have a label and a readable verdict of both: who was right alone how often.

    `adjusted` is Holm's p over all pairs of judges.
    """

    a: str
    b: str
    n: int
    only_a: int
    only_b: int
    agree: Rate
    change: Change
    adjusted: float | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Every judge of a run against the same reviews."""

    numbers: RunStatistics
    pairs: tuple[JudgeComparison, ...]
