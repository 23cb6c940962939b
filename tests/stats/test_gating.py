"""The gate: three outcomes, what a plan and a judge withhold, and how many more examples would settle it."""

import pytest

from support.matched_runs import part, runs
from support.run_counts import ORACLES
from uphold.records.comparisons import BestState, GateResult
from uphold.stats.best import difference_of, with_the_best
from uphold.stats.gating import examples_lacking, gate, judge_gate
from uphold.stats.run_difference import Estimate, Refusal, by_judge, rated_difference


@pytest.mark.parametrize(
    ("before", "after", "margin", "outcome", "reason"),
    [
        (
            "W" * 120 + "L" * 120,
            "W" * 121 + "L" * 119,
            0.05,
            GateResult.PASS,
            "not worse by 5 points or more: at least",
        ),
        ("W" * 50 + "L" * 10, "L" * 40 + "W" * 20, 0.05, GateResult.FAIL, "worse by more than 5 points: at most"),
        ("WL" * 15, "LW" * 15, 0.05, GateResult.INCONCLUSIVE, "not settled: between"),
        ("WL" * 4, "WL" * 4, 0.5, GateResult.INCONCLUSIVE, "10 examples read in both runs needed, 8 are there"),
        ("....", "WLWL", 0.5, GateResult.INCONCLUSIVE, "no example was read in both runs"),
    ],
)
def test_the_gate_has_three_outcomes_and_one_line_of_reason(before, after, margin, outcome, reason):
    found = gate(runs(part(before, after)), margin)
    assert found.outcome is outcome
    assert found.reason.startswith(reason)


def test_no_change_in_few_examples_is_no_pass_within_a_narrow_margin():
    found = gate(runs(part("W" * 20, "W" * 20)), 0.05)
    assert found.outcome is GateResult.INCONCLUSIVE
    assert found.bounds.low < -0.05


def test_answers_that_are_all_equal_pass_unread():
    found = gate(runs(part("." * 40, "." * 40, equal=True)), 0.05)
    assert (found.outcome, found.bounds.low, found.read) == (GateResult.PASS, 0.0, 40)
    assert found.reason == "not worse: every answer is equal in both runs"


def test_a_few_losses_alone_do_not_pass_at_their_own_size():
    """Before, the variance of 3 losses in 60 was taken as known, and a run at the margin passed in a fifth of the cases."""
    assert gate(runs(part("W" * 60, "L" * 1 + "W" * 59)), 0.05).outcome is GateResult.INCONCLUSIVE


def test_the_plan_counts_equal_answers_as_read_and_no_more_than_there_are():
    read = part("W" * 30 + "L" * 30, "W" * 30 + "L" * 30, unread=10)
    equal = part("." * 40, "." * 40, equal=True, start=100)
    found = gate(runs(read, equal), 0.2, planned=105)
    assert (found.outcome, found.so_far, found.reason) == (
        GateResult.INCONCLUSIVE,
        GateResult.PASS,
        "100 of 105 planned",
    )
    assert found.lacking == 5
    assert gate(runs(read, equal), 0.2, planned=100).outcome is GateResult.PASS
    assert gate(runs(part("W" * 60, "W" * 60)), 0.2, planned=500).outcome is GateResult.PASS


def test_a_judge_alone_decides_nothing_and_says_what_it_would():
    judged = ("W" * 40, "W" * 40)
    shared = runs(part("." * 40, "." * 40, judged), judge="gpt")
    assert gate(shared, 0.1).reason == "no example was read in both runs"
    found = judge_gate(shared, 0.1, "an opinion")
    assert (found.outcome, found.so_far, found.judge_caveat) == (GateResult.INCONCLUSIVE, GateResult.PASS, "an opinion")
    assert found.reason.startswith("a judge alone decides nothing; it would say PASS: not worse by 10 points or more")
    worse = judge_gate(runs(part("." * 40, "." * 40, ("W" * 40, "L" * 40))), 0.1, "")
    assert (worse.outcome, worse.so_far) == (GateResult.INCONCLUSIVE, GateResult.FAIL)


