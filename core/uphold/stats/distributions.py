"""The three distributions behind the intervals: beta, Student's t and the normal."""

import math
from functools import lru_cache

LEVEL = 0.95
"""The level of every interval unless another is asked for; two-sided."""


_Z = 1.959963984540054


_NORMAL_FROM = 1e6


def z_quantile(level: float = LEVEL) -> float:
    """Half-width of the two-sided normal interval in standard deviations."""
    return _Z if level == LEVEL else _normal_quantile((1 + level) / 2)


def _normal_quantile(p: float, mean: float = 0.0, deviation: float = 1.0) -> float:
    from statistics import NormalDist  # takes longer to load than all of this room; the default level needs none of it

    return NormalDist(mean, deviation).inv_cdf(p)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b); a and b above 0."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    return math.exp(_log_weight(x, a, b)) / (a * _fraction(x, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = p: Newton's steps, halving where one would leave the bracket."""
    if min(a, b) > _NORMAL_FROM:
        whole = a + b
        return _normal_quantile(p, a / whole, math.sqrt(a * b / (whole + 1)) / whole)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        over = beta_cdf(x, a, b) - p
        low, high = (low, x) if over > 0 else (x, high)
        weight = math.exp(_log_weight(x, a, b))
        better = x - over * x * (1 - x) / weight if weight else low
        if not low < better < high:
            better = (low + high) / 2
        if abs(better - x) <= 1e-15 + 1e-13 * x or not 0 < better < 1:
            return better
        x = better
    return x


@lru_cache(maxsize=256)
def t_quantile(df: float, level: float = LEVEL) -> float:
    """Half-width of the two-sided interval of Student's t with `df` degrees of freedom, by its tie to the beta."""
    y = beta_quantile(level, 0.5, df / 2)
    return math.sqrt(df * y / (1 - y))


def t_tail(t: float, df: float) -> float:
    """Two-sided p of a Student's t: the chance of one at least as far from 0."""
    return beta_cdf(df / (df + t * t), df / 2, 0.5)


def _log_weight(x: float, a: float, b: float) -> float:
    """Logarithm of x^a (1-x)^b / B(a, b)."""
    return a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)


def _fraction(x: float, a: float, b: float) -> float:
    """Denominator of the incomplete beta as a continued fraction (DLMF 8.17.22), by Lentz's method."""
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
