"""Queries for the history of an example, and for what systems answered to it."""

import json

from uphold.records.sets import AnsweringSystem, Example, HistoryLine, SystemAnswer
from uphold.store.database import Store

_ANSWERS = """
SELECT x.id, s.name, x.cells FROM responses x JOIN systems s ON s.id = x.system_id
WHERE x.text_id = ? AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY s.name, x.id
"""

_HISTORY = """
SELECT v.created_at, r.name, v.kind, t.kind, v.reason, v.id AS place, 0 FROM example_events v
LEFT JOIN reviewers r ON r.id = v.reviewer_id LEFT JOIN example_events t ON t.id = v.target_id WHERE v.example_id = :example
UNION ALL
SELECT g.created_at, r.name, 'tag ' || g.kind, NULL, g.tag, g.id, 1 FROM tag_events g
LEFT JOIN reviewers r ON r.id = g.reviewer_id WHERE g.example_id = :example
ORDER BY 1, 7, 6
"""

_WORDS = {
    "added": "added",
    "edited": "text edited",
    "referenced": "reference changed",
    "drafted": "made a draft",
    "activated": "made active",
    "retired": "retired",
    "tag added": "tag added",
    "tag removed": "tag removed",
}


def answers_to(store: Store, text_id: int) -> list[SystemAnswer]:
    """Return the answers in force to a text, by system."""
    rows = store.rows(_ANSWERS, (text_id,))
    return [SystemAnswer(number, system, tuple(json.loads(cells))) for number, system, cells in rows]


def history_of(store: Store, example: Example) -> list[HistoryLine]:
    """Return what happened to an example, the oldest first."""
    lines = []
    for at, reviewer, kind, taken_back, reason, *_ in store.rows(_HISTORY, {"example": example.id}):
        what = _WORDS[kind] if taken_back is None else f"taken back: {_WORDS[taken_back]}"
        lines.append(HistoryLine(at, reviewer, f"{what}: {reason}" if reason else what))
    return lines


_UNANSWERED = """
SELECT e.key FROM examples e WHERE e.set_id = ? AND e.status = 'active' AND NOT EXISTS (
    SELECT 1 FROM responses x WHERE x.text_id = e.text_id AND x.system_id = ?
    AND x.id NOT IN (SELECT response_id FROM replaced)
) ORDER BY e.id
"""

_SYSTEMS = """
SELECT s.id, s.name, count(DISTINCT e.id) FROM examples e JOIN responses x ON x.text_id = e.text_id
JOIN systems s ON s.id = x.system_id WHERE e.set_id = ? AND e.status = 'active'
AND x.id NOT IN (SELECT response_id FROM replaced) GROUP BY s.id ORDER BY s.name
"""


def answering_systems(store: Store, set_id: int) -> list[AnsweringSystem]:
    """Return every system with answers to active examples of a set, by name, with what it has not answered."""
    return [
        AnsweringSystem(name, answered, tuple(row[0] for row in store.rows(_UNANSWERED, (set_id, number))))
        for number, name, answered in store.rows(_SYSTEMS, (set_id,)).fetchall()
    ]


_STALE = """
SELECT DISTINCT e.key FROM pairs p JOIN examples e ON e.id = p.example_id
WHERE p.run_id = :run AND e.status = 'active' AND e.id NOT IN (SELECT example_id FROM current_pairs WHERE run_id = :run)
"""


def stale_keys(store: Store, run_id: int) -> set[str]:
    """Return the keys of the active examples that have pairs in a run, none of them current."""
    return {row[0] for row in store.rows(_STALE, {"run": run_id})}
