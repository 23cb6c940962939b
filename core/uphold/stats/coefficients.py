"""Cohen's kappa for unordered words, and when its interval is refused (Cohen 1960; Fleiss, Cohen & Everitt 1969)."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.statistics import MIN_FOR_RATE, Value
from uphold.stats.distributions import LEVEL, t_quantile, z_quantile
from uphold.stats.intervals import FEW_EXAMPLES, LEAST_CLUSTERS, ScoredPair, mean_spread, no_value

Table = Sequence[Sequence[float]]
"""Counts of a square table, the same words in rows and columns; weighted ones need not be whole."""


RatedPairs = tuple[int, int, int, int]
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


def confusion(rated: Iterable[RatedPairs], words: int = 3) -> tuple[tuple[int, ...], ...]:
    """The table of counts: rows the one, columns the other."""
    table = [[0] * words for _ in range(words)]
    for _, one, other, count in rated:
        table[one][other] += count
    return tuple(map(tuple, table))


def kappa_value(rated: Sequence[RatedPairs], weighted: Table | None = None) -> Value:
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
    over = mean_spread([(cluster, pull[one][other], count) for cluster, one, other, count in rated])
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


RatedItems = tuple[int, tuple[int, ...], float]
"""Items rated alike: (example, or 0 where that does not matter; how many raters gave each word; how many items)."""


ALL_AGREE = "no disagreement yet: no interval"


NOTHING = "nothing to compare"


AC1_WEIGHTED = "weighted queue: no interval"


def ac1(items: Sequence[RatedItems]) -> float | None:
    """The coefficient alone, also of weighted items; None where no item has two words."""
    found = _ac1(items)
    return None if found is None else found[0]


def ac1_value(items: Sequence[RatedItems], *, weighted: bool = False) -> Value:
    """AC1 with its t interval (n - 1 degrees of freedom), cut to [-1, 1]; clustered by example where that matters."""
    found = _ac1(items)
    if found is None:
        return no_value(NOTHING)
    value, chance = found
    if weighted:
        return Value(value, reason=AC1_WEIGHTED)
    n = sum(count for *_, count in items)
    if n < MIN_FOR_RATE:
        return Value(value, reason=f"{MIN_FOR_RATE} pairs needed for an interval")
    over = mean_spread(_pulls(items, value, chance))
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return Value(value, reason=FEW_EXAMPLES)
    if over.error < 1e-12:
        return Value(value, reason=ALL_AGREE)
    half = t_quantile(over.clusters - 1) * over.error
    return Value(value, max(-1.0, value - half), min(1.0, value + half))


def standard_error(items: Sequence[RatedItems]) -> float | None:
    """Gwet's standard error without clusters; None where there is no coefficient or a single item."""
    found, n = _ac1(items), sum(count for *_, count in items)
    if found is None or n < 2:
        return None
    return mean_spread([(0, pull, count) for _, pull, count in _pulls(items, *found)]).error


def _ac1(items: Sequence[RatedItems]) -> tuple[float, float] | None:
    """(AC1, chance agreement)."""
    shared = [(words, count) for _, words, count in items if sum(words) > 1]
    whole = math.fsum(count for _, count in shared)
    if not whole:
        return None
    observed = math.fsum(_same(words) * count for words, count in shared) / whole
    shares = _shares(items)
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    return (observed - chance) / (1 - chance), chance


def _shares(items: Sequence[RatedItems]) -> list[float]:
    read = [(words, count) for _, words, count in items if sum(words)]
    n = math.fsum(count for _, count in read)
    return [math.fsum(count * words[k] / sum(words) for words, count in read) / n for k in range(len(read[0][0]))]


def _same(words: Sequence[int]) -> float:
    raters = sum(words)
    return sum(count * (count - 1) for count in words) / (raters * (raters - 1))


