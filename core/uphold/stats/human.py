"""Win rates of the candidate among the pairs that people have read, from the human labels."""

from collections.abc import Iterable

from uphold.records.counts import PairGroup, RunCounts
from uphold.records.labels import Label, human_label, is_both_bad
from uphold.records.statistics import HumanStatistics, ThreeRates
from uphold.stats.intervals import ScoredPair, no_rate, share, sign_test, ties_half

POOLED = "pooled over the runs of a set: there is no one candidate"

NO_LABEL = "no pair has a resolved human label"

NO_WINNER = "no decided items"

NOTHING = "no pair with both a human label and a readable verdict"

_SCORE = {Label.CANDIDATE: 1.0, Label.TIE: 0.5, Label.BASELINE: 0.0}


def human_statistics(counts: RunCounts) -> HumanStatistics:
    """Return counts of pairs by their human label, and the candidate's win rates over the resolved ones.

    `peek_safe` is left out; pooled counts have no rates.
    """
    tally = dict.fromkeys(Label, 0)
    both_bad = chosen = 0
    for group in counts.votes:
        tally[human_label(group.votes)] += group.count
        both_bad += group.count * is_both_bad(group.votes)
        chosen += group.count * (bool(group.votes) and counts.strata[group.stratum].chosen)
    scored = label_scores(counts.votes)
    decided = [pair for pair in scored if pair[1] != 0.5]
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
        rates=no_rates(wins + ties + losses, POOLED) if counts.pooled else three_rates(scored),
        without_ties=no_rate(wins + losses, POOLED, "wilson") if counts.pooled else share(decided, NO_WINNER),
        sign_p=None if counts.pooled or not decided else sign_test(wins, losses),
        chosen=chosen,
        older_reference=counts.older_reference,
    )


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
