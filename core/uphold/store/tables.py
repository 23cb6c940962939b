"""Bulk writing: rows wait in lists, ids are handed out here (the caller holds the write lock), tables fill in order."""

import sqlite3
from collections.abc import Callable, Hashable
from typing import Any


class Table:
    """Rows waiting for one INSERT, and the next free id."""

    __slots__ = ("_conn", "_sql", "first_new", "next_id", "rows")

    def __init__(self, conn: sqlite3.Connection, name: str, columns: str, *, numbered: str | None = "id") -> None:
        marks = ", ".join("?" for _ in columns.split(","))
        self._conn = conn
        self._sql = f"INSERT INTO {name} ({columns}) VALUES ({marks})"
        self.rows: list[tuple[Any, ...]] = []
        last = conn.execute(f"SELECT max({numbered}) FROM {name}").fetchone()[0] if numbered else None
        self.first_new = self.next_id = (last or 0) + 1

    def add(self, *values: Any) -> int:
        """Queue a row under the next id (its first column) and return that id."""
        number = self.next_id
        self.next_id = number + 1
        self.rows.append((number, *values))
        return number

    def put(self, *values: Any) -> None:
        """Queue a row of a table without an id."""
        self.rows.append(values)

    def flush(self) -> None:
        """Write what waits."""
        if self.rows:
            self._conn.executemany(self._sql, self.rows)
            self.rows.clear()


class Known:
    """Ids by what identifies a thing: those met in this import, and those that the file had before."""

    __slots__ = ("_ask", "first_new", "ids")

    def __init__(self, conn: sqlite3.Connection, table: Table, sql: str) -> None:
        self.ids: dict[Hashable, int] = {}
        self.first_new = table.first_new
        self._ask: Callable[[Any], int | None] | None = _asking(conn, sql) if table.first_new > 1 else None

    def find(self, key: Any) -> int | None:
        """The id of what `key` identifies, or None."""
        found = self.ids.get(key)
        if found is None and self._ask is not None:
            found = self._ask(key)
            if found is not None:
                self.ids[key] = found
        return found


def _asking(conn: sqlite3.Connection, sql: str) -> Callable[[Any], int | None]:
    def ask(key: object) -> int | None:
        row = conn.execute(sql, key if isinstance(key, tuple) else (key,)).fetchone()
        return None if row is None else int(row[0])

    return ask
