"""The order of a queue: key = u / weight with u uniform and seeded, so that any prefix is a valid sample.

Sequential Poisson sampling (Rosén, Ohlsson); statistics.md, section 5.
"""

import hashlib
from collections.abc import Sequence

from uphold.records.texts import canonical

Pairs = Sequence[tuple[int, str, int, str]]
"""(pair id, key, turn, contents)"""


def uniform(seed: str, key: str, turn: int, contents: str) -> float:
    """A number in (0, 1), the same for the same pair under the same seed."""
    drawn = hashlib.sha256(canonical([seed, key, turn, contents]).encode()).digest()
    return (int.from_bytes(drawn[:8]) + 0.5) / 2**64


def draw_random(seed: str, pairs: Pairs) -> list[tuple[int, str, float, float]]:
    """(pair id, stratum, weight, key) of every pair in the order to read them: one stratum, weight 1."""
    drawn = [(uniform(seed, key, turn, contents), pair_id) for pair_id, key, turn, contents in pairs]
    drawn.sort()
    return [(pair_id, "all", 1.0, key) for key, pair_id in drawn]
