"""Review events: appended, never changed."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from uphold.records.enums import Choice, EventKind, Preference, Verdict
from uphold.records.reviews import OnScreen, ReviewEvent, StaleDecision
from uphold.store.database import Store, first_values, now

_COLUMNS = (
    "id, kind, pair_id, choice, note, refers, seconds, source, at, side_a, mode, verdict_shown, names_shown, judge_id,"
    " verdict, width, height"
)


def add_reviewer(conn: sqlite3.Connection, name: str) -> int:
    """The id of the reviewer of this name, added where they are new."""
    conn.execute("INSERT OR IGNORE INTO reviewers (name) VALUES (?)", (name,))
    return int(conn.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()[0])


def add_session(
    conn: sqlite3.Connection,
    run_id: int,
    reviewer_id: int,
    queue_id: int,
    judge_id: int | None,
    mode: str,
    open_share: float | None = None,
) -> int:
    """Record that a reviewer sat down; `open_share` of a blind session's pairs are shown open."""
    sql = "INSERT INTO sessions (run_id, reviewer_id, queue_id, judge_id, mode, open_share, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    values = (run_id, reviewer_id, queue_id, judge_id, mode, open_share, now())
    return int(conn.execute(sql, values).lastrowid or 0)


def add_event(store: Store, reviewer_id: int, session_id: int | None, event: ReviewEvent) -> ReviewEvent:
    """Write one event in a transaction of its own; when this returns, it is on the disk."""
    with store.writing() as conn:
        return write_event(conn, reviewer_id, session_id, event)


def write_event(conn: sqlite3.Connection, reviewer_id: int, session_id: int | None, event: ReviewEvent) -> ReviewEvent:
    """Write one event; it is on the disk when the caller has committed."""
    shown = event.shown
    at = event.at or now()
    on_screen: tuple[object, ...] = (None,) * 8
    if shown is not None:
        on_screen = (
            shown.side_a.value,
            shown.mode,
            int(shown.verdict_shown),
            int(shown.names_shown),
            shown.judge_id,
            shown.verdict.value if shown.verdict else None,
            shown.width,
            shown.height,
        )
    values = (
        event.id,
        event.kind.value,
        event.pair_id,
        event.choice.value if event.choice else None,
        event.note,
        event.target_id,
        event.seconds,
        event.source,
        at,
        *on_screen,
        reviewer_id,
        session_id,
    )
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO events ({_COLUMNS}, reviewer_id, session_id) VALUES ({marks})", values)
    return replace(event, at=at)


def read_event(row: tuple[Any, ...]) -> ReviewEvent:
    """An event as its row holds it."""
    number, kind, pair_id, choice, note, target_id, seconds, source, at, *on_screen = row
    word = Choice(choice) if choice is not None else None
    return ReviewEvent(number, EventKind(kind), pair_id, word, note, target_id, _shown(*on_screen), seconds, source, at)


def _shown(
    side_a: str | None,
    mode: str,
    verdict_shown: int,
    names_shown: int,
    judge_id: int | None,
    verdict: str | None,
    width: int | None,
    height: int | None,
) -> OnScreen | None:
    if side_a is None:
        return None
    word = Verdict(verdict) if verdict is not None else None
    return OnScreen(Preference(side_a), mode, bool(verdict_shown), bool(names_shown), judge_id, word, width, height)


def own_events(store: Store, run_id: int, reviewer_id: int) -> list[ReviewEvent]:
    """Every event of a reviewer in a run, oldest first, undone ones too."""
    rows = store.rows(
        f"SELECT {', '.join('v.' + c.strip() for c in _COLUMNS.split(','))} FROM pairs p"
        " JOIN events v ON v.pair_id = p.id AND v.reviewer_id = ? WHERE p.run_id = ? ORDER BY v.seq",
        (reviewer_id, run_id),
    )
    return [read_event(row) for row in rows]


def broken_pairs(store: Store, run_id: int) -> set[int]:
    """Pairs of a run that stand as broken, whoever said so."""
    sql = "SELECT b.pair_id FROM broken_pairs b JOIN pairs p ON p.id = b.pair_id WHERE p.run_id = ?"
    return {row[0] for row in store.rows(sql, (run_id,))}


def said_of(store: Store, pair_id: int) -> list[tuple[str, ReviewEvent]]:
    """(reviewer, event) of everything in force on a pair, oldest first."""
    rows = store.rows(
        f"SELECT w.name, {', '.join('v.' + c.strip() for c in _COLUMNS.split(','))} FROM acts_in_force v"
        " JOIN reviewers w ON w.id = v.reviewer_id WHERE v.pair_id = ? ORDER BY v.seq",
        (pair_id,),
    )
    return [(row[0], read_event(row[1:])) for row in rows]


def origin(store: Store, event_id: str) -> tuple[str, str] | None:
    """(run name, time) of the decision that a carried one points at."""
    row = store.one(
        "SELECT r.name, v.at FROM events v JOIN pairs p ON p.id = v.pair_id JOIN runs r ON r.id = p.run_id WHERE v.id = ?",
        (event_id,),
    )
    return None if row is None else (row[0], row[1])


