"""The current pairs of a run as a list reads them: everything that is small of all, texts of a page only."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uphold.errors import BadDatabase
from uphold.records.enums import Preference, Verdict
from uphold.records.pair_list import ListedTexts
from uphold.store.database import Store, telling
from uphold.store.pair_columns import lengths_of

_PAIRS = """
SELECT p.id, e.key, p.turn, coalesce(q.position, 0), v.verdict, e.id, b.pair_id IS NOT NULL
FROM current_pairs p JOIN examples e ON e.id = p.example_id
LEFT JOIN queue_items q ON q.pair_id = p.id
    AND q.queue_id = (SELECT id FROM queues WHERE run_id = :run AND kind = 'random')
LEFT JOIN verdicts v ON v.judge_id = :judge AND v.pair_id = p.id
LEFT JOIN broken_pairs b ON b.pair_id = p.id
WHERE p.run_id = :run
"""


_FIRST = """
SELECT q.pair_id, e.key, p.turn, q.position FROM queue_items q JOIN current_pairs p ON p.id = q.pair_id
JOIN examples e ON e.id = p.example_id
WHERE q.queue_id = (SELECT id FROM queues WHERE run_id = ? AND kind = 'random') ORDER BY q.position LIMIT ?
"""


_LABELS = "SELECT h.pair_id, h.label FROM pairs p JOIN human_labels h ON h.pair_id = p.id WHERE p.run_id = ?"


_TAGS = """
SELECT t.example_id, t.tag FROM tags t JOIN examples e ON e.id = t.example_id JOIN runs r ON r.set_id = e.set_id
WHERE r.id = ? ORDER BY t.tag
"""


_TEXTS = """
SELECT p.id, substr(json_extract(t.turns, '$[' || (p.turn - 1) || ']'), 1, :most),
    length(json_extract(x.cells, '$[' || (p.turn - 1) || ']')) - length(json_extract(y.cells, '$[' || (p.turn - 1) || ']'))
FROM (SELECT value FROM json_each(:ids) LIMIT :many) i JOIN pairs p ON p.id = i.value JOIN texts t ON t.id = p.text_id
JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
"""


_MARK = """
SELECT (SELECT max(seq) FROM events), (SELECT max(id) FROM judgments), (SELECT max(id) FROM pairs),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM replacements), (SELECT count(*) FROM queues)
"""


PAGE = 200
"""Texts of so many pairs at most are read at once."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One current pair, without texts and without what the reviewer did."""

    pair_id: int
    key: str
    turn: int
    place: int
    verdict: Verdict | None = None
    broken: bool = False
    label: Preference | None = None
    tags: tuple[str, ...] = ()
    apart: int = 0


def first_rows(store: Store, run_id: int, many: int) -> list[PairRow]:
    """The first pairs of the run's random queue, and nothing more of them than where they stand."""
    return [PairRow(*row) for row in store.rows(_FIRST, (run_id, many))]


def pair_rows(store: Store, run_id: int, judge_id: int | None) -> list[PairRow]:
    """Every current pair of a run with its verdict, label, tags and length difference; in no order."""
    rows = store.rows(_PAIRS, {"run": run_id, "judge": judge_id}).fetchall()
    tags: dict[int, list[str]] = defaultdict(list)
    for example_id, tag in store.rows(_TAGS, (run_id,)):
        tags[example_id].append(tag)
    words = {word.value: word for word in Preference}
    labels = {pair: words.get(label) for pair, label in store.rows(_LABELS, (run_id,))}
    apart = lengths_of(store, [row[0] for row in rows]) if rows else {}
    return [
        PairRow(
            number,
            key,
            turn,
            place,
            Verdict(verdict) if verdict else None,
            bool(broken),
            labels.get(number),
            tuple(tags.get(example_id, ())),
            apart.get(number, 0),
        )
        for number, key, turn, place, verdict, example_id, broken in rows
    ]


def mark(store: Store) -> tuple[int | None, ...]:
    """What tells that nothing a list shows has changed, while it is the same."""
    return tuple(store.one(_MARK))


def texts_of(store: Store, ids: Sequence[int], most: int = 400) -> dict[int, ListedTexts]:
    """By pair id: the beginning of the instruction, and the length difference; for one page of a list."""
    rows = store.rows(_TEXTS, {"ids": json.dumps(list(ids)), "most": most, "many": PAGE})
    return {number: ListedTexts(str(text), apart or 0) for number, text, apart in rows}


_SOURCES = (
    "SELECT id, turns || ' ' || coalesce(context, '') FROM texts WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT id, cells FROM responses WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT id, coalesce(reason, '') FROM judgments WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT seq, coalesce(note, '') FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
)
"""By kind: what is indexed of it, after a row."""


_LAST = (
    "SELECT coalesce(max(id), 0) FROM texts",
    "SELECT coalesce(max(id), 0) FROM responses",
    "SELECT coalesce(max(id), 0) FROM judgments",
    "SELECT coalesce(max(seq), 0) FROM events",
)


_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
)


_STEM = 3
"""Shorter words are looked for as they are: too many words begin so."""


