"""The pairs that a reviewer or a program was shown before a decision: by `uphold next`, or by the app."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from uphold.records.reviews import OnScreen
from uphold.store.database import Store, first_values, now


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: a reviewer, or a program by its judge; the row id of one of the two."""

    reviewer_id: int | None = None
    program_id: int | None = None


def add_shown(
    conn: sqlite3.Connection,
    by: Decider,
    queue_id: int,
    pairs: Iterable[tuple[int, OnScreen, int | None]],
    *,
    source: str = "next",
) -> None:
    """Record pairs as shown: (pair id, what was there to see, id of the reference); `source` is `next` or `app`."""
    at = now()
    conn.executemany(
        "INSERT INTO shown_pairs (pair_id, queue_id, reviewer_id, program_id, side_a, mode, verdict_shown, judge_id, verdict,"
        " reference_id, created_at, names_shown, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                pair_id,
                queue_id,
                by.reviewer_id,
                by.program_id,
                screen.side_a.value,
                screen.mode,
                int(screen.verdict_shown),
                screen.judge_id,
                screen.verdict.value if screen.verdict else None,
                reference_id,
                at,
                int(screen.names_shown),
                source,
            )
            for pair_id, screen, reference_id in pairs
        ],
    )


_SHOWN_TO = (
    "SELECT s.pair_id FROM shown_pairs s JOIN pairs p ON p.id = s.pair_id WHERE s.reviewer_id = ? AND p.run_id = ?"
)


def pairs_shown_with_verdict(store: Store, run_id: int, reviewer_id: int) -> set[int]:
    """Return the ids of the pairs of a run whose verdict `next`, or the app, has shown to a reviewer."""
    sql = f"{_SHOWN_TO} AND s.verdict_shown AND s.verdict IS NOT NULL AND s.verdict <> 'pending'"
    return first_values(store, sql, (reviewer_id, run_id))


def pairs_shown_with_names(store: Store, run_id: int, reviewer_id: int) -> set[int]:
    """Return the ids of the pairs of a run on which the app has shown a reviewer which system is which."""
    return first_values(store, f"{_SHOWN_TO} AND s.names_shown", (reviewer_id, run_id))
