"""A judge in both orders: its accuracy against people, how often it is right in both, and how steady its verdicts are.

Sources: accuracy over both orders and agreement with itself, Zeng et al. 2024 (LLMBar); right in both orders and
consistency, Li et al. 2024 (Auto-J).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from uphold.records.counts import CLASSES, JudgeGroups, PairGroup, Reruns, Stratum
from uphold.records.labels import LABEL_CLASS, human_label
from uphold.records.statistics import WEIGHTED, BothOrders, Rate
from uphold.stats.agreement import ALL, votes_to_compare
from uphold.stats.intervals import ScoredPair, no_rate, share, ties_half, weighted_rate
from uphold.stats.weighting import Weights, stratum_sizes, weight_in, weights_of

NOT_BOTH_ORDERS = "no pair was judged in both orders"

NO_LABEL = "no pair that was judged in both orders has a human label"

NOT_ASKED_AGAIN = "this judge was asked nothing a second time"

_CLASS = {name.value: index for index, name in enumerate(CLASSES)}
"""The index in `CLASSES` of an order's answer; an unreadable one has none."""


def both_orders(judge: JudgeGroups, strata: Sequence[Stratum] = ALL) -> BothOrders:
    """Return accuracy, share right in both orders, consistency and rerun spread of a judge.

    The first two are over the pairs with a label that it has answered in both orders, an unreadable answer being wrong;
    where the queue was weighted they are weighted and have no interval. Consistency is over all pairs answered in both
    orders, with a label or without: the same answer twice, also where neither can be read, as LLMBar counts it.
    """
    answered = [group for group in judge.cells if group.orders is not None]
    rows = ((group.stratum, group.count, _label_class(group) is not None) for group in answered)
    labelled = [group for group in answered if _label_class(group) is not None]
    weights = weights_of(stratum_sizes(rows), strata)
    empty_reason = NO_LABEL if answered else NOT_BOTH_ORDERS
    steady = [
        (group.cluster, float(first == second), group.count)
        for group in answered
        if group.orders is not None
        for first, second in (group.orders,)
    ]
    return BothOrders(
        accuracy=_labelled_rate(labelled, lambda right: right / 2, weights, ties_half, empty_reason),
        right=_labelled_rate(labelled, lambda right: float(right == 2), weights, share, empty_reason),
        consistency=share(steady, NOT_BOTH_ORDERS),
        rerun=rerun_spread(judge.reruns),
    )


def rerun_spread(reruns: Reruns | None) -> Rate:
    """Return the share of verdicts that change when the same judge is asked again, with Wilson's interval."""
    if reruns is None or not reruns.scored:
        return no_rate(0, NOT_ASKED_AGAIN, "wilson")
    found = share(reruns.scored, NOT_ASKED_AGAIN)
    return replace(found, method=f"{found.method}, second sample against first") if reruns.from_samples else found


def _label_class(group: PairGroup) -> int | None:
    return LABEL_CLASS.get(human_label(votes_to_compare(group)))


def _orders_right(group: PairGroup) -> int:
    """Return in how many of the two orders the judge said what people say."""
    label = _label_class(group)
    return sum(_CLASS.get(answer) == label for answer in group.orders or ())


def _labelled_rate(
    groups: Iterable[PairGroup],
    score: Callable[[int], float],
    weights: Weights | None,
    rate_of: Callable[[Sequence[ScoredPair], str], Rate],
    empty_reason: str,
) -> Rate:
    """Return the mean score of pairs by how many orders are right, by `rate_of`; weighted without an interval."""
    scored = [(group, score(_orders_right(group))) for group in groups]
    plain = rate_of([(group.cluster, value, group.count) for group, value in scored], empty_reason)
    if weights is None or plain.rate is None:
        return plain
    if weights.refusal is not None:
        return no_rate(plain.n, weights.refusal, WEIGHTED)
    counts = [(group.count * weight_in(weights, group.stratum), value) for group, value in scored]
    mean = sum(count * value for count, value in counts) / sum(count for count, _ in counts)
    return weighted_rate(mean, plain.n)
