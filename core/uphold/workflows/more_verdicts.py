"""Works out how many more verdicts a comparison of two runs needs, and the commands that read them.

The later run would go on in its queue of what changed, the earlier one in random order. Both are read on in thought until
enough examples are read in both runs, and nothing speaks against a difference.
"""

import re
from collections import Counter
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

    def suffices(pairs: Sequence[MatchedExample]) -> bool:
        units = shared_units(pairs, by_people, with_ties_half)
        return len(units.rated) >= known + examples and refusal(units) is None

    found = _least_reading(matched.pairs, earlier, later, suffices)
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


def _least_reading(
    pairs: Sequence[MatchedExample],
    earlier: _Reading,
    later: _Reading,
    suffices: Callable[[Sequence[MatchedExample]], bool],
) -> tuple[int, int] | None:
    """Return the fewest verdicts in the earlier and the later run that suffice: in one of them, or in both alike."""
    before, after = len(earlier.unread), len(later.unread)
    ways: tuple[Callable[[int], tuple[int, int]], ...] = (
        lambda step: (0, min(step, after)),
        lambda step: (min(step, before), 0),
        lambda step: (min(step, before), min(step, after)),
        lambda step: (min(step, before), after),
        lambda step: (before, min(step, after)),
    )
    found = [
        reading
        for way in ways
        if (reading := _fewest(max(before, after), way, lambda more: suffices(_read_on(pairs, earlier, later, more))))
    ]
    return min(found, key=sum, default=None)


def _fewest(
    most: int, way: Callable[[int], tuple[int, int]], suffices: Callable[[tuple[int, int]], bool]
) -> tuple[int, int] | None:
    """Return the first reading along a way that suffices, by bisection; None where the last does not."""
    if not suffices(way(most)):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(way(middle)) else (middle, high)
    return way(high)


def _command(run: Run, queue: str, planned: int) -> str:
    """Return the command that reads on; a run whose name would need quoting is named by its number."""
    name = run.name if re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", run.name) else str(run.number)
    return f"uphold review {name}{queue} --plan {planned}"
