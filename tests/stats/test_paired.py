"""Judges side by side, tags: exact tests and what they allow to say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES, compared, votes
from uphold.records.comparisons import JointVerdicts
from uphold.records.enums import Verdict
from uphold.stats.exact_tests import bonett_price, fisher, holm, mcnemar, mid_p, newcombe
from uphold.stats.paired import compare_judge_pairs
from uphold.stats.summary import run_statistics


def test_mcnemar_and_its_mid_p_are_the_library_s():
    for name in ("mcnemar", "mcnemar_no_discordant"):
        entry = ORACLES[name]
        only_a, only_b = entry["input"]["only_A"], entry["input"]["only_B"]
        assert mcnemar(only_a, only_b) == pytest.approx(entry["expected"]["exact_p"], abs=entry["tolerance"])
    entry = ORACLES["mcnemar"]
    assert mid_p(9, 19) == pytest.approx(entry["expected"]["mid_p"], abs=entry["tolerance"])
    assert mid_p(0, 0) == 1
    assert mid_p(2, 2) < 1


def test_paired_differences_have_bonett_and_price_s_interval():
    entry = ORACLES["paired_diff_ci"]
    for counts, ends in zip(entry["input"]["onlyA_onlyB_n"], entry["expected"]["ci"], strict=True):
        assert bonett_price(*counts) == pytest.approx(ends, abs=entry["tolerance"])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_only_makes_p_larger_and_keeps_their_order(ps):
    found = holm(ps)
    assert all(one <= other <= 1 for one, other in zip(ps, found, strict=True))
    ordered = [found[at] for at in sorted(range(len(ps)), key=lambda at: ps[at])]
    assert ordered == sorted(ordered)


def test_holm_is_the_library_s():
    entry = ORACLES["multiplicity"]
    assert holm(entry["input"]["p"]) == pytest.approx(entry["expected"]["holm"], abs=entry["tolerance"])


def test_fisher_adds_up_the_tables_that_are_no_likelier():
    ways = math.comb(20, 12)
    likely = [math.comb(10, k) * math.comb(10, 12 - k) / ways for k in range(2, 11)]
    assert fisher(3, 10, 9, 10) == pytest.approx(sum(p for p in likely if p <= likely[1] + 1e-12))
    assert fisher(5, 10, 5, 10) == pytest.approx(1)
    assert fisher(3, 10, 9, 10) == pytest.approx(fisher(9, 10, 3, 10))


def test_the_difference_of_two_shares_lies_in_newcombe_s_interval_and_mirrors():
    low, high = newcombe(18, 20, 50, 100)
    assert low < 0.4 < high
    assert newcombe(50, 100, 18, 20) == pytest.approx((-high, -low))


def test_two_judges_are_compared_on_the_pairs_that_both_can_be_read_on():
    rows = [
        JointVerdicts(votes("W"), (Verdict.CANDIDATE, Verdict.BASELINE, None), 0, 19),
        JointVerdicts(votes("W"), (Verdict.INCONSISTENT, Verdict.CANDIDATE, None), 0, 9),
        JointVerdicts(votes("L"), (Verdict.BASELINE, Verdict.BASELINE, None), 0, 52),
        JointVerdicts(votes("L"), (Verdict.UNREADABLE, Verdict.BASELINE, None), 0, 7),
        JointVerdicts(votes("WL"), (Verdict.CANDIDATE, Verdict.BASELINE, None), 0, 7),
    ]
    one, *others = compare_judge_pairs(["a", "b", "c"], rows)
    assert (one.a, one.b, one.n, one.only_a, one.only_b) == ("a", "b", 80, 19, 9)
    assert one.change.p == one.adjusted == pytest.approx(ORACLES["mcnemar"]["expected"]["exact_p"])
    assert (one.agree.rate, [other.n for other in others]) == (52 / 80, [0, 0])


def test_p_values_of_several_pairs_of_judges_are_adjusted():
    rows = [JointVerdicts(votes("W"), (Verdict.CANDIDATE, Verdict.BASELINE, Verdict.BASELINE), 0, 12)]
    found = compare_judge_pairs(["a", "b", "c"], rows)
    assert found[0].adjusted == pytest.approx(3 * found[0].change.p)


def test_a_tag_differs_only_after_holm_and_only_with_ten_verdicts_on_both_sides():
    hard, rest = compared("L" * 20, "W" * 20), "W" * 40 + "L" * 10
    whole = compared("L" * 20 + rest, "W" * 70)
    tags = {"hard": hard, "few": compared("W" * 5, "W" * 5), "same": compared("W" * 20 + "L" * 12, "W" * 32)}
    found = run_statistics(whole.__class__(**{f: getattr(whole, f) for f in whole.__slots__} | {"tags": tags}))
    hard, few, same = found.tags
    assert hard.win_rate.p < hard.win_rate.adjusted < 0.001
    assert (few.win_rate.p, few.win_rate.reason) == (None, "10 verdicts inside the tag and outside needed")
    assert same.win_rate.adjusted > 0.05
    assert hard.agreements[0].adjusted < 0.001
