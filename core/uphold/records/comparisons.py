"""Comparisons of two runs, two judges or two systems' scores, on the same pairs or documents, and the gate on a new run."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from uphold.records.certificates import Standing, lacking_words
from uphold.records.counts import Votes
from uphold.records.enums import Verdict
from uphold.records.judgments import JudgeRef
from uphold.records.scores import BenchmarkItem, ItemCounts, Score, shares
from uphold.records.statistics import Rate, RunStatistics

NO_COMMON_JUDGE = "no judge version has judged both runs"

BY_JUDGE = ", by the judge's changes"
"""The end of the method of a difference that the judge's own changes have made narrower."""


@dataclass(frozen=True, slots=True)
class RatedExample:
    """Votes and verdict on one example in one run.

    `inclusion` is the chance with which a pair like it has been read by now: 1 where all like it are read, 0 where it was
    never drawn. `chosen`: it was decided without having been drawn. `pair` is the id of its pair.
    """

    votes: Votes
    verdict: Verdict | None
    inclusion: float = 1.0
    chosen: bool = False
    pair: int = 0


@dataclass(frozen=True, slots=True)
class MatchedExample:
    """An example at a turn that is in both runs.

    `asked` stands for its context and turns, whatever its key: examples with the same are one. `equal`: text and answers
    are the same in both runs, so that nothing can have changed.
    """

    key: str
    turn: int
    asked: int
    equal: bool
    before: RatedExample
    after: RatedExample


@dataclass(frozen=True, slots=True)
class MatchedRuns:
    """What two runs share, `examples` being how many the set has, and the judge whose verdicts are in it, if any."""

    pairs: tuple[MatchedExample, ...]
    examples: int
    judge: str | None


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
class RunDifference:
    """The difference of two runs' rates for instructions like these, later less earlier, with its interval at `level`.

    `n` examples have a known change; of a difference without an interval, those that it is the mean of. `reason` says why a
    number is None.
    """

    difference: float | None
    low: float | None
    high: float | None
    n: int
    level: float
    method: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SharedExamples:
    """How many examples a set has, and how many of those that two runs share are known.

    `equal` have the same answers in both runs; `read_in_both` are read in both, equal or not; `known` are equal or read
    in both; in `unresolved` ones reviewers are drawn, and they are in no other count but `examples` and `shared`.
    """

    examples: int
    shared: int
    equal: int
    read_in_both: int
    known: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """An example whose outcome changed; scores of the candidate: 1 win, .5 tie, 0 loss."""

    key: str
    turn: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ChangedDetails:
    """What belongs to a changed example: what was asked, its tags, and of each reviewer who decided it what they wrote.

    `reasons` are (reviewer, reason words or note) of the later run, where they gave any.
    """

    instruction: str
    tags: tuple[str, ...]
    by: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RatedDifference:
    """What changed between two runs by one rater, people or a judge.

    `lost` and `won` are the examples whose score fell and rose, the largest changes first; equal answers never do.
    """

    shared: SharedExamples
    wins_before: int
    wins_after: int
    rated: int
    win_rate: RunDifference
    ties_half: RunDifference
    lost: tuple[ChangedExample, ...]
    won: tuple[ChangedExample, ...]


