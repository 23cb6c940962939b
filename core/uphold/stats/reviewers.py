"""Agreement among reviewers, which is the ceiling for any judge, and each reviewer's own biases."""

from collections.abc import Mapping
from itertools import combinations

from uphold.records.counts import CLASSES, ReviewerHabits, RunCounts
from uphold.records.labels import reviewer_votes
from uphold.records.statistics import MIN_FOR_RATE, Rate, ReviewerBias, ReviewerPair, ReviewerStatistics, Value
from uphold.stats.agreement import CATEGORY, per_vote
from uphold.stats.bias import reviewer_picks_longer
from uphold.stats.coefficients import RatedPairs, ac1_value, alpha_value, kappa_value
from uphold.stats.intervals import no_value, share

NO_SIDE = "no decision with a winner was made in the app"

NO_REPEAT = "no pair was shown twice"

FEW_SHARED = f"{MIN_FOR_RATE} pairs read by two reviewers needed"

PairTables = Mapping[tuple[int, int], Mapping[tuple[int, int, int], int]]
"""For each two reviewers: how many pairs they gave which categories, by (example, first's, second's)."""


def reviewer_statistics(counts: RunCounts, full: bool = False) -> ReviewerStatistics:
    """Return the agreement of each two reviewers and of all of them together, and each one's biases.

    Kappa for each two, Krippendorff's alpha and Gwet's AC1 for all; `full` adds alpha's interval, which is resampled.
    """
    tables = _pair_tables(counts)
    comparisons = [(0, *key[1:], count) for table in tables.values() for key, count in table.items()]
    voters = sorted({reviewer for group in counts.votes for reviewer, _ in reviewer_votes(group.votes)})
    items = _shared_items(counts)
    shared = sum(count for *_, count in items)
    enough = shared >= MIN_FOR_RATE
    return ReviewerStatistics(
        names=tuple(counts.reviewers[reviewer] for reviewer in voters),
        items_shared=shared,
        per_vote=per_vote(comparisons, "no pair was read by two reviewers"),
        pairs=tuple(
            _reviewer_pair(counts.reviewers[a], counts.reviewers[b], [(*key, count) for key, count in table.items()])
            for (a, b), table in sorted(tables.items())
        ),
        alpha=alpha_value(items, resample=full) if enough else no_value(FEW_SHARED),
        ac1=ac1_value(items) if enough else no_value(FEW_SHARED),
        leans=tuple(
            _reviewer_bias(counts.reviewers[reviewer], habits) for reviewer, habits in sorted(counts.habits.items())
        ),
    )


def _shared_items(counts: RunCounts) -> list[tuple[int, tuple[int, ...], int]]:
    """Return the pairs that two or more reviewers have read, as how many chose each category (see `RatedItems`)."""
    found: dict[tuple[int, tuple[int, ...]], int] = {}
    for group in counts.votes:
        votes = reviewer_votes(group.votes)
        if len(votes) > 1:
            categories = [CATEGORY[choice] for _, choice in votes]
            key = (group.cluster, tuple(categories.count(category) for category in range(len(CLASSES))))
            found[key] = found.get(key, 0) + group.count
    return [(*key, count) for key, count in found.items()]


def _pair_tables(counts: RunCounts) -> PairTables:
    tables: dict[tuple[int, int], dict[tuple[int, int, int], int]] = {}
    for group in counts.votes:
        votes = [(reviewer, CATEGORY[choice]) for reviewer, choice in reviewer_votes(group.votes)]
        for (a, category_a), (b, category_b) in combinations(votes, 2):
            table = tables.setdefault((a, b), {})
            key = (group.cluster, category_a, category_b)
            table[key] = table.get(key, 0) + group.count
    return tables


def _reviewer_pair(a: str, b: str, rated: list[RatedPairs]) -> ReviewerPair:
    equal = [(cluster, float(category_a == category_b), count) for cluster, category_a, category_b, count in rated]
    rate = share(equal, "no shared pair")
    return ReviewerPair(a, b, rate.n, rate, _kappa(rated, rate.n))


def _kappa(rated: list[RatedPairs], n: int) -> Value:
    if n < MIN_FOR_RATE:
        return no_value(f"{MIN_FOR_RATE} shared pairs needed for κ")
    return kappa_value(rated)


def _reviewer_bias(name: str, habits: ReviewerHabits) -> ReviewerBias:
    return ReviewerBias(
        name,
        first=_share(habits.chose_a, habits.chose_b, NO_SIDE),
        longer=reviewer_picks_longer(habits),
        self_agreement=_share(habits.same_on_repeat, habits.repeats - habits.same_on_repeat, NO_REPEAT),
        seconds=habits.seconds,
    )


def _share(hits: int, misses: int, empty_reason: str) -> Rate:
    return share([(0, 1.0, hits), (0, 0.0, misses)], empty_reason)
