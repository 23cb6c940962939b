"""The headline's formula against its oracles, and what must always hold of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES
from uphold.stats.intervals import TIES_HALF, not_narrower, wilson
from uphold.stats.poststratify import (
    WIN,
    WIN_TIE,
    ChainCell,
    Moments,
    beta_interval,
    population_rate,
    this_set_rate,
)

SCORES = {"win": WIN, "win_tie": WIN_TIE, "half": TIES_HALF}

TARGETS = {"sp": population_rate, "fp": this_set_rate}

three = st.tuples(*[st.integers(0, 40)] * 3)

made = st.tuples(three, st.integers(0, 60)).map(lambda pair: ChainCell(sum(pair[0]) + pair[1], pair[0]))

tables = st.lists(made, min_size=1, max_size=5).filter(lambda cells: any(cell.pairs for cell in cells))


def test_every_rate_of_both_targets_is_the_oracle_s():
    entry = ORACLES["chain_rule"]
    cells = [
        ChainCell(cell["N"], tuple(cell["human"][word] for word in ("loss", "tie", "win")))
        for cell in entry["input"]["cells"]
    ]
    for name, score in SCORES.items():
        for target, rate in TARGETS.items():
            wanted, found = entry["expected"][name][target], rate(cells, score)
            assert (found.mean, found.variance**0.5) == pytest.approx(
                (wanted["mean"], wanted["sd"]), abs=entry["tolerance"]
            )
            assert beta_interval(found) == pytest.approx(wanted["ci"], abs=entry["tolerance"])
            assert beta_interval(found) == pytest.approx(wanted["monte_carlo"]["ci"], abs=0.012)


def test_with_all_read_the_set_is_known_and_the_source_is_nearly_wilson():
    entry = ORACLES["chain_rule_all_reviewed"]
    cells = [ChainCell(pairs, tuple(counts)) for pairs, counts in entry["input"]["all_reviewed"]]
    wanted, found = entry["expected"]["all_reviewed_sp"], population_rate(cells, WIN)
    assert beta_interval(found) == pytest.approx(wanted["ci"], abs=entry["tolerance"])
    assert beta_interval(found) == pytest.approx(wilson(40, 100), abs=0.004)
    assert this_set_rate(cells, WIN) == Moments(pytest.approx(entry["expected"]["all_reviewed_fp_point"]), 0.0)


def test_a_cell_that_nobody_read_leaves_the_rate_nearly_open():
    entry = ORACLES["chain_rule_all_reviewed"]
    cells = [ChainCell(pairs, tuple(counts)) for pairs, counts in entry["input"]["empty_cell"]]
    wanted, found = entry["expected"]["empty_cell_sp"], population_rate(cells, WIN)
    assert (found.mean, *beta_interval(found)) == pytest.approx((wanted["mean"], *wanted["ci"]), abs=entry["tolerance"])


@given(tables, st.sampled_from(list(SCORES.values())))
def test_intervals_are_in_range_and_hold_their_mean(cells, score):
    for rate in TARGETS.values():
        found = rate(cells, score)
        low, high = beta_interval(found)
        assert 0 <= low <= high <= 1
        assert found.variance >= 0
        assert low < high or found.variance < 1e-12


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_cells_changes_nothing(cells, rng):
    turned = rng.sample(cells, len(cells))
    for rate in TARGETS.values():
        one, other = rate(cells, TIES_HALF), rate(turned, TIES_HALF)
        assert (one.mean, one.variance) == pytest.approx((other.mean, other.variance), abs=1e-12)


@given(tables)
def test_changing_the_systems_over_mirrors_every_rate(cells):
    turned = [ChainCell(cell.pairs, cell.labels[::-1]) for cell in cells]
    for rate in TARGETS.values():
        for score, mirror in ((WIN, WIN_TIE), (WIN_TIE, WIN), (TIES_HALF, TIES_HALF)):
            one, other = rate(cells, score), rate(turned, mirror)
            assert one.mean == pytest.approx(1 - other.mean, abs=1e-9)
            assert one.variance == pytest.approx(other.variance, abs=1e-9)


@given(tables, st.sampled_from(list(SCORES.values())))
def test_these_pairs_are_never_known_less_well_than_their_source(cells, score):
    narrow = beta_interval(this_set_rate(cells, score))
    low, high = not_narrower(beta_interval(population_rate(cells, score)), narrow)
    assert high - low >= narrow[1] - narrow[0] - 1e-12
    assert 0 <= low <= high <= 1 + 1e-12


@given(st.floats(1e-12, 1 - 1e-12), st.floats(1e-14, 1.0))
def test_every_mean_and_variance_has_an_interval_in_range(mean, part):
    low, high = beta_interval(Moments(mean, mean * (1 - mean) * part))
    assert 0 <= low <= high <= 1


def test_an_exact_rate_has_no_width_and_an_impossible_variance_is_cut():
    assert beta_interval(Moments(0.4, 0.0)) == (0.4, 0.4)
    low, high = beta_interval(Moments(0.4, 5.0))
    assert 0 <= low < 0.4 < high <= 1
