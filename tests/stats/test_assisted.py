"""Which headline there is: the states and refusals with their sentences, strata, chosen pairs, what a judge is worth."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.run_counts import ORACLES, VERDICTS, compared, counts_of, table, votes
from uphold.records.counts import PairGroup, Stratum
from uphold.stats.assisted import assisted, headline_inputs
from uphold.stats.intervals import MIN_CLUSTERS, TIES_HALF, finite_n, wilson
from uphold.stats.poststratify import WIN, WIN_TIE, ChainCell, beta_interval, population_rate, this_set_rate
from uphold.stats.summary import run_statistics

DRAWN, CHOSEN = Stratum("all"), Stratum("chosen", chosen=True)

NAMES = ("win_rate", "win_tie_rate", "ties_half")


def headline(pairs, strata=(DRAWN,), **others):
    counts = counts_of(pairs, strata=strata, **others)
    return assisted(counts, counts.judges[0])


def rates_of(found):
    return [getattr(three, name) for three in (found.population, found.this_set) for name in NAMES]


def oracle_pairs():
    cells = ORACLES["chain_rule"]["input"]["cells"]
    said = ["W" * c["human"]["win"] + "T" * c["human"]["tie"] + "L" * c["human"]["loss"] for c in cells]
    return table(*((word, cell["N"], read) for word, cell, read in zip("WLI", cells, said, strict=True)))


def test_the_run_s_headline_is_the_oracle_s_chain_rule():
    found, entry = headline(oracle_pairs()), ORACLES["chain_rule"]
    assert (found.state, found.reason, found.n, found.sampled) == ("assisted", None, 30, 30)
    for three, target in ((found.population, "sp"), (found.this_set, "fp")):
        for name, word in zip(NAMES, ("win", "win_tie", "half"), strict=True):
            rate, wanted = getattr(three, name), entry["expected"][word][target]
            assert (rate.rate, rate.low, rate.high) == pytest.approx(
                (wanted["mean"], *wanted["ci"]), abs=entry["tolerance"]
            )
            assert (rate.n, rate.level, rate.method) == (30, 0.95, "chain rule")
    assert found.worth_verdicts > 5


@pytest.mark.parametrize(
    ("pairs", "strata", "state", "reason"),
    [
        (
            table(("W", 60, ""), ("L", 40, "")),
            (DRAWN,),
            "opinion",
            "no human verdict yet: a judge's opinion, not a win rate",
        ),
        (table(("W", 60, "WWWW"), ("L", 40, "LLLLL")), (DRAWN,), "counts", "10 verdicts needed for a rate"),
        (
            table(("W", 60, "WWWWWW"), ("L", 40, "LLLLL")),
            (DRAWN,),
            "human-only",
            "20 needed for the judge-assisted rate",
        ),
        (
            table(("W", 60, "W" * 25), ("L", 31, "")),
            (DRAWN,),
            "human-only",
            "no verdict yet where the judge said loss (31 items)",
        ),
        (
            table(("W", 50, "W" * 25)) + table(("W", 10, "WWWWW"), ("T", 40, ""), stratum=1),
            (DRAWN, Stratum("orders disagree")),
            "refused",
            "no verdict yet where the judge said neither win nor loss (40 items)",
        ),
        (
            table(("W", 60, "W" * 25)) + table(("L", 40, ""), stratum=1),
            (DRAWN, Stratum("orders disagree")),
            "refused",
            "no verdict yet in the part 'orders disagree' (40 items)",
        ),
        (
            table(("W", 60, ""), ("L", 20, "")) + table(("L", 20, "LLLLLWWWWWLLLLLWWWWW"), stratum=1),
            (DRAWN, CHOSEN),
            "refused",
            "chosen, not sampled: these numbers speak of the 20 pairs read",
        ),
        (
            table(("W", 60, "WWW"), ("L", 20, "")) + table(("L", 20, "LLLLLWWWWWLLLLLWWWWW"), stratum=1),
            (DRAWN, CHOSEN),
            "counts",
            "10 verdicts needed for a rate",
        ),
    ],
)
def test_each_refusal_has_its_state_and_its_sentence(pairs, strata, state, reason):
    found = headline(pairs, strata)
    assert (found.state, found.reason, found.worth_verdicts) == (state, reason, None)
    if state != "human-only":
        assert all(rate.rate is None and rate.low is None and rate.reason == reason for rate in rates_of(found))


def test_a_small_kind_that_nobody_read_does_not_stop_the_headline():
    assert headline(table(("W", 95, "W" * 15 + "L" * 10), ("L", 5, ""))).state == "assisted"


def test_a_few_pairs_that_were_never_drawn_from_are_counted_with_the_rest():
    pairs = table(("W", 60, "W" * 15), ("L", 35, "L" * 10)) + table(("L", 5, ""), stratum=1)
    found = headline(pairs, (DRAWN, Stratum("not drawn yet")))
    together = headline(table(("W", 60, "W" * 15), ("L", 40, "L" * 10)))
    assert found.state == "assisted"
    assert rates_of(found) == rates_of(together)


def test_between_ten_and_twenty_the_humans_speak_alone():
    found = headline(table(("W", 60, "WWWWWWWT"), ("L", 40, "LLLL")))
    like, this = found.population.win_rate, found.this_set.win_rate
    assert (like.rate, like.low, like.high) == pytest.approx((7 / 12, *wilson(7, 12)))
    n = finite_n(12, 100)
    assert (this.rate, this.low, this.high) == pytest.approx((7 / 12, *wilson(7 / 12 * n, n)))
    assert (like.method, this.method) == ("wilson", "wilson, finite population")
    half = found.this_set.ties_half
    assert half.low < 7.5 / 12 < half.high


@pytest.mark.parametrize(("said", "state"), [("WLT" * 3, "human-only"), ("WLT" * 20, "assisted")])
def test_with_all_pairs_read_this_set_is_exact_and_nothing_is_refused(said, state):
    chosen = table(*((word, 1, word) for word in said), stratum=1)
    found = headline(chosen, (DRAWN, CHOSEN))
    assert found.state == state
    for name, rate in zip(NAMES, (1 / 3, 2 / 3, 1 / 2), strict=True):
        exact, like = getattr(found.this_set, name), getattr(found.population, name)
        assert (exact.rate, exact.low, exact.high, exact.method) == (
            pytest.approx(rate),
            exact.rate,
            exact.rate,
            "exact",
        )
        assert like.low < rate < like.high


def test_a_run_that_is_read_is_not_called_chosen_because_reviewers_are_drawn_on_some_pairs():
    said = ["W"] * 20 + ["L"] * 19 + ["WL"]
    looked = [(votes(word), VERDICTS["W"], None, 0, 0) for word in said]
    counts = counts_of(looked, strata=(Stratum("chosen", chosen=True),))
    found = assisted(counts, counts.judges[0])
    assert (found.n, found.sampled, found.state, found.reason) == (39, 0, "assisted", None)


def test_one_unresolved_pair_is_not_read():
    counts = compared(["W"] * 20 + ["L"] * 19 + ["WL"], "W" * 20 + "L" * 20)
    found = assisted(counts, counts.judges[0])
    assert (found.n, found.state, found.this_set.win_rate.method) == (39, "assisted", "chain rule")


def test_all_ties_have_wide_intervals_and_half_a_half():
    found = headline(table(("T", 100, "T" * 30)))
    win, both, half = (getattr(found.population, name) for name in NAMES)
    assert win.low < 0.01 < win.high
    assert both.low < 0.99 < both.high
    assert half.rate == pytest.approx(0.5)
    assert 0.01 < half.high - half.low < 0.3


def test_a_judge_that_says_nothing_new_is_worth_nothing():
    coin = table(("W", 50, "WWWWWLLLLL"), ("L", 50, "WWWWWLLLLL"))
    good = table(("W", 50, "WWWWWWWWWL"), ("L", 50, "LLLLLLLLLW"))
    assert headline(coin).worth_verdicts <= 1
    assert headline(good).worth_verdicts > 15


def test_strata_with_enough_verdicts_are_cells_of_their_own():
    parts = (("W", 60, "W" * 12 + "L" * 3), ("L", 40, "L" * 12 + "W" * 3)), (("W", 20, "WWWWLL"), ("L", 20, "LLLLWW"))
    pairs = table(*parts[0]) + table(*parts[1], stratum=1)
    found = headline(pairs, (DRAWN, Stratum("orders disagree")))
    cells = [ChainCell(60, (3, 0, 12)), ChainCell(40, (12, 0, 3)), ChainCell(20, (2, 0, 4)), ChainCell(20, (4, 0, 2))]
    assert (found.n, found.state) == (42, "assisted")
    assert found.population.win_rate.rate == pytest.approx(population_rate(cells, WIN).mean)
    assert found.this_set.win_rate.low == pytest.approx(beta_interval(this_set_rate(cells, WIN))[0])


def test_strata_with_few_verdicts_are_merged_and_weighted():
    pairs = table(("W", 80, "WWWWWWWWWL")) + table(("W", 20, "WLLLLLLLLLLL"), stratum=1)
    counts = counts_of(pairs, strata=(DRAWN, Stratum("orders disagree")))
    (cell,) = headline_inputs(counts, counts.judges[0]).cells
    weights = (8.0, 20 / 12)
    total, squares = 10 * weights[0] + 12 * weights[1], 10 * weights[0] ** 2 + 12 * weights[1] ** 2
    wins = (9 * weights[0] + 1 * weights[1]) * total / squares
    assert sum(cell.population_labels) == pytest.approx(total**2 / squares)
    assert cell.population_labels[2] == pytest.approx(wins)
    rest = (10 * 7 + 12 * (20 / 12 - 1)) ** 2 / (10 * 49 + 12 * (20 / 12 - 1) ** 2)
    assert sum(cell.unread_labels) == pytest.approx(rest)
    assert assisted(counts, counts.judges[0]).population.win_rate.rate > 0.65


def test_equal_weights_leave_the_plain_counts():
    split = table(("W", 40, "WWWWWLL"), ("L", 20, "LLLL")) + table(("W", 40, "WWWWWLL"), ("L", 20, "LLLL"), stratum=1)
    whole = table(("W", 80, "WWWWWWWWWWLLLL"), ("L", 40, "L" * 8))
    found, wanted = headline(split, (DRAWN, Stratum("b"))), headline(whole)
    for rate, other in zip(rates_of(found), rates_of(wanted), strict=True):
        assert (rate.rate, rate.low, rate.high) == pytest.approx((other.rate, other.low, other.high))


def test_chosen_pairs_speak_for_themselves_only():
    drawn = table(("W", 80, "L" * 10), ("L", 20, "L" * 10))
    chosen = table(("W", 40, "W" * 40), stratum=1)
    found = headline(drawn + chosen, (DRAWN, CHOSEN))
    assert (found.n, found.sampled) == (60, 20)
    assert found.this_set.win_rate.rate < 0.4
    assert headline(table(("W", 120, "L" * 10 + "W" * 40), ("L", 20, "L" * 10))).this_set.win_rate.rate > 0.6


def test_several_pairs_of_an_example_widen_the_headline_and_few_examples_refuse_its_interval():
    said = [("W", "W"), ("L", "L"), ("W", "L"), ("L", "W")]
    tied = [(votes(said[k % 4][0]), VERDICTS[said[k % 4][1]], None, 1 + k) for k in range(20) for _ in range(3)]
    unread = [(votes("."), VERDICTS["W"], None, 100 + k) for k in range(40)]
    free = [(read, word, orders, 0) for read, word, orders, _ in [*tied, *unread]]
    one, other = headline([*tied, *unread]).population.win_rate, headline(free).population.win_rate
    assert one.method == "chain rule, clustered by example"
    assert one.high - one.low > 1.4 * (other.high - other.low)
    few = [(votes("W" if k % 2 else "L"), VERDICTS["W"], None, 1 + k % 5) for k in range(25)]
    refused = headline([*few, *unread]).population.win_rate
    assert (refused.low, refused.high) == (None, None)
    assert refused.reason == f"several pairs share an example: {MIN_CLUSTERS} examples needed for an interval"


def test_before_the_planned_n_the_headline_knows_that_it_is_provisional():
    found = headline(oracle_pairs(), planned=60)
    assert (found.planned, found.n) == (60, 30)


def test_without_a_judge_the_humans_speak_alone():
    counts = counts_of({"judge": table(("W", 100, "W" * 20 + "L" * 10))})
    found = run_statistics(
        counts.__class__(**{f: getattr(counts, f) for f in counts.__slots__} | {"judges": ()})
    ).headline
    assert (found.state, found.reason) == ("human-only", "no judge has read these pairs")
    assert found.population.win_rate.rate == pytest.approx(2 / 3)


LOOKED = st.tuples(
    st.sampled_from("....WWLT").map(votes),
    st.sampled_from([None, *VERDICTS.values()]),
    st.none(),
    st.just(0),
    st.integers(0, 2),
)

RUNS = st.lists(LOOKED, min_size=1, max_size=200).map(
    lambda pairs: counts_of(pairs, strata=(DRAWN, Stratum("b"), CHOSEN))
)


@settings(max_examples=examples(150))
@given(RUNS)
def test_every_headline_is_in_range_and_not_narrower_for_the_source_than_for_the_set(counts):
    found = assisted(counts, counts.judges[0])
    assert all(rate.rate is None for rate in rates_of(found)) is (found.state in ("counts", "opinion", "refused"))
    for name in NAMES:
        like, this = getattr(found.population, name), getattr(found.this_set, name)
        if like.rate is not None:
            assert 0 <= this.low <= this.rate + 1e-9
            assert this.rate <= this.high + 1e-9 <= 1 + 1e-8
            assert like.high - like.low >= this.high - this.low - 1e-9


@settings(max_examples=examples(60))
@given(RUNS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_no_headline(counts, rng):
    judge = counts.judges[0]
    turned = judge.__class__(1, "judge", "1", "llm", tuple(rng.sample(judge.cells, len(judge.cells))))
    for one, other in zip(rates_of(assisted(counts, judge)), rates_of(assisted(counts, turned)), strict=True):
        assert (one.rate, one.low, one.high, one.reason) == pytest.approx(
            (other.rate, other.low, other.high, other.reason)
        )


@settings(max_examples=examples(60))
@given(RUNS)
def test_changing_the_systems_over_mirrors_the_headline(counts):
    turn = {"W": "L", "L": "W"}
    verdicts = {VERDICTS["W"]: VERDICTS["L"], VERDICTS["L"]: VERDICTS["W"]}
    letters = {votes(word): word for word in ".WLT"}
    judge = counts.judges[0]
    mirrored = tuple(
        PairGroup(
            votes(turn.get(letters[cell.votes], letters[cell.votes])),
            verdicts.get(cell.verdict, cell.verdict),
            None,
            0,
            cell.count,
            cell.stratum,
        )
        for cell in judge.cells
    )
    one = assisted(counts, judge)
    other = assisted(counts, judge.__class__(1, "judge", "1", "llm", mirrored))
    assert one.state == other.state
    for here, there in ((one.population, other.population), (one.this_set, other.this_set)):
        for rate, mirror in ((here.win_rate, there.win_tie_rate), (here.ties_half, there.ties_half)):
            if rate.rate is not None:
                assert (rate.rate, rate.low, rate.high) == pytest.approx(
                    (1 - mirror.rate, 1 - mirror.high, 1 - mirror.low), abs=1e-6
                )


def test_a_tie_scores_0_in_the_win_rate_1_with_ties_and_one_half_between():
    assert (WIN, WIN_TIE, TIES_HALF) == ((0, 0, 1), (0, 1, 1), (0, 0.5, 1))
