"""The pairs behind a number are those that the number counts."""

from uphold.records.counts import JudgeGroups, PairGroup
from uphold.records.enums import Choice, Verdict
from uphold.records.pair_list import Behind, PairsBehind
from uphold.stats.agreement import agreement
from uphold.stats.bias import position_bias
from uphold.stats.pairs_behind import ids_behind


def test_behind_agreement_with_draws_as_ties_are_the_drawn_pairs_too() -> None:
    agreed, drawn = ((1, Choice.CANDIDATE),), ((1, Choice.CANDIDATE), (2, Choice.BASELINE))
    pairs = [PairGroup(agreed, Verdict.CANDIDATE, None, n, 1) for n in range(7)]
    pairs += [PairGroup(drawn, Verdict.TIE, None, n, 1) for n in range(7, 11)]
    pairs += [PairGroup(drawn, Verdict.UNREADABLE, None, 11, 1), PairGroup((), Verdict.TIE, None, 12, 1)]
    found = agreement(JudgeGroups(1, "judge", "1", "llm", tuple(pairs)))

    def behind(kind: Behind) -> frozenset[int]:
        return ids_behind(enumerate(pairs), PairsBehind(kind), {})

    assert behind(Behind.COMPARED) == frozenset(range(7))
    assert len(behind(Behind.COMPARED)) == found.observed.n
    assert behind(Behind.COMPARED_WITH_DRAWS) == frozenset(range(11))
    assert len(behind(Behind.COMPARED_WITH_DRAWS)) == found.draws_as_ties.n


def test_a_pair_that_cannot_be_read_in_one_order_is_behind_no_number_on_orders() -> None:
    orders = [("candidate", "baseline"), ("candidate", "unreadable"), ("unreadable", "baseline"), ("tie", "candidate")]
    pairs = [PairGroup((), Verdict.UNREADABLE, one, n, 1) for n, one in enumerate(orders * 10)]
    found = position_bias(pairs)
    opposite = ids_behind(enumerate(pairs), PairsBehind(Behind.OPPOSITE), {})
    flipped = ids_behind(enumerate(pairs), PairsBehind(Behind.FLIPPED), {})
    assert (len(opposite), len(flipped)) == (found.first + found.second, found.flips) == (10, 20)
