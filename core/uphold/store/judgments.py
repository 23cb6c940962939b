"""Judgments: finding missing and reusable ones, writing them, and reading verdicts and progress."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Purpose, Verdict
from uphold.records.judgments import Judgment, PairVerdict
from uphold.store.database import Store, now
from uphold.store.outcomes import write_verdicts

if TYPE_CHECKING:
    from uphold.records.bundles import BundleJudgment

_COLUMNS = (
    "answer_order, status, verdict, sample, preference, confidence, reason, raw, problem, prompt_name, fence, stop_reason,"
    " input_tokens, output_tokens, cost, seconds, created_at, reference_id, request_form,"
    " criteria"
)

# For a query in which pairs have columns of the same names.
COLUMNS_OF_J = ", ".join(f"j.{name.strip()}" for name in _COLUMNS.split(","))
"""The columns of `read_judgment` in a query that calls the table j."""


@dataclass(frozen=True, slots=True)
class MissingJudgment:
    """A judgment that a run still lacks: a current pair, an order, a sample (from 0).

    `reference_id` is the reference up to the pair's turn that the judge is to be given, None where it takes none.
    """

    pair_id: int
    contents: str
    order: AnswerOrder
    sample: int
    reference_id: int | None = None


@dataclass(frozen=True, slots=True)
class PairsToAsk:
    """Pairs, of whatever runs, about which a judge is asked for another purpose than a verdict, with orders and samples."""

    purpose: Purpose
    pair_ids: tuple[int, ...]
    orders: tuple[AnswerOrder, ...]
    samples: int = 1


@dataclass(frozen=True, slots=True)
class JudgingScope:
    """Which judgments of a run count as missing.

    `only_reviewed`: only those of pairs with a decision. `redo`: unreadable judgments too. `exclude_batched`: not those
    that an open batch has been asked for. `again`: those on these pairs, for another purpose, in place of the run's.
    """

    only_reviewed: bool = False
    redo: bool = False
    exclude_batched: bool = False
    again: PairsToAsk | None = None

    @property
    def purpose(self) -> Purpose:
        """What the judgments are for."""
        return Purpose.VERDICT if self.again is None else self.again.purpose


WHOLE_RUN = JudgingScope()

_ONLY_REVIEWED = " AND p.id IN (SELECT pair_id FROM current_decisions)"

_EXCLUDE_BATCHED = """
 AND NOT EXISTS (
    SELECT 1 FROM pairs q JOIN batch_items i ON i.pair_id = q.id AND i.judgment_id IS NULL JOIN batches b ON b.id = i.batch_id
    WHERE q.contents = p.contents AND b.judge_id = a.judge_id AND b.state IN ('submitting', 'submitted')
        AND i.answer_order = a.answer_order AND i.sample = numbers.n
        AND i.reference_id IS f.prefix_id
)"""


def missing_judgments(
    store: Store, run_id: int, judge_id: int, scope: JudgingScope = WHOLE_RUN
) -> list[MissingJudgment]:
    """Return the requested judgments that do not exist or failed, in the order of the pairs."""
    if scope.again is not None:
        return _missing_again(store, judge_id, scope.again)
    done = "= 'readable'" if scope.redo else "<> 'failed'"
    conditions = (_ONLY_REVIEWED if scope.only_reviewed else "") + (_EXCLUDE_BATCHED if scope.exclude_batched else "")
    rows = store.rows(
        f"""
        WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 63)
        SELECT p.id, p.contents, a.answer_order, numbers.n, f.prefix_id
        FROM current_pairs p JOIN judge_orders a ON a.run_id = p.run_id AND a.judge_id = ?
        JOIN judges g ON g.id = a.judge_id
        JOIN numbers ON numbers.n < a.samples
        JOIN examples e ON e.id = p.example_id
        LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn AND g.takes_reference
        WHERE p.run_id = ? AND NOT EXISTS (
            SELECT 1 FROM judgments j WHERE j.pair_id = p.id AND j.judge_id = a.judge_id AND j.answer_order = a.answer_order
                AND j.sample = numbers.n AND j.reference_id IS f.prefix_id AND j.superseded_by IS NULL AND j.purpose = 'verdict'
                AND j.status {done}
        ){conditions}
        ORDER BY p.id, a.answer_order DESC, numbers.n
        """,
        (judge_id, run_id),
    )
    return [MissingJudgment(row[0], row[1], AnswerOrder(row[2]), *row[3:]) for row in rows]


_MISSING_AGAIN = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :samples)
SELECT p.id, p.contents, a.value, numbers.n, f.prefix_id
FROM json_each(:pairs) x JOIN current_pairs p ON p.id = x.value JOIN json_each(:orders) a JOIN numbers
JOIN judges g ON g.id = :judge JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn AND g.takes_reference
WHERE NOT EXISTS (
    SELECT 1 FROM judgments j WHERE j.pair_id = p.id AND j.judge_id = :judge AND j.answer_order = a.value
        AND j.sample = numbers.n AND j.reference_id IS f.prefix_id AND j.superseded_by IS NULL AND j.purpose = :purpose
        AND j.status <> 'failed'
)
ORDER BY p.id, a.key, numbers.n
"""


