"""Intervals where one example stands behind several pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES
from uphold.records.counts import PairGroup
from uphold.stats.distributions import t_quantile
from uphold.stats.intervals import FEW_EXAMPLES, mean_spread, merge_groups, share, ties_half, wilson

rows = st.lists(st.tuples(st.integers(0, 15), st.sampled_from((0.0, 0.5, 1.0)), st.integers(1, 4)), max_size=40)


def test_the_clustered_error_is_that_of_statsmodels():
    entry = ORACLES["cluster_robust"]
    values, clusters = entry["input"]["value"], entry["input"]["cluster"]
    over = mean_spread([(cluster + 1, value, 1) for cluster, value in zip(clusters, values, strict=True)])
    expected = entry["expected"]
    found = (over.mean, over.standard_error, over.clusters - 1)
    wanted = (expected["mean"], expected["se_G_over_Gminus1"], expected["df"])
    assert found == pytest.approx(wanted, abs=entry["tolerance"])


def test_a_clustered_share_is_wilson_on_the_effective_n_with_the_t_quantile():
    entry = ORACLES["cluster_robust"]
    values, clusters = entry["input"]["value"], entry["input"]["cluster"]
    rate = share([(cluster + 1, value, 1) for cluster, value in zip(clusters, values, strict=True)], "")
    mean, error = entry["expected"]["mean"], entry["expected"]["se_G_over_Gminus1"]
    n = mean * (1 - mean) / error**2
    assert (rate.low, rate.high) == pytest.approx(wilson(mean * n, n, quantile=t_quantile(9)))
    assert (rate.n, rate.method) == (30, "wilson, clustered by example")


def test_pairs_of_their_own_example_have_the_ordinary_interval():
    named = share([(example, float(example % 3 == 0), 1) for example in range(1, 31)], "")
    unnamed = share([(0, 1.0, 10), (0, 0.0, 20)], "")
    assert named == unnamed
    assert unnamed.method == "wilson"


def test_fewer_than_ten_examples_with_several_pairs_have_a_rate_and_no_interval():
    rate = share([(example, float(example % 2), 3) for example in range(1, 10)], "")
    assert rate.rate == pytest.approx(5 / 9)
    assert (rate.low, rate.high, rate.reason) == (None, None, FEW_EXAMPLES)
    half = ties_half([(example, 0.5, 3) for example in range(1, 10)], "")
    assert (half.rate, half.low, half.reason) == (0.5, None, FEW_EXAMPLES)


def test_when_all_pairs_say_the_same_only_the_examples_count():
    rate = share([(example, 1.0, 3) for example in range(1, 13)], "")
    assert (rate.low, rate.high) == pytest.approx(wilson(12, 12, quantile=t_quantile(11)))
    half = ties_half([(example, 1.0, 3) for example in range(1, 13)], "")
    assert half.low < ties_half([(0, 1.0, 36)], "").low < half.high


def test_when_every_example_is_split_alike_the_pairs_count():
    rate = share([(example, score, 1) for example in range(1, 13) for score in (0.0, 1.0)], "")
    assert (rate.low, rate.high) == pytest.approx(wilson(12, 24, quantile=t_quantile(11)))


def test_half_scores_of_repeated_examples_have_a_wider_interval():
    scores = [0.0, 0.5, 1.0, 1.0, 0.0, 1.0, 0.5, 1.0, 1.0, 0.0, 1.0, 1.0]
    tied = ties_half([(example, score, 3) for example, score in enumerate(scores, 1)], "")
    free = ties_half([(0, score, 3) for score in scores], "")
    assert (tied.method, free.method) == ("t, clustered by example", "t")
    assert tied.high - tied.low > 1.5 * (free.high - free.low)


def test_few_clustered_half_scores_have_a_scaled_posterior():
    tied = ties_half([(example, float(example % 2), 2) for example in range(1, 13)], "")
    free = ties_half([(0, 1.0, 12), (0, 0.0, 12)], "")
    assert (tied.method, free.method) == ("posterior, clustered by example", "posterior")
    assert tied.low < free.low < free.high < tied.high


@given(rows)
def test_every_interval_is_in_range_and_holds_its_rate(scored):
    decided = [(cluster, float(score > 0.5), count) for cluster, score, count in scored]
    for rate in (share(decided, "nothing"), ties_half(scored, "nothing")):
        if rate.rate is None or rate.low is None:
            assert rate.reason
        else:
            assert -1e-12 <= rate.low <= rate.rate + 1e-12
            assert rate.rate <= rate.high + 1e-12 <= 1 + 1e-11
            assert rate.low < rate.high


def test_pairs_of_an_example_of_their_own_are_added_up_whatever_its_number():
    apart = [PairGroup((), None, None, example, 1) for example in range(1, 5001)]
    assert merge_groups(apart) == [PairGroup((), None, None, 0, 5000)]
    twice = [*apart, PairGroup((), None, None, 7, 1)]
    assert sum(cell.count for cell in merge_groups(twice)) == 5001
    assert {cell.cluster for cell in merge_groups(twice)} == {0, 7}
