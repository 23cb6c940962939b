"""Intervals against independent libraries, and what must hold for every count."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES
from uphold.stats.distributions import beta_cdf, beta_quantile, t_quantile, z_quantile
from uphold.stats.intervals import clopper_pearson, finite_n, mean_t, sign_test, ties_half_interval, wilson

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))).filter(lambda pair: pair[1])

three = st.tuples(*[st.integers(0, 60)] * 3).filter(any)


def close(entry, value):
    return pytest.approx(value, abs=entry["tolerance"], rel=0)


def test_quantiles_are_those_of_scipy():
    entry = ORACLES["quantiles"]
    given_, expected = entry["input"], entry["expected"]
    assert [t_quantile(df) for df in given_["t_df"]] == close(entry, expected["t"])
    assert z_quantile() == close(entry, expected["z"])
    found = [[beta_quantile(p, a, b) for p in given_["beta_p"]] for a, b in given_["beta"]]
    assert [end for ends in found for end in ends] == close(entry, [end for ends in expected["beta"] for end in ends])


def test_other_levels_have_their_own_quantile():
    assert z_quantile(0.9) == pytest.approx(1.6448536270, abs=1e-9)
    assert wilson(7, 10, 0.99)[0] < wilson(7, 10)[0] < wilson(7, 10, 0.9)[0]


@pytest.mark.parametrize(("name", "interval"), [("wilson", wilson), ("clopper_pearson", clopper_pearson)])
def test_binomial_intervals_are_those_of_scipy(name, interval):
    entry = ORACLES[name]
    for (hits, n), ends in zip(entry["input"]["k_n"], entry["expected"]["ci"], strict=True):
        assert list(interval(hits, n)) == close(entry, ends)


def test_wilson_takes_an_effective_n():
    entry = ORACLES["wilson_effective_n"]
    expected = entry["expected"]
    for (hits, n, of), effective, ends in zip(entry["input"]["k_n_N"], expected["neff"], expected["ci"], strict=True):
        assert finite_n(n, of) == close(entry, effective)
        assert list(wilson(hits / n * effective, effective)) == close(entry, ends)
    assert finite_n(20, 20) == math.inf


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        (11, 5, ORACLES["rates_ties_half"]["expected"]["sign_p"]),
        (31, 8, ORACLES["position_bias"]["expected"]["p_value"]),
        (9, 19, ORACLES["mcnemar"]["expected"]["exact_p"]),
        (6, 2, ORACLES["paired_scores"]["expected"]["sign_test_p"]),
        (0, 0, 1.0),
        (5, 5, 1.0),
        (0, 3, 0.25),
    ],
)
def test_the_sign_test_is_the_exact_binomial_one(wins, losses, p):
    assert sign_test(wins, losses) == sign_test(losses, wins) == pytest.approx(p, abs=1e-9)


@given(counts)
def test_binomial_intervals_hold_the_share_and_stay_in_range(pair):
    hits, n = pair
    for low, high in (wilson(hits, n), clopper_pearson(hits, n)):
        assert 0 <= low <= hits / n <= high <= 1
        assert low < high


@given(counts)
def test_binomial_intervals_mirror(pair):
    hits, n = pair
    for interval in (wilson, clopper_pearson):
        low, high = interval(hits, n)
        assert interval(n - hits, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_exact_interval_covers_at_least_its_level():
    n = 12
    ends = [clopper_pearson(hits, n) for hits in range(n + 1)]
    for truth in (0.05, 0.3, 0.5, 0.82):
        chances = [math.comb(n, hits) * truth**hits * (1 - truth) ** (n - hits) for hits in range(n + 1)]
        assert sum(p for p, (low, high) in zip(chances, ends, strict=True) if low <= truth <= high) >= 0.95


@given(three)
def test_the_posterior_of_half_scores_has_width_holds_the_mean_and_mirrors(trio):
    losses, ties, wins = trio
    low, high = ties_half_interval(losses, ties, wins)
    assert 0 <= low <= (wins + ties / 2) / sum(trio) <= high <= 1
    assert low < high
    assert ties_half_interval(wins, ties, losses) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_posterior_matches_draws_from_the_dirichlet():
    rng = random.Random(5)
    shapes = (5.2, 4.1, 11.2)
    draws = []
    for _ in range(4000):
        loss, tie, win = (rng.gammavariate(shape, 1) for shape in shapes)
        draws.append((win + tie / 2) / (loss + tie + win))
    draws.sort()
    assert ties_half_interval(5, 4, 11) == pytest.approx((draws[100], draws[3900]), abs=0.015)


def test_the_posterior_covers_the_truth_in_about_its_level_of_samples():
    n, (loss, tie, win) = 20, (0.3, 0.15, 0.55)
    covered = 0.0
    for losses in range(n + 1):
        for ties in range(n + 1 - losses):
            wins = n - losses - ties
            low, high = ties_half_interval(losses, ties, wins)
            if low <= win + tie / 2 <= high:
                ways = math.comb(n, losses) * math.comb(n - losses, ties)
                covered += ways * loss**losses * tie**ties * win**wins
    assert 0.93 <= covered <= 0.98


def test_very_many_ties_still_leave_a_narrow_interval_around_one_half():
    low, high = ties_half_interval(0, 100_000, 0)
    assert 0.4999 < low < 0.5 < high < 0.5001


def test_a_t_interval_is_cut_to_the_range_of_scores():
    assert mean_t(0.98, 0.02, 29) == (pytest.approx(0.98 - 0.02 * t_quantile(29)), 1.0)
    assert mean_t(0.02, 0.02, 29)[0] == 0.0


@given(st.floats(0.2, 300), st.floats(0.2, 300))
def test_the_incomplete_beta_rises_from_0_to_1_and_its_quantile_turns_it_back(a, b):
    xs = [beta_cdf(step / 20, a, b) for step in range(21)]
    assert (xs[0], xs[-1]) == (0, 1)
    assert all(one <= other + 1e-12 for one, other in pairwise(xs))
    for p in (0.025, 0.5, 0.975):
        assert beta_cdf(beta_quantile(p, a, b), a, b) == pytest.approx(p, abs=1e-6)
