"""Records of a bundle besides examples and answers: runs, judges, judgments, queues and review events of a set.

A bundle is a file of uphold's own that brings a set with its runs from one database to another. Ids are private to a
database: in a bundle runs, pairs, judges, queues and sessions have numbers from 0, reviewers their names, references
their hashes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from uphold.records.judgments import Judge, Judgment
from uphold.records.reviews import ReviewEvent
from uphold.records.rows import RowSource
from uphold.records.set_files import SetHeader
from uphold.records.sets import ExampleStatus
from uphold.records.texts import AnswerCell

BUNDLE_VERSION = 1
"""The version of the file format; others are refused."""


@dataclass(frozen=True, slots=True)
class BundleHeader:
    """What is said of the set first.

    `reasons` are its own reasons by key, `pin` is its judge as NAME@VERSION. `reviewers` are those who have reviewed, in the
    order in which statistics name them.
    """

    set: SetHeader
    pin: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleStatus:
    """The status of an example."""

    key: str
    status: ExampleStatus


@dataclass(frozen=True, slots=True)
class BundleRun:
    """A run."""

    number: int
    candidate: str
    baseline: str


@dataclass(frozen=True, slots=True)
class BundlePair:
    """A current pair."""

    number: int
    run: int
    key: str
    turn: int
    contents: str


@dataclass(frozen=True, slots=True)
class PairAnswers:
    """A pair of a bundle with the whole answers of both systems, one cell a turn of the example."""

    pair: BundlePair
    candidate_cells: tuple[AnswerCell, ...]
    baseline_cells: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class BundleReference:
    """A reference that a judgment or a decision saw, up to some turn; `hash` is that of its turns."""

    hash: str
    turns: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class BundleJudge:
    """A judge in an exact version; `fence` separates the parts of its prompts."""

    number: int
    judge: Judge
    fence: str | None = None


@dataclass(frozen=True, slots=True)
class BundleOrder:
    """How many samples a run wants of a judge in an order."""

    run: int
    judge: int
    order: str
    samples: int


@dataclass(frozen=True, slots=True)
class BundleJudgment:
    """A judgment in force; `purpose` is verdict, rerun, try or drift."""

    pair: int
    judge: int
    purpose: str
    reference: str | None
    judgment: Judgment


@dataclass(frozen=True, slots=True)
class BundleQueue:
    """A queue of a run."""

    number: int
    run: int
    kind: str
    at: str


@dataclass(frozen=True, slots=True)
class BundleQueueItem:
    """A place in a queue."""

    queue: int
    position: int
    pair: int
    stratum: str
    weight: float
    sort_key: float
    draw: int


@dataclass(frozen=True, slots=True)
class BundleSession:
    """A review session."""

    number: int
    run: int
    reviewer: str
    queue: int | None
    judge: int | None
    mode: str
    open_share: float | None
    judge_named: bool
    at: str


@dataclass(frozen=True, slots=True)
class BundleShown:
    """What was shown of a pair before it was decided: to a reviewer, or to a program, which is a judge.

    `verdict` is that of `judge`, seen or not; `source` is next or app.
    """

    pair: int
    queue: int
    reviewer: str | None
    program: int | None
    side_a: str
    mode: str
    verdict_shown: bool
    names_shown: bool
    judge: int | None
    verdict: str | None
    reference: str | None
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """How many pairs a reviewer meant to read."""

    queue: int
    reviewer: str
    planned: int
    reviewed: int
    at: str


@dataclass(frozen=True, slots=True)
class BundleEvent:
    """A review event, undone or not; its `pair_id` and `judge_id` are numbers of the bundle."""

    event: ReviewEvent
    reviewer: str
    session: int | None
    reference: str | None


BundleFact = (
    BundleStatus
    | BundleRun
    | BundlePair
    | BundleReference
    | BundleJudge
    | BundleOrder
    | BundleJudgment
    | BundleQueue
    | BundleQueueItem
    | BundleSession
    | BundleShown
    | BundlePlan
    | BundleEvent
)
"""What a line of a bundle says, besides the texts."""


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle that is open for reading: what its first line says, and where that stands.

    `facts` reads everything but texts and answers, in the order of the file; it can be called again.
    """

    source: RowSource
    header: BundleHeader
    facts: Callable[[], Iterator[tuple[RowSource, BundleFact]]]
