"""What an export reads: which pairs of some runs go into it, how many do not, and who said something of them."""

import contextlib
import json
from collections.abc import Iterator, Sequence

from uphold.errors import BadUsage
from uphold.records.rows import ExportOmissions
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.runs import all_runs, find_run
from uphold.store.sets import find_set

_INTO = """
SELECT id FROM current_pairs WHERE run_id IN (SELECT value FROM json_each(?))
AND id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY id
"""


_LEFT_OUT = """
SELECT total(e.status = 'active'), total(e.status <> 'active'),
    (SELECT count(*) FROM current_pairs WHERE run_id IN (SELECT value FROM json_each(:runs)))
FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id IN (SELECT value FROM json_each(:runs))
"""


_JUDGES = """
SELECT id, name, version FROM judges WHERE id IN (
    SELECT judge_id FROM asked WHERE run_id IN (SELECT value FROM json_each(?))
) ORDER BY kind = 'rules', name, id
"""


_REVIEWERS = """
SELECT w.name FROM reviewers w WHERE w.id IN (
    SELECT v.reviewer_id FROM pairs p JOIN acts_in_force v ON v.pair_id = p.id
    WHERE p.run_id IN (SELECT value FROM json_each(?))
) ORDER BY w.name
"""


@contextlib.contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """What is read inside belongs together, whatever others write meanwhile."""
    store.rows("BEGIN")
    try:
        yield
    finally:
        store.conn.rollback()


def runs_to_export(store: Store, run: str | None, set_name: str | None) -> list[Run]:
    """The run named or numbered so, or all of a set's; raises BadUsage for what does not exist."""
    if set_name is None:
        return [find_run(store, run)]
    set_id = find_set(store, set_name)
    return [one for one in all_runs(store) if one.set_id == set_id]


def pair_ids(store: Store, runs: Sequence[Run]) -> list[int]:
    """The current pairs of some runs that nobody marked broken, as they came."""
    return [row[0] for row in store.rows(_INTO, (_ids(runs),))]


def left_out(store: Store, runs: Sequence[Run], kept: int) -> ExportOmissions:
    """How many pairs of some runs are not among the `kept` ones."""
    active, retired, current = store.one(_LEFT_OUT, {"runs": _ids(runs)})
    return ExportOmissions(int(active) - current, int(retired), current - kept)


def judges_of(store: Store, runs: Sequence[Run]) -> list[tuple[int, str, str]]:
    """(id, name, version) of the judges of some runs by name, rules behind all others."""
    return store.rows(_JUDGES, (_ids(runs),)).fetchall()


def reviewers_of(store: Store, runs: Sequence[Run], wanted: str | None = None) -> list[str]:
    """Who said something in some runs, by name, or the one that is wanted; raises BadUsage where they said nothing."""
    names = [row[0] for row in store.rows(_REVIEWERS, (_ids(runs),))]
    if wanted is not None and wanted not in names:
        raise BadUsage(f"reviewer {wanted!r} has said nothing here; those who have: {', '.join(names) or 'nobody'}")
    return names if wanted is None else [wanted]


def _ids(runs: Sequence[Run]) -> str:
    return json.dumps([run.id for run in runs])
