"""Buffered inserts for imports: the rows of every table an import fills, and caches of ids.

Rows are collected outside the write lock: in memory, and from a few hundred on in temporary tables. They have the ids
that are free then. `BulkWriter.write` inserts them once the caller holds the lock.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_ROWS_AT_A_TIME = 5000
"""Staged rows that one statement inserts: an import can be interrupted, and says how far it is, between two."""


class ChangedMeanwhile(Exception):
    """Another connection has changed what an import has looked at, or taken an id that it would give."""


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

    `superseded` holds (new judgment id, old judgment id) of judgments to be superseded at the next write.
    """

    def __init__(self, conn: sqlite3.Connection, set_name: str, at: str) -> None:
        self.conn, self.set_name, self.at = conn, set_name, at
        self._data_version, self._imports = _data_version(conn), _count_imports(conn)
        self.import_id = self._imports[0] + 1
        self._make_example_buffers(conn)
        self._make_pair_buffers(conn)
        self._make_annotation_buffers(conn)
        # Parents before children, as the foreign keys want it.
        self._in_order = (
            self.sets,
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
            self.verdicts,
            self.human_labels,
        )
        self.superseded: list[tuple[int, int]] = []
        self.set_id = self._find_or_add_set(set_name)

    def _make_example_buffers(self, conn: sqlite3.Connection) -> None:
        self.sets = RowBuffer(conn, "sets", "id, name, seed, created_at, import_id")
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
        verdict_columns = "judge_id, pair_id, run_id, verdict, candidate_first, baseline_first"
        self.verdicts = RowBuffer(conn, "verdicts", verdict_columns, id_column=None)
        self.human_labels = RowBuffer(conn, "human_labels", "pair_id, label, votes, adjudicated", id_column=None)

    def _find_or_add_set(self, name: str) -> int:
        row = self.conn.execute("SELECT id FROM sets WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else self.sets.add(name, secrets.token_hex(16), self.at, self.import_id)

    @property
    def has_rows(self) -> bool:
        """Whether there are rows to write, besides that of the set."""
        return any(table.count for table in self._in_order if table is not self.sets)

    @property
    def rows(self) -> int:
        """How many rows there are to write."""
        return sum(table.count for table in self._in_order)

    def stage(self) -> None:
        """Move all buffered rows to temporary tables, so that they do not pile up in memory."""
        for table in self._in_order:
            table.stage()

    def check(self) -> None:
        """Under the write lock, see that the rows still fit; judgments and decisions of others may have come meanwhile.

        Raises ChangedMeanwhile where they do not. Every change of what an import looks at adds a row to one of these
        tables or takes an import away: facts are appended.
        """
        if _data_version(self.conn) == self._data_version:
            return
        looked_at = (self.example_events, self.tag_events, self.responses, self.replacements)
        if _count_imports(self.conn) != self._imports or any(table.has_grown() for table in looked_at):
            raise ChangedMeanwhile
        for table in self._in_order:
            if table in (self.events, self.judgments):
                table.shift = table.grown_by()
            elif table.count and table.has_grown():
                raise ChangedMeanwhile
        shift = self.judgments.shift
        self.superseded = [(new + shift, old) for new, old in self.superseded]

    def write(self) -> Iterator[int]:
        """Insert all rows, staged and buffered; yield how many have been inserted, from time to time.

        Raises ChangedMeanwhile where another connection has added a row with the same identity.
        """
        if self.superseded:
            # Old judgments are first superseded by themselves, since only one may be in force; they point at the new
            # ones once these are inserted.
            self.conn.executemany(
                "UPDATE judgments SET superseded_by = id WHERE id = ?", [(old,) for _, old in self.superseded]
            )
        done = 0
        try:
            for table in self._in_order:
                for inserted in table.write():
                    done += inserted
                    yield done
        except sqlite3.IntegrityError:
            if _data_version(self.conn) == self._data_version:
                raise
            raise ChangedMeanwhile from None
        if self.superseded:
            self.conn.executemany("UPDATE judgments SET superseded_by = ? WHERE id = ?", self.superseded)
            self.superseded.clear()

    def flush(self) -> None:
        """Under the write lock, insert rows that were added after `write`."""
        for _ in self.write():
            pass


def _data_version(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA data_version").fetchone()[0])


def _count_imports(conn: sqlite3.Connection) -> tuple[int, int]:
    """Return the largest number of an import, and how many there are."""
    last, count = conn.execute("SELECT max(id), count(*) FROM imports").fetchone()
    return last or 0, count


def drop_staged(conn: sqlite3.Connection) -> None:
    """Drop the temporary tables of an import."""
    for (name,) in conn.execute(
        "SELECT name FROM temp.sqlite_master WHERE name LIKE 'staged\\_%' ESCAPE '\\'"
    ).fetchall():
        conn.execute(f"DROP TABLE temp.{name}")


class RowBuffer:
    """The rows of one table that are to be inserted, and the next free id. `id_column` is None for a table without an id.

    `shift` is added to the ids when the rows are inserted; nothing else may refer to them then.
    """

    __slots__ = ("_columns", "_conn", "_id_column", "_name", "_staged", "first_new", "next_id", "rows", "shift")

    def __init__(self, conn: sqlite3.Connection, name: str, columns: str, *, id_column: str | None = "id") -> None:
        self._conn, self._name, self._columns, self._id_column = conn, name, columns, id_column
        self.rows: list[tuple[Any, ...]] = []
        self._staged = self.shift = 0
        self.first_new = self.next_id = self._last_id() + 1

    def _last_id(self) -> int:
        if self._id_column is None:
            return 0
        return int(self._conn.execute(f"SELECT max({self._id_column}) FROM main.{self._name}").fetchone()[0] or 0)

    def source(self, number: int) -> str:
        """Return the table to read the row with this id from; those of the import itself can be read once staged."""
        return f"temp.staged_{self._name}" if number >= self.first_new else f"main.{self._name}"

    @property
    def count(self) -> int:
        """How many rows there are to insert."""
        return self._staged + len(self.rows)

    def grown_by(self) -> int:
        """By how many ids the table has grown in the database since the buffer was made; 0 where rows went away."""
        return max(self._last_id() + 1 - self.first_new, 0)

    def has_grown(self) -> bool:
        """Whether the last id in the database is another one than when the buffer was made."""
        return self._id_column is not None and self._last_id() + 1 != self.first_new

    def add(self, *values: Any) -> int:
        """Buffer a row under the next id, its first column, and return that id."""
        number = self.next_id
        self.next_id = number + 1
        self.rows.append((number, *values))
        return number

    def append(self, *values: Any) -> None:
        """Buffer a row of a table without an id."""
        self.rows.append(values)

    @property
    def _placeholders(self) -> str:
        return ", ".join("?" for _ in self._columns.split(","))

    def stage(self) -> None:
        """Move the buffered rows to a temporary table; one with ids can be read there by its first column."""
        if not self.rows:
            return
        if not self._staged:
            columns = (
                self._columns if self._id_column is None else self._columns.replace(",", " INTEGER PRIMARY KEY,", 1)
            )
            self._conn.execute(f"CREATE TEMP TABLE staged_{self._name} ({columns})")
        self._conn.executemany(f"INSERT INTO temp.staged_{self._name} VALUES ({self._placeholders})", self.rows)
        self._staged += len(self.rows)
        self.rows.clear()

    def write(self) -> Iterator[int]:
        """Insert all rows; yield the number of each part that is inserted."""
        if self._staged:
            yield from self._write_staged()
        if self.rows:
            rows = self.rows
            if self.shift:
                rows = [(row[0] + self.shift, *row[1:]) for row in rows]
            self._conn.executemany(
                f"INSERT INTO main.{self._name} ({self._columns}) VALUES ({self._placeholders})", rows
            )
            yield len(rows)
            self.rows.clear()

    def _write_staged(self) -> Iterator[int]:
        first, *rest = self._columns.split(", ")
        chosen = ", ".join([f"{first} + {self.shift}" if self.shift else first, *rest])
        sql = (
            f"INSERT INTO main.{self._name} ({self._columns}) SELECT {chosen} FROM temp.staged_{self._name}"
            " WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        )
        low, high = self._conn.execute(f"SELECT min(rowid), max(rowid) FROM temp.staged_{self._name}").fetchone()
        for start in range(low, high + 1, _ROWS_AT_A_TIME):
            yield self._conn.execute(sql, (start, start + _ROWS_AT_A_TIME - 1)).rowcount
        self._staged = 0


class IdCache:
    """Ids by natural key: those added in this import, and those looked up in the database.

    `sql` selects the id of a row by its key. With `hashed` the key, or its last part, is a sha256 in hex digits, which
    takes a third of the memory here.
    """

    __slots__ = ("_hashed", "_ids", "_select")

    def __init__(self, conn: sqlite3.Connection, table: RowBuffer, sql: str, *, hashed: bool = False) -> None:
        self._ids: dict[Any, int] = {}
        self._hashed = hashed
        # A table that was empty when the import began need not be searched.
        self._select: Callable[[Any], int | None] | None = _id_lookup(conn, sql) if table.first_new > 1 else None

    def find(self, key: Any) -> int | None:
        """Return the id of the row with this key, or None."""
        short = _short(key) if self._hashed else key
        found = self._ids.get(short)
        if found is None and self._select is not None:
            found = self._select(key)
            if found is not None:
                self._ids[short] = found
        return found

    def add(self, key: Any, number: int) -> None:
        """Keep the id of a row that is added."""
        self._ids[_short(key) if self._hashed else key] = number


def _short(key: Any) -> bytes:
    """Return a key that ends in a sha256 with 16 bytes of it, too many for two keys to be alike."""
    if isinstance(key, str):
        return bytes.fromhex(key[:32])
    return str(key[:-1]).encode() + bytes.fromhex(key[-1][:32])


def _id_lookup(conn: sqlite3.Connection, sql: str) -> Callable[[Any], int | None]:
    def select(key: object) -> int | None:
        row = conn.execute(sql, key if isinstance(key, tuple) else (key,)).fetchone()
        return None if row is None else int(row[0])

    return select
