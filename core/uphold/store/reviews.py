"""Reviewers, sessions, review events, plans, reasons and disputes. Events are appended and never changed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from uphold.records.enums import Choice, EventKind, Preference, Verdict
from uphold.records.judgments import JudgeRef
from uphold.records.labels import Label, PairLabel
from uphold.records.reviews import OnScreen, ReviewEvent, StaleDecision
from uphold.store.database import Store, first_values, now
from uphold.store.outcomes import write_labels, write_undone

_COLUMNS = (
    "id, kind, pair_id, choice, note, target_id, seconds, source, created_at, reference_id, chosen, side_a, mode,"
    " verdict_shown, names_shown, judge_id,"
    " verdict, width, height"
)

COLUMNS_OF_V = ", ".join(f"v.{name.strip()}" for name in _COLUMNS.split(","))
"""The columns of `read_event` in a query that calls the table v."""

_CHANGES_LABEL = (EventKind.DECISION, EventKind.CARRIED, EventKind.ADJUDICATED, EventKind.UNDO, EventKind.REDO)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A review session; in a blind one the share `open_share` (0 to 1) of its pairs is shown with the verdict.

    `queue_id` is None where the pairs came from no queue, or from several.
    """

    run_id: int
    reviewer_id: int
    queue_id: int | None
    judge_id: int | None
    mode: str
    open_share: float | None = None
    judge_named: bool = False


@dataclass(frozen=True, slots=True)
class LastSession:
    """How a reviewer last read a run: the kind of its queue, the mode, the judge, and whether they had named that one."""

    queue: str
    mode: str
    open_share: float | None
    judge: JudgeRef | None
    judge_named: bool


@dataclass(frozen=True, slots=True)
class ReviewerDecisionRow:
    """One reviewer's current decision on a pair.

    `reasons` is the note of their last event of that kind; `blind` whether it was made before the verdict was shown,
    None if it was not made in the app.
    """

    reviewer: str
    choice: Choice
    note: str | None
    reasons: str | None
    blind: bool | None
    seconds: float | None
    side_a: Preference | None = None


def add_reviewer(conn: sqlite3.Connection, name: str) -> int:
    """Return the id of the reviewer with this name, adding them if they are new."""
    conn.execute("INSERT OR IGNORE INTO reviewers (name) VALUES (?)", (name,))
    return int(conn.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()[0])


def find_reviewer(store: Store, name: str) -> int | None:
    """Return the id of the reviewer of this name; None where there is none."""
    row = store.one("SELECT id FROM reviewers WHERE name = ?", (name,))
    return None if row is None else int(row[0])


def reviewer_ids(store: Store) -> dict[str, int]:
    """Return the ids of all reviewers by name."""
    return dict(store.rows("SELECT name, id FROM reviewers").fetchall())


def add_session(conn: sqlite3.Connection, session: SessionRow) -> int:
    """Insert a review session; return its id."""
    sql = (
        "INSERT INTO sessions (run_id, reviewer_id, queue_id, judge_id, mode, open_share, judge_named, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    values = (
        session.run_id,
        session.reviewer_id,
        session.queue_id,
        session.judge_id,
        session.mode,
        session.open_share,
        int(session.judge_named),
        now(),
    )
    return int(conn.execute(sql, values).lastrowid or 0)


def last_session(store: Store, run_id: int, reviewer: str) -> LastSession | None:
    """Return the reviewer's last session on a run in the app; None where there was none."""
    row = store.one(
        "SELECT q.kind, s.mode, s.open_share, s.judge_named, g.id, g.name, g.kind, g.version"
        " FROM sessions s JOIN queues q ON q.id = s.queue_id LEFT JOIN judges g ON g.id = s.judge_id"
        " WHERE s.run_id = ? AND s.reviewer_id = (SELECT id FROM reviewers WHERE name = ?) ORDER BY s.id DESC LIMIT 1",
        (run_id, reviewer),
    )
    if row is None:
        return None
    queue, mode, open_share, named, judge_id, *judge = row
    return LastSession(queue, mode, open_share, None if judge_id is None else JudgeRef(judge_id, *judge), bool(named))


def add_event(store: Store, reviewer_id: int, session_id: int | None, event: ReviewEvent) -> ReviewEvent:
    """Insert an event in a transaction of its own and return it with its time; it is then on disk."""
    with store.writing() as conn:
        return write_event(conn, reviewer_id, session_id, event)


def write_event(conn: sqlite3.Connection, reviewer_id: int, session_id: int | None, event: ReviewEvent) -> ReviewEvent:
    """Insert an event within the caller's transaction, write what follows from it, and return it with its time."""
    event = replace(event, at=event.at or now())
    insert_event(conn, reviewer_id, session_id, event)
    if event.kind in (EventKind.UNDO, EventKind.REDO) and event.target_id is not None:
        write_undone(conn, event.target_id)
    if event.kind in _CHANGES_LABEL:
        write_labels(conn, [event.pair_id])
    return event


