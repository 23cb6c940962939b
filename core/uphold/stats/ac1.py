"""Gwet's AC1: agreement above chance where chance is small when one word is rare (Gwet 2008).

Several raters, missing words allowed. pa: mean over items with two words or more of the share of equal ones; pe =
sum pi (1 - pi) / (q - 1) with pi the mean over all items of a word's share.
"""

import math
from collections.abc import Sequence

from uphold.records.numbers import LEAST_FOR_RATE, Value
from uphold.stats.clusters import LEAST_CLUSTERS, Scored, spread
from uphold.stats.shares import FEW_EXAMPLES, no_value
from uphold.stats.special import t_quantile

Rated = tuple[int, tuple[int, ...], float]
"""Items rated alike: (example, or 0 where that does not matter; how many raters gave each word; how many items)."""

ALL_AGREE = "no disagreement yet: no interval"
NOTHING = "nothing to compare"
WEIGHTED = "weighted queue: no interval"


def ac1(items: Sequence[Rated]) -> float | None:
    """The coefficient alone, also of weighted items; None where no item has two words."""
    found = _coefficient(items)
    return None if found is None else found[0]


def ac1_value(items: Sequence[Rated], *, weighted: bool = False) -> Value:
    """AC1 with its t interval (n - 1 degrees of freedom), cut to [-1, 1]; clustered by example where that matters."""
    found = _coefficient(items)
    if found is None:
        return no_value(NOTHING)
    value, chance = found
    if weighted:
        return Value(value, reason=WEIGHTED)
    n = sum(count for *_, count in items)
    if n < LEAST_FOR_RATE:
        return Value(value, reason=f"{LEAST_FOR_RATE} pairs needed for an interval")
    over = spread(_pulls(items, value, chance))
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return Value(value, reason=FEW_EXAMPLES)
    if over.error < 1e-12:
        return Value(value, reason=ALL_AGREE)
    half = t_quantile(over.clusters - 1) * over.error
    return Value(value, max(-1.0, value - half), min(1.0, value + half))


def standard_error(items: Sequence[Rated]) -> float | None:
    """Gwet's standard error without clusters; None where there is no coefficient or a single item."""
    found, n = _coefficient(items), sum(count for *_, count in items)
    if found is None or n < 2:
        return None
    return spread([(0, pull, count) for _, pull, count in _pulls(items, *found)]).error


def _coefficient(items: Sequence[Rated]) -> tuple[float, float] | None:
    """(AC1, chance agreement)."""
    shared = [(words, count) for _, words, count in items if sum(words) > 1]
    whole = math.fsum(count for _, count in shared)
    if not whole:
        return None
    observed = math.fsum(_same(words) * count for words, count in shared) / whole
    shares = _shares(items)
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    return (observed - chance) / (1 - chance), chance


def _shares(items: Sequence[Rated]) -> list[float]:
    read = [(words, count) for _, words, count in items if sum(words)]
    n = math.fsum(count for _, count in read)
    return [math.fsum(count * words[k] / sum(words) for words, count in read) / n for k in range(len(read[0][0]))]


def _same(words: Sequence[int]) -> float:
    raters = sum(words)
    return sum(count * (count - 1) for count in words) / (raters * (raters - 1))


def _pulls(items: Sequence[Rated], value: float, chance: float) -> list[Scored]:
    """What each item contributes: its own coefficient, less what it does to chance agreement."""
    n = math.fsum(count for _, said, count in items if sum(said))
    shared = math.fsum(count for _, said, count in items if sum(said) > 1)
    shares = _shares(items)
    pulls: list[Scored] = []
    for cluster, words, count in items:
        raters = sum(words)
        if raters:
            own = (_same(words) - chance) * n / shared / (1 - chance) if raters > 1 else 0.0
            met = sum(said / raters * (1 - share) for said, share in zip(words, shares, strict=True)) / (len(words) - 1)
            pulls.append((cluster, own - 2 * (1 - value) * (met - chance) / (1 - chance), round(count)))
    return pulls
