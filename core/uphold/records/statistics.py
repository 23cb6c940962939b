"""Results of the statistics: rates, coefficients and their groupings, as the `stats` room makes them.

`reports.json_output` turns them into JSON, `reports.run_report` and its neighbours into reports for people, which the
command line and the numbers screen draw. Shares and differences are fractions (0.62, not 62). Intervals are two-sided at
95 % unless a `level` says otherwise. Where a number is None, a `reason` says why. The candidate is the system whose wins
are counted.

Rates come for two targets: `population`, instructions like the ones in the set, and `this_set`, exactly these pairs.
"""

from dataclasses import dataclass

from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge
from uphold.records.packs import ReviewerProgress
from uphold.records.training_data import NO_TRAINING, TrainingUse

NEEDS_FULL = "--full"
"""The reason of a number that is only computed with `--full`."""

STRATIFIED = "wilson, stratified"
"""The method of a share that is weighted back over the parts of a queue."""

WEIGHTED = "weighted"
"""The method of an estimate that is weighted back and has no interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `n` with its interval at `level`; `method` names how the interval was made.

    `reason` says why `rate` or its interval is None.
    """

    rate: float | None
    low: float | None
    high: float | None
    n: int
    level: float | None = 0.95
    method: str | None = None
    reason: str | None = None

    @property
    def is_weighted(self) -> bool:
        """Whether the rate is weighted back over the parts of a queue, so that it is not a share of its n."""
        return self.method is not None and self.method.startswith((STRATIFIED, WEIGHTED))

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Value:
    """A coefficient with its interval; `reason` says why one of them is None."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


NOT_COMPUTED = Value(None, reason="not looked at")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `n` that has no interval; `reason` says why it is None."""

    rate: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ThreeRates:
    """The candidate's win rate, its win-or-tie rate, and its win rate with a tie counted as half a win."""

    win_rate: Rate
    win_tie_rate: Rate
    ties_half: Rate


@dataclass(frozen=True, slots=True)
class WidthTarget:
    """A half-width of the win rate's interval that `more` verdicts would bring: for the population or for this set."""

    half_width: float
    more: int
    for_population: bool


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """The numbers shown during a review.

    `n` pairs have a human label; `agreement.n` of them also a readable verdict of the judge. `population` and `this_set`
    are the headline: the judge-assisted win rate, or the human one where `state` is `human-only`, or None with `reason`
    saying why. `target` is the next narrower width that more verdicts would bring. The reviewer has read `own` pairs,
    only other people `others`; on `unresolved` pairs votes are split, and `n` does not count them. `raw_agreement` is not
    weighted. `judge_name` names the judge that was compared, `missing` pairs were not asked of it. `certificate` is what is
    certified of it: `stands`, `lapsed` or `not-shown`, empty where nothing is.
    """

    n: int
    wins: int
    ties: int
    losses: int
    win_rate: Rate
    agreement: Rate
    kappa: Value
    state: str = "opinion"
    reason: str | None = None
    population: Rate | None = None
    this_set: Rate | None = None
    target: WidthTarget | None = None
    planned: int | None = None
    own: int = 0
    others: int = 0
    unresolved: int = 0
    raw_agreement: Share = Share(None, 0)
    judge_name: str | None = None
    missing: int = 0
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class PeekSafe:
    """Intervals of the human win rate that stay valid when they are looked at after every verdict."""

    population: Rate
    this_set: Rate


@dataclass(frozen=True, slots=True)
class HumanStatistics:
    """Counts of pairs by their human label, and the win rates they give; `ties` include `both_bad`.

    `sign_p` is the exact two-sided p of wins against losses; None where nothing is decided or the rates are `weighted`, as
    they are where a queue drew some parts more often than others. `chosen` pairs were reviewed
    without having been drawn from the queue, `older_reference` pairs with another reference than the present one.
    """

    reviewed: int
    wins: int
    ties: int
    losses: int
    both_bad: int
    unresolved: int
    skipped: int
    broken: int
    carried: int
    imported: int
    outside_queue: int
    stale: int
    retired: int
    rates: ThreeRates
    without_ties: Rate
    sign_p: float | None
    chosen: int = 0
    peek_safe: PeekSafe | None = None
    older_reference: int = 0
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class PerVote:
    """Agreement counted vote by vote; votes on one pair are not independent, so there are no intervals."""

    observed: Rate
    without_ties: Rate


@dataclass(frozen=True, slots=True)
class PerClass:
    """A rate for each of the three classes that verdicts and labels fall into."""

    candidate: Rate
    tie: Rate
    baseline: Rate


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """Agreement on the pairs on which the judge's confidence was from `low` to `high`."""

    low: float
    high: float
    agreement: Rate


