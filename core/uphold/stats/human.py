"""Win rates of the candidate among the pairs that people have read, from the human labels."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from uphold.records.counts import PairGroup, RunCounts
from uphold.records.labels import Label, human_label, is_both_bad
from uphold.records.statistics import STRATIFIED, WEIGHTED, HumanStatistics, Rate, ThreeRates
from uphold.stats.intervals import (
    NO_WEIGHTED_INTERVAL,
    ScoredPair,
    StratumShare,
    mean_spread,
    no_rate,
    share,
    sign_test,
    stratified_share,
    ties_half,
    weighted_rate,
)
from uphold.stats.weighting import Weights, stratum_sizes, weights_of

POOLED = "pooled over the runs of a set: there is no one candidate"

NO_LABEL = "no pair has a resolved human label"

NO_WINNER = "no decided items"

NOTHING = "no pair with both a human label and a readable verdict"

_SCORE = {Label.CANDIDATE: 1.0, Label.TIE: 0.5, Label.BASELINE: 0.0}


def human_statistics(counts: RunCounts) -> HumanStatistics:
    """Return counts of pairs by their human label, and the candidate's win rates over the resolved ones.

    `peek_safe` is left out; pooled counts have no rates. Where a queue drew some parts more often than others, the rates
    are weighted back.
    """
    tally = dict.fromkeys(Label, 0)
    both_bad = chosen = 0
    for group in counts.votes:
        tally[human_label(group.votes)] += group.count
        both_bad += group.count * is_both_bad(group.votes)
        chosen += group.count * (bool(group.votes) and counts.strata[group.stratum].chosen)
    weights = None if counts.pooled else _weights(counts)
    decided = [pair for pair in label_scores(counts.votes) if pair[1] != 0.5]
    wins, ties, losses = tally[Label.CANDIDATE], tally[Label.TIE], tally[Label.BASELINE]
    return HumanStatistics(
        reviewed=sum(tally.values()) - tally[Label.UNREAD],
        wins=wins,
        ties=ties,
        losses=losses,
        both_bad=both_bad,
        unresolved=tally[Label.UNRESOLVED],
        skipped=counts.skipped,
        broken=counts.broken,
        carried=counts.carried,
        imported=counts.imported,
        outside_queue=counts.outside_queue,
        stale=counts.stale,
        retired=counts.retired,
        rates=no_rates(wins + ties + losses, POOLED) if counts.pooled else _rates(counts, weights),
        without_ties=no_rate(wins + losses, POOLED, "wilson") if counts.pooled else _without_ties(counts, weights),
        sign_p=None if counts.pooled or not decided or weights is not None else sign_test(wins, losses),
        weighted=weights is not None and weights.refusal is None,
        chosen=chosen,
        older_reference=counts.older_reference,
    )


def _weights(counts: RunCounts) -> Weights | None:
    """Return what a label of each stratum counts; None unless a queue drew several strata unequally."""
    rows = ((group.stratum, group.count, human_label(group.votes) in _SCORE) for group in counts.votes)
    return weights_of(stratum_sizes(rows), counts.strata, least_drawn=2)


def _scores_by_stratum(counts: RunCounts) -> dict[int, list[ScoredPair]]:
    groups: dict[int, list[PairGroup]] = {}
    for group in counts.votes:
        groups.setdefault(group.stratum, []).append(group)
    return {stratum: scored for stratum, own in groups.items() if (scored := label_scores(own))}


def _rates(counts: RunCounts, weights: Weights | None) -> ThreeRates:
    """Return the three rates: plain, or weighted; plain ones without interval where a part of the queue is unread."""
    scored = label_scores(counts.votes)
    if weights is None:
        return three_rates(scored)
    if weights.refusal is not None:
        plain = three_rates(scored)
        return ThreeRates(
            *(
                replace(rate, low=None, high=None, method=STRATIFIED, reason=weights.refusal)
                for rate in (plain.win_rate, plain.win_tie_rate, plain.ties_half)
            )
        )
    by_stratum = _scores_by_stratum(counts)

    def rate(score: Callable[[float], float]) -> Rate:
        shares = [
            StratumShare(
                "",
                weights.pairs[stratum],
                sum(count for *_, count in own),
                sum(count * score(value) for _, value, count in own),
            )
            for stratum, own in by_stratum.items()
        ]
        spread = mean_spread([(cluster, score(value), count) for cluster, value, count in scored])
        return stratified_share(shares, population=True, spread=spread)

    win, win_tie = rate(lambda value: float(value == 1)), rate(lambda value: float(value > 0))
    half = rate(lambda value: value)
    return ThreeRates(win, win_tie, replace(half, low=None, high=None, method=WEIGHTED, reason=NO_WEIGHTED_INTERVAL))


def _without_ties(counts: RunCounts, weights: Weights | None) -> Rate:
    """Return the share of wins among the decided pairs; without an interval where it is weighted."""
    decided = [pair for pair in label_scores(counts.votes) if pair[1] != 0.5]
    plain = share(decided, NO_WINNER)
    if weights is None or plain.rate is None:
        return plain
    if weights.refusal is not None:
        return replace(plain, low=None, high=None, reason=weights.refusal)
    hits = total = 0.0
    for stratum, own in _scores_by_stratum(counts).items():
        weight = weights.by_stratum[stratum]
        hits += weight * sum(count for _, value, count in own if value == 1)
        total += weight * sum(count for _, value, count in own if value != 0.5)
    return weighted_rate(hits / total, plain.n)


def label_scores(groups: Iterable[PairGroup]) -> list[ScoredPair]:
    """Return the candidate's score (1 win, .5 tie, 0 loss) on every pair with a resolved label."""
    return [
        (group.cluster, _SCORE[human_label(group.votes)], group.count)
        for group in groups
        if human_label(group.votes) in _SCORE
    ]


def three_rates(scored: list[ScoredPair]) -> ThreeRates:
    """Return the candidate's win rate, win-or-tie rate and ties-as-half rate from scores 1, .5 and 0.

    The first two have Wilson's interval, the third that of `intervals.ties_half`.
    """
    return ThreeRates(
        win_rate=share([(cluster, float(score == 1), count) for cluster, score, count in scored], NO_LABEL),
        win_tie_rate=share([(cluster, float(score > 0), count) for cluster, score, count in scored], NO_LABEL),
        ties_half=ties_half(scored, NO_LABEL),
    )


def no_rates(n: int, reason: str) -> ThreeRates:
    """Return three rates that are withheld, with the reason."""
    return ThreeRates(no_rate(n, reason), no_rate(n, reason), no_rate(n, reason))
