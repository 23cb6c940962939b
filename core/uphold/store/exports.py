"""Queries of an export: its pairs, judges and reviewers, and how many pairs are left out."""

import contextlib
import json
from collections.abc import Iterator, Sequence

from uphold.errors import BadUsage
from uphold.records.judgments import JudgeRef
from uphold.records.rows import ExportedAnswer, ExportedQuestion, ExportOmissions
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.runs import all_runs, find_run
from uphold.store.sets import find_set, read_text

_EXPORTED_PAIRS = """
SELECT id FROM current_pairs WHERE run_id IN (SELECT value FROM json_each(?))
AND id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY id
"""

# Examples of exported pairs, with their tags in the order of the alphabet.
_QUESTIONS = f"""
SELECT e.key, t.turns, t.context, f.turns, (SELECT json_group_array(tag) FROM tags WHERE example_id = e.id)
FROM examples e JOIN texts t ON t.id = e.text_id LEFT JOIN reference_texts f ON f.id = e.reference_id
WHERE e.id IN (SELECT example_id FROM pairs WHERE id IN ({_EXPORTED_PAIRS}))
AND e.text_id NOT IN (SELECT text_id FROM forgotten_texts) ORDER BY e.id
"""

_ANSWERS = f"""
SELECT s.name, e.key, x.cells, x.created_at FROM (
    SELECT candidate_response_id AS response_id, example_id FROM pairs WHERE id IN ({_EXPORTED_PAIRS})
    UNION SELECT baseline_response_id, example_id FROM pairs WHERE id IN ({_EXPORTED_PAIRS})
) p JOIN responses x ON x.id = p.response_id JOIN systems s ON s.id = x.system_id JOIN examples e ON e.id = p.example_id
WHERE x.text_id NOT IN (SELECT text_id FROM forgotten_texts) ORDER BY s.name, e.id, x.id
"""

_LATER_TURNS = f"SELECT EXISTS (SELECT 1 FROM pairs WHERE turn > 1 AND id IN ({_EXPORTED_PAIRS}))"

_OMITTED_COUNTS = """
SELECT total(e.status = 'active'), total(e.status <> 'active'),
    (SELECT count(*) FROM current_pairs WHERE run_id IN (SELECT value FROM json_each(:runs)))
FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id IN (SELECT value FROM json_each(:runs))
"""

_JUDGES = """
SELECT id, name, kind, version FROM judges WHERE id IN (
    SELECT judge_id FROM judge_orders WHERE run_id IN (SELECT value FROM json_each(?))
) ORDER BY kind = 'rules', name, id
"""

_REVIEWERS = """
SELECT w.name FROM reviewers w WHERE w.id IN (
    SELECT v.reviewer_id FROM pairs p JOIN standing_events v ON v.pair_id = p.id
    WHERE p.run_id IN (SELECT value FROM json_each(?))
) ORDER BY w.name
"""


@contextlib.contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """Read from one state of the database, whatever other connections commit meanwhile."""
    store.rows("BEGIN")
    try:
        yield
    finally:
        store.conn.rollback()


def runs_to_export(store: Store, name_or_number: str | None, set_name: str | None) -> list[Run]:
    """Return the run with this name or number, or all runs of a set; raises BadUsage if it does not exist."""
    if set_name is None:
        return [find_run(store, name_or_number)]
    set_id = find_set(store, set_name)
    return [run for run in all_runs(store) if run.set_id == set_id]


def pair_ids(store: Store, runs: Sequence[Run]) -> list[int]:
    """Return the ids of the current pairs of the runs that are not marked broken, in the order they were added."""
    return [row[0] for row in store.rows(_EXPORTED_PAIRS, (_ids(runs),))]


def omitted_counts(store: Store, runs: Sequence[Run], exported: int) -> ExportOmissions:
    """Count the pairs of the runs that are not exported: stale, retired or broken; `exported` is how many are."""
    active, retired, current = store.one(_OMITTED_COUNTS, {"runs": _ids(runs)})
    return ExportOmissions(int(active) - current, int(retired), current - exported)


def questions(store: Store, runs: Sequence[Run]) -> Iterator[ExportedQuestion]:
    """Yield the examples of the exported pairs, with all their turns; those that were forgotten are left out."""
    for key, turns, context, references, tags in store.rows(_QUESTIONS, (_ids(runs),)):
        yield ExportedQuestion(key, read_text(turns, context, references), tuple(json.loads(tags)))


def answers(store: Store, runs: Sequence[Run]) -> Iterator[ExportedAnswer]:
    """Yield the answers of the exported pairs, by system and example; those that were forgotten are left out."""
    for system, key, cells, at in store.rows(_ANSWERS, (_ids(runs),) * 2):
        yield ExportedAnswer(system, key, tuple(json.loads(cells)), at)


def has_later_turns(store: Store, runs: Sequence[Run]) -> bool:
    """Whether any exported pair is of a turn after the first."""
    return bool(store.one(_LATER_TURNS, (_ids(runs),))[0])


def judges_of_runs(store: Store, runs: Sequence[Run]) -> list[JudgeRef]:
    """Return the judges of the runs by name, rules judges after all others."""
    return [JudgeRef(*row) for row in store.rows(_JUDGES, (_ids(runs),))]


def reviewers_of(store: Store, runs: Sequence[Run], wanted: str | None = None) -> list[str]:
    """Return the names of the reviewers with events in the runs, or `wanted` alone.

    Raises BadUsage if `wanted` has none.
    """
    names = [row[0] for row in store.rows(_REVIEWERS, (_ids(runs),))]
    if wanted is not None and wanted not in names:
        raise BadUsage(f"reviewer {wanted!r} has reviewed nothing here; those who have: {', '.join(names) or 'nobody'}")
    return names if wanted is None else [wanted]


def _ids(runs: Sequence[Run]) -> str:
    return json.dumps([run.id for run in runs])
