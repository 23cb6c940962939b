"""What the order of the two answers did to a judge."""

from collections.abc import Iterable, Sequence

from uphold.records.counts import JudgeGroups, PairGroup, ReviewerHabits
from uphold.records.enums import Preference, Verdict
from uphold.records.reviews import Label, human_label
from uphold.records.statistics import MIN_FOR_RATE, LengthBias, PositionBias, Rate, Value
from uphold.stats.coefficients import spearman
from uphold.stats.intervals import ScoredPair, no_rate, no_value, share, sign_test

ONE_ORDER = "no pair is readable in both orders: position bias cannot be measured"


FEW_OPPOSITE = f"{MIN_FOR_RATE} pairs whose orders name opposite winners needed for a rate"


def position(cells: Iterable[PairGroup]) -> PositionBias:
    """Flips over the pairs readable in both orders; first-position preference over those with opposite winners."""
    both = [(cell.cluster, cell.orders, cell.count) for cell in cells if cell.orders is not None]
    flipped = [(cluster, float(one != other), count) for cluster, (one, other), count in both]
    opposite = [
        (cluster, float(one == Preference.CANDIDATE), count)
        for cluster, (one, other), count in both
        if one != other and Preference.TIE not in (one, other)
    ]
    first = sum(count for _, chosen, count in opposite if chosen)
    second = sum(count for _, chosen, count in opposite if not chosen)
    enough = first + second >= MIN_FOR_RATE
    return PositionBias(
        pairs_in_both_orders=sum(count for *_, count in both),
        flips=sum(count for _, differs, count in flipped if differs),
        flip_rate=share(flipped, ONE_ORDER),
        first=first,
        second=second,
        first_rate=share(opposite, FEW_OPPOSITE) if enough else no_rate(first + second, FEW_OPPOSITE, "wilson"),
        p=sign_test(first, second) if enough else None,
    )


NO_JUDGE = "the judge named no winner between answers of different length"


NO_HUMAN = "people named no winner between answers of different length"


ONE_LENGTH = "the lengths or the verdicts do not vary"


NO_RANK_INTERVAL = "a rank correlation is shown without interval"


_SIDE = {Verdict.CANDIDATE: 1, Verdict.BASELINE: -1}


_LABEL = {Label.CANDIDATE: 1, Label.BASELINE: -1}


_READABLE = (Verdict.CANDIDATE, Verdict.TIE, Verdict.INCONSISTENT, Verdict.BASELINE)


def length(judge: JudgeGroups) -> LengthBias:
    """Over the pairs that have a label and a readable verdict; over all that the judge read while there is no such pair."""
    read = [cell for cell in judge.cells if cell.verdict in _READABLE]
    both = [cell for cell in read if human_label(cell.votes) in (Label.CANDIDATE, Label.TIE, Label.BASELINE)]
    cells = both or read
    return LengthBias(
        judge_longer=share(_judge(cells), NO_JUDGE),
        human_longer=share(_human(cells), NO_HUMAN),
        spearman=_spearman(judge.differences),
    )


def longer_of(habits: ReviewerHabits) -> Rate:
    """How often a reviewer's winner was the longer answer."""
    counts: Sequence[ScoredPair] = [(0, 1.0, habits.longer), (0, 0.0, habits.shorter)]
    return share(counts, NO_HUMAN)


def _judge(cells: Iterable[PairGroup]) -> list[ScoredPair]:
    sides = ((cell, _SIDE.get(cell.verdict, 0) if cell.verdict else 0) for cell in cells if cell.longer)
    return [(cell.cluster, float(side == cell.longer), cell.count) for cell, side in sides if side]


def _human(cells: Iterable[PairGroup]) -> list[ScoredPair]:
    sides = ((cell, _LABEL.get(human_label(cell.votes), 0)) for cell in cells if cell.longer)
    return [(cell.cluster, float(side == cell.longer), cell.count) for cell, side in sides if side]


def _spearman(differences: Iterable[tuple[int, Verdict, int]]) -> Value:
    """Length difference against the verdict: candidate 1, tie and inconsistent 0, baseline -1."""
    rows = [(float(more), float(_SIDE.get(word, 0)), count) for more, word, count in differences if word in _READABLE]
    if sum(count for *_, count in rows) < 2:
        return no_value(NO_JUDGE)
    value = spearman(rows)
    return no_value(ONE_LENGTH) if value is None else Value(value, reason=NO_RANK_INTERVAL)