def _missing_again(store: Store, judge_id: int, wanted: PairsToAsk) -> list[MissingJudgment]:
    rows = store.rows(_MISSING_AGAIN, _again_values(judge_id, wanted))
    return [MissingJudgment(row[0], row[1], AnswerOrder(row[2]), *row[3:]) for row in rows]


def _again_values(judge_id: int, asked: PairsToAsk) -> dict[str, object]:
    return {
        "pairs": json.dumps(asked.pair_ids),
        "orders": json.dumps([order.value for order in asked.orders]),
        "samples": asked.samples,
        "judge": judge_id,
        "purpose": asked.purpose.value,
    }


_REUSABLE_FOR = {
    Purpose.VERDICT: (Purpose.VERDICT,),
    Purpose.TRY: (Purpose.VERDICT, Purpose.TRY),
    Purpose.RERUN: (),
    Purpose.DRIFT: (),
}
"""From which judgments one is copied: a rerun and a drift check ask on purpose what was asked before."""


def find_reusable(
    store: Store,
    judge_id: int,
    missing: MissingJudgment,
    *,
    readable: bool = False,
    purpose: Purpose = Purpose.VERDICT,
) -> tuple[int, Judgment] | None:
    """Return (id, judgment) of the judge version on any pair of equal contents, with the same order, sample and reference.

    None where there is none. Failed judgments do not count; with `readable` unreadable ones do not either. A verdict is copied
    from verdicts only, a try from tries too, a rerun or drift check from nothing.
    """
    usable = "= 'readable'" if readable else "<> 'failed'"
    sources = ", ".join(f"'{source.value}'" for source in _REUSABLE_FOR[purpose])
    row = store.one(
        # CROSS JOIN makes SQLite start from the few pairs of these contents.
        f"SELECT j.id, {COLUMNS_OF_J} FROM pairs p CROSS JOIN judgments j ON j.pair_id = p.id WHERE p.contents = ?"
        " AND j.judge_id = ? AND j.answer_order = ? AND j.sample = ? AND j.reference_id IS ?"
        f" AND j.superseded_by IS NULL AND j.purpose IN ({sources}) AND j.status {usable} LIMIT 1",
        (missing.contents, judge_id, missing.order.value, missing.sample, missing.reference_id),
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
    purpose: Purpose = Purpose.VERDICT,
) -> tuple[int, bool]:
    """Write a judgment and the verdict that follows, if that is its purpose; return its id, and whether it is now in force.

    It supersedes a failed judgment in force, and with `redo` an unreadable one unless it failed itself. If another
    judgment is in force (another process was first), it is written as superseded by that one, so that no answer is
    lost. `reused` is the id of the judgment it was copied from.
    """
    number, in_force = add_judgment_only(conn, pair_id, judge_id, judgment, reused, redo=redo, purpose=purpose)
    if in_force and purpose is Purpose.VERDICT:
        write_verdicts(conn, [pair_id], judge_id)
    return number, in_force


