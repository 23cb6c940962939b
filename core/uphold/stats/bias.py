"""Position bias and length bias of judges, and the length preference of reviewers."""

from collections.abc import Callable, Iterable, Sequence

from uphold.records.counts import MIN_FOR_RATE, JudgeGroups, PairGroup, ReviewerHabits, Stratum
from uphold.records.enums import Preference, Verdict
from uphold.records.labels import Label, human_label
from uphold.records.statistics import WEIGHTED, LengthBias, LengthTest, PositionBias, Rate, Value
from uphold.stats.coefficients import spearman
from uphold.stats.intervals import no_rate, no_value, share, sign_test, weighted_rate
from uphold.stats.weighting import Weights, stratum_sizes, weight_in, weights_of

ONE_ORDER = "no pair is readable in both orders: position bias cannot be measured"

FEW_OPPOSITE = f"{MIN_FOR_RATE} pairs whose orders name opposite winners needed for a rate"

NO_JUDGE_WINNER = "the judge named no winner between answers of different length"

NO_HUMAN_WINNER = "people named no winner between answers of different length"

FEW_DECIDED_BY_BOTH = f"{MIN_FOR_RATE} pairs of different length on which people and the judge name a winner needed"

NO_EXACT_TEST_WEIGHTED = "weighted queue: no exact test"

NO_EXACT_TEST_CLUSTERED = "several pairs share an example: no exact test"

NO_VARIATION = "the lengths or the verdicts do not vary"

NO_RANK_INTERVAL = "a rank correlation is shown without interval"

UNREADABLE = Verdict.UNREADABLE.value

_VERDICT_SIGN = {Verdict.CANDIDATE: 1, Verdict.BASELINE: -1}

_LABEL_SIGN = {Label.CANDIDATE: 1, Label.BASELINE: -1}
"""Signs of the winner, to be compared with `PairGroup.longer`; ties have none."""

_LABELS = (Label.CANDIDATE, Label.TIE, Label.BASELINE)

_READABLE = (Verdict.CANDIDATE, Verdict.TIE, Verdict.INCONSISTENT, Verdict.BASELINE)


def is_readable_in_both(orders: tuple[str, str]) -> bool:
    """Whether a pair's answers can be read in both orders, (candidate first, baseline first)."""
    return UNREADABLE not in orders


def is_flip(orders: tuple[str, str]) -> bool:
    """Whether the answers can be read in both orders and differ."""
    return is_readable_in_both(orders) and orders[0] != orders[1]


def is_opposite(orders: tuple[str, str]) -> bool:
    """Whether the two orders name opposite winners; a tie names none."""
    return is_flip(orders) and Preference.TIE not in orders


def position_bias(groups: Iterable[PairGroup]) -> PositionBias:
    """Return flips over the pairs readable in both orders, and first-position preference over opposite winners.

    Both are shares with Wilson's interval; the p is that of the sign test of first against second position.
    """
    both = [
        (group.cluster, group.orders, group.count)
        for group in groups
        if group.orders is not None and is_readable_in_both(group.orders)
    ]
    flipped = [(cluster, float(is_flip(orders)), count) for cluster, orders, count in both]
    opposite = [
        (cluster, float(orders[0] == Preference.CANDIDATE), count)
        for cluster, orders, count in both
        if is_opposite(orders)
    ]
    first = sum(count for _, is_first, count in opposite if is_first)
    second = sum(count for _, is_first, count in opposite if not is_first)
    enough = first + second >= MIN_FOR_RATE
    return PositionBias(
        pairs_in_both_orders=sum(count for *_, count in both),
        flips=sum(count for _, flips, count in flipped if flips),
        flip_rate=share(flipped, ONE_ORDER),
        first=first,
        second=second,
        first_rate=share(opposite, FEW_OPPOSITE) if enough else no_rate(first + second, FEW_OPPOSITE, "wilson"),
        p=sign_test(first, second) if enough else None,
    )


