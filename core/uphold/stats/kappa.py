"""Cohen's kappa for unordered words, and when its interval is refused (Cohen 1960; Fleiss, Cohen & Everitt 1969)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.numbers import Value
from uphold.stats.clusters import LEAST_CLUSTERS, spread
from uphold.stats.shares import FEW_EXAMPLES, no_value
from uphold.stats.special import t_quantile, z_quantile

Table = Sequence[Sequence[float]]
"""Counts of a square table, the same words in rows and columns; weighted ones need not be whole."""

Rated = tuple[int, int, int, int]
"""Pairs rated alike: (example, or 0 where that does not matter; word of the one; word of the other; how many)."""

ONE_CLASS = "undefined (one class)"
WEIGHTED = "weighted queue: no interval"
LEAST_FOR_INTERVAL = 40
MOST_CHANCE = 0.7


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement above chance, its large-sample standard error, and the agreement that chance alone would give."""

    value: float
    standard_error: float
    observed: float
    chance: float
    n: float


@dataclass(frozen=True, slots=True)
class Undefined:
    """There is no kappa, and why."""

    reason: str


def cohen_kappa(table: Table) -> Kappa | Undefined:
    """Kappa of a square table of counts; undefined without a pair, and where chance alone agrees always."""
    n = sum(map(sum, table))
    if not n:
        return Undefined("nothing to compare")
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    met = sum(row * column for row, column in zip(rows, columns, strict=True))
    if math.isclose(met, n * n, rel_tol=1e-12):
        return Undefined(ONE_CLASS)
    observed, chance = sum(table[word][word] for word in range(len(table))) / n, met / n**2
    pull = influence(table, observed, chance)
    squares = math.fsum(
        count * effect**2
        for counts, effects in zip(table, pull, strict=True)
        for count, effect in zip(counts, effects, strict=True)
    )
    return Kappa((observed - chance) / (1 - chance), math.sqrt(squares) / n, observed, chance, n)


def influence(table: Table, observed: float, chance: float) -> list[list[float]]:
    """How far one more pair in each place of the table moves kappa, times n.

    The mean square of these, over n, is the variance of Fleiss, Cohen & Everitt; summed by example they give the
    clustered one.
    """
    n, words = sum(map(sum, table)), range(len(table))
    rows = [sum(row) / n for row in table]
    columns = [sum(column) / n for column in zip(*table, strict=True)]
    slope = (1 - observed) / (1 - chance) ** 2
    return [
        [
            ((one == other) - observed) / (1 - chance) - slope * (columns[one] + rows[other] - 2 * chance)
            for other in words
        ]
        for one in words
    ]


def confusion(rated: Iterable[Rated], words: int = 3) -> tuple[tuple[int, ...], ...]:
    """The table of counts: rows the one, columns the other."""
    table = [[0] * words for _ in range(words)]
    for _, one, other, count in rated:
        table[one][other] += count
    return tuple(map(tuple, table))


def kappa_value(rated: Sequence[Rated], weighted: Table | None = None) -> Value:
    """Kappa with its interval, which needs 40 pairs, chance agreement up to .7, and a disagreement somewhere.

    Of a stratum-`weighted` table there is the value alone.
    """
    table = confusion(rated)
    kappa = cohen_kappa(table if weighted is None else weighted)
    if isinstance(kappa, Undefined):
        return no_value(kappa.reason)
    if weighted is not None:
        return Value(kappa.value, reason=WEIGHTED)
    if reason := _refusal(kappa):
        return Value(kappa.value, reason=reason)
    pull = influence(table, kappa.observed, kappa.chance)
    over = spread([(cluster, pull[one][other], count) for cluster, one, other, count in rated])
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return Value(kappa.value, reason=FEW_EXAMPLES)
    half = t_quantile(over.clusters - 1) * over.error if over.clustered else z_quantile() * kappa.standard_error
    return Value(kappa.value, max(-1.0, kappa.value - half), min(1.0, kappa.value + half))


def _refusal(kappa: Kappa) -> str | None:
    if kappa.n < LEAST_FOR_INTERVAL:
        return f"{LEAST_FOR_INTERVAL} pairs needed for an interval"
    if kappa.chance > MOST_CHANCE:
        return f"chance alone would agree on {100 * kappa.chance:.0f} % of these pairs: no interval can be trusted"
    if kappa.standard_error < 1e-12:
        return "no disagreement yet: no interval"
    return None