@dataclass(frozen=True, slots=True)
class ConfidenceStatistics:
    """Agreement by the judge's confidence, lowest band first; `auroc` is .5 for an uninformative confidence."""

    n: int
    bands: tuple[ConfidenceBand, ...]
    brier: float | None
    auroc: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Agreement with the judge of votes cast with its verdict in view, less that of blind votes."""

    difference: float | None
    low: float | None
    high: float | None
    open_n: int
    blind_n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of a judge with the human labels on the `n` pairs that have both a label and a readable verdict.

    `observed` is for instructions like these, `this_set` for exactly these pairs; `draws_as_ties` counts a pair whose
    votes are drawn as a tie, the others leave it out. `confusion` counts pairs in the order of `records.counts.CLASSES`: a
    row for each human label, a column for each verdict. Where the queue was weighted everything is weighted back but
    `raw`, the plain share, and `confusion`; `weighted_confusion` sums up to n too, and is None elsewhere.
    """

    n: int
    observed: Rate
    this_set: Rate
    draws_as_ties: Rate
    raw: Share
    kappa: Value
    ac1: Value
    precision: PerClass
    recall: PerClass
    confusion: tuple[tuple[int, ...], ...]
    weighted_confusion: tuple[tuple[float, ...], ...] | None
    without_ties: Rate
    per_vote: PerVote
    blind: Rate
    anchoring: Anchoring | None = None
    confidence: ConfidenceStatistics = ConfidenceStatistics(0, (), None, None, NEEDS_FULL)


@dataclass(frozen=True, slots=True)
class PositionBias:
    """Position bias of a judge, from the pairs it judged in both orders.

    A flip is a pair whose verdict changes with the order. `first` and `second` count the pairs whose two orders name
    opposite winners, by the position of the answer that was chosen both times; `p` is the exact two-sided p of `first`
    against `second`.
    """

    pairs_in_both_orders: int
    flips: int
    flip_rate: Rate
    first: int
    second: int
    first_rate: Rate
    p: float | None


@dataclass(frozen=True, slots=True)
class BothOrders:
    """A judge in both orders, and asked again.

    `accuracy` is the mean over the two orders of the share of labels it names, `right` the share of pairs on which it names
    the label in both, `consistency` the share on which its answers in both are the same; an unreadable answer is
    wrong. `rerun` is the share of verdicts that change when it is asked again.
    """

    accuracy: Rate
    right: Rate
    consistency: Rate
    rerun: Rate


@dataclass(frozen=True, slots=True)
class LengthTest:
    """Exact McNemar test on `n` pairs of different length on which the judge and people both name a winner.

    On `judge_only` pairs the longer answer wins with the judge alone, on `people_only` with people alone.
    """

    n: int
    judge_only: int
    people_only: int
    p: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LengthBias:
    """Share of pairs on which the longer answer wins, for the judge and for people on the same pairs.

    `spearman` is the rank correlation of the length difference with the judge's verdict, `against_people` the test of
    whether the judge picks the longer answer as often as people.
    """

    judge_longer: Rate
    human_longer: Rate
    spearman: Value
    against_people: LengthTest


@dataclass(frozen=True, slots=True)
class MeanPreference:
    """Mean of a judge's soft preferences for the candidate, with its standard error (from the n - 1 deviation)."""

    rate: float
    standard_error: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Assisted:
    """The headline win rates: judge-assisted, or human-only, or none, as `state` says.

    They rest on `n` human labels, `sampled` of them on pairs drawn from the queue; `worth_verdicts` is how many more
    human verdicts would have bought the same precision without the judge. Below the `planned` n they are provisional.
    `state` is `assisted`, `human-only`, `counts`, `opinion` or `refused`.
    """

    state: str
    reason: str | None
    worth_verdicts: int | None
    population: ThreeRates
    this_set: ThreeRates
    n: int = 0
    sampled: int = 0
    planned: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionStatistics:
    """What a judge says by one of its criteria; an inconsistent pair is one whose orders differ by it.

    `not_said` counts pairs that it says nothing about by this criterion. `agreement` is how often the criterion alone says
    what people say of the whole.
    """

    name: str
    wins: int
    ties: int
    losses: int
    inconsistent: int
    not_said: int
    agreement: Rate


@dataclass(frozen=True, slots=True)
class SampleSpread:
    """How the samples of one pair in one order split: `splits` are (votes, the most frequent first; how many such answers).

    `alike` of `n` are answers of which all samples say the same.
    """

    n: int
    alike: int
    splits: tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True)
