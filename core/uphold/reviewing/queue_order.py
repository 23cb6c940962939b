"""What a weighted queue looks at: each pair's stratum, and the one weight that the stratum has."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from uphold.records.enums import Verdict
from uphold.records.texts import canonical

Stratum = tuple[str, float]
"""Its name, and how much likelier than weight 1 its pairs come early; weights stay between 1 and 3."""


ALL: Stratum = ("all", 1.0)


REST: Stratum = ("rest", 1.0)


FLIPPED_ORDERS: Stratum = ("orders disagree", 3.0)


DOUBTFUL: Stratum = ("low confidence or judges split", 2.0)


NO_VERDICT: Stratum = ("no verdict yet", 1.0)


TAGGED_WEIGHT = 3.0


PICKED: Stratum = ("hand-picked", 1.0)


LISTED: Stratum = ("listed", 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a pair before anybody reads it: the primary judge's verdict, the others', its mean confidence."""

    verdict: Verdict | None = None
    others: tuple[Verdict, ...] = ()
    confidence: float | None = None


def uncertain(pairs: Mapping[int, Judged]) -> dict[int, Stratum]:
    """Strata by pair id: where a judge is least to be trusted comes early; `confidence` is low in the lowest third."""
    sure = sorted(one.confidence for one in pairs.values() if one.confidence is not None)
    low = sure[len(sure) // 3] if sure else None
    return {pair_id: _uncertain(one, low) for pair_id, one in pairs.items()}


def _uncertain(one: Judged, low: float | None) -> Stratum:
    if one.verdict is Verdict.INCONSISTENT:
        return FLIPPED_ORDERS
    if one.verdict is None or one.verdict.preference is None:
        return NO_VERDICT
    said = {verdict.preference for verdict in one.others if verdict.preference is not None}
    is_split = bool(said - {one.verdict.preference}) or Verdict.INCONSISTENT in one.others
    is_low = low is not None and one.confidence is not None and one.confidence < low
    return DOUBTFUL if is_split or is_low else REST


def tagged(tag: str, pairs: Iterable[int], carrying: set[int]) -> dict[int, Stratum]:
    """Strata by pair id: those that carry a tag, and the rest."""
    own: Stratum = (f"tag {tag}", TAGGED_WEIGHT)
    return {pair_id: own if pair_id in carrying else REST for pair_id in pairs}


CHANGED_ORDER: Sequence[str] = ("flipped", "rest", "carried")
"""In the queue of what changed, flipped pairs come first; carried ones are decided already."""


def changed(pairs: Iterable[int], carried: set[int], flipped: set[int]) -> dict[int, Stratum]:
    """Strata by pair id: decisions carried from an earlier run, verdicts that changed since it, and the rest."""

    def of(pair_id: int) -> str:
        return "carried" if pair_id in carried else "flipped" if pair_id in flipped else "rest"

    return {pair_id: (of(pair_id), 1.0) for pair_id in pairs}


Pairs = Sequence[tuple[int, str, int, str]]
"""(pair id, key, turn, contents)"""


OrderedPairs = list[tuple[int, str, float, float]]
"""(pair id, stratum, weight, key) in the order to read them."""


def uniform(seed: str, key: str, turn: int, contents: str) -> float:
    """A number in (0, 1), the same for the same pair under the same seed."""
    drawn = hashlib.sha256(canonical([seed, key, turn, contents]).encode()).digest()
    return (int.from_bytes(drawn[:8]) + 0.5) / 2**64


def draw_random(seed: str, pairs: Pairs) -> OrderedPairs:
    """Every pair in the order to read them: one stratum, weight 1."""
    return draw_weighted(seed, pairs, {})


def draw_weighted(seed: str, pairs: Pairs, strata: Mapping[int, Stratum]) -> OrderedPairs:
    """Every pair in the order to read them; pairs of a heavier stratum tend to come earlier."""
    drawn = []
    for pair_id, key, turn, contents in pairs:
        stratum, weight = strata.get(pair_id, ALL)
        drawn.append((uniform(seed, key, turn, contents) / weight, pair_id, stratum, weight))
    drawn.sort()
    return [(pair_id, stratum, weight, key) for key, pair_id, stratum, weight in drawn]


def draw_by_stratum(seed: str, pairs: Pairs, strata: Mapping[int, Stratum], order: Sequence[str]) -> OrderedPairs:
    """Stratum after stratum, each in random order."""
    drawn = draw_weighted(seed, pairs, strata)
    return sorted(drawn, key=lambda one: order.index(one[1]))


def draw_as_listed(seed: str, pairs: Pairs, listed: Sequence[int], stratum: Stratum) -> OrderedPairs:
    """Only the listed pairs, in the order of the list: chosen, not sampled."""
    there = {pair_id: uniform(seed, key, turn, contents) for pair_id, key, turn, contents in pairs}
    return [(pair_id, stratum[0], stratum[1], there[pair_id]) for pair_id in listed if pair_id in there]
