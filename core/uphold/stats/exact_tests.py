"""Exact tests on counts, and what to do about several of them."""

import math
from collections.abc import Sequence

from uphold.stats.distributions import LEVEL, z_quantile
from uphold.stats.intervals import Bounds, sign_test, wilson

_SLACK = 1 + 1e-9


def mcnemar(only_one: int, only_other: int) -> float:
    """Exact two-sided p that so uneven a split of the discordant pairs came by chance; 1 where there is none."""
    return sign_test(only_one, only_other)


def mid_p(only_one: int, only_other: int) -> float:
    """McNemar's mid-p: the exact p less the chance of just this split."""
    n, fewer = only_one + only_other, min(only_one, only_other)
    if 2 * fewer == n:
        return 1.0 if not n else 1 - _binomial(fewer, n)
    return sign_test(only_one, only_other) - _binomial(fewer, n)


def _binomial(hits: int, n: int) -> float:
    return math.exp(math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1) - n * math.log(2))


def bonett_price(only_one: int, only_other: int, n: int, quantile: float | None = None) -> Bounds:
    """Interval of the difference of two paired shares (Bonett & Price 2012); the point to report is (b - c) / n.

    p12 = (b + 1)/(n + 2), p21 = (c + 1)/(n + 2), p12 - p21 +- z sqrt((p12 + p21 - (p12 - p21)^2)/(n + 2)); n above 0.
    """
    one, other = (only_one + 1) / (n + 2), (only_other + 1) / (n + 2)
    z = z_quantile() if quantile is None else quantile
    half = z * math.sqrt((one + other - (one - other) ** 2) / (n + 2))
    return max(-1.0, one - other - half), min(1.0, one - other + half)


def newcombe(hits: int, n: int, other_hits: int, other_n: int, level: float = LEVEL) -> Bounds:
    """Interval of the difference of two shares of different pairs (Newcombe 1998, from two Wilson intervals)."""
    share, other = hits / n, other_hits / other_n
    (low, high), (other_low, other_high) = wilson(hits, n, level), wilson(other_hits, other_n, level)
    below = math.hypot(share - low, other_high - other)
    above = math.hypot(high - share, other - other_low)
    return share - other - below, share - other + above


def fisher(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """Exact two-sided p that two shares of different pairs differ by chance (Fisher): tables no likelier than this one."""
    drawn, whole = hits + other_hits, n + other_n
    low, high = max(0, drawn - other_n), min(drawn, n)
    least = _log_ways(n, hits) + _log_ways(other_n, drawn - hits)
    logs = [_log_ways(n, k) + _log_ways(other_n, drawn - k) for k in range(low, high + 1)]
    total = _log_ways(whole, drawn)
    return min(1.0, sum(math.exp(log - total) for log in logs if log <= least + math.log(_SLACK)))


def holm(ps: Sequence[float]) -> list[float]:
    """The p values of several tests, each made as large as to be read alone (Holm 1979)."""
    worst, adjusted = 0.0, [0.0] * len(ps)
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda at: ps[at])):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = worst
    return adjusted


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
