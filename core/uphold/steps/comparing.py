"""store -> a run of two systems over a set, with a pair for every turn that both answered."""

from uphold.errors import BadUsage
from uphold.records.runs import Run
from uphold.records.words import REFERENCE
from uphold.store import pairs, runs, sets
from uphold.store.database import Store
from uphold.store.pairs import MadePairs


def make_pairs(
    store: Store, set_name: str, candidate: str, baseline: str, *, last_turn_only: bool = False
) -> tuple[Run, MadePairs]:
    """The run of two systems over a set, made where it is new, and what making its pairs came to."""
    set_id = sets.find_set(store, set_name)
    _known_systems(store, set_id, set_name, candidate, baseline)
    made = pairs.make_pairs(store, set_id, set_name, candidate, baseline, last_turn_only=last_turn_only)
    return runs.get_run(store, made.run_id), made


def make_run(store: Store, set_name: str, candidate: str, baseline: str) -> Run:
    """The run of two systems over a set, with its pairs."""
    return make_pairs(store, set_name, candidate, baseline)[0]


def _known_systems(store: Store, set_id: int, set_name: str, candidate: str, baseline: str) -> None:
    if candidate == baseline:
        raise BadUsage(f"candidate and baseline are the same system, {candidate!r}")
    known = [name for name, _ in pairs.systems_of(store, set_id)]
    for name in (candidate, baseline):
        if name != REFERENCE and name not in known:
            listed = ", ".join(map(repr, known)) or "none yet"
            raise BadUsage(f"no system {name!r} has answered the set {set_name!r}; systems that have: {listed}")
