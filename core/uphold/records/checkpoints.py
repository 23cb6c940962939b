"""Checkpoints: the steps of bringing a new one in, what came of it, and the runs of a set as a history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from uphold.records.certificates import DriftCheck, DriftState
from uphold.records.comparisons import GatedRun, RunChanges, RunComparison, RunDifference
from uphold.records.headline_judge import HeadlineJudge
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run, RunRow
from uphold.records.scores import Score
from uphold.records.statistics import Rate, Share


class StepName(StrEnum):
    """The steps of a new checkpoint, in their order; drift only where a certificate of the judge stands."""

    ANSWERS = "answers"
    CARRIED = "carried"
    DRIFT = "drift"
    JUDGED = "judged"
    TO_READ = "to read"


class StepState(StrEnum):
    """How far a step is; LEFT ended without all of its work, FAILED was broken off."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    LEFT = "left"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckpointStep:
    """A step: `done` of `total`, which are examples for answers, and pairs for the other steps.

    `cost` of this call and `expected_cost` when it is done are in dollars, None without a price; `seconds_left` is an
    estimate. `where` says what answers or judges, `failure` why something is left.
    """

    name: StepName
    state: StepState = StepState.WAITING
    done: int = 0
    total: int = 0
    cost: float | None = None
    expected_cost: float | None = None
    seconds_left: float | None = None
    pause_left: float = 0.0
    where: str = ""
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class CheckpointProgress:
    """A new checkpoint under way: its steps. `run` is None until its pairs are made; `cap` is in dollars.

    `current` is the step that is at work or ended last; `adapted` says how requests were changed since a server takes no
    others, each with the model's name. `flipped` of the pairs to read are those on which the judge has turned.
    """

    set: str
    system: str
    baseline: str
    judge: str
    steps: tuple[CheckpointStep, ...]
    current: StepName
    run: Run | None = None
    judge_id: int | None = None
    cap: float | None = None
    flipped: int = 0
    adapted: tuple[str, ...] = ()

    def step(self, name: StepName) -> CheckpointStep:
        """Return the step of this name."""
        return next(step for step in self.steps if step.name is name)


@dataclass(frozen=True, slots=True)
class RunReading:
    """What of a run's current pairs is known from earlier runs of the set, and what is to be read.

    `carried` counts decisions, on `carried_pairs` pairs. `changed` pairs are in no earlier run, `to_read` of them are read
    by nobody and not broken, `read` are read by people here, carried decisions aside; `unread` are all that nobody has read
    and that are not broken, new or not.
    """

    pairs: int
    carried: int
    carried_pairs: int
    changed: int
    to_read: int
    read: int
    unread: int


@dataclass(frozen=True, slots=True)
class CheckpointWork:
    """What one call did for a checkpoint: `generated` and `imported` answers, `reused` and `asked` judgments.

    `cost` is in dollars, None where a model without a known price was asked; `unknown_cost` is the most that requests may
    have cost beside it whose reply was lost. `drift` is the check of the judge, where one was made. `left` says, a sentence
    each, what could not be done.
    """

    generated: int = 0
    imported: int = 0
    new_examples: int = 0
    reused: int = 0
    asked: int = 0
    cost: float | None = 0.0
    unknown_cost: float = 0.0
    drift: DriftCheck | None = None
    left: tuple[str, ...] = ()

    @property
    def judge_changed(self) -> bool:
        """Whether the check found the judge changed, so that it was not asked."""
        return self.drift is not None and self.drift.state is DriftState.CHANGED


@dataclass(frozen=True, slots=True)
class CheckpointResult:
    """A checkpoint whose steps have ended.

    `blessed` is the run of the set that it is held against, None where there is none or it is this one; then, and without
    a margin, `gate` is None.
    """

    run: Run
    judge_id: int | None
    progress: CheckpointProgress
    work: CheckpointWork
    reading: RunReading
    blessed: Run | None = None
    comparison: RunComparison | None = None
    gate: GatedRun | None = None


@dataclass(frozen=True, slots=True)
class BlessedRun:
    """The run of its set that later ones are held against, since when (UTC), by whom and why."""

    run: Run
    created_at: str
    note: str | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reviewer of a run: how many of its current pairs they decided there, and how many decisions were carried over."""

    name: str
    read: int
    carried: int


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A run in the history of its set.

    `rate` is that of its headline, `agreement` the judge's with people, counted. `difference`, `lost` and `won` are those of
    `compare BLESSED RUN` by people, ties as half; for the blessed run itself (`blessed` is set then) and where none is
    blessed there are none, and the difference has the reason. `judge` is the judge of the headline, `judged_by` the one whose
    verdicts the run has. `changes` is what changed since the run of the set and baseline before it, `before`. `scores` are
    those of the candidate by name.
    """

    row: RunRow
    created_at: str
    rate: Rate
    agreement: Share
    reading: RunReading
    difference: RunDifference
    judged_by: JudgeRef | None
    set_version: int | None = None
    blessed: BlessedRun | None = None
    lost: int | None = None
    won: int | None = None
    before: Run | None = None
    changes: RunChanges | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        """The run."""
        return self.row.run

    @property
    def judge(self) -> HeadlineJudge:
        """The judge of the headline."""
        return self.row.judge


@dataclass(frozen=True, slots=True)
class Opinion:
    """Who decided a pair, what, and why: reason words and note. `carried_from` names the run of a carried decision."""

    reviewer: str
    choice: str
    reasons: tuple[str, ...] = ()
    note: str | None = None
    carried_from: str | None = None


@dataclass(frozen=True, slots=True)
class LostExample:
    """An example whose outcome fell (or rose) from the earlier run to the later; scores are 1 win, .5 tie, 0 loss.

    `by` are the people who decided it in the later run; empty where only the judge says so, which counts in no number.
    """

    key: str
    turn: int
    instruction: str
    tags: tuple[str, ...]
    before: float
    after: float
    by: tuple[Opinion, ...] = ()
