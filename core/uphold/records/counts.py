"""Input of the statistics: the pairs of a run grouped by votes, verdict and stratum, with a count for each group."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from uphold.records.enums import Choice, Preference, Verdict
from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge

ADJUDICATOR = 0
"""Used as the reviewer id of an adjudication: it decides the label of a disputed pair and is not a reviewer's vote."""

Votes = tuple[tuple[int, Choice], ...]
"""The current decisions on a pair: (reviewer id, choice), by reviewer id."""


@dataclass(frozen=True, slots=True)
class PairGroup:
    """Pairs that are the same to the statistics, and their `count`.

    `votes` are the current decisions; `blind` those made before any verdict was shown, `opened` those of blind sessions
    on pairs that were shown with this judge's verdict. `orders` holds the judge's (candidate-first, baseline-first)
    verdicts if both are readable, else None. `cluster` is the example's id, so that intervals can allow for several
    pairs of one example; 0 if no two pairs share one. `stratum` is an index into `RunCounts.strata`. `longer` is 1 if
    the candidate's answer is the longer one, -1 if the baseline's is, 0 if neither is or lengths were not read.
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
    """Pairs drawn with the same probability. A `chosen` stratum holds pairs decided without having been drawn."""

    name: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class JudgeGroups:
    """The current, unbroken pairs of a run or set, grouped with the verdicts of one judge.

    `preferences` are the mean soft preferences of the pairs that have one. `length_differences` holds (candidate's
    length less baseline's in characters, verdict, count); `confidences` holds (cluster, the judge's mean confidence,
    votes, verdict, count), None if they were not read.
    """

    judge_id: int
    name: str
    version: str
    kind: str
    cells: tuple[PairGroup, ...]
    preferences: tuple[float, ...] = ()
    length_differences: tuple[tuple[int, Verdict, int], ...] = ()
    confidences: tuple[tuple[int, float, Votes, Verdict, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class ReviewerHabits:
    """Counts of one reviewer's decisions in the app.

    `chose_a` and `chose_b` count decisions for the answer on side A and B, `chose_longer` and `chose_shorter` those for
    the longer and the shorter one. `repeats` pairs were shown twice and `same_on_repeat` of them decided alike.
    `seconds` is the median time of a decision.
    """

    chose_a: int = 0
    chose_b: int = 0
    chose_longer: int = 0
    chose_shorter: int = 0
    repeats: int = 0
    same_on_repeat: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Everything the statistics read from the store for a run, a set (`pooled`), or one tag of it.

    `votes` groups the current, unbroken pairs by votes alone, `judges` by each judge's verdicts as well; `unread_judges` names
    those whose verdicts were not read. `judge` is the one that the headline rests on. `stale` and `retired` pairs are not
    current. `outside_queue` pairs were decided without a place in any queue; `imported` and `carried` count pairs with such
    decisions, `older_reference` those with a decision that was made with another reference than the example's present one.
    `planned` is how many pairs are to be read.
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


CLASSES = (Preference.CANDIDATE, Preference.TIE, Preference.BASELINE)
"""The three outcomes on which humans and judges are compared, in the order of every table."""
