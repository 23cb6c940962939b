"""The list of a run's pairs: its rows, the texts of a page of it, and full-text search over them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uphold.errors import BadDatabase
from uphold.records.enums import Preference, Verdict
from uphold.records.pair_list import ListedTexts
from uphold.store.connections import readable_errors
from uphold.store.database import Store
from uphold.store.pair_columns import read_length_differences
from uphold.store.schema import SEARCH_INDEX

_PAIRS = """
SELECT p.id, e.key, p.turn, coalesce(q.position, 0), v.verdict, e.id, b.pair_id IS NOT NULL
FROM current_pairs p JOIN examples e ON e.id = p.example_id
LEFT JOIN queue_items q ON q.pair_id = p.id
    AND q.queue_id = (SELECT id FROM queues WHERE run_id = :run AND kind = 'random')
LEFT JOIN verdicts v ON v.judge_id = :judge AND v.pair_id = p.id
LEFT JOIN broken_pairs b ON b.pair_id = p.id
WHERE p.run_id = :run
"""

_FIRST_PAIRS = """
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
SELECT p.id, substr(json_extract(t.turns, '$[' || (p.turn - 1) || ']'), 1, :max_chars),
    length(json_extract(x.cells, '$[' || (p.turn - 1) || ']')) - length(json_extract(y.cells, '$[' || (p.turn - 1) || ']'))
FROM (SELECT value FROM json_each(:ids) LIMIT :max_pairs) i JOIN pairs p ON p.id = i.value JOIN texts t ON t.id = p.text_id
JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
"""

_LIST_VERSION = """
SELECT (SELECT max(seq) FROM events), (SELECT max(id) FROM judgments), (SELECT max(id) FROM pairs),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM replacements), (SELECT count(*) FROM queues),
    (SELECT max(id) FROM set_events), (SELECT count(*) FROM imports)
"""

PAGE = 200
"""The most pairs whose texts are read at once."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """A current pair without its texts and the reviewer's own state.

    `place` is the position in the random queue, 0 if not drawn. `length_difference` is the candidate's length less the
    baseline's, in characters.
    """

    pair_id: int
    key: str
    turn: int
    place: int
    verdict: Verdict | None = None
    broken: bool = False
    label: Preference | None = None
    tags: tuple[str, ...] = ()
    length_difference: int = 0


def first_rows(store: Store, run_id: int, limit: int) -> list[PairRow]:
    """Return the first pairs of the run's random queue, with key, turn and place only."""
    return [PairRow(*row) for row in store.rows(_FIRST_PAIRS, (run_id, limit))]


def pair_rows(store: Store, run_id: int, judge_id: int | None) -> list[PairRow]:
    """Return every current pair of a run with its verdict, label, tags and length difference, in no order."""
    rows = store.rows(_PAIRS, {"run": run_id, "judge": judge_id}).fetchall()
    tags: dict[int, list[str]] = defaultdict(list)
    for example_id, tag in store.rows(_TAGS, (run_id,)):
        tags[example_id].append(tag)
    preferences = {preference.value: preference for preference in Preference}
    labels = {pair: preferences.get(label) for pair, label in store.rows(_LABELS, (run_id,))}
    differences = read_length_differences(store, [row[0] for row in rows]) if rows else {}
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
            differences.get(number, 0),
        )
        for number, key, turn, place, verdict, example_id, broken in rows
    ]


def list_version(store: Store) -> tuple[int | None, ...]:
    """Return a value that changes whenever anything shown in a list may have changed."""
    return tuple(store.one(_LIST_VERSION))


def list_texts(store: Store, ids: Sequence[int], max_chars: int = 400) -> dict[int, ListedTexts]:
    """Return by pair id the start of the instruction and the length difference, for one page of a list."""
    rows = store.rows(_TEXTS, {"ids": json.dumps(list(ids)), "max_chars": max_chars, "max_pairs": PAGE})
    return {number: ListedTexts(str(text), difference or 0) for number, text, difference in rows}


_SOURCES = (
    "SELECT id, turns || ' ' || coalesce(context, '') FROM texts WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT id, cells FROM responses WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT id, coalesce(reason, '') FROM judgments WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT seq, coalesce(note, '') FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
)
"""Queries of the indexed text of each kind: texts, responses, judgments, events. The index of a query is its kind.

The row id in the index is 4 * id + kind.
"""

_LAST_IDS = (
    "SELECT coalesce(max(id), 0) FROM texts",
    "SELECT coalesce(max(id), 0) FROM responses",
    "SELECT coalesce(max(id), 0) FROM judgments",
    "SELECT coalesce(max(seq), 0) FROM events",
)

_MIN_PREFIX = 3
"""Words of at least this many characters match as prefixes, shorter ones only as whole words."""

_BATCH = 500
"""Rows indexed in one transaction, so that the write lock is never held for long."""

