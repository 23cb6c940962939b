"""Opens the database and finds runs and sets in it, for commands and screens."""

from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadDatabase
from uphold.records.runs import RunRow, SetRow
from uphold.store import packs, sets
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
    "packed_for",
]


@dataclass(frozen=True, slots=True)
class Home:
    """The runs and eval sets of a database; `version` changes whenever their rates may have changed."""

    runs: list[RunRow]
    sets: list[SetRow]
    version: tuple[int | None, ...] = ()


def home(store: Store, judge: str | None = None) -> Home:
    """Return the runs and eval sets of a database with their counts; `judge` is the one that the user names."""
    from uphold.store import pair_list, run_list  # here: a review opens without lists of pairs and of runs

    return Home(run_list.run_rows(store, judge), sets.set_rows(store), pair_list.list_version(store))


def packed_for(store: Store) -> str | None:
    """Return the name of the reviewer that this file was packed for; None where it is no pack, or for nobody by name."""
    pack = packs.own_pack(store)
    return pack.reviewer if pack is not None else None


def list_sets(store: Store) -> list[SetRow]:
    """Return the eval sets of a database with their counts."""
    return sets.set_rows(store)


def tags_in_use(store: Store, set_id: int) -> list[str]:
    """Return the tags that examples of a set have, in the order of the alphabet."""
    from uphold.store.counts import tags_of  # the first frame needs no counts

    return tags_of(store, set_id)


def explain_error(path: Path, error: Exception) -> BadDatabase | None:
    """Return the error that names the value in a database that can have led to another error; None if all are right."""
    try:
        with open_store(path, reading=True) as store:
            return store.explain(error)
    except BadDatabase:
        return None
