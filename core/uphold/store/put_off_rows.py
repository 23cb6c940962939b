"""Rows of an import that are applied after all others: kept in temporary tables, so that they take little memory."""

import copyreg
import heapq
import io
import pickle
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from operator import attrgetter, itemgetter
from typing import Any

from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource

_BLOCK = 500
"""Rows that one row of the table holds."""

_LABELS_AT_HAND = 10_000
"""Rows without texts that stay in memory, some ten megabytes: most files have no more, and pickling them takes time."""

_Numbered = tuple[int, ImportRow]


class PutOffRows:
    """Rows with their numbers, added in order, to be gone through several times.

    `drop_staged` of bulk_writer drops the tables.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._with_texts = _Blocks(conn, "staged_rows_with_texts", 0)
        self._labels = _Blocks(conn, "staged_rows_of_labels", _LABELS_AT_HAND)

    def add(self, number: int, row: ImportRow) -> None:
        """Keep a row."""
        (self._with_texts if has_texts(row) else self._labels).add(number, row)

    def with_texts(self) -> Iterator[_Numbered]:
        """Yield (number, row) of the rows that hold texts: those with the example's turns before the others."""
        for without_turns in (False, True):
            for number, row in self._with_texts.rows():
                if (row.turns is None) == without_turns:
                    yield number, row

    def in_order(self) -> Iterator[_Numbered]:
        """Yield (number, row) of all rows, by number."""
        return heapq.merge(self._with_texts.rows(), self._labels.rows(), key=itemgetter(0))


def has_texts(row: ImportRow) -> bool:
    """Whether a row holds any text of an example or a response; others only say something of them."""
    return not (row.turns is None and row.context is None and row.references is None and not row.responses)


class _Blocks:
    """A list of rows; behind the first `at_hand` of them, full blocks are in a temporary table."""

    def __init__(self, conn: sqlite3.Connection, table: str, at_hand: int) -> None:
        self._conn, self._table, self._at_hand = conn, table, at_hand
        self._first: list[_Numbered] = []
        self._rows: list[_Numbered] = []
        self._count = 0

    def add(self, number: int, row: ImportRow) -> None:
        if len(self._first) < self._at_hand:
            self._first.append((number, row))
            return
        self._rows.append((number, row))
        if len(self._rows) == _BLOCK:
            if not self._count:
                self._conn.execute(f"CREATE TEMP TABLE {self._table} (number INTEGER PRIMARY KEY, block BLOB)")
            self._count += 1
            self._conn.execute(f"INSERT INTO temp.{self._table} VALUES (?, ?)", (self._count, _pickled(self._rows)))
            self._rows = []

    def rows(self) -> Iterator[_Numbered]:
        yield from self._first
        for number in range(1, self._count + 1):
            sql = f"SELECT block FROM temp.{self._table} WHERE number = ?"
            # A temporary table is this connection's own: nobody else can have put a pickle there.
            yield from pickle.loads(self._conn.execute(sql, (number,)).fetchone()[0])
        yield from self._rows


def _reduction(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda record: (kind, values(record))


# The records' own way of being pickled takes ten times as long.
_REDUCTIONS = copyreg.dispatch_table | {
    kind: _reduction(kind) for kind in (ImportRow, RowSource, ImportedResponse, ImportedJudgment, ImportedReview)
}


def _pickled(rows: list[_Numbered]) -> bytes:
    file = io.BytesIO()
    pickler = pickle.Pickler(file, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCTIONS
    pickler.dump(rows)
    return file.getvalue()
