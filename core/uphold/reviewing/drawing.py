"""The order of a queue: key = u / weight with u uniform and seeded, so that any prefix is a valid sample.

Sequential Poisson sampling (Rosén, Ohlsson); statistics.md, section 5.
"""

import hashlib
from collections.abc import Mapping, Sequence

from uphold.records.texts import canonical
from uphold.reviewing.strata import ALL, Stratum

Pairs = Sequence[tuple[int, str, int, str]]
"""(pair id, key, turn, contents)"""

Drawn = list[tuple[int, str, float, float]]
"""(pair id, stratum, weight, key) in the order to read them."""


def uniform(seed: str, key: str, turn: int, contents: str) -> float:
    """A number in (0, 1), the same for the same pair under the same seed."""
    drawn = hashlib.sha256(canonical([seed, key, turn, contents]).encode()).digest()
    return (int.from_bytes(drawn[:8]) + 0.5) / 2**64


def draw_random(seed: str, pairs: Pairs) -> Drawn:
    """Every pair in the order to read them: one stratum, weight 1."""
    return draw_weighted(seed, pairs, {})


def draw_weighted(seed: str, pairs: Pairs, strata: Mapping[int, Stratum]) -> Drawn:
    """Every pair in the order to read them; pairs of a heavier stratum tend to come earlier."""
    drawn = []
    for pair_id, key, turn, contents in pairs:
        stratum, weight = strata.get(pair_id, ALL)
        drawn.append((uniform(seed, key, turn, contents) / weight, pair_id, stratum, weight))
    drawn.sort()
    return [(pair_id, stratum, weight, key) for key, pair_id, stratum, weight in drawn]


def draw_by_stratum(seed: str, pairs: Pairs, strata: Mapping[int, Stratum], order: Sequence[str]) -> Drawn:
    """Stratum after stratum, each in random order."""
    drawn = draw_weighted(seed, pairs, strata)
    return sorted(drawn, key=lambda one: order.index(one[1]))


def draw_as_listed(seed: str, pairs: Pairs, listed: Sequence[int], stratum: Stratum) -> Drawn:
    """Only the listed pairs, in the order of the list: chosen, not sampled."""
    there = {pair_id: uniform(seed, key, turn, contents) for pair_id, key, turn, contents in pairs}
    return [(pair_id, stratum[0], stratum[1], there[pair_id]) for pair_id in listed if pair_id in there]
