"""Blanking the texts of examples, with all that was answered, judged and noted on them, so that no byte of them stays.

Hashes, verdicts, decisions and counts stay: every number is as before.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from uphold.records.sets import ForgottenCounts, SharedText
from uphold.store.database import Store, now
from uphold.store.judge_prompts import blank_pairs
from uphold.store.pair_list import clear_index


@dataclass(frozen=True, slots=True)
class _Chosen:
    """JSON lists of the ids of texts, references and pairs to blank."""

    texts: str
    references: str
    pairs: str


_TEXTS = """
SELECT text_id FROM examples WHERE id IN (SELECT value FROM json_each(:examples))
UNION SELECT text_id FROM example_events WHERE text_id IS NOT NULL AND example_id IN (SELECT value FROM json_each(:examples))
"""

_SHARED = """
SELECT DISTINCT s.name, e.key FROM examples e JOIN sets s ON s.id = e.set_id
LEFT JOIN example_events v ON v.example_id = e.id
WHERE e.id NOT IN (SELECT value FROM json_each(:examples)) AND (
    e.text_id IN (SELECT value FROM json_each(:texts)) OR v.text_id IN (SELECT value FROM json_each(:texts))
) ORDER BY 1, 2
"""

_ALL_EXAMPLES = """
SELECT e.id FROM examples e WHERE e.text_id IN (SELECT value FROM json_each(:texts))
UNION SELECT example_id FROM example_events WHERE text_id IN (SELECT value FROM json_each(:texts))
"""

_REFERENCES = """
WITH own AS (
    SELECT reference_id FROM examples WHERE id {0} UNION SELECT reference_id FROM example_events WHERE example_id {0}
)
SELECT prefix_id FROM reference_prefixes WHERE reference_id IN (SELECT reference_id FROM own)
UNION SELECT reference_id FROM own WHERE reference_id IS NOT NULL
"""

_CHOSEN = "IN (SELECT value FROM json_each(?))"


def shared_texts(store: Store, example_ids: Iterable[int]) -> list[SharedText]:
    """Return the other examples, of any set, that have or had a text of these examples: it is blanked there too."""
    examples = json.dumps(list(example_ids))
    texts = json.dumps([row[0] for row in store.rows(_TEXTS, {"examples": examples})])
    return [SharedText(*row) for row in store.rows(_SHARED, {"examples": examples, "texts": texts})]


def forget(conn: sqlite3.Connection, example_ids: Iterable[int], reviewer_id: int | None) -> ForgottenCounts:
    """Blank all texts that these examples have or had, within the open transaction; return how much of what.

    A reference that another example has too is kept. What was deleted is overwritten; `purge` clears the rest.
    """
    chosen = _choose(conn, json.dumps(list(example_ids)))
    blank_pairs(conn, set(json.loads(chosen.pairs)), _instructions(conn, chosen.texts))
    counts = ForgottenCounts(
        texts=_blank(conn, "texts", "turns", chosen.texts, "id"),
        references=_blank(conn, "reference_texts", "turns", chosen.references, "id"),
        answers=_blank(conn, "responses", "cells", chosen.texts, "text_id", filling=_SPACES),
        replies=_clear(conn, "judgments", ("reason", "raw", "problem"), chosen.pairs, "pair_id"),
        notes=_clear(conn, "events", ("note",), chosen.pairs, "pair_id"),
    )
    conn.execute(f"UPDATE texts SET context = '' WHERE context IS NOT NULL AND id {_CHOSEN}", (chosen.texts,))
    conn.execute(f"UPDATE generated_turns SET answer = '' WHERE text_id {_CHOSEN}", (chosen.texts,))
    _clear(conn, "example_events", ("reason",), json.dumps(list(example_ids)), "example_id")
    _blank_proposals(conn, chosen.texts)
    conn.execute(
        "INSERT OR IGNORE INTO forgotten_texts (text_id, reviewer_id, created_at) SELECT value, ?, ? FROM json_each(?)",
        (reviewer_id, now(), chosen.texts),
    )
    clear_index(conn)
    return counts


def _instructions(conn: sqlite3.Connection, texts: str) -> set[str]:
    rows = conn.execute(f"SELECT turns FROM texts WHERE id {_CHOSEN}", (texts,))
    return {turn for (turns,) in rows for turn in json.loads(turns) if turn}


def _choose(conn: sqlite3.Connection, examples: str) -> _Chosen:
    texts = json.dumps([row[0] for row in conn.execute(_TEXTS, {"examples": examples})])
    everyone = json.dumps([row[0] for row in conn.execute(_ALL_EXAMPLES, {"texts": texts})])
    own = {
        row[0] for row in conn.execute(_REFERENCES.format("IN (SELECT value FROM json_each(:all))"), {"all": everyone})
    }
    others = _REFERENCES.format("NOT IN (SELECT value FROM json_each(:all))")
    own -= {row[0] for row in conn.execute(others, {"all": everyone})}
    pairs = [row[0] for row in conn.execute(f"SELECT id FROM pairs WHERE text_id {_CHOSEN}", (texts,))]
    return _Chosen(texts, json.dumps(sorted(own)), json.dumps(pairs))


_SPACES = "printf('%*s', length(value), '')"
"""As many spaces as a cell has characters: what is known of the lengths of answers stays."""


def _blank(conn: sqlite3.Connection, table: str, column: str, ids: str, by: str, filling: str = "''") -> int:
    """Replace every entry of a JSON list that is not null by an empty text, or `filling`; return how many rows there are."""
    return conn.execute(
        f"UPDATE {table} SET {column} = (SELECT json_group_array(CASE WHEN type = 'null' THEN NULL ELSE {filling} END)"
        f" FROM (SELECT type, value FROM json_each({table}.{column}) ORDER BY key)) WHERE {by} {_CHOSEN}",
        (ids,),
    ).rowcount


def _clear(conn: sqlite3.Connection, table: str, columns: tuple[str, ...], ids: str, by: str) -> int:
    """Set columns to null; return in how many rows one of them was not."""
    assignments = ", ".join(f"{column} = NULL" for column in columns)
    any_there = " OR ".join(f"{column} IS NOT NULL" for column in columns)
    return conn.execute(f"UPDATE {table} SET {assignments} WHERE ({any_there}) AND {by} {_CHOSEN}", (ids,)).rowcount


def _blank_proposals(conn: sqlite3.Connection, texts: str) -> None:
    conn.execute(
        "UPDATE pool_items SET turns = '[\"\"]', context = NULL, reference = NULL, answers = '{}', reason = ''"
        f" WHERE hash IN (SELECT hash FROM texts WHERE id {_CHOSEN})",
        (texts,),
    )


def purge(store: Store) -> bool:
    """Write the file anew without what was deleted, and empty its log; return whether that could be done.

    It cannot while another program has the file open for reading; it can be done again later.
    """
    conn = store.conn
    try:
        conn.execute("VACUUM")
        busy, _, _ = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        return False
    return not busy


def overwrite_deleted(conn: sqlite3.Connection) -> None:
    """Have this connection overwrite what it deletes; to be called before the transaction that blanks."""
    conn.execute("PRAGMA secure_delete=ON")
