"""Pairs of a run: reading their texts, adding missing pairs, and carrying decisions between runs."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from uphold.records.enums import REFERENCE
from uphold.records.texts import AnswerCell, ExampleText, canonical, canonical_hash, cells_hash, contents_hash
from uphold.store.database import Store, now
from uphold.store.outcomes import write_labels
from uphold.store.runs import find_or_add_run
from uphold.store.sets import ActiveExample, active_examples, read_text


@dataclass(frozen=True, slots=True)
class PairTexts:
    """A pair with its texts, tags and system names; the responses' cells go up to its turn.

    `reference_id` is the example's present reference up to that turn, None where there is none. Where the text was
    `forgotten`, all texts are blank.
    """

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
    reference_id: int | None = None
    forgotten: bool = False


def pair_texts(store: Store, pair_id: int) -> PairTexts:
    """Return one pair with its texts."""
    row = store.one(
        """
        SELECT p.run_id, e.key, p.turn, p.contents, t.turns, t.context, f.turns, c.name, b.name, x.cells, y.cells,
            (SELECT json_group_array(tag) FROM tags WHERE example_id = e.id),
            (SELECT prefix_id FROM reference_prefixes q WHERE q.reference_id = e.reference_id AND q.turn = p.turn),
            p.text_id IN (SELECT text_id FROM forgotten_texts)
        FROM pairs p JOIN examples e ON e.id = p.example_id JOIN texts t ON t.id = p.text_id
        LEFT JOIN reference_texts f ON f.id = e.reference_id
        JOIN runs r ON r.id = p.run_id JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id
        JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
        WHERE p.id = ?
        """,
        (pair_id,),
    )
    (
        run_id,
        key,
        turn,
        contents,
        turns,
        context,
        references,
        candidate,
        baseline,
        x,
        y,
        tags,
        reference_id,
        forgotten,
    ) = row
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
        reference_id,
        bool(forgotten),
    )


def first_keys(store: Store, run_id: int, count: int) -> list[str]:
    """Return the first `count` keys of a run's pairs, in the order they were added."""
    sql = (
        "SELECT e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
        " GROUP BY e.key ORDER BY min(p.id) LIMIT ?"
    )
    return [row[0] for row in store.rows(sql, (run_id, count))]


def find_pairs(store: Store, run_id: int, key: str) -> list[tuple[int, int, bool]]:
    """Return (pair id, turn, whether it is current) of every pair of an example in a run, by turn."""
    return store.rows(
        "SELECT p.id, p.turn, p.id IN (SELECT id FROM current_pairs WHERE run_id = ?) FROM pairs p"
        " JOIN examples e ON e.id = p.example_id WHERE p.run_id = ? AND e.key = ? ORDER BY p.turn, p.id",
        (run_id, run_id, key),
    ).fetchall()


def stale_pairs(store: Store, run_id: int) -> set[int]:
    """Return the ids of a run's pairs that are current no longer."""
    rows = store.rows(
        "SELECT id FROM pairs WHERE run_id = ? EXCEPT SELECT id FROM current_pairs WHERE run_id = ?", (run_id,) * 2
    )
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class MadePairs:
    """Result of `make_pairs`: counts, and the keys of examples without a pair for want of a response or a reference."""

    run_id: int
    added: int
    carried: int
    unanswered: tuple[str, ...]
    no_reference: tuple[str, ...]


