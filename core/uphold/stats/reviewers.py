"""Agreement among reviewers, which is the ceiling for any judge, and each reviewer's own biases."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

from uphold.records.counts import CLASSES, MIN_FOR_RATE, ReviewerHabits, RunCounts, Votes
from uphold.records.labels import reviewer_votes
from uphold.records.packs import ReviewerProgress, progress_of
from uphold.records.statistics import ReviewerBias, ReviewerPair, ReviewerStatistics, Value
from uphold.stats.agreement import CATEGORY, per_vote
from uphold.stats.bias import reviewer_picks_longer
from uphold.stats.coefficients import RatedItems, ac1_value, alpha_value, kappa_value
from uphold.stats.intervals import NO_WEIGHTED_INTERVAL, no_value, share, weighted_rate
from uphold.stats.weighting import Weights, stratum_sizes, usable, weight_in, weights_of

NO_SIDE = "no decision with a winner was made in the app"

NO_REPEAT = "no pair was shown twice"

FEW_SHARED = f"{MIN_FOR_RATE} pairs read by two reviewers needed"

_SharedVotes = dict[tuple[int, int, int, int], int]
"""How many pairs two reviewers gave which categories, by (stratum, example, first's, second's)."""


def reviewer_statistics(counts: RunCounts, full: bool = False) -> ReviewerStatistics:
    """Return the agreement of each two reviewers and of all of them together, and each one's biases.

    Kappa for each two, Krippendorff's alpha and Gwet's AC1 for all; `full` adds alpha's interval, which is resampled. Where
    a queue drew some parts more often than others, the pairs that two have read are weighted back, and no number has an
    interval.
    """
    tables = _pair_tables(counts)
    voters = sorted({reviewer for group in counts.votes for reviewer, _ in reviewer_votes(group.votes)})
    items, weights = _shared_items(counts)
    shared = sum(count for *_, count in items)
    enough = shared >= MIN_FOR_RATE
    known = usable(weights)
    comparisons = [
        (*key[2:], count, weight_in(known, key[0])) for table in tables.values() for key, count in table.items()
    ]
    return ReviewerStatistics(
        names=tuple(counts.reviewers[reviewer] for reviewer in voters),
        items_shared=shared,
        per_vote=per_vote(comparisons, "no pair was read by two reviewers"),
        pairs=tuple(_reviewer_pair(a, b, table, counts) for (a, b), table in sorted(tables.items())),
        alpha=_alpha(items, weights, full) if enough else no_value(FEW_SHARED),
        ac1=_ac1(items, weights) if enough else no_value(FEW_SHARED),
        leans=tuple(
            _reviewer_bias(counts.reviewers[reviewer], habits) for reviewer, habits in sorted(counts.habits.items())
        ),
        progress=_progress(counts),
    )


def _progress(counts: RunCounts) -> tuple[ReviewerProgress, ...]:
    """Return how far each of several reviewers is in a run; nothing over pooled runs, and for a tag alone."""
    if counts.pooled or counts.tag is not None:
        return ()
    read: dict[int, int] = {}
    for group in counts.votes:
        for reviewer, _ in reviewer_votes(group.votes):
            read[reviewer] = read.get(reviewer, 0) + group.count
    by_name = {counts.reviewers[reviewer]: count for reviewer, count in sorted(read.items())}
    return progress_of(by_name, counts.pairs, counts.packed)


_SharedItems = list[tuple[int, int, tuple[int, ...], int]]
"""(stratum, example, how many reviewers chose each category, how many pairs)"""


def _shared_items(counts: RunCounts) -> tuple[_SharedItems, Weights | None]:
    """Return the pairs that two or more reviewers have read, and what a pair of each stratum counts."""
    found: dict[tuple[int, int, tuple[int, ...]], int] = {}
    for group in counts.votes:
        votes = reviewer_votes(group.votes)
        if len(votes) > 1:
            categories = [CATEGORY[choice] for _, choice in votes]
            key = (group.stratum, group.cluster, tuple(categories.count(k) for k in range(len(CLASSES))))
            found[key] = found.get(key, 0) + group.count
    return [(*key, count) for key, count in found.items()], _weights(counts, lambda votes: len(votes) > 1)


def _weights(counts: RunCounts, is_shared: Callable[[Votes], bool]) -> Weights | None:
    """Return what a shared pair of each stratum counts; None where all count alike, and over pooled runs."""
    if counts.pooled:
        return None
    rows = ((group.stratum, group.count, is_shared(reviewer_votes(group.votes))) for group in counts.votes)
    return weights_of(stratum_sizes(rows), counts.strata, least_drawn=2)


def _pair_tables(counts: RunCounts) -> dict[tuple[int, int], _SharedVotes]:
    tables: dict[tuple[int, int], _SharedVotes] = {}
    for group in counts.votes:
        votes = [(reviewer, CATEGORY[choice]) for reviewer, choice in reviewer_votes(group.votes)]
        for (a, category_a), (b, category_b) in combinations(votes, 2):
            table = tables.setdefault((a, b), {})
            key = (group.stratum, group.cluster, category_a, category_b)
            table[key] = table.get(key, 0) + group.count
    return tables


def _weighted_items(items: _SharedItems, weights: Weights | None) -> list[RatedItems]:
    known = usable(weights)
    return [(cluster, chosen, count * weight_in(known, stratum)) for stratum, cluster, chosen, count in items]


def _alpha(items: _SharedItems, weights: Weights | None, full: bool) -> Value:
    found = alpha_value(_weighted_items(items, weights), resample=full and weights is None)
    return _without_interval(found, weights)


def _ac1(items: _SharedItems, weights: Weights | None) -> Value:
    return _without_interval(ac1_value(_weighted_items(items, weights), weighted=weights is not None), weights)


def _without_interval(value: Value, weights: Weights | None) -> Value:
    """Return a coefficient of pairs that were drawn unequally without its interval, and the reason."""
    if weights is None or value.value is None:
        return value
    return Value(value.value, reason=weights.refusal or NO_WEIGHTED_INTERVAL)


def _reviewer_pair(a: int, b: int, table: _SharedVotes, counts: RunCounts) -> ReviewerPair:
    weights = _weights(counts, lambda votes: {a, b} <= {reviewer for reviewer, _ in votes})
    rated = [(*key[1:], count) for key, count in table.items()]
    rate = share(
        [(cluster, float(first == second), count) for cluster, first, second, count in rated], "no shared pair"
    )
    kappa = kappa_value(rated) if rate.n >= MIN_FOR_RATE else no_value(f"{MIN_FOR_RATE} shared pairs needed for κ")
    if weights is not None and weights.refusal is not None:
        rate, kappa = replace(rate, low=None, high=None, reason=weights.refusal), _without_interval(kappa, weights)
    elif weights is not None:
        weighted = [[0.0] * len(CLASSES) for _ in CLASSES]
        for (stratum, _, first, second), count in table.items():
            weighted[first][second] += count * weights.by_stratum[stratum]
        agreeing, total = sum(weighted[k][k] for k in range(len(CLASSES))), sum(map(sum, weighted))
        rate = weighted_rate(agreeing / total, rate.n)
        kappa = kappa_value(rated, weighted) if rate.n >= MIN_FOR_RATE else kappa
    return ReviewerPair(counts.reviewers[a], counts.reviewers[b], rate.n, rate, kappa)


def _reviewer_bias(name: str, habits: ReviewerHabits) -> ReviewerBias:
    return ReviewerBias(
        name,
        first=share(habits.side_a, NO_SIDE),
        longer=reviewer_picks_longer(habits),
        self_agreement=share(habits.same_on_repeat, NO_REPEAT),
        seconds=habits.seconds,
    )
