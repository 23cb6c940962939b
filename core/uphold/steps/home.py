"""store -> the start screen: what there is to do."""

from dataclasses import dataclass

from uphold.records.runs import RunRow, SetRow
from uphold.store import runs, sets
from uphold.store.database import Store


@dataclass(frozen=True, slots=True)
class Home:
    """The runs and eval sets of a file."""

    runs: list[RunRow]
    sets: list[SetRow]


def home(store: Store) -> Home:
    """The runs and eval sets of a file, with their counts."""
    return Home(runs.run_rows(store), sets.set_rows(store))
