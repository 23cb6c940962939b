"""The store, as faces open it."""

from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs, find_run
from uphold.store.sets import find_set

__all__ = ["Store", "all_runs", "find_run", "find_set", "open_store"]
