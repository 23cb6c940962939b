"""How far reviewers agree with each other."""

from dataclasses import replace

import pytest

from support.run_counts import counts_of, votes
from uphold.records.counts import ReviewerHabits
from uphold.stats.reviewers import reviewer_statistics


def read(*said):
    return reviewer_statistics(counts_of([(votes(words), None, None, 0) for words in said]))


def test_two_reviewers_are_compared_on_the_pairs_that_both_read():
    found = read(*["WW"] * 8, *["LL"] * 5, *["WL"] * 2, "W.", ".L")
    (pair,) = found.pairs
    assert (pair.a, pair.b, pair.n, pair.agreement.rate) == ("ada", "ben", 15, 13 / 15)
    assert pair.kappa.value > 0.7
    assert found.items_shared == 15


def test_both_bad_and_tie_are_the_same_word_between_reviewers():
    assert read(*["BT"] * 12, *["WW"] * 3).pairs[0].agreement.rate == 1


def test_below_ten_shared_pairs_there_is_no_kappa():
    (pair,) = read(*["WW"] * 5, *["LL"] * 4).pairs
    assert (pair.n, pair.kappa.value, pair.kappa.reason) == (9, None, "10 shared pairs needed for κ")
    assert pair.agreement.rate == 1


def test_every_vote_is_compared_with_every_other_on_its_pair():
    found = read("WWL", "TW", "L")
    assert (found.per_vote.observed.n, found.per_vote.observed.rate) == (4, 1 / 4)
    assert (found.per_vote.without_ties.n, found.per_vote.without_ties.rate) == (3, 1 / 3)
    assert found.per_vote.observed.method == "votes"


def test_only_those_who_read_are_named():
    found = read("W.L")
    assert found.names == ("ada", "cyd")
    assert [(pair.a, pair.b) for pair in found.pairs] == [("ada", "cyd")]


def test_one_reviewer_alone_agrees_with_nobody():
    found = read("W", "L")
    assert (found.items_shared, found.pairs) == (0, ())
    assert found.per_vote.observed.reason == "no pair was read by two reviewers"
    assert (found.alpha.reason, found.ac1.reason) == ("10 pairs read by two reviewers needed",) * 2


def test_ten_shared_pairs_have_an_alpha_whose_interval_waits_for_full():
    found = read(*["WW"] * 8, *["LL"] * 5, *["WL"] * 2)
    assert (found.alpha.low, found.alpha.reason) == (None, "--full")
    assert found.alpha.value == pytest.approx(0.74, abs=0.02)
    assert found.ac1.low < found.ac1.value < found.ac1.high
    full = reviewer_statistics(
        counts_of([(votes("WW" if k % 3 else "LW"), None, None, 0) for k in range(30)]), full=True
    )
    assert full.alpha.low < full.alpha.value < full.alpha.high


def test_each_reviewer_s_own_habits_are_shares_with_their_n():
    habits = {
        1: ReviewerHabits(
            side_a=((0, 1.0, 12), (0, 0.0, 8)),
            longer=((0, 1.0, 15), (0, 0.0, 4)),
            same_on_repeat=((0, 1.0, 9), (0, 0.0, 3)),
            seconds=21.5,
        )
    }
    counts = counts_of([(votes("W"), None, None, 0)] * 12)
    lean = reviewer_statistics(replace(counts, habits=habits)).leans[0]
    assert (lean.name, lean.seconds) == ("ada", 21.5)
    shares = [(rate.rate, rate.n) for rate in (lean.first, lean.longer, lean.self_agreement)]
    assert shares == [(12 / 20, 20), (15 / 19, 19), (9 / 12, 12)]
    none = reviewer_statistics(replace(counts, habits={1: ReviewerHabits()})).leans[0]
    assert (none.first.reason, none.self_agreement.reason) == (
        "no decision with a winner was made in the app",
        "no pair was shown twice",
    )
