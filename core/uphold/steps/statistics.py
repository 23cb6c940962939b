"""store -> stats: the numbers of a run, of a set, and of their tags."""

from dataclasses import replace

from uphold.errors import BadUsage
from uphold.judging.consensus import consensus
from uphold.records.numbers import RunCounts
from uphold.records.results import RunNumbers
from uphold.stats.run import numbers
from uphold.store import counts, runs, sets
from uphold.store.database import Store


def run_numbers(
    store: Store, wanted: str | None, *, judge: str | None = None, tag: str | None = None, by_tag: bool = False,
    full: bool = False,
) -> RunNumbers:  # fmt: skip
    """The numbers of the run named or numbered `wanted` (or the only one)."""
    run = runs.find_run(store, wanted)
    _known_tag(store, run.set_id, tag)
    found = counts.run_counts(store, run, consensus, judge, tag)
    _known_judge(found, judge)
    if by_tag:
        parts = {
            name: counts.run_counts(store, run, consensus, judge, name) for name in counts.tags_of(store, run.set_id)
        }
        found = replace(found, tags={name: part for name, part in parts.items() if part.pairs})
    return numbers(found, full)


def set_numbers(
    store: Store,
    name: str,
    *,
    judge: str | None = None,
    tag: str | None = None,
    by_tag: bool = False,
    full: bool = False,
) -> RunNumbers:
    """The numbers of all runs of a set, pooled."""
    set_id = sets.find_set(store, name)
    _known_tag(store, set_id, tag)
    found = counts.set_counts(store, set_id, name, consensus, judge, tag)
    _known_judge(found, judge)
    if by_tag:
        parts = {
            part: counts.set_counts(store, set_id, name, consensus, judge, part)
            for part in counts.tags_of(store, set_id)
        }
        found = replace(found, tags={part: counted for part, counted in parts.items() if counted.pairs})
    return numbers(found, full)


def _known_tag(store: Store, set_id: int, tag: str | None) -> None:
    if tag is not None and tag not in (known := counts.tags_of(store, set_id)):
        raise BadUsage(f"no example of the set has the tag {tag!r}; tags: {', '.join(known) or 'none'}")


def _known_judge(found: RunCounts, judge: str | None) -> None:
    if judge is not None and not found.judges:
        raise BadUsage(f"judge {judge!r} has judged no pair here; `uphold stats` without --judge shows those that have")
