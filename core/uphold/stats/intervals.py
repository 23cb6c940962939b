"""Intervals of shares and of means with ties as half: plain, exact, clustered by example, and stratified.

Functions on numbers (`wilson`, `clopper_pearson`, ...) return `Bounds`; those on pairs (`share`, `ties_half`,
`stratified_share`) return a `Rate` that carries its n and its method. Also here: the exact sign test, the clustered
standard error (`mean_spread`), and the merging of pair groups that no interval has to tell apart.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uphold.records.counts import PairGroup
from uphold.records.statistics import STRATIFIED, WEIGHTED, Rate, Value
from uphold.stats.distributions import LEVEL, beta_cdf, beta_quantile, t_quantile, z_quantile

Bounds = tuple[float, float]
"""Lower and upper end of a two-sided interval."""

ScoredPair = tuple[int, float, int]
"""Pairs with the same score: (example, or 0 where each pair is an example of its own; score; how many pairs)."""

MIN_FOR_T = 30
"""From so many pairs on a mean with ties as half has a t interval; below, a posterior one."""

MIN_CLUSTERS = 10
"""With fewer clusters their variance is too poorly known: no interval."""

MAX_EXTREME = 5
"""With at most so many hits, or misses, no one interval of a share holds often enough: two of them are joined."""

MAX_UNREAD_SHARE = 0.1
"""Where strata without any verdict hold more than this share of the pairs, no rate over all strata is given."""

PRIOR = (0.2, 0.1, 0.2)
"""Pseudo-counts of (losses, ties, wins) added to each cell: half a pair in all, chosen by simulation."""

TIES_HALF = (0.0, 0.5, 1.0)
"""Scores of (loss, tie, win) with a tie counted as half a win."""

FEW_EXAMPLES = f"several pairs share an example: {MIN_CLUSTERS} examples needed for an interval"

CLUSTERED = ", clustered by example"

NO_WEIGHTED_INTERVAL = "weighted queue: no interval"
"""The reason of an estimate that is weighted back and has no interval."""

ZERO_ERROR = 1e-12
"""A standard error below this is zero up to rounding."""


@dataclass(frozen=True, slots=True)
class MeanSpread:
    """A mean over `n` pairs from `clusters` examples; `clustered` where some of them share an example.

    `variance` is that of a single pair, `standard_error` that of the mean, robust to clustering.
    """

    n: int
    mean: float
    variance: float
    clusters: int
    clustered: bool
    standard_error: float

    @property
    def effective_n(self) -> float:
        """The number of independent pairs that would leave the mean as uncertain: variance / standard_error^2.

        Without a standard error to divide by: the number of examples where all pairs score alike, else of pairs.
        """
        if self.standard_error > ZERO_ERROR:
            return self.variance / self.standard_error**2
        return self.n if self.variance > 1e-12 else self.clusters

    @property
    def design_effect(self) -> float:
        """How many times the variance of the mean grows because pairs share examples; at least 1."""
        return max(1.0, self.n / self.effective_n) if self.clustered else 1.0


@dataclass(frozen=True, slots=True)
class StratumShare:
    """One stratum: its number of pairs, how many of them are rated (`n`), and the sum of their scores (`hits`)."""

    name: str
    pairs: int
    n: int
    hits: float


@dataclass(frozen=True, slots=True)
class StratifiedMean:
    """A stratum-weighted mean, and the number of pairs of a simple random sample that would be as precise."""

    mean: float
    effective_n: float


def wilson(hits: float, n: float, level: float = LEVEL, quantile: float | None = None) -> Bounds:
    """Return the score interval of hits / n (Wilson 1927); `n` > 0 may be an effective, fractional one.

    `quantile` stands in for the normal one where the variance itself is estimated from few clusters.
    """
    share, z2 = hits / n, (z_quantile(level) if quantile is None else quantile) ** 2 / n
    centre, half = share + z2 / 2, math.sqrt(z2 * (share * (1 - share) + z2 / 4))
    low = 0.0 if hits <= 0 else max(0.0, (centre - half) / (1 + z2))
    high = 1.0 if hits >= n else min(1.0, (centre + half) / (1 + z2))
    return low, high


def is_extreme(hits: float, n: float) -> bool:
    """Whether at most `MAX_EXTREME` of n are hits, or at most so many are not."""
    return min(hits, n - hits) <= MAX_EXTREME


def hull(*intervals: Bounds) -> Bounds:
    """Return the least interval that holds all of these."""
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def middle(first: Bounds, second: Bounds) -> Bounds:
    """Return the interval of the mean of two shares, given an interval of each: it holds wherever both of them do."""
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2


def not_narrower(wide: Bounds, narrow: Bounds) -> Bounds:
    """Return `wide`, widened on both sides to the width of `narrow` where it is narrower.

    The rate of the population cannot be known better than that of this set.
    """
    lack = (narrow[1] - narrow[0]) - (wide[1] - wide[0])
    if lack <= 0:
        return wide
    low = min(max(0.0, wide[0] - lack / 2), 1.0 - (narrow[1] - narrow[0]))
    return low, low + narrow[1] - narrow[0]


def not_narrower_rate(wide: Rate, narrow: Rate) -> Rate:
    """Return `wide` with its interval not narrower than that of `narrow`, where both have one."""
    if wide.low is None or wide.high is None or narrow.low is None or narrow.high is None:
        return wide
    low, high = not_narrower((wide.low, wide.high), (narrow.low, narrow.high))
    return replace(wide, low=low, high=high)


def finite_n(n: int, total: int) -> float:
    """Return the effective n of a random sample of `n` from exactly `total` (N) items: n (N - 1) / (N - n).

    Infinite when all items are in the sample.
    """
    return math.inf if n >= total else n * (total - 1) / (total - n)


def clopper_pearson(hits: int, n: int, level: float = LEVEL) -> Bounds:
    """Return the exact binomial interval of hits / n (Clopper & Pearson 1934); `n` is above 0."""
    tail = (1 - level) / 2
    low = beta_quantile(tail, hits, n - hits + 1) if hits else 0.0
    high = beta_quantile(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return low, high


def sign_test(wins: int, losses: int) -> float:
    """Return the exact two-sided p of wins against losses, both equally likely; 1 where both are 0."""
    fewer, n = min(wins, losses), wins + losses
    return 1.0 if 2 * fewer == n else min(1.0, 2 * beta_cdf(0.5, n - fewer, fewer + 1))


def mean_t(mean: float, standard_error: float, df: float, level: float = LEVEL) -> Bounds:
    """Return Student's interval of a mean of scores in [0, 1], cut to that range."""
    half = t_quantile(df, level) * standard_error
    return max(0.0, mean - half), min(1.0, mean + half)


