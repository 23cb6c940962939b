"""What more verdicts buy, and intervals that may be looked at after every one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES, compared, counts_of, table
from uphold.records.counts import Stratum
from uphold.stats.assisted import headline_inputs, win_rates
from uphold.stats.intervals import wilson
from uphold.stats.power import (
    budget,
    half_widths,
    nearest_target,
    plan,
    smallest_change,
    verdicts_alone,
    verdicts_for,
)
from uphold.stats.sequential import peek_safe, population_bounds, set_bounds
from uphold.stats.summary import live_numbers, merge_counts

drawn = (
    st.integers(1, 150)
    .flatmap(lambda of: st.tuples(st.just(of), st.integers(1, of)))
    .flatmap(lambda pair: st.tuples(st.integers(0, pair[1]), st.just(pair[1]), st.just(pair[0])))
)


def read(wins, losses, unread=100):
    counts = counts_of(table(("W", wins + losses + unread, "W" * wins + "L" * losses), ("L", 60, "L" * 8 + "W" * 2)))
    return headline_inputs(counts, counts.judges[0])


def test_the_simple_formula_is_the_library_s():
    entry = ORACLES["label_budget"]
    given_, expected = entry["input"], entry["expected"]
    found = [verdicts_for(width, given_["p"]) for width in given_["half_width"]]
    assert found == pytest.approx(expected["human_only"], abs=entry["tolerance"])
    finite = [verdicts_for(width, given_["p"], given_["N"]) for width in given_["half_width"]]
    assert finite == pytest.approx(expected["human_only_this_set"], abs=entry["tolerance"])


def test_no_more_verdicts_leave_the_width_as_it_is():
    found = read(20, 10)
    like, this = win_rates(found)
    assert half_widths(found, 0) == pytest.approx(((like.high - like.low) / 2, (this.high - this.low) / 2))


def test_widths_shrink_with_verdicts_to_a_floor_and_to_nothing():
    found = read(20, 10)
    left = found.pairs - found.n
    widths = [half_widths(found, more) for more in range(0, left + 1, 10)]
    assert all(one[place] > other[place] for place in (0, 1) for one, other in pairwise(widths))
    assert half_widths(found, left)[1] == pytest.approx(0, abs=1e-6)
    assert half_widths(found, left)[0] > 0.04


def test_the_budget_has_ten_twenty_and_all():
    found = read(20, 10)
    assert [row.more for row in budget(found)] == [10, 20, found.pairs - found.n]
    assert [row.more for row in budget(read(25, 10, unread=-35 + 41))] == [10, 20, 56]


def test_a_plan_says_how_many_more_or_that_more_instructions_are_needed():
    found = read(20, 10)
    near, far = plan(found, 0.1), plan(found, 0.02)
    assert 0 < near.population.more < found.pairs - found.n
    assert half_widths(found, near.population.more)[0] <= 0.1 < half_widths(found, near.population.more - 1)[0]
    assert (far.population.more, far.population.reason) == (None, "more instructions needed, not more verdicts")
    assert far.population.instructions > 2 * found.pairs
    assert far.this_set.more < found.pairs - found.n
    assert plan(found, 0.3).population.more == 0
    assert 0.02 < near.smallest_change < 0.2


def test_a_small_pilot_is_planned_as_one_half_without_a_judge():
    counts = compared("W" * 8 + "." * 92, "W" * 100)
    made = plan(headline_inputs(counts, counts.judges[0]), 0.1)
    assert made.pilot
    assert made.population.more == pytest.approx(verdicts_for(0.1) - 8, abs=6)


def test_chosen_pairs_have_no_budget():
    pairs = table(("W", 60, "")) + table(("W", 40, "W" * 40), stratum=1)
    counts = counts_of(pairs, strata=(Stratum("all"), Stratum("chosen", chosen=True)))
    found = headline_inputs(counts, counts.judges[0])
    reason = "chosen, not sampled: these numbers speak of the 40 pairs read"
    assert (budget(found), nearest_target(found)) == ((), None)
    made = plan(found, 0.1)
    assert (made.population.reason, made.this_set.reason) == (reason, reason)


def test_the_foot_of_the_review_names_the_nearest_width_that_can_be_reached():
    counts = counts_of(table(("W", 120, "W" * 20 + "L" * 8), ("L", 80, "L" * 10 + "W" * 2)))
    found = live_numbers(counts, 1)
    like, this = found.population, found.this_set
    assert (found.state, like.n) == ("assisted", 40)
    assert this.high - this.low < like.high - like.low
    assert found.target.for_population
    assert found.target.half_width < (like.high - like.low) / 2
    assert 0 < found.target.more <= 160


def test_with_all_read_there_is_no_target_and_below_ten_a_reason():
    assert live_numbers(compared("WL" * 20, "WL" * 20), 1).target is None
    few = live_numbers(compared("WL" * 4 + "." * 40, "WL" * 24), 1)
    assert (few.state, few.reason, few.population, few.target) == (
        "counts",
        "10 verdicts needed for a rate",
        None,
        None,
    )


def test_a_change_that_shows_has_a_power_of_four_fifths():
    size = smallest_change(0.5, 100)
    assert 0.15 < size < 0.2
    changed, estimate = (0.5 * (0.5 - size) + 0.5 * (0.5 + size)) * 100, 100 * size / 102
    variance = (changed + 2) / 102 - estimate**2
    assert estimate == pytest.approx((1.959964 + 0.841621) * (variance / 102) ** 0.5, abs=1e-5)
    assert smallest_change(0.2, 100) == pytest.approx(smallest_change(0.8, 100))
    assert smallest_change(0.5, 400) < size / 1.9
    assert (smallest_change(0.5, 0), smallest_change(0.5, 3)) == (None, None)


@pytest.mark.parametrize(("rate", "half_width"), [(0.5, 0.05), (0.01, 0.05), (0.99, 0.03)])
def test_people_alone_reach_the_half_width_with_what_is_said(rate, half_width):
    n = verdicts_alone(half_width, rate)
    low, high = wilson(rate * n, n)
    assert (high - low) / 2 <= half_width
    assert n >= verdicts_for(half_width, rate)


def test_where_nearly_all_labels_are_alike_the_forecast_is_as_wide_as_the_interval():
    counts = counts_of(table(("W", 200, "W" * 39 + "L")))
    inputs = headline_inputs(merge_counts(counts), merge_counts(counts).judges[0])
    population, this_set = win_rates(inputs)
    assert half_widths(inputs, 0) == pytest.approx((population.half_width, this_set.half_width), rel=0.02)


def test_peek_safe_intervals_are_those_of_the_oracle():
    entry = ORACLES["peek_safe"]
    given_, expected = entry["input"], entry["expected"]
    found = [set_bounds(*counts) for counts in given_["k_n_N"]]
    assert [end for ends in found for end in ends] == pytest.approx(
        [end for ends in expected["this_set"] for end in ends], abs=entry["tolerance"]
    )
    source = [population_bounds(*counts) for counts in given_["k_n"]]
    assert [end for ends in source for end in ends] == pytest.approx(
        [end for ends in expected["source"] for end in ends], abs=entry["tolerance"]
    )


@given(drawn)
def test_peek_safe_intervals_hold_their_share_and_mirror(counts):
    hits, n, of = counts
    low, high = set_bounds(hits, n, of)
    assert 0 <= low <= high <= 1
    assert low * of >= hits - 1e-9
    assert set_bounds(n - hits, n, of) == pytest.approx((1 - high, 1 - low))
    wide = population_bounds(hits, n)
    assert wide[0] <= hits / n <= wide[1]


def test_peek_safe_intervals_need_a_random_order():
    drawn_pairs = table(("W", 60, "W" * 20 + "L" * 10))
    fine = peek_safe(counts_of(drawn_pairs))
    assert fine.population.low < 2 / 3 < fine.this_set.high
    mixed = counts_of(
        drawn_pairs + table(("W", 5, "WWWWW"), stratum=1), strata=(Stratum("a"), Stratum("c", chosen=True))
    )
    assert peek_safe(mixed).population.reason == "only for verdicts read in random order"
    assert peek_safe(compared(".", "W")).population.reason == "no pair has a resolved human label"
