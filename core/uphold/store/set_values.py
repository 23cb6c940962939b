"""What is set for an eval set: each setting is a row, the latest of a kind counts."""

import sqlite3

from uphold.store.database import now


def write_setting(conn: sqlite3.Connection, set_id: int, kind: str, value: str | None, reviewer_id: int | None) -> None:
    """Write a setting of a set; with None it is taken away."""
    sql = "INSERT INTO set_events (set_id, kind, value, reviewer_id, created_at) VALUES (?, ?, ?, ?, ?)"
    conn.execute(sql, (set_id, kind, value, reviewer_id, now()))
