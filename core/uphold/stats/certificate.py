"""The test on locked pairs: does a judge agree with people often enough, and is it better than the one before.

The one-sided bound is exact, not Wilson's: at a share of .75 Wilson's bound lies above the truth in up to 6.1 % of samples of
30 to 150 (in 6.9 % at .95), and 5 % is the promise.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from uphold.records.certificates import BETTER_P, BetterThan
from uphold.records.statistics import Rate
from uphold.stats.distributions import LEVEL, beta_cdf, beta_quantile, log_beta, log_binomial, t_quantile, z_quantile
from uphold.stats.intervals import CLUSTERED, MeanSpread, ScoredPair, mean_spread, no_rate

ONE_SIDED = 2 * LEVEL - 1
"""The two-sided level whose lower end is the one-sided bound of `LEVEL`."""

BOUND_METHOD = "clopper-pearson, one-sided"

_CLUSTERED_METHOD = f"korn-graubard, one-sided{CLUSTERED}"

_ROUNDING = 1e-12


def agreement_bound(scored: Sequence[ScoredPair]) -> Rate:
    """Return the share of pairs that score 1, from its one-sided lower 95 % bound up to 1.

    The bound of Clopper & Pearson (1934); where pairs share examples, on the effective number of pairs, scaled by the ratio
    of the normal to Student's quantile with G - 1 degrees of freedom for G examples (Korn & Graubard 1998).
    """
    spread = mean_spread(scored)
    if not spread.n:
        return no_rate(0, "no pair was tested", BOUND_METHOD)
    n = _effective(spread)
    method = _CLUSTERED_METHOD if spread.clustered else BOUND_METHOD
    return Rate(spread.mean, lower_bound(spread.mean * n, n), 1.0, spread.n, LEVEL, method)


def _effective(spread: MeanSpread) -> float:
    """Return the number of independent pairs that tell as much as these, no more than there are."""
    if not spread.clustered:
        return float(spread.n)
    if spread.clusters == 1:
        return 1.0
    ratio = z_quantile(ONE_SIDED) / t_quantile(spread.clusters - 1, ONE_SIDED)
    return min(spread.n, spread.effective_n) * ratio**2


def lower_bound(hits: float, n: float) -> float:
    """Return the exact one-sided lower 95 % bound of hits / n; both may be effective, fractional numbers."""
    return beta_quantile(1 - LEVEL, hits, n - hits + 1) if hits > _ROUNDING else 0.0


def least_agreeing(n: int, floor: float) -> int | None:
    """Return how many of n pairs have to agree for the bound to reach the floor; None where all of them would not do."""
    return next((hits for hits in range(n + 1) if lower_bound(hits, n) >= floor), None)


def chance_to_reach(known: Sequence[ScoredPair], n: int, floor: float) -> float | None:
    """Return the chance that the bound of n pairs reaches the floor, if they agree as often as the `known` ones.

    Beta-binomial with the Jeffreys prior on the known pairs' agreement. Where those share examples, they and the n count
    as fewer by their design effect. None where nothing is known.
    """
    spread = mean_spread(known)
    if not spread.n or not n:
        return None
    tested, size = max(1, round(n / spread.design_effect)), spread.n / spread.design_effect
    least = least_agreeing(tested, floor)
    return 0.0 if least is None else tail(least, tested, spread.mean * size, size)


def better_than(changes: Iterable[ScoredPair]) -> BetterThan:
    """Test whether a judge is right more often than another, from changes of 1 (only it is right), -1 (only the other) and 0.

    The exact one-sided p of McNemar's test: that so many of the discordant pairs, or more, are for it at a chance of one
    half. Where pairs share examples, an example counts once, by the sign of its sum: under the hypothesis the two judges
    may be exchanged within each example.
    """
    better = worse = 0
    sums: dict[int, float] = defaultdict(float)
    singletons: list[tuple[float, int]] = []
    for example, change, count in changes:
        better += count * (change > 0)
        worse += count * (change < 0)
        if example:
            sums[example] += change * count
        else:
            singletons.append((change, count))
    signs = [*singletons, *((total, 1) for total in sums.values())]
    up = sum(count for change, count in signs if change > 0)
    down = sum(count for change, count in signs if change < 0)
    return BetterThan(better, worse, beta_cdf(0.5, up, down + 1) if up else 1.0)


def chance_to_be_better(known: Sequence[ScoredPair], n: int) -> float | None:
    """Return the chance that n pairs show a judge to be better than another, if they change as the `known` ones do.

    `known` are changes as in `better_than`. The shares of pairs on which only one of them is right are those of the known
    pairs, with half a pair added to each. Where pairs share examples, they count as fewer by their design effect. None where
    nothing is known.
    """
    spread = mean_spread(known)
    if not spread.n or not n:
        return None
    better = sum(count for _, change, count in known if change > 0)
    worse = sum(count for _, change, count in known if change < 0)
    tested = max(1, round(n / spread.design_effect))
    p_better, p_worse = (better + 0.5) / (spread.n + 1), (worse + 0.5) / (spread.n + 1)
    found = 0.0
    for discordant in range(tested + 1):
        least = next((k for k in range(discordant + 1) if k and beta_cdf(0.5, k, discordant - k + 1) <= BETTER_P), None)
        if least is not None:
            share = p_better / (p_better + p_worse)
            chance = beta_cdf(share, least, discordant - least + 1)
            found += _binomial(discordant, tested, p_better + p_worse) * chance
    return found


def _binomial(hits: int, n: int, p: float) -> float:
    if p >= 1:
        return float(hits == n)
    return math.exp(log_binomial(n, hits) + hits * math.log(p) + (n - hits) * math.log1p(-p))


def tail(least: int, n: int, hits: float, of: float) -> float:
    """Return the chance of `least` or more hits out of n after `hits` out of `of`: beta-binomial with the Jeffreys prior."""
    if least <= 0:
        return 1.0
    a, b = hits + 0.5, of - hits + 0.5
    start = log_beta(a, b)
    return min(1.0, sum(math.exp(log_binomial(n, k) + log_beta(a + k, b + n - k) - start) for k in range(least, n + 1)))