def add_judgment_only(
    conn: sqlite3.Connection,
    pair_id: int,
    judge_id: int,
    judgment: Judgment,
    reused: int | None = None,
    *,
    redo: bool = False,
    purpose: Purpose = Purpose.VERDICT,
) -> tuple[int, bool]:
    """Write a judgment as `add_judgment` does, but no verdict: the caller does it once for many judgments.

    One for another purpose than a verdict stands beside the verdict's and enters none.
    """
    current = _current_judgment(conn, pair_id, judge_id, judgment, purpose)
    if current is None:
        return _insert_judgment(conn, pair_id, judge_id, judgment, reused, purpose=purpose), True
    current_id, status = current
    if status == JudgmentStatus.FAILED or (
        redo and status == JudgmentStatus.UNREADABLE and judgment.status is not JudgmentStatus.FAILED
    ):
        return _supersede(conn, current_id, pair_id, judge_id, judgment, reused, purpose), True
    inserted = _insert_judgment(conn, pair_id, judge_id, judgment, reused, superseded_by=current_id, purpose=purpose)
    return inserted, False


def replace_judgment(
    conn: sqlite3.Connection, pair_id: int, judge_id: int, judgment: Judgment, source_id: int | None
) -> int:
    """Write a new parse of a stored answer, superseding the judgment in force; return its id.

    `source_id` is the judgment whose raw answer was parsed again.
    """
    current = _current_judgment(conn, pair_id, judge_id, judgment)
    if current is None:
        number = _insert_judgment(conn, pair_id, judge_id, judgment, source_id)
    else:
        number = _supersede(conn, current[0], pair_id, judge_id, judgment, source_id)
    write_verdicts(conn, [pair_id], judge_id)
    return number


def withdraw_judgment(conn: sqlite3.Connection, judgment_id: int) -> None:
    """Take a judgment out of force; the one that it superseded is in force again.

    A withdrawn judgment stays, superseded by itself.
    """
    pair_id, judge_id = conn.execute("SELECT pair_id, judge_id FROM judgments WHERE id = ?", (judgment_id,)).fetchone()
    conn.execute("UPDATE judgments SET superseded_by = id WHERE id = ?", (judgment_id,))
    conn.execute(
        "UPDATE judgments SET superseded_by = NULL WHERE superseded_by = :id AND id <> :id", {"id": judgment_id}
    )
    write_verdicts(conn, [pair_id], judge_id)


def _current_judgment(
    conn: sqlite3.Connection,
    pair_id: int,
    judge_id: int,
    like: Judgment | MissingJudgment,
    purpose: Purpose = Purpose.VERDICT,
) -> tuple[int, str] | None:
    """Return (id, status) of the judgment of the same order, sample and reference that is not superseded, or None."""
    found: tuple[int, str] | None = conn.execute(
        "SELECT id, status FROM judgments WHERE pair_id = ? AND judge_id = ? AND answer_order = ? AND sample = ?"
        " AND reference_id IS ? AND superseded_by IS NULL AND purpose = ?",
        (pair_id, judge_id, like.order.value, like.sample, like.reference_id, purpose.value),
    ).fetchone()
    return found


def _supersede(
    conn: sqlite3.Connection,
    old_id: int,
    pair_id: int,
    judge_id: int,
    judgment: Judgment,
    reused: int | None,
    purpose: Purpose = Purpose.VERDICT,
) -> int:
    # Only one judgment may be in force, so the old one is superseded by itself until the new one has an id.
    conn.execute("UPDATE judgments SET superseded_by = id WHERE id = ?", (old_id,))
    number = _insert_judgment(conn, pair_id, judge_id, judgment, reused, purpose=purpose)
    conn.execute("UPDATE judgments SET superseded_by = ? WHERE id = ?", (number, old_id))
    return number


