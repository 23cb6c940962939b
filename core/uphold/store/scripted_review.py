"""The acts of `uphold decide`: what each call wrote for a reviewer or a program, on pairs as `uphold next` had shown them."""

import sqlite3
from collections.abc import Sequence

from uphold.records.enums import Preference, Verdict
from uphold.records.reviews import OnScreen
from uphold.records.scripted_review import ShownPair
from uphold.store.database import Store, first_values, now
from uphold.store.shown_pairs import Decider


def find_program(store: Store, name: str) -> int | None:
    """Return the id of the judge of a program; None where there is none of this name."""
    row = store.one("SELECT id FROM judges WHERE name = ? AND is_program", (name,))
    return None if row is None else int(row[0])


def is_other_judge(store: Store, name: str) -> bool:
    """Whether a judge that is no program has this name."""
    return store.one("SELECT 1 FROM judges WHERE name = ? AND NOT is_program", (name,)) is not None


def program_decided(store: Store, run_id: int, program_id: int) -> set[int]:
    """Return the ids of the pairs of a run that a program has decided."""
    sql = (
        "SELECT j.pair_id FROM judgments j JOIN pairs p ON p.id = j.pair_id"
        " WHERE j.judge_id = ? AND p.run_id = ? AND j.superseded_by IS NULL"
    )
    return first_values(store, sql, (program_id, run_id))


_SHOWN = """
SELECT p.turn, max(s.id), s.pair_id, q.kind, s.side_a, s.mode, s.verdict_shown, s.judge_id, s.verdict, s.reference_id
FROM examples e JOIN pairs p ON p.example_id = e.id JOIN shown_pairs s ON s.pair_id = p.id JOIN queues q ON q.id = s.queue_id
WHERE e.key = ? AND p.run_id = ? AND s.reviewer_id IS ? AND s.program_id IS ? AND s.source = 'next' GROUP BY p.turn
"""


def shown_by_turn(store: Store, run_id: int, key: str, by: Decider) -> dict[int, ShownPair]:
    """Return by turn the pair of an example that `next` showed last."""
    found = {}
    for turn, number, pair_id, queue, side_a, mode, verdict_shown, judge_id, verdict, reference_id in store.rows(
        _SHOWN, (key, run_id, by.reviewer_id, by.program_id)
    ):
        screen = OnScreen(
            Preference(side_a),
            mode,
            bool(verdict_shown),
            judge_id=judge_id,
            verdict=Verdict(verdict) if verdict is not None else None,
        )
        found[turn] = ShownPair(number, pair_id, queue, screen, reference_id)
    return found


def add_call(conn: sqlite3.Connection, run_id: int, by: Decider) -> int:
    """Insert a call of `decide`; return its id."""
    sql = "INSERT INTO decide_calls (run_id, reviewer_id, program_id, created_at) VALUES (?, ?, ?, ?)"
    return int(conn.execute(sql, (run_id, by.reviewer_id, by.program_id, now())).lastrowid or 0)


def add_call_event(conn: sqlite3.Connection, call_id: int, event_id: str, shown_id: int | None) -> None:
    """Record that a call wrote an event, on a pair as it was shown."""
    sql = "INSERT INTO decide_call_items (call_id, event_id, shown_id) VALUES (?, ?, ?)"
    conn.execute(sql, (call_id, event_id, shown_id))


def add_call_judgment(conn: sqlite3.Connection, call_id: int, judgment_id: int, shown_id: int | None) -> None:
    """Record that a call wrote a judgment, on a pair as it was shown."""
    sql = "INSERT INTO decide_call_items (call_id, judgment_id, shown_id) VALUES (?, ?, ?)"
    conn.execute(sql, (call_id, judgment_id, shown_id))


def events_of_same_call(store: Store, event_id: str) -> set[str]:
    """Return the ids of the events that one call of `decide` wrote together with this one; none for one of the app."""
    sql = (
        "SELECT i.event_id FROM decide_call_items i"
        " WHERE i.call_id = (SELECT call_id FROM decide_call_items WHERE event_id = ?)"
    )
    return {row[0] for row in store.rows(sql, (event_id,))}


def last_call_judgments(store: Store, run_id: int, program_id: int) -> Sequence[tuple[int, int]]:
    """Return (judgment id, pair id) of a program's last call with judgments in force, latest first."""
    return store.rows(
        """
        SELECT j.id, j.pair_id FROM decide_call_items i JOIN judgments j ON j.id = i.judgment_id
        WHERE j.superseded_by IS NULL AND i.call_id = (
            SELECT max(c.id) FROM decide_calls c JOIN decide_call_items x ON x.call_id = c.id
            JOIN judgments y ON y.id = x.judgment_id AND y.superseded_by IS NULL WHERE c.run_id = ? AND c.program_id = ?
        ) ORDER BY j.id DESC
        """,
        (run_id, program_id),
    ).fetchall()
