"""The chain rule: human shares inside each judge verdict, re-weighted by how often the judge gave that verdict.

One Dirichlet posterior a cell, its mean and variance matched by a beta (Hofer et al. 2024; post-stratification, Holt &
Smith 1979). Two targets: the source of the pairs (`population`), and exactly these pairs (`this set`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.stats.intervals import Bounds
from uphold.stats.special import LEVEL, beta_quantile

Counts = tuple[float, float, float]
"""Losses, ties and wins of the candidate, in people's words; weighted ones need not be whole."""

PRIOR = (0.2, 0.1, 0.2)
"""Half a pseudo-pair a cell: chosen by simulation."""

WIN, WIN_TIE, HALF = (0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.5, 1.0)
"""The three scores of (loss, tie, win)."""

_LEAST_SIZE = 0.2
_NOTHING = 1e-15


@dataclass(frozen=True, slots=True)
class ChainCell:
    """Pairs on which the judge said the same: how many there are, and what people say of those they read.

    `source` and `rest` stand in for `read` where pairs were not drawn alike: the same decisions, weighted for all pairs
    and for the unread ones, scaled to their effective number.
    """

    pairs: int
    read: Counts
    source: Counts | None = None
    rest: Counts | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of a rate."""

    mean: float
    variance: float


def population(cells: Sequence[ChainCell], score: Counts) -> Moments:
    """The rate in the source of the pairs: V = sum (N w^2 + w)/(N+1) d/(A+1) + (sum w m^2 - E^2)/(N+1)."""
    n = sum(cell.pairs for cell in cells)
    mean = within = squares = 0.0
    for cell in cells:
        if cell.pairs:
            weight = cell.pairs / n
            size, centre, spread = _posterior(cell.read if cell.source is None else cell.source, score)
            mean += weight * centre
            squares += weight * centre**2
            within += (n * weight**2 + weight) / (n + 1) * spread / (size + 1)
    return Moments(mean, within + max(0.0, squares - mean**2) / (n + 1))


def this_set(cells: Sequence[ChainCell], score: Counts) -> Moments:
    """The rate in exactly these pairs: what was read enters as it is, V = sum u d (A+u)/(A+1) / N^2 over the unread u."""
    n = sum(cell.pairs for cell in cells)
    total = variance = 0.0
    for cell in cells:
        size, centre, spread = _posterior(cell.read if cell.rest is None else cell.rest, score)
        unread = cell.pairs - sum(cell.read)
        total += _dot(cell.read, score) + unread * centre
        variance += unread * spread * (size + unread) / (size + 1)
    return Moments(total / n, variance / n**2)


def beta_interval(moments: Moments, level: float = LEVEL) -> Bounds:
    """Quantiles of the beta with this mean and variance; a variance of 0 is exact, and a too large one is cut."""
    mean, variance = moments.mean, moments.variance
    if variance <= _NOTHING or not 0 < mean < 1:
        return mean, mean
    size = max(mean * (1 - mean) / variance - 1, _LEAST_SIZE)
    tail = (1 - level) / 2
    low, high = (beta_quantile(p, mean * size, (1 - mean) * size) for p in (tail, 1 - tail))
    return low, high


def not_narrower(wide: Bounds, narrow: Bounds) -> Bounds:
    """`wide`, stretched to both sides where it is narrower than `narrow`: these pairs are never known less well."""
    lack = (narrow[1] - narrow[0]) - (wide[1] - wide[0])
    if lack <= 0:
        return wide
    low = min(max(0.0, wide[0] - lack / 2), 1.0 - (narrow[1] - narrow[0]))
    return low, low + narrow[1] - narrow[0]


def _posterior(counts: Counts, score: Counts) -> tuple[float, float, float]:
    """Size, mean and variance of the score in one cell."""
    (loss, tie, win), (a, b, c) = counts, PRIOR
    loss, tie, win = loss + a, tie + b, win + c
    size = loss + tie + win
    mean = (loss * score[0] + tie * score[1] + win * score[2]) / size
    square = (loss * score[0] ** 2 + tie * score[1] ** 2 + win * score[2] ** 2) / size
    return size, mean, max(0.0, square - mean**2)


def _dot(counts: Counts, score: Counts) -> float:
    return counts[0] * score[0] + counts[1] * score[1] + counts[2] * score[2]
