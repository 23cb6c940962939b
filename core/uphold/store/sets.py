"""Eval sets: finding and listing them, their hash and their examples."""

import json
from collections.abc import Iterator

from uphold.errors import BadUsage
from uphold.records.runs import SetRow
from uphold.records.texts import ExampleText, canonical_hash
from uphold.store.database import Store


def find_set(store: Store, name: str) -> int:
    """Return the id of the set with this name; raises BadUsage, listing the sets, if there is none."""
    row = store.one("SELECT id FROM sets WHERE name = ?", (name,))
    if row is None:
        names = ", ".join(repr(r[0]) for r in store.rows("SELECT name FROM sets ORDER BY name")) or "none yet"
        raise BadUsage(f"there is no set {name!r}; sets in this file: {names}")
    return int(row[0])


def guidelines(store: Store, set_id: int) -> str | None:
    """Return the guidelines of the set for judges and reviewers, None if it has none."""
    return store.one("SELECT guidelines FROM sets WHERE id = ?", (set_id,))[0] or None


def set_hash(store: Store, set_id: int) -> str:
    """Return the sha256 of the sorted text hashes of the set's active examples."""
    rows = store.rows(
        "SELECT t.hash FROM examples e JOIN texts t ON t.id = e.text_id WHERE e.set_id = ? AND e.status = 'active'"
        " ORDER BY t.hash",
        (set_id,),
    )
    return canonical_hash([row[0] for row in rows])


def active_examples(store: Store, set_id: int) -> Iterator[tuple[int, str, int, ExampleText]]:
    """Yield (id, key, text id, text) of every active example, in the order they were added."""
    rows = store.rows(
        'SELECT e.id, e.key, t.id, t.turns, t.context, t."references" FROM examples e JOIN texts t ON t.id = e.text_id'
        " WHERE e.set_id = ? AND e.status = 'active' ORDER BY e.id",
        (set_id,),
    )
    for example_id, key, text_id, turns, context, references in rows:
        yield example_id, key, text_id, read_text(turns, context, references)


def read_text(turns: str, context: str | None, references: str | None) -> ExampleText:
    """Return the text of a row of `texts`; `turns` and `references` are JSON arrays."""
    instructions = tuple(json.loads(turns))
    no_references = (None,) * len(instructions)
    return ExampleText(instructions, context, tuple(json.loads(references)) if references else no_references)


def set_rows(store: Store) -> list[SetRow]:
    """Return every set with its counts."""
    rows = store.rows(
        """
        SELECT s.name, s.purpose, count(*) FILTER (WHERE e.status = 'active'), count(*) FILTER (WHERE e.status = 'draft'),
            count(*) FILTER (WHERE e.status = 'retired'), coalesce(max(json_array_length(t.turns)), 0), s.id
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
