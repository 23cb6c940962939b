"""Rows of an import that are applied after all others: kept in a temporary table, so that they take no memory."""

import pickle
import sqlite3
from collections.abc import Iterator

from uphold.records.rows import ImportRow

_KEPT = 500
"""Rows that are kept in memory before they go to the table."""


class PutOffRows:
    """Rows with their numbers, to be gone through several times; `drop_staged` of bulk_writer drops the table."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._buffer: list[tuple[int, bool, bytes]] = []
        self._has_table = False

    def add(self, number: int, row: ImportRow) -> None:
        """Keep a row."""
        self._buffer.append((number, row.turns is None, pickle.dumps(row, pickle.HIGHEST_PROTOCOL)))
        if len(self._buffer) >= _KEPT:
            self._move()

    def _move(self) -> None:
        if not self._has_table:
            self._conn.execute(
                "CREATE TEMP TABLE staged_put_off (number INTEGER PRIMARY KEY, without_text INTEGER, row BLOB)"
            )
            self._has_table = True
        self._conn.executemany("INSERT INTO temp.staged_put_off VALUES (?, ?, ?)", self._buffer)
        self._buffer.clear()

    def in_order(self) -> Iterator[tuple[int, ImportRow]]:
        """Yield (number, row) by number."""
        yield from self._rows("number")

    def texts_first(self) -> Iterator[tuple[int, ImportRow]]:
        """Yield (number, row), those with a text before those without, each by number."""
        yield from self._rows("without_text, number")

    def _rows(self, order: str) -> Iterator[tuple[int, ImportRow]]:
        if not self._has_table:
            by_text = order.startswith("without_text")
            for number, _, pickled in sorted(self._buffer, key=lambda kept: (by_text and kept[1], kept[0])):
                yield number, pickle.loads(pickled)
            return
        self._move()
        numbers = [row[0] for row in self._conn.execute(f"SELECT number FROM temp.staged_put_off ORDER BY {order}")]
        sql = "SELECT row FROM temp.staged_put_off WHERE number = ?"
        for number in numbers:
            # Only what this process has put there itself.
            yield number, pickle.loads(self._conn.execute(sql, (number,)).fetchone()[0])
