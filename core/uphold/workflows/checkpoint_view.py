"""The state of a new checkpoint for the screen while its steps go on: verdicts so far, what is read, and the pairs to read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from uphold.records.checkpoints import RunReading
from uphold.records.enums import QueueKind, Verdict
from uphold.records.runs import Run
from uphold.reviewing.queue_order import FLIPPED_VERDICT
from uphold.store import checkpoints, judgments
from uphold.store.database import Store
from uphold.workflows.queue_drawing import reading_order
from uphold.workflows.statistics import HeadlineNumbers, headline_numbers

MAX_WAITING = 60
"""Pairs that await a reader and are listed."""

_COUNTED = (Verdict.CANDIDATE, Verdict.TIE, Verdict.BASELINE, Verdict.INCONSISTENT)


@dataclass(frozen=True, slots=True)
class WaitingPair:
    """A pair to be read; `flip`: the judge has turned on it since the run before. Which way is not told before it is read."""

    key: str
    turn: int
    instruction: str
    flip: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a run is to be read, in the order of its queue, the flips first; of `pairs` the first ones only.

    `seconds` is what the reviewer's decisions in this set took so far, the median; None where none was timed.
    """

    pairs: tuple[WaitingPair, ...]
    flips: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A run as it is by now.

    `verdicts` are those of the judge, `judge_rate` the candidate's share of the `judged` pairs that it could decide, None
    where there are none. `headline` is what people and judge together say. `waiting` is None until it is known what changed.
    """

    reading: RunReading
    verdicts: Mapping[Verdict, int]
    judge_rate: float | None
    judged: int
    headline: HeadlineNumbers
    waiting: Waiting | None = None


def checkpoint_view(store: Store, run: Run, judge_id: int | None, reviewer: str, *, waiting: bool) -> CheckpointView:
    """Return a run as it is by now, with what is to be read where that is asked for: it takes longest."""
    view = CheckpointView(
        reading=checkpoints.run_reading(store, run.id),
        verdicts={},
        judge_rate=None,
        judged=0,
        headline=headline_numbers(store, run),
        waiting=_read_waiting(store, run, judge_id, reviewer) if waiting else None,
    )
    return with_verdicts(store, view, run, judge_id)


def with_verdicts(store: Store, view: CheckpointView, run: Run, judge_id: int | None) -> CheckpointView:
    """Return a view with the verdicts as they are by now; the rest of it stays as it was read."""
    verdicts: Mapping[Verdict, int] = {}
    if judge_id is not None:
        verdicts = judgments.verdict_counts(store, run.id, judge_id)
    counted = sum(verdicts.get(verdict, 0) for verdict in _COUNTED)
    rate = verdicts.get(Verdict.CANDIDATE, 0) / counted if counted else None
    return replace(view, verdicts=verdicts, judge_rate=rate, judged=counted)


def _read_waiting(store: Store, run: Run, judge_id: int | None, reviewer: str) -> Waiting:
    """Return what of a run is to be read: pairs that no earlier run has and nobody has decided."""
    to_read = checkpoints.pairs_to_read(store, run.id)
    order = [pair for pair in reading_order(store, run, QueueKind.CHANGED, judge_id) if pair[0] in to_read]
    flips = {pair for pair, stratum in order if stratum.startswith(FLIPPED_VERDICT)}
    first = [pair for pair, _ in order[:MAX_WAITING]]
    places = checkpoints.keys_and_questions(store, first)
    waiting = tuple(WaitingPair(*places[pair], pair in flips) for pair in first)
    return Waiting(waiting, len(flips), checkpoints.seconds_a_pair(store, run.set_id, reviewer))
