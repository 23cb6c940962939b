"""What the statistics make of a run: frozen results that reports and screens show, each number with its n."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval; `n` is the denominator. Where `rate` or `low`/`high` is None, `reason` says why."""

    rate: float | None
    low: float | None
    high: float | None
    n: int
    level: float | None = 0.95
    method: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A coefficient with its interval, or the reason why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


MIN_FOR_RATE = 10
"""Below so many verdicts the footer and the reports show counts and no rate."""


MIN_FOR_ASSISTED = 20
"""From so many verdicts on the headline is the judge-assisted rate."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share that has no interval, with its denominator; `reason` where it is None."""

    rate: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ThreeRates:
    """Wins; wins and ties; ties as half: what a preference amounts to for the candidate."""

    win_rate: Rate
    win_tie_rate: Rate
    ties_half: Rate


@dataclass(frozen=True, slots=True)
class WidthTarget:
    """The nearest width that can be reached: ± `half_width` after `more` verdicts, `like_these` or for this set only."""

    half_width: float
    more: int
    like_these: bool


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """What the foot of the review shows: `n` human labels; the judge is compared on `agreement.n` of them.

    `like_these` and `this_set` are the headline: the judge-assisted win rate, or the human one where `state` is
    `human-only`, or None with `refused` as the reason. `target` is the nearest width that more verdicts can buy.
    `own` pairs the reviewer read, `others` only other people; on `unresolved` ones no word leads, and `n` is without them.
    """

    n: int
    wins: int
    ties: int
    losses: int
    win_rate: Rate
    agreement: Rate
    kappa: Value
    state: str = "opinion"
    refused: str | None = None
    like_these: Rate | None = None
    this_set: Rate | None = None
    target: WidthTarget | None = None
    planned: int | None = None
    own: int = 0
    others: int = 0
    unresolved: int = 0


NOT_COMPUTED = Value(None, reason="not looked at")


@dataclass(frozen=True, slots=True)
class PeekSafe:
    """Intervals of the human win rate that hold at every look: for instructions like these, and for this set."""

    population: Rate
    this_set: Rate


@dataclass(frozen=True, slots=True)
class HumanStatistics:
    """What people said: pairs by their human label; `ties` include `both_bad`.

    `sign_p` is the exact two-sided p of the decided pairs against one half; None where nothing is decided. `chosen`
    are reviewed pairs that were not drawn from the queue. `peek_safe` may be looked at after every verdict.
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


@dataclass(frozen=True, slots=True)
class PerVote:
    """Agreement counted vote by vote; votes on one pair are not independent, so there are no intervals."""

    observed: Rate
    without_ties: Rate


@dataclass(frozen=True, slots=True)
class PerClass:
    """One rate for each of the three words."""

    candidate: Rate
    tie: Rate
    baseline: Rate


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """Pairs on which the judge's confidence was from `low` to `high`, and how often it said what people say."""

    low: float
    high: float
    agreement: Rate


@dataclass(frozen=True, slots=True)
class ConfidenceStatistics:
    """Agreement by the judge's confidence, lowest band first; `auroc` is .5 where confidence tells nothing."""

    n: int
    bands: tuple[ConfidenceBand, ...]
    brier: float | None
    auroc: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Votes made with the verdict in view against blind ones: how much more often they say what the judge says."""

    difference: float | None
    low: float | None
    high: float | None
    open_n: int
    blind_n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a judge says what the human label says, on the `n` pairs that have both.

    `confusion` counts them in the order of `CLASSES`: rows are what humans say, columns what the judge says. Where the
    queue was weighted, `observed`, `kappa` and `ac1` are, and `raw` is the plain share.
    """

    n: int
    observed: Rate
    raw: Share
    kappa: Value
    ac1: Value
    precision: PerClass
    recall: PerClass
    confusion: tuple[tuple[int, ...], ...]
    without_ties: Rate
    per_vote: PerVote
    blind: Rate
    anchoring: Anchoring | None = None
    confidence: ConfidenceStatistics = ConfidenceStatistics(0, (), None, None, "--full")


@dataclass(frozen=True, slots=True)
class PositionBias:
    """What the order did to a judge.

    `first` and `second` count the pairs whose two orders name opposite winners, by the place of the answer chosen;
    `p` is the exact two-sided probability of so uneven a split if place did not matter.
    """

    pairs_in_both_orders: int
    flips: int
    flip_rate: Rate
    first: int
    second: int
    first_rate: Rate
    p: float | None


@dataclass(frozen=True, slots=True)
class LengthBias:
    """How often the longer answer wins, with the judge and with people, on the same pairs."""

    judge_longer: Rate
    human_longer: Rate
    spearman: Value


@dataclass(frozen=True, slots=True)
class MeanPreference:
    """Mean of soft preferences for the candidate, with its standard error (n - 1)."""

    rate: float
    standard_error: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Assisted:
    """The judge-assisted rates: for instructions like these (`population`) and for exactly these (`this_set`).

    They rest on `n` human labels, `sampled` of them on pairs drawn from the queue. Before the `planned` n they are
    provisional.
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
class JudgeStatistics:
    """One judge version over the current pairs; an inconsistent pair counts as a tie in its rates."""

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


@dataclass(frozen=True, slots=True)
class ReviewerPair:
    """Two reviewers on the `n` pairs that both read."""

    a: str
    b: str
    n: int
    agreement: Rate
    kappa: Value


@dataclass(frozen=True, slots=True)
class ReviewerBias:
    """One reviewer's own habits: how often the winner stood on side A, was the longer answer; the same word twice."""

    name: str
    first: Rate
    longer: Rate
    self_agreement: Rate
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewerStatistics:
    """How far reviewers agree with each other: the ceiling for any judge."""

    names: tuple[str, ...]
    items_shared: int
    per_vote: PerVote
    pairs: tuple[ReviewerPair, ...]
    alpha: Value
    ac1: Value = NOT_COMPUTED
    leans: tuple[ReviewerBias, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Does a tag differ from the rest? `p` is exact, `adjusted` is Holm's over all tags; or the reason why not asked."""

    p: float | None
    adjusted: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TagStatistics:
    """The numbers of the pairs that carry one tag, and whether they differ from those that do not.

    `agreements` has one difference a judge, in the order of `judges`.
    """

    tag: str
    pairs: int
    human: HumanStatistics
    judges: tuple[JudgeStatistics, ...]
    win_rate: Difference = Difference(None, None, "not looked at")
    agreements: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class WidthForecast:
    """Half-widths of the win rate's intervals after `more` verdicts."""

    more: int
    population_half_width: float
    this_set_half_width: float


@dataclass(frozen=True, slots=True)
class RunStatistics:
    """Every number of a run; pooled over all runs of a set, `run` and both systems are None.

    `headline` is the assisted rate of the first judge, or people alone where no judge has read anything; None where
    pooled. `tag` is the one that all of it is about. `others` are judges that were not asked for.
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
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReachableWidth:
    """Can a half-width be had? After `more` verdicts; or None with the reason, and then so many `instructions` in all."""

    more: int | None
    now: float | None
    at_best: float | None
    instructions: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewPlan:
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
    population: ReachableWidth
    this_set: ReachableWidth
    humans_alone: int
    smallest_change: float
    rows: tuple[WidthForecast, ...]
    pilot: bool
    planned: int | None = None
    seconds: float | None = None