def _insert_judgment(
    conn: sqlite3.Connection,
    pair_id: int,
    judge_id: int,
    judgment: Judgment,
    reused: int | None,
    superseded_by: int | None = None,
    purpose: Purpose = Purpose.VERDICT,
) -> int:
    values = (pair_id, judge_id, *_values(judgment), reused, superseded_by, purpose.value)
    placeholders = ", ".join("?" * len(values))
    columns = f"pair_id, judge_id, {_COLUMNS}, reused_id, superseded_by, purpose"
    sql = f"INSERT INTO judgments ({columns}) VALUES ({placeholders})"
    return int(conn.execute(sql, values).lastrowid or 0)


def insert_from_bundle(conn: sqlite3.Connection, stored: "BundleJudgment", import_id: int) -> None:
    """Insert a judgment of a bundle, whose pair, judge and reference are ids of this database; no verdict is written."""
    values = (stored.pair, stored.judge, *_values(stored.judgment), stored.purpose, import_id)
    placeholders = ", ".join("?" * len(values))
    sql = f"INSERT INTO judgments (pair_id, judge_id, {_COLUMNS}, purpose, import_id) VALUES ({placeholders})"
    conn.execute(sql, values)


def _values(judgment: Judgment) -> tuple[object, ...]:
    """Return the values of `_COLUMNS`."""
    return (
        judgment.order.value,
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
        judgment.reference_id,
        judgment.request_form,
        _criteria_text(judgment.criteria),
    )


def is_judged(
    store: Store,
    judge_id: int,
    missing: MissingJudgment,
    *,
    redo: bool = False,
    purpose: Purpose = Purpose.VERDICT,
) -> bool:
    """Whether a judgment that did not fail has come meanwhile; with `redo` only a readable one counts."""
    current = _current_judgment(store.conn, missing.pair_id, judge_id, missing, purpose)
    if current is None:
        return False
    return current[1] == JudgmentStatus.READABLE if redo else current[1] != JudgmentStatus.FAILED


def judgments_with_raw_answer(store: Store, run_id: int, judge_id: int) -> list[tuple[int, int, Judgment]]:
    """Return (id, pair id, judgment) of the judgments in force on a run's current pairs whose raw answer was stored."""
    rows = store.rows(
        f"SELECT j.id, j.pair_id, {COLUMNS_OF_J} FROM standing_judgments j JOIN current_pairs p ON p.id = j.pair_id"
        " WHERE p.run_id = ? AND j.judge_id = ? AND j.raw IS NOT NULL ORDER BY j.id",
        (run_id, judge_id),
    ).fetchall()
    return [(row[0], row[1], read_judgment(row[2:])) for row in rows]


def read_judgment(row: tuple[Any, ...]) -> Judgment:
    """Return the judgment of a row with the columns `_COLUMNS`."""
    order, status, verdict, *rest, criteria = row
    preference = Preference(verdict) if verdict is not None else None
    judgment = Judgment(AnswerOrder(order), JudgmentStatus(status), preference, *rest)
    if criteria is None:
        return judgment
    said = tuple((name, Preference(word)) for name, word in json.loads(criteria).items())
    return replace(judgment, criteria=said)


def _criteria_text(criteria: Sequence[tuple[str, Preference]]) -> str | None:
    """Return the verdicts by criterion as they are stored, None where there are none."""
    return json.dumps({name: word.value for name, word in criteria}, ensure_ascii=False) if criteria else None


_IS_REQUESTED = """
SELECT 1 FROM pairs p JOIN judge_orders a ON a.run_id = p.run_id WHERE p.id = ? AND a.judge_id = ? AND a.samples > 0
"""


