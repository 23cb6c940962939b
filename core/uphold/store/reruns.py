"""Pairs on which a judge was asked again, and whether its verdict changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, verdict_of
from uphold.records.labels import VERDICT_CLASS
from uphold.store.database import Store
from uphold.store.judgments import PairsToAsk


@dataclass(frozen=True, slots=True)
class RerunPairs:
    """Whether the verdict changed, by pair id; `from_samples` where a second sample is held against the first."""

    changed: Mapping[int, bool]
    from_samples: bool


_ANY_RERUN = "SELECT 1 FROM judgments WHERE purpose = 'rerun' AND judge_id = ? AND pair_id BETWEEN ? AND ? LIMIT 1"

_ANY_SAMPLES = "SELECT 1 FROM judge_orders WHERE judge_id = ? AND samples > 1 LIMIT 1"

# The judgments of both rounds of the pairs that have a second one, oldest first; those that saw an older reference are not
# in force.
_RERUNS = """
SELECT j.pair_id, j.purpose = 'rerun', j.answer_order, j.status, j.verdict, j.sample
FROM judgments j CROSS JOIN pairs p ON p.id = j.pair_id JOIN examples e ON e.id = p.example_id
JOIN judges g ON g.id = j.judge_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE j.judge_id = :judge AND j.pair_id BETWEEN :low AND :high AND j.superseded_by IS NULL
    AND j.purpose IN ('verdict', 'rerun') AND (NOT g.takes_reference OR j.reference_id IS f.prefix_id)
    AND EXISTS (SELECT 1 FROM judgments r WHERE r.pair_id = j.pair_id AND r.judge_id = j.judge_id AND r.purpose = 'rerun')
ORDER BY j.pair_id, j.id
"""

_SAMPLES = """
SELECT pair_id, sample, answer_order, status, verdict, 0 FROM standing_judgments
WHERE judge_id = :judge AND pair_id BETWEEN :low AND :high AND sample < 2 ORDER BY pair_id, id
"""

_Row = tuple[int, int, str, str, str | None, int]
"""(pair id, round, order, status, verdict, sample)"""


def read_reruns(store: Store, judge_id: int, span: tuple[int, int]) -> RerunPairs | None:
    """Return the pairs of a span of ids on which a judge was asked again; None where it was not.

    Judgments with the purpose `rerun` are held against its verdict. Where there is none, but several samples were asked for,
    what the second samples amount to is held against what the first do. Pairs that are not answered in the same orders both
    times are left out.
    """
    values = {"judge": judge_id, "low": span[0], "high": span[1]}
    if store.one(_ANY_RERUN, (judge_id, *span)) is not None:
        return RerunPairs(_changed(store.rows(_RERUNS, values)), from_samples=False)
    if store.one(_ANY_SAMPLES, (judge_id,)) is not None:
        return RerunPairs(_changed(store.rows(_SAMPLES, values)), from_samples=True)
    return None


_OF_PURPOSE = """
SELECT j.pair_id, j.answer_order, j.status, j.verdict, j.sample
FROM json_each(:pairs) x JOIN pairs p ON p.id = x.value JOIN judgments j ON j.pair_id = p.id AND j.judge_id = :judge
JOIN examples e ON e.id = p.example_id JOIN judges g ON g.id = j.judge_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE j.superseded_by IS NULL AND j.purpose = :purpose AND (NOT g.takes_reference OR j.reference_id IS f.prefix_id)
    AND j.answer_order IN (SELECT value FROM json_each(:orders)) AND j.sample < :samples
ORDER BY j.pair_id, j.id
"""


def verdicts_for(store: Store, judge_id: int, asked: PairsToAsk) -> dict[int, Verdict]:
    """Return what a judge's judgments for one purpose amount to on some pairs, by pair id.

    Pairs without all orders and samples are left out, and those on which one failed.
    """
    values = {
        "judge": judge_id,
        "purpose": asked.purpose.value,
        "pairs": json.dumps(asked.pair_ids),
        "orders": json.dumps([order.value for order in asked.orders]),
        "samples": asked.samples,
    }
    requested = dict.fromkeys(asked.orders, asked.samples)
    found: dict[int, Verdict] = {}
    for pair_id, rows in groupby(store.rows(_OF_PURPOSE, values), key=itemgetter(0)):
        judgments = [
            Judgment(AnswerOrder(order), JudgmentStatus(status), Preference(verdict) if verdict else None, sample)
            for _, order, status, verdict, sample in rows
        ]
        verdict = verdict_of(judgments, requested)
        if verdict not in (Verdict.PENDING, Verdict.FAILED):
            found[pair_id] = verdict
    return found


def _changed(rows: Iterable[_Row]) -> dict[int, bool]:
    found: dict[int, bool] = {}
    for pair_id, judgments in groupby(rows, key=itemgetter(0)):
        rounds: tuple[list[Judgment], list[Judgment]] = ([], [])
        for _, number, order, status, verdict, sample in judgments:
            preference = Preference(verdict) if verdict else None
            rounds[number].append(Judgment(AnswerOrder(order), JudgmentStatus(status), preference, sample))
        if {judgment.order for judgment in rounds[0]} != {judgment.order for judgment in rounds[1]}:
            continue
        first, second = (compared_outcome(verdict_of(judgments, None)) for judgments in rounds)
        if first is not None and second is not None:
            found[pair_id] = first != second
    return found


def compared_outcome(verdict: Verdict) -> int | str | None:
    """Return what a verdict counts as: its category, or that it is unreadable; None where nothing was answered."""
    return verdict.value if verdict is Verdict.UNREADABLE else VERDICT_CLASS.get(verdict)
