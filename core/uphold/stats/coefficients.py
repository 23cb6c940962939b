"""Chance-corrected agreement (Cohen's kappa, Gwet's AC1, Krippendorff's alpha) and rank statistics (Spearman, AUROC).

All of them are for unordered categories, given as indices 0, 1, ...: in this project 0 candidate, 1 tie, 2 baseline.
Where several pairs come from one example, standard errors are clustered by example.

Sources: kappa, Cohen 1960, and its variance, Fleiss, Cohen & Everitt 1969; AC1, Gwet 2008; alpha, Krippendorff 2004.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.formatting import percent
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.statistics import NEEDS_FULL, Value
from uphold.stats.distributions import LEVEL, t_quantile, z_quantile
from uphold.stats.intervals import (
    FEW_EXAMPLES,
    MIN_CLUSTERS,
    NO_WEIGHTED_INTERVAL,
    ZERO_ERROR,
    ScoredPair,
    mean_spread,
    no_value,
)

Table = Sequence[Sequence[float]]
"""A square contingency table, the same categories in rows and columns; weighted counts need not be whole."""

RatedPairs = tuple[int, int, int, int]
"""Pairs rated alike: (example, or 0 where that does not matter; first rater's category; second rater's; how many)."""

RatedItems = tuple[int, tuple[int, ...], float]
"""Items rated alike: (example, or 0 where that does not matter; how many raters chose each category; how many items)."""

CountedPoint = tuple[float, float, int]
"""Equal points: (x, y, how many)."""

ONE_CLASS = "undefined (one class)"

NOTHING_TO_COMPARE = "nothing to compare"

NO_DISAGREEMENT = "no disagreement yet: no interval"

MIN_FOR_KAPPA_INTERVAL = 40

MAX_CHANCE = 0.7
"""Above this chance agreement the large-sample interval of kappa cannot be trusted."""

SEED = 20_250_301
"""Seed of the bootstrap, so that the same data have the same interval."""

_MAX_DRAWS = 1000
_MIN_DRAWS = 200
_MAX_WORK = 300_000
"""Bootstrap draws of alpha: as many as keep draws times groups below `_MAX_WORK`, within these limits."""

_LARGE_MEAN = 50
"""Above this mean a Poisson number is drawn from the normal distribution."""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of `n` pairs with its large-sample standard error, observed agreement and chance agreement."""

    value: float
    standard_error: float
    observed: float
    chance: float
    n: float


@dataclass(frozen=True, slots=True)
class Undefined:
    """The reason why a coefficient is undefined."""

    reason: str


def cohen_kappa(table: Table) -> Kappa | Undefined:
    """Return kappa of a square table of counts; undefined without a pair, and where chance agreement is 1."""
    n = sum(map(sum, table))
    if not n:
        return Undefined(NOTHING_TO_COMPARE)
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    expected = sum(row * column for row, column in zip(rows, columns, strict=True))
    if math.isclose(expected, n * n, rel_tol=1e-12):
        return Undefined(ONE_CLASS)
    observed, chance = sum(table[category][category] for category in range(len(table))) / n, expected / n**2
    influences = influence(table, observed, chance)
    squares = math.fsum(
        count * effect**2
        for counts, effects in zip(table, influences, strict=True)
        for count, effect in zip(counts, effects, strict=True)
    )
    return Kappa((observed - chance) / (1 - chance), math.sqrt(squares) / n, observed, chance, n)


def influence(table: Table, observed: float, chance: float) -> list[list[float]]:
    """Return the influence of one more pair in each cell of the table on kappa, times n.

    Their mean square over n is the variance of Fleiss, Cohen & Everitt; summed by example they give the clustered one.
    """
    n, categories = sum(map(sum, table)), range(len(table))
    rows = [sum(row) / n for row in table]
    columns = [sum(column) / n for column in zip(*table, strict=True)]
    slope = (1 - observed) / (1 - chance) ** 2
    return [
        [((i == j) - observed) / (1 - chance) - slope * (columns[i] + rows[j] - 2 * chance) for j in categories]
        for i in categories
    ]


