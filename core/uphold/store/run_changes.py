"""What else than the candidate differs between two runs of a set: the judge versions that judged them, and the set."""

from uphold.records.comparisons import RunChanges, SetChange
from uphold.records.headline_judge import PROGRAM
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, run_judges


def judged_by(store: Store, run: Run) -> JudgeRef | None:
    """Return the judge whose verdicts a run has: that of the headline, or, where that has read nothing here, the latest."""
    found = headline_judge(store, run)
    asked = [judge for judge in run_judges(store, run.id) if judge.kind != PROGRAM or judge == found.judge]
    if found.shown is not None and (found.shown in asked or not asked):
        return found.shown if found.shown in asked else None
    return asked[0] if asked else None


def set_version(store: Store, run_id: int) -> int | None:
    """Return the number of the version of its set that a run was judged on last, None where that is not known."""
    return None


def run_changes(store: Store, before: Run, after: Run) -> RunChanges:
    """Return what changed from one run to another beside the candidate."""
    earlier, later = judged_by(store, before), judged_by(store, after)
    judges = (earlier, later) if earlier is not None and later is not None and earlier != later else None
    return RunChanges(judges, _set_change(store, before, after))


def _set_change(store: Store, before: Run, after: Run) -> SetChange | None:
    return None