def _pulls(items: Sequence[RatedItems], value: float, chance: float) -> list[ScoredPair]:
    """What each item contributes: its own coefficient, less what it does to chance agreement."""
    n = math.fsum(count for _, said, count in items if sum(said))
    shared = math.fsum(count for _, said, count in items if sum(said) > 1)
    shares = _shares(items)
    pulls: list[ScoredPair] = []
    for cluster, words, count in items:
        raters = sum(words)
        if raters:
            own = (_same(words) - chance) * n / shared / (1 - chance) if raters > 1 else 0.0
            met = sum(said / raters * (1 - share) for said, share in zip(words, shares, strict=True)) / (len(words) - 1)
            pulls.append((cluster, own - 2 * (1 - value) * (met - chance) / (1 - chance), round(count)))
    return pulls


Item = tuple[int, tuple[int, ...], int]
"""Items rated alike: (example, or 0 where that does not matter; how many reviewers gave each word; how many items)."""


ALPHA_ONE_CLASS = "undefined (one class)"


NEEDS_FULL = "--full"


SEED = 20_250_301


_DRAWS = 1000


_LEAST_DRAWS = 200


_WORK = 300_000


_LARGE = 50


def alpha(items: Iterable[Item]) -> float | None:
    """The coefficient; None where nothing is shared or all words are the same."""
    return _alpha([(words, float(count)) for _, words, count in items if sum(words) > 1])


def alpha_value(items: Sequence[Item], *, resample: bool) -> Value:
    """Alpha; with `resample` also its percentile interval from a seeded bootstrap."""
    shared = [item for item in items if sum(item[1]) > 1]
    value = alpha(shared)
    if value is None:
        return Value(None, reason=ALPHA_ONE_CLASS)
    if not resample:
        return Value(value, reason=NEEDS_FULL)
    groups = _groups(shared)
    draws = max(_LEAST_DRAWS, min(_DRAWS, _WORK // len(groups)))
    found = sorted(drawn for drawn in _bootstrap(groups, draws, random.Random(SEED)) if drawn is not None)
    tail = (1 - LEVEL) / 2
    if len(found) < draws / 2 or found[0] == found[-1]:
        return Value(value, reason="no disagreement yet: no interval")
    return Value(value, found[math.floor(tail * len(found))], found[math.ceil((1 - tail) * len(found)) - 1])


Group = tuple[tuple[tuple[tuple[int, ...], float], ...], int]
"""What is drawn as one, and how often it is there."""


def _groups(items: Iterable[Item]) -> list[Group]:
    alone: dict[tuple[int, ...], int] = {}
    examples: dict[int, dict[tuple[int, ...], int]] = {}
    for cluster, words, count in items:
        home = examples.setdefault(cluster, {}) if cluster else alone
        home[words] = home.get(words, 0) + count
    together: dict[tuple[tuple[tuple[int, ...], float], ...], int] = {
        ((words, 1.0),): count for words, count in alone.items()
    }
    for said in examples.values():
        key = tuple(sorted((words, float(count)) for words, count in said.items()))
        together[key] = together.get(key, 0) + 1
    return sorted(together.items())


def _bootstrap(groups: Sequence[Group], draws: int, rng: random.Random) -> Iterable[float | None]:
    """Each draw gives every group a Poisson number of copies: the same, to first order, as drawing as many items."""
    for _ in range(draws):
        copies = [(members, _poisson(count, rng)) for members, count in groups]
        yield _alpha([(words, size * times) for members, times in copies if times for words, size in members])


def _poisson(mean: int, rng: random.Random) -> int:
    if mean > _LARGE:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, found = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        found += 1
    return found


def _alpha(items: Iterable[tuple[tuple[int, ...], float]]) -> float | None:
    totals: dict[int, float] = {}
    differing = 0.0
    for words, count in items:
        raters = sum(words)
        differing += count * (raters**2 - sum(said * said for said in words)) / (raters - 1)
        for word, said in enumerate(words):
            if said:
                totals[word] = totals.get(word, 0.0) + said * count
    n = sum(totals.values())
    expected = n * n - sum(total * total for total in totals.values())
    return 1 - (n - 1) * differing / expected if expected > 1e-9 else None


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
