"""store -> stats: the numbers of a run, of a set, and of their tags."""

from dataclasses import replace

from uphold.errors import BadUsage
from uphold.records.comparisons import SideBySide
from uphold.records.counts import RunCounts
from uphold.records.judgments import verdict_of
from uphold.records.statistics import ReviewPlan, RunStatistics
from uphold.stats.assisted import headline_inputs, people_alone
from uphold.stats.paired import compare_judge_pairs
from uphold.stats.power import plan
from uphold.stats.summary import merged_counts, run_statistics
from uphold.store import counts, reviews, runs, sets
from uphold.store.counts import joint
from uphold.store.database import Store


def read_run_statistics(
    store: Store,
    wanted: str | None,
    *,
    judge: str | None = None,
    tag: str | None = None,
    by_tag: bool = False,
    full: bool = False,
    planned: int | None = None,
    first_only: bool = False,
) -> RunStatistics:
    """The numbers of the run named or numbered `wanted` (or the only one)."""
    run = runs.find_run(store, wanted)
    _known_tag(store, run.set_id, tag)
    found = counts.run_counts(
        store, run, verdict_of, judge, tag, closely=True, full=full, by_tag=by_tag, first_only=first_only
    )
    known_judge(found, judge)
    planned = reviews.planned_count(store, run.id) if planned is None else planned
    return run_statistics(found if planned is None else replace(found, planned=planned), full)


def read_set_statistics(
    store: Store,
    name: str,
    *,
    judge: str | None = None,
    tag: str | None = None,
    by_tag: bool = False,
    full: bool = False,
    first_only: bool = False,
) -> RunStatistics:
    """The numbers of all runs of a set, pooled."""
    set_id = sets.find_set(store, name)
    _known_tag(store, set_id, tag)
    found = counts.set_counts(
        store, set_id, name, verdict_of, judge, tag, closely=True, full=full, by_tag=by_tag, first_only=first_only
    )
    known_judge(found, judge)
    return run_statistics(found, full)


def _known_tag(store: Store, set_id: int, tag: str | None) -> None:
    if tag is not None and tag not in (known := counts.tags_of(store, set_id)):
        raise BadUsage(f"no example of the set has the tag {tag!r}; tags: {', '.join(known) or 'none'}")


def known_judge(found: RunCounts, judge: str | None) -> None:
    """Raise BadUsage where a judge was asked for that has judged nothing."""
    if judge is not None and not found.judges:
        raise BadUsage(f"judge {judge!r} has judged no pair here; `uphold stats` without --judge shows those that have")


def compare_judges(store: Store, wanted: str | None) -> tuple[str, SideBySide]:
    """A run's name, and every judge of it against the same reviews."""
    run = runs.find_run(store, wanted)
    names, rows = joint(store, run, verdict_of)
    return run.name, SideBySide(read_run_statistics(store, run.name), compare_judge_pairs(names, rows))


def review_plan(
    store: Store, wanted: str | None, half_width: float, *, judge: str | None = None, planned: int | None = None
) -> tuple[str, ReviewPlan]:
    """A run's name, and how many more verdicts bring its win rate to a half-width."""
    if not 0 < half_width < 0.5:
        raise BadUsage(
            f"--half-width is a share between 0 and .5, such as .05 for ±5 points; it was given {half_width:g}"
        )
    run = runs.find_run(store, wanted)
    found = counts.run_counts(store, run, verdict_of, judge, closely=True, first_only=True)
    known_judge(found, judge)
    found = merged_counts(found)
    seen = headline_inputs(found, found.judges[0]) if found.judges else people_alone(found)
    times = sorted(habits.seconds for habits in found.habits.values() if habits.seconds is not None)
    return run.name, plan(seen, half_width, times[len(times) // 2] if times else None, planned)
