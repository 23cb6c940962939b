"""Computes the statistics of a run or a set, a comparison of its judges, and a review plan."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from uphold.errors import BadUsage
from uphold.records.counts import RunCounts
from uphold.records.headline_judge import HeadlineJudge, distinct_names
from uphold.records.runs import Run
from uphold.records.statistics import LiveNumbers, Rate, RunStatistics
from uphold.stats.summary import live_numbers, merge_counts, run_statistics
from uphold.store import counts, reviews, runs, sets
from uphold.store.counts import CountOptions
from uphold.store.database import Store
from uphold.store.headline_judges import judges_in_order
from uphold.store.training_exports import training_use

if TYPE_CHECKING:
    from uphold.records.comparisons import SideBySide
    from uphold.records.statistics import ReviewPlan
    from uphold.store.scores import SystemPerplexity


@dataclass(frozen=True, slots=True)
class StatisticsOptions:
    """Restricts statistics to a judge or the examples with a tag, and selects how much is computed.

    `by_tag` adds statistics for every tag, `full` those that take longer, such as resampling; with `first_only` only
    the first judge is counted. `planned` is the number of pairs to be reviewed, by default that of the latest plan.
    """

    judge: str | None = None
    tag: str | None = None
    by_tag: bool = False
    full: bool = False
    first_only: bool = False
    planned: int | None = None


DEFAULTS = StatisticsOptions()


def read_run_statistics(
    store: Store, name_or_number: str | None, options: StatisticsOptions = DEFAULTS
) -> RunStatistics:
    """Return the statistics of a run, or of the only one there is.

    Raises BadUsage for a run, tag or judge that does not exist, and for a planned number below 1.
    """
    _check_planned(options.planned)
    run = runs.find_run(store, name_or_number)
    _check_tag(store, run.set_id, options.tag)
    found = counts.run_counts(store, run, _count_options(options))
    _check_judge(found, options.judge)
    planned = reviews.planned_count(store, run.id) if options.planned is None else options.planned
    numbers = run_statistics(found if planned is None else replace(found, planned=planned), options.full)
    return replace(numbers, training=training_use(store, run.set_id))


@dataclass(frozen=True, slots=True)
class HeadlineNumbers:
    """A run's headline and its judge's agreement, as lists and the history show them, with the judge they rest on."""

    judge: HeadlineJudge
    numbers: LiveNumbers

    @property
    def win_rate(self) -> Rate:
        """The win rate for instructions like these; that of the pairs read where nothing can be said of the others."""
        return self.numbers.population or self.numbers.win_rate


def headline_numbers(store: Store, run: Run, judge: str | None = None) -> HeadlineNumbers:
    """Return the headline of a run; `judge` is the one that the user names.

    Raises BadUsage where the file has no judge of that name.
    """
    found = counts.run_counts(store, run, CountOptions(first_only=True, judge=judge))
    planned = reviews.planned_count(store, run.id)
    shown = found.judge.shown
    numbers = live_numbers(
        found if planned is None else replace(found, planned=planned), shown.id if shown is not None else None
    )
    return HeadlineNumbers(found.judge, numbers)


def judge_names(store: Store, run: Run, judge: str | None = None) -> list[str]:
    """Return the names by which a run's judges can be named, that of the shown one first."""
    return distinct_names(judges_in_order(store, run, judge)[1])


def read_set_statistics(store: Store, name: str, options: StatisticsOptions = DEFAULTS) -> RunStatistics:
    """Return the statistics of all runs of a set, pooled.

    Raises BadUsage for a set, tag or judge that does not exist, and for a planned number: that is one of a run.
    """
    if options.planned is not None:
        raise BadUsage("--planned belongs to one run; name it, or leave --planned out")
    set_id = sets.find_set(store, name)
    _check_tag(store, set_id, options.tag)
    found = counts.set_counts(store, set_id, name, _count_options(options))
    _check_judge(found, options.judge)
    return replace(run_statistics(found, options.full), training=training_use(store, set_id))


def _count_options(options: StatisticsOptions) -> CountOptions:
    return CountOptions(
        options.judge,
        options.tag,
        details=True,
        full=options.full,
        by_tag=options.by_tag,
        first_only=options.first_only,
    )


def _check_tag(store: Store, set_id: int, tag: str | None) -> None:
    if tag is not None and tag not in (known := counts.tags_of(store, set_id)):
        raise BadUsage(f"no example of the set has the tag {tag!r}; tags: {', '.join(known) or 'none'}")


def _check_judge(found: RunCounts, judge: str | None) -> None:
    if judge is not None and not found.judges:
        raise BadUsage(f"judge {judge!r} has judged no pair here; `uphold stats` without --judge shows those that have")


def _check_planned(planned: int | None) -> None:
    if planned is not None and planned < 1:
        raise BadUsage(f"--planned is the number of decisions that are planned, at least 1; it was given {planned}")


def compare_judges(store: Store, name_or_number: str | None) -> "tuple[str, SideBySide]":
    """Return a run's name, and its judges compared on the same reviews."""
    from uphold.records.comparisons import SideBySide
    from uphold.stats.paired import compare_judge_pairs
    from uphold.store.matched import joint_verdicts

    run = runs.find_run(store, name_or_number)
    names, rows = joint_verdicts(store, run)
    return run.name, SideBySide(read_run_statistics(store, run.name), compare_judge_pairs(names, rows))


def review_plan(
    store: Store, name_or_number: str | None, half_width: float, *, judge: str | None = None, planned: int | None = None
) -> "tuple[str, ReviewPlan]":
    """Return a run's name, and how many more decisions bring its win rate to an interval of this half-width."""
    from uphold.stats.assisted import run_inputs
    from uphold.stats.power import plan

    if not 0 < half_width < 0.5:
        raise BadUsage(
            f"--half-width is a share between 0 and .5, such as .05 for ±5 points; it was given {half_width:g}"
        )
    _check_planned(planned)
    run = runs.find_run(store, name_or_number)
    found = counts.run_counts(store, run, CountOptions(judge, details=True, first_only=True))
    _check_judge(found, judge)
    found = merge_counts(found)
    inputs = run_inputs(found)
    times = sorted(habits.seconds for habits in found.habits.values() if habits.seconds is not None)
    return run.name, plan(inputs, half_width, times[len(times) // 2] if times else None, planned)


def run_perplexities(store: Store, run: str | None, set_name: str | None = None) -> "list[SystemPerplexity]":
    """Return the perplexities of the two systems of a run, or of every system measured on a set."""
    from uphold.store.scores import perplexities_of

    if set_name is not None:
        return perplexities_of(store, sets.find_set(store, set_name))
    found = runs.find_run(store, run)
    return perplexities_of(store, found.set_id, [found.candidate, found.baseline])
