"""Eval sets: finding and listing them, their hash and their examples."""

import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator
from typing import NamedTuple

from uphold.errors import BadUsage
from uphold.records.runs import SetRow
from uphold.records.texts import ExampleText, canonical_list_hash
from uphold.store.database import Store, now


def known_set(store: Store, name: str) -> int | None:
    """Return the id of the set with this name; None where there is none."""
    row = store.one("SELECT id FROM sets WHERE name = ?", (name,))
    return None if row is None else int(row[0])


def find_set(store: Store, name: str) -> int:
    """Return the id of the set with this name; raises BadUsage, listing the sets, if there is none."""
    found = known_set(store, name)
    if found is None:
        names = ", ".join(repr(r[0]) for r in store.rows("SELECT name FROM sets ORDER BY name")) or "none yet"
        raise BadUsage(f"there is no set {name!r}; sets in this file: {names}")
    return found


def set_names(conn: sqlite3.Connection) -> list[str]:
    """Return the names of all sets, the oldest first."""
    return [row[0] for row in conn.execute("SELECT name FROM sets ORDER BY id")]


def sets_with_keys(conn: sqlite3.Connection, keys: Collection[str]) -> list[tuple[str, int]]:
    """Return (name, how many of the keys it has) of every set that has any, the one with the most first."""
    sql = (
        "SELECT s.name, count(*) FROM examples e JOIN sets s ON s.id = e.set_id"
        " WHERE e.key IN (SELECT value FROM json_each(?)) GROUP BY s.id ORDER BY count(*) DESC, s.id"
    )
    return conn.execute(sql, (json.dumps(sorted(keys)),)).fetchall()


def sets_with_texts(conn: sqlite3.Connection, hashes: Collection[str]) -> list[tuple[str, int]]:
    """Return (name, how many of the texts it has) of every set that has any, the one with the most first."""
    sql = (
        "SELECT s.name, count(DISTINCT e.text_id) FROM texts t JOIN examples e ON e.text_id = t.id"
        " JOIN sets s ON s.id = e.set_id WHERE t.hash IN (SELECT value FROM json_each(?)) GROUP BY s.id ORDER BY 2 DESC, s.id"
    )
    return conn.execute(sql, (json.dumps(sorted(hashes)),)).fetchall()


def guidelines(store: Store, set_id: int) -> str | None:
    """Return the guidelines of the set for judges and reviewers, None if it has none."""
    sql = "SELECT value FROM set_events WHERE set_id = ? AND kind = 'guidelines' ORDER BY id DESC LIMIT 1"
    row = store.one(sql, (set_id,))
    return (row[0] or None) if row is not None else None


def set_hash(store: Store, set_id: int) -> str:
    """Return the sha256 of the sorted (text hash, reference hash or null) of the set's active examples."""
    rows = store.rows(
        "SELECT t.hash, r.hash FROM examples e JOIN texts t ON t.id = e.text_id"
        " LEFT JOIN reference_texts r ON r.id = e.reference_id WHERE e.set_id = ? AND e.status = 'active' ORDER BY 1, 2",
        (set_id,),
    )
    return canonical_list_hash(rows)


class ActiveExample(NamedTuple):
    """An active example with its present text and reference; ids are those of its rows."""

    id: int
    key: str
    text_id: int
    reference_id: int | None
    text: ExampleText


def active_examples(store: Store, set_id: int) -> Iterator[ActiveExample]:
    """Yield every active example whose text was not forgotten, in the order they were added."""
    rows = store.rows(
        "SELECT e.id, e.key, t.id, r.id, t.turns, t.context, r.turns FROM examples e JOIN texts t ON t.id = e.text_id"
        " LEFT JOIN reference_texts r ON r.id = e.reference_id WHERE e.set_id = ? AND e.status = 'active'"
        " AND e.text_id NOT IN (SELECT text_id FROM forgotten_texts) ORDER BY e.id",
        (set_id,),
    )
    for example_id, key, text_id, reference_id, *columns in rows:
        yield ActiveExample(example_id, key, text_id, reference_id, read_text(*columns))


def read_text(turns: str, context: str | None, references: str | None) -> ExampleText:
    """Return a text with its references; `turns` and `references` are JSON arrays.

    A pair of an older text may have more or fewer turns than the example's reference: those that are lacking are None.
    """
    instructions = tuple(json.loads(turns))
    known = tuple(json.loads(references))[: len(instructions)] if references else ()
    return ExampleText(instructions, context, known + (None,) * (len(instructions) - len(known)))


