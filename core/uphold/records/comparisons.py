"""Comparisons of two runs, or of two judges, on the same pairs, and the gate on a new run."""

from dataclasses import dataclass
from enum import StrEnum

from uphold.records.counts import Votes
from uphold.records.enums import Verdict
from uphold.records.statistics import Rate, RunStatistics


@dataclass(frozen=True, slots=True)
class RatedExample:
    """Votes and verdict on one example in one run.

    `stratum` is the name of the stratum it was drawn from, None if the pair was decided without having been drawn.
    """

    votes: Votes
    verdict: Verdict | None
    stratum: str | None = "all"


@dataclass(frozen=True, slots=True)
class MatchedExample:
    """An example at a turn that is in both runs; `example` is its id, 0 if no other matched pair has it."""

    key: str
    turn: int
    example: int
    before: RatedExample
    after: RatedExample


@dataclass(frozen=True, slots=True)
class JointVerdicts:
    """Pairs with the same votes and the same verdict of every judge (None: no verdict), and their `count`.

    `example` is the example's id, 0 if no two pairs share one.
    """

    votes: Votes
    verdicts: tuple[Verdict | None, ...]
    example: int
    count: int


@dataclass(frozen=True, slots=True)
class Change:
    """A difference of two rates with its 95 % interval and two-sided `p`, or None and the `reason`."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    method: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """An example whose outcome changed; scores of the candidate: 1 win, .5 tie, 0 loss."""

    key: str
    turn: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class PairedStatistics:
    """Two runs compared by one rater, people or a judge, on the `n` of `matched` examples rated in both.

    `only_before` and `only_after` count wins in one of the runs only; `better` and `worse` examples whose score rose or
    fell. Both changes are after less before. `items` are the examples whose outcome changed, worst first. `chosen` of
    the n were decided without having been drawn.
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
    """Two runs of a set compared by people's labels, and by the verdicts of one judge if any judged both."""

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
    """Outcome of a gate."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether `run` is no worse than `against` by more than `margin`, with ties as half.

    `low` and `high` are one-sided bounds at `level`. `judge` is named if only its verdicts count; `judge_caveat` is
    then a sentence on how far it agrees with people. `provisional` is the result before the planned n is reached.
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
    judge_caveat: str | None
    planned: int | None = None
    provisional: GateResult | None = None


@dataclass(frozen=True, slots=True)
class JudgeComparison:
    """Two judges compared on the `n` pairs with a human label and a readable verdict of both.

    `only_a` and `only_b` count pairs on which only one of them agrees with the label; `agree` is how often the two give
    the same verdict. `adjusted` is Holm's p over all pairs of judges.
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
    """Statistics of a run with every judge, and every two judges compared."""

    numbers: RunStatistics
    pairs: tuple[JudgeComparison, ...]
