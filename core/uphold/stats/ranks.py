"""Ranks of counted values: Spearman's correlation, and how well a confidence tells right from wrong."""

import math
from collections.abc import Iterable, Sequence

Counted = tuple[float, float, int]
"""Pairs that look alike: (x, y, how many)."""


def midranks(counted: Iterable[tuple[float, int]]) -> dict[float, float]:
    """The mean rank of each value, from 1, equal values sharing theirs."""
    sizes: dict[float, int] = {}
    for value, count in counted:
        sizes[value] = sizes.get(value, 0) + count
    below, ranks = 0, {}
    for value in sorted(sizes):
        ranks[value] = below + (sizes[value] + 1) / 2
        below += sizes[value]
    return ranks


def spearman(rows: Sequence[Counted]) -> float | None:
    """Correlation of the midranks of x and y; None where one of the two never varies."""
    xs, ys = midranks((x, count) for x, _, count in rows), midranks((y, count) for _, y, count in rows)
    n = sum(count for *_, count in rows)
    centre = (n + 1) / 2
    across = math.fsum(count * (xs[x] - centre) * (ys[y] - centre) for x, y, count in rows)
    wide = math.fsum(count * (xs[x] - centre) ** 2 for x, _, count in rows)
    high = math.fsum(count * (ys[y] - centre) ** 2 for _, y, count in rows)
    return across / math.sqrt(wide * high) if wide > 1e-9 and high > 1e-9 else None


def auroc(rows: Sequence[tuple[float, bool, int]]) -> float | None:
    """Chance that a right one has more confidence than a wrong one, a draw counting half; None where one is missing."""
    ranks = midranks((confidence, count) for confidence, _, count in rows)
    right = sum(count for _, agrees, count in rows if agrees)
    wrong = sum(count for _, agrees, count in rows if not agrees)
    if not right or not wrong:
        return None
    total = math.fsum(ranks[confidence] * count for confidence, agrees, count in rows if agrees)
    return (total - right * (right + 1) / 2) / (right * wrong)
