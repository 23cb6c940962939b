"""How many pairs somebody means to read, and a set's own reasons."""

import sqlite3

from uphold.store.database import Store, now


def planned(store: Store, run_id: int, queue_id: int | None = None, reviewer_id: int | None = None) -> int | None:
    """The latest plan for a run, or for one of its queues by one reviewer."""
    row = store.one(
        "SELECT planned FROM plans WHERE run_id = :run AND queue_id = coalesce(:queue, queue_id)"
        " AND reviewer_id = coalesce(:reviewer, reviewer_id) ORDER BY id DESC LIMIT 1",
        {"run": run_id, "queue": queue_id, "reviewer": reviewer_id},
    )
    return None if row is None else int(row[0])


def add_plan(
    conn: sqlite3.Connection, run_id: int, queue_id: int, reviewer_id: int, planned: int, reviewed: int
) -> None:  # fmt: skip
    """Write a plan down, with how many pairs had been read when it was made."""
    conn.execute(
        "INSERT INTO plans (run_id, queue_id, reviewer_id, planned, reviewed, at) VALUES (?, ?, ?, ?, ?, ?)",
        (run_id, queue_id, reviewer_id, planned, reviewed, now()),
    )


def reason_keys(store: Store, set_id: int) -> dict[str, str]:
    """A set's own reasons by their keys; empty where it has none of its own."""
    return dict(store.rows("SELECT key, word FROM reason_keys WHERE set_id = ? ORDER BY key", (set_id,)).fetchall())


def write_reason_keys(store: Store, set_id: int, words: dict[str, str]) -> None:
    """Give a set these reasons in place of those it had."""
    with store.writing() as conn:
        conn.execute("DELETE FROM reason_keys WHERE set_id = ?", (set_id,))
        conn.executemany(
            "INSERT INTO reason_keys (set_id, key, word) VALUES (?, ?, ?)", [(set_id, *one) for one in words.items()]
        )
