"""Cohen's kappa against independent libraries, and when it or its interval is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES
from uphold.stats.coefficients import ONE_CLASS, Undefined, cohen_kappa, confusion, kappa_value

PLACE = {"W": 0, "T": 1, "L": 2}

tables = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=3)


def rated(human, judge):
    return [(0, PLACE[one], PLACE[other], 1) for one, other in zip(human, judge, strict=True)]


def of_table(table, cluster=0):
    return [(cluster, i, j, count) for i, row in enumerate(table) for j, count in enumerate(row) if count]


def test_three_words_give_the_kappa_and_error_of_statsmodels():
    entry = ORACLES["judge_vs_human_3class"]
    expected, given_ = entry["expected"], entry["input"]
    table = confusion(rated(given_["human"], given_["judge"]))
    kappa = cohen_kappa(table)
    assert [list(row) for row in table] == expected["confusion_rows_human_cols_judge"]
    found = (kappa.value, kappa.standard_error, kappa.chance, kappa.observed, kappa.n)
    wanted = (expected["kappa"], expected["kappa_se"], expected["chance_agreement"], expected["agreement"], 36)
    assert found == pytest.approx(wanted, abs=entry["tolerance"])


def test_high_agreement_on_one_word_gives_a_kappa_near_zero():
    entry = ORACLES["kappa_paradox"]
    expected, given_ = entry["expected"], entry["input"]
    kappa = cohen_kappa(confusion(rated(given_["human"], given_["judge"])))
    ends = [kappa.value + side * 1.959963984540054 * kappa.standard_error for side in (-1, 1)]
    assert (kappa.value, kappa.chance, kappa.observed) == pytest.approx(
        (expected["kappa"], expected["chance_agreement"], expected["agreement"]), abs=entry["tolerance"]
    )
    assert ends == pytest.approx(expected["kappa_ci"], abs=entry["tolerance"])


def test_one_class_only_has_no_kappa():
    given_ = ORACLES["kappa_undefined"]["input"]
    pairs = rated(given_["human"], given_["judge"])
    assert cohen_kappa(confusion(pairs)) == Undefined(ONE_CLASS)
    value = kappa_value(pairs)
    assert (value.value, value.low, value.high, value.reason) == (None, None, None, "undefined (one class)")


def test_nothing_to_compare_has_no_kappa():
    assert kappa_value([]).reason == "nothing to compare"


def test_a_judge_that_never_says_tie_still_has_a_kappa():
    entry = ORACLES["class_never_predicted"]
    value = kappa_value(rated(entry["input"]["human"], entry["input"]["judge"]))
    assert value.value == pytest.approx(entry["expected"]["kappa"], abs=entry["tolerance"])


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[14, 1, 1], [2, 4, 1], [3, 1, 9]], "40 pairs needed for an interval"),
        (
            [[90, 0, 2], [0, 0, 0], [3, 0, 5]],
            "chance alone would agree on 86 % of these pairs: no interval can be trusted",
        ),
        ([[30, 0, 0], [0, 5, 0], [0, 0, 30]], "no disagreement yet: no interval"),
    ],
)
def test_the_interval_is_refused_where_it_could_not_be_trusted(table, reason):
    value = kappa_value(of_table(table))
    assert value.value is not None
    assert (value.low, value.high, value.reason) == (None, None, reason)


def test_forty_pairs_have_an_interval():
    value = kappa_value(of_table([[14, 1, 1], [2, 6, 1], [3, 1, 11]]))
    assert value.low < value.value < value.high
    assert value.reason is None


def test_a_clustered_interval_is_wider_when_one_example_gives_the_same_answers_twice():
    alone = of_table([[14, 1, 1], [2, 6, 1], [3, 1, 11]])
    apart = [(0, i, j, 2 * count) for _, i, j, count in alone]
    together = [(7 * i + j + 1 + 100 * k, i, j, 2) for _, i, j, count in alone for k in range(count)]
    free, tied = kappa_value(apart), kappa_value(together)
    assert free.value == pytest.approx(tied.value)
    assert (tied.high - tied.low) / (free.high - free.low) == pytest.approx(2**0.5, rel=0.05)


def test_few_examples_with_several_pairs_have_no_interval():
    pairs = [
        (1 + k % 5, i, j, count) for k, (_, i, j, count) in enumerate(of_table([[14, 1, 1], [2, 6, 1], [3, 1, 11]]))
    ]
    value = kappa_value(pairs)
    assert (value.low, value.reason) == (None, "several pairs share an example: 10 examples needed for an interval")


@given(tables)
def test_kappa_stays_in_range_and_does_not_mind_which_rater_comes_first(table):
    value, turned = kappa_value(of_table(table)), kappa_value(of_table(list(zip(*table, strict=True))))
    if value.value is None:
        assert value.reason == turned.reason
    else:
        assert -1 <= value.value <= 1
        assert turned.value == pytest.approx(value.value)
    if value.low is not None:
        assert -1 <= value.low <= value.value <= value.high <= 1
        assert (turned.low, turned.high) == pytest.approx((value.low, value.high))
