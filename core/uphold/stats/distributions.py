"""Distribution functions and quantiles: beta, Student's t, the normal; and binomial coefficients. Standard library only."""

import math
from functools import lru_cache

LEVEL = 0.95
"""The two-sided level of every interval unless another is passed."""

_Z = 1.959963984540054
"""The normal quantile of `LEVEL`."""

_NORMAL_FROM = 1e6
"""With both parameters above this a beta is as good as normal."""


def z_quantile(level: float = LEVEL) -> float:
    """Return the half-width of a two-sided normal interval, in standard deviations."""
    return _Z if level == LEVEL else _normal_quantile((1 + level) / 2)


def _normal_quantile(p: float, mean: float = 0.0, deviation: float = 1.0) -> float:
    from statistics import NormalDist  # slow to import, and the default level does not need it

    return NormalDist(mean, deviation).inv_cdf(p)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b); a and b are above 0."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    return math.exp(_log_weight(x, a, b)) / (a * _fraction(x, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x with I_x(a, b) = p, by Newton's method, with bisection where a step would leave the bracket."""
    if min(a, b) > _NORMAL_FROM:
        size = a + b
        return _normal_quantile(p, a / size, math.sqrt(a * b / (size + 1)) / size)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        excess = beta_cdf(x, a, b) - p
        low, high = (low, x) if excess > 0 else (x, high)
        weight = math.exp(_log_weight(x, a, b))
        following = x - excess * x * (1 - x) / weight if weight else low
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= 1e-15 + 1e-13 * x or not 0 < following < 1:
            return following
        x = following
    return x


@lru_cache(maxsize=256)
def t_quantile(df: float, level: float = LEVEL) -> float:
    """Return the half-width of a two-sided interval of Student's t with `df` degrees of freedom, in standard errors.

    Computed from the beta quantile.
    """
    y = beta_quantile(level, 0.5, df / 2)
    return math.sqrt(df * y / (1 - y))


def t_tail(t: float, df: float) -> float:
    """Return the two-sided p of Student's t: the probability of a value at least as far from 0."""
    return beta_cdf(df / (df + t * t), df / 2, 0.5)


def log_binomial(n: int, k: int) -> float:
    """Return the logarithm of the binomial coefficient C(n, k); minus infinity where `k` is not in 0..n."""
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function B(a, b); a and b are above 0."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_weight(x: float, a: float, b: float) -> float:
    """Return the logarithm of x^a (1-x)^b / B(a, b)."""
    return a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)


def _fraction(x: float, a: float, b: float) -> float:
    """Return the denominator of the incomplete beta as a continued fraction (DLMF 8.17.22), by Lentz's method."""
    value, above, below = 1.0, 1.0, 0.0
    for step in range(1, 20_000):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / (1 + term * below or 1e-300)
        above = 1 + term / above or 1e-300
        value *= above * below
        if abs(above * below - 1) < 1e-15:
            break
    return value
