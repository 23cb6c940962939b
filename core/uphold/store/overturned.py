"""Pairs on which people overturned a judge, and the reasons and notes they gave."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from uphold.records.enums import Choice, Verdict
from uphold.records.reviews import parse_reasons
from uphold.records.runs import Run
from uphold.store.database import Store


@dataclass(frozen=True, slots=True)
class OverturnedPair:
    """One reviewer's decision on a pair against a judge's verdict, with the reasons and the note that they gave, if any."""

    pair_id: int
    run: str
    key: str
    turn: int
    reviewer: str
    choice: Choice
    verdict: Verdict
    reasons: tuple[str, ...]
    note: str


_OVERTURNED = """
SELECT p.id, r.name, e.key, p.turn, w.name, d.choice, v.verdict, (
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
    ORDER BY seq DESC LIMIT 1
), coalesce((
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
    ORDER BY seq DESC LIMIT 1
), f.note)
FROM compared_decisions d JOIN current_pairs p ON p.id = d.pair_id JOIN runs r ON r.id = p.run_id
JOIN examples e ON e.id = p.example_id JOIN reviewers w ON w.id = d.reviewer_id
JOIN current_decisions f ON f.pair_id = d.pair_id AND f.reviewer_id = d.reviewer_id
JOIN verdicts v ON v.pair_id = d.pair_id AND v.judge_id = :judge
WHERE r.set_id = :set AND (:run IS NULL OR r.id = :run) AND p.example_id IN (SELECT value FROM json_each(:examples))
    AND v.verdict IN ('candidate', 'baseline', 'tie')
    AND v.verdict <> CASE d.choice WHEN 'both-bad' THEN 'tie' ELSE d.choice END
    AND p.id NOT IN (SELECT pair_id FROM broken_pairs)
ORDER BY p.id, w.name
"""


def overturned_pairs(
    store: Store, set_id: int, run: Run | None, judge_id: int, example_ids: Collection[int]
) -> list[OverturnedPair]:
    """Return the decisions against a judge's verdicts on the current pairs of some examples, in a run or in all of a set.

    A decision is the one made before the verdict was seen, where there is one; both-bad is a tie.
    """
    values = {
        "judge": judge_id,
        "set": set_id,
        "run": None if run is None else run.id,
        "examples": json.dumps(sorted(example_ids)),
    }
    return [
        OverturnedPair(
            number, run, key, turn, who, Choice(choice), Verdict(verdict), parse_reasons(reasons), (note or "").strip()
        )
        for number, run, key, turn, who, choice, verdict, reasons, note in store.rows(_OVERTURNED, values)
    ]