def insert_event(
    conn: sqlite3.Connection,
    reviewer_id: int,
    session_id: int | None,
    event: ReviewEvent,
    import_id: int | None = None,
) -> None:
    """Insert an event that has its time; what follows from it is left to the caller."""
    shown = event.shown
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
        event.at,
        event.reference_id,
        int(event.chosen),
        *on_screen,
        reviewer_id,
        session_id,
        import_id,
    )
    placeholders = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO events ({_COLUMNS}, reviewer_id, session_id, import_id) VALUES ({placeholders})", values)


def has_event(conn: sqlite3.Connection, event_id: str) -> bool:
    """Whether an event is in the database."""
    return conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None


def read_event(row: tuple[Any, ...]) -> ReviewEvent:
    """Return the event of a row with the columns `_COLUMNS`."""
    number, kind, pair_id, choice, note, target_id, seconds, source, at, reference_id, chosen, *on_screen = row
    return ReviewEvent(
        number,
        EventKind(kind),
        pair_id,
        Choice(choice) if choice is not None else None,
        note,
        target_id,
        _read_on_screen(on_screen),
        seconds,
        source,
        at,
        reference_id,
        bool(chosen),
    )


def _read_on_screen(columns: Sequence[Any]) -> OnScreen | None:
    """Return what was shown at an event, from the columns `side_a` to `height`; None for an event outside the app."""
    side_a, mode, verdict_shown, names_shown, judge_id, verdict, width, height = columns
    if side_a is None:
        return None
    return OnScreen(
        Preference(side_a),
        mode,
        bool(verdict_shown),
        bool(names_shown),
        judge_id,
        Verdict(verdict) if verdict is not None else None,
        width,
        height,
    )


def reviewer_events(store: Store, run_id: int, reviewer_id: int) -> list[ReviewEvent]:
    """Return every event of a reviewer in a run, oldest first, including undone ones."""
    rows = store.rows(
        f"SELECT {COLUMNS_OF_V} FROM pairs p"
        " JOIN events v ON v.pair_id = p.id AND v.reviewer_id = ? WHERE p.run_id = ? ORDER BY v.seq",
        (reviewer_id, run_id),
    )
    return [read_event(row) for row in rows]


def broken_pairs(store: Store, run_id: int) -> set[int]:
    """Return the pairs of a run that are marked broken by anyone."""
    sql = "SELECT b.pair_id FROM broken_pairs b JOIN pairs p ON p.id = b.pair_id WHERE p.run_id = ?"
    return {row[0] for row in store.rows(sql, (run_id,))}


def events_on_pair(store: Store, pair_id: int) -> list[tuple[str, ReviewEvent]]:
    """Return (reviewer, event) of every event in force on a pair, oldest first."""
    rows = store.rows(
        f"SELECT w.name, {COLUMNS_OF_V} FROM standing_events v"
        " JOIN reviewers w ON w.id = v.reviewer_id WHERE v.pair_id = ? ORDER BY v.seq",
        (pair_id,),
    )
    return [(row[0], read_event(row[1:])) for row in rows]


def find_label(store: Store, pair_id: int) -> PairLabel | None:
    """Return the human label of a pair; None where nobody has decided."""
    row = store.one("SELECT label, votes, adjudicated FROM human_labels WHERE pair_id = ?", (pair_id,))
    return None if row is None else PairLabel(Label(row[0]), row[1], bool(row[2]))


def decision_origin(store: Store, event_id: str) -> tuple[str, str] | None:
    """Return (run name, time) of the event that a carried decision refers to, or None."""
    row = store.one(
        "SELECT r.name, v.created_at FROM events v JOIN pairs p ON p.id = v.pair_id JOIN runs r ON r.id"
        " = p.run_id WHERE v.id = ?",
        (event_id,),
    )
    return None if row is None else (row[0], row[1])


_STALE_DECISION = """
SELECT v.choice, v.created_at, old.prefix <> new.prefix, oc.cells <> nc.cells OR ob.cells <> nb.cells
FROM pairs new JOIN pairs old ON old.run_id = new.run_id AND old.example_id = new.example_id AND old.turn = new.turn
    AND old.id <> new.id AND NOT EXISTS (SELECT 1 FROM current_pairs c WHERE c.id = old.id)
JOIN standing_events v ON v.pair_id = old.id AND v.kind IN ('decision', 'carried')
JOIN responses oc ON oc.id = old.candidate_response_id JOIN responses nc ON nc.id = new.candidate_response_id
JOIN responses ob ON ob.id = old.baseline_response_id JOIN responses nb ON nb.id = new.baseline_response_id
WHERE new.id = ? AND v.reviewer_id = (SELECT id FROM reviewers WHERE name = ?)
ORDER BY v.seq DESC LIMIT 1
"""


def find_stale_decision(store: Store, pair_id: int, reviewer: str) -> StaleDecision | None:
    """Return the reviewer's last decision on this pair as it was before its texts changed, or None."""
    row = store.one(_STALE_DECISION, (pair_id, reviewer))
    return None if row is None else StaleDecision(Choice(row[0]), row[1], bool(row[2]), bool(row[3]))