class JudgeStatistics:
    """Statistics of one judge version over the current pairs; an inconsistent pair counts as a tie in its rates.

    `samples` is None for a judge that was asked once an order.
    """

    judge_id: int
    name: str
    version: str
    kind: str
    wins: int
    ties: int
    losses: int
    inconsistent: int
    unreadable: int
    failed: int
    pending: int
    win_rate: Share
    win_tie_rate: Share
    ties_half: Share
    mean_preference: MeanPreference | None
    assisted: Assisted | None
    agreement: Agreement
    position: PositionBias
    length: LengthBias
    both_orders: BothOrders
    criteria: tuple[CriterionStatistics, ...] = ()
    samples: SampleSpread | None = None


@dataclass(frozen=True, slots=True)
class ReviewerPair:
    """Agreement of the reviewers `a` and `b` on the `n` pairs that both have read."""

    a: str
    b: str
    n: int
    agreement: Rate
    kappa: Value


@dataclass(frozen=True, slots=True)
class ReviewerBias:
    """Position, length and consistency of one reviewer's decisions.

    `first` is the share of winners shown on side A, `longer` that of winners that were the longer answer,
    `self_agreement` that of repeated pairs given the same choice; `seconds` is the median time of a decision.
    """

    name: str
    first: Rate
    longer: Rate
    self_agreement: Rate
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewerStatistics:
    """Agreement among reviewers on the `items_shared` pairs that two or more have read: the ceiling for any judge.

    `alpha` is Krippendorff's, `ac1` Gwet's, over all reviewers; `leans` holds each one's own biases, `progress` how far each
    of several is in the run.
    """

    names: tuple[str, ...]
    items_shared: int
    per_vote: PerVote
    pairs: tuple[ReviewerPair, ...]
    alpha: Value
    ac1: Value = NOT_COMPUTED
    leans: tuple[ReviewerBias, ...] = ()
    progress: tuple[ReviewerProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Test of whether a tag differs from the rest: the exact `p`, and `adjusted` by Holm's method over all tags."""

    p: float | None
    adjusted: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TagStatistics:
    """Statistics of the pairs that carry one tag, and tests of whether they differ from the pairs without it.

    `agreements` tests each judge's agreement, in the order of `RunStatistics.judges`.
    """

    tag: str
    pairs: int
    human: HumanStatistics
    judges: tuple[JudgeStatistics, ...]
    win_rate: Difference = Difference(None, None, "not looked at")
    agreements: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class WidthForecast:
    """Half-widths of the win rate's two intervals that are expected after `more` verdicts."""

    more: int
    population_half_width: float
    this_set_half_width: float


@dataclass(frozen=True, slots=True)
class RunStatistics:
    """Every number of a run, or of all runs of a set pooled: then `run`, `candidate` and `baseline` are None.

    `headline` is the rate that `judge` assists, or the human rate where no judge has read every pair; None where pooled.
    `budget` says what more verdicts would buy. With `tag`, only pairs with that tag are counted. `other_judges`
    names judges that were not asked for. `training` is what of the set was turned into training data.
    """

    set: str
    set_hash: str
    run: str | None
    candidate: str | None
    baseline: str | None
    pairs: int
    human: HumanStatistics
    judges: tuple[JudgeStatistics, ...]
    reviewers: ReviewerStatistics
    tags: tuple[TagStatistics, ...] = ()
    headline: Assisted | None = None
    budget: tuple[WidthForecast, ...] = ()
    tag: str | None = None
    other_judges: tuple[str, ...] = ()
    judge: HeadlineJudge = NO_JUDGE
    training: TrainingUse = NO_TRAINING


@dataclass(frozen=True, slots=True)
class ReachableWidth:
    """Whether a half-width can be reached: after `more` verdicts, or never on these pairs, and then `more` is None.

    `now` is the present half-width, `at_best` the one with all pairs read; `instructions` is how many examples the set
    would need where these are too few.
    """

    more: int | None
    now: float | None
    at_best: float | None
    instructions: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """Verdicts needed to bring the win rate's interval to a `half_width`, for the population and for this set.

    `humans_alone` is how many verdicts it would take in all for the population without a judge. `smallest_change` is the
    least difference of two checkpoints, all pairs of both read and their wins independent, that a two-sided test at the
    level .05 finds with a probability of .8; None where no difference is large enough.
    `pilot` forecasts rest on too few verdicts and assume a win rate of one half. `seconds` is the median time of a
    decision. `state` and `reason` are those of the headline.
    """

    state: str
    reason: str | None
    half_width: float
    pairs: int
    n: int
    population: ReachableWidth
    this_set: ReachableWidth
    humans_alone: int
    smallest_change: float | None
    rows: tuple[WidthForecast, ...]
    pilot: bool
    planned: int | None = None
    seconds: float | None = None
