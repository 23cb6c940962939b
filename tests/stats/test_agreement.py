"""How often a judge says what people say, and what is left out of the count."""

import pytest

from support.run_counts import ORACLES, compared, counts_of, votes
from uphold.records.enums import Verdict
from uphold.stats.agreement import NOT_INDEPENDENT, agreement
from uphold.stats.human import NOTHING


def of(human, judge):
    return agreement(compared(human, judge).judges[0])


def test_agreement_precision_and_recall_are_those_of_the_libraries():
    entry = ORACLES["judge_vs_human_3class"]
    expected = entry["expected"]
    same = of(entry["input"]["human"], entry["input"]["judge"])
    assert same.n == expected["n"]
    assert (same.observed.low, same.observed.high) == pytest.approx(expected["agreement_wilson"], abs=1e-9)
    for rates, wanted in ((same.precision, expected["precision"]), (same.recall, expected["recall"])):
        found = (rates.candidate.rate, rates.tie.rate, rates.baseline.rate)
        assert found == pytest.approx([wanted[word] for word in "WTL"], abs=entry["tolerance"])
    support = [rate.n for rate in (same.recall.candidate, same.recall.tie, same.recall.baseline)]
    assert support == [expected["support"][word] for word in "WTL"]


def test_a_word_the_judge_never_says_has_no_precision_rather_than_none_right():
    entry = ORACLES["class_never_predicted"]
    expected = entry["expected"]
    same = of(entry["input"]["human"], entry["input"]["judge"])
    assert (same.precision.tie.rate, same.precision.tie.n) == (None, 0)
    assert same.precision.tie.reason == "the judge never said tie on a pair with a human label"
    assert (same.recall.tie.rate, same.recall.tie.n) == (expected["recall"]["T"], 1)
    assert same.precision.baseline.rate == pytest.approx(expected["precision"]["L"])


def test_a_word_people_never_say_has_no_recall():
    same = of("WWL", "WTL")
    assert same.recall.tie.reason == "people never said tie on a pair with a readable verdict"
    assert same.precision.tie.rate == 0


def test_with_and_without_ties_is_the_count_of_mt_bench():
    entry = ORACLES["mtbench_s1_s2"]
    expected, given = entry["expected"], entry["input"]
    same = of(given["human"], [word.replace("T", "I") for word in given["judge_combined"]])
    assert (same.observed.n, same.without_ties.n) == (expected["s1_n"], expected["s2_n"])
    assert (same.observed.rate, same.without_ties.rate) == pytest.approx((expected["s1"], expected["s2"]))
    assert (same.without_ties.low, same.without_ties.high) == pytest.approx(expected["s2_ci"], abs=1e-9)


def test_an_inconsistent_verdict_is_compared_as_a_tie():
    same = of("TBW", "III")
    assert same.confusion == ((0, 1, 0), (0, 2, 0), (0, 0, 0))
    assert same.without_ties.reason == "no pair where both name a winner"


def test_unreadable_failed_and_pending_pairs_and_unread_ones_are_outside():
    same = of("WWWW.", "WUFPW")
    assert (same.n, same.raw.rate, same.raw.n) == (1, 1.0, 1)


def test_unresolved_pairs_are_outside_but_each_of_their_votes_is_compared():
    pairs = [(votes("WL"), Verdict.CANDIDATE, None, 0), (votes("LLW"), Verdict.BASELINE, None, 0)]
    same = agreement(counts_of(pairs).judges[0])
    assert (same.n, same.observed.rate) == (1, 1.0)
    assert (same.per_vote.observed.n, same.per_vote.observed.rate) == (5, 3 / 5)


def test_votes_have_a_rate_and_no_interval():
    rate = of("WWLT", "WLLW").per_vote.observed
    assert (rate.rate, rate.n, rate.method, rate.low, rate.high) == (0.5, 4, "votes", None, None)
    assert rate.reason == NOT_INDEPENDENT
    assert of("WWLT", "WLLW").per_vote.without_ties.n == 3


def test_nothing_to_compare_says_so_everywhere():
    same = of("..", "WL")
    assert [same.observed.reason, same.raw.reason, same.kappa.reason] == [NOTHING] * 3
    assert same.per_vote.observed.reason == "no vote on a pair with a readable verdict"