def read_pair_verdict(store: Store, pair_id: int, judge_id: int) -> PairVerdict | None:
    """Return a judge's verdict on a pair, with its judgments in force.

    None if there are none and none were requested.
    """
    name, kind = store.one("SELECT name, kind FROM judges WHERE id = ?", (judge_id,))
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM standing_judgments WHERE pair_id = ? AND judge_id = ?"
        " ORDER BY answer_order DESC, sample",
        (pair_id, judge_id),
    )
    judgments = tuple(read_judgment(row) for row in rows)
    verdict = store.one("SELECT verdict FROM verdicts WHERE judge_id = ? AND pair_id = ?", (judge_id, pair_id))
    if verdict is None and store.one(_IS_REQUESTED, (pair_id, judge_id)) is None:
        return None
    return PairVerdict(judge_id, name, kind, Verdict(verdict[0]) if verdict else Verdict.PENDING, judgments)


_FOR_PURPOSE = f"""
SELECT {COLUMNS_OF_J} FROM judgments j JOIN judges g ON g.id = j.judge_id
JOIN pairs p ON p.id = j.pair_id JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE j.pair_id = ? AND j.judge_id = ? AND j.purpose = ? AND j.superseded_by IS NULL
    AND (NOT g.takes_reference OR j.reference_id IS f.prefix_id)
ORDER BY j.answer_order DESC, j.sample
"""


def read_judgments(store: Store, pair_id: int, judge_id: int, purpose: Purpose) -> tuple[Judgment, ...]:
    """Return a judge's judgments in force on a pair that were asked for a purpose, those that saw the candidate first first."""
    return tuple(read_judgment(row) for row in store.rows(_FOR_PURPOSE, (pair_id, judge_id, purpose.value)))


def mean_output_tokens(store: Store, judge_id: int, *, same_model: bool = False) -> tuple[float | None, int]:
    """Return the mean output tokens of the judge's answers so far, None if there are none, and the number of answers.

    With `same_model` those of all versions of any judge with the same endpoint kind and model.
    """
    judges = "= :judge"
    if same_model:
        judges = (
            "IN (SELECT o.id FROM judges o JOIN judges g ON g.id = :judge AND o.kind = g.kind"
            " WHERE o.definition ->> 'model' = g.definition ->> 'model'"
            " AND o.definition ->> 'endpoint' = g.definition ->> 'endpoint')"
        )
    return tuple(
        store.one(
            f"SELECT avg(output_tokens), count(*) FROM judgments WHERE judge_id {judges} AND output_tokens > 0",
            {"judge": judge_id},
        )
    )


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How many judgments of a status have the same problem, and the key of the first example with one."""

    status: JudgmentStatus
    problem: str
    count: int
    example: str


def problem_counts(store: Store, run_id: int, judge_id: int) -> list[ProblemCount]:
    """Return the different problems of a judge's unreadable and failed judgments in force on a run's current pairs."""
    # A bare column beside min() is that of the row with the minimum.
    rows = store.rows(
        "SELECT j.status, coalesce(j.problem, ''), count(*), e.key, min(j.pair_id) AS first"
        " FROM standing_judgments j JOIN current_pairs p ON p.id = j.pair_id JOIN examples e ON e.id = p.example_id"
        " WHERE p.run_id = ? AND j.judge_id = ? AND j.status <> 'readable' GROUP BY 1, 2 ORDER BY first",
        (run_id, judge_id),
    )
    return [ProblemCount(JudgmentStatus(row[0]), row[1], row[2], row[3]) for row in rows]


_PROBLEMS_AGAIN = """
SELECT j.status, coalesce(j.problem, ''), count(*), e.key, min(j.pair_id) AS first
FROM json_each(:pairs) x JOIN current_pairs p ON p.id = x.value JOIN judgments j ON j.pair_id = p.id AND j.judge_id = :judge
JOIN judges g ON g.id = :judge JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn AND g.takes_reference
WHERE j.superseded_by IS NULL AND j.purpose = :purpose AND j.reference_id IS f.prefix_id AND j.status <> 'readable'
    AND j.answer_order IN (SELECT value FROM json_each(:orders)) AND j.sample < :samples
