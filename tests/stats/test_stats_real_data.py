"""PandaLM's test set: figures that were published, or counted from its files."""

import pytest

from counted import PANDALM, pandalm
from uphold.stats import numbers

pytestmark = pytest.mark.skipif(not PANDALM.exists(), reason="the PandaLM data set is not beside the checkout")


@pytest.fixture(scope="module")
def found():
    return numbers(pandalm())


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
