"""Works out how many more verdicts a comparison of two runs needs, and the commands that read them.

The later run would go on in its queue of what changed, the earlier one in random order. Both are read on in thought until
enough examples are read in both runs, and nothing speaks against a difference.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from uphold.records.comparisons import MatchedExample, MatchedRuns, MoreVerdicts, RatedExample
from uphold.records.counts import Votes
from uphold.records.enums import Choice, QueueKind
from uphold.records.runs import Run
from uphold.stats.run_difference import by_people, refusal, shared_units, with_ties_half
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge
from uphold.workflows.queue_drawing import reading_order

_READ: Votes = ((0, Choice.TIE),)
"""Stands for a decision that is yet to be made; which one does not matter here."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A run's shared pairs, and how its queue goes on: places in the order in which they are unread, strata by place."""

    sides: Sequence[RatedExample]
    unread: Sequence[int]
    strata: Sequence[str]

    def places(self) -> dict[int, int]:
        """Return of each pair how many more verdicts it takes until it is read; those that the queue lacks are left out."""
        read = {place: 0 for place, side in enumerate(self.sides) if side.votes}
        return read | {place: number for number, place in enumerate(self.unread, 1)}

    def after(self, more: int) -> list[RatedExample]:
        """Return the pairs as they are rated when so many more have been read."""
        new = set(self.unread[:more])
        sizes = Counter(self.strata)
        read = Counter(
            stratum
            for place, (side, stratum) in enumerate(zip(self.sides, self.strata, strict=True))
            if side.votes or place in new
        )
        return [
            side
            if side.chosen
            else replace(
                side, votes=side.votes or (_READ if place in new else ()), inclusion=read[stratum] / sizes[stratum]
            )
            for place, (side, stratum) in enumerate(zip(self.sides, self.strata, strict=True))
        ]


def more_verdicts(store: Store, old: Run, new: Run, matched: MatchedRuns, examples: int | None) -> MoreVerdicts | None:
    """Return the least further reading that makes a difference possible, with so many more examples read in both runs.

    None where nothing is lacking; `examples` of the result is None where reading all would not do, as it is where it
    is given as None.
    """
    if examples is None:
        return MoreVerdicts(None)
    if not examples:
        return None
    earlier = _reading(store, old, [pair.before for pair in matched.pairs], QueueKind.RANDOM)
    later = _reading(store, new, [pair.after for pair in matched.pairs], QueueKind.CHANGED)
    known = _read_in_both(matched.pairs)

    def suffices(more: tuple[int, int]) -> bool:
        units = shared_units(_read_on(matched.pairs, earlier, later, more), by_people, with_ties_half)
        return len(units.rated) >= known + examples and refusal(units) is None

    places = _places(matched.pairs, earlier, later)
    most = len(earlier.unread), len(later.unread)
    found = _least_reading(most, lambda more: _count_read(places, more) >= known + examples, suffices)
    if found is None:
        return MoreVerdicts(None)
    more_earlier, more_later = found
    gained = _read_in_both(_read_on(matched.pairs, earlier, later, found)) - known
    commands = [
        _command(run, queue, sum(bool(side.votes) for side in reading.sides) + more)
        for run, queue, reading, more in (
            (new, f" --queue {QueueKind.CHANGED}", later, more_later),
            (old, "", earlier, more_earlier),
        )
        if more
    ]
    return MoreVerdicts(gained, more_earlier, more_later, tuple(commands))


def _reading(store: Store, run: Run, sides: Sequence[RatedExample], queue: str) -> _Reading:
    judge = headline_judge(store, run).shown
    order = reading_order(store, run, queue, judge.id if judge else None)
    places = {side.pair: place for place, side in enumerate(sides)}
    strata = [""] * len(sides)
    unread = []
    for pair, stratum in order:
        place = places.get(pair)
        if place is not None:
            strata[place] = stratum
            if not sides[place].votes:
                unread.append(place)
    return _Reading(sides, unread, strata)


def _read_on(
    pairs: Sequence[MatchedExample], earlier: _Reading, later: _Reading, more: tuple[int, int]
) -> list[MatchedExample]:
    sides = zip(pairs, earlier.after(more[0]), later.after(more[1]), strict=True)
    return [replace(pair, before=before, after=after) for pair, before, after in sides]


def _read_in_both(pairs: Sequence[MatchedExample]) -> int:
    return len(shared_units(pairs, by_people, with_ties_half).rated)


def _places(pairs: Sequence[MatchedExample], earlier: _Reading, later: _Reading) -> list[list[tuple[int, int]]]:
    """Return of each unit that may have changed the places of its pairs in the two queues, 0 where they are read already."""
    ahead, behind = earlier.places(), later.places()
    units: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        if not pair.equal and number in ahead and number in behind:
            units[pair.asked].append((ahead[number], behind[number]))
    return list(units.values())


def _count_read(units: Sequence[Sequence[tuple[int, int]]], more: tuple[int, int]) -> int:
    """Return how many units have a pair that is read in both runs after so many more verdicts, be it resolved or not."""
    before, after = more
    return sum(any(ahead <= before and behind <= after for ahead, behind in unit) for unit in units)


_Suffices = Callable[[tuple[int, int]], bool]


def _least_reading(most: tuple[int, int], may_suffice: _Suffices, suffices: _Suffices) -> tuple[int, int] | None:
    """Return the fewest verdicts in the earlier and the later run that suffice: in one of them, or in both alike.

    `may_suffice` is quick and true wherever `suffices` is, which goes through every pair: 0.2 s each time with 10,000.
    """
    before, after = most
    ways: tuple[Callable[[int], tuple[int, int]], ...] = (
        lambda step: (0, min(step, after)),
        lambda step: (min(step, before), 0),
        lambda step: (min(step, before), min(step, after)),
        lambda step: (min(step, before), after),
        lambda step: (before, min(step, after)),
    )
    end = max(most)
    starts = [(step, way) for way in ways if (step := _first_step(0, end, way, may_suffice)) is not None]
    best: tuple[int, int] | None = None
    for start, way in sorted(starts, key=lambda one: sum(one[1](one[0]))):
        if best is not None and sum(way(start)) >= sum(best):
            break
        step = _first_step(start, end, way, suffices)
        if step is not None and (best is None or sum(way(step)) < sum(best)):
            best = way(step)
    return best


def _first_step(low: int, high: int, way: Callable[[int], tuple[int, int]], suffices: _Suffices) -> int | None:
    """Return the first step of a way that suffices, from `low` to `high`, by bisection; None where the last does not."""
    if suffices(way(low)):
        return low
    if not suffices(way(high)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(way(middle)) else (middle, high)
    return high


def _command(run: Run, queue: str, planned: int) -> str:
    """Return the command that reads on; a run whose name would need quoting is named by its number."""
    name = run.name if re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", run.name) else str(run.number)
    return f"uphold review {name}{queue} --plan {planned}"
