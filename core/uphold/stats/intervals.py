"""Intervals from counts: a share, an exact share, a mean of half scores; and the exact sign test."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.records.counts import PairGroup
from uphold.records.statistics import Rate, Value
from uphold.stats.distributions import LEVEL, beta_cdf, beta_quantile, t_quantile, z_quantile

Bounds = tuple[float, float]
"""Lower and upper end of a two-sided interval."""


T_FROM = 30
"""From so many pairs on a mean of half scores has a t interval; below, the posterior of one cell."""


_PRIOR = (0.2, 0.1, 0.2)


_HALF = (0.0, 0.5, 1.0)


def wilson(hits: float, n: float, level: float = LEVEL, quantile: float | None = None) -> Bounds:
    """Score interval of hits / n (Wilson 1927); n above 0 may be an effective, fractional one.

    `quantile` stands in for the normal one where the variance itself is estimated from few clusters.
    """
    share, z2 = hits / n, (z_quantile(level) if quantile is None else quantile) ** 2 / n
    centre, half = share + z2 / 2, math.sqrt(z2 * (share * (1 - share) + z2 / 4))
    low = 0.0 if hits <= 0 else max(0.0, (centre - half) / (1 + z2))
    high = 1.0 if hits >= n else min(1.0, (centre + half) / (1 + z2))
    return low, high


def finite_n(n: int, of: int) -> float:
    """Effective n of a random sample of `n` from exactly `of` items: n (N - 1) / (N - n); infinite when all are in."""
    return math.inf if n >= of else n * (of - 1) / (of - n)


def clopper_pearson(hits: int, n: int, level: float = LEVEL) -> Bounds:
    """Exact binomial interval (Clopper & Pearson 1934); n above 0."""
    tail = (1 - level) / 2
    low = beta_quantile(tail, hits, n - hits + 1) if hits else 0.0
    high = beta_quantile(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return low, high


def sign_test(wins: int, losses: int) -> float:
    """Exact two-sided p of so uneven a split if both were equally likely; 1 when nothing was decided."""
    fewer, n = min(wins, losses), wins + losses
    return 1.0 if 2 * fewer == n else min(1.0, 2 * beta_cdf(0.5, n - fewer, fewer + 1))


def mean_t(mean: float, error: float, df: float, level: float = LEVEL) -> Bounds:
    """Student's interval of a mean of scores in [0, 1], cut to that range."""
    half = t_quantile(df, level) * error
    return max(0.0, mean - half), min(1.0, mean + half)


def half_posterior(losses: float, ties: float, wins: float, level: float = LEVEL) -> Bounds:
    """Interval of the mean score with ties as half: the chain rule with one cell.

    Dirichlet posterior with half a pseudo-item of prior, its mean and variance matched by a beta. Never of zero
    width; stretched where needed so that it holds the plain mean of the counts.
    """
    counts = [count + prior for count, prior in zip((losses, ties, wins), _PRIOR, strict=True)]
    whole = sum(counts)
    mean = sum(count * score for count, score in zip(counts, _HALF, strict=True)) / whole
    spread = sum(count * (score - mean) ** 2 for count, score in zip(counts, _HALF, strict=True)) / whole
    size = mean * (1 - mean) * (whole + 1) / spread - 1
    tail = (1 - level) / 2
    low, high = (beta_quantile(p, mean * size, (1 - mean) * size) for p in (tail, 1 - tail))
    plain = (wins + ties / 2) / (losses + ties + wins)
    return min(low, plain), max(high, plain)


ScoredPair = tuple[int, float, int]
"""Pairs with the same score: (example, or 0 where each pair is an example of its own; score; how many pairs)."""


LEAST_CLUSTERS = 10
"""With fewer clusters their spread says too little: no interval."""


@dataclass(frozen=True, slots=True)
class MeanSpread:
    """A mean over `n` pairs from `clusters` examples; `variance` is that of one pair, `error` that of the mean."""

    n: int
    mean: float
    variance: float
    clusters: int
    clustered: bool
    error: float

    @property
    def effective_n(self) -> float:
        """So many independent pairs would leave the mean as uncertain: variance / V.

        Where the residuals leave no V to divide by: the examples, when all pairs score alike, else the pairs.
        """
        if self.error > 1e-12:
            return self.variance / self.error**2
        return self.n if self.variance > 1e-12 else self.clusters


def mean_spread(scored: Iterable[ScoredPair]) -> MeanSpread:
    """The spread of the scores, clustered by example; with nothing to average all of it is 0."""
    scores: dict[float, int] = defaultdict(int)
    totals: dict[int, float] = defaultdict(float)
    sizes: dict[int, int] = defaultdict(int)
    alone: dict[float, int] = defaultdict(int)
    for cluster, score, count in scored:
        scores[score] += count
        if cluster:
            totals[cluster] += score * count
            sizes[cluster] += count
        else:
            alone[score] += count
    n, groups = sum(scores.values()), len(sizes) + sum(alone.values())
    if not n:
        return MeanSpread(0, 0.0, 0.0, 0, False, 0.0)
    mean = math.fsum(score * count for score, count in scores.items()) / n
    residuals = [(totals[cluster] - mean * size) ** 2 for cluster, size in sizes.items()]
    squares = math.fsum(residuals) + _squares(alone, mean)
    error = math.sqrt(squares * groups / (groups - 1)) / n if groups > 1 else 0.0
    return MeanSpread(n, mean, _squares(scores, mean) / n, groups, groups < n, error)


