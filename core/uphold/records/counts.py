"""Input of the statistics: the pairs of a run grouped by votes, verdict and stratum, with a count for each group."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from uphold.records.enums import Choice, Preference, Verdict
from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge
from uphold.records.packs import ReviewerProgress

ADJUDICATOR = 0
"""Used as the reviewer id of an adjudication: it decides the label of a disputed pair and is not a reviewer's vote."""

MIN_FOR_RATE = 10
"""With fewer verdicts, counts are shown and no rate."""

MIN_FOR_ASSISTED = 20
"""From so many verdicts on the headline is the judge-assisted rate."""

Votes = tuple[tuple[int, Choice], ...]
"""The current decisions on a pair: (reviewer id, choice), by reviewer id."""


@dataclass(frozen=True, slots=True)
class PairGroup:
    """Pairs that are the same to the statistics, and their `count`.

    `votes` are the current decisions; `blind` those made before any verdict was shown, `opened` those of blind sessions
    on pairs that were shown with this judge's verdict. `orders` holds what the judge said in (candidate-first,
    baseline-first) order, a verdict or `unreadable`, where it has answered in both, else None. `cluster` stands for what was
    asked (the id of an example with that context and those turns), so that intervals can allow for several pairs of one
    conversation or of equal examples; 0 if no two pairs share one. `stratum` is an index into `RunCounts.strata`.
    `longer` is 1 if the candidate's answer is the longer one, -1 if the baseline's is, 0 if neither is or lengths were not
    read.
    """

    votes: Votes
    verdict: Verdict | None
    orders: tuple[str, str] | None
    cluster: int
    count: int
    stratum: int = 0
    longer: int = 0
    blind: Votes = ()
    opened: Votes = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs drawn with the same probability. A `chosen` stratum holds pairs decided without having been drawn.

    Strata of the same `sequence` are read in one order, in which pairs of a heavier `weight` come earlier; 0: never drawn.
    """

    name: str
    chosen: bool = False
    weight: float = 1.0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Reruns:
    """Pairs on which a judge was asked again: `scored` holds (cluster, 1 where the verdict changed, else 0, how many).

    `from_samples`: nothing was asked again as such, and a second sample is held against the first.
    """

    scored: tuple[tuple[int, float, int], ...]
    from_samples: bool = False


@dataclass(frozen=True, slots=True)
class CriterionGroups:
    """The pairs that a judge has said something about by one of its criteria, grouped with its verdicts by that."""

    name: str
    cells: tuple[PairGroup, ...]


@dataclass(frozen=True, slots=True)
class JudgeGroups:
    """The current, unbroken pairs of a run or set, grouped with the verdicts of one judge.

    `preferences` are the mean soft preferences of the pairs that have one. `length_differences` holds (candidate's
    length less baseline's in characters, verdict, count); `confidences` holds (cluster, the judge's mean confidence,
    votes, verdict, count, stratum), None if they were not read. `reruns` is None if they were not read. `criteria` are those
    that the judge is asked beside the whole. `sample_splits` counts how the samples of a pair in one order split, the most
    frequent verdict first, as in (2, 1); None for a judge that was asked once.
    """

    judge_id: int
    name: str
    version: str
    kind: str
    cells: tuple[PairGroup, ...]
    preferences: tuple[float, ...] = ()
    length_differences: tuple[tuple[int, Verdict, int], ...] = ()
    confidences: tuple[tuple[int, float, Votes, Verdict, int, int], ...] | None = None
    reruns: Reruns | None = None
    criteria: tuple[CriterionGroups, ...] = ()
    sample_splits: tuple[tuple[tuple[int, ...], int], ...] | None = None


@dataclass(frozen=True, slots=True)
class ReviewerHabits:
    """Counts of one reviewer's decisions in the app.

    Each is scored pairs as (cluster as in `PairGroup`, score, how many): `side_a` scores 1 where the winner stood on side A,
    `longer` where it was the longer answer, `same_on_repeat` where a pair that was shown twice was decided alike; else
    0. `seconds` is the median time of a decision.
    """

    side_a: tuple[tuple[int, float, int], ...] = ()
    longer: tuple[tuple[int, float, int], ...] = ()
    same_on_repeat: tuple[tuple[int, float, int], ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Everything the statistics read from the store for a run, a set (`pooled`), or one tag of it.

    `votes` groups the current, unbroken pairs by votes alone, `judges` by each judge's verdicts as well; `unread_judges` names
    those whose verdicts were not read. `judge` is the one that the headline rests on. `stale` and `retired` pairs are not
    current. `outside_queue` pairs were decided without a place in any queue; `imported` and `carried` count pairs with such
    decisions, `older_reference` those with a decision that was made with another reference than the example's present one.
    `planned` is how many pairs are to be read. `packed` are how far those are that a pack of the run was made for.
    """

    set: str
    set_hash: str
    run: str | None
    candidate: str | None
    baseline: str | None
    pairs: int
    votes: tuple[PairGroup, ...]
    judges: tuple[JudgeGroups, ...]
    reviewers: Mapping[int, str]
    skipped: int = 0
    broken: int = 0
    carried: int = 0
    imported: int = 0
    outside_queue: int = 0
    stale: int = 0
    retired: int = 0
    older_reference: int = 0
    pooled: bool = False
    strata: tuple[Stratum, ...] = (Stratum("all"),)
    habits: Mapping[int, ReviewerHabits] = field(default_factory=dict)
    planned: int | None = None
    tag: str | None = None
    unread_judges: tuple[str, ...] = ()
    judge: HeadlineJudge = NO_JUDGE
    tags: Mapping[str, "RunCounts"] = field(default_factory=dict)
    packed: tuple[ReviewerProgress, ...] = ()


CLASSES = (Preference.CANDIDATE, Preference.TIE, Preference.BASELINE)
"""The three outcomes on which humans and judges are compared, in the order of every table."""