GROUP BY 1, 2 ORDER BY first
"""


def problem_counts_again(store: Store, judge_id: int, asked: PairsToAsk) -> list[ProblemCount]:
    """Return the different problems of a judge's unreadable and failed judgments for another purpose than a verdict."""
    rows = store.rows(_PROBLEMS_AGAIN, _again_values(judge_id, asked))
    return [ProblemCount(JudgmentStatus(row[0]), row[1], row[2], row[3]) for row in rows]


def input_token_counts(store: Store, judge_id: int, limit: int) -> list[tuple[int, AnswerOrder, int]]:
    """Return (pair id, order, input tokens) of the judge's latest answers, latest first."""
    rows = store.rows(
        "SELECT pair_id, answer_order, input_tokens FROM judgments WHERE judge_id = ? AND input_tokens"
        " > 0 ORDER BY id DESC LIMIT ?",
        (judge_id, limit),
    )
    return [(row[0], AnswerOrder(row[1]), row[2]) for row in rows]


def verdict_counts(store: Store, run_id: int, judge_id: int) -> dict[Verdict, int]:
    """Return the number of current pairs by verdict; pairs without one are pending."""
    rows = store.rows(
        "SELECT coalesce(v.verdict, 'pending'), count(*) FROM current_pairs p"
        " LEFT JOIN verdicts v ON v.pair_id = p.id AND v.judge_id = ? WHERE p.run_id = ? GROUP BY 1",
        (judge_id, run_id),
    )
    return {Verdict(verdict): count for verdict, count in rows}


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A judged pair for a list: verdict, the judge's mean confidence (0 to 1), and its reason or what went wrong."""

    pair_id: int
    key: str
    turn: int
    verdict: Verdict
    confidence: float | None
    reason: str | None


_JUDGED_PAIRS = """
SELECT v.pair_id, e.key, p.turn, v.verdict,
    (SELECT avg(confidence) FROM standing_judgments j WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id),
    (SELECT coalesce(j.problem, j.reason) FROM standing_judgments j
        WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id ORDER BY j.status = 'readable', j.id LIMIT 1)
FROM verdicts v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id
WHERE v.judge_id = :judge AND v.pair_id IN (SELECT pair_id FROM some)
"""


def problem_pairs(store: Store, run_id: int, judge_id: int, limit: int) -> list[JudgedPair]:
    """Return pairs of a run with a judgment that failed or could not be read, by id."""
    some = """
    WITH some AS (
        SELECT DISTINCT j.pair_id FROM standing_judgments j JOIN current_pairs p ON p.id = j.pair_id
        WHERE p.run_id = :run AND j.judge_id = :judge AND j.status <> 'readable'
        ORDER BY 1 LIMIT :limit
    )"""
    values = {"run": run_id, "judge": judge_id, "limit": limit}
    rows = store.rows(some + _JUDGED_PAIRS + " ORDER BY v.pair_id", values)
    return [JudgedPair(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]


def recently_judged_pairs(store: Store, run_id: int, judge_id: int, limit: int) -> list[JudgedPair]:
    """Return the pairs of a run whose verdict was completed last, latest first."""
    some = """
    WITH latest AS (
        SELECT j.pair_id, j.id FROM judgments j JOIN pairs p ON p.id = j.pair_id
        WHERE j.judge_id = :judge AND j.purpose = 'verdict' AND p.run_id = :run ORDER BY j.id DESC LIMIT 6 * :limit
    ), some AS (SELECT pair_id FROM latest GROUP BY pair_id ORDER BY max(id) DESC LIMIT 3 * :limit)"""
    order = """ AND v.verdict <> 'pending'
    ORDER BY (SELECT max(id) FROM latest WHERE latest.pair_id = v.pair_id) DESC LIMIT :limit"""
    rows = store.rows(some + _JUDGED_PAIRS + order, {"run": run_id, "judge": judge_id, "limit": limit})
    return [JudgedPair(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]
