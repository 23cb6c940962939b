"""Two runs against each other, the gate, judges side by side, tags: exact tests and what they allow to say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES, VERDICTS, compared, votes
from uphold.records.comparisons import GateResult, JointVerdicts, MatchedExample, RatedExample
from uphold.records.enums import Verdict
from uphold.stats.exact_tests import bonett_price, fisher, holm, mcnemar, mid_p, newcombe
from uphold.stats.paired import (
    GateSubject,
    by_judge,
    by_people,
    compare_judge_pairs,
    gate,
    half_change,
    one_sided_bounds,
    paired_statistics,
)
from uphold.stats.summary import run_statistics

NAMES = GateSubject("new-vs-base", "old-vs-base")

WORD = {1.0: "W", 0.5: "T", 0.0: "L"}


def pairs(before, after, part="all", start=0, example=0):
    return [
        MatchedExample(
            f"k{start + at:03d}",
            1,
            example,
            _side(old, part),
            _side(new, part),
        )
        for at, (old, new) in enumerate(zip(before, after, strict=True))
    ]


def _side(word, part):
    return RatedExample(votes(word if word in WORD.values() else "."), VERDICTS.get(word), part)


def scores():
    given_ = ORACLES["paired_scores"]["input"]
    return pairs([WORD[s] for s in given_["B"]], [WORD[s] for s in given_["A"]])


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


def test_two_runs_are_compared_as_the_libraries_do():
    entry = ORACLES["paired_scores"]
    expected, found = entry["expected"], paired_statistics(scores(), by_people)
    half = found.ties_half
    assert (half.difference, half.low, half.high, half.p) == pytest.approx(
        (expected["diff"], *expected["ci"], expected["p"]), abs=entry["tolerance"]
    )
    assert (found.better, found.worse, found.sign_p) == (
        expected["better"],
        expected["worse"],
        pytest.approx(expected["sign_test_p"]),
    )
    assert (found.n, found.matched, found.ties_half.method) == (20, 20, "paired t")
    assert [(item.before, item.after) for item in found.items[:2]] == [(1.0, 0.0), (1.0, 0.5)]
    assert len(found.items) == 8


def test_wins_are_compared_with_mcnemar_and_bonett_price():
    before, after = "W" * 52 + "W" * 9 + "L" * 19 + "L" * 20, "W" * 52 + "L" * 9 + "W" * 19 + "L" * 20
    found = paired_statistics(pairs(before, after), by_people)
    assert (found.only_before, found.only_after, found.wins_before, found.wins_after) == (9, 19, 61, 71)
    low, high = ORACLES["paired_diff_ci"]["expected"]["ci"][0]
    change = found.win_rate
    assert (change.difference, change.low, change.high) == pytest.approx((0.1, -high, -low))
    assert change.p == pytest.approx(ORACLES["mcnemar"]["expected"]["exact_p"])


def test_what_is_unread_or_unreadable_in_one_run_is_no_pair():
    found = paired_statistics(pairs("W.LW", "WW.L"), by_people)
    assert (found.n, found.matched) == (2, 4)
    assert paired_statistics(pairs("WUIW", "WWTL"), by_judge).n == 3


def test_few_pairs_have_counts_and_a_reason():
    change = paired_statistics(pairs("WWL", "LWL"), by_people).ties_half
    assert (change.difference, change.low, change.reason) == (
        pytest.approx(-1 / 3),
        None,
        "10 pairs read in both runs needed",
    )


def test_where_nothing_changed_the_interval_keeps_a_width():
    found = paired_statistics(pairs("W" * 50, "W" * 50), by_people)
    assert (found.ties_half.low, found.ties_half.high) == pytest.approx(ORACLES["paired_diff_ci"]["expected"]["ci"][1])
    assert (found.items, found.win_rate.p) == ((), 1)


def test_several_turns_of_an_example_are_clustered_and_have_no_exact_p():
    matched = [one for k in range(1, 13) for one in pairs("WL", "LL" if k % 2 else "WW", example=k)]
    found = paired_statistics(matched, by_people)
    assert (found.win_rate.method, found.ties_half.method) == ("paired t, clustered by example",) * 2
    assert half_change([(1, 0.5, 3), (2, 0.0, 9)]).low is None


@given(st.lists(st.tuples(st.sampled_from("WTL"), st.sampled_from("WTL")), min_size=10, max_size=60))
def test_comparing_the_other_way_round_mirrors_everything(said):
    one = paired_statistics(pairs(*zip(*said, strict=True)), by_people)
    other = paired_statistics(pairs(*list(zip(*said, strict=True))[::-1]), by_people)
    for here, there in ((one.win_rate, other.win_rate), (one.ties_half, other.ties_half)):
        assert (here.low, here.difference, here.high) == pytest.approx((-there.high, -there.difference, -there.low))
    assert (one.better, one.worse, one.sign_p) == (other.worse, other.better, other.sign_p)


def test_the_gate_s_bound_is_the_library_s():
    entry = ORACLES["paired_scores"]
    expected, found = entry["expected"], gate(scores(), entry["input"]["margin"], NAMES)
    assert (found.low, found.p) == pytest.approx((expected["ni_lower_95_one_sided"], expected["ni_p"]), abs=1e-7)
    assert (found.result, found.n, found.level) == (GateResult.INCONCLUSIVE, 20, 0.95)
    assert gate(scores(), 0.052, NAMES).result is GateResult.PASS


@pytest.mark.parametrize(
    ("before", "after", "margin", "result", "reason"),
    [
        (
            "W" * 30 + "L" * 30,
            "W" * 31 + "L" * 29,
            0.05,
            GateResult.PASS,
            "not worse by 5 points or more: the difference is +1.7 points",
        ),
        ("W" * 50 + "L" * 10, "L" * 40 + "W" * 20, 0.05, GateResult.FAIL, "worse by more than 5 points"),
        ("WL" * 15, "LW" * 15, 0.05, GateResult.INCONCLUSIVE, "not settled: the difference is 0.0 points, between"),
        ("WL" * 4, "WL" * 4, 0.5, GateResult.INCONCLUSIVE, "10 pairs read in both runs needed, 8 are there"),
        ("....", "WLWL", 0.5, GateResult.INCONCLUSIVE, "no pair was read in both runs"),
    ],
)
def test_the_gate_has_three_results_and_one_line_of_reason(before, after, margin, result, reason):
    found = gate(pairs(before, after), margin, NAMES)
    assert found.result is result
    assert found.reason.startswith(reason)


def test_no_difference_in_few_pairs_is_no_pass_within_a_narrow_margin():
    found = gate(pairs("W" * 20, "W" * 20), 0.05, NAMES)
    assert (found.result, found.difference) == (GateResult.INCONCLUSIVE, 0)
    assert found.low < -0.05


def test_chosen_pairs_pass_no_gate_while_others_are_unread():
    read = pairs("WL" * 20, "WL" * 20, part=None)
    found = gate(read + pairs("." * 60, "." * 60, start=100), 0.2, NAMES)
    assert (found.result, found.reason) == (
        GateResult.INCONCLUSIVE,
        "chosen, not sampled: these numbers speak of the 40 pairs read",
    )
    assert gate(read, 0.2, NAMES).result is GateResult.PASS


def test_a_part_that_nobody_read_in_both_runs_is_named():
    matched = pairs("WL" * 20, "WL" * 20) + pairs("." * 20, "." * 20, part="orders disagree", start=100)
    assert gate(matched, 0.2, NAMES).reason.endswith("in the part 'orders disagree / orders disagree' (20 items)")


def test_parts_that_were_read_unequally_are_weighted():
    often = pairs("W" * 20 + "L" * 20, "L" * 19 + "W" + "L" * 20, part="orders disagree")
    rest = pairs("W" * 20, "W" * 20, start=100) + pairs("." * 340, "." * 340, start=200)
    found = gate(often + rest, 0.1, NAMES)
    assert found.difference == pytest.approx(0.1 * -19 / 40)
    assert found.method == "paired t, stratified"
    assert found.low < found.difference < found.high


def test_before_the_planned_n_a_gate_is_only_provisional():
    found = gate(pairs("W" * 30 + "L" * 30, "W" * 31 + "L" * 29), 0.05, NAMES, planned=100)
    assert (found.result, found.provisional) == (GateResult.INCONCLUSIVE, GateResult.PASS)
    assert found.reason == ("provisional: 60 of the 100 planned pairs are read in both runs; so far it would be PASS")


def test_a_judge_speaks_only_when_asked():
    matched = pairs("W" * 40, "W" * 40)
    silent = [
        MatchedExample(m.key, 1, 0, RatedExample((), m.before.verdict), RatedExample((), m.after.verdict))
        for m in matched
    ]
    assert gate(silent, 0.1, NAMES).reason == "no pair was read in both runs"
    found = gate(silent, 0.1, GateSubject("b", "a", "gpt", "an opinion"))
    assert (found.result, found.judge, found.judge_caveat) == (GateResult.PASS, "gpt", "an opinion")


def test_few_examples_give_no_bound():
    assert one_sided_bounds([(1 + k % 4, float(k % 2), 3) for k in range(12)]) == (
        "several pairs share an example: 10 examples needed for an interval"
    )


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
