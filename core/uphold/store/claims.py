"""Judging work in progress: batches handed in to a provider, and claims of live requests."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.enums import AnswerOrder
from uphold.store.database import Store, expiry, now
from uphold.store.judgments import MissingJudgment

CLAIM_SECONDS = 15.0
"""How long a claim lasts without renewal, and so how long a killed process blocks others."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch whose results are not all in. Without `provider_id` it is unknown whether the provider received it."""

    id: int
    run_id: int
    prefix: str
    provider_id: str | None
    requests: int
    schema: bool
    at: str


@dataclass(frozen=True, slots=True)
class BatchItem:
    """The judgment that one request of a batch is for, the fence of its prompt, and the reference in it."""

    pair_id: int
    order: AnswerOrder
    sample: int
    fence: str
    reference_id: int | None = None


def add_batch(
    conn: sqlite3.Connection,
    run_id: int,
    judge_id: int,
    prefix: str,
    schema: bool,
    items: Sequence[tuple[MissingJudgment, str]],
) -> int:
    """Record a batch before it is submitted; return its id. `items` are (judgment, fence) in the order of their numbers."""
    inserted = conn.execute(
        "INSERT INTO batches (run_id, judge_id, prefix, requests, with_schema, state, created_at)"
        " VALUES (?, ?, ?, ?, ?, 'submitting', ?)",
        (run_id, judge_id, prefix, len(items), schema, now()),
    )
    batch_id = int(inserted.lastrowid or 0)
    rows = [
        (batch_id, number, missing.pair_id, missing.order.value, missing.sample, fence, missing.reference_id)
        for number, (missing, fence) in enumerate(items)
    ]
    conn.executemany(
        "INSERT INTO batch_items (batch_id, number, pair_id, answer_order, sample, fence, reference_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return batch_id


def mark_submitted(conn: sqlite3.Connection, batch_id: int, provider_id: str) -> None:
    """Record that the provider accepted the batch under this id."""
    conn.execute(
        "UPDATE batches SET state = 'submitted', provider_id = ?, submitted_at = ? WHERE id = ?",
        (provider_id, now(), batch_id),
    )


def mark_not_submitted(conn: sqlite3.Connection, batch_id: int) -> None:
    """Record that the provider never received the batch: its judgments are missing again."""
    conn.execute("UPDATE batches SET state = 'never' WHERE id = ?", (batch_id,))


def mark_collected(conn: sqlite3.Connection, batch_id: int) -> None:
    """Record that no more results will come: items without a judgment are missing again."""
    conn.execute("UPDATE batches SET state = 'collected', collected_at = ? WHERE id = ?", (now(), batch_id))


def open_batches(store: Store, judge_id: int) -> list[Batch]:
    """Return the batches of a judge that are not collected yet, oldest first."""
    rows = store.rows(
        "SELECT id, run_id, prefix, provider_id, requests, with_schema, created_at FROM batches"
        " WHERE judge_id = ? AND state IN ('submitting', 'submitted') ORDER BY id",
        (judge_id,),
    )
    return [Batch(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6]) for row in rows]


def provider_ids(store: Store) -> set[str]:
    """Return the provider's ids of all batches in the database."""
    return {row[0] for row in store.rows("SELECT provider_id FROM batches WHERE provider_id IS NOT NULL")}


def open_items(store: Store, batch_id: int) -> dict[int, BatchItem]:
    """Return the items of a batch without a judgment, by number."""
    rows = store.rows(
        "SELECT number, pair_id, answer_order, sample, fence, reference_id FROM batch_items"
        " WHERE batch_id = ? AND judgment_id IS NULL",
        (batch_id,),
    )
    return {row[0]: BatchItem(row[1], AnswerOrder(row[2]), *row[3:]) for row in rows}


def is_item_open(conn: sqlite3.Connection, batch_id: int, number: int) -> bool:
    """Whether an item has no judgment yet."""
    row = conn.execute(
        "SELECT 1 FROM batch_items WHERE batch_id = ? AND number = ? AND judgment_id IS NULL", (batch_id, number)
    ).fetchone()
    return row is not None


def complete_item(conn: sqlite3.Connection, batch_id: int, number: int, judgment_id: int) -> None:
    """Record the judgment that came of an item."""
    conn.execute(
        "UPDATE batch_items SET judgment_id = ? WHERE batch_id = ? AND number = ?", (judgment_id, batch_id, number)
    )


def claim(
    conn: sqlite3.Connection, judge_id: int, judgments: Iterable[MissingJudgment], holder: str, seconds: float
) -> list[MissingJudgment]:
    """Claim judgments for a holder, except those that are claimed already; return those claimed.

    A claim expires after `seconds` unless it is renewed.
    """
    wanted = list(judgments)
    if not wanted:
        return []
    until = expiry(seconds)
    conn.execute("DELETE FROM claims WHERE until < ?", (now(),))
    claimed = []
    for missing in wanted:
        key = (missing.contents, judge_id, missing.order.value, missing.sample)
        inserted = conn.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?, ?, ?, ?)", (*key, holder, until))
        if inserted.rowcount:
            claimed.append(missing)
    return claimed


def renew(
    conn: sqlite3.Connection, judge_id: int, judgments: Iterable[MissingJudgment], holder: str, seconds: float
) -> None:
    """Extend the claims of a holder to `seconds` from now; those that expired and were taken are left alone."""
    until = expiry(seconds)
    conn.executemany(
        "UPDATE claims SET until = ? WHERE contents = ? AND judge_id = ? AND answer_order = ? AND sample = ? AND holder = ?",
        [(until, one.contents, judge_id, one.order.value, one.sample, holder) for one in judgments],
    )


def release(conn: sqlite3.Connection, judge_id: int, judgments: Iterable[MissingJudgment], holder: str) -> None:
    """Release claims of a holder; those that have expired and were taken by another are left alone."""
    conn.executemany(
        "DELETE FROM claims WHERE contents = ? AND judge_id = ? AND answer_order = ? AND sample = ? AND holder = ?",
        [(one.contents, judge_id, one.order.value, one.sample, holder) for one in judgments],
    )


def claimed_count(store: Store, run_id: int, judge_id: int) -> int:
    """Return how many judgments of a judge on a run's pairs somebody is asking for now."""
    sql = (
        "SELECT count(*) FROM claims c WHERE c.judge_id = ? AND c.until >= ?"
        " AND c.contents IN (SELECT contents FROM current_pairs WHERE run_id = ?)"
    )
    return int(store.one(sql, (judge_id, now(), run_id))[0])
