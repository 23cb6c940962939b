"""The few numbers at the foot of the review."""

from support.run_counts import compared
from uphold.stats.summary import live_numbers, run_statistics


def test_below_ten_verdicts_there_are_counts_and_no_rate():
    found = live_numbers(compared("WWWWWLLTB", "WWWWWLLTT"), 1)
    assert (found.n, found.wins, found.ties, found.losses) == (9, 5, 2, 2)
    reasons = (found.win_rate.reason, found.agreement.reason, found.kappa.reason)
    assert reasons == ("10 verdicts needed for a rate",) * 3
    assert (found.win_rate.rate, found.win_rate.n, found.agreement.n) == (None, 9, 9)


def test_from_ten_verdicts_on_the_numbers_are_those_of_the_run():
    counts = compared("WWWWWLLTBL" * 5, "WWWWWLLTWI" * 5)
    found, whole = live_numbers(counts, 1), run_statistics(counts)
    assert found.win_rate == whole.human.rates.win_rate
    assert (found.agreement, found.kappa) == (whole.judges[0].agreement.observed, whole.judges[0].agreement.kappa)
    assert found.kappa.low is not None


def test_agreement_waits_for_ten_pairs_that_the_judge_can_be_read_on():
    found = live_numbers(compared("W" * 12, "W" * 8 + "UUUU"), 1)
    assert found.win_rate.rate == 1
    assert (found.agreement.rate, found.agreement.n) == (None, 8)


def test_without_a_judge_there_is_no_agreement():
    counts = compared("W" * 12, "W" * 12)
    for judge_id in (None, 99):
        found = live_numbers(counts, judge_id)
        assert found.win_rate.rate == 1
        assert found.agreement.reason == "no pair with both a human label and a readable verdict"
