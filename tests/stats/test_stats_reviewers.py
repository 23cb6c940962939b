"""How far reviewers agree with each other."""

from counted import counts_of, votes
from uphold.stats.reviewers import reviewers


def read(*said):
    return reviewers(counts_of([(votes(words), None, None, 0) for words in said]))


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
    assert found.alpha.reason == "not yet computed by this version"
