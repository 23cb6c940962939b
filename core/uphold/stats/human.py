"""What people said about the candidate, from the labels of the pairs they read."""

from collections.abc import Iterable

from uphold.records.counts import PairGroup, RunCounts
from uphold.records.reviews import Label, human_label, is_both_bad
from uphold.records.statistics import HumanStatistics, ThreeRates
from uphold.stats.intervals import ScoredPair, no_rate, share, sign_test, ties_half

POOLED = "pooled over the runs of a set: there is no one candidate"


NO_LABEL = "no pair has a resolved human label"


NO_WINNER = "no decided items"


_SCORE = {Label.CANDIDATE: 1.0, Label.TIE: 0.5, Label.BASELINE: 0.0}


def humans(counts: RunCounts) -> HumanStatistics:
    """Counts of pairs by their label, and the candidate's rates over the resolved ones."""
    tally = dict.fromkeys(Label, 0)
    both_bad = chosen = 0
    for cell in counts.votes:
        tally[human_label(cell.votes)] += cell.count
        both_bad += cell.count * is_both_bad(cell.votes)
        chosen += cell.count * (bool(cell.votes) and counts.strata[cell.stratum].chosen)
    scored = labelled(counts.votes)
    decided = [row for row in scored if row[1] != 0.5]
    wins, losses = tally[Label.CANDIDATE], tally[Label.BASELINE]
    return HumanStatistics(
        reviewed=sum(tally.values()) - tally[Label.UNREAD],
        wins=wins,
        ties=tally[Label.TIE],
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
        rates=no_rates(wins + tally[Label.TIE] + losses, POOLED) if counts.pooled else rates(scored),
        without_ties=no_rate(wins + losses, POOLED, "wilson") if counts.pooled else share(decided, NO_WINNER),
        sign_p=None if counts.pooled or not decided else sign_test(wins, losses),
        chosen=chosen,
    )


def labelled(cells: Iterable[PairGroup]) -> list[ScoredPair]:
    """The candidate's score (1, .5, 0) on every pair with a resolved label."""
    return [
        (cell.cluster, _SCORE[human_label(cell.votes)], cell.count)
        for cell in cells
        if human_label(cell.votes) in _SCORE
    ]


def rates(scored: list[ScoredPair]) -> ThreeRates:
    """The candidate's three rates from scores 1, .5 and 0."""
    return ThreeRates(
        win_rate=share([(cluster, float(score == 1), count) for cluster, score, count in scored], NO_LABEL),
        win_tie_rate=share([(cluster, float(score > 0), count) for cluster, score, count in scored], NO_LABEL),
        ties_half=ties_half(scored, NO_LABEL),
    )


def no_rates(n: int, reason: str) -> ThreeRates:
    """Three rates that are not given, and why."""
    return ThreeRates(no_rate(n, reason), no_rate(n, reason), no_rate(n, reason))
