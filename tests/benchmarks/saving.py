"""Saving a decision, against an insert and a commit with the standard library alone into the same table."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tables import Line, interleaved, ratio

from uphold.records.enums import Choice, EventKind, Preference
from uphold.records.reviews import OnScreen, ReviewEvent, new_event_id
from uphold.store.database import Store, now, open_store
from uphold.store.reviews import add_event, add_reviewer
from uphold.store.runs import find_run
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession


def measure(rounds: int, big: Path) -> list[Line]:
    """A whole act of the session, and the store's part of it, each in a copy of the same database."""
    copies = [Path(shutil.copy(big, big.with_name(f"saving-{name}.db"))) for name in ("bare", "store", "session")]
    with closing(_bare(copies[0])) as conn, open_store(copies[1]) as store, open_store(copies[2]) as whole:
        session = open_review(whole, find_run(whole, None), reviewer="measuring")
        with store.writing() as writing:
            add_reviewer(writing, "measuring")
        pairs, others = iter(range(1, 1 << 30)), iter(range(1, 1 << 30))
        bare, stored, acted = interleaved(
            rounds, lambda: _insert(conn, next(pairs)), lambda: _add(store, next(others)), lambda: _decide(session)
        )
    against = "sqlite3 insert + commit"
    return [
        ratio("saving a decision (the store's part)", stored, bare, 2, against),
        ratio("saving a decision (the whole act)", acted, bare, 2, against),
    ]


def _bare(path: Path) -> sqlite3.Connection:
    """A plain connection, set as ours is: the table has the same columns, constraints and indexes."""
    conn = sqlite3.connect(path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


_COLUMNS = (
    "id, kind, pair_id, reviewer_id, choice, source, side_a, mode, verdict_shown, names_shown, judge_id, verdict, width,"
    " height, seconds, created_at"
)

_SQL = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"


def _insert(conn: sqlite3.Connection, number: int) -> float:
    pair = number % 100 + 1
    values = (
        new_event_id(),
        "decision",
        pair,
        1,
        "candidate",
        "app",
        "candidate",
        "open",
        1,
        0,
        1,
        "candidate",
        120,
        36,
        3.5,
        now(),
    )
    began = time.perf_counter()
    conn.execute(_SQL, values)
    conn.commit()
    return time.perf_counter() - began


def _shown(session: ReviewSession) -> OnScreen:
    pair = session.current
    assert pair is not None
    assert pair.judge is not None
    return OnScreen(pair.side_a, judge_id=pair.judge.judge_id, verdict=pair.judge.verdict, width=120, height=36)


def _add(store: Store, number: int) -> float:
    pair = number % 100 + 1
    shown = OnScreen(Preference.CANDIDATE, judge_id=1, width=120, height=36)
    event = ReviewEvent(new_event_id(), EventKind.DECISION, pair, Choice.CANDIDATE, shown=shown, seconds=3.5)
    began = time.perf_counter()
    add_event(store, 1, None, event)
    return time.perf_counter() - began


def _decide(session: ReviewSession) -> float:
    """As the screen does it: the pair has been read, and the next one is read when it is drawn."""
    shown = _shown(session)
    began = time.perf_counter()
    session.decide(Choice.CANDIDATE, shown, 3.5)
    return time.perf_counter() - began
