"""Decisions that travel to a new pair whose texts are the same as those they were made on."""

import sqlite3

from uphold.records.texts import digest

_EQUAL = """
SELECT n.id AS pair_id, d.reviewer_id, d.choice, d.note, d.seq,
    CASE WHEN d.kind = 'carried' THEN (SELECT refers FROM events WHERE seq = d.seq) ELSE d.event_id END AS original,
    s.name, e.key, n.turn, n.contents, c.name, b.name
FROM pairs n
JOIN pairs o ON o.contents = n.contents AND o.example_id = n.example_id AND o.turn = n.turn AND o.run_id <> n.run_id
JOIN current_decisions d ON d.pair_id = o.id
JOIN examples e ON e.id = n.example_id
JOIN sets s ON s.id = e.set_id
JOIN runs r ON r.id = n.run_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
WHERE n.id >= ? AND NOT EXISTS (
    SELECT 1 FROM events own WHERE own.pair_id = n.id AND own.reviewer_id = d.reviewer_id
        AND own.kind IN ('decision', 'carried')
)
ORDER BY d.seq
"""


def carry(conn: sqlite3.Connection, first_new_pair: int, at: str, import_id: int | None = None) -> int:
    """Carry decisions to the pairs from `first_new_pair` on; returns how many.

    Each is an event of kind `carried` that points at the original, never over a decision of that reviewer's own; where
    several equal pairs were decided, the latest word counts. Its id is the hash of the original's and the pair's identity.
    """
    if conn.execute("SELECT count(*) FROM runs").fetchone()[0] < 2:
        return 0
    if conn.execute("SELECT 1 FROM pairs WHERE id >= ? LIMIT 1", (first_new_pair,)).fetchone() is None:
        return 0
    latest = {(row[0], row[1]): row for row in conn.execute(_EQUAL, (first_new_pair,))}
    before, events = conn.total_changes, []
    for pair_id, reviewer_id, choice, note, _, original, *identity in latest.values():
        event_id = digest([original, *identity])[:32]
        events.append((event_id, pair_id, reviewer_id, choice, note, original, at, import_id))
    conn.executemany(
        "INSERT OR IGNORE INTO events (id, kind, pair_id, reviewer_id, choice, note, refers, source, at, import_id)"
        " VALUES (?, 'carried', ?, ?, ?, ?, ?, 'carried', ?, ?)",
        events,
    )
    return conn.total_changes - before
