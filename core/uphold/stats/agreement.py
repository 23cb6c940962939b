"""Agreement of a judge with human labels: rates, kappa, AC1, per class, per vote, blind, anchoring and confidence.

Verdicts and labels fall into the three categories of `records.counts.CLASSES`; an inconsistent verdict counts as a tie
(setup S1 of MT-Bench), and both-bad too. Unreadable, failed and pending verdicts and unresolved labels are left out.
"""

import math
from collections.abc import Iterable, Sequence

from uphold.formatting import count_noun, noun
from uphold.records.counts import CLASSES, JudgeGroups, PairGroup, Stratum, Votes
from uphold.records.enums import Choice
from uphold.records.labels import LABEL_CLASS, TIE_CLASS, VERDICT_CLASS, human_label, reviewer_votes
from uphold.records.statistics import (
    MIN_FOR_RATE,
    NEEDS_FULL,
    Agreement,
    Anchoring,
    ConfidenceBand,
    ConfidenceStatistics,
    PerClass,
    PerVote,
    Rate,
    Share,
)
from uphold.stats.coefficients import RatedItems, RatedPairs, ac1_value, auroc, confusion, kappa_value
from uphold.stats.exact_tests import newcombe
from uphold.stats.human import NOTHING
from uphold.stats.intervals import (
    MAX_UNREAD_SHARE,
    ScoredPair,
    StratumShare,
    mean_spread,
    no_rate,
    no_value,
    share,
    stratified_share,
)

NOT_INDEPENDENT = "votes on one pair are not independent: no interval"

NOT_BLIND = "no pair was decided before its verdict was shown"

NO_CONFIDENCE = "the judge gave no confidence on a pair with a human label"

FEW_VOTES = f"{MIN_FOR_RATE} votes of each kind needed"

CATEGORY = {choice: CLASSES.index(choice.preference) for choice in Choice}
"""The category of a vote; both-bad is compared as a tie."""

ConfidencePoint = tuple[float, bool, int]
"""Equal pairs: (the judge's confidence, whether its verdict is the human label, how many)."""

ClusteredPoint = tuple[int, float, bool, int]
"""A `ConfidencePoint` with its example in front, 0 where each pair is an example of its own."""


def agreement(judge: JudgeGroups, strata: Sequence[Stratum] = (Stratum("all"),)) -> Agreement:
    """Return everything that compares one judge with people.

    Shares have Wilson's interval, clustered by example where pairs share one; where the queue was weighted, the observed
    agreement, kappa and AC1 are stratum-weighted. Of a reviewer's votes on a pair, a blind one goes before a later one.
    """
    rated = rated_pairs(judge.cells)
    plain = share(_matches(rated), NOTHING)
    shares = _stratum_shares(judge.cells, strata, rated)
    table = _weighted_table(judge.cells, shares) if shares else None
    return Agreement(
        n=plain.n,
        observed=_stratified_agreement(shares, rated, plain.n) if shares else plain,
        raw=Share(plain.rate, plain.n, plain.reason if plain.rate is None else None),
        kappa=kappa_value(rated, table) if rated else no_value(NOTHING),
        ac1=ac1_value(_rated_items(rated, table), weighted=table is not None),
        precision=_per_class(
            rated, given=2, matched=1, empty_reason="the judge never said {} on a pair with a human label"
        ),
        recall=_per_class(
            rated, given=1, matched=2, empty_reason="people never said {} on a pair with a readable verdict"
        ),
        confusion=confusion(rated),
        without_ties=share(_matches(_decided(rated)), "no pair where both name a winner"),
        per_vote=per_vote(rated_votes(judge), "no vote on a pair with a readable verdict"),
        blind=share(_matches(rated_pairs(judge.cells, blind=True)), NOT_BLIND),
        anchoring=anchoring(judge.cells),
        confidence=confidence(judge),
    )


def votes_to_compare(group: PairGroup) -> Votes:
    """Return the votes to compare with a verdict: each reviewer's blind vote where there is one, else the current one."""
    if not group.blind:
        return group.votes
    blind = dict(group.blind)
    return tuple((reviewer, blind.get(reviewer, choice)) for reviewer, choice in group.votes)


def rated_pairs(groups: Iterable[PairGroup], *, blind: bool = False) -> list[RatedPairs]:
    """Return the pairs with a label and a readable verdict: (example, label's category, verdict's category, how many).

    With `blind` only votes cast before the verdict was seen make the label.
    """
    tally: dict[tuple[int, int, int], int] = {}
    for group in groups:
        verdict = VERDICT_CLASS.get(group.verdict) if group.verdict is not None else None
        if verdict is None:
            continue
        label = LABEL_CLASS.get(human_label(group.blind if blind else votes_to_compare(group)))
        if label is not None:
            key = (group.cluster, label, verdict)
            tally[key] = tally.get(key, 0) + group.count
    return [(*key, count) for key, count in tally.items()]