def confusion(rated: Iterable[RatedPairs], categories: int = 3) -> tuple[tuple[int, ...], ...]:
    """Return the table of counts: a row for each category of the first rater, a column for each of the second."""
    table = [[0] * categories for _ in range(categories)]
    for _, first, second, count in rated:
        table[first][second] += count
    return tuple(map(tuple, table))


def kappa_value(rated: Sequence[RatedPairs], weighted: Table | None = None) -> Value:
    """Return kappa with its interval: normal, or t on clusters where pairs share examples.

    The interval needs 40 pairs, chance agreement up to .7, and a disagreement. From a stratum-`weighted` table the value
    alone is computed.
    """
    table = confusion(rated)
    kappa = cohen_kappa(table if weighted is None else weighted)
    if isinstance(kappa, Undefined):
        return no_value(kappa.reason)
    if weighted is not None:
        return Value(kappa.value, reason=NO_WEIGHTED_INTERVAL)
    if reason := _no_kappa_interval(kappa):
        return Value(kappa.value, reason=reason)
    influences = influence(table, kappa.observed, kappa.chance)
    spread = mean_spread([(cluster, influences[first][second], count) for cluster, first, second, count in rated])
    if not spread.clustered:
        return _value_within(kappa.value, z_quantile() * kappa.standard_error)
    if spread.clusters < MIN_CLUSTERS:
        return Value(kappa.value, reason=FEW_EXAMPLES)
    return _value_within(kappa.value, t_quantile(spread.clusters - 1) * spread.standard_error)


def _value_within(value: float, half_width: float) -> Value:
    """Return a coefficient with a symmetric interval, cut to [-1, 1]."""
    return Value(value, max(-1.0, value - half_width), min(1.0, value + half_width))


def _no_kappa_interval(kappa: Kappa) -> str | None:
    if kappa.n < MIN_FOR_KAPPA_INTERVAL:
        return f"{MIN_FOR_KAPPA_INTERVAL} pairs needed for an interval"
    if kappa.chance > MAX_CHANCE:
        return f"chance alone would agree on {percent(kappa.chance)} of these pairs: no interval can be trusted"
    if kappa.standard_error < ZERO_ERROR:
        return NO_DISAGREEMENT
    return None


def ac1(items: Sequence[RatedItems]) -> float | None:
    """Return Gwet's AC1, also of weighted items; None where no item has two ratings.

    (pa - pe) / (1 - pe) for several raters and missing ratings: pa is the mean over items with two ratings or more of the
    share of equal pairs of ratings, pe = sum pi (1 - pi) / (q - 1) with pi a category's mean share over all items.
    """
    found = _ac1_and_chance(items)
    return None if found is None else found[0]


def ac1_value(items: Sequence[RatedItems], *, weighted: bool = False) -> Value:
    """Return AC1 with its t interval (n - 1 degrees of freedom, or examples - 1 where clustered), cut to [-1, 1]."""
    found = _ac1_and_chance(items)
    if found is None:
        return no_value(NOTHING_TO_COMPARE)
    value, chance = found
    if weighted:
        return Value(value, reason=NO_WEIGHTED_INTERVAL)
    n = sum(count for *_, count in items)
    if n < MIN_FOR_RATE:
        return Value(value, reason=f"{MIN_FOR_RATE} pairs needed for an interval")
    spread = mean_spread(_ac1_influences(items, value, chance))
    if spread.clustered and spread.clusters < MIN_CLUSTERS:
        return Value(value, reason=FEW_EXAMPLES)
    if spread.standard_error < ZERO_ERROR:
        return Value(value, reason=NO_DISAGREEMENT)
    return _value_within(value, t_quantile(spread.clusters - 1) * spread.standard_error)


