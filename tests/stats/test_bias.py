"""What the order of the answers did to a judge."""

import pytest

from support.run_counts import ORACLES, cells
from uphold.stats.bias import FEW_OPPOSITE, ONE_ORDER, position_bias

FIRST, SECOND = ("candidate", "baseline"), ("baseline", "candidate")


def seen(*orders):
    return cells(((), None, words, 0) for words, times in orders for _ in range(times))


def test_flips_and_first_position_are_the_oracle_s():
    entry = ORACLES["position_bias"]
    given, expected = entry["input"], entry["expected"]
    found = position_bias(
        seen(
            (("candidate", "candidate"), given["consistent"]),
            (FIRST, given["flipped_to_first"]),
            (SECOND, given["flipped_to_second"]),
            (("tie", "baseline"), given["other_flip_with_tie"]),
        )
    )
    assert (found.pairs_in_both_orders, found.flips, found.first, found.second) == (200, 42, 31, 8)
    rates = (found.flip_rate.rate, found.flip_rate.low, found.flip_rate.high)
    assert rates == pytest.approx((expected["flip_rate"], *expected["flip_ci"]), abs=entry["tolerance"])
    first = (found.first_rate.rate, found.first_rate.low, found.first_rate.high)
    wanted = (expected["first_share_of_directional_flips"], *expected["first_share_ci"])
    assert first == pytest.approx(wanted, abs=entry["tolerance"])
    assert found.p == pytest.approx(expected["p_value"], abs=entry["tolerance"])


def test_a_flip_to_a_tie_is_a_flip_and_names_no_place():
    found = position_bias(seen((("tie", "candidate"), 3), (("tie", "tie"), 2)))
    assert (found.pairs_in_both_orders, found.flips, found.first, found.second) == (5, 3, 0, 0)


def test_below_ten_opposite_pairs_the_place_is_counted_and_not_rated():
    found = position_bias(seen((FIRST, 8), (SECOND, 1)))
    assert (found.first, found.second, found.p) == (8, 1, None)
    assert (found.first_rate.rate, found.first_rate.n, found.first_rate.reason) == (None, 9, FEW_OPPOSITE)


def test_one_order_alone_cannot_show_a_bias():
    found = position_bias(seen((None, 20)))
    assert (found.pairs_in_both_orders, found.flip_rate.rate, found.flip_rate.reason) == (0, None, ONE_ORDER)