_EARLIER = """
SELECT v.choice, v.at, old.prefix <> new.prefix, oc.cells <> nc.cells OR ob.cells <> nb.cells
FROM pairs new JOIN pairs old ON old.run_id = new.run_id AND old.example_id = new.example_id AND old.turn = new.turn
    AND old.id <> new.id AND NOT EXISTS (SELECT 1 FROM current_pairs c WHERE c.id = old.id)
JOIN acts_in_force v ON v.pair_id = old.id AND v.kind IN ('decision', 'carried')
JOIN responses oc ON oc.id = old.candidate_response_id JOIN responses nc ON nc.id = new.candidate_response_id
JOIN responses ob ON ob.id = old.baseline_response_id JOIN responses nb ON nb.id = new.baseline_response_id
WHERE new.id = ? AND v.reviewer_id = (SELECT id FROM reviewers WHERE name = ?)
ORDER BY v.seq DESC LIMIT 1
"""


def earlier(store: Store, pair_id: int, reviewer: str) -> StaleDecision | None:
    """A reviewer's last word on this pair as it was before its texts changed."""
    row = store.one(_EARLIER, (pair_id, reviewer))
    return None if row is None else StaleDecision(Choice(row[0]), row[1], bool(row[2]), bool(row[3]))


def planned_count(store: Store, run_id: int, queue_id: int | None = None, reviewer_id: int | None = None) -> int | None:
    """The latest plan for a run, or for one of its queues by one reviewer."""
    row = store.one(
        "SELECT planned FROM plans WHERE run_id = :run AND queue_id = coalesce(:queue, queue_id)"
        " AND reviewer_id = coalesce(:reviewer, reviewer_id) ORDER BY id DESC LIMIT 1",
        {"run": run_id, "queue": queue_id, "reviewer": reviewer_id},
    )
    return None if row is None else int(row[0])


def add_plan(
    conn: sqlite3.Connection, run_id: int, queue_id: int, reviewer_id: int, planned: int, reviewed: int
) -> None:
    """Write a plan down, with how many pairs had been read when it was made."""
    conn.execute(
        "INSERT INTO plans (run_id, queue_id, reviewer_id, planned, reviewed, at) VALUES (?, ?, ?, ?, ?, ?)",
        (run_id, queue_id, reviewer_id, planned, reviewed, now()),
    )


def reason_keys(store: Store, set_id: int) -> dict[str, str]:
    """A set's own reasons by their keys; empty where it has none of its own."""
    return dict(store.rows("SELECT key, word FROM reason_keys WHERE set_id = ? ORDER BY key", (set_id,)).fetchall())


def write_reason_keys(store: Store, set_id: int, words: dict[str, str]) -> None:
    """Give a set these reasons in place of those it had."""
    with store.writing() as conn:
        conn.execute("DELETE FROM reason_keys WHERE set_id = ?", (set_id,))
        conn.executemany(
            "INSERT INTO reason_keys (set_id, key, word) VALUES (?, ?, ?)", [(set_id, *one) for one in words.items()]
        )


_PEOPLE = """
SELECT w.name, d.choice,
    (SELECT note FROM acts_in_force c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
        ORDER BY seq DESC LIMIT 1),
    d.note,
    (SELECT note FROM acts_in_force c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
        ORDER BY seq DESC LIMIT 1),
    v.mode, v.verdict_shown, v.seconds, v.side_a
FROM current_decisions d JOIN reviewers w ON w.id = d.reviewer_id JOIN events v ON v.id = d.event_id
WHERE d.pair_id = ? ORDER BY w.name
"""


_SHARED = """
SELECT count(*), total(same) FROM (
    SELECT count(DISTINCT CASE d.choice WHEN 'both-bad' THEN 'tie' ELSE d.choice END) = 1 AS same
    FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id WHERE p.run_id = ?
    GROUP BY d.pair_id HAVING count(*) > 1
)
"""


@dataclass(frozen=True, slots=True)
class ReviewerDecisionRow:
    """One reviewer's current word on a pair; `reasons` as their event holds them, `blind`: made before the verdict."""

    reviewer: str
    choice: Choice
    note: str | None
    reasons: str | None
    blind: bool | None
    seconds: float | None
    side_a: Preference | None = None


def disputed_pairs(store: Store, run_id: int) -> list[int]:
    """The pairs of a run on which reviewers differ and that nobody marked broken, settled or not, by id."""
    sql = (
        "SELECT d.pair_id FROM disputes d JOIN pairs p ON p.id = d.pair_id WHERE p.run_id = ?"
        " AND d.pair_id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY d.pair_id"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def settled_pairs(store: Store, run_id: int) -> set[int]:
    """The pairs of a run that somebody settled."""
    return first_values(
        store, "SELECT a.pair_id FROM adjudications a JOIN pairs p ON p.id = a.pair_id WHERE p.run_id = ?", (run_id,)
    )


def flagged_pairs(store: Store, run_id: int) -> list[int]:
    """The pairs of a run that somebody ever flagged, the first flag first."""
    sql = (
        "SELECT v.pair_id FROM events v JOIN pairs p ON p.id = v.pair_id WHERE p.run_id = ? AND v.kind = 'flag'"
        " GROUP BY v.pair_id ORDER BY min(v.seq)"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def people_on(store: Store, pair_id: int) -> list[ReviewerDecisionRow]:
    """What each reviewer says of a pair, by name."""
    return [
        ReviewerDecisionRow(
            name,
            Choice(choice),
            comment or note or None,
            reasons,
            None if mode is None else not shown,
            seconds,
            Preference(side_a) if side_a else None,
        )
        for name, choice, comment, note, reasons, mode, shown, seconds, side_a in store.rows(_PEOPLE, (pair_id,))
    ]


def shared_pairs(store: Store, run_id: int) -> tuple[int, int]:
    """How many current pairs of a run several people read, and on how many of them they say the same."""
    shared, same = store.one(_SHARED, (run_id,))
    return int(shared), int(same)
