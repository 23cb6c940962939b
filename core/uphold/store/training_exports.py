"""Writes and reads the record of what was exported as training data."""

import sqlite3
from collections.abc import Iterable

from uphold.records.training_data import LabelSource, TrainingExport, TrainingUse
from uphold.store.database import Store
from uphold.store.reviews import add_reviewer

_EXPORTS = """
SELECT t.created_at, v.number, t.labels, t.pairs, (SELECT count(*) FROM training_examples x WHERE x.export_id = t.id), t.file,
    w.name
FROM training_exports t JOIN set_versions v ON v.id = t.version_id LEFT JOIN reviewers w ON w.id = t.reviewer_id
WHERE t.set_id = ? ORDER BY t.id
"""

_ACTIVE_EXAMPLES = """
SELECT count(DISTINCT x.example_id) FROM training_exports t JOIN training_examples x ON x.export_id = t.id
JOIN examples e ON e.id = x.example_id AND e.status = 'active' WHERE t.set_id = ?
"""


def training_use(store: Store, set_id: int) -> TrainingUse:
    """Return the training files that were made of a set."""
    found = [
        TrainingExport(at, number, LabelSource(labels), pairs, examples, file, reviewer)
        for at, number, labels, pairs, examples, file, reviewer in store.rows(_EXPORTS, (set_id,))
    ]
    return TrainingUse(tuple(found), store.one(_ACTIVE_EXAMPLES, (set_id,))[0] if found else 0)


def add_training_export(
    conn: sqlite3.Connection, set_id: int, version_id: int, export: TrainingExport, example_keys: Iterable[str]
) -> None:
    """Within the open transaction, write down that a training file was made of these examples of a set."""
    reviewer_id = None if export.reviewer is None else add_reviewer(conn, export.reviewer)
    inserted = conn.execute(
        "INSERT INTO training_exports (set_id, version_id, labels, pairs, file, reviewer_id, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (set_id, version_id, export.labels.value, export.pairs, export.file, reviewer_id, export.at),
    )
    conn.executemany(
        "INSERT INTO training_examples (export_id, example_id) SELECT ?, id FROM examples WHERE set_id = ? AND key = ?",
        ((inserted.lastrowid, set_id, key) for key in example_keys),
    )