def make_pairs(
    store: Store, set_id: int, set_name: str, candidate: str, baseline: str, *, last_turn_only: bool = False
) -> MadePairs:
    """Add the run of two systems over a set, and a pair for every turn that both answered and that has none yet.

    The system `reference` answers with the references; an example that lacks one gets no pair against it. Decisions on
    equal pairs of other runs are carried. With `last_turn_only` only the last turn of an example gets a pair.
    """
    unanswered: list[str] = []
    no_reference: list[str] = []
    with store.writing() as conn:
        run_id = find_or_add_run(conn, set_id, set_name, candidate, baseline)
        first_new = (conn.execute("SELECT max(id) FROM pairs").fetchone()[0] or 0) + 1
        existing = set(
            conn.execute("SELECT example_id, turn FROM current_pairs WHERE run_id = ?", (run_id,)).fetchall()
        )
        rows = []
        against_reference = REFERENCE in (candidate, baseline)
        for example in list(active_examples(store, set_id)):
            answers = [_find_answer(store, system, example) for system in (candidate, baseline)]
            if answers[0] is None or answers[1] is None:
                lacks_reference = against_reference and not example.text.has_all_references
                (no_reference if lacks_reference else unanswered).append(example.key)
                continue
            last_turn = min(len(answers[0][1]), len(answers[1][1]))
            turns = range(last_turn if last_turn_only else 1, last_turn + 1)
            new = [turn for turn in turns if (example.id, turn) not in existing]
            reference_id = example.reference_id if against_reference else None
            for turn in new:
                columns = _pair_columns(example.text, turn, answers[0], answers[1])
                rows.append((run_id, example.id, example.text_id, reference_id, turn, *columns))
        conn.executemany(
            "INSERT OR IGNORE INTO pairs (run_id, example_id, text_id, reference_id, turn, contents, prefix,"
            " candidate_response_id, baseline_response_id)"
            " VALUES (?, ?, ?, (SELECT prefix_id FROM reference_prefixes WHERE reference_id = ? AND turn = ?), ?, ?, ?, ?, ?)",
            rows,
        )
        carried = carry_decisions(conn, first_new, now()) if rows else 0
    return MadePairs(run_id, len(rows), carried, tuple(unanswered), tuple(no_reference))


def any_reference(store: Store, set_id: int, candidate: str, baseline: str) -> bool | None:
    """Whether any active example that both systems answered has a reference; None where they answered none in common.

    The system `reference` has answered the examples with references for all turns.
    """
    in_common = False
    for example in active_examples(store, set_id):
        answered = [_has_answer(store, system, example) for system in (candidate, baseline)]
        if REFERENCE in (candidate, baseline):
            in_common |= any(answered)
        else:
            in_common |= all(answered)
        if all(answered) and any(reference is not None for reference in example.text.references):
            return True
    return False if in_common else None


def references_in_common(store: Store, set_id: int, candidate: str, baseline: str) -> Iterator[str]:
    """Yield the references of the active examples that both systems answered, one for each turn that has one."""
    for example in active_examples(store, set_id):
        references = [reference for reference in example.text.references if reference is not None]
        if references and all(_has_answer(store, system, example) for system in (candidate, baseline)):
            yield from references


def _has_answer(store: Store, system: str, example: ActiveExample) -> bool:
    if system == REFERENCE:
        return example.text.has_all_references
    return _latest_response(store, system, example.text_id) is not None


_Answer = tuple[int, tuple[AnswerCell, ...]]
"""A response: its id and its cells."""


def _find_answer(store: Store, system: str, example: ActiveExample) -> _Answer | None:
    """Return a system's latest response in force to an example's text; that of `reference` is its present reference."""
    if system == REFERENCE:
        return _reference_response(store, example) if example.text.has_all_references else None
    return _latest_response(store, system, example.text_id)


def _pair_columns(
    text: ExampleText, turn: int, candidate: _Answer, baseline: _Answer
) -> tuple[int, str, str, int, int]:
    """Return (turn, contents, prefix, candidate's response id, baseline's) of the pair of two answers up to a turn."""
    prefix = text.prefix(turn)
    contents = contents_hash(prefix, cells_hash(candidate[1][:turn]), cells_hash(baseline[1][:turn]))
    return turn, contents, prefix, candidate[0], baseline[0]


def _reference_response(store: Store, example: ActiveExample) -> _Answer:
    """Return the response of the system `reference` to an example, added where it is new."""
    references, digest = example.text.references, cells_hash(example.text.references)
    store.conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (REFERENCE,))
    (system_id,) = store.one("SELECT id FROM systems WHERE name = ?", (REFERENCE,))
    store.conn.execute(
        "INSERT OR IGNORE INTO responses (system_id, text_id, hash, cells, created_at) VALUES (?, ?, ?, ?, ?)",
        (system_id, example.text_id, digest, canonical(references), now()),
    )
    sql = "SELECT id FROM responses WHERE text_id = ? AND system_id = ? AND hash = ?"
    return store.one(sql, (example.text_id, system_id, digest))[0], references


