"""Draws the order of a queue: the stratum and weight of each pair, and seeded keys that order the pairs by them.

A pair's sort key is u / w, with u uniform on (0, 1) and w the weight of its stratum; pairs are read by rising sort key. Any
prefix of the queue is then a random sample within each stratum. As u is fixed by the set's seed, the example's key and the
turn, every run over a set is read in the same order.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from uphold.records.enums import Verdict
from uphold.records.texts import canonical

PairIdentities = Sequence[tuple[int, str, int]]
"""(pair id, key of the example, turn) of each pair."""

OrderedPairs = list[tuple[int, str, float, float]]
"""(pair id, stratum, weight, key) in the order to read them."""

Stratum = tuple[str, float]
"""A stratum's name and its weight, between 1 and 3: pairs of a heavier stratum tend to come earlier."""

ALL: Stratum = ("all", 1.0)

REST: Stratum = ("rest", 1.0)

FLIPPED_ORDERS: Stratum = ("orders disagree", 3.0)

DOUBTFUL: Stratum = ("low confidence or judges split", 2.0)

NO_VERDICT: Stratum = ("no verdict yet", 1.0)

TAGGED_WEIGHT = 3.0

PICKED: Stratum = ("hand-picked", 1.0)

LISTED: Stratum = ("listed", 1.0)

FLIPPED_VERDICT = "flipped"

CHANGED_ANSWER = "changed"

UNCHANGED = "unchanged"
"""The strata of the queue of what changed since the previous run, in the order they are read."""


@dataclass(frozen=True, slots=True)
class VerdictSummary:
    """What judges said of a pair: the primary judge's verdict, the others', and the primary judge's mean confidence."""

    verdict: Verdict | None = None
    others: tuple[Verdict, ...] = ()
    confidence: float | None = None


def uncertain_strata(pairs: Mapping[int, VerdictSummary]) -> dict[int, Stratum]:
    """Return strata by pair id, by how doubtful the verdict is; the lowest third of the confidences counts as low."""
    confidences = sorted(summary.confidence for summary in pairs.values() if summary.confidence is not None)
    low = confidences[len(confidences) // 3] if confidences else None
    return {pair_id: _uncertain_stratum(summary, low) for pair_id, summary in pairs.items()}


def _uncertain_stratum(summary: VerdictSummary, low: float | None) -> Stratum:
    verdict = summary.verdict
    if verdict is Verdict.INCONSISTENT:
        return FLIPPED_ORDERS
    if verdict is None or verdict.preference is None:
        return NO_VERDICT
    others = {other.preference for other in summary.others if other.preference is not None}
    is_split = bool(others - {verdict.preference}) or Verdict.INCONSISTENT in summary.others
    is_low = low is not None and summary.confidence is not None and summary.confidence < low
    return DOUBTFUL if is_split or is_low else REST


def tag_strata(tag: str, pairs: Iterable[int], with_tag: set[int]) -> dict[int, Stratum]:
    """Return strata by pair id: the pairs with a tag, and the rest."""
    tagged: Stratum = (f"tag {tag}", TAGGED_WEIGHT)
    return {pair_id: tagged if pair_id in with_tag else REST for pair_id in pairs}


def changed_strata(
    pairs: Iterable[int], flipped: Container[int], unchanged: Mapping[int, Stratum | None]
) -> dict[int, Stratum]:
    """Return strata by pair id: verdicts that flipped since the previous run, other changed answers, unchanged ones.

    `unchanged` has the stratum that the equal pair of the previous run was drawn in, None where that was in no weighted
    one. Decisions are carried over from there, so that in the same strata and order they are the front of each.
    """

    def stratum(pair_id: int) -> Stratum:
        if pair_id not in unchanged:
            return (FLIPPED_VERDICT if pair_id in flipped else CHANGED_ANSWER), 1.0
        drawn = unchanged[pair_id]
        if drawn is None:
            return UNCHANGED, 1.0
        return f"{UNCHANGED}, {drawn[0].removeprefix(UNCHANGED).removeprefix(', ')}".removesuffix(", "), drawn[1]

    return {pair_id: stratum(pair_id) for pair_id in pairs}


def uniform(seed: str, key: str, turn: int, *more: str) -> float:
    """Return a number in (0, 1) that is fixed by its arguments: 64 bits of a SHA-256."""
    digest = hashlib.sha256(canonical([seed, key, turn, *more]).encode()).digest()
    return (int.from_bytes(digest[:8]) + 0.5) / 2**64


def draw_random(seed: str, pairs: PairIdentities) -> OrderedPairs:
    """Return every pair in random order: one stratum, weight 1."""
    return draw_weighted(seed, pairs, {})


def draw_weighted(seed: str, pairs: PairIdentities, strata: Mapping[int, Stratum]) -> OrderedPairs:
    """Return every pair in random order, pairs of a heavier stratum tending to come earlier."""
    drawn = []
    for pair_id, key, turn in pairs:
        stratum, weight = strata.get(pair_id, ALL)
        drawn.append((uniform(seed, key, turn) / weight, pair_id, stratum, weight))
    drawn.sort()
    return [(pair_id, stratum, weight, sort_key) for sort_key, pair_id, stratum, weight in drawn]


def draw_changed(seed: str, pairs: PairIdentities, strata: Mapping[int, Stratum]) -> OrderedPairs:
    """Return every pair: flipped, then otherwise changed, then unchanged ones, each in random order."""

    def place(name: str) -> int:
        return (FLIPPED_VERDICT, CHANGED_ANSWER).index(name) if not name.startswith(UNCHANGED) else 2

    return sorted(draw_weighted(seed, pairs, strata), key=lambda pair: place(pair[1]))


def draw_as_listed(seed: str, pairs: PairIdentities, listed: Sequence[int], stratum: Stratum) -> OrderedPairs:
    """Return only the listed pairs, in the order of the list: chosen, not sampled."""
    sort_keys = {pair_id: uniform(seed, key, turn) for pair_id, key, turn in pairs}
    return [(pair_id, stratum[0], stratum[1], sort_keys[pair_id]) for pair_id in listed if pair_id in sort_keys]
