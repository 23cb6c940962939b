"""Judge versions, and the orders and samples that a run requests of them."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from uphold.records.enums import AnswerOrder
from uphold.records.judgments import Judge, JudgeRef
from uphold.records.runs import Run
from uphold.records.texts import canonical
from uphold.store.database import Store, now
from uphold.store.outcomes import write_run_verdicts


def add_judge(conn: sqlite3.Connection, judge: Judge) -> int:
    """Return the id of this judge version, adding it if it is new."""
    is_program = judge.kind == "program"
    kind, definition = "imported" if is_program else judge.kind, canonical(dict(judge.definition))
    conn.execute(
        "INSERT OR IGNORE INTO judges (name, version, kind, definition, takes_reference, is_program, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (judge.name, judge.version, kind, definition, int(judge.takes_reference), int(is_program), now()),
    )
    return int(
        conn.execute("SELECT id FROM judges WHERE name = ? AND version = ?", (judge.name, judge.version)).fetchone()[0]
    )


def fence_of(conn: sqlite3.Connection, judge_id: int, fence: str) -> str:
    """Return the fence of a judge's prompts; one that has none yet gets `fence`."""
    conn.execute("UPDATE judges SET fence = ? WHERE id = ? AND fence IS NULL", (fence, judge_id))
    return str(conn.execute("SELECT fence FROM judges WHERE id = ?", (judge_id,)).fetchone()[0])


def kept_fence(store: Store, judge: Judge) -> str | None:
    """Return the fence that the file keeps for a judge version, None where it was never asked here."""
    row = store.one("SELECT fence FROM judges WHERE name = ? AND version = ?", (judge.name, judge.version))
    return None if row is None else row[0]


def last_judged(store: Store, judge: Judge) -> str | None:
    """Return the day of the last judgment of a judge version in the file (YYYY-MM-DD), None where it has made none."""
    row = store.one(
        "SELECT created_at FROM judgments WHERE id = (SELECT max(j.id) FROM judgments j JOIN judges g ON g.id = j.judge_id"
        " WHERE g.name = ? AND g.version = ? AND j.superseded_by IS NULL)",
        (judge.name, judge.version),
    )
    return None if row is None else str(row[0])[:10]


def record_requested_orders(
    conn: sqlite3.Connection, run_id: int, judge_id: int, orders: Iterable[AnswerOrder], samples: int = 1
) -> None:
    """Record the orders and samples that a run requests of a judge; a smaller number of samples changes nothing."""
    wanted = {order.value: samples for order in orders}
    sql = "SELECT answer_order, samples FROM judge_orders WHERE run_id = ? AND judge_id = ?"
    known = dict(conn.execute(sql, (run_id, judge_id)).fetchall())
    grown = {order: count for order, count in wanted.items() if count > known.get(order, -1)}
    if not grown:
        return
    conn.executemany(
        "INSERT INTO judge_orders (run_id, judge_id, answer_order, samples) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET samples = excluded.samples",
        [(run_id, judge_id, order, count) for order, count in grown.items()],
    )
    write_run_verdicts(conn, run_id, judge_id)


def asked_orders(store: Store, judge_id: int, set_id: int, run: Run | None) -> tuple[tuple[AnswerOrder, ...], int]:
    """Return the orders and the samples that a run, or all runs of a set, have of a judge; an imported one has 0 samples."""
    sql = (
        "SELECT answer_order, max(samples) FROM judge_orders WHERE judge_id = :judge AND run_id IN"
        " (SELECT id FROM runs WHERE set_id = :set AND (:run IS NULL OR id = :run)) GROUP BY answer_order ORDER BY 1 DESC"
    )
    rows = store.rows(sql, {"judge": judge_id, "set": set_id, "run": None if run is None else run.id}).fetchall()
    return tuple(AnswerOrder(order) for order, _ in rows), max((samples for _, samples in rows), default=0)


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How a run asked a judge: the options of a rule, as NAME=VALUE; for a model one order only, and samples."""

    options: tuple[str, ...] = ()
    one_order: bool = False
    samples: int | None = None


def ask_options(store: Store, run: Run, judge: JudgeRef) -> AskOptions:
    """Return with what options a run asked a judge, to ask it in the same way again."""
    if judge.kind == "rules":
        definition = json.loads(store.one("SELECT definition FROM judges WHERE id = ?", (judge.id,))[0])
        return AskOptions(tuple(f"{name}={value}" for name, value in definition.items() if name != "rule"))
    sql = "SELECT answer_order, samples FROM judge_orders WHERE run_id = ? AND judge_id = ?"
    samples = [count for _, count in store.rows(sql, (run.id, judge.id))]
    return AskOptions((), len(samples) == 1, max(samples, default=1))
