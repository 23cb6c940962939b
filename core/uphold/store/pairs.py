"""Pairs: their texts, and making those that a run lacks."""

import json
import sqlite3
from dataclasses import dataclass

from uphold.records.enums import REFERENCE
from uphold.records.texts import AnswerCell, ExampleText, canonical, canonical_hash, cells_hash, contents_hash
from uphold.store.database import Store, now
from uphold.store.runs import make_run
from uphold.store.sets import active_examples, read_text


@dataclass(frozen=True, slots=True)
class PairTexts:
    """A pair with everything that is read of it; cells up to its turn."""

    pair_id: int
    run_id: int
    key: str
    turn: int
    contents: str
    text: ExampleText
    tags: tuple[str, ...]
    candidate: str
    baseline: str
    candidate_cells: tuple[AnswerCell, ...]
    baseline_cells: tuple[AnswerCell, ...]


def pair_texts(store: Store, pair_id: int) -> PairTexts:
    """Everything that is read of one pair."""
    row = store.one(
        """
        SELECT p.run_id, e.key, p.turn, p.contents, t.turns, t.context, t."references", c.name, b.name, x.cells, y.cells,
            (SELECT json_group_array(tag) FROM tags WHERE example_id = e.id)
        FROM pairs p JOIN examples e ON e.id = p.example_id JOIN texts t ON t.id = p.text_id
        JOIN runs r ON r.id = p.run_id JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id
        JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
        WHERE p.id = ?
        """,
        (pair_id,),
    )
    run_id, key, turn, contents, turns, context, references, candidate, baseline, x, y, tags = row
    return PairTexts(
        pair_id,
        run_id,
        key,
        turn,
        contents,
        read_text(turns, context, references),
        tuple(json.loads(tags)),
        candidate,
        baseline,
        tuple(json.loads(x)[:turn]),
        tuple(json.loads(y)[:turn]),
    )


def first_keys(store: Store, run_id: int, count: int) -> list[str]:
    """The first keys of a run's pairs, in the order they came."""
    sql = (
        "SELECT e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
        " GROUP BY e.key ORDER BY min(p.id) LIMIT ?"
    )
    return [row[0] for row in store.rows(sql, (run_id, count))]


def find_pairs(store: Store, run_id: int, key: str) -> list[tuple[int, int, bool]]:
    """(pair id, turn, is it current) of every pair of an example of a run, by turn."""
    return store.rows(
        "SELECT p.id, p.turn, p.id IN (SELECT id FROM current_pairs WHERE run_id = ?) FROM pairs p"
        " JOIN examples e ON e.id = p.example_id WHERE p.run_id = ? AND e.key = ? ORDER BY p.turn, p.id",
        (run_id, run_id, key),
    ).fetchall()


@dataclass(frozen=True, slots=True)
class MadePairs:
    """What making a run's pairs came to; keys of examples that a system has not answered, or that lack a reference."""

    run_id: int
    added: int
    carried: int
    unanswered: tuple[str, ...]
    no_reference: tuple[str, ...]


def make_pairs(
    store: Store, set_id: int, set_name: str, candidate: str, baseline: str, *, last_turn_only: bool = False
) -> MadePairs:
    """Make the run of two systems over a set, and a pair for every turn that both answered and that has none yet.

    The system `reference` answers with the reference answers; an example without one makes no pair against it.
    Decisions on equal pairs of other runs are carried.
    """
    unanswered: list[str] = []
    no_reference: list[str] = []
    with store.writing() as conn:
        run_id = make_run(conn, set_id, set_name, candidate, baseline)
        first_new = (conn.execute("SELECT max(id) FROM pairs").fetchone()[0] or 0) + 1
        there = set(conn.execute("SELECT example_id, turn FROM current_pairs WHERE run_id = ?", (run_id,)).fetchall())
        rows = []
        for example_id, key, text_id, text in list(active_examples(store, set_id)):
            answers = [_answer(store, system, text_id, text) for system in (candidate, baseline)]
            if answers[0] is None or answers[1] is None:
                lacks_reference = REFERENCE in (candidate, baseline) and not text.referenced
                (no_reference if lacks_reference else unanswered).append(key)
                continue
            both = min(len(answers[0][1]), len(answers[1][1]))
            turns = range(both if last_turn_only else 1, both + 1)
            new = [turn for turn in turns if (example_id, turn) not in there]
            rows += [(run_id, example_id, *_pair(text, turn, answers[0], answers[1]), text_id) for turn in new]
        conn.executemany(
            "INSERT OR IGNORE INTO pairs (run_id, example_id, turn, contents, prefix, candidate_response_id,"
            " baseline_response_id, text_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        carried = carry_decisions(conn, first_new, now()) if rows else 0
    return MadePairs(run_id, len(rows), carried, tuple(unanswered), tuple(no_reference))


_Answer = tuple[int, tuple[AnswerCell, ...]]
"""(response id, its cells)"""


def _answer(store: Store, system: str, text_id: int, text: ExampleText) -> _Answer | None:
    if system == REFERENCE:
        _answer_with_reference(store, text_id, text)
    return _latest(store, system, text_id)


def _pair(text: ExampleText, turn: int, candidate: _Answer, baseline: _Answer) -> tuple[int, str, str, int, int]:
    """(turn, contents, prefix, candidate's response id, baseline's) of the pair of two answers up to a turn."""
    prefix = text.prefix(turn)
    contents = contents_hash(prefix, cells_hash(candidate[1][:turn]), cells_hash(baseline[1][:turn]))
    return turn, contents, prefix, candidate[0], baseline[0]


def _answer_with_reference(store: Store, text_id: int, text: ExampleText) -> None:
    if not text.referenced:
        return
    store.conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (REFERENCE,))
    system = store.one("SELECT id FROM systems WHERE name = ?", (REFERENCE,))[0]
    store.conn.execute(
        "INSERT OR IGNORE INTO responses (system_id, text_id, hash, cells, at) VALUES (?, ?, ?, ?, ?)",
        (system, text_id, cells_hash(text.references), canonical(text.references), now()),
    )


