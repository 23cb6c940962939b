"""Where nearly all labels are alike, intervals of the headline and of ties as half are joined with Wilson's."""

import pytest

from support.run_counts import compared, counts_of, table
from uphold.stats.intervals import finite_n, is_extreme, middle, wilson
from uphold.stats.summary import run_statistics


def headline(counts):
    return run_statistics(counts).headline


def test_an_extreme_has_at_most_five_on_one_side():
    assert [is_extreme(hits, 40) for hits in (0, 5, 6, 34, 35, 40)] == [True, True, False, False, True, True]


@pytest.mark.parametrize("losses", [0, 3, 5])
def test_with_few_losses_the_interval_holds_wilson_s(losses):
    found = headline(counts_of(table(("W", 200, "W" * (40 - losses) + "L" * losses))))
    low, high = wilson(40 - losses, 40)
    like, this = found.population.win_rate, found.this_set.win_rate
    assert like.low <= low
    assert like.high >= high
    n = finite_n(40, 200)
    assert this.low <= wilson((40 - losses) / 40 * n, n)[0]
    assert (like.method, this.method) == ("chain rule and wilson",) * 2
    assert like.low <= like.rate <= like.high


def test_with_six_losses_it_is_the_chain_rule_alone():
    found = headline(counts_of(table(("W", 200, "W" * 34 + "L" * 6))))
    assert found.population.win_rate.method == found.this_set.win_rate.method == "chain rule"


def test_each_rate_is_extreme_by_its_own_counts():
    found = headline(counts_of(table(("W", 200, "W" * 18 + "T" * 19 + "L" * 3)))).population
    methods = (found.win_rate.method, found.win_tie_rate.method, found.ties_half.method)
    assert methods == ("chain rule", "chain rule and wilson", "chain rule")


@pytest.mark.parametrize("words", ["W" * 38 + "TT", "T" * 38 + "WL", "L" * 40])
def test_ties_as_half_hold_the_mean_of_the_two_wilson_intervals(words):
    wins, ties = words.count("W"), words.count("T")
    low, high = middle(wilson(wins, 40), wilson(wins + ties, 40))
    rates = run_statistics(compared(words, "W" * 40))
    for rate in (rates.human.rates.ties_half, rates.headline.population.ties_half):
        assert rate.low <= low
        assert rate.high >= high


def test_when_all_is_read_the_set_stays_exact():
    found = headline(compared("W" * 40, "W" * 40))
    assert (found.this_set.win_rate.low, found.this_set.win_rate.method) == (1, "exact")
