"""Judges, what was asked of them, and their judgments."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, PairVerdict, VerdictRule
from uphold.store.database import Store, now

_COLUMNS = (
    '"order", status, verdict, sample, preference, confidence, reason, raw, problem, prompt_name, fence, stop_reason,'
    " input_tokens, output_tokens, cost, seconds, at"
)


@dataclass(frozen=True, slots=True)
class MissingJudgment:
    """One judgment that is still to be had: a current pair, an order, a sample."""

    pair_id: int
    contents: str
    order: AnswerOrder
    sample: int


@dataclass(frozen=True, slots=True)
class JudgingScope:
    """What of a run is meant: pairs that somebody has reviewed only; unreadable judgments as if they were missing.

    `not_out`: without what a batch has been asked that has not come back.
    """

    only_reviewed: bool = False
    redo: bool = False
    not_out: bool = False


WHOLE_RUN = JudgingScope()


_REVIEWED = " AND p.id IN (SELECT pair_id FROM current_decisions)"


_NOT_OUT = """
 AND NOT EXISTS (
    SELECT 1 FROM pairs q JOIN batch_items i ON i.pair_id = q.id AND i.judgment_id IS NULL JOIN batches b ON b.id = i.batch_id
    WHERE q.contents = p.contents AND b.judge_id = a.judge_id AND b.state IN ('submitting', 'submitted')
        AND i."order" = a."order" AND i.sample = numbers.n
)"""


def missing(store: Store, run_id: int, judge_id: int, scope: JudgingScope = WHOLE_RUN) -> list[MissingJudgment]:
    """What was asked and is not settled (failed ones too), in the order of the pairs."""
    unsettled = "= 'readable'" if scope.redo else "<> 'failed'"
    narrowed = (_REVIEWED if scope.only_reviewed else "") + (_NOT_OUT if scope.not_out else "")
    rows = store.rows(
        f"""
        WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 63)
        SELECT p.id, p.contents, a."order", numbers.n
        FROM current_pairs p JOIN asked a ON a.run_id = p.run_id AND a.judge_id = ?
        JOIN numbers ON numbers.n < a.samples
        WHERE p.run_id = ? AND NOT EXISTS (
            SELECT 1 FROM judgments j WHERE j.pair_id = p.id AND j.judge_id = a.judge_id AND j."order" = a."order"
                AND j.sample = numbers.n AND j.superseded_by IS NULL AND j.status {unsettled}
        ){narrowed}
        ORDER BY p.id, a."order" DESC, numbers.n
        """,
        (judge_id, run_id),
    )
    return [MissingJudgment(row[0], row[1], AnswerOrder(row[2]), row[3]) for row in rows]


def reusable(
    store: Store, contents: str, judge_id: int, order: AnswerOrder, sample: int, *, readable: bool = False
) -> tuple[int, Judgment] | None:
    """(id, judgment) that the same judge version settled on a pair of equal contents, in the same order and sample.

    `readable`: unreadable ones do not count.
    """
    unwanted = "= 'readable'" if readable else "<> 'failed'"
    row = store.one(
        # CROSS JOIN: the few pairs of these contents first, then the judge's word on each.
        f"SELECT j.id, {_COLUMNS} FROM pairs p CROSS JOIN judgments j ON j.pair_id = p.id WHERE p.contents = ?"
        f' AND j.judge_id = ? AND j."order" = ? AND j.sample = ? AND j.superseded_by IS NULL AND j.status {unwanted} LIMIT 1',
        (contents, judge_id, order.value, sample),
    )
    return None if row is None else (row[0], read_judgment(row[1:]))


def add_judgment(
    conn: sqlite3.Connection,
    pair_id: int,
    judge_id: int,
    judgment: Judgment,
    reused: int | None = None,
    *,
    redo: bool = False,
    reread: bool = False,
) -> tuple[int, bool]:
    """Write a judgment; returns its id, and whether it is now the one in force.

    A failed one gives way to any other; with `redo` an unreadable one to any that did not fail; with `reread`, which
    is another reading of the same answer, the one that stands gives way. Where a settled one stands already (another
    process was first), the new one is kept in the file all the same, superseded from the start: an answer that
    arrived is never lost.
    """
    order = judgment.order.value
    standing = conn.execute(
        'SELECT id, status FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ? AND sample = ?'
        " AND superseded_by IS NULL",
        (pair_id, judge_id, order, judgment.sample),
    ).fetchone()
    gives_way = standing is not None and (
        reread
        or standing[1] == JudgmentStatus.FAILED
        or (redo and standing[1] == JudgmentStatus.UNREADABLE and judgment.status is not JudgmentStatus.FAILED)
    )
    if gives_way:
        conn.execute("UPDATE judgments SET superseded_by = id WHERE id = ?", (standing[0],))
    late = standing[0] if standing and not gives_way else None
    values = (
        pair_id,
        judge_id,
        order,
        judgment.status.value,
        judgment.verdict and judgment.verdict.value,
        judgment.sample,
        judgment.preference,
        judgment.confidence,
        judgment.reason,
        judgment.raw,
        judgment.problem,
        judgment.prompt_name,
        judgment.fence,
        judgment.stop_reason,
        judgment.input_tokens,
        judgment.output_tokens,
        judgment.cost,
        judgment.seconds,
        judgment.at or now(),
        reused,
        late,
    )
    marks = ", ".join("?" * len(values))
    sql = f"INSERT INTO judgments (pair_id, judge_id, {_COLUMNS}, reused_id, superseded_by) VALUES ({marks})"
    number = conn.execute(sql, values).lastrowid or 0
    if gives_way:
        conn.execute("UPDATE judgments SET superseded_by = ? WHERE id = ?", (number, standing[0]))
    return number, late is None


def settled(store: Store, pair_id: int, judge_id: int, order: AnswerOrder, sample: int, *, redo: bool = False) -> bool:
    """Stands there a judgment that is not to be had again? With `redo` only a readable one counts."""
    row = store.one(
        'SELECT status FROM judgments WHERE pair_id = ? AND judge_id = ? AND "order" = ? AND sample = ?'
        " AND superseded_by IS NULL",
        (pair_id, judge_id, order.value, sample),
    )
    return row is not None and (row[0] == JudgmentStatus.READABLE if redo else row[0] != JudgmentStatus.FAILED)


def in_force(store: Store, run_id: int, judge_id: int) -> list[tuple[int, int, Judgment]]:
    """(id, pair id, judgment) of every judgment in force on the current pairs of a run whose raw answer was kept."""
    columns = ", ".join(f"j.{name.strip()}" for name in _COLUMNS.split(","))
    rows = store.rows(
        f"SELECT j.id, j.pair_id, {columns} FROM judgments j JOIN current_pairs p ON p.id = j.pair_id"
        " WHERE p.run_id = ? AND j.judge_id = ? AND j.superseded_by IS NULL AND j.raw IS NOT NULL ORDER BY j.id",
        (run_id, judge_id),
    ).fetchall()
    return [(row[0], row[1], read_judgment(row[2:])) for row in rows]


def read_judgment(row: tuple[Any, ...]) -> Judgment:
    """A judgment as its row holds it."""
    order, status, verdict, *rest = row
    word = Preference(verdict) if verdict is not None else None
    return Judgment(AnswerOrder(order), JudgmentStatus(status), word, *rest)


def on_pair(store: Store, pair_id: int, judge_id: int, ruler: VerdictRule) -> PairVerdict | None:
    """What a judge says of a pair, with every judgment in force; None where nothing was asked of it."""
    name, kind = store.one("SELECT name, kind FROM judges WHERE id = ?", (judge_id,))
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM judgments WHERE pair_id = ? AND judge_id = ? AND superseded_by IS NULL"
        ' ORDER BY "order" DESC, sample',
        (pair_id, judge_id),
    )
    said = tuple(read_judgment(row) for row in rows)
    asked = store.rows(
        'SELECT a."order", a.samples FROM pairs p JOIN asked a ON a.run_id = p.run_id'
        " WHERE p.id = ? AND a.judge_id = ? AND a.samples > 0",
        (pair_id, judge_id),
    ).fetchall()
    if not said and not asked:
        return None
    verdict = ruler(said, {AnswerOrder(order): samples for order, samples in asked} or None)
    return PairVerdict(judge_id, name, kind, verdict, said)


def mean_output(store: Store, judge_id: int) -> float | None:
    """Tokens of the judge's answers so far, on average; None before any."""
    row = store.one(
        "SELECT avg(output_tokens) FROM judgments WHERE judge_id = ? AND output_tokens IS NOT NULL", (judge_id,)
    )
    return None if row[0] is None else float(row[0])


