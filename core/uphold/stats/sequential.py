"""Intervals that hold at every look, for human verdicts read in random order: wide, but never wrong by peeking.

Exactly these N pairs: keep every K with (n+1) C(K,k) C(N-K,n-k) / C(N,n) > alpha (Waudby-Smith & Ramdas 2020). The
source: keep every p with (n+1) C(n,k) p^k (1-p)^(n-k) > alpha (beta-binomial mixture, Robbins).
"""

import math
from collections.abc import Callable

from uphold.records.counts import RunCounts
from uphold.records.reviews import Label, human_label
from uphold.records.statistics import PeekSafe, Rate
from uphold.stats.distributions import LEVEL
from uphold.stats.human import labelled
from uphold.stats.intervals import Bounds, ScoredPair, no_rate

NOT_RANDOM = "only for verdicts read in random order"


NOTHING = "no pair has a resolved human label"


SHARED = "several pairs share an example"


def peek_safe(counts: RunCounts) -> PeekSafe:
    """The human win rate with intervals that may be looked at after every verdict."""
    scored = labelled(counts.votes)
    n = sum(count for *_, count in scored)
    wins = sum(count for _, score, count in scored if score == 1)
    reason = _refusal(counts, scored, n)
    if reason is not None:
        none = no_rate(n, reason, "peek-safe")
        return PeekSafe(none, none)
    pairs = sum(cell.count for cell in counts.votes)
    return PeekSafe(_rate(wins, n, source_bounds(wins, n)), _rate(wins, n, set_bounds(wins, n, pairs)))


def source_bounds(hits: int, n: int, level: float = LEVEL) -> Bounds:
    """Every share of the source that `hits` of `n` do not speak against, at any look; n above 0."""
    ways = math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1) + math.log(n + 1)
    least, share = math.log(1 - level), hits / n

    def kept(p: float) -> bool:
        return ways + _times(hits, p) + _times(n - hits, 1 - p) > least

    return _edge(kept, share, 0.0), _edge(kept, share, 1.0)


def set_bounds(hits: int, n: int, of: int, level: float = LEVEL) -> Bounds:
    """Every share of exactly `of` pairs that `hits` of the `n` read do not speak against, at any look."""
    ways, least = math.log(n + 1) - _log_ways(of, n), math.log(1 - level)

    def kept(whole: int) -> bool:
        return ways + _log_ways(whole, hits) + _log_ways(of - whole, n - hits) > least

    centre = min(max(round(hits / n * of), hits), of - (n - hits))
    return _last(kept, centre, hits) / of, _last(kept, centre, of - (n - hits)) / of


def _refusal(counts: RunCounts, scored: list[ScoredPair], n: int) -> str | None:
    if not n:
        return NOTHING
    pairs = sum(cell.count for cell in counts.votes)
    read = {cell.stratum for cell in counts.votes if human_label(cell.votes) is not Label.UNREAD}
    there = {cell.stratum for cell in counts.votes}
    if n < pairs and (len(there) > 1 or any(counts.strata[stratum].chosen for stratum in read)):
        return NOT_RANDOM
    if len({cluster for cluster, *_ in scored if cluster}) or counts.pooled:
        return SHARED
    return None


def _rate(wins: int, n: int, bounds: Bounds) -> Rate:
    return Rate(wins / n, *bounds, n, LEVEL, "peek-safe")


def _edge(kept: Callable[[float], bool], inside: float, outside: float) -> float:
    """The last share on the way from `inside` to `outside` that is kept: what is kept is one stretch."""
    if kept(outside):
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return inside


def _last(kept: Callable[[int], bool], inside: int, outside: int) -> int:
    if kept(outside):
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return inside


def _times(count: int, p: float) -> float:
    return 0.0 if not count else -math.inf if p <= 0 else count * math.log(p)


def _log_ways(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
