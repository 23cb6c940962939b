"""PandaLM's test set: figures that were published, or counted from its files."""

import pytest

from support.run_counts import PANDALM, pandalm, pandalm_runs
from uphold.records.comparisons import JointVerdicts
from uphold.stats.paired import compare_judge_pairs
from uphold.stats.summary import run_statistics

pytestmark = pytest.mark.skipif(not PANDALM.exists(), reason="the PandaLM data set is not beside the checkout")


@pytest.fixture(scope="module")
def found():
    return run_statistics(pandalm())


def test_the_three_annotators_have_the_published_kappas(found):
    assert [round(pair.kappa.value, 4) for pair in found.reviewers.pairs] == [0.8520, 0.8789, 0.8617]
    assert found.reviewers.items_shared == 999


def test_the_majority_labels_are_the_published_ones(found):
    human = found.human
    assert (human.ties, human.wins, human.losses, human.unresolved) == (105, 422, 472, 0)


@pytest.mark.parametrize(
    ("place", "unreadable", "agree", "n", "kappa", "decided_agree", "decided_n"),
    [(0, 25, 697, 974, 0.4929, 692, 849), (1, 0, 667, 999, 0.4354, 635, 819)],
)
def test_the_judges_agree_as_counted(found, place, unreadable, agree, n, kappa, decided_agree, decided_n):
    judge = found.judges[place]
    same = judge.agreement
    assert (judge.unreadable, judge.pending) == (unreadable, 0)
    assert (round(same.observed.rate * same.observed.n), same.observed.n) == (agree, n)
    assert round(same.kappa.value, 4) == kappa
    assert (round(same.without_ties.rate * same.without_ties.n), same.without_ties.n) == (decided_agree, decided_n)


def test_the_ceiling_of_the_reviewers_stands_beside_the_judges(found):
    people, judges = found.reviewers.per_vote.observed, [judge.agreement.per_vote.observed for judge in found.judges]
    assert (people.n, round(people.rate, 3)) == (2997, 0.92)
    assert [(vote.n, round(vote.rate, 3)) for vote in judges] == [(2922, 0.706), (2997, 0.66)]


def test_alpha_and_ac1_of_the_three_annotators(found):
    assert round(found.reviewers.alpha.value, 4) == 0.8642
    assert round(found.reviewers.ac1.value, 4) == 0.8864
    full = run_statistics(pandalm(), full=True).reviewers.alpha
    assert 0.84 < full.low < 0.8642 < full.high < 0.89


def test_the_two_judges_differ_on_the_same_reviews():
    by_judge = {}
    for run in pandalm_runs().values():
        for name, pairs in run.items():
            by_judge.setdefault(name, []).extend(pairs)
    names = list(by_judge)
    rows = [JointVerdicts(one[0], (one[1], other[1]), 0, 1) for one, other in zip(*by_judge.values(), strict=True)]
    (pair,) = compare_judge_pairs(names, rows)
    assert (pair.a, pair.b, pair.n) == ("gpt-3.5-turbo", "pandalm-7b", 974)
    assert (pair.only_a, pair.only_b) == (145, 104)
    assert round(pair.change.p, 4) == 0.0111


def test_with_every_item_read_the_set_is_exact_and_nothing_is_refused(found):
    assert found.headline.state == "assisted"
    assert found.headline.this_set.win_rate.method == "exact"
    assert found.headline.this_set.win_rate.rate == 422 / 999