def counted_inputs(store: Store, judge_id: int, most: int) -> list[tuple[int, AnswerOrder, int]]:
    """(pair id, order, input tokens) of some of the judge's answers, the latest first."""
    rows = store.rows(
        'SELECT pair_id, "order", input_tokens FROM judgments WHERE judge_id = ? AND input_tokens > 0 ORDER BY id DESC LIMIT ?',
        (judge_id, most),
    )
    return [(row[0], AnswerOrder(row[1]), row[2]) for row in rows]


def verdict_counts(store: Store, run_id: int, judge_id: int) -> dict[Verdict, int]:
    """How many current pairs have which verdict; a pair without one is pending."""
    rows = store.rows(
        "SELECT coalesce(v.verdict, 'pending'), count(*) FROM current_pairs p"
        " LEFT JOIN verdicts v ON v.pair_id = p.id AND v.judge_id = ? WHERE p.run_id = ? GROUP BY 1",
        (judge_id, run_id),
    )
    return {Verdict(word): count for word, count in rows}


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A judged pair in one line: what was said of it, how sure the judge was, and why."""

    pair_id: int
    key: str
    turn: int
    verdict: Verdict
    confidence: float | None
    reason: str | None


_JUDGED_PAIRS = """
SELECT v.pair_id, e.key, p.turn, v.verdict,
    (SELECT avg(confidence) FROM judgments j WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id
        AND j.superseded_by IS NULL),
    (SELECT coalesce(j.problem, j.reason) FROM judgments j WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id
        AND j.superseded_by IS NULL ORDER BY j.status = 'readable', j.id LIMIT 1)