def _latest(store: Store, system: str, text_id: int) -> _Answer | None:
    row = store.one(
        "SELECT x.id, x.cells FROM responses x JOIN systems s ON s.id = x.system_id WHERE s.name = ? AND x.text_id = ?"
        " AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY x.id DESC LIMIT 1",
        (system, text_id),
    )
    return None if row is None else (row[0], tuple(json.loads(row[1])))


def systems_of(store: Store, set_id: int) -> list[tuple[str, int]]:
    """(name, answered examples) of every system that answered examples of the set."""
    return store.rows(
        "SELECT s.name, count(DISTINCT e.id) FROM examples e JOIN responses x ON x.text_id = e.text_id"
        " JOIN systems s ON s.id = x.system_id WHERE e.set_id = ? AND e.status = 'active' GROUP BY s.id ORDER BY s.name",
        (set_id,),
    ).fetchall()


_EQUAL = """
SELECT n.id AS pair_id, d.reviewer_id, d.choice, d.note, d.seq,
    CASE WHEN d.kind = 'carried' THEN (SELECT refers FROM events WHERE seq = d.seq) ELSE d.event_id END AS original,
    s.name, e.key, n.turn, n.contents, c.name, b.name
FROM pairs n
JOIN pairs o ON o.contents = n.contents AND o.example_id = n.example_id AND o.turn = n.turn AND o.run_id <> n.run_id
JOIN current_decisions d ON d.pair_id = o.id
JOIN examples e ON e.id = n.example_id
JOIN sets s ON s.id = e.set_id
JOIN runs r ON r.id = n.run_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
WHERE n.id >= ? AND NOT EXISTS (
    SELECT 1 FROM events own WHERE own.pair_id = n.id AND own.reviewer_id = d.reviewer_id
        AND own.kind IN ('decision', 'carried')
)
ORDER BY d.seq
"""


def carry_decisions(conn: sqlite3.Connection, first_new_pair: int, at: str, import_id: int | None = None) -> int:
    """Carry decisions to the pairs from `first_new_pair` on; returns how many.

    Each is an event of kind `carried` that points at the original, never over a decision of that reviewer's own; where
    several equal pairs were decided, the latest word counts. Its id is the hash of the original's and the pair's identity.
    """
    if conn.execute("SELECT count(*) FROM runs").fetchone()[0] < 2:
        return 0
    if conn.execute("SELECT 1 FROM pairs WHERE id >= ? LIMIT 1", (first_new_pair,)).fetchone() is None:
        return 0
    latest = {(row[0], row[1]): row for row in conn.execute(_EQUAL, (first_new_pair,))}
    before, events = conn.total_changes, []
    for pair_id, reviewer_id, choice, note, _, original, *identity in latest.values():
        event_id = canonical_hash([original, *identity])[:32]
        events.append((event_id, pair_id, reviewer_id, choice, note, original, at, import_id))
    conn.executemany(
        "INSERT OR IGNORE INTO events (id, kind, pair_id, reviewer_id, choice, note, refers, source, at, import_id)"
        " VALUES (?, 'carried', ?, ?, ?, ?, ?, 'carried', ?, ?)",
        events,
    )
    return conn.total_changes - before
