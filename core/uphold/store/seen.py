"""What there is to see of a judge while it works: pairs that need a look, and the last that were judged."""

from dataclasses import dataclass

from uphold.records.words import Verdict
from uphold.store.database import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """A judged pair in one line: what was said of it, how sure the judge was, and why."""

    pair_id: int
    key: str
    turn: int
    verdict: Verdict
    confidence: float | None
    reason: str | None


_SEEN = """
SELECT v.pair_id, e.key, p.turn, v.verdict,
    (SELECT avg(confidence) FROM judgments j WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id
        AND j.superseded_by IS NULL),
    (SELECT coalesce(j.problem, j.reason) FROM judgments j WHERE j.pair_id = v.pair_id AND j.judge_id = v.judge_id
        AND j.superseded_by IS NULL ORDER BY j.status = 'readable', j.id LIMIT 1)
FROM verdicts v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id
WHERE v.judge_id = :judge AND v.pair_id IN (SELECT pair_id FROM some)
"""


def needing_a_look(store: Store, run_id: int, judge_id: int, most: int) -> list[Seen]:
    """Pairs of a run that have no verdict because an answer failed or could not be read."""
    some = """
    WITH some AS (
        SELECT DISTINCT j.pair_id FROM judgments j JOIN current_pairs p ON p.id = j.pair_id
        WHERE p.run_id = :run AND j.judge_id = :judge AND j.superseded_by IS NULL AND j.status <> 'readable'
        ORDER BY 1 LIMIT :most
    )"""
    rows = store.rows(some + _SEEN + " ORDER BY v.pair_id", {"run": run_id, "judge": judge_id, "most": most})
    return [Seen(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]


def last_judged(store: Store, run_id: int, judge_id: int, most: int) -> list[Seen]:
    """The pairs of a run that have had their verdict last, the latest first."""
    some = """
    WITH latest AS (
        SELECT j.pair_id, j.id FROM judgments j JOIN pairs p ON p.id = j.pair_id
        WHERE j.judge_id = :judge AND p.run_id = :run ORDER BY j.id DESC LIMIT 6 * :most
    ), some AS (SELECT pair_id FROM latest GROUP BY pair_id ORDER BY max(id) DESC LIMIT 3 * :most)"""
    order = """ AND v.verdict <> 'pending'
    ORDER BY (SELECT max(id) FROM latest WHERE latest.pair_id = v.pair_id) DESC LIMIT :most"""
    rows = store.rows(some + _SEEN + order, {"run": run_id, "judge": judge_id, "most": most})
    return [Seen(row[0], row[1], row[2], Verdict(row[3]), row[4], row[5]) for row in rows]
