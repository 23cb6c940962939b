"""Tries of judges against older ones: what they rest on, and how they came out."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from uphold.records.enums import AnswerOrder, Purpose
from uphold.records.halves import Half
from uphold.records.trials import TrialCounts, TrialRecord
from uphold.store.database import Store, now
from uphold.store.judgments import PairsToAsk


@dataclass(frozen=True, slots=True)
class NewTrial:
    """A try to record; ids are those of rows."""

    set_id: int
    run_id: int | None
    judge_id: int
    old_judge_id: int
    half: Half
    counts: TrialCounts
    rerun_pairs: int
    rerun_changed: int
    cost: float | None


def add_trial(conn: sqlite3.Connection, new: NewTrial) -> None:
    """Record a try."""
    counts = new.counts
    conn.execute(
        "INSERT INTO judge_trials (set_id, run_id, judge_id, old_judge_id, half, pairs, fixed, broken, both_right, both_wrong,"
        " rerun_pairs, rerun_changed, cost, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.set_id,
            new.run_id,
            new.judge_id,
            new.old_judge_id,
            new.half.value,
            counts.pairs,
            counts.fixed,
            counts.broken,
            counts.right,
            counts.wrong,
            new.rerun_pairs,
            new.rerun_changed,
            new.cost,
            now(),
        ),
    )


_TRIALS = """
SELECT g.name, g.version, o.name, o.version, r.name, t.half, t.fixed, t.broken, t.both_right, t.both_wrong, t.rerun_pairs,
    t.rerun_changed, t.cost, t.created_at
FROM judge_trials t JOIN judges g ON g.id = t.judge_id JOIN judges o ON o.id = t.old_judge_id
LEFT JOIN runs r ON r.id = t.run_id
WHERE t.set_id = ? ORDER BY t.id
"""


def set_trials(store: Store, set_id: int) -> list[TrialRecord]:
    """Return the tries on a set, the oldest first."""
    found = []
    for judge, version, against, against_version, run, half, *counts in store.rows(_TRIALS, (set_id,)):
        names = (judge, version, against, against_version, run)
        found.append(TrialRecord(*names, Half(half), TrialCounts(*counts[:4]), *counts[4:]))
    return found


# What a try rests on.


@dataclass(frozen=True, slots=True)
class PairPlace:
    """A pair by the names of its run and example, its turn from 1, and what was asked at that turn."""

    run: str
    key: str
    turn: int
    instruction: str


_PLACES = """
SELECT p.id, r.name, e.key, p.turn, json_extract(t.turns, '$[' || (p.turn - 1) || ']')
FROM pairs p JOIN runs r ON r.id = p.run_id JOIN examples e ON e.id = p.example_id JOIN texts t ON t.id = p.text_id
WHERE p.id IN (SELECT value FROM json_each(?))
"""


def pair_places(store: Store, pair_ids: Collection[int]) -> dict[int, PairPlace]:
    """Return where some pairs stand, by pair id."""
    rows = store.rows(_PLACES, (json.dumps(list(pair_ids)),))
    return {number: PairPlace(run, key, turn, str(instruction)) for number, run, key, turn, instruction in rows}


_ORDERS_OF_TRIES = """
SELECT answer_order, max(sample) + 1 FROM judgments WHERE judge_id = ? AND purpose = 'try' AND superseded_by IS NULL
AND pair_id IN (SELECT value FROM json_each(?)) GROUP BY answer_order ORDER BY answer_order DESC
"""


def tried_in(store: Store, judge_id: int, pair_ids: Sequence[int]) -> PairsToAsk | None:
    """Return in which orders and with how many samples a judge was tried on some pairs; None where it was not."""
    rows = store.rows(_ORDERS_OF_TRIES, (judge_id, json.dumps(list(pair_ids)))).fetchall()
    if not rows:
        return None
    orders = tuple(AnswerOrder(order) for order, _ in rows)
    return PairsToAsk(Purpose.TRY, tuple(pair_ids), orders, max(samples for _, samples in rows))
