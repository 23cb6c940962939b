"""The pairs that a judge is tested on or checked with: those of a run, or of all runs of a set."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.runs import Run
from uphold.store import sets
from uphold.store.database import Store
from uphold.store.runs import find_run
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.project import run_meant


@dataclass(frozen=True, slots=True)
class TestScope:
    """The pairs that a judge is tested on: those of a run, or of all runs of the set where that is None."""

    set_id: int
    set: str
    run: Run | None

    @property
    def name(self) -> str:
        """What to call it: the run, or the set."""
        return self.set if self.run is None else self.run.name


def find_scope(store: Store, asking: JudgeRequest) -> TestScope:
    """Return the run or set of a request; raises BadUsage where it does not exist, or both are named."""
    if asking.set is not None:
        if asking.run is not None:
            raise BadUsage("name a run, or a set with --set; not both")
        return TestScope(sets.find_set(store, asking.set), asking.set, None)
    run = find_run(store, run_meant(store, asking.run, asking.settings.project.set))
    return TestScope(run.set_id, run.set, run)
