"""Queries for what else than the candidate differs between two runs of a set: the judge versions, and the set."""

from uphold.records.comparisons import RunChanges, SetChange
from uphold.records.headline_judge import PROGRAM
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.records.set_history import changed_members
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, run_judges
from uphold.store.set_versions import find_version
from uphold.store.set_versions import members as version_members


def judged_by(store: Store, run: Run) -> JudgeRef | None:
    """Return the judge whose verdicts a run has: that of the headline, or, where that has read nothing here, the latest."""
    found = headline_judge(store, run)
    asked = [judge for judge in run_judges(store, run.id) if judge.kind != PROGRAM or judge == found.judge]
    return found.shown if found.shown in asked else next(iter(asked), None)


def set_version(store: Store, run_id: int) -> int | None:
    """Return the number of the version of its set that a run was judged on last, None where that is not known."""
    row = store.one("SELECT number FROM judged_versions WHERE run_id = ?", (run_id,))
    return None if row is None else int(row[0])


def run_changes(store: Store, before: Run, after: Run) -> RunChanges:
    """Return what changed from one run to another beside the candidate.

    Where no judge has read every pair of either, both headlines are of people alone, and no judge changed them.
    """
    earlier, later = judged_by(store, before), judged_by(store, after)
    judges = (earlier, later) if earlier is not None and later is not None and earlier != later else None
    if judges is not None and not any(headline_judge(store, run).is_complete for run in (before, after)):
        judges = None
    set_change = _set_change(store, before, after)
    return RunChanges(judges, set_change, 0 if set_change is None else _shared(store, before, after))


def _set_change(store: Store, before: Run, after: Run) -> SetChange | None:
    """Return how the set changed between the versions that two runs were judged on."""
    earlier, later = set_version(store, before.id), set_version(store, after.id)
    if earlier is None or later is None or earlier == later:
        return None
    members = [version_members(store, find_version(store, after.set_id, number).id) for number in (earlier, later)]
    changed = changed_members(members[0], members[1])
    return SetChange(earlier, later, len(changed.added), len(changed.retired), len(changed.edited))


_SHARED = """
SELECT count(DISTINCT p.example_id) FROM current_pairs p JOIN current_pairs q
ON q.example_id = p.example_id AND q.turn = p.turn AND q.run_id = :before WHERE p.run_id = :after
"""


def _shared(store: Store, before: Run, after: Run) -> int:
    """Return how many examples have current pairs in both runs."""
    return int(store.one(_SHARED, {"before": before.id, "after": after.id})[0])
