"""Numbers as they are shown: each with its n, its level and how it was made, or with the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from uphold.records.enums import Choice, Preference, Verdict

ADJUDICATOR = 0
"""In place of a reviewer's id: the word that settles a dispute. It makes the label, and is nobody's vote."""


Votes = tuple[tuple[int, Choice], ...]
"""The current decisions on a pair: (reviewer id, choice), by reviewer id."""


@dataclass(frozen=True, slots=True)
class PairGroup:
    """Pairs that look alike to the statistics, and how many there are.

    `votes` before the verdict was seen and after it are the same in open review. `orders` is the pair of words that
    the judge gave in (candidate-first, baseline-first) order where both are readable, else None. `cluster` is the
    example, so that intervals can allow for several pairs of one example (0 where that does not matter). `stratum` is
    the place in `RunCounts.strata`. `longer` is 1 where the candidate's answer is the longer one, -1 where the
    baseline's is, 0 where neither is or nobody looked. `blind` are the decisions that were made before any verdict was
    seen, `opened` those of blind sessions on pairs shown open with this judge's verdict.
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
    """Pairs that were drawn alike; `chosen` ones were decided without having been drawn, and speak for themselves only."""

    name: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class JudgeGroups:
    """All current, unbroken pairs of a run or set as one judge sees them.

    `differences` counts pairs by (characters that the candidate's answer has more, verdict); `sure` by (example or 0,
    the judge's mean confidence, votes, verdict), None where nobody looked.
    """

    judge_id: int
    name: str
    version: str
    kind: str
    cells: tuple[PairGroup, ...]
    preferences: tuple[float, ...] = ()
    differences: tuple[tuple[int, Verdict, int], ...] = ()
    sure: tuple[tuple[int, float, Votes, Verdict, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class ReviewerHabits:
    """One reviewer's decisions in the app, counted: the side and the length chosen, time, and repeats.

    `first` and `second` count winners by the side they stood on (A, B), `longer` and `shorter` by their length;
    `repeated` pairs were read twice, `same` of them with the same word; `seconds` is the median of a decision.
    """

    first: int = 0
    second: int = 0
    longer: int = 0
    shorter: int = 0
    repeated: int = 0
    same: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Everything the statistics read from the store for a run, a set, or one tag of it."""

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
    pooled: bool = False
    strata: tuple[Stratum, ...] = (Stratum("all"),)
    habits: Mapping[int, ReviewerHabits] = field(default_factory=dict)
    planned: int | None = None
    tag: str | None = None
    others: tuple[str, ...] = ()
    tags: Mapping[str, "RunCounts"] = field(default_factory=dict)


CLASSES = (Preference.CANDIDATE, Preference.TIE, Preference.BASELINE)
"""The three words that humans and judges are compared in, in the order of every table."""