FROM verdicts v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id
WHERE v.judge_id = :judge AND v.pair_id IN (SELECT pair_id FROM some)
"""


def needing_a_look(store: Store, run_id: int, judge_id: int, most: int) -> list[JudgedPair]:
    """Pairs of a run that have no verdict because an answer failed or could not be read."""
    some = """
    WITH some AS (
        SELECT DISTINCT j.pair_id FROM judgments j JOIN current_pairs p ON p.id = j.pair_id
        WHERE p.run_id = :run AND j.judge_id = :judge AND j.superseded_by IS NULL AND j.status <> 'readable'
        ORDER BY 1 LIMIT :most
    )"""
    rows = store.rows(some + _JUDGED_PAIRS + " ORDER BY v.pair_id", {"run": run_id, "judge": judge_id, "most": most})
    return [JudgedPair(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]


def last_judged(store: Store, run_id: int, judge_id: int, most: int) -> list[JudgedPair]:
    """The pairs of a run that have had their verdict last, the latest first."""
    some = """
    WITH latest AS (
        SELECT j.pair_id, j.id FROM judgments j JOIN pairs p ON p.id = j.pair_id
        WHERE j.judge_id = :judge AND p.run_id = :run ORDER BY j.id DESC LIMIT 6 * :most
    ), some AS (SELECT pair_id FROM latest GROUP BY pair_id ORDER BY max(id) DESC LIMIT 3 * :most)"""
    order = """ AND v.verdict <> 'pending'
    ORDER BY (SELECT max(id) FROM latest WHERE latest.pair_id = v.pair_id) DESC LIMIT :most"""
    rows = store.rows(some + _JUDGED_PAIRS + order, {"run": run_id, "judge": judge_id, "most": most})
    return [JudgedPair(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]
