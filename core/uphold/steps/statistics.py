"""store -> stats: the numbers of a run, of a set, and of their tags."""

from dataclasses import replace

from uphold.errors import BadUsage
from uphold.judging.consensus import consensus
from uphold.records.numbers import RunCounts
from uphold.records.results import RunNumbers
from uphold.stats.run import numbers
from uphold.store import counts, plans, runs, sets
from uphold.store.database import Store


def run_numbers(
    store: Store, wanted: str | None, *, judge: str | None = None, tag: str | None = None, by_tag: bool = False,
    full: bool = False, planned: int | None = None, first_only: bool = False,
) -> RunNumbers:  # fmt: skip
    """The numbers of the run named or numbered `wanted` (or the only one)."""
    run = runs.find_run(store, wanted)
    _known_tag(store, run.set_id, tag)
    found = counts.run_counts(
        store, run, consensus, judge, tag, closely=True, full=full, by_tag=by_tag, first_only=first_only
    )
    known_judge(found, judge)
    planned = plans.planned(store, run.id) if planned is None else planned
    return numbers(found if planned is None else replace(found, planned=planned), full)


def set_numbers(
    store: Store,
    name: str,
    *,
    judge: str | None = None,
    tag: str | None = None,
    by_tag: bool = False,
    full: bool = False,
    first_only: bool = False,
) -> RunNumbers:
    """The numbers of all runs of a set, pooled."""
    set_id = sets.find_set(store, name)
    _known_tag(store, set_id, tag)
    found = counts.set_counts(
        store, set_id, name, consensus, judge, tag, closely=True, full=full, by_tag=by_tag, first_only=first_only
    )
    known_judge(found, judge)
    return numbers(found, full)


def _known_tag(store: Store, set_id: int, tag: str | None) -> None:
    if tag is not None and tag not in (known := counts.tags_of(store, set_id)):
        raise BadUsage(f"no example of the set has the tag {tag!r}; tags: {', '.join(known) or 'none'}")


def known_judge(found: RunCounts, judge: str | None) -> None:
    """Raise BadUsage where a judge was asked for that has judged nothing."""
    if judge is not None and not found.judges:
        raise BadUsage(f"judge {judge!r} has judged no pair here; `uphold stats` without --judge shows those that have")