_SEARCH = """
WITH hits AS MATERIALIZED (SELECT rowid AS document FROM search WHERE search MATCH :words),
answers AS MATERIALIZED (SELECT document / 4 AS id FROM hits WHERE document % 4 = 1)
SELECT id FROM current_pairs WHERE run_id = :run AND (
    text_id IN (SELECT document / 4 FROM hits WHERE document % 4 = 0)
    OR candidate_response_id IN (SELECT id FROM answers) OR baseline_response_id IN (SELECT id FROM answers)
)
UNION SELECT j.pair_id FROM hits CROSS JOIN standing_judgments j ON j.id = document / 4
    WHERE document % 4 = 2 AND j.judge_id = :judge
    AND j.pair_id IN (SELECT value FROM json_each(:read))
UNION SELECT v.pair_id FROM hits CROSS JOIN standing_events v ON v.seq = document / 4
    WHERE document % 4 = 3 AND (v.reviewer_id = :reviewer OR v.pair_id IN (SELECT value FROM json_each(:read)))
    AND v.pair_id IN (SELECT id FROM pairs WHERE run_id = :run) AND (v.kind NOT IN ('comment', 'reasons') OR NOT EXISTS (
        SELECT 1 FROM standing_events n WHERE n.pair_id = v.pair_id AND n.reviewer_id = v.reviewer_id AND n.kind = v.kind
        AND n.seq > v.seq
    ))
"""


def is_index_current(store: Store) -> bool:
    """Whether the full-text index has every row."""
    return _index_exists(store) and all(indexed == last for _, indexed, last in _progress(store))


def update_index(store: Store) -> None:
    """Add the missing rows to the full-text index, a batch at a time; raises BadDatabase if SQLite lacks FTS5."""
    if not _index_exists(store):
        with store.writing() as conn:
            _create_index(store, conn)
    # A negative mark: indexed rows were deleted (an import was dropped), so the index is built anew.
    if any(indexed < 0 for _, indexed, _ in _progress(store)):
        with store.writing() as conn:
            clear_index(conn)
    for kind, indexed, last in _progress(store):
        while indexed < last:
            with store.writing() as conn:
                indexed = _index_batch(conn, kind)


def clear_index(conn: sqlite3.Connection) -> None:
    """Empty the full-text index, where there is one; it is built anew when it is next needed."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone() is not None:
        conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
    conn.execute("UPDATE search_marks SET upto = 0")


def _index_exists(store: Store) -> bool:
    return store.one("SELECT 1 FROM sqlite_master WHERE name = 'search'") is not None


def _create_index(store: Store, conn: sqlite3.Connection) -> None:
    try:
        conn.execute(SEARCH_INDEX.replace("TABLE", "TABLE IF NOT EXISTS", 1))
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise BadDatabase(
            f"{store.path}: this Python's SQLite has no full-text search (FTS5); filters still work"
        ) from error


def _progress(store: Store) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, id of the last indexed row, id of the last row)."""
    for kind, indexed in store.rows("SELECT kind, upto FROM search_marks ORDER BY kind").fetchall():
        yield kind, indexed, int(store.one(_LAST_IDS[kind])[0])


def _index_batch(conn: sqlite3.Connection, kind: int) -> int:
    """Index the next rows of a kind; return the id of the last one."""
    (indexed,) = conn.execute("SELECT upto FROM search_marks WHERE kind = ?", (kind,)).fetchone()
    rows = conn.execute(_SOURCES[kind], (indexed, _BATCH)).fetchall()
    conn.executemany(
        "INSERT INTO search (rowid, text) VALUES (?, ?)",
        [(4 * number + kind, _plain_text(text) if kind < 2 else text) for number, text in rows if text],
    )
    last = int(rows[-1][0]) if rows else int(conn.execute(_LAST_IDS[kind]).fetchone()[0])
    conn.execute("UPDATE search_marks SET upto = ? WHERE kind = ?", (last, kind))
    return last


def _plain_text(encoded: str) -> str:
    """Replace escaped line breaks and tabs of JSON by spaces: they would be indexed as part of the words after them."""
    return encoded.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")


def fts_phrases(query: str) -> list[str]:
    """Return the words of a query as quoted FTS5 phrases, longer ones as prefixes; no FTS5 operator takes effect."""
    words = [word.replace('"', "").replace("\x00", "") for word in query.split()]
    words = [word for word in words if any(character.isalnum() for character in word)]
    return [f'"{word}"*' if len(word) >= _MIN_PREFIX else f'"{word}"' for word in words]


def search(
    store: Store, run_id: int, query: str, *, judge_id: int | None, reviewer_id: int | None, read: Sequence[int]
) -> frozenset[int]:
    """Return the current pairs of a run in whose texts, reasons and notes every word of a query occurs.

    Judges' reasons and other reviewers' notes are searched on `read` pairs only, since they are not to be seen before
    one's own decision. The index must be current. A query without a word finds nothing.
    """
    phrases = fts_phrases(query)
    if not phrases:
        return frozenset()
    values = {"run": run_id, "judge": judge_id, "reviewer": reviewer_id, "read": json.dumps(list(read))}
    with readable_errors(store.path):
        sets = [{row[0] for row in store.rows(_SEARCH, values | {"words": phrase})} for phrase in phrases]
    return frozenset.intersection(*map(frozenset, sets))
