"""A rate from scored pairs: the ordinary interval, or the clustered one where one example has several pairs."""

from collections.abc import Sequence

from uphold.records.numbers import Rate, Value
from uphold.stats.clusters import LEAST_CLUSTERS, Scored, Spread, spread
from uphold.stats.intervals import T_FROM, Bounds, half_posterior, mean_t, wilson
from uphold.stats.special import LEVEL, t_quantile

FEW_EXAMPLES = f"several pairs share an example: {LEAST_CLUSTERS} examples needed for an interval"
CLUSTERED = ", clustered by example"


def no_rate(n: int, reason: str, method: str | None = None) -> Rate:
    """A rate that is not given, and why."""
    return Rate(None, None, None, n, LEVEL, method, reason)


def no_value(reason: str) -> Value:
    """A coefficient that is not given, and why."""
    return Value(None, reason=reason)


def share(scored: Sequence[Scored], empty: str) -> Rate:
    """Mean of scores 0 and 1 with Wilson's interval; clustered: on the effective n, with the t quantile of G - 1.

    `empty` is the reason where there is no pair to take a share of.
    """
    over = spread(scored)
    if not over.n:
        return no_rate(0, empty, "wilson")
    if not over.clustered:
        return _rate(over, "wilson", wilson(over.mean * over.n, over.n))
    if over.clusters < LEAST_CLUSTERS:
        return _no_interval(over, "wilson")
    n = over.effective_n
    return _rate(over, "wilson", wilson(over.mean * n, n, quantile=t_quantile(over.clusters - 1)))


def ties_half(scored: Sequence[Scored], empty: str) -> Rate:
    """Mean of scores 0, .5 and 1: t from 30 pairs on, else (and where all score alike) the posterior of one cell.

    Clustered: the t interval has the clustered error and G - 1 degrees of freedom, the posterior counts scaled to
    the effective n.
    """
    over = spread(scored)
    if not over.n:
        return no_rate(0, empty, "t")
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return _no_interval(over, "t")
    if over.n >= T_FROM and over.error > 1e-12:
        return _rate(over, "t", mean_t(over.mean, over.error, over.clusters - 1))
    scale = over.effective_n / over.n if over.clustered else 1.0
    losses, ties, wins = (sum(count for _, score, count in scored if score == word) * scale for word in (0.0, 0.5, 1.0))
    return _rate(over, "posterior", half_posterior(losses, ties, wins))


def _rate(over: Spread, method: str, bounds: Bounds) -> Rate:
    low, high = bounds
    return Rate(over.mean, low, high, over.n, LEVEL, method + CLUSTERED * over.clustered)


def _no_interval(over: Spread, method: str) -> Rate:
    return Rate(over.mean, None, None, over.n, LEVEL, method + CLUSTERED, FEW_EXAMPLES)
