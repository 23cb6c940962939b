"""Queues: the order in which a run's pairs are read, fixed when drawn; pairs that come later are a further draw."""

import sqlite3
from collections.abc import Callable, Sequence

from uphold.records.reviewed import QueueItem
from uphold.store.database import Store, now

Draw = Callable[[str, Sequence[tuple[int, str, int, str]]], Sequence[tuple[int, str, float, float]]]
"""(seed, pairs as (id, key, turn, contents)) -> (pair id, stratum, weight, key) in the order to read them."""


def queue_of(store: Store, run_id: int, kind: str, seed: str, draw: Draw) -> tuple[int, list[QueueItem]]:
    """The queue's id and its current pairs in order; draws it, or what it lacks, first.

    Writes only where something is to be drawn, so a finished queue opens without the write lock.
    """
    queue_id = _find(store, run_id, kind)
    if queue_id is None or _undrawn(store, run_id, queue_id):
        with store.writing() as conn:
            queue_id = _draw(conn, store, run_id, kind, seed, draw)
    return queue_id, items(store, queue_id)


def items(store: Store, queue_id: int) -> list[QueueItem]:
    """The queue's current pairs, in order."""
    rows = store.rows(
        "SELECT q.pair_id, e.key, p.turn, q.position, q.stratum, q.weight FROM queue_items q"
        " JOIN current_pairs p ON p.id = q.pair_id JOIN examples e ON e.id = p.example_id"
        " WHERE q.queue_id = ? ORDER BY q.position",
        (queue_id,),
    )
    return list(map(QueueItem._make, rows))


def _find(store: Store, run_id: int, kind: str) -> int | None:
    row = store.one("SELECT id FROM queues WHERE run_id = ? AND kind = ?", (run_id, kind))
    return None if row is None else int(row[0])


def _undrawn(store: Store, run_id: int, queue_id: int) -> list[tuple[int, str, int, str]]:
    return store.rows(
        "SELECT p.id, e.key, p.turn, p.contents FROM current_pairs p JOIN examples e ON e.id = p.example_id"
        " WHERE p.run_id = ? AND NOT EXISTS (SELECT 1 FROM queue_items q WHERE q.queue_id = ? AND q.pair_id = p.id)"
        " ORDER BY p.id",
        (run_id, queue_id),
    ).fetchall()


def _draw(conn: sqlite3.Connection, store: Store, run_id: int, kind: str, seed: str, draw: Draw) -> int:
    queue_id = _find(store, run_id, kind)
    if queue_id is None:
        sql = "INSERT INTO queues (run_id, kind, seed, at) VALUES (?, ?, ?, ?)"
        queue_id = int(conn.execute(sql, (run_id, kind, seed, now())).lastrowid or 0)
    (seed,) = conn.execute("SELECT seed FROM queues WHERE id = ?", (queue_id,)).fetchone()
    position, number = conn.execute(
        "SELECT coalesce(max(position), 0), coalesce(max(draw), 0) + 1 FROM queue_items WHERE queue_id = ?", (queue_id,)
    ).fetchone()
    drawn = draw(seed, _undrawn(store, run_id, queue_id))
    conn.executemany(
        "INSERT INTO queue_items (queue_id, position, pair_id, stratum, weight, key, draw) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (queue_id, position + i, pair, stratum, weight, key, number)
            for i, (pair, stratum, weight, key) in enumerate(drawn, 1)
        ],
    )
    return queue_id
