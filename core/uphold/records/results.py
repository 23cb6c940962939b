"""What the statistics make of a run: frozen results that reports and screens show, each number with its n."""

from dataclasses import dataclass

from uphold.records.numbers import Rate, Share, ThreeRates, Value


@dataclass(frozen=True, slots=True)
class HumanNumbers:
    """What people said: pairs by their human label; `ties` include `both_bad`.

    `sign_p` is the exact two-sided p of the decided pairs against one half; None where nothing is decided.
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
class Agreement:
    """How often a judge says what the human label says, on the `n` pairs that have both.

    `confusion` counts them in the order of `CLASSES`: rows are what humans say, columns what the judge says.
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


@dataclass(frozen=True, slots=True)
class Position:
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
class Length:
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
    """The judge-assisted rates: for instructions like these (`population`) and for exactly these (`this_set`)."""

    state: str
    reason: str | None
    worth_verdicts: int | None
    population: ThreeRates
    this_set: ThreeRates


@dataclass(frozen=True, slots=True)
class JudgeNumbers:
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
    position: Position
    length: Length


@dataclass(frozen=True, slots=True)
class ReviewerPair:
    """Two reviewers on the `n` pairs that both read."""

    a: str
    b: str
    n: int
    agreement: Rate
    kappa: Value


@dataclass(frozen=True, slots=True)
class ReviewerNumbers:
    """How far reviewers agree with each other: the ceiling for any judge."""

    names: tuple[str, ...]
    items_shared: int
    per_vote: PerVote
    pairs: tuple[ReviewerPair, ...]
    alpha: Value


@dataclass(frozen=True, slots=True)
class TagNumbers:
    """The numbers of the pairs that carry one tag."""

    tag: str
    pairs: int
    human: HumanNumbers
    judges: tuple[JudgeNumbers, ...]


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """Every number of a run; pooled over all runs of a set, `run` and both systems are None."""

    set: str
    set_hash: str
    run: str | None
    candidate: str | None
    baseline: str | None
    pairs: int
    human: HumanNumbers
    judges: tuple[JudgeNumbers, ...]
    reviewers: ReviewerNumbers
    tags: tuple[TagNumbers, ...] = ()
