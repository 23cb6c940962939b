"""The content of a run's report: its decision, and the evidence beside the statistics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from uphold.records.certificates import Standing
from uphold.records.checkpoints import CheckpointRow, Opinion, Reader
from uphold.records.enums import Preference
from uphold.records.labels import Label
from uphold.records.runs import Run
from uphold.records.scores import ScoreChange
from uphold.records.statistics import Rate, RunStatistics


class DecisionState(StrEnum):
    """What a run shows of its candidate, for instructions like these."""

    BETTER = "better"
    NOT_SHOWN = "not-shown"
    WORSE = "worse"
    NOT_ENOUGH_READ = "not-enough-read"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a run shows, in a sentence without a full stop.

    `rate` is the one that decides: the win rate with a tie as half a win, for instructions like these; None where there is
    none. `beside` are sentences that belong to it: what holds for exactly this set, what is missing.
    """

    state: DecisionState
    sentence: str
    rate: Rate | None = None
    beside: tuple[str, ...] = ()


class TellingKind(StrEnum):
    """Why a pair is shown."""

    OVERTURNED = "overturned"
    LOST = "lost"
    INCONSISTENT = "inconsistent"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class JudgeReason:
    """A judge's reason in one order.

    `side_a` is the system that it calls A; None where it calls none so (a rule's), or with `is_unknown` where the order was
    not recorded.
    """

    text: str
    side_a: Preference | None
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class TellingPair:
    """A pair that a report shows: its texts, who said what and why.

    `lost_against` names the blessed run's candidate where the example was won or tied there. `verdict` is the judge's,
    None without one; `label` the human label.
    """

    key: str
    turn: int
    kinds: tuple[TellingKind, ...]
    instruction: str
    context: str | None
    candidate_answer: str
    baseline_answer: str
    label: Label
    verdict: str | None
    reasons: tuple[JudgeReason, ...]
    opinions: tuple[Opinion, ...]
    lost_against: str | None = None


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """How the current, unbroken pairs of a run were read.

    `carried` pairs have only decisions carried from other runs; `upheld` and `overturned` count the labels that agree with
    the verdict of the judge, or not, `decided` those where there was no verdict to uphold. On `blind` pairs somebody decided
    before the verdict was shown. `first` and `last` are the times of the earliest and the latest decision.
    """

    pairs: int
    read: int
    carried: int
    upheld: int
    overturned: int
    decided: int
    blind: int
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class JudgeOrigin:
    """The judge of a report: `definition` is what its version is the hash of, `cost` in dollars, None where unknown."""

    name: str
    version: str
    kind: str
    orders: tuple[str, ...]
    samples: int
    cost: float | None
    judgments: int
    definition: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """What a report was made from; `files` are (name without folder, day) of the imports of the set."""

    set_version: int | None
    examples: int
    single_turns: bool
    floor: float | None
    judge: JudgeOrigin | None
    files: tuple[tuple[str, str], ...]
    made_with: str


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """Everything that a report of one run says.

    `checkpoint` is the run's own row of the history, `against` the blessed run of the set, None where there is none or it
    is this one. `history` are the runs of its set against the same baseline, latest first, this one among them, `left_out`
    how many more there are. `smallest_change` is that of `ReviewPlan`, `standing` the certificate of the judge in force.
    """

    run: Run
    numbers: RunStatistics
    decision: Decision
    checkpoint: CheckpointRow
    against: Run | None
    read: ReadCounts
    readers: tuple[Reader, ...]
    pairs: tuple[TellingPair, ...]
    history: tuple[CheckpointRow, ...]
    left_out: int
    scores: Mapping[str, ScoreChange]
    smallest_change: float | None
    origin: RunOrigin
    fingerprint: str
    created_at: str
    standing: Standing | None = None
