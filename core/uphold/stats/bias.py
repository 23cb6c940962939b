"""Position bias and length bias of judges, and the length preference of reviewers."""

from collections.abc import Iterable, Sequence

from uphold.records.counts import JudgeGroups, PairGroup, ReviewerHabits
from uphold.records.enums import Preference, Verdict
from uphold.records.labels import Label, human_label
from uphold.records.statistics import MIN_FOR_RATE, LengthBias, PositionBias, Rate, Value
from uphold.stats.coefficients import spearman
from uphold.stats.intervals import ScoredPair, no_rate, no_value, share, sign_test

ONE_ORDER = "no pair is readable in both orders: position bias cannot be measured"

FEW_OPPOSITE = f"{MIN_FOR_RATE} pairs whose orders name opposite winners needed for a rate"

NO_JUDGE_WINNER = "the judge named no winner between answers of different length"

NO_HUMAN_WINNER = "people named no winner between answers of different length"

NO_VARIATION = "the lengths or the verdicts do not vary"

NO_RANK_INTERVAL = "a rank correlation is shown without interval"

_VERDICT_SIGN = {Verdict.CANDIDATE: 1, Verdict.BASELINE: -1}

_LABEL_SIGN = {Label.CANDIDATE: 1, Label.BASELINE: -1}
"""Signs of the winner, to be compared with `PairGroup.longer`; ties have none."""

_READABLE = (Verdict.CANDIDATE, Verdict.TIE, Verdict.INCONSISTENT, Verdict.BASELINE)


def position_bias(groups: Iterable[PairGroup]) -> PositionBias:
    """Return flips over the pairs readable in both orders, and first-position preference over opposite winners.

    Both are shares with Wilson's interval; the p is that of the sign test of first against second position.
    """
    both = [(group.cluster, group.orders, group.count) for group in groups if group.orders is not None]
    flipped = [
        (cluster, float(candidate_first != baseline_first), count)
        for cluster, (candidate_first, baseline_first), count in both
    ]
    opposite = [
        (cluster, float(candidate_first == Preference.CANDIDATE), count)
        for cluster, (candidate_first, baseline_first), count in both
        if candidate_first != baseline_first and Preference.TIE not in (candidate_first, baseline_first)
    ]
    first = sum(count for _, is_first, count in opposite if is_first)
    second = sum(count for _, is_first, count in opposite if not is_first)
    enough = first + second >= MIN_FOR_RATE
    return PositionBias(
        pairs_in_both_orders=sum(count for *_, count in both),
        flips=sum(count for _, is_flip, count in flipped if is_flip),
        flip_rate=share(flipped, ONE_ORDER),
        first=first,
        second=second,
        first_rate=share(opposite, FEW_OPPOSITE) if enough else no_rate(first + second, FEW_OPPOSITE, "wilson"),
        p=sign_test(first, second) if enough else None,
    )


def length_bias(judge: JudgeGroups) -> LengthBias:
    """Return how often the longer answer wins with the judge and with people, with Wilson's intervals.

    Counted over the pairs that have a label and a readable verdict; while there is none, over all readable verdicts.
    """
    readable = [group for group in judge.cells if group.verdict in _READABLE]
    both = [group for group in readable if human_label(group.votes) in (Label.CANDIDATE, Label.TIE, Label.BASELINE)]
    groups = both or readable
    return LengthBias(
        judge_longer=share(_judge_picks_longer(groups), NO_JUDGE_WINNER),
        human_longer=share(_people_pick_longer(groups), NO_HUMAN_WINNER),
        spearman=_length_correlation(judge.length_differences),
    )


def reviewer_picks_longer(habits: ReviewerHabits) -> Rate:
    """Return how often a reviewer's winner was the longer answer, with Wilson's interval."""
    counts: Sequence[ScoredPair] = [(0, 1.0, habits.chose_longer), (0, 0.0, habits.chose_shorter)]
    return share(counts, NO_HUMAN_WINNER)


def _judge_picks_longer(groups: Iterable[PairGroup]) -> list[ScoredPair]:
    signs = ((group, _VERDICT_SIGN.get(group.verdict, 0) if group.verdict else 0) for group in groups if group.longer)
    return [(group.cluster, float(sign == group.longer), group.count) for group, sign in signs if sign]


def _people_pick_longer(groups: Iterable[PairGroup]) -> list[ScoredPair]:
    signs = ((group, _LABEL_SIGN.get(human_label(group.votes), 0)) for group in groups if group.longer)
    return [(group.cluster, float(sign == group.longer), group.count) for group, sign in signs if sign]


def _length_correlation(differences: Iterable[tuple[int, Verdict, int]]) -> Value:
    """Return Spearman's correlation of the length difference in characters with the verdict.

    Candidate counts 1, tie and inconsistent 0, baseline -1.
    """
    points = [
        (float(characters), float(_VERDICT_SIGN.get(verdict, 0)), count)
        for characters, verdict, count in differences
        if verdict in _READABLE
    ]
    if sum(count for *_, count in points) < 2:
        return no_value(NO_JUDGE_WINNER)
    value = spearman(points)
    return no_value(NO_VARIATION) if value is None else Value(value, reason=NO_RANK_INTERVAL)
