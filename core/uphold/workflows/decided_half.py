"""The decided pairs of each half of a set, in a run of it or in all its runs."""

from collections.abc import Iterable

from uphold.records.halves import Half
from uphold.store.database import Store
from uphold.store.decided_pairs import DecidedPair, read_decided
from uphold.workflows.halves import set_halves
from uphold.workflows.test_scope import TestScope


def decided_by_half(store: Store, scope: TestScope) -> dict[Half, list[DecidedPair]]:
    """Return the decided pairs of a scope by the half of their examples, each by id."""
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
