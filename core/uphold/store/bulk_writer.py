"""Buffered inserts for imports: the rows of every table an import fills, and caches of ids.

The caller holds the write transaction and commits it.
"""

import secrets
import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair in the database, with what the ids of its imported events are hashed from."""

    id: int
    run_id: int
    key: str
    turn: int
    contents: str
    candidate: str
    baseline: str


class BulkWriter:
    """The row buffers of one import into one set, with the import's id and time.

    `superseded` holds (new judgment id, old judgment id) of judgments to be superseded at the next flush.
    """

    def __init__(self, conn: sqlite3.Connection, set_name: str, import_id: int, at: str) -> None:
        self.conn, self.set_name, self.import_id, self.at = conn, set_name, import_id, at
        self.set_id = self._find_or_add_set(set_name)
        self._make_example_buffers(conn)
        self._make_pair_buffers(conn)
        self._make_annotation_buffers(conn)
        # Parents before children, as the foreign keys want it.
        self._in_order = (
            self.texts,
            self.text_prefixes,
            self.reference_texts,
            self.reference_prefixes,
            self.examples,
            self.example_events,
            self.tags,
            self.tag_events,
            self.systems,
            self.responses,
            self.replacements,
            self.runs,
            self.pairs,
            self.judges,
            self.judge_orders,
            self.judgments,
            self.reviewers,
            self.events,
        )
        self.superseded: list[tuple[int, int]] = []

    def _make_example_buffers(self, conn: sqlite3.Connection) -> None:
        self.texts = RowBuffer(conn, "texts", "id, hash, turns, context")
        self.text_prefixes = RowBuffer(conn, "text_prefixes", "text_id, turn, prefix", id_column=None)
        self.reference_texts = RowBuffer(conn, "reference_texts", "id, hash, turns")
        prefix_columns = "reference_id, turn, prefix_id"
        self.reference_prefixes = RowBuffer(conn, "reference_prefixes", prefix_columns, id_column=None)
        self.examples = RowBuffer(conn, "examples", "id, set_id, key, text_id, reference_id")
        example_event_columns = "id, example_id, kind, text_id, reference_id, created_at, import_id"
        self.example_events = RowBuffer(conn, "example_events", example_event_columns)
        self.tags = RowBuffer(conn, "tags", "example_id, tag, import_id", id_column=None)
        self.tag_events = RowBuffer(conn, "tag_events", "id, example_id, tag, kind, created_at, import_id")

    def _make_pair_buffers(self, conn: sqlite3.Connection) -> None:
        self.systems = RowBuffer(conn, "systems", "id, name, import_id")
        self.responses = RowBuffer(conn, "responses", "id, system_id, text_id, hash, cells, created_at, import_id")
        replacement_columns = "id, response_id, by_response_id, from_turn, how, created_at, import_id"
        self.replacements = RowBuffer(conn, "replacements", replacement_columns)
        self.runs = RowBuffer(conn, "runs", "id, set_id, candidate_id, baseline_id, name, created_at, import_id")
        self.pairs = RowBuffer(
            conn,
            "pairs",
            "id, run_id, example_id, turn, contents, prefix, text_id, candidate_response_id, baseline_response_id,"
            " reference_id, import_id",
        )

    def _make_annotation_buffers(self, conn: sqlite3.Connection) -> None:
        self.judges = RowBuffer(
            conn, "judges", "id, name, version, kind, definition, takes_reference, created_at, import_id"
        )
        order_columns = "run_id, judge_id, answer_order, samples, import_id"
        self.judge_orders = RowBuffer(conn, "judge_orders", order_columns, id_column=None)
        self.judgments = RowBuffer(
            conn,
            "judgments",
            "id, pair_id, judge_id, answer_order, status, verdict, preference, confidence, reason, raw, problem, prompt_name,"
            " cost, seconds, created_at, import_id",
        )
        self.reviewers = RowBuffer(conn, "reviewers", "id, name, import_id")
        event_columns = "seq, id, kind, pair_id, reviewer_id, choice, note, source, created_at, import_id"
        self.events = RowBuffer(conn, "events", event_columns, id_column="seq")

    def _find_or_add_set(self, name: str) -> int:
        row = self.conn.execute("SELECT id FROM sets WHERE name = ?", (name,)).fetchone()
        if row:
            return int(row[0])
        sql = "INSERT INTO sets (name, seed, created_at, import_id) VALUES (?, ?, ?, ?)"
        return int(self.conn.execute(sql, (name, secrets.token_hex(16), self.at, self.import_id)).lastrowid or 0)

    def flush(self) -> None:
        """Write all buffered rows."""
        if self.superseded:
            # Old judgments are first superseded by themselves, since only one may be in force; they point at the new
            # ones once these are inserted.
            self.conn.executemany(
                "UPDATE judgments SET superseded_by = id WHERE id = ?", [(old,) for _, old in self.superseded]
            )
        for table in self._in_order:
            table.flush()
        if self.superseded:
            self.conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", self.superseded)
            self.superseded.clear()


class RowBuffer:
    """Buffered rows of one table, and the next free id. `id_column` is None for a table without an id."""

    __slots__ = ("_conn", "_sql", "first_new", "next_id", "rows")

    def __init__(self, conn: sqlite3.Connection, name: str, columns: str, *, id_column: str | None = "id") -> None:
        placeholders = ", ".join("?" for _ in columns.split(","))
        self._conn = conn
        self._sql = f"INSERT INTO {name} ({columns}) VALUES ({placeholders})"
        self.rows: list[tuple[Any, ...]] = []
        last = conn.execute(f"SELECT max({id_column}) FROM {name}").fetchone()[0] if id_column else None
        self.first_new = self.next_id = (last or 0) + 1

    def add(self, *values: Any) -> int:
        """Buffer a row under the next id, its first column, and return that id."""
        number = self.next_id
        self.next_id = number + 1
        self.rows.append((number, *values))
        return number

    def append(self, *values: Any) -> None:
        """Buffer a row of a table without an id."""
        self.rows.append(values)

    def flush(self) -> None:
        """Insert the buffered rows."""
        if self.rows:
            self._conn.executemany(self._sql, self.rows)
            self.rows.clear()


class IdCache:
    """Ids by natural key: those added in this import, and those looked up in the database.

    `sql` selects the id of a row by its key. `ids` is filled by the caller for the rows it adds.
    """

    __slots__ = ("_select", "first_new", "ids")

    def __init__(self, conn: sqlite3.Connection, table: RowBuffer, sql: str) -> None:
        self.ids: dict[Hashable, int] = {}
        self.first_new = table.first_new
        # A table that was empty when the import began need not be searched.
        self._select: Callable[[Any], int | None] | None = _id_lookup(conn, sql) if table.first_new > 1 else None

    def find(self, key: Any) -> int | None:
        """Return the id of the row with this key, or None."""
        found = self.ids.get(key)
        if found is None and self._select is not None:
            found = self._select(key)
            if found is not None:
                self.ids[key] = found
        return found


def _id_lookup(conn: sqlite3.Connection, sql: str) -> Callable[[Any], int | None]:
    def select(key: object) -> int | None:
        row = conn.execute(sql, key if isinstance(key, tuple) else (key,)).fetchone()
        return None if row is None else int(row[0])

    return select
