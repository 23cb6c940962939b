"""The decided pairs of each half of a set, in a run of it or in all its runs."""

from collections.abc import Iterable
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.halves import Half
from uphold.records.runs import Run
from uphold.settings import Project
from uphold.store.database import Store
from uphold.store.decided_pairs import DecidedPair, read_decided
from uphold.store.runs import all_runs, find_run
from uphold.store.sets import find_set
from uphold.workflows.halves import set_halves
from uphold.workflows.project import run_meant


@dataclass(frozen=True, slots=True)
class PairScope:
    """The pairs of one run, or of all `runs` of a set where `run` is None."""

    set_id: int
    set: str
    runs: tuple[Run, ...]
    run: Run | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.run.name if self.run is not None else self.set


def find_scope(store: Store, run: str | None, set_name: str | None, project: Project | None = None) -> PairScope:
    """Return the run that is named, the only one (of the project's set), or all runs of a set.

    Raises BadUsage for what there is not.
    """
    if set_name is None:
        found = find_run(store, run_meant(store, run, project.set if project is not None else None))
        return PairScope(found.set_id, found.set, (found,), found)
    if run is not None:
        raise BadUsage("RUN names the pairs of one run, --set those of all its runs: give one of them")
    set_id = find_set(store, set_name)
    runs = tuple(one for one in all_runs(store) if one.set_id == set_id)
    if not runs:
        raise BadUsage(f"the set {set_name!r} has no run yet: nothing of it is compared")
    return PairScope(set_id, set_name, runs)


def decided_by_half(store: Store, scope: PairScope) -> dict[Half, list[DecidedPair]]:
    """Return the decided pairs of a scope by the half of their examples."""
    halves = set_halves(store, scope.set_id)
    found: dict[Half, list[DecidedPair]] = {half: [] for half in Half}
    for pair in read_decided(store, scope.set_id, scope.run):
        found[halves[pair.example_id]].append(pair)
    return found


def development_examples(store: Store, set_id: int) -> set[int]:
    """Return the examples of a set that are in its development half."""
    return {number for number, half in set_halves(store, set_id).items() if half is Half.DEVELOPMENT}


def pair_ids(pairs: Iterable[DecidedPair]) -> tuple[int, ...]:
    """Return the ids of some pairs."""
    return tuple(pair.id for pair in pairs)