def _squares(scores: dict[float, int], mean: float) -> float:
    return math.fsum(count * (score - mean) ** 2 for score, count in scores.items())


def merged(cells: Sequence[PairGroup]) -> Sequence[PairGroup]:
    """The same pairs in fewer cells: an example with a single pair needs no name, so such cells can be added up."""
    sizes: dict[int, int] = defaultdict(int)
    for cell in cells:
        sizes[cell.cluster] += cell.count
    kept: list[PairGroup] = []
    alone: dict[tuple[Any, ...], int] = defaultdict(int)
    for cell in cells:
        if cell.cluster and sizes[cell.cluster] > 1:
            kept.append(cell)
        else:
            looks = (cell.stratum, cell.longer, cell.blind, cell.opened)
            alone[cell.votes, cell.verdict, cell.orders, looks] += cell.count
    return [
        *kept,
        *(
            PairGroup(votes, verdict, orders, 0, count, *looks)
            for (votes, verdict, orders, looks), count in alone.items()
        ),
    ]


FEW_EXAMPLES = f"several pairs share an example: {LEAST_CLUSTERS} examples needed for an interval"


CLUSTERED = ", clustered by example"


def no_rate(n: int, reason: str, method: str | None = None) -> Rate:
    """A rate that is not given, and why."""
    return Rate(None, None, None, n, LEVEL, method, reason)


def no_value(reason: str) -> Value:
    """A coefficient that is not given, and why."""
    return Value(None, reason=reason)


def share(scored: Sequence[ScoredPair], empty: str) -> Rate:
    """Mean of scores 0 and 1 with Wilson's interval; clustered: on the effective n, with the t quantile of G - 1.

    `empty` is the reason where there is no pair to take a share of.
    """
    over = mean_spread(scored)
    if not over.n:
        return no_rate(0, empty, "wilson")
    if not over.clustered:
        return _rate(over, "wilson", wilson(over.mean * over.n, over.n))
    if over.clusters < LEAST_CLUSTERS:
        return _no_interval(over, "wilson")
    n = over.effective_n
    return _rate(over, "wilson", wilson(over.mean * n, n, quantile=t_quantile(over.clusters - 1)))


def ties_half(scored: Sequence[ScoredPair], empty: str) -> Rate:
    """Mean of scores 0, .5 and 1: t from 30 pairs on, else (and where all score alike) the posterior of one cell.

    Clustered: the t interval has the clustered error and G - 1 degrees of freedom, the posterior counts scaled to
    the effective n.
    """
    over = mean_spread(scored)
    if not over.n:
        return no_rate(0, empty, "t")
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return _no_interval(over, "t")
    if over.n >= T_FROM and over.error > 1e-12:
        return _rate(over, "t", mean_t(over.mean, over.error, over.clusters - 1))
    scale = over.effective_n / over.n if over.clustered else 1.0
    losses, ties, wins = (sum(count for _, score, count in scored if score == word) * scale for word in (0.0, 0.5, 1.0))
    return _rate(over, "posterior", half_posterior(losses, ties, wins))


def _rate(over: MeanSpread, method: str, bounds: Bounds) -> Rate:
    low, high = bounds
    return Rate(over.mean, low, high, over.n, LEVEL, method + CLUSTERED * over.clustered)


def _no_interval(over: MeanSpread, method: str) -> Rate:
    return Rate(over.mean, None, None, over.n, LEVEL, method + CLUSTERED, FEW_EXAMPLES)


@dataclass(frozen=True, slots=True)
class StratumShare:
    """One stratum: how many pairs it has, how many of them were looked at, and what their scores add up to."""

    name: str
    pairs: int
    n: int
    hits: float


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """A stratum-weighted mean, and so many pairs drawn alike would leave it as uncertain."""

    mean: float
    effective_n: float


def weighted(parts: Sequence[StratumShare], *, population: bool = False, effect: float = 1.0) -> WeightedShare:
    """Mean sum W p; variance sum W^2 (1 - n/N) q(1-q)/n with q = (hits + .5)/(n + 1), over strata that all have n > 0.

    `population` leaves out (1 - n/N) and adds that the strata's shares are a draw themselves. `effect` is the design
    effect of several pairs from one example. Where the mean is 0 or 1, the effective n is that of the smoothed mean.
    """
    total = sum(part.pairs for part in parts)
    mean = smoothed = variance = between = 0.0
    for part in parts:
        share, rate, soft = part.pairs / total, part.hits / part.n, (part.hits + 0.5) / (part.n + 1)
        mean += share * rate
        smoothed += share * soft
        between += share * rate**2
        left = 1.0 if population else 1 - part.n / part.pairs
        variance += share**2 * left * soft * (1 - soft) / part.n
    if population:
        variance += max(0.0, between - mean**2) / total
    if variance <= 0:
        return WeightedShare(mean, math.inf)
    centre = mean if 1e-9 < mean < 1 - 1e-9 else smoothed
    return WeightedShare(mean, centre * (1 - centre) / (variance * effect))


def weighted_share(parts: Sequence[StratumShare], *, population: bool = False, effect: float = 1.0) -> Rate:
    """The weighted mean with Wilson's interval on its effective n; every stratum has been looked at."""
    n = sum(part.n for part in parts)
    if sum(part.pairs for part in parts) == n:
        mean = sum(part.hits for part in parts) / n
        found = WeightedShare(mean, n / effect)
    else:
        found = weighted(parts, population=population, effect=effect)
    low, high = wilson(found.mean * found.effective_n, found.effective_n)
    return Rate(found.mean, low, high, n, LEVEL, "wilson, stratified")