_DECIDED_BEFORE = """
SELECT DISTINCT new.id FROM standing_events v JOIN pairs old ON old.id = v.pair_id
JOIN pairs new ON new.example_id = old.example_id AND new.run_id = old.run_id AND new.turn = old.turn AND new.id <> old.id
WHERE v.reviewer_id = ? AND v.kind IN ('decision', 'carried') AND old.run_id = ?
AND NOT EXISTS (SELECT 1 FROM current_pairs c WHERE c.id = old.id)
AND EXISTS (SELECT 1 FROM current_pairs c WHERE c.id = new.id)
"""


def decided_before_a_change(store: Store, run_id: int, reviewer_id: int) -> set[int]:
    """Return the ids of a run's current pairs that the reviewer decided on before their texts changed."""
    return first_values(store, _DECIDED_BEFORE, (reviewer_id, run_id))


def planned_count(store: Store, run_id: int, queue_id: int | None = None, reviewer_id: int | None = None) -> int | None:
    """Return the latest planned number of pairs for a run, or for one of its queues and one reviewer; None without one."""
    row = store.one(
        "SELECT planned FROM plans WHERE run_id = :run AND queue_id = coalesce(:queue, queue_id)"
        " AND reviewer_id = coalesce(:reviewer, reviewer_id) ORDER BY id DESC LIMIT 1",
        {"run": run_id, "queue": queue_id, "reviewer": reviewer_id},
    )
    return None if row is None else int(row[0])


def add_plan(
    conn: sqlite3.Connection, run_id: int, queue_id: int, reviewer_id: int, planned: int, reviewed: int
) -> None:
    """Insert a plan of how many pairs to read; `reviewed` is how many had been read by then."""
    conn.execute(
        "INSERT INTO plans (run_id, queue_id, reviewer_id, planned, reviewed, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (run_id, queue_id, reviewer_id, planned, reviewed, now()),
    )


def reason_keys(store: Store, set_id: int) -> dict[str, str]:
    """Return the set's own reasons by key; empty if it has none."""
    return dict(store.rows("SELECT key, word FROM reason_keys WHERE set_id = ? ORDER BY key", (set_id,)).fetchall())


def write_reason_keys(store: Store, set_id: int, words: dict[str, str]) -> None:
    """Replace the set's own reasons, given by key."""
    with store.writing() as conn:
        conn.execute("DELETE FROM reason_keys WHERE set_id = ?", (set_id,))
        conn.executemany(
            "INSERT INTO reason_keys (set_id, key, word) VALUES (?, ?, ?)", [(set_id, *item) for item in words.items()]
        )


_DECISIONS_ON_PAIR = """
SELECT w.name, d.choice,
    (SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
        ORDER BY seq DESC LIMIT 1),
    d.note,
    (SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
        ORDER BY seq DESC LIMIT 1),
    v.mode, v.verdict_shown, v.seconds, v.side_a
FROM current_decisions d JOIN reviewers w ON w.id = d.reviewer_id JOIN events v ON v.id = d.event_id
WHERE d.pair_id = ? ORDER BY w.name
"""

_SHARED_PAIR_COUNTS = """
SELECT count(*), total(same) FROM (
    SELECT count(DISTINCT CASE d.choice WHEN 'both-bad' THEN 'tie' ELSE d.choice END) = 1 AS same
    FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id WHERE p.run_id = ?
    GROUP BY d.pair_id HAVING count(*) > 1
)
"""


def disputed_pairs(store: Store, run_id: int) -> list[int]:
    """Return the unbroken pairs of a run on which reviewers differ, adjudicated or not, by id."""
    sql = (
        "SELECT d.pair_id FROM disputes d JOIN pairs p ON p.id = d.pair_id WHERE p.run_id = ?"
        " AND d.pair_id NOT IN (SELECT pair_id FROM broken_pairs) ORDER BY d.pair_id"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def adjudicated_pairs(store: Store, run_id: int) -> set[int]:
    """Return the pairs of a run with an adjudication."""
    return first_values(
        store, "SELECT a.pair_id FROM adjudications a JOIN pairs p ON p.id = a.pair_id WHERE p.run_id = ?", (run_id,)
    )


def flagged_pairs(store: Store, run_id: int) -> list[int]:
    """Return the pairs of a run that were ever flagged, in the order of their first flags."""
    sql = (
        "SELECT v.pair_id FROM events v JOIN pairs p ON p.id = v.pair_id WHERE p.run_id = ? AND v.kind = 'flag'"
        " GROUP BY v.pair_id ORDER BY min(v.seq)"
    )
    return [row[0] for row in store.rows(sql, (run_id,))]


def decisions_on_pair(store: Store, pair_id: int) -> list[ReviewerDecisionRow]:
    """Return each reviewer's current decision on a pair, by name."""
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
        for name, choice, comment, note, reasons, mode, shown, seconds, side_a in store.rows(
            _DECISIONS_ON_PAIR, (pair_id,)
        )
    ]


def shared_pair_counts(store: Store, run_id: int) -> tuple[int, int]:
    """Return (current pairs decided by several reviewers, those on which they agree); both-bad counts as a tie."""
    shared, same = store.one(_SHARED_PAIR_COUNTS, (run_id,))
    return int(shared), int(same)