def _latest_response(store: Store, system: str, text_id: int) -> _Answer | None:
    row = store.one(
        "SELECT x.id, x.cells FROM responses x JOIN systems s ON s.id = x.system_id WHERE s.name = ? AND x.text_id = ?"
        " AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY x.id DESC LIMIT 1",
        (system, text_id),
    )
    return None if row is None else (row[0], tuple(json.loads(row[1])))


def systems_of(store: Store, set_id: int) -> list[tuple[str, int]]:
    """Return (name, number of answered examples) of every system with responses to examples of the set, by name."""
    return store.rows(
        "SELECT s.name, count(DISTINCT e.id) FROM examples e JOIN responses x ON x.text_id = e.text_id"
        " JOIN systems s ON s.id = x.system_id WHERE e.set_id = ? AND e.status = 'active' GROUP BY s.id ORDER BY s.name",
        (set_id,),
    ).fetchall()


_DECISIONS_TO_CARRY = """
SELECT n.id AS pair_id, d.reviewer_id, d.choice, d.note, d.reference_id, d.seq,
    CASE WHEN d.kind = 'carried' THEN (SELECT target_id FROM events WHERE seq = d.seq) ELSE d.event_id END AS original,
    s.name, e.key, n.turn, n.contents, c.name, b.name
FROM pairs n
JOIN pairs o ON o.contents = n.contents AND o.example_id = n.example_id AND o.turn = n.turn AND o.run_id <> n.run_id
JOIN current_decisions d ON d.pair_id = o.id
JOIN examples e ON e.id = n.example_id
JOIN sets s ON s.id = e.set_id
JOIN runs r ON r.id = n.run_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
WHERE n.id >= :first AND o.id < :before AND NOT EXISTS (
    SELECT 1 FROM events own WHERE own.pair_id = n.id AND own.reviewer_id = d.reviewer_id
        AND own.kind IN ('decision', 'carried')
)
ORDER BY d.seq
"""


def carry_decisions(
    conn: sqlite3.Connection,
    first_new_pair: int,
    at: str,
    import_id: int | None = None,
    *,
    from_earlier_only: bool = False,
) -> int:
    """Carry decisions on equal pairs of other runs to the pairs with ids from `first_new_pair` on; return how many.

    With `from_earlier_only` none is carried between the new pairs themselves.

    Each is an event of kind `carried` that refers to the original. A pair that the reviewer has decided gets none, and
    of decisions on several equal pairs the latest is carried. The id of the event is a hash of the original's id and
    the pair's identity, so that carrying twice adds nothing.
    """
    if conn.execute("SELECT count(*) FROM runs").fetchone()[0] < 2:
        return 0
    if conn.execute("SELECT 1 FROM pairs WHERE id >= ? LIMIT 1", (first_new_pair,)).fetchone() is None:
        return 0
    bounds = {"first": first_new_pair, "before": first_new_pair if from_earlier_only else 1 << 62}
    latest = {(row[0], row[1]): row for row in conn.execute(_DECISIONS_TO_CARRY, bounds)}
    before, events = conn.total_changes, []
    for pair_id, reviewer_id, choice, note, reference_id, _, original, *identity in latest.values():
        event_id = canonical_hash([original, *identity])[:32]
        events.append((event_id, pair_id, reviewer_id, choice, note, reference_id, original, at, import_id))
    conn.executemany(
        "INSERT OR IGNORE INTO events (id, kind, pair_id, reviewer_id, choice, note, reference_id, target_id, source,"
        " created_at, import_id) VALUES (?, 'carried', ?, ?, ?, ?, ?, ?, 'carried', ?, ?)",
        events,
    )
    carried = conn.total_changes - before
    if carried:
        write_labels(conn, sorted({event[1] for event in events}))
    return carried
