"""store -> stats: the win rates of a set's runs, in the order they were made."""

from dataclasses import dataclass

from uphold.judging.consensus import consensus
from uphold.records.numbers import Rate
from uphold.records.runs import Run
from uphold.stats.run import live
from uphold.store import counts, runs
from uphold.store.database import Store


@dataclass(frozen=True, slots=True)
class RunPoint:
    """A run and its win rate: for instructions like these where it speaks of them, else people's own; None below ten."""

    run: Run
    rate: Rate


def set_history(store: Store, set_id: int, baseline_id: int) -> list[RunPoint]:
    """Every run of a set against one baseline, the oldest first."""
    found = [run for run in runs.all_runs(store) if run.set_id == set_id and run.baseline_id == baseline_id]
    return [RunPoint(run, _rate(store, run)) for run in found]


def _rate(store: Store, run: Run) -> Rate:
    seen = counts.run_counts(store, run, consensus, first_only=True)
    found = live(seen, seen.judges[0].judge_id if seen.judges else None)
    return found.like_these or found.win_rate