def set_rows(store: Store) -> list[SetRow]:
    """Return every set with its counts."""
    rows = store.rows(
        """
        SELECT s.name, (SELECT value FROM set_events v WHERE v.set_id = s.id AND v.kind = 'purpose' ORDER BY v.id DESC LIMIT 1),
            count(*) FILTER (WHERE e.status = 'active'), count(*) FILTER (WHERE e.status = 'draft'),
            count(*) FILTER (WHERE e.status = 'retired' AND e.id NOT IN (SELECT example_id FROM withdrawn_examples)),
            coalesce(max(json_array_length(t.turns)), 0), s.id
        FROM sets s LEFT JOIN examples e ON e.set_id = s.id LEFT JOIN texts t ON t.id = e.text_id
        GROUP BY s.id ORDER BY s.id
        """
    ).fetchall()
    return [
        SetRow(name, purpose, active, draft, retired, turns, *_reviewed_counts(store, set_id))
        for name, purpose, active, draft, retired, turns, set_id in rows
    ]


def _reviewed_counts(store: Store, set_id: int) -> tuple[int, int]:
    """Return (pairs with a decision, reviewers who made one)."""
    row = store.one(
        "SELECT count(DISTINCT d.pair_id), count(DISTINCT d.reviewer_id) FROM current_decisions d"
        " JOIN pairs p ON p.id = d.pair_id JOIN runs r ON r.id = p.run_id WHERE r.set_id = ?",
        (set_id,),
    )
    return row[0], row[1]


def add_set(conn: sqlite3.Connection, name: str, seed: str | None = None) -> int:
    """Add an empty set with a random seed, or the one given; return its id. Raises BadUsage where the name is taken."""
    if conn.execute("SELECT 1 FROM sets WHERE name = ?", (name,)).fetchone() is not None:
        raise BadUsage(f"there is a set {name!r} already; give the new one another name")
    values = (name, secrets.token_hex(16) if seed is None else seed, now())
    return int(conn.execute("INSERT INTO sets (name, seed, created_at) VALUES (?, ?, ?)", values).lastrowid or 0)


def settings_of(store: Store, set_id: int) -> dict[str, str]:
    """Return what is set for a set, by kind: purpose, guidelines, judge, baseline, floor, wanted."""
    return dict(store.rows("SELECT kind, value FROM set_values WHERE set_id = ?", (set_id,)).fetchall())


def name_and_seed(store: Store, set_id: int) -> tuple[str, str]:
    """Return the name and the seed of a set."""
    name, seed = store.one("SELECT name, seed FROM sets WHERE id = ?", (set_id,))
    return str(name), str(seed)


def status_counts(store: Store, set_id: int) -> dict[str, int]:
    """Return how many examples have each status; those whose addition was undone are left out."""
    sql = (
        "SELECT status, count(*) FROM examples WHERE set_id = ? AND id NOT IN (SELECT example_id FROM withdrawn_examples)"
        " GROUP BY status"
    )
    return dict(store.rows(sql, (set_id,)).fetchall())


def tag_counts(store: Store, set_id: int) -> dict[str, int]:
    """Return how many active examples have each tag, by tag."""
    sql = (
        "SELECT t.tag, count(*) FROM tags t JOIN examples e ON e.id = t.example_id"
        " WHERE e.set_id = ? AND e.status = 'active' GROUP BY t.tag ORDER BY t.tag"
    )
    return dict(store.rows(sql, (set_id,)).fetchall())


def has_runs(store: Store, set_id: int) -> bool:
    """Whether there is a run over the set: from then on its seed has drawn queues and sides."""
    return store.one("SELECT 1 FROM runs WHERE set_id = ? LIMIT 1", (set_id,)) is not None


def write_seed(conn: sqlite3.Connection, set_id: int, seed: str) -> None:
    """Give a set over which nothing was drawn yet the seed of another file's set."""
    conn.execute("UPDATE sets SET seed = ? WHERE id = ?", (seed, set_id))


def withdrawn_ids(conn: sqlite3.Connection, set_id: int) -> set[int]:
    """Return the ids of the examples of a set whose addition was undone."""
    if conn.execute("SELECT 1 FROM set_acts WHERE set_id = ? LIMIT 1", (set_id,)).fetchone() is None:
        return set()
    sql = "SELECT id FROM examples WHERE set_id = ? AND id IN (SELECT example_id FROM withdrawn_examples)"
    return {row[0] for row in conn.execute(sql, (set_id,))}
