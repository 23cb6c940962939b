"""Shares where strata were drawn unequally: weighted means, and the effective n that Wilson's interval is made on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.numbers import Rate
from uphold.stats.intervals import wilson
from uphold.stats.special import LEVEL


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum: how many pairs it has, how many of them were looked at, and what their scores add up to."""

    name: str
    pairs: int
    n: int
    hits: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """A stratum-weighted mean, and so many pairs drawn alike would leave it as uncertain."""

    mean: float
    effective_n: float


def weighted(parts: Sequence[Part], *, population: bool = False, effect: float = 1.0) -> Weighted:
    """Mean sum W p; variance sum W^2 (1 - n/N) q(1-q)/n with q = (hits + .5)/(n + 1), over strata that all have n > 0.

    `population` leaves out (1 - n/N) and adds that the strata's shares are a draw themselves. `effect` is the design
    effect of several pairs from one example. Where the mean is 0 or 1, the effective n is that of the smoothed mean.
    """
    total = sum(part.pairs for part in parts)
    mean = smoothed = variance = between = 0.0
    for part in parts:
        share, rate, soft = part.pairs / total, part.hits / part.n, (part.hits + 0.5) / (part.n + 1)
        mean += share * rate
        smoothed += share * soft
        between += share * rate**2
        left = 1.0 if population else 1 - part.n / part.pairs
        variance += share**2 * left * soft * (1 - soft) / part.n
    if population:
        variance += max(0.0, between - mean**2) / total
    if variance <= 0:
        return Weighted(mean, math.inf)
    centre = mean if 1e-9 < mean < 1 - 1e-9 else smoothed
    return Weighted(mean, centre * (1 - centre) / (variance * effect))


def weighted_share(parts: Sequence[Part], *, population: bool = False, effect: float = 1.0) -> Rate:
    """The weighted mean with Wilson's interval on its effective n; every stratum has been looked at."""
    n = sum(part.n for part in parts)
    if sum(part.pairs for part in parts) == n:
        mean = sum(part.hits for part in parts) / n
        found = Weighted(mean, n / effect)
    else:
        found = weighted(parts, population=population, effect=effect)
    low, high = wilson(found.mean * found.effective_n, found.effective_n)
    return Rate(found.mean, low, high, n, LEVEL, "wilson, stratified")
