"""What the numbers' screen reads, each time from the file anew: a thread may do it, and a connection belongs to one."""

from pathlib import Path

from uphold.records.results import RunNumbers
from uphold.records.runs import Run
from uphold.steps.history import RunPoint, set_history
from uphold.steps.opening import open_store
from uphold.steps.statistics import run_numbers
from uphold_tui.screens.figures import Counted


def counted(path: Path, run: Run, reviewer: str) -> Counted:
    """The numbers of a run, and the history of its set."""

    def numbers(judge: str | None) -> RunNumbers:
        with open_store(path) as store:
            return run_numbers(store, str(run.number), judge=judge, by_tag=True)

    def history() -> list[RunPoint]:
        with open_store(path) as store:
            return set_history(store, run.set_id, run.baseline_id)

    return Counted(run, reviewer, numbers, history)
