"""Intervals from counts: a share, an exact share, a mean of half scores; and the exact sign test."""

import math

from uphold.stats.special import LEVEL, beta_cdf, beta_quantile, t_quantile, z_quantile

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
