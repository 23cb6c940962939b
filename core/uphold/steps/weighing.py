"""store -> stats: judges side by side against the same reviews, and what more verdicts would buy."""

from uphold.errors import BadUsage
from uphold.judging.consensus import consensus
from uphold.records.compared import SideBySide
from uphold.records.planned import Plan
from uphold.stats.assisted import people_alone, study
from uphold.stats.planner import plan
from uphold.stats.run import merged_counts
from uphold.stats.side_by_side import judge_pairs
from uphold.steps.statistics import known_judge, run_numbers
from uphold.store import counts, runs
from uphold.store.database import Store
from uphold.store.matched import joint


def side_by_side(store: Store, wanted: str | None) -> tuple[str, SideBySide]:
    """A run's name, and every judge of it against the same reviews."""
    run = runs.find_run(store, wanted)
    names, rows = joint(store, run, consensus)
    return run.name, SideBySide(run_numbers(store, run.name), judge_pairs(names, rows))


def run_plan(
    store: Store, wanted: str | None, half_width: float, *, judge: str | None = None, planned: int | None = None
) -> tuple[str, Plan]:
    """A run's name, and how many more verdicts bring its win rate to a half-width."""
    if not 0 < half_width < 0.5:
        raise BadUsage(
            f"--half-width is a share between 0 and .5, such as .05 for ±5 points; it was given {half_width:g}"
        )
    run = runs.find_run(store, wanted)
    found = counts.run_counts(store, run, consensus, judge, closely=True, first_only=True)
    known_judge(found, judge)
    found = merged_counts(found)
    seen = study(found, found.judges[0]) if found.judges else people_alone(found)
    times = sorted(habits.seconds for habits in found.habits.values() if habits.seconds is not None)
    return run.name, plan(seen, half_width, times[len(times) // 2] if times else None, planned)
