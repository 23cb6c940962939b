"""The half of each example of a set: written when it is first needed, and never changed."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from uphold.records.halves import Half
from uphold.store.database import Store, now


@dataclass(frozen=True, slots=True)
class FirstText:
    """The first text that an example had; `half` is None while the example has none.

    Where the text was `forgotten`, turns and context are blank.
    """

    example_id: int
    hash: str
    turns: tuple[str, ...]
    context: str | None
    forgotten: bool
    half: Half | None


_FIRST_TEXTS = """
SELECT e.id, t.hash, t.turns, t.context, t.id IN (SELECT text_id FROM forgotten_texts), h.half
FROM examples e JOIN texts t ON t.id = coalesce((
    SELECT v.text_id FROM example_events v WHERE v.example_id = e.id AND v.text_id IS NOT NULL ORDER BY v.id LIMIT 1
), e.text_id) LEFT JOIN example_halves h ON h.example_id = e.id
WHERE e.set_id = ? ORDER BY e.id
"""


def first_texts(store: Store, set_id: int) -> list[FirstText]:
    """Return the first text of every example of a set, also of retired and withdrawn ones, the oldest example first."""
    return [
        FirstText(number, digest, tuple(json.loads(turns)), context, bool(forgotten), Half(half) if half else None)
        for number, digest, turns, context, forgotten, half in store.rows(_FIRST_TEXTS, (set_id,))
    ]


def known_halves(store: Store, set_id: int) -> tuple[dict[int, Half], bool]:
    """Return the halves that are written, by example id, and whether every example of the set has one."""
    sql = "SELECT e.id, h.half FROM examples e LEFT JOIN example_halves h ON h.example_id = e.id WHERE e.set_id = ?"
    rows = store.rows(sql, (set_id,)).fetchall()
    return {row[0]: Half(row[1]) for row in rows if row[1] is not None}, all(row[1] is not None for row in rows)


def write_halves(conn: sqlite3.Connection, halves: Mapping[int, Half], decided_by: Mapping[int, int]) -> None:
    """Write the halves of examples that have none; `decided_by` names the older example in whose half one is."""
    at = now()
    conn.executemany(
        "INSERT OR IGNORE INTO example_halves (example_id, half, near_example_id, created_at) VALUES (?, ?, ?, ?)",
        [(number, half.value, decided_by.get(number), at) for number, half in halves.items()],
    )


def drop_unused_halves(conn: sqlite3.Connection) -> None:
    """Delete the halves of examples that are gone."""
    conn.execute("DELETE FROM example_halves WHERE example_id NOT IN (SELECT id FROM examples)")
    conn.execute(
        "UPDATE example_halves SET near_example_id = NULL"
        " WHERE near_example_id IS NOT NULL AND near_example_id NOT IN (SELECT id FROM examples)"
    )
