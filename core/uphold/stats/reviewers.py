"""How far reviewers agree with each other, the ceiling that a judge's agreement is held against, and with themselves."""

from collections.abc import Mapping
from itertools import combinations

from uphold.records.counts import CLASSES, ReviewerHabits, RunCounts
from uphold.records.reviews import majority_label
from uphold.records.statistics import MIN_FOR_RATE, Rate, ReviewerBias, ReviewerPair, ReviewerStatistics, Value
from uphold.stats.agreement import WORD, per_vote
from uphold.stats.bias import longer_of
from uphold.stats.coefficients import RatedPairs, ac1_value, alpha_value, kappa_value
from uphold.stats.intervals import no_value, share

NO_SIDE = "no decision with a winner was made in the app"


NO_REPEAT = "no pair was shown twice"


FEW_SHARED = f"{MIN_FOR_RATE} pairs read by two reviewers needed"


Tables = Mapping[tuple[int, int], Mapping[tuple[int, int, int], int]]
"""For two reviewers: how many pairs of which example they gave which two words."""


def reviewers(counts: RunCounts, full: bool = False) -> ReviewerStatistics:
    """Agreement of each two reviewers who read the same pairs, of all of them together, and each one's own habits.

    `full` adds alpha's interval, which needs resampling.
    """
    tables = _tables(counts)
    everything = [(0, *place[1:], count) for table in tables.values() for place, count in table.items()]
    voters = sorted({reviewer for cell in counts.votes for reviewer, _ in majority_label(cell.votes)})
    items = _items(counts)
    shared = sum(count for *_, count in items)
    enough = shared >= MIN_FOR_RATE
    return ReviewerStatistics(
        names=tuple(counts.reviewers[reviewer] for reviewer in voters),
        items_shared=shared,
        per_vote=per_vote(everything, "no pair was read by two reviewers"),
        pairs=tuple(
            _pair(counts.reviewers[a], counts.reviewers[b], [(*place, count) for place, count in table.items()])
            for (a, b), table in sorted(tables.items())
        ),
        alpha=alpha_value(items, resample=full) if enough else no_value(FEW_SHARED),
        ac1=ac1_value(items) if enough else no_value(FEW_SHARED),
        leans=tuple(_lean(counts.reviewers[reviewer], habits) for reviewer, habits in sorted(counts.habits.items())),
    )


def _items(counts: RunCounts) -> list[tuple[int, tuple[int, ...], int]]:
    """The pairs that two or more read, as how many gave each word."""
    found: dict[tuple[int, tuple[int, ...]], int] = {}
    for cell in counts.votes:
        votes = majority_label(cell.votes)
        if len(votes) > 1:
            said = [WORD[choice] for _, choice in votes]
            key = (cell.cluster, tuple(said.count(place) for place in range(len(CLASSES))))
            found[key] = found.get(key, 0) + cell.count
    return [(*key, count) for key, count in found.items()]


def _tables(counts: RunCounts) -> Tables:
    tables: dict[tuple[int, int], dict[tuple[int, int, int], int]] = {}
    for cell in counts.votes:
        said = [(reviewer, WORD[choice]) for reviewer, choice in majority_label(cell.votes)]
        for (a, one), (b, other) in combinations(said, 2):
            table = tables.setdefault((a, b), {})
            place = (cell.cluster, one, other)
            table[place] = table.get(place, 0) + cell.count
    return tables


def _pair(a: str, b: str, rated: list[RatedPairs]) -> ReviewerPair:
    same = share([(cluster, float(one == other), count) for cluster, one, other, count in rated], "no shared pair")
    return ReviewerPair(a, b, same.n, same, _kappa(rated, same.n))


def _kappa(rated: list[RatedPairs], n: int) -> Value:
    if n < MIN_FOR_RATE:
        return no_value(f"{MIN_FOR_RATE} shared pairs needed for κ")
    return kappa_value(rated)


def _lean(name: str, habits: ReviewerHabits) -> ReviewerBias:
    return ReviewerBias(
        name,
        first=_share(habits.first, habits.second, NO_SIDE),
        longer=longer_of(habits),
        self_agreement=_share(habits.same, habits.repeated - habits.same, NO_REPEAT),
        seconds=habits.seconds,
    )


def _share(hits: int, misses: int, empty: str) -> Rate:
    return share([(0, 1.0, hits), (0, 0.0, misses)], empty)
