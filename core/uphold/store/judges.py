"""Judge versions, and the orders and samples that a run requests of them."""

import sqlite3
from collections.abc import Iterable

from uphold.records.enums import AnswerOrder
from uphold.records.judgments import Judge
from uphold.records.texts import canonical
from uphold.store.database import now


def add_judge(conn: sqlite3.Connection, judge: Judge) -> int:
    """Return the id of this judge version, adding it if it is new."""
    conn.execute(
        "INSERT OR IGNORE INTO judges (name, version, kind, definition, takes_reference, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (judge.name, judge.version, judge.kind, canonical(dict(judge.definition)), int(judge.takes_reference), now()),
    )
    return int(
        conn.execute("SELECT id FROM judges WHERE name = ? AND version = ?", (judge.name, judge.version)).fetchone()[0]
    )


def record_requested_orders(
    conn: sqlite3.Connection, run_id: int, judge_id: int, orders: Iterable[AnswerOrder], samples: int = 1
) -> None:
    """Record the orders and samples that a run requests of a judge; a smaller number of samples changes nothing."""
    conn.executemany(
        "INSERT INTO judge_orders (run_id, judge_id, answer_order, samples) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET samples = max(samples, excluded.samples)",
        [(run_id, judge_id, order.value, samples) for order in orders],
    )
