"""Krippendorff's alpha for unordered words: agreement among any number of reviewers, missing words allowed.

alpha = 1 - (n - 1) sum_items (r^2 - sum r_k^2)/(r - 1) / (n^2 - sum n_k^2) over the items with r > 1 words (Krippendorff
2004). Its interval is a bootstrap over items, or over examples where several items share one.
"""

import math
import random
from collections.abc import Iterable, Sequence

from uphold.records.numbers import Value
from uphold.stats.special import LEVEL

Item = tuple[int, tuple[int, ...], int]
"""Items rated alike: (example, or 0 where that does not matter; how many reviewers gave each word; how many items)."""

ONE_CLASS = "undefined (one class)"
NEEDS_FULL = "--full"
SEED = 20_250_301
_DRAWS = 1000
_LEAST_DRAWS = 200
_WORK = 300_000
_LARGE = 50


def alpha(items: Iterable[Item]) -> float | None:
    """The coefficient; None where nothing is shared or all words are the same."""
    return _coefficient([(words, float(count)) for _, words, count in items if sum(words) > 1])


def alpha_value(items: Sequence[Item], *, resample: bool) -> Value:
    """Alpha; with `resample` also its percentile interval from a seeded bootstrap."""
    shared = [item for item in items if sum(item[1]) > 1]
    value = alpha(shared)
    if value is None:
        return Value(None, reason=ONE_CLASS)
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
        yield _coefficient([(words, size * times) for members, times in copies if times for words, size in members])


def _poisson(mean: int, rng: random.Random) -> int:
    if mean > _LARGE:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, found = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        found += 1
    return found


def _coefficient(items: Iterable[tuple[tuple[int, ...], float]]) -> float | None:
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
