"""The runs of a file as they are listed, each with its counts."""

from uphold.errors import BadUsage
from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge
from uphold.records.runs import Run, RunRow
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge
from uphold.store.packs import reviewer_progress
from uphold.store.runs import all_runs

_OPEN_DISPUTES = """
SELECT count(*) FROM disputes d JOIN current_pairs p ON p.id = d.pair_id
WHERE p.run_id = ? AND d.settled IS NULL AND d.pair_id NOT IN (SELECT pair_id FROM broken_pairs)
"""


def run_rows(store: Store, named: str | None = None) -> list[RunRow]:
    """Return every run with its counts; `named` is the judge that the user names with --judge."""
    return [_run_row(store, run, _judge(store, run, named)) for run in all_runs(store)]


def _judge(store: Store, run: Run, named: str | None) -> HeadlineJudge:
    try:
        return headline_judge(store, run, named)
    except BadUsage:  # no judge of the file has that name: the list says "not judged"
        return NO_JUDGE


def _run_row(store: Store, run: Run, judge: HeadlineJudge) -> RunRow:
    pairs = store.one("SELECT count(*) FROM current_pairs WHERE run_id = ?", (run.id,))[0]
    labels = dict(
        store.rows(
            "SELECT h.label, count(*) FROM current_pairs p JOIN human_labels h ON h.pair_id = p.id"
            " WHERE p.run_id = ? AND p.id NOT IN (SELECT pair_id FROM broken_pairs) GROUP BY 1",
            (run.id,),
        ).fetchall()
    )
    judged, orders = _verdicts(store, run.id, judge.shown.id) if judge.shown is not None else (0, 0)
    return RunRow(
        run=run,
        pairs=pairs,
        reviewed=sum(labels.values()),
        wins=labels.get("candidate", 0),
        ties=labels.get("tie", 0),
        losses=labels.get("baseline", 0),
        unresolved=labels.get("unresolved", 0),
        judge=judge,
        judged=judged,
        orders=orders,
        disputed=open_disputes(store, run.id),
        people=reviewer_progress(store, run.id, pairs),
    )


def open_disputes(store: Store, run_id: int) -> int:
    """Return how many current pairs of a run reviewers differ on and nobody has settled."""
    return int(store.one(_OPEN_DISPUTES, (run_id,))[0])


def _verdicts(store: Store, run_id: int, judge_id: int) -> tuple[int, int]:
    """Return the fields judged and orders of RunRow."""
    row = store.one(
        "SELECT count(*), max((v.candidate_first IS NOT NULL) + (v.baseline_first IS NOT NULL))"
        " FROM current_pairs p JOIN verdicts v ON v.pair_id = p.id AND v.judge_id = ?"
        " WHERE p.run_id = ? AND v.verdict <> 'pending'",
        (judge_id, run_id),
    )
    return row[0], row[1] or 0
