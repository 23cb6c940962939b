"""Which decisions are a sample: those on pairs that a queue dealt out, from the front of each of its strata.

The order of a queue is random within a stratum, so the pairs read from its front are a sample of that stratum, whoever
read them. A pair whose first decision came from elsewhere (an import, another run) was chosen: such pairs are a stratum
of their own, which the queue does not sample. So is a pair that was read far ahead of the front. Passing over a few
pairs does not end the front; passing over more than a tenth of it does.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from uphold.records.numbers import Stratum
from uphold.store.database import Store

CHOSEN = "chosen"
NOT_DRAWN = "not drawn yet"
_SAMPLED_KINDS = ("random", "uncertain")
_MOST_PASSED = 0.1

_ITEMS = """
SELECT q.id, q.kind, i.pair_id, i.stratum, i.draw FROM queues q JOIN queue_items i ON i.queue_id = q.id
WHERE q.run_id = ? ORDER BY q.id, i.position
"""

Dealt = tuple[int, str]
"""A pair and its stratum, in the order of a queue."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """By pair id the place of its stratum in `strata`, and the pairs that are in any queue at all."""

    strata: tuple[Stratum, ...]
    places: Mapping[int, int]
    queued: frozenset[int]


@dataclass(frozen=True, slots=True)
class Dealing:
    """How a run's pairs were dealt out: the strata, and the pairs of each in the order of the queue."""

    strata: tuple[Stratum, ...]
    orders: tuple[tuple[int, ...], ...]
    queued: frozenset[int]

    def places(self) -> dict[int, int]:
        """By pair id the place of the stratum it was dealt out from."""
        return {pair: place for place, order in enumerate(self.orders) for pair in order}

    def reached(self, first: Mapping[int, bool], skipped: Container[int], broken: Container[int]) -> set[int]:
        """The decided pairs that are a sample; `first` says of each whether its first decision was made in the app."""
        return {pair for order in self.orders for pair in _front(order, first, skipped, broken)}


def dealing_of(store: Store, run_id: int, known: Container[int]) -> Dealing:
    """How those of a run's pairs that are `known` were dealt out."""
    items = store.rows(_ITEMS, (run_id,)).fetchall()
    dealt = {
        name: tuple(pair for pair in order if pair in known) for name, order in _by_stratum(_finest(items)).items()
    }  # fmt: skip
    there = {name: order for name, order in dealt.items() if order}
    return Dealing(tuple(map(Stratum, there)), tuple(there.values()), frozenset(item[2] for item in items))


def drawn_of(
    store: Store, runs: Mapping[int, Sequence[int]], first: Mapping[int, bool], skipped: Container[int]
) -> Drawn:
    """The strata of the pairs of each run, broken ones left out; `first` as in `Dealing.reached`.

    Of several runs together only drawn and chosen pairs are told apart.
    """
    found = [_of_run(dealing_of(store, run, set(ids)), ids, first, skipped) for run, ids in runs.items()]
    if len(found) == 1:
        return found[0]
    places = {
        pair: int(drawn.strata[place].chosen) for drawn in found for pair, place in drawn.places.items()
    }  # fmt: skip
    queued = frozenset(pair for drawn in found for pair in drawn.queued)
    return Drawn((Stratum("all"), Stratum(CHOSEN, chosen=True)), places, queued)


def _of_run(dealing: Dealing, ids: Sequence[int], first: Mapping[int, bool], skipped: Container[int]) -> Drawn:
    strata, places = list(dealing.strata), dealing.places()
    reached = dealing.reached(first, skipped, ())
    _rest(strata, places, [pair for pair in ids if pair not in places and pair not in first], NOT_DRAWN, chosen=False)
    _rest(strata, places, [pair for pair in ids if pair in first and pair not in reached], CHOSEN, chosen=True)
    return Drawn(tuple(strata), places, dealing.queued)


def _rest(strata: list[Stratum], places: dict[int, int], pairs: Sequence[int], name: str, *, chosen: bool) -> None:
    """Make a stratum of these pairs, where there are any."""
    if pairs:
        places.update(dict.fromkeys(pairs, len(strata)))
        strata.append(Stratum(name, chosen))


def _finest(rows: Iterable[tuple[int, str, int, str, int]]) -> list[Dealt]:
    """The queue that samples the run in most strata; a later draw is a stratum of its own."""
    found: dict[int, list[Dealt]] = {}
    for queue, kind, pair, stratum, draw in rows:
        if kind in _SAMPLED_KINDS or kind.startswith("tag:"):
            found.setdefault(queue, []).append((pair, stratum if draw == 1 else f"{stratum}, draw {draw}"))
    return max(found.values(), key=lambda dealt: len({stratum for _, stratum in dealt}), default=[])


def _by_stratum(dealt: Iterable[Dealt]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for pair, stratum in dealt:
        found.setdefault(stratum, []).append(pair)
    return found


def _front(
    order: Sequence[int], first: Mapping[int, bool], skipped: Container[int], broken: Container[int]
) -> Sequence[int]:
    """The pairs read up to the last place before which no more than a tenth was passed over; skipped ones were not.

    Broken pairs, and those whose first decision came from elsewhere, have no place.
    """
    read: list[int] = []
    place = passed = end = 0
    for pair in order:
        if pair in broken or not first.get(pair, True):
            continue
        place += 1
        if pair in first:
            read.append(pair)
            end = len(read) if passed <= _MOST_PASSED * place else end
        elif pair not in skipped:
            passed += 1
            if passed > _MOST_PASSED * len(order):
                break
    return read[:end]