_BATCH = 500
"""Rows a transaction: the write lock is never held for long."""


_FOUND = """
WITH hits AS MATERIALIZED (SELECT rowid AS document FROM search WHERE search MATCH :words),
answers AS MATERIALIZED (SELECT document / 4 AS id FROM hits WHERE document % 4 = 1)
SELECT id FROM current_pairs WHERE run_id = :run AND (
    text_id IN (SELECT document / 4 FROM hits WHERE document % 4 = 0)
    OR candidate_response_id IN (SELECT id FROM answers) OR baseline_response_id IN (SELECT id FROM answers)
)
UNION SELECT j.pair_id FROM hits CROSS JOIN judgments j ON j.id = document / 4
    WHERE document % 4 = 2 AND j.judge_id = :judge AND j.superseded_by IS NULL
    AND j.pair_id IN (SELECT value FROM json_each(:read))
UNION SELECT v.pair_id FROM hits CROSS JOIN acts_in_force v ON v.seq = document / 4
    WHERE document % 4 = 3 AND (v.reviewer_id = :reviewer OR v.pair_id IN (SELECT value FROM json_each(:read)))
    AND v.pair_id IN (SELECT id FROM pairs WHERE run_id = :run) AND (v.kind NOT IN ('comment', 'reasons') OR NOT EXISTS (
        SELECT 1 FROM acts_in_force n WHERE n.pair_id = v.pair_id AND n.reviewer_id = v.reviewer_id AND n.kind = v.kind
        AND n.seq > v.seq
    ))
"""


def is_fresh(store: Store) -> bool:
    """Does the index know every row there is?"""
    return _exists(store) and all(mark == last for _, mark, last in _marks(store))


def bring_up_to_date(store: Store) -> None:
    """Take into the index what it lacks, a batch at a time; raises BadDatabase where SQLite has no full-text search."""
    if not _exists(store):
        with store.writing() as conn:
            _make(store, conn)
    if any(mark < 0 for _, mark, _ in _marks(store)):
        with store.writing() as conn:
            conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
            conn.execute("UPDATE search_marks SET upto = 0")
    for kind, mark, last in _marks(store):
        while mark < last:
            with store.writing() as conn:
                mark = _take(conn, kind)


def _exists(store: Store) -> bool:
    return store.one("SELECT 1 FROM sqlite_master WHERE name = 'search'") is not None


def _make(store: Store, conn: sqlite3.Connection) -> None:
    try:
        conn.execute(_TABLE)
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise BadDatabase(
            f"{store.path}: this Python's SQLite has no full-text search (FTS5); filters still work"
        ) from error


def _marks(store: Store) -> Iterator[tuple[int, int, int]]:
    """(kind, up to where the index goes, the last row there is)."""
    for kind, mark in store.rows("SELECT kind, upto FROM search_marks ORDER BY kind").fetchall():
        yield kind, mark, int(store.one(_LAST[kind])[0])


def _take(conn: sqlite3.Connection, kind: int) -> int:
    """Index the next rows of a kind; returns up to where the index goes now."""
    (mark,) = conn.execute("SELECT upto FROM search_marks WHERE kind = ?", (kind,)).fetchone()
    rows = conn.execute(_SOURCES[kind], (mark, _BATCH)).fetchall()
    conn.executemany(
        "INSERT INTO search (rowid, text) VALUES (?, ?)",
        [(4 * number + kind, _readable(text) if kind < 2 else text) for number, text in rows if text],
    )
    upto = int(rows[-1][0]) if rows else int(conn.execute(_LAST[kind]).fetchone()[0])
    conn.execute("UPDATE search_marks SET upto = ? WHERE kind = ?", (upto, kind))
    return upto


def _readable(stored: str) -> str:
    """Stored JSON as words: escaped line breaks and tabs would stick to the words beside them."""
    return stored.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")


def phrases(typed: str) -> list[str]:
    """What was typed as quoted words, longer ones as the beginning of a word; nothing in it has a meaning of its own."""
    words = [word.replace('"', "").replace("\x00", "") for word in typed.split()]
    words = [word for word in words if any(character.isalnum() for character in word)]
    return [f'"{word}"*' if len(word) >= _STEM else f'"{word}"' for word in words]


def found(
    store: Store, run_id: int, typed: str, *, judge_id: int | None, reviewer_id: int | None, read: Sequence[int]
) -> frozenset[int]:
    """Current pairs of a run in which every word that was typed occurs somewhere; all words may stand in other places.

    Reasons and other people's notes are looked through on `read` pairs only: what they say is not for before the own
    decision. The index must be fresh. Nothing that can be looked for finds nothing.
    """
    wanted = phrases(typed)
    if not wanted:
        return frozenset()
    values = {"run": run_id, "judge": judge_id, "reviewer": reviewer_id, "read": json.dumps(list(read))}
    with telling(store.path):
        sets = [{row[0] for row in store.rows(_FOUND, values | {"words": word})} for word in wanted]
    return frozenset.intersection(*map(frozenset, sets))
