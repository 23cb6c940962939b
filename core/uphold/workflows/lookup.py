"""Opens the database and finds runs and sets in it, for commands and screens."""

from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.records.runs import RunRow, SetRow
from uphold.store import runs, sets
from uphold.store.database import MAX_WAIT, Store, open_or_make_store, open_store
from uphold.store.runs import all_runs, find_run
from uphold.store.sets import find_set

__all__ = [
    "MAX_WAIT",
    "Home",
    "Store",
    "all_runs",
    "explain_error",
    "find_run",
    "find_set",
    "home",
    "open_or_make_store",
    "open_store",
]


@dataclass(frozen=True, slots=True)
class Home:
    """The runs and eval sets of a database; each run has its rates."""

    runs: list[RunRow]
    sets: list[SetRow]


def home(store: Store) -> Home:
    """Return the runs and eval sets of a database with their counts and rates."""
    from uphold.stats.human import with_rates  # a review that is opened by itself loads no statistics

    return Home([with_rates(row) for row in runs.run_rows(store)], sets.set_rows(store))


def explain_error(path: Path, error: Exception) -> BadDatabase | None:
    """Return the error that names the value in a database that can have led to another error; None if all are right."""
    try:
        with open_store(path, reading=True) as store:
            return store.explain(error)
    except BadDatabase:
        return None
