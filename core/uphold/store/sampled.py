"""Which decisions are a sample: those on pairs that a queue dealt out, from the front of each of its strata.

The order of a queue is random within a stratum, so the pairs read from its front are a sample of that stratum, whoever
read them. A pair whose first decision came from elsewhere (an import, another run) was chosen: such pairs are a stratum
of their own, which the queue does not sample. So is a pair that was read far ahead of the front. Passing over a few
pairs does not end the front; passing over more than a tenth of it does.
"""

from collections.abc import Iterable, Mapping, Sequence
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


def drawn_of(store: Store, runs: Mapping[int, Sequence[int]], first: Mapping[int, bool], skipped: set[int]) -> Drawn:
    """The strata of the pairs of each run; `first` says of a decided pair whether its first decision was made in the app.

    Of several runs together only drawn and chosen pairs are told apart.
    """
    found = [_of_run(store.rows(_ITEMS, (run,)).fetchall(), ids, first, skipped) for run, ids in runs.items()]
    if len(found) == 1:
        return found[0]
    places = {
        pair: int(drawn.strata[place].chosen) for drawn in found for pair, place in drawn.places.items()
    }  # fmt: skip
    queued = frozenset(pair for drawn in found for pair in drawn.queued)
    return Drawn((Stratum("all"), Stratum(CHOSEN, chosen=True)), places, queued)


def _of_run(
    items: Sequence[tuple[int, str, int, str, int]], ids: Sequence[int], first: Mapping[int, bool], skipped: set[int]
) -> Drawn:
    known = set(ids)
    strata: list[Stratum] = []
    places: dict[int, int] = {}
    reached: set[int] = set()
    for name, own in _by_stratum(dealt for dealt in _finest(items) if dealt[0] in known).items():
        places.update(dict.fromkeys(own, len(strata)))
        strata.append(Stratum(name))
        reached.update(_front([pair for pair in own if first.get(pair, True)], first, skipped))
    _rest(strata, places, [pair for pair in ids if pair not in places and pair not in first], NOT_DRAWN, chosen=False)
    _rest(strata, places, [pair for pair in ids if pair in first and pair not in reached], CHOSEN, chosen=True)
    return Drawn(tuple(strata), places, frozenset(item[2] for item in items))


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


def _front(pairs: Sequence[int], read: Mapping[int, bool], skipped: set[int]) -> list[int]:
    """The pairs read up to the last place before which no more than a tenth was passed over; skipped ones were not."""
    passed = end = 0
    for place, pair in enumerate(pairs, 1):
        if pair in read:
            if passed <= _MOST_PASSED * place:
                end = place
        elif pair not in skipped:
            passed += 1
    return [pair for pair in pairs[:end] if pair in read]