def ties_half_interval(losses: float, ties: float, wins: float, level: float = LEVEL) -> Bounds:
    """Return the interval of the mean score with ties as half, from a Dirichlet posterior with `PRIOR`.

    The posterior's mean and variance are matched by a beta. Never of zero width; stretched where needed so that it
    holds the plain mean of the counts.
    """
    counts = [count + prior for count, prior in zip((losses, ties, wins), PRIOR, strict=True)]
    total = sum(counts)
    mean = sum(count * score for count, score in zip(counts, TIES_HALF, strict=True)) / total
    variance = sum(count * (score - mean) ** 2 for count, score in zip(counts, TIES_HALF, strict=True)) / total
    size = mean * (1 - mean) * (total + 1) / variance - 1
    tail = (1 - level) / 2
    low, high = (beta_quantile(p, mean * size, (1 - mean) * size) for p in (tail, 1 - tail))
    plain_mean = (wins + ties / 2) / (losses + ties + wins)
    return min(low, plain_mean), max(high, plain_mean)


def mean_spread(scored: Iterable[ScoredPair]) -> MeanSpread:
    """Return the mean of the scores with its cluster-robust standard error; all zeros where there is no pair.

    SE^2 = G/(G - 1) sum over clusters of (sum of residuals)^2 / n^2 with G clusters, and so G - 1 degrees of freedom
    (Miller 2024).
    """
    scores: dict[float, int] = defaultdict(int)
    totals: dict[int, float] = defaultdict(float)
    sizes: dict[int, int] = defaultdict(int)
    singletons: dict[float, int] = defaultdict(int)
    for cluster, score, count in scored:
        scores[score] += count
        if cluster:
            totals[cluster] += score * count
            sizes[cluster] += count
        else:
            singletons[score] += count
    n, clusters = sum(scores.values()), len(sizes) + sum(singletons.values())
    if not n:
        return MeanSpread(0, 0.0, 0.0, 0, False, 0.0)
    mean = math.fsum(score * count for score, count in scores.items()) / n
    residuals = [(totals[cluster] - mean * size) ** 2 for cluster, size in sizes.items()]
    squares = math.fsum(residuals) + _sum_of_squares(singletons, mean)
    error = math.sqrt(squares * clusters / (clusters - 1)) / n if clusters > 1 else 0.0
    return MeanSpread(n, mean, _sum_of_squares(scores, mean) / n, clusters, clusters < n, error)