def rated_votes(judge: JudgeGroups) -> list[RatedPairs]:
    """Return every single vote beside the readable verdict on its pair, as MT-Bench counts agreement."""
    return [
        (0, CATEGORY[choice], VERDICT_CLASS[group.verdict], group.count)
        for group in judge.cells
        if group.verdict in VERDICT_CLASS
        for _, choice in reviewer_votes(votes_to_compare(group))
    ]


def per_vote(rated: Sequence[RatedPairs], empty_reason: str) -> PerVote:
    """Return the shares of equal categories among comparisons of single votes, with and without ties (MT-Bench S1, S2)."""
    return PerVote(
        _vote_rate(rated, empty_reason), _vote_rate(_decided(rated), "no comparison where both name a winner")
    )


def _stratum_shares(
    groups: Sequence[PairGroup], strata: Sequence[Stratum], rated: Sequence[RatedPairs]
) -> list[StratumShare]:
    """Return the agreement in each stratum of a weighted queue; nothing where no weighting is needed or possible."""
    drawn = {group.stratum for group in groups if not strata[group.stratum].chosen}
    if len(drawn) < 2 or not rated:
        return []
    found = []
    for stratum in sorted({group.stratum for group in groups}):
        own = [group for group in groups if group.stratum == stratum and group.verdict in VERDICT_CLASS]
        matches = _matches(rated_pairs(own))
        hits = sum(count for _, is_match, count in matches if is_match)
        pairs = sum(group.count for group in own)
        found.append(StratumShare(strata[stratum].name, pairs, sum(count for *_, count in matches), hits))
    return found if _unread_stratum(found) or sum(stratum.n > 0 for stratum in found) > 1 else []


def _unread_stratum(strata: Sequence[StratumShare]) -> StratumShare | None:
    """Return the largest stratum without a verdict, where those without one hold more than a tenth of the pairs."""
    unread = [stratum for stratum in strata if stratum.pairs and not stratum.n]
    if sum(stratum.pairs for stratum in unread) > MAX_UNREAD_SHARE * sum(stratum.pairs for stratum in strata):
        return max(unread, key=lambda stratum: stratum.pairs)
    return None


def _stratified_agreement(strata: Sequence[StratumShare], rated: Sequence[RatedPairs], n: int) -> Rate:
    if (unread := _unread_stratum(strata)) is not None:
        reason = f"no verdict yet in the part {unread.name!r} ({count_noun(unread.pairs, 'item')})"
        return no_rate(n, reason, "wilson, stratified")
    design_effect = mean_spread(_matches(rated)).design_effect
    return stratified_share([stratum for stratum in strata if stratum.n], design_effect=design_effect)


def _weighted_table(groups: Sequence[PairGroup], shares: Sequence[StratumShare]) -> list[list[float]]:
    """Return the confusion matrix in which a pair of a stratum with N pairs, n of them compared, counts N / n."""
    table = [[0.0] * len(CLASSES) for _ in CLASSES]
    strata = sorted({group.stratum for group in groups})
    for stratum, share_ in zip(strata, shares, strict=True):
        for _, label, verdict, count in rated_pairs(group for group in groups if group.stratum == stratum):
            table[label][verdict] += count * share_.pairs / share_.n
    return table


def _rated_items(rated: Iterable[RatedPairs], table: Sequence[Sequence[float]] | None) -> list[RatedItems]:
    """Return each pair as an item with two raters, people and the judge; from the weighted `table` where there is one."""
    if table is not None:
        rows = [
            (0, label, verdict, count)
            for label, counts in enumerate(table)
            for verdict, count in enumerate(counts)
            if count
        ]
    else:
        rows = [(cluster, label, verdict, float(count)) for cluster, label, verdict, count in rated]
    categories = range(len(CLASSES))
    return [
        (cluster, tuple((label == k) + (verdict == k) for k in categories), count)
        for cluster, label, verdict, count in rows
    ]


def _vote_rate(rated: Iterable[RatedPairs], empty_reason: str) -> Rate:
    equal = total = 0
    for _, first, second, count in rated:
        total += count
        equal += count * (first == second)
    if not total:
        return Rate(None, None, None, 0, None, "votes", empty_reason)
    return Rate(equal / total, None, None, total, None, "votes", NOT_INDEPENDENT)


