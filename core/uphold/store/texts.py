"""Deleting texts and references that nothing uses any more: after edits within one import, and when one is dropped."""

import json
import sqlite3
from collections.abc import Iterable

_TEXT_USERS = ("examples", "example_events", "responses", "pairs", "set_members")

_REFERENCE_USERS = (
    "examples",
    "example_events",
    "set_members",
    "pairs",
    "judgments",
    "events",
    "shown_pairs",
    "perplexities",
    "batch_items",
)


def delete_unused_texts(conn: sqlite3.Connection, text_ids: Iterable[int], users: Iterable[str] = _TEXT_USERS) -> None:
    """Delete those of the texts that none of the tables `users` refers to."""
    chosen = json.dumps(list(text_ids))
    unused = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {table} u WHERE u.text_id = {{0}})" for table in users)
    # Children first, as the foreign keys want it.
    for table, column in (("text_prefixes", "text_id"), ("texts", "id")):
        condition = unused.format(f"{table}.{column}")
        conn.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?)) AND {condition}", (chosen,)
        )


def delete_unused_references(conn: sqlite3.Connection) -> None:
    """Delete every reference that nothing refers to, and that is no part of one that something refers to."""
    if conn.execute("SELECT 1 FROM reference_texts LIMIT 1").fetchone() is None:
        return
    users = " UNION ".join(
        f"SELECT reference_id FROM {table} WHERE reference_id IS NOT NULL" for table in _REFERENCE_USERS
    )
    used = [
        row[0]
        for row in conn.execute(
            f"WITH used AS ({users}) SELECT DISTINCT prefix_id FROM reference_prefixes WHERE reference_id IN"
            f" (SELECT * FROM used)"
        )
    ]
    kept = json.dumps(used)
    conn.execute("DELETE FROM reference_prefixes WHERE reference_id NOT IN (SELECT value FROM json_each(?))", (kept,))
    conn.execute("DELETE FROM reference_texts WHERE id NOT IN (SELECT value FROM json_each(?))", (kept,))