def _sum_of_squares(scores: dict[float, int], mean: float) -> float:
    return math.fsum(count * (score - mean) ** 2 for score, count in scores.items())


def merge_groups(groups: Sequence[PairGroup]) -> Sequence[PairGroup]:
    """Return the same pairs in fewer groups: those that are the only pair of their example lose its id and are added up."""
    sizes: dict[int, int] = defaultdict(int)
    for group in groups:
        sizes[group.cluster] += group.count
    kept: list[PairGroup] = []
    singletons: dict[tuple[Any, ...], int] = defaultdict(int)
    for group in groups:
        if group.cluster and sizes[group.cluster] > 1:
            kept.append(group)
        else:
            others = (group.stratum, group.longer, group.blind, group.opened)
            singletons[group.votes, group.verdict, group.orders, others] += group.count
    return [
        *kept,
        *(
            PairGroup(votes, verdict, orders, 0, count, *others)
            for (votes, verdict, orders, others), count in singletons.items()
        ),
    ]


def no_rate(n: int, reason: str, method: str | None = None) -> Rate:
    """Return a rate that is withheld, with the reason."""
    return Rate(None, None, None, n, LEVEL, method, reason)


def no_value(reason: str) -> Value:
    """Return a coefficient that is withheld, with the reason."""
    return Value(None, reason=reason)


def share(scored: Sequence[ScoredPair], empty_reason: str) -> Rate:
    """Return the mean of scores 0 and 1 with Wilson's interval.

    Where pairs share examples it is Wilson's on the effective n, with the t quantile of G - 1 degrees of freedom for G
    examples. `empty_reason` is given where there is no pair.
    """
    spread = mean_spread(scored)
    if not spread.n:
        return no_rate(0, empty_reason, "wilson")
    if not spread.clustered:
        return _rate(spread, "wilson", wilson(spread.mean * spread.n, spread.n))
    if spread.clusters < MIN_CLUSTERS:
        return _no_interval(spread, "wilson")
    n = spread.effective_n
    return _rate(spread, "wilson", wilson(spread.mean * n, n, quantile=t_quantile(spread.clusters - 1)))


def finite_share(spread: MeanSpread, total: int) -> Rate:
    """Return the mean of scores 0 and 1 of exactly `total` pairs, of which a random sample was scored.

    Wilson's interval on the effective n of `finite_n`, clustered as in `share`; exact where all of them are scored.
    """
    if spread.n >= total:
        return Rate(spread.mean, spread.mean, spread.mean, spread.n, LEVEL, "exact")
    method = "wilson, finite population"
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return _no_interval(spread, method)
    n = finite_n(spread.n, total) / spread.design_effect
    quantile = t_quantile(spread.clusters - 1) if spread.clustered else None
    return _rate(spread, method, wilson(spread.mean * n, n, quantile=quantile))


def ties_half(scored: Sequence[ScoredPair], empty_reason: str) -> Rate:
    """Return the mean of scores 0, .5 and 1: with a t interval from 30 pairs on, else a posterior.

    Where pairs share examples the t interval has the clustered standard error and G - 1 degrees of freedom, the
    posterior counts that are scaled to the effective n. With at most 5 pairs outside the most frequent score it is the
    posterior joined with the mean of the Wilson intervals of scores of 1 and of scores above 0.
    """
    spread = mean_spread(scored)
    if not spread.n:
        return no_rate(0, empty_reason, "t")
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return _no_interval(spread, "t")
    sizes = [sum(count for _, score, count in scored if score == value) for value in TIES_HALF]
    extreme = is_extreme(max(sizes), spread.n)
    if spread.n >= MIN_FOR_T and not extreme:
        return _rate(spread, "t", mean_t(spread.mean, spread.standard_error, spread.clusters - 1))
    scale = spread.effective_n / spread.n if spread.clustered else 1.0
    losses, ties, wins = (size * scale for size in sizes)
    bounds = ties_half_interval(losses, ties, wins)
    if not extreme:
        return _rate(spread, "posterior", bounds)
    n, quantile = spread.n * scale, t_quantile(spread.clusters - 1) if spread.clustered else None
    by_wilson = middle(wilson(wins, n, quantile=quantile), wilson(wins + ties, n, quantile=quantile))
    return _rate(spread, "posterior and wilson", hull(bounds, by_wilson))