def ac1_standard_error(items: Sequence[RatedItems]) -> float | None:
    """Return Gwet's standard error of AC1 without clustering; None without a coefficient or with a single item."""
    found, n = _ac1_and_chance(items), sum(count for *_, count in items)
    if found is None or n < 2:
        return None
    return mean_spread([(0, effect, count) for _, effect, count in _ac1_influences(items, *found)]).standard_error


def _ac1_and_chance(items: Sequence[RatedItems]) -> tuple[float, float] | None:
    """Return AC1 and the chance agreement, or None where no item has two ratings."""
    shared = [(counts, weight) for _, counts, weight in items if sum(counts) > 1]
    total = math.fsum(weight for _, weight in shared)
    if not total:
        return None
    observed = math.fsum(_item_agreement(counts) * weight for counts, weight in shared) / total
    shares = _category_shares(items)
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    return (observed - chance) / (1 - chance), chance


def _category_shares(items: Sequence[RatedItems]) -> list[float]:
    """Return the mean share of ratings in each category, over the items with a rating."""
    rated = [(counts, weight) for _, counts, weight in items if sum(counts)]
    n = math.fsum(weight for _, weight in rated)
    return [
        math.fsum(weight * counts[category] / sum(counts) for counts, weight in rated) / n
        for category in range(len(rated[0][0]))
    ]


def _item_agreement(counts: Sequence[int]) -> float:
    """Return the share of pairs of raters that agree on an item."""
    raters = sum(counts)
    return sum(count * (count - 1) for count in counts) / (raters * (raters - 1))


def _ac1_influences(items: Sequence[RatedItems], value: float, chance: float) -> list[ScoredPair]:
    """Return the contribution of each item to AC1: its own coefficient, less its effect on chance agreement."""
    n = math.fsum(weight for _, counts, weight in items if sum(counts))
    shared = math.fsum(weight for _, counts, weight in items if sum(counts) > 1)
    shares = _category_shares(items)
    influences: list[ScoredPair] = []
    for cluster, counts, weight in items:
        raters = sum(counts)
        if not raters:
            continue
        own = (_item_agreement(counts) - chance) * n / shared / (1 - chance) if raters > 1 else 0.0
        item_chance = sum(count / raters * (1 - share) for count, share in zip(counts, shares, strict=True))
        item_chance /= len(counts) - 1
        influences.append((cluster, own - 2 * (1 - value) * (item_chance - chance) / (1 - chance), round(weight)))
    return influences


def alpha(items: Iterable[RatedItems]) -> float | None:
    """Return Krippendorff's alpha for nominal data; None where no item has two ratings or all are of one category.

    1 - (n - 1) sum_items (r^2 - sum r_k^2)/(r - 1) / (n^2 - sum n_k^2) over the items with r > 1 ratings, r_k of them in
    category k; n and n_k count all ratings of these items.
    """
    return _alpha([(counts, float(weight)) for _, counts, weight in items if sum(counts) > 1])


