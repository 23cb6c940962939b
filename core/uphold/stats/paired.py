"""Judges side by side: every two of them on the same reviewed pairs.

They are compared by which one is right where the other is wrong (exact McNemar, Bonett-Price's interval), with Holm's
adjustment over all pairs of judges.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from uphold.records.comparisons import Change, JointVerdicts, JudgeComparison
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.enums import Verdict
from uphold.records.labels import LABEL_CLASS, VERDICT_CLASS, human_label
from uphold.stats.distributions import t_quantile, t_tail
from uphold.stats.exact_tests import bonett_price, holm_where_known, mcnemar
from uphold.stats.intervals import (
    CLUSTERED,
    FEW_EXAMPLES,
    MIN_CLUSTERS,
    ZERO_ERROR,
    MeanSpread,
    ScoredPair,
    mean_spread,
    share,
)

FEW_FOR_JUDGES = f"{MIN_FOR_RATE} pairs read by people and by both judges needed"

NO_CHANGE = "no item changed"


def _verdict_class(verdict: Verdict | None) -> int | None:
    return None if verdict is None else VERDICT_CLASS.get(verdict)


def win_change(changes: Sequence[ScoredPair], few: str = FEW_FOR_JUDGES) -> Change:
    """Return the difference of two paired shares from changes of -1, 0 and 1.

    Bonett-Price's interval and McNemar's exact p; where pairs share examples a clustered t interval. `few` is the reason
    given below ten pairs.
    """
    spread = mean_spread(changes)
    if spread.n < MIN_FOR_RATE:
        return _too_few(spread, "bonett-price", few)
    if spread.clustered:
        return _t_change(spread)
    won, lost = _ups_and_downs(changes)
    low, high = bonett_price(won, lost, spread.n)
    return Change(spread.mean, low, high, mcnemar(won, lost), "bonett-price, exact mcnemar")


def _ups_and_downs(changes: Iterable[ScoredPair]) -> tuple[int, int]:
    """Return how many pairs changed for the better, and for the worse."""
    changes = list(changes)
    up = sum(count for _, change, count in changes if change > 0)
    return up, sum(count for _, change, count in changes if change < 0)


def _t_change(spread: MeanSpread) -> Change:
    method = "paired t" + CLUSTERED * spread.clustered
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return Change(spread.mean, None, None, None, method, FEW_EXAMPLES)
    if spread.standard_error < ZERO_ERROR:
        return Change(spread.mean, None, None, None, method, NO_CHANGE)
    half = t_quantile(spread.clusters - 1) * spread.standard_error
    p = t_tail(spread.mean / spread.standard_error, spread.clusters - 1)
    return Change(spread.mean, max(-1.0, spread.mean - half), min(1.0, spread.mean + half), p, method)


def _too_few(spread: MeanSpread, method: str, reason: str) -> Change:
    return Change(spread.mean if spread.n else None, None, None, None, method, reason)


def compare_judge_pairs(names: Sequence[str], rows: Sequence[JointVerdicts]) -> tuple[JudgeComparison, ...]:
    """Return the comparison of every two judges, p values adjusted for how many there are.

    `names` are the judges, in the order of `JointVerdicts.verdicts`.
    """
    found = [_judge_comparison(names, rows, a, b) for a, b in combinations(range(len(names)), 2)]
    adjusted = holm_where_known([pair.change.p for pair in found])
    return tuple(replace(pair, adjusted=p) for pair, p in zip(found, adjusted, strict=True))


def _judge_comparison(names: Sequence[str], rows: Sequence[JointVerdicts], a: int, b: int) -> JudgeComparison:
    equal: list[ScoredPair] = []
    changes: list[ScoredPair] = []
    for row in rows:
        label = LABEL_CLASS.get(human_label(row.votes))
        class_a, class_b = _verdict_class(row.verdicts[a]), _verdict_class(row.verdicts[b])
        if label is not None and class_a is not None and class_b is not None:
            equal.append((row.example, float(class_a == class_b), row.count))
            changes.append((row.example, float(class_a == label) - float(class_b == label), row.count))
    only_a, only_b = _ups_and_downs(changes)
    return JudgeComparison(
        a=names[a],
        b=names[b],
        n=sum(count for *_, count in changes),
        only_a=only_a,
        only_b=only_b,
        agree=share(equal, "no pair that both can be read on"),
        change=win_change(changes),
        adjusted=None,
    )
