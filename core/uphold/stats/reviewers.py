"""How far reviewers agree with each other: the ceiling that a judge's agreement is held against."""

from collections.abc import Mapping
from itertools import combinations

from uphold.records.numbers import LEAST_FOR_RATE, RunCounts, Value
from uphold.records.results import ReviewerNumbers, ReviewerPair
from uphold.stats.agreement import WORD, per_vote
from uphold.stats.kappa import Rated, kappa_value
from uphold.stats.shares import NOT_YET, no_value, share

Tables = Mapping[tuple[int, int], Mapping[tuple[int, int, int], int]]
"""For two reviewers: how many pairs of which example they gave which two words."""


def reviewers(counts: RunCounts) -> ReviewerNumbers:
    """Raw agreement and kappa of each two reviewers who read the same pairs, and of all their votes together."""
    tables = _tables(counts)
    everything = [(0, *place[1:], count) for table in tables.values() for place, count in table.items()]
    voters = sorted({reviewer for cell in counts.votes for reviewer, _ in cell.votes})
    return ReviewerNumbers(
        names=tuple(counts.reviewers[reviewer] for reviewer in voters),
        items_shared=sum(cell.count for cell in counts.votes if len(cell.votes) > 1),
        per_vote=per_vote(everything, "no pair was read by two reviewers"),
        pairs=tuple(
            _pair(counts.reviewers[a], counts.reviewers[b], [(*place, count) for place, count in table.items()])
            for (a, b), table in sorted(tables.items())
        ),
        alpha=no_value(NOT_YET),
    )


def _tables(counts: RunCounts) -> Tables:
    tables: dict[tuple[int, int], dict[tuple[int, int, int], int]] = {}
    for cell in counts.votes:
        said = [(reviewer, WORD[choice]) for reviewer, choice in cell.votes]
        for (a, one), (b, other) in combinations(said, 2):
            table = tables.setdefault((a, b), {})
            place = (cell.cluster, one, other)
            table[place] = table.get(place, 0) + cell.count
    return tables


def _pair(a: str, b: str, rated: list[Rated]) -> ReviewerPair:
    same = share([(cluster, float(one == other), count) for cluster, one, other, count in rated], "no shared pair")
    return ReviewerPair(a, b, same.n, same, _kappa(rated, same.n))


def _kappa(rated: list[Rated], n: int) -> Value:
    if n < LEAST_FOR_RATE:
        return no_value(f"{LEAST_FOR_RATE} shared pairs needed for κ")
    return kappa_value(rated)