def test_a_judge_that_was_asked_for_a_part_says_nothing_of_the_rest():
    shared = runs(part("." * 40, "." * 40, ("W" * 24, "L" * 6 + "W" * 18)), judge="gpt")
    found = judge_gate(shared, 0.1, "")
    assert (found.bounds.low, found.bounds.high, found.so_far) == (None, None, GateResult.INCONCLUSIVE)
    assert found.bounds.reason == (
        "24 of 40 shared examples judged in both runs: the judge's verdicts on these speak for no others"
    )
    difference = rated_difference(shared, by_judge).ties_half
    assert (difference.difference, difference.low, difference.n) == (-0.25, None, 24)


def test_what_is_lacking_settles_the_gate_where_the_difference_stays():
    before, after = "W" * 40, "L" * 2 + "W" * 38
    shared = runs(part(before, after, unread=360))
    assert gate(shared, 0.1).outcome is GateResult.INCONCLUSIVE
    more = examples_lacking(shared, 0.1)
    share = (40 + more) / 40
    losses = int(2 * share)
    read = 40 + more
    settled = runs(part("W" * read, "L" * losses + "W" * (read - losses), unread=400 - read))
    assert 0 < more < 360
    assert gate(settled, 0.1).outcome is GateResult.PASS


def test_reading_everything_may_not_be_enough():
    shared = runs(part("W" * 20, "L" + "W" * 19, unread=5))
    assert examples_lacking(shared, 0.05) is None
    assert examples_lacking(runs(part("W" * 12, "L" + "W" * 11)), 0.05) is None


@pytest.mark.parametrize(
    ("pairs", "lacking"),
    [
        (part("." * 20, "." * 20, inclusion=0.0), 5),
        (part("W" * 7, "L" * 7, unread=30), 3),
        (part("W" * 7, "L" * 7), None),
        (part("W" * 30, "L" * 30), 0),
    ],
)
def test_a_refusal_says_how_many_more_it_takes(pairs, lacking):
    assert examples_lacking(runs(pairs)) == lacking


def _pairwise(entry):
    return {
        tuple(pair["of"].split("-")): Estimate(pair["difference"], pair["se"] ** 2, 10**7, 100, "t")
        for pair in entry["input"]["pairwise"]
    }


def test_comparisons_with_the_best_are_those_of_the_library():
    entry = ORACLES["best_of_three"]
    names = entry["input"]["runs"]
    for name, (state, found) in zip(names, with_the_best(names, _pairwise(entry)), strict=True):
        expected = entry["expected"][name]
        assert (found.low, found.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-6)
        assert state.value == expected["state"]


def test_a_run_that_cannot_be_compared_is_not_called_the_best_but_may_be_told_worse():
    entry = ORACLES["best_of_three"]
    pairs = _pairwise(entry) | {("a", "b"): Refusal("no example was read in both runs", None, 0)}
    states = [state for state, _ in with_the_best(["a", "b", "c"], pairs)]
    assert states == [BestState.MAY_BE_BEST, BestState.MAY_BE_BEST, BestState.NOT_THE_BEST]
    (_, found), *_ = with_the_best(["a", "b", "c"], pairs)
    assert (found.low, found.difference) == (None, None)
    assert found.reason == "not every two of the runs can be compared: no example was read in both runs"


def test_two_runs_with_the_same_answers_keep_a_third_from_nothing():
    same, better = runs(part("L" * 60, "L" * 60, equal=True)), runs(part("L" * 60, "W" * 40 + "L" * 20))
    pairs = {("b", "a"): difference_of(same), ("c", "a"): difference_of(better), ("c", "b"): difference_of(better)}
    found = with_the_best(["a", "b", "c"], pairs)
    assert [state for state, _ in found] == [BestState.NOT_THE_BEST, BestState.NOT_THE_BEST, BestState.BEST]
    alone = with_the_best(["a", "b", "c"], dict.fromkeys(pairs, difference_of(same)))
    assert {(state, one.difference, one.low, one.high) for state, one in alone} == {(BestState.MAY_BE_BEST, 0, 0, 0)}
