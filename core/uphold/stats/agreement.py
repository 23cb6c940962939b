"""Agreement of a judge with human labels: rates, kappa, AC1, per class, per vote, blind, anchoring and confidence.

Verdicts and labels fall into the three categories of `records.counts.CLASSES`; an inconsistent verdict counts as a tie
(setup S1 of MT-Bench), and both-bad too. Unreadable, failed and pending verdicts and unresolved labels are left out.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from uphold.formatting import count_noun, noun
from uphold.records.counts import CLASSES, MIN_FOR_RATE, JudgeGroups, PairGroup, Stratum, Votes
from uphold.records.enums import Choice, Verdict
from uphold.records.labels import LABEL_CLASS, TIE_CLASS, VERDICT_CLASS, Label, human_label, reviewer_votes
from uphold.records.statistics import (
    NEEDS_FULL,
    STRATIFIED,
    WEIGHTED,
    Agreement,
    Anchoring,
    ConfidenceBand,
    ConfidenceStatistics,
    PerClass,
    PerVote,
    Rate,
    Share,
    Value,
)
from uphold.stats.assisted import CHOSEN
from uphold.stats.coefficients import RatedItems, RatedPairs, ac1_value, auroc, confusion, kappa_value
from uphold.stats.exact_tests import newcombe
from uphold.stats.human import NOTHING
from uphold.stats.intervals import (
    NO_WEIGHTED_INTERVAL,
    ScoredPair,
    StratumShare,
    finite_share,
    mean_spread,
    no_rate,
    no_value,
    not_narrower_rate,
    share,
    stratified_share,
    weighted_rate,
)
from uphold.stats.weighting import StratumSize, Weights, enough_drawn, stratum_sizes, usable, weight_in, weights_of

NOT_INDEPENDENT = "votes on one pair are not independent: no interval"

NOT_BLIND = "no pair was decided before its verdict was shown"

NO_CONFIDENCE = "the judge gave no confidence on a pair with a human label"

FEW_VOTES = f"{MIN_FOR_RATE} votes of each kind needed"

CATEGORY = {choice: CLASSES.index(choice.preference) for choice in Choice}
"""The category of a vote; both-bad is compared as a tie."""

ALL = (Stratum("all"),)

_YET_TO_COME = (Verdict.PENDING, Verdict.FAILED)
"""Verdicts that a judge was asked for and may still give."""

WeightedPairs = tuple[int, int, int, float]
"""Votes compared alike: (first category, second category, how many, what each of them counts)."""

ConfidencePoint = tuple[float, bool, float]
"""Equal pairs: (the judge's confidence, whether its verdict is the human label, how many, or their weight)."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """Equal pairs: example (0 where each is its own), confidence, whether the verdict is the label, number and weight."""

    cluster: int
    confidence: float
    is_match: bool
    count: int
    weight: float


@dataclass(frozen=True)
class _Compared:
    """The pairs on which labels and verdicts are compared, by stratum, and what each of them counts.

    `pairs` is how many could be compared: they have a readable verdict, or one that is still to come. `weights` is None
    where all count alike. `drawn` says whether enough of those compared were drawn.
    """

    by_stratum: Mapping[int, Sequence[RatedPairs]]
    pairs: int
    weights: Weights | None
    drawn: bool

    @cached_property
    def rated(self) -> list[RatedPairs]:
        """All compared pairs, without strata."""
        return [row for rows in self.by_stratum.values() for row in rows]

    @property
    def n(self) -> int:
        """The number of compared pairs."""
        return sum(row[3] for row in self.rated)

    @property
    def refusal(self) -> str | None:
        """Why nothing is said of pairs that were drawn unequally; None where something is."""
        return None if self.weights is None else self.weights.refusal

    @cached_property
    def table(self) -> list[list[float]] | None:
        """The confusion matrix with weighted counts that sum up to n; None where there are no weights."""
        if self.weights is None or self.weights.refusal is not None:
            return None
        table = [[0.0] * len(CLASSES) for _ in CLASSES]
        for stratum, rows in self.by_stratum.items():
            for _, label, verdict, count in rows:
                table[label][verdict] += count * self.weights.by_stratum[stratum]
        return table

    def shares(self) -> list[StratumShare]:
        """Return the strata with how many of their pairs are compared, and how many of these agree."""
        assert self.weights is not None
        return [
            StratumShare(
                "",
                self.weights.pairs[stratum],
                sum(count for *_, count in rows),
                sum(count for _, label, verdict, count in rows if label == verdict),
            )
            for stratum, rows in self.by_stratum.items()
        ]


def agreement(judge: JudgeGroups, strata: Sequence[Stratum] = ALL) -> Agreement:
    """Return everything that compares one judge with people.

    Shares have Wilson's interval, clustered by example where pairs share one. Where the queue was weighted, all of them
    are weighted back; those that have no interval in that form stand alone. Of a reviewer's votes on a pair, a blind one
    goes before a later one.
    """
    compared = _compared(judge.cells, strata)
    rated, table = compared.rated, compared.table
    observed, this_set = _observed(compared, NOTHING)
    return Agreement(
        n=compared.n,
        observed=observed,
        this_set=this_set,
        draws_as_ties=_observed(_compared(judge.cells, strata, draws_as_ties=True), NOTHING)[0],
        raw=_raw(compared),
        kappa=_kappa(compared),
        ac1=_ac1(compared),
        precision=_per_class(
            compared, given=2, matched=1, empty_reason="the judge never said {} on a pair with a human label"
        ),
        recall=_per_class(
            compared, given=1, matched=2, empty_reason="people never said {} on a pair with a readable verdict"
        ),
        confusion=confusion(rated),
        weighted_confusion=None if table is None else tuple(map(tuple, table)),
        without_ties=_share_of(compared, _is_decided, _is_match, "no pair where both name a winner"),
        per_vote=per_vote(rated_votes(judge, strata), "no vote on a pair with a readable verdict"),
        blind=_observed(_compared(judge.cells, strata, blind=True), NOT_BLIND)[0],
        anchoring=anchoring(judge.cells, compared.weights),
        confidence=confidence(judge, compared.weights),
    )


def observed_agreement(judge: JudgeGroups, strata: Sequence[Stratum] = ALL) -> tuple[Rate, Value, Share]:
    """Return the agreement for instructions like these, kappa and the plain share alone, as `agreement` gives them."""
    compared = _compared(judge.cells, strata)
    return _observed(compared, NOTHING)[0], _kappa(compared), _raw(compared)


def _raw(compared: _Compared) -> Share:
    plain = share(_matches(compared.rated), NOTHING)
    return Share(plain.rate, plain.n, plain.reason if plain.rate is None else None)


def votes_to_compare(group: PairGroup) -> Votes:
    """Return the votes to compare with a verdict: each reviewer's blind vote where there is one, else the current one."""
    if not group.blind:
        return group.votes
    blind = dict(group.blind)
    return tuple((reviewer, blind.get(reviewer, choice)) for reviewer, choice in group.votes)


def rated_pairs(groups: Iterable[PairGroup], *, blind: bool = False, draws_as_ties: bool = False) -> list[RatedPairs]:
    """Return the pairs with a label and a readable verdict: (example, label's category, verdict's category, how many).

    With `blind` only votes cast before the verdict was seen make the label; with `draws_as_ties` a draw for first place
    is a tie instead of no label.
    """
    tally: dict[tuple[int, int, int], int] = {}
    for group in groups:
        verdict = VERDICT_CLASS.get(group.verdict) if group.verdict is not None else None
        if verdict is None:
            continue
        found = human_label(group.blind if blind else votes_to_compare(group))
        label = TIE_CLASS if draws_as_ties and found is Label.UNRESOLVED else LABEL_CLASS.get(found)
        if label is not None:
            key = (group.cluster, label, verdict)
            tally[key] = tally.get(key, 0) + group.count
    return [(*key, count) for key, count in tally.items()]


def rated_votes(judge: JudgeGroups, strata: Sequence[Stratum] = ALL) -> list[WeightedPairs]:
    """Return every single vote beside the readable verdict on its pair, as MT-Bench counts agreement, and its weight."""
    groups = [group for group in judge.cells if group.verdict in VERDICT_CLASS]
    sizes = stratum_sizes((group.stratum, group.count, bool(group.votes)) for group in groups)
    weights = usable(weights_of(sizes, strata))
    return [
        (CATEGORY[choice], VERDICT_CLASS[group.verdict], group.count, weight_in(weights, group.stratum))
        for group in groups
        if group.verdict is not None
        for _, choice in reviewer_votes(votes_to_compare(group))
    ]


def per_vote(rated: Sequence[WeightedPairs], empty_reason: str) -> PerVote:
    """Return the shares of equal categories among comparisons of single votes, with and without ties (MT-Bench S1, S2)."""
    decided = [row for row in rated if TIE_CLASS not in row[:2]]
    return PerVote(_vote_rate(rated, empty_reason), _vote_rate(decided, "no comparison where both name a winner"))


def _compared(
    groups: Sequence[PairGroup], strata: Sequence[Stratum], *, blind: bool = False, draws_as_ties: bool = False
) -> _Compared:
    comparable: dict[int, list[PairGroup]] = {}
    for group in groups:
        if group.verdict in VERDICT_CLASS or group.verdict in _YET_TO_COME:
            comparable.setdefault(group.stratum, []).append(group)
    found = {stratum: rated_pairs(own, blind=blind, draws_as_ties=draws_as_ties) for stratum, own in comparable.items()}
    sizes = {
        stratum: StratumSize(sum(group.count for group in own), sum(row[3] for row in found[stratum]))
        for stratum, own in comparable.items()
    }
    return _Compared(
        by_stratum={stratum: rows for stratum, rows in found.items() if rows},
        pairs=sum(size.pairs for size in sizes.values()),
        weights=weights_of(sizes, strata),
        drawn=enough_drawn(sizes, strata),
    )


def _observed(compared: _Compared, empty_reason: str) -> tuple[Rate, Rate]:
    """Return the share of equal categories for instructions like these, and for this set."""
    matches = _matches(compared.rated)
    n = compared.n
    if not n:
        return no_rate(0, empty_reason, "wilson"), no_rate(0, empty_reason, "wilson")
    if compared.refusal is not None:
        none = no_rate(n, compared.refusal, STRATIFIED)
        return none, none
    spread = mean_spread(matches)
    if compared.weights is not None:
        strata = compared.shares()
        population = stratified_share(strata, population=True, spread=spread)
        return not_narrower_rate(population, this_set := stratified_share(strata, spread=spread)), this_set
    population = share(matches, empty_reason)
    if n < compared.pairs and not compared.drawn:
        return population, no_rate(n, CHOSEN.format(count_noun(n, "pair")), "wilson, finite population")
    return population, finite_share(spread, compared.pairs)


def _kappa(compared: _Compared) -> Value:
    if compared.refusal is not None or not compared.rated:
        return no_value(compared.refusal or NOTHING)
    return kappa_value(compared.rated, compared.table)


def _ac1(compared: _Compared) -> Value:
    if compared.refusal is not None:
        return no_value(compared.refusal)
    return ac1_value(_rated_items(compared.rated, compared.table), weighted=compared.table is not None)


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


def _vote_rate(rated: Iterable[WeightedPairs], empty_reason: str) -> Rate:
    n, equal, total = 0, 0.0, 0.0
    for first, second, count, weight in rated:
        n += count
        total += count * weight
        equal += count * weight * (first == second)
    if not n:
        return Rate(None, None, None, 0, None, "votes", empty_reason)
    return Rate(equal / total, None, None, n, None, "votes", NOT_INDEPENDENT)


def _matches(rated: Iterable[RatedPairs]) -> list[ScoredPair]:
    return [(cluster, float(first == second), count) for cluster, first, second, count in rated]


def _is_decided(label: int, verdict: int) -> bool:
    """Whether neither side says tie (setup S2 of MT-Bench)."""
    return TIE_CLASS not in (label, verdict)


def _is_match(label: int, verdict: int) -> bool:
    return label == verdict


def _share_of(
    compared: _Compared, is_counted: Callable[[int, int], bool], is_hit: Callable[[int, int], bool], empty_reason: str
) -> Rate:
    """Return the share of hits among some of the compared pairs; from weighted counts it has no interval."""
    counted = [row for row in compared.rated if is_counted(row[1], row[2])]
    n = sum(row[3] for row in counted)
    if n and compared.refusal is not None:
        return no_rate(n, compared.refusal, WEIGHTED)
    if not n or compared.table is None:
        return share([(row[0], float(is_hit(row[1], row[2])), row[3]) for row in counted], empty_reason)
    cells = [
        (label, verdict, count)
        for label, counts in enumerate(compared.table)
        for verdict, count in enumerate(counts)
        if is_counted(label, verdict)
    ]
    hits = sum(count for label, verdict, count in cells if is_hit(label, verdict))
    return weighted_rate(hits / sum(count for *_, count in cells), n)


def _per_class(compared: _Compared, given: int, matched: int, empty_reason: str) -> PerClass:
    """Return, for each category in column `given` of the rated pairs, how often column `matched` is the same."""

    def rate(category: int) -> Rate:
        return _share_of(
            compared,
            lambda label, verdict: (label, verdict)[given - 1] == category,
            lambda label, verdict: (label, verdict)[matched - 1] == category,
            empty_reason.format(CLASSES[category]),
        )

    return PerClass(rate(0), rate(1), rate(2))


def confidence(judge: JudgeGroups, weights: Weights | None = None) -> ConfidenceStatistics:
    """Return agreement by the judge's confidence: thirds of the compared pairs, Brier score and AUROC.

    Pairs of equal confidence fall into the same third. Without recorded confidences only the reason is given. With
    `weights` everything is weighted, and the bands have no intervals.
    """
    if judge.confidences is None:
        return ConfidenceStatistics(0, (), None, None, NEEDS_FULL)
    points = _confidence_points(judge, weights)
    n = sum(point.count for point in points)
    if not n:
        return ConfidenceStatistics(0, (), None, None, NO_CONFIDENCE)
    if weights is not None and weights.refusal is not None:
        return ConfidenceStatistics(n, (), None, None, weights.refusal)
    plain = [(point.confidence, point.is_match, point.count * point.weight) for point in points]
    few = f"{MIN_FOR_RATE} pairs needed to judge a confidence, {n} {noun(n, 'is', 'are')} there"
    reason = None if n >= MIN_FOR_RATE else few
    bands = _bands(points, n, weighted=weights is not None)
    return ConfidenceStatistics(n, tuple(bands), brier(plain), auroc(plain), reason)


def brier(points: Sequence[ConfidencePoint]) -> float:
    """Return the Brier score: the mean squared distance of the confidence from 1 (correct) or 0 (wrong)."""
    n = math.fsum(count for *_, count in points)
    return math.fsum(count * (stated - is_match) ** 2 for stated, is_match, count in points) / n


def _confidence_points(judge: JudgeGroups, weights: Weights | None) -> list[_Stated]:
    found: dict[tuple[int, float, bool, float], int] = {}
    for cluster, stated, votes, verdict, count, *stratum in judge.confidences or ():
        label, judged = LABEL_CLASS.get(human_label(votes)), VERDICT_CLASS.get(verdict)
        if label is not None and judged is not None:
            weight = weight_in(weights, stratum[0] if stratum else 0)
            key = (cluster, stated, label == judged, weight)
            found[key] = found.get(key, 0) + count
    return [
        _Stated(cluster, stated, is_match, count, weight)
        for (cluster, stated, is_match, weight), count in found.items()
    ]


def _bands(points: Sequence[_Stated], n: int, *, weighted: bool) -> list[ConfidenceBand]:
    thirds: tuple[list[_Stated], ...] = ([], [], [])
    by_confidence: dict[float, list[_Stated]] = {}
    for point in points:
        by_confidence.setdefault(point.confidence, []).append(point)
    below = 0
    for _, equal in sorted(by_confidence.items()):
        size = sum(point.count for point in equal)
        thirds[min(2, int(3 * (below + size / 2) / n))].extend(equal)
        below += size
    return [_band(third, weighted=weighted) for third in thirds if third]


def _band(points: Sequence[_Stated], *, weighted: bool) -> ConfidenceBand:
    rate = share([(point.cluster, float(point.is_match), point.count) for point in points], "")
    if weighted:
        total = math.fsum(point.count * point.weight for point in points)
        hits = math.fsum(point.count * point.weight for point in points if point.is_match)
        rate = weighted_rate(hits / total, rate.n)
    return ConfidenceBand(min(point.confidence for point in points), max(point.confidence for point in points), rate)


def anchoring(groups: Iterable[PairGroup], weights: Weights | None = None) -> Anchoring | None:
    """Return agreement with the verdict in view less blind agreement, vote by vote, with Newcombe's interval.

    With `weights` the difference is weighted and has no interval. None where no blind session was held.
    """
    groups = list(groups)
    opened = _tally_votes(((group, group.opened) for group in groups), weights)
    blind = _tally_votes(((group, group.blind) for group in groups), weights)
    if not opened.n and not blind.n:
        return None
    if min(opened.n, blind.n) < MIN_FOR_RATE:
        return Anchoring(None, None, None, opened.n, blind.n, FEW_VOTES)
    if weights is None:
        low, high = newcombe(opened.hits, opened.n, blind.hits, blind.n)
        return Anchoring(opened.share - blind.share, low, high, opened.n, blind.n)
    if weights.refusal is not None or not opened.weight or not blind.weight:
        return Anchoring(None, None, None, opened.n, blind.n, weights.refusal or NO_WEIGHTED_INTERVAL)
    return Anchoring(opened.share - blind.share, None, None, opened.n, blind.n, NO_WEIGHTED_INTERVAL)


@dataclass(frozen=True, slots=True)
class _VoteTally:
    """Votes that agree with the verdict, out of `n`; both also weighted."""

    hits: int
    n: int
    weighted_hits: float
    weight: float

    @property
    def share(self) -> float:
        return self.weighted_hits / self.weight


def _tally_votes(votes_by_group: Iterable[tuple[PairGroup, Votes]], weights: Weights | None) -> _VoteTally:
    hits, n, weighted_hits, total = 0, 0, 0.0, 0.0
    for group, votes in votes_by_group:
        verdict = VERDICT_CLASS.get(group.verdict) if group.verdict is not None else None
        if verdict is None:
            continue
        weight = weight_in(weights, group.stratum)
        matching = group.count * sum(LABEL_CLASS[human_label((vote,))] == verdict for vote in votes)
        hits, n = hits + matching, n + group.count * len(votes)
        weighted_hits, total = weighted_hits + matching * weight, total + group.count * len(votes) * weight
    return _VoteTally(hits, n, weighted_hits, total)
