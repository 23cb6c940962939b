"""Tests and intervals for differences of shares, paired and unpaired, and Holm's adjustment of several p values."""

import math
from collections.abc import Sequence

from uphold.stats.distributions import LEVEL, log_binomial, z_quantile
from uphold.stats.intervals import Bounds, sign_test, wilson

_TOLERANCE = 1 + 1e-9
"""Two tables whose probabilities differ by less than this factor count as equally likely."""


def mcnemar(only_a: int, only_b: int) -> float:
    """Return McNemar's exact two-sided p from the two counts of discordant pairs; 1 where both are 0."""
    return sign_test(only_a, only_b)


def mid_p(only_a: int, only_b: int) -> float:
    """Return McNemar's mid-p: the exact two-sided p less the probability of the observed split."""
    n, fewer = only_a + only_b, min(only_a, only_b)
    if 2 * fewer == n:
        return 1.0 if not n else 1 - _fair_binomial(fewer, n)
    return sign_test(only_a, only_b) - _fair_binomial(fewer, n)


def _fair_binomial(hits: int, n: int) -> float:
    """Return the probability of `hits` out of `n` at a chance of one half."""
    return math.exp(log_binomial(n, hits) - n * math.log(2))


def bonett_price(only_a: int, only_b: int, n: int, quantile: float | None = None) -> Bounds:
    """Return the interval of the difference of two paired shares (Bonett & Price 2012); its estimate is (b - c) / n.

    b (`only_a`) and c (`only_b`) count the discordant pairs among `n` > 0 pairs. With p12 = (b + 1)/(n + 2) and
    p21 = (c + 1)/(n + 2): p12 - p21 +- z sqrt((p12 + p21 - (p12 - p21)^2)/(n + 2)). `quantile` stands in for z.
    """
    p12, p21 = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    z = z_quantile() if quantile is None else quantile
    half = z * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (n + 2))
    return max(-1.0, p12 - p21 - half), min(1.0, p12 - p21 + half)


def newcombe(hits_a: int, n_a: int, hits_b: int, n_b: int, level: float = LEVEL) -> Bounds:
    """Return the interval of the difference of two independent shares, a less b, from two Wilson intervals.

    Source: Newcombe 1998.
    """
    share_a, share_b = hits_a / n_a, hits_b / n_b
    (low_a, high_a), (low_b, high_b) = wilson(hits_a, n_a, level), wilson(hits_b, n_b, level)
    below = math.hypot(share_a - low_a, high_b - share_b)
    above = math.hypot(high_a - share_a, share_b - low_b)
    return share_a - share_b - below, share_a - share_b + above


def fisher(hits_a: int, n_a: int, hits_b: int, n_b: int) -> float:
    """Return Fisher's exact two-sided p for two independent shares: that of all tables no likelier than this one."""
    hits, n = hits_a + hits_b, n_a + n_b
    low, high = max(0, hits - n_b), min(hits, n_a)
    observed = log_binomial(n_a, hits_a) + log_binomial(n_b, hits - hits_a)
    logs = [log_binomial(n_a, k) + log_binomial(n_b, hits - k) for k in range(low, high + 1)]
    total = log_binomial(n, hits)
    return min(1.0, sum(math.exp(log - total) for log in logs if log <= observed + math.log(_TOLERANCE)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p values adjusted for how many tests there are (Holm 1979), in the order given."""
    largest, adjusted = 0.0, [0.0] * len(p_values)
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def holm_where_known(p_values: Sequence[float | None]) -> list[float | None]:
    """Return the p values adjusted by `holm` for how many tests there are; tests without a p stay None and do not count."""
    adjusted = iter(holm([p for p in p_values if p is not None]))
    return [None if p is None else next(adjusted) for p in p_values]