def length_bias(judge: JudgeGroups, strata: Sequence[Stratum] = (Stratum("all"),)) -> LengthBias:
    """Return how often the longer answer wins with the judge and with people, and a test of one against the other.

    Counted over the pairs that have a label and a readable verdict; while there is none, over all readable verdicts.
    Shares have Wilson's interval; where the queue was weighted they are weighted and have none.
    """
    readable = [group for group in judge.cells if group.verdict in _READABLE]
    both = [group for group in readable if human_label(group.votes) in _LABELS]
    weights = _label_weights(readable, strata) if both else None
    return LengthBias(
        judge_longer=_longer(both or readable, _verdict_sign, weights, NO_JUDGE_WINNER),
        human_longer=_longer(both or readable, _label_sign, weights, NO_HUMAN_WINNER),
        spearman=_length_correlation(judge.length_differences),
        against_people=_against_people(both, weights),
    )


def _label_weights(readable: Iterable[PairGroup], strata: Sequence[Stratum]) -> Weights | None:
    """Return the weights of pairs with a label among those with a readable verdict."""
    rows = ((group.stratum, group.count, human_label(group.votes) in _LABELS) for group in readable)
    return weights_of(stratum_sizes(rows), strata)


def _longer(
    groups: Iterable[PairGroup], sign_of: Callable[[PairGroup], int], weights: Weights | None, empty_reason: str
) -> Rate:
    """Return how often the longer answer wins among pairs of answers that differ in length and have a winner."""
    decided = [(group, sign == group.longer) for group in groups if group.longer and (sign := sign_of(group))]
    plain = share([(group.cluster, float(hit), group.count) for group, hit in decided], empty_reason)
    if weights is None or plain.rate is None:
        return plain
    if weights.refusal is not None:
        return no_rate(plain.n, weights.refusal, WEIGHTED)
    counts = [(group.count * weight_in(weights, group.stratum), hit) for group, hit in decided]
    rate = sum(count for count, hit in counts if hit) / sum(count for count, _ in counts)
    return weighted_rate(rate, plain.n)


def _against_people(groups: Iterable[PairGroup], weights: Weights | None) -> LengthTest:
    """Return the exact McNemar test of whether the longer answer wins with the judge as often as with people.

    Its pairs are those of answers that differ in length on which both name a winner; where several share an example, or
    where the queue was weighted, there is no exact test.
    """
    rows = [
        (group, _verdict_sign(group) == group.longer, _label_sign(group) == group.longer)
        for group in groups
        if group.longer and _verdict_sign(group) and _label_sign(group)
    ]
    n = sum(group.count for group, *_ in rows)
    judge_only = sum(group.count for group, by_judge, by_people in rows if by_judge and not by_people)
    people_only = sum(group.count for group, by_judge, by_people in rows if by_people and not by_judge)
    reason = None
    if n < MIN_FOR_RATE:
        reason = FEW_DECIDED_BY_BOTH
    elif weights is not None:
        reason = NO_EXACT_TEST_WEIGHTED
    elif _share_examples(group for group, *_ in rows):
        reason = NO_EXACT_TEST_CLUSTERED
    p = sign_test(judge_only, people_only) if reason is None else None
    return LengthTest(n, judge_only, people_only, p, reason)


def _share_examples(groups: Iterable[PairGroup]) -> bool:
    sizes: dict[int, int] = {}
    for group in groups:
        if group.cluster:
            sizes[group.cluster] = sizes.get(group.cluster, 0) + group.count
    return any(size > 1 for size in sizes.values())


def reviewer_picks_longer(habits: ReviewerHabits) -> Rate:
    """Return how often a reviewer's winner was the longer answer, with Wilson's interval."""
    return share(habits.longer, NO_HUMAN_WINNER)


def _verdict_sign(group: PairGroup) -> int:
    return _VERDICT_SIGN.get(group.verdict, 0) if group.verdict is not None else 0


def _label_sign(group: PairGroup) -> int:
    return _LABEL_SIGN.get(human_label(group.votes), 0)


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
