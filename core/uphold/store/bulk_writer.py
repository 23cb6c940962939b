"""What every part of an import writes with: one transaction that somebody else commits, and rows that wait for it."""

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair of the file, with what its events are named by."""

    id: int
    run_id: int
    key: str
    turn: int
    contents: str
    candidate: str
    baseline: str


class BulkWriter:
    """One import into one set: its connection, its number, its time, and the tables it fills, parents before children."""

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.conn, self.set_name, self.import_id, self.at = conn, set_name, import_id, at
        self.set_id = self._set(set_name)
        self._open_texts(conn)
        self._open_pairs(conn)
        self._open_words(conn)
        self._in_order = (
            self.texts,
            self.text_turns,
            self.examples,
            self.example_events,
            self.tags,
            self.systems,
            self.responses,
            self.replacements,
            self.runs,
            self.pairs,
            self.judges,
            self.asked,
            self.judgments,
            self.reviewers,
            self.events,
        )
        self.superseded: list[tuple[int, int]] = []

    def _open_texts(self, conn: sqlite3.Connection) -> None:
        self.texts = RowBuffer(conn, "texts", 'id, hash, turns, context, "references"')
        self.text_turns = RowBuffer(conn, "text_turns", "text_id, turn, prefix", numbered=None)
        self.examples = RowBuffer(conn, "examples", "id, set_id, key, text_id")
        self.example_events = RowBuffer(conn, "example_events", "id, example_id, kind, text_id, at, import_id")
        self.tags = RowBuffer(conn, "tags", "example_id, tag, import_id", numbered=None)

    def _open_pairs(self, conn: sqlite3.Connection) -> None:
        self.systems = RowBuffer(conn, "systems", "id, name, import_id")
        self.responses = RowBuffer(conn, "responses", "id, system_id, text_id, hash, cells, at, import_id")
        replacing = "id, response_id, by_response_id, from_turn, how, at, import_id"
        self.replacements = RowBuffer(conn, "replacements", replacing)
        self.runs = RowBuffer(conn, "runs", "id, set_id, candidate_id, baseline_id, name, seed, at, import_id")
        self.pairs = RowBuffer(
            conn,
            "pairs",
            "id, run_id, example_id, turn, contents, prefix, text_id, candidate_response_id, baseline_response_id, import_id",
        )

    def _open_words(self, conn: sqlite3.Connection) -> None:
        self.judges = RowBuffer(conn, "judges", "id, name, version, kind, definition, at, import_id")
        self.asked = RowBuffer(conn, "asked", 'run_id, judge_id, "order", samples, import_id', numbered=None)
        self.judgments = RowBuffer(
            conn,
            "judgments",
            'id, pair_id, judge_id, "order", status, verdict, preference, confidence, reason, raw, problem, prompt_name,'
            " cost, seconds, at, import_id",
        )
        self.reviewers = RowBuffer(conn, "reviewers", "id, name, import_id")
        said = "seq, id, kind, pair_id, reviewer_id, choice, note, source, at, import_id"
        self.events = RowBuffer(conn, "events", said, numbered="seq")

    def _set(self, name: str) -> int:
        row = self.conn.execute("SELECT id FROM sets WHERE name = ?", (name,)).fetchone()
        if row:
            return int(row[0])
        sql = "INSERT INTO sets (name, at, import_id) VALUES (?, ?, ?)"
        return int(self.conn.execute(sql, (name, self.at, self.import_id)).lastrowid or 0)

    def flush(self) -> None:
        """Write what waits."""
        if self.superseded:
            # The old ones step aside first, since only one may be in force; they point at the new ones once these are there.
            self.conn.executemany(
                "UPDATE judgments SET superseded_by = id WHERE id = ?", [(old,) for _, old in self.superseded]
            )
        for table in self._in_order:
            table.flush()
        if self.superseded:
            self.conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", self.superseded)
            self.superseded.clear()


class RowBuffer:
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


class IdCache:
    """Ids by what identifies a thing: those met in this import, and those that the file had before."""

    __slots__ = ("_ask", "first_new", "ids")

    def __init__(self, conn: sqlite3.Connection, table: RowBuffer, sql: str) -> None:
        self.ids: dict[Hashable, int] = {}
        self.first_new = table.first_new
        self._ask: Callable[[Any], int | None] | None = _select_ids(conn, sql) if table.first_new > 1 else None

    def find(self, key: Any) -> int | None:
        """The id of what `key` identifies, or None."""
        found = self.ids.get(key)
        if found is None and self._ask is not None:
            found = self._ask(key)
            if found is not None:
                self.ids[key] = found
        return found


def _select_ids(conn: sqlite3.Connection, sql: str) -> Callable[[Any], int | None]:
    def ask(key: object) -> int | None:
        row = conn.execute(sql, key if isinstance(key, tuple) else (key,)).fetchone()
        return None if row is None else int(row[0])

    return ask
