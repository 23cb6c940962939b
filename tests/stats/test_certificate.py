"""The test on locked pairs and the limit of a check for drift, against scipy's numbers and what must always hold."""

import json
import random
from pathlib import Path

import pytest

from uphold.stats.certificate import (
    agreement_bound,
    better_than,
    chance_to_be_better,
    chance_to_reach,
    least_agreeing,
    lower_bound,
    tail,
)
from uphold.stats.distributions import beta_cdf
from uphold.stats.drift import ALARM, drift_limit

ORACLES = {one["id"]: one for one in json.loads((Path(__file__).parent / "oracles.json").read_text())}


def oracle(name):
    """(inputs, expected numbers, tolerance) of an oracle."""
    found = ORACLES[name]
    (inputs,), (expected,) = found["input"].values(), found["expected"].values()
    return inputs, expected, found["tolerance"]


def test_the_bound_is_the_exact_one():
    inputs, expected, tolerance = oracle("one_sided_clopper_pearson")
    assert [lower_bound(hits, n) for hits, n in inputs] == pytest.approx(expected, abs=tolerance)


def test_mcnemar_is_one_sided():
    inputs, expected, tolerance = oracle("one_sided_mcnemar")
    found = [better_than([(0, 1.0, better), (0, -1.0, worse), (0, 0.0, 30)]).p for better, worse in inputs]
    assert found == pytest.approx(expected, abs=tolerance)


def test_the_tail_is_beta_binomial():
    inputs, expected, tolerance = oracle("beta_binomial_tail")
    assert [tail(*row) for row in inputs] == pytest.approx(expected, abs=tolerance)


def test_pairs_of_one_example_count_as_fewer():
    inputs, expected, tolerance = oracle("korn_graubard_one_sided")
    scored, example = [], 0
    for hits, examples in inputs.items():
        for _ in range(examples):
            example += 1
            scored += [(example, 1.0, int(hits)), (example, 0.0, 2 - int(hits))]
    found = agreement_bound([row for row in scored if row[2]])
    assert found.low == pytest.approx(expected, abs=tolerance)
    assert found.low < lower_bound(62, 80)
    assert (found.rate, found.high, found.n, found.method) == (
        62 / 80,
        1.0,
        80,
        "korn-graubard, one-sided, clustered by example",
    )


@pytest.mark.parametrize("floor", [0.5, 0.6, 0.75, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("n", [30, 37, 46, 60, 100])
def test_a_judge_at_the_floor_passes_in_five_percent_at_most(n, floor):
    least = least_agreeing(n, floor)
    if least is None:
        assert lower_bound(n, n) < floor
        return
    assert lower_bound(least, n) >= floor > lower_bound(least - 1, n)
    assert beta_cdf(floor, least, n - least + 1) <= 0.05


def test_without_a_pair_there_is_no_bound():
    found = agreement_bound([])
    assert (found.rate, found.low, found.n, found.reason) == (None, None, 0, "no pair was tested")


def test_the_order_of_the_pairs_changes_nothing():
    scored = [(n % 40, float(n % 5 > 0), 1) for n in range(1, 90)]
    shuffled = random.Random(4).sample(scored, len(scored))
    assert agreement_bound(scored) == agreement_bound(shuffled)


def test_an_example_counts_once_against_another_judge():
    changes = [(1, 1.0, 3), (2, 1.0, 1), (2, -1.0, 1), (3, -1.0, 1), (4, 1.0, 1)]
    found = better_than(changes)
    assert (found.better, found.worse) == (5, 2)
    assert found.p == pytest.approx(better_than([(0, 1.0, 2), (0, -1.0, 1)]).p)
    assert better_than([(0, 0.0, 9)]).p == 1.0


def test_the_chance_is_that_of_the_design():
    # A judge known to be at .85 passes a floor of .75 in 32 % at n = 30 and in 59 % at 60.
    known = [(0, 1.0, 8_500_000), (0, 0.0, 1_500_000)]
    assert [round(chance_to_reach(known, n, 0.75), 2) for n in (30, 60)] == [0.32, 0.59]
    assert chance_to_reach([], 60, 0.75) is None
    assert chance_to_reach([(0, 1.0, 20)], 30, 0.99) == 0.0
    unsure, sure = ([(0, 1.0, 9 * n), (0, 0.0, n)] for n in (1, 100))
    assert chance_to_reach(unsure, 60, 0.75) < chance_to_reach(sure, 60, 0.75)


def test_the_chance_to_be_better_grows_with_the_difference():
    def chance(better, worse):
        return chance_to_be_better([(0, 1.0, better), (0, -1.0, worse), (0, 0.0, 60 - better - worse)], 60)

    assert chance(6, 6) < 0.06
    assert 0.6 < chance(11, 1) < 0.9
    assert chance(6, 6) < chance(8, 4) < chance(11, 1)
    assert chance_to_be_better([], 60) is None


@pytest.mark.parametrize(("changed", "limit"), [(0, 4), (1, 7), (2, 9), (3, 11), (6, 16)])
def test_the_limit_of_a_check_is_the_last_number_that_is_no_alarm(changed, limit):
    assert drift_limit(60, changed, 60) == limit
    assert tail(limit, 60, changed, 60) > ALARM >= tail(limit + 1, 60, changed, 60)


def test_a_few_pairs_can_never_give_an_alarm():
    assert drift_limit(3, 20, 40) == 3