def _rate(spread: MeanSpread, method: str, bounds: Bounds) -> Rate:
    low, high = bounds
    return Rate(spread.mean, low, high, spread.n, LEVEL, method + CLUSTERED * spread.clustered)


def _no_interval(spread: MeanSpread, method: str) -> Rate:
    return Rate(spread.mean, None, None, spread.n, LEVEL, method + CLUSTERED, FEW_EXAMPLES)


def stratified_mean(
    strata: Sequence[StratumShare], *, population: bool = False, design_effect: float = 1.0
) -> StratifiedMean:
    """Return the mean over strata weighted by their pairs, with its effective n; every stratum has n > 0.

    Mean sum W p, variance sum W^2 (1 - n/N) q(1-q)/n with W a stratum's share of the pairs and q = (hits + .5)/(n + 1).
    For the `population` the factor (1 - n/N) is left out, and the variance of the strata's shares, which are a draw
    themselves, is added. Where the mean is 0 or 1, the effective n is that of the smoothed mean.
    """
    total = sum(stratum.pairs for stratum in strata)
    mean = smoothed = variance = between = 0.0
    for stratum in strata:
        weight, rate, smooth = stratum.pairs / total, stratum.hits / stratum.n, (stratum.hits + 0.5) / (stratum.n + 1)
        mean += weight * rate
        smoothed += weight * smooth
        between += weight * rate**2
        correction = 1.0 if population else 1 - stratum.n / stratum.pairs
        variance += weight**2 * correction * smooth * (1 - smooth) / stratum.n
    if population:
        variance += max(0.0, between - mean**2) / total
    if variance <= 0:
        return StratifiedMean(mean, math.inf)
    centre = mean if 1e-9 < mean < 1 - 1e-9 else smoothed
    return StratifiedMean(mean, centre * (1 - centre) / (variance * design_effect))


def stratified_share(
    strata: Sequence[StratumShare], *, population: bool = False, spread: MeanSpread | None = None
) -> Rate:
    """Return the stratum-weighted mean with Wilson's interval on its effective n; every stratum has n > 0.

    `spread` is that of all scores, unweighted: where pairs share examples its design effect and its clusters widen the
    interval. For exactly these pairs the mean is exact where all of them are scored.
    """
    n = sum(stratum.n for stratum in strata)
    effect = 1.0 if spread is None else spread.design_effect
    method = STRATIFIED + CLUSTERED * (spread is not None and spread.clustered)
    if sum(stratum.pairs for stratum in strata) == n:
        mean = sum(stratum.hits for stratum in strata) / n
        if not population:
            return Rate(mean, mean, mean, n, LEVEL, "exact")
        found = StratifiedMean(mean, n / effect)
    else:
        found = stratified_mean(strata, population=population, design_effect=effect)
    if spread is None or not spread.clustered:
        return Rate(found.mean, *wilson(found.mean * found.effective_n, found.effective_n), n, LEVEL, method)
    if spread.clusters < MIN_CLUSTERS:
        return Rate(found.mean, None, None, n, LEVEL, method, FEW_EXAMPLES)
    bounds = wilson(found.mean * found.effective_n, found.effective_n, quantile=t_quantile(spread.clusters - 1))
    return Rate(found.mean, *bounds, n, LEVEL, method)


def weighted_rate(rate: float, n: int) -> Rate:
    """Return an estimate from n pairs that is weighted back and has no interval."""
    return Rate(rate, None, None, n, None, WEIGHTED, NO_WEIGHTED_INTERVAL)
