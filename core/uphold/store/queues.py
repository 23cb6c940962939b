"""Queues: the order in which a run's pairs are read, fixed when drawn; pairs that come later are a further draw."""

import sqlite3
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from uphold.records.reviewed import QueueItem
from uphold.store.database import Store, now

Draw = Callable[[str, Sequence[tuple[int, str, int, str]]], Sequence[tuple[int, str, float, float]]]
"""(seed, pairs as (id, key, turn, contents)) -> (pair id, stratum, weight, key) in the order to read them."""

Row = tuple[Any, ...]
"""A current pair as QueueItem has it, and its contents; position, stratum and weight are None where it has no place."""

_POSITION = itemgetter(QueueItem._fields.index("position"))
_ITEM = itemgetter(slice(len(QueueItem._fields)))
_PAIR = itemgetter(0, 1, 2, len(QueueItem._fields))


def queue_of(store: Store, run_id: int, kind: str, seed: str, draw: Draw) -> tuple[int, list[QueueItem]]:
    """The queue's id and its current pairs in order; draws it, or what it lacks, first.

    Writes only where something is to be drawn, so a finished queue opens without the write lock.
    """
    queue_id = _find(store, run_id, kind)
    rows = [] if queue_id is None else _rows(store, run_id, queue_id)
    if queue_id is None or any(_POSITION(row) is None for row in rows):
        with store.writing() as conn:
            queue_id, rows = _draw(conn, store, run_id, kind, seed, draw)
    placed = [row for row in rows if _POSITION(row) is not None]
    placed.sort(key=_POSITION)
    return queue_id, list(map(QueueItem._make, map(_ITEM, placed)))


def _rows(store: Store, run_id: int, queue_id: int) -> list[Row]:
    """The run's current pairs with their places in the queue."""
    return store.rows(
        "SELECT p.id, e.key, p.turn, q.position, q.stratum, q.weight, p.contents FROM current_pairs p"
        " JOIN examples e ON e.id = p.example_id LEFT JOIN queue_items q ON q.queue_id = ? AND q.pair_id = p.id"
        " WHERE p.run_id = ?",
        (queue_id, run_id),
    ).fetchall()


def _find(store: Store, run_id: int, kind: str) -> int | None:
    row = store.one("SELECT id FROM queues WHERE run_id = ? AND kind = ?", (run_id, kind))
    return None if row is None else int(row[0])


def _draw(
    conn: sqlite3.Connection, store: Store, run_id: int, kind: str, seed: str, draw: Draw
) -> tuple[int, list[Row]]:
    """Write down the places of the pairs that have none."""
    queue_id = _find(store, run_id, kind)
    if queue_id is None:
        sql = "INSERT INTO queues (run_id, kind, seed, at) VALUES (?, ?, ?, ?)"
        queue_id = int(conn.execute(sql, (run_id, kind, seed, now())).lastrowid or 0)
    (seed,) = conn.execute("SELECT seed FROM queues WHERE id = ?", (queue_id,)).fetchone()
    position, number = conn.execute(
        "SELECT coalesce(max(position), 0), coalesce(max(draw), 0) + 1 FROM queue_items WHERE queue_id = ?", (queue_id,)
    ).fetchone()
    rows = _rows(store, run_id, queue_id)
    drawn = draw(seed, sorted(_PAIR(row) for row in rows if _POSITION(row) is None))
    conn.executemany(
        "INSERT INTO queue_items (queue_id, position, pair_id, stratum, weight, key, draw) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (queue_id, position + i, pair, stratum, weight, key, number)
            for i, (pair, stratum, weight, key) in enumerate(drawn, 1)
        ],
    )
    places = {pair: (position + i, stratum, weight) for i, (pair, stratum, weight, _) in enumerate(drawn, 1)}
    return queue_id, [(*row[:3], *places[row[0]], row[-1]) if row[0] in places else row for row in rows]