def alpha_value(items: Sequence[RatedItems], *, resample: bool) -> Value:
    """Return alpha; with `resample` also its percentile interval from a seeded bootstrap over examples."""
    shared = [item for item in items if sum(item[1]) > 1]
    value = alpha(shared)
    if value is None:
        return Value(None, reason=ONE_CLASS)
    if not resample:
        return Value(value, reason=NEEDS_FULL)
    groups = _resampling_groups(shared)
    draws = max(_MIN_DRAWS, min(_MAX_DRAWS, _MAX_WORK // len(groups)))
    found = sorted(drawn for drawn in _bootstrap(groups, draws, random.Random(SEED)) if drawn is not None)
    tail = (1 - LEVEL) / 2
    if len(found) < draws / 2 or found[0] == found[-1]:
        return Value(value, reason=NO_DISAGREEMENT)
    return Value(value, found[math.floor(tail * len(found))], found[math.ceil((1 - tail) * len(found)) - 1])


_Items = tuple[tuple[tuple[int, ...], float], ...]
"""(ratings in each category, how many such items)."""

_ResamplingGroup = tuple[_Items, float]
"""The items of an example, which are drawn together, and how many such examples there are."""


def _resampling_groups(items: Iterable[RatedItems]) -> list[_ResamplingGroup]:
    singletons: dict[tuple[int, ...], float] = {}
    examples: dict[int, dict[tuple[int, ...], float]] = {}
    for cluster, counts, weight in items:
        members = examples.setdefault(cluster, {}) if cluster else singletons
        members[counts] = members.get(counts, 0) + weight
    groups: dict[_Items, float] = {((counts, 1.0),): weight for counts, weight in singletons.items()}
    for members in examples.values():
        key = tuple(sorted((counts, float(weight)) for counts, weight in members.items()))
        groups[key] = groups.get(key, 0) + 1
    return sorted(groups.items())


def _bootstrap(groups: Sequence[_ResamplingGroup], draws: int, rng: random.Random) -> Iterable[float | None]:
    """Yield alpha of each draw, in which every group has a Poisson number of copies.

    To first order that is the same as drawing as many items with replacement.
    """
    for _ in range(draws):
        copies = [(members, _poisson(count, rng)) for members, count in groups]
        yield _alpha([(counts, size * times) for members, times in copies if times for counts, size in members])


def _poisson(mean: float, rng: random.Random) -> int:
    if mean > _LARGE_MEAN:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, found = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        found += 1
    return found


def _alpha(items: Iterable[tuple[tuple[int, ...], float]]) -> float | None:
    totals: dict[int, float] = {}
    disagreements = 0.0
    for counts, weight in items:
        raters = sum(counts)
        disagreements += weight * (raters**2 - sum(count * count for count in counts)) / (raters - 1)
        for category, count in enumerate(counts):
            if count:
                totals[category] = totals.get(category, 0.0) + count * weight
    n = sum(totals.values())
    expected = n * n - sum(total * total for total in totals.values())
    return 1 - (n - 1) * disagreements / expected if expected > 1e-9 else None


def midranks(values: Iterable[tuple[float, float]]) -> dict[float, float]:
    """Return the rank of each value, from 1, equal values sharing their mean rank; values come as (value, how many)."""
    sizes: dict[float, float] = {}
    for value, count in values:
        sizes[value] = sizes.get(value, 0) + count
    below, ranks = 0.0, {}
    for value in sorted(sizes):
        ranks[value] = below + (sizes[value] + 1) / 2
        below += sizes[value]
    return ranks


def spearman(points: Sequence[CountedPoint]) -> float | None:
    """Return Spearman's rank correlation of x and y, with midranks; None where one of the two does not vary."""
    x_ranks, y_ranks = midranks((x, count) for x, _, count in points), midranks((y, count) for _, y, count in points)
    n = sum(count for *_, count in points)
    centre = (n + 1) / 2
    covariance = math.fsum(count * (x_ranks[x] - centre) * (y_ranks[y] - centre) for x, y, count in points)
    x_variance = math.fsum(count * (x_ranks[x] - centre) ** 2 for x, _, count in points)
    y_variance = math.fsum(count * (y_ranks[y] - centre) ** 2 for _, y, count in points)
    return covariance / math.sqrt(x_variance * y_variance) if x_variance > 1e-9 and y_variance > 1e-9 else None


def auroc(rows: Sequence[tuple[float, bool, float]]) -> float | None:
    """Return the probability that a correct verdict has more confidence than a wrong one, a tie counting half.

    `rows` are (confidence, whether it is correct, how many or their weight); None where all are correct or all wrong.
    """
    ranks = midranks((confidence, count) for confidence, _, count in rows)
    correct = sum(count for _, is_correct, count in rows if is_correct)
    wrong = sum(count for _, is_correct, count in rows if not is_correct)
    if not correct or not wrong:
        return None
    total = math.fsum(ranks[confidence] * count for confidence, is_correct, count in rows if is_correct)
    return (total - correct * (correct + 1) / 2) / (correct * wrong)
