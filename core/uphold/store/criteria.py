"""A judge's verdicts by criterion, and how its samples split, over a span of pairs."""

import json
from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, criterion_verdicts
from uphold.store.database import Store
from uphold.store.judge_specs import criterion_names

_CRITERIA = """
SELECT pair_id, answer_order, sample, verdict, criteria FROM standing_judgments
WHERE judge_id = ? AND pair_id BETWEEN ? AND ? AND status = 'readable' ORDER BY pair_id
"""

_ANY_SAMPLES = "SELECT 1 FROM judge_orders WHERE judge_id = ? AND samples > 1 LIMIT 1"

_SAMPLES = """
SELECT pair_id, total(verdict = 'candidate'), total(verdict = 'tie'), total(verdict = 'baseline') FROM standing_judgments
WHERE judge_id = ? AND pair_id BETWEEN ? AND ? AND status = 'readable' GROUP BY pair_id, answer_order HAVING count(*) > 1
"""


def read_criteria(store: Store, judge_id: int, span: tuple[int, int]) -> dict[str, dict[int, Verdict]]:
    """Return, by the name of each criterion of a judge, its verdict by pair id: what the judgments amount to, as for the whole.

    A judgment that says nothing by a criterion is unreadable there. Empty for a judge without criteria.
    """
    names = criterion_names(store, judge_id)
    if not names:
        return {}
    by_name: dict[str, dict[int, Verdict]] = {name: {} for name in names}
    rows = store.rows(_CRITERIA, (judge_id, *span)).fetchall()
    for pair_id, said in groupby(rows, key=itemgetter(0)):
        for name, verdict in criterion_verdicts((_judgment(*row[1:]) for row in said), names).items():
            by_name[name][pair_id] = verdict
    return by_name


def _judgment(order: str, sample: int, verdict: str, criteria: str | None) -> Judgment:
    said = {} if criteria is None else json.loads(criteria)
    words = tuple((name, Preference(word)) for name, word in said.items())
    return Judgment(AnswerOrder(order), JudgmentStatus.READABLE, Preference(verdict), sample, criteria=words)


def read_sample_splits(
    store: Store, judge_id: int, span: tuple[int, int]
) -> Mapping[int, Counter[tuple[int, ...]]] | None:
    """Return by pair id how the samples of an order split, the most frequent verdict first: (2, 1), once for each order.

    None where a judge was never asked for several samples; orders with fewer than two readable ones are left out.
    """
    if store.one(_ANY_SAMPLES, (judge_id,)) is None:
        return None
    found: dict[int, Counter[tuple[int, ...]]] = {}
    for pair_id, *votes in store.rows(_SAMPLES, (judge_id, *span)):
        split = tuple(sorted((int(number) for number in votes if number), reverse=True))
        found.setdefault(pair_id, Counter())[split] += 1
    return found