def _matches(rated: Iterable[RatedPairs]) -> list[ScoredPair]:
    return [(cluster, float(first == second), count) for cluster, first, second, count in rated]


def _decided(rated: Iterable[RatedPairs]) -> list[RatedPairs]:
    """Return the pairs on which neither rater says tie (setup S2 of MT-Bench)."""
    return [pair for pair in rated if TIE_CLASS not in pair[1:3]]


def _per_class(rated: Iterable[RatedPairs], given: int, matched: int, empty_reason: str) -> PerClass:
    """Return, for each category in column `given` of `rated`, how often column `matched` is the same."""
    scored: tuple[list[ScoredPair], ...] = ([], [], [])
    for pair in rated:
        scored[pair[given]].append((pair[0], float(pair[matched] == pair[given]), pair[3]))
    return PerClass(
        *(share(pairs, empty_reason.format(category)) for pairs, category in zip(scored, CLASSES, strict=True))
    )


def confidence(judge: JudgeGroups) -> ConfidenceStatistics:
    """Return agreement by the judge's confidence: thirds of the compared pairs, Brier score and AUROC.

    Pairs of equal confidence fall into the same third. Without recorded confidences only the reason is given.
    """
    if judge.confidences is None:
        return ConfidenceStatistics(0, (), None, None, NEEDS_FULL)
    points = _confidence_points(judge)
    n = sum(count for *_, count in points)
    if not n:
        return ConfidenceStatistics(0, (), None, None, NO_CONFIDENCE)
    plain = [point[1:] for point in points]
    few = f"{MIN_FOR_RATE} pairs needed to judge a confidence, {n} {noun(n, 'is', 'are')} there"
    reason = None if n >= MIN_FOR_RATE else few
    return ConfidenceStatistics(n, tuple(_bands(points, n)), brier(plain), auroc(plain), reason)


def brier(points: Sequence[ConfidencePoint]) -> float:
    """Return the Brier score: the mean squared distance of the confidence from 1 (correct) or 0 (wrong)."""
    n = sum(count for *_, count in points)
    return math.fsum(count * (stated - is_match) ** 2 for stated, is_match, count in points) / n


def _confidence_points(judge: JudgeGroups) -> list[ClusteredPoint]:
    found: dict[tuple[int, float, bool], int] = {}
    for cluster, stated, votes, verdict, count in judge.confidences or ():
        label, judged = LABEL_CLASS.get(human_label(votes)), VERDICT_CLASS.get(verdict)
        if label is not None and judged is not None:
            key = (cluster, stated, label == judged)
            found[key] = found.get(key, 0) + count
    return [(*key, count) for key, count in found.items()]


def _bands(points: Sequence[ClusteredPoint], n: int) -> list[ConfidenceBand]:
    thirds: tuple[list[ClusteredPoint], ...] = ([], [], [])
    by_confidence: dict[float, list[ClusteredPoint]] = {}
    for point in points:
        by_confidence.setdefault(point[1], []).append(point)
    below = 0
    for _, equal in sorted(by_confidence.items()):
        size = sum(count for *_, count in equal)
        thirds[min(2, int(3 * (below + size / 2) / n))].extend(equal)
        below += size
    return [_band(third) for third in thirds if third]


def _band(points: Sequence[ClusteredPoint]) -> ConfidenceBand:
    rate = share([(cluster, float(is_match), count) for cluster, _, is_match, count in points], "")
    return ConfidenceBand(min(point[1] for point in points), max(point[1] for point in points), rate)


def anchoring(groups: Iterable[PairGroup]) -> Anchoring | None:
    """Return agreement with the verdict in view less blind agreement, vote by vote, with Newcombe's interval.

    None where no blind session was held.
    """
    open_, blind = [0, 0], [0, 0]
    for group in groups:
        verdict = VERDICT_CLASS.get(group.verdict) if group.verdict is not None else None
        if verdict is None:
            continue
        for votes, hits_and_n in ((group.opened, open_), (group.blind, blind)):
            for vote in votes:
                hits_and_n[0] += group.count * (LABEL_CLASS[human_label((vote,))] == verdict)
                hits_and_n[1] += group.count
    if not open_[1] and not blind[1]:
        return None
    if min(open_[1], blind[1]) < MIN_FOR_RATE:
        return Anchoring(None, None, None, open_[1], blind[1], FEW_VOTES)
    low, high = newcombe(*open_, *blind)
    return Anchoring(open_[0] / open_[1] - blind[0] / blind[1], low, high, open_[1], blind[1])