@dataclass(frozen=True, slots=True)
class MoreVerdicts:
    """What would settle a difference: about so many more `examples` read in both runs, None where no number would.

    `before` and `after` are the verdicts in each run that this takes, `commands` those that read them.
    """

    examples: int | None
    before: int = 0
    after: int = 0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetChange:
    """How the set changed from the version that one run was judged on to that of another: numbers, and examples.

    `edited` ones have another text or reference.
    """

    before: int
    after: int
    added: int
    retired: int
    edited: int


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What else than the candidate differs between two runs: the judges that judged them, and the set.

    `judges` are (earlier, later) where both were judged, by other versions. `set_change` is None where both were judged on
    one version of the set, or a version is not known. `shared` examples are in both runs.
    """

    judges: tuple[JudgeRef, JudgeRef] | None = None
    set_change: SetChange | None = None
    shared: int = 0

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return self.judges is not None or self.set_change is not None


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """A score of two systems. `items` counts the documents that both were scored on; None where they are compared unpaired.

    `difference` is later less earlier, of the shared documents where there are any, with its 95 % interval; `p` is exact
    McNemar's. `lost` and `won` are the documents that changed. `note` says what to bear in mind.
    """

    name: str
    before: Score
    after: Score
    items: ItemCounts | None
    difference: RunDifference
    p: float | None = None
    lost: tuple[BenchmarkItem, ...] = ()
    won: tuple[BenchmarkItem, ...] = ()
    note: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the score is a share of documents, which is told in percent."""
        return self.items is not None or shares(self.before, self.after)


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs of a set compared by people's labels, and by the verdicts of one judge if any judged both.

    `details` has the changed examples of `people` by key and turn; `changes` is what else than the candidate changed.
    `scores` are those that both candidates have. Without a `judge`, `no_judge` says why there is none.
    """

    before: str
    after: str
    before_candidate: str
    after_candidate: str
    before_baseline: str
    after_baseline: str
    set: str
    people: RatedDifference
    judge: str | None
    by_judge: RatedDifference | None
    details: Mapping[tuple[str, int], ChangedDetails]
    more: MoreVerdicts | None = None
    changes: RunChanges = RunChanges()
    scores: tuple[ScoreComparison, ...] = ()
    no_judge: str = ""


class BestState(StrEnum):
    """What comparisons with the best say of one of several runs."""

    BEST = "best"
    MAY_BE_BEST = "may be best"
    NOT_THE_BEST = "not the best"


@dataclass(frozen=True, slots=True)
class RankedRun:
    """One of several runs: its difference (ties as half) to the best of the others, and what that says."""

    run: str
    candidate: str
    state: BestState
    difference: RunDifference


@dataclass(frozen=True, slots=True)
class SeveralRuns:
    """Several runs of a set: each against the best of the others, and every two of them, earlier first."""

    set: str
    best: tuple[RankedRun, ...]
    pairs: tuple[RunComparison, ...]


class GateResult(StrEnum):
    """Outcome of a gate."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class GateBounds:
    """The mean change (ties as half) with its one-sided bounds at `level`; None and the `reason` where there are none."""

    low: float | None
    high: float | None
    level: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a run is no worse than another by more than `margin`, with ties as half.

    `read` examples are known: read in both runs, or with equal answers. `so_far` is the outcome that the bounds alone would
    give, where the plan, or that only a judge speaks, withholds it. The plan lacks `lacking` examples; `more` is what would
    settle the gate.
    """

    outcome: GateResult
    reason: str
    margin: float
    bounds: GateBounds
    planned: int | None
    read: int
    so_far: GateResult | None
    judge_only: bool = False
    judge_caveat: str | None = None
    lacking: int | None = None
    more: MoreVerdicts | None = None


@dataclass(frozen=True, slots=True)
class ScoreGate:
    """Whether a score is no worse by more than a margin; `bounds` are those of the gain, a loss being negative."""

    comparison: ScoreComparison
    margin: float
    bounds: GateBounds
    outcome: GateResult
    reason: str


@dataclass(frozen=True, slots=True)
class GatedRun:
    """A gate, the comparison of its two runs, and what is said of scores that may be no worse.

    `standing` is the certificate of the judge of the later run. Where it is `required` and does not stand, nothing passes.
    """

    comparison: RunComparison
    gate: Gate
    no_worse: tuple[ScoreGate, ...] = ()
    standing: Standing | None = None
    required: bool = False

    @property
    def lacks_standing(self) -> bool:
        """Whether a certificate that stands is required, and there is none."""
        return self.required and (self.standing is None or not self.standing.stands)

    @property
    def outcome(self) -> GateResult:
        """The outcome that counts: FAIL before INCONCLUSIVE before PASS; INCONCLUSIVE where a certificate is lacking."""
        if self.lacks_standing:
            return GateResult.INCONCLUSIVE
        outcomes = {self.gate.outcome, *(score.outcome for score in self.no_worse)}
        return next(one for one in (GateResult.FAIL, GateResult.INCONCLUSIVE, GateResult.PASS) if one in outcomes)

    @property
    def reason(self) -> str:
        """Why that is the outcome: a lacking certificate, else the gate's reason, else that of the first score it is of."""
        if self.lacks_standing:
            return f"--require-standing: {lacking_words(self.standing)}"
        if self.gate.outcome is self.outcome:
            return self.gate.reason
        found = next(score for score in self.no_worse if score.outcome is self.outcome)
        return f"{found.comparison.name}: {found.reason}"


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
