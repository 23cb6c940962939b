"""Weights that undo a queue which drew some parts (strata) of the pairs more often than others.

A pair of a stratum with N pairs, n of them rated, counts N / n. What is rated depends on the number: a label for a win
rate, a label and a readable verdict for agreement. Chosen pairs are a stratum of their own and count for themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from uphold.formatting import count_noun
from uphold.records.counts import MIN_FOR_RATE, Stratum
from uphold.stats.intervals import MAX_UNREAD_SHARE


@dataclass(slots=True)
class StratumSize:
    """How many pairs a stratum has, and how many of them are rated."""

    pairs: int = 0
    rated: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """What a rated pair of each stratum counts, by its index; the weights of all rated pairs sum up to their number.

    `pairs` are the sizes of the rated strata, which small unrated ones were added to. `refusal` is the reason for no
    number where unrated strata hold more than a tenth of the pairs.
    """

    by_stratum: Mapping[int, float]
    pairs: Mapping[int, int]
    refusal: str | None = None


def stratum_sizes(rows: Iterable[tuple[int, int, bool]]) -> dict[int, StratumSize]:
    """Return the sizes of strata from (stratum, how many pairs, whether they are rated)."""
    found: dict[int, StratumSize] = {}
    for stratum, count, rated in rows:
        size = found.setdefault(stratum, StratumSize())
        size.pairs += count
        size.rated += count * rated
    return found


def enough_drawn(sizes: Mapping[int, StratumSize], strata: Sequence[Stratum]) -> bool:
    """Whether the rated pairs that were drawn can stand for unrated ones: any, or ten where chosen ones stand beside them.

    One drawn pair beside many chosen ones would count for all that is unread.
    """
    drawn = sum(size.rated for stratum, size in sizes.items() if not strata[stratum].chosen)
    is_mixed = any(size.rated and strata[stratum].chosen for stratum, size in sizes.items())
    return drawn >= (MIN_FOR_RATE if is_mixed else 1)


def weights_of(sizes: Mapping[int, StratumSize], strata: Sequence[Stratum], *, least_drawn: int = 1) -> Weights | None:
    """Return the weights of the strata; None where all rated pairs count alike.

    That is so with one stratum, with every pair rated, and where too few rated pairs were drawn (`enough_drawn`). With
    fewer than `least_drawn` drawn strata nothing is weighted either.
    """
    drawn = [stratum for stratum in sizes if not strata[stratum].chosen]
    rated = [stratum for stratum, size in sizes.items() if size.rated]
    if len(sizes) < 2 or len(drawn) < least_drawn or not enough_drawn(sizes, strata):
        return None
    if all(size.rated == size.pairs for size in sizes.values()):
        return None
    total = sum(size.pairs for size in sizes.values())
    unrated = {stratum: size.pairs for stratum, size in sizes.items() if not size.rated}
    if sum(unrated.values()) > MAX_UNREAD_SHARE * total:
        worst = max(unrated, key=lambda stratum: unrated[stratum])
        part = f"the part {strata[worst].name!r} ({count_noun(unrated[worst], 'item')})"
        return Weights({}, {}, f"no verdict yet in {part}")
    pairs = {stratum: sizes[stratum].pairs for stratum in rated}
    largest = max((stratum for stratum in rated if stratum in drawn), key=lambda stratum: pairs[stratum])
    pairs[largest] += sum(unrated.values())
    if len(pairs) < 2:
        return None
    n = sum(size.rated for size in sizes.values())
    return Weights({stratum: pairs[stratum] / sizes[stratum].rated * n / total for stratum in rated}, pairs)


def usable(weights: Weights | None) -> Weights | None:
    """Return the weights where there are any; None where all rated pairs count alike, or where nothing is said of them."""
    return None if weights is None or weights.refusal is not None else weights


def weight_in(weights: Weights | None, stratum: int) -> float:
    """Return what a rated pair of a stratum counts: 1 without weights, 0 in a stratum that has none."""
    return 1.0 if weights is None else weights.by_stratum.get(stratum, 0.0)
