"""Batches: what was handed in, under which ids, and what has come back."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from uphold.records.enums import AnswerOrder
from uphold.store.database import Store, now
from uphold.store.judgments import MissingJudgment

CLAIM_SECONDS = 15.0
"""How long a claim lasts unless it is renewed: a process that was killed keeps another waiting no longer than that."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is not collected yet; without `provider_id` nobody knows whether it was ever handed in."""

    id: int
    run_id: int
    prefix: str
    provider_id: str | None
    requests: int
    schema: bool
    at: str


@dataclass(frozen=True, slots=True)
class BatchItem:
    """What one request of a batch asked about."""

    pair_id: int
    order: AnswerOrder
    sample: int
    fence: str


def add_batch(
    conn: sqlite3.Connection,
    run_id: int,
    judge_id: int,
    prefix: str,
    schema: bool,
    items: Sequence[tuple[MissingJudgment, str]],
) -> int:
    """Record a batch before it is handed in; items are (what is asked, fence) in the order of their numbers."""
    made = conn.execute(
        "INSERT INTO batches (run_id, judge_id, prefix, requests, schema, state, at) VALUES (?, ?, ?, ?, ?, 'submitting', ?)",
        (run_id, judge_id, prefix, len(items), schema, now()),
    )
    batch_id = int(made.lastrowid or 0)
    rows = [(batch_id, n, ask.pair_id, ask.order.value, ask.sample, fence) for n, (ask, fence) in enumerate(items)]
    conn.executemany(
        'INSERT INTO batch_items (batch_id, number, pair_id, "order", sample, fence) VALUES (?, ?, ?, ?, ?, ?)', rows
    )
    return batch_id


def mark_submitted(conn: sqlite3.Connection, batch_id: int, provider_id: str) -> None:
    """The provider has it, under this id."""
    conn.execute(
        "UPDATE batches SET state = 'submitted', provider_id = ?, submitted_at = ? WHERE id = ?",
        (provider_id, now(), batch_id),
    )


def mark_never(conn: sqlite3.Connection, batch_id: int) -> None:
    """It never came to the provider: what it asked is missing again."""
    conn.execute("UPDATE batches SET state = 'never' WHERE id = ?", (batch_id,))


def mark_collected(conn: sqlite3.Connection, batch_id: int) -> None:
    """All of its results are in, or will never come: what lacks one is missing again."""
    conn.execute("UPDATE batches SET state = 'collected', collected_at = ? WHERE id = ?", (now(), batch_id))


def open_batches(store: Store, judge_id: int) -> list[Batch]:
    """The batches of a judge that are not collected yet, the oldest first."""
    rows = store.rows(
        "SELECT id, run_id, prefix, provider_id, requests, schema, at FROM batches"
        " WHERE judge_id = ? AND state IN ('submitting', 'submitted') ORDER BY id",
        (judge_id,),
    )
    return [Batch(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6]) for row in rows]


def known_ids(store: Store) -> set[str]:
    """Every provider's id in this file."""
    return {row[0] for row in store.rows("SELECT provider_id FROM batches WHERE provider_id IS NOT NULL")}


def open_items(store: Store, batch_id: int) -> dict[int, BatchItem]:
    """By number: what has no judgment yet."""
    rows = store.rows(
        'SELECT number, pair_id, "order", sample, fence FROM batch_items WHERE batch_id = ? AND judgment_id IS NULL',
        (batch_id,),
    )
    return {row[0]: BatchItem(row[1], AnswerOrder(row[2]), row[3], row[4]) for row in rows}


def is_open(conn: sqlite3.Connection, batch_id: int, number: int) -> bool:
    """Has nobody brought this result in yet?"""
    row = conn.execute(
        "SELECT 1 FROM batch_items WHERE batch_id = ? AND number = ? AND judgment_id IS NULL", (batch_id, number)
    ).fetchone()
    return row is not None


def settle_item(conn: sqlite3.Connection, batch_id: int, number: int, judgment_id: int) -> None:
    """This result is in."""
    conn.execute(
        "UPDATE batch_items SET judgment_id = ? WHERE batch_id = ? AND number = ?", (judgment_id, batch_id, number)
    )


def claim(
    conn: sqlite3.Connection, judge_id: int, asks: Iterable[MissingJudgment], holder: str, seconds: float
) -> list[MissingJudgment]:
    """Claim what nobody else is asking just now; a claim whose time is over lapses. Returns what was had."""
    at = now()
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    conn.execute("DELETE FROM claims WHERE until < ?", (at,))
    had = []
    for one in asks:
        key = (one.contents, judge_id, one.order.value, one.sample)
        made = conn.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?, ?, ?, ?)", (*key, holder, until))
        if made.rowcount:
            had.append(one)
    return had


def renew(
    conn: sqlite3.Connection, judge_id: int, asks: Iterable[MissingJudgment], holder: str, seconds: float
) -> None:
    """Make the claims that are still this holder's last longer."""
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    conn.executemany(
        'UPDATE claims SET until = ? WHERE contents = ? AND judge_id = ? AND "order" = ? AND sample = ? AND holder = ?',
        [(until, one.contents, judge_id, one.order.value, one.sample, holder) for one in asks],
    )


def release(conn: sqlite3.Connection, judge_id: int, one: MissingJudgment, holder: str) -> None:
    """Give a claim back: its judgment is in the file, or could not be had. One that has lapsed is somebody else's."""
    conn.execute(
        'DELETE FROM claims WHERE contents = ? AND judge_id = ? AND "order" = ? AND sample = ? AND holder = ?',
        (one.contents, judge_id, one.order.value, one.sample, holder),
    )
