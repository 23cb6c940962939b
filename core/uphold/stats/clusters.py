"""Spread of a mean where one example may stand behind several pairs (Miller 2024).

V = sum over clusters of (residual sum)^2 x G / (G - 1) / n^2, with G - 1 degrees of freedom.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.records.numbers import Cell

Scored = tuple[int, float, int]
"""Pairs with the same score: (example, or 0 where each pair is an example of its own; score; how many pairs)."""

LEAST_CLUSTERS = 10
"""With fewer clusters their spread says too little: no interval."""


@dataclass(frozen=True, slots=True)
class Spread:
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


def spread(scored: Iterable[Scored]) -> Spread:
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
        return Spread(0, 0.0, 0.0, 0, False, 0.0)
    mean = math.fsum(score * count for score, count in scores.items()) / n
    residuals = [(totals[cluster] - mean * size) ** 2 for cluster, size in sizes.items()]
    squares = math.fsum(residuals) + _squares(alone, mean)
    error = math.sqrt(squares * groups / (groups - 1)) / n if groups > 1 else 0.0
    return Spread(n, mean, _squares(scores, mean) / n, groups, groups < n, error)


def _squares(scores: dict[float, int], mean: float) -> float:
    return math.fsum(count * (score - mean) ** 2 for score, count in scores.items())


def merged(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The same pairs in fewer cells: an example with a single pair needs no name, so such cells can be added up."""
    sizes: dict[int, int] = defaultdict(int)
    for cell in cells:
        sizes[cell.cluster] += cell.count
    kept: list[Cell] = []
    alone: dict[tuple[Any, ...], int] = defaultdict(int)
    for cell in cells:
        if cell.cluster and sizes[cell.cluster] > 1:
            kept.append(cell)
        else:
            looks = (cell.stratum, cell.longer, cell.blind, cell.opened)
            alone[cell.votes, cell.verdict, cell.orders, looks] += cell.count
    return [
        *kept,
        *(Cell(votes, verdict, orders, 0, count, *looks) for (votes, verdict, orders, looks), count in alone.items()),
    ]
