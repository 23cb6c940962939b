"""Intervals of the human win rate that stay valid at every look ("peek-safe"), for verdicts read in random order.

They are confidence sequences, wider than an interval for a fixed n. For exactly these N pairs: every K with
(n+1) C(K,k) C(N-K,n-k) / C(N,n) > alpha (Waudby-Smith & Ramdas 2020). For the population: every p with
(n+1) C(n,k) p^k (1-p)^(n-k) > alpha (beta-binomial mixture, Robbins).
"""

import math
from collections.abc import Callable

from uphold.records.counts import RunCounts
from uphold.records.labels import Label, human_label
from uphold.records.statistics import PeekSafe, Rate
from uphold.stats.distributions import LEVEL, log_binomial
from uphold.stats.human import NO_LABEL, label_scores
from uphold.stats.intervals import Bounds, ScoredPair, no_rate

NOT_RANDOM = "only for verdicts read in random order"

SHARED = "several pairs share an example"


def peek_safe(counts: RunCounts) -> PeekSafe:
    """Return the human win rate with intervals that may be looked at after every verdict, or the reason for none."""
    scored = label_scores(counts.votes)
    n = sum(count for *_, count in scored)
    wins = sum(count for _, score, count in scored if score == 1)
    reason = _refusal(counts, scored, n)
    if reason is not None:
        none = no_rate(n, reason, "peek-safe")
        return PeekSafe(none, none)
    pairs = sum(group.count for group in counts.votes)
    return PeekSafe(_rate(wins, n, population_bounds(wins, n)), _rate(wins, n, set_bounds(wins, n, pairs)))


def population_bounds(hits: int, n: int, level: float = LEVEL) -> Bounds:
    """Return the shares of the population that `hits` of `n` > 0 do not rule out, at any look."""
    coefficient = log_binomial(n, hits) + math.log(n + 1)
    threshold, share = math.log(1 - level), hits / n

    def is_inside(p: float) -> bool:
        return coefficient + _log_power(p, hits) + _log_power(1 - p, n - hits) > threshold

    return _real_edge(is_inside, share, 0.0), _real_edge(is_inside, share, 1.0)


def set_bounds(hits: int, n: int, total: int, level: float = LEVEL) -> Bounds:
    """Return the shares of exactly `total` pairs that `hits` of the `n` read do not rule out, at any look."""
    coefficient, threshold = math.log(n + 1) - log_binomial(total, n), math.log(1 - level)

    def is_inside(all_hits: int) -> bool:
        return coefficient + log_binomial(all_hits, hits) + log_binomial(total - all_hits, n - hits) > threshold

    most = total - (n - hits)
    centre = min(max(round(hits / n * total), hits), most)
    return _integer_edge(is_inside, centre, hits) / total, _integer_edge(is_inside, centre, most) / total


def _refusal(counts: RunCounts, scored: list[ScoredPair], n: int) -> str | None:
    """Return why there is no such interval: the read pairs are no simple random sample, or are not independent."""
    if not n:
        return NO_LABEL
    pairs = sum(group.count for group in counts.votes)
    strata = {group.stratum for group in counts.votes}
    read = {group.stratum for group in counts.votes if human_label(group.votes) is not Label.UNREAD}
    if n < pairs and (len(strata) > 1 or any(counts.strata[stratum].chosen for stratum in read)):
        return NOT_RANDOM
    if len({cluster for cluster, *_ in scored if cluster}) or counts.pooled:
        return SHARED
    return None


def _rate(wins: int, n: int, bounds: Bounds) -> Rate:
    return Rate(wins / n, *bounds, n, LEVEL, "peek-safe")


def _real_edge(is_inside: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return the last share between `inside` and `outside` that is inside, by bisection: what is inside is an interval."""
    if is_inside(outside):
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return inside


def _integer_edge(is_inside: Callable[[int], bool], inside: int, outside: int) -> int:
    """Return the last whole number between `inside` and `outside` that is inside, by bisection."""
    if is_inside(outside):
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return inside


def _log_power(p: float, exponent: int) -> float:
    return 0.0 if not exponent else -math.inf if p <= 0 else exponent * math.log(p)
