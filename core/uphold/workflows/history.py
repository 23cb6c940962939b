"""The history of win rates: every run of a set against one baseline, and which judge each headline rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.comparisons import RunDifference
from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge
from uphold.records.runs import Run
from uphold.records.statistics import Rate
from uphold.stats.run_difference import by_people, rated_difference
from uphold.store import runs
from uphold.store.database import Store
from uphold.store.matched import matched_runs
from uphold.workflows.statistics import HeadlineNumbers, headline_numbers

_MAX_CHANGES = 4
"""With more changes of the judge than this the history says how many there are, and names none."""


@dataclass(frozen=True, slots=True)
class RunPoint:
    """A run with the win rate of its headline, its judge, and whether that judge assists the rate.

    There is no rate below ten pairs. `difference` is that to the run before, by people with ties as half, as `compare`
    gives it; None for the first run.
    """

    run: Run
    rate: Rate
    judge: HeadlineJudge = NO_JUDGE
    assisted: bool = False
    difference: RunDifference | None = None

    @property
    def basis(self) -> str:
        """What the rate rests on beside people: the name of its judge, or nothing."""
        return (self.judge.name or "") if self.assisted else ""

    def rests_on_same(self, other: "RunPoint") -> bool:
        """Whether the rates of both rest on the same judge version, or both on people alone."""
        return self.assisted == other.assisted and (not self.assisted or self.judge.judge == other.judge.judge)


def set_history(store: Store, set_id: int, baseline_id: int, judge: str | None = None) -> list[RunPoint]:
    """Return every run of a set against one baseline with its headline, oldest first; `judge` is the one named."""
    found = [run for run in runs.all_runs(store) if run.set_id == set_id and run.baseline_id == baseline_id]
    return [
        _point(
            run, headline_numbers(store, run, judge), _difference(store, before, run) if before is not None else None
        )
        for before, run in zip([None, *found], found, strict=False)
    ]


def _point(run: Run, found: HeadlineNumbers, difference: RunDifference | None) -> RunPoint:
    return RunPoint(run, found.win_rate, found.judge, found.numbers.state == "assisted", difference)


def _difference(store: Store, before: Run, run: Run) -> RunDifference:
    return rated_difference(matched_runs(store, before, run), by_people).ties_half


def judge_changes(points: Sequence[RunPoint]) -> list[int]:
    """Return the indexes of the points whose rate rests on another judge than the one before."""
    return [index for index in range(1, len(points)) if not points[index].rests_on_same(points[index - 1])]


def history_judges(points: Sequence[RunPoint]) -> str:
    """Return a sentence on the judges behind a history: which one, or where it changes."""
    if not points:
        return ""
    changes = judge_changes(points)
    if not changes:
        return f"Judge throughout: {points[0].basis}." if points[0].basis else "People alone throughout."
    if len(changes) > _MAX_CHANGES:
        return f"The judge changes {len(changes)} times: the points are not all measured alike."
    named = [f"{_words(points[0])} first", *(f"{_words(points[i])} from {points[i].run.candidate} on" for i in changes)]
    return f"Not the same judge throughout: {', '.join(named)}."


def _words(point: RunPoint) -> str:
    return point.basis or "people alone"
