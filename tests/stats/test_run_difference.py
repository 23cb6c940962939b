"""The difference of two runs: parts, equal answers, the judge's changes as cells, and when nothing can be said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.matched_runs import part, runs, side
from support.run_counts import ORACLES
from uphold.records.comparisons import MatchedExample
from uphold.stats.run_difference import (
    SharedUnits,
    Unit,
    as_difference,
    by_judge,
    by_people,
    estimate,
    gate_bounds,
    parts_of,
    rated_difference,
    shared_units,
    with_ties_half,
)


def units(parts):
    equal, found = 0, []
    for one in parts:
        if one["changes"] is None:
            equal += one["examples"]
            continue
        chance = len(one["changes"]) / one["examples"]
        found += [Unit(change, chance, False, None) for change in one["changes"]]
        found += [Unit(None, chance, False, None)] * (one["examples"] - len(one["changes"]))
    return SharedUnits(tuple(found), equal, 0, 0, by_judge=False)


@pytest.mark.parametrize("name", ["one_part", "equal_answers", "two_parts"])
def test_mean_variance_and_interval_are_the_library_s(name):
    entry = ORACLES["run_difference"]
    expected, found = entry["expected"][name], estimate(units(entry["input"][name]["parts"]))
    shown = as_difference(found)
    assert (found.variance, found.df) == (pytest.approx(expected["variance"], abs=1e-8), expected["df"])
    assert (shown.difference, shown.low, shown.high) == pytest.approx(
        (expected["difference"], expected["low"], expected["high"]), abs=entry["tolerance"]
    )


@pytest.mark.parametrize("name", ["one_part", "equal_answers", "two_parts"])
def test_the_gate_s_bounds_are_the_library_s(name):
    entry = ORACLES["gate_bound"]
    expected, found = entry["expected"][name], gate_bounds(units(entry["input"][name]["parts"]))
    assert (found.low, found.high) == pytest.approx((expected["bound"], expected["upper"]), abs=entry["tolerance"])


def test_the_judge_s_own_changes_are_cells_as_in_the_library():
    entry = ORACLES["run_difference_cells"]
    cells = entry["input"]["cells"]
    chance = sum(sum(cell["counts"]) for cell in cells) / sum(cell["of"] for cell in cells)
    found = []
    for said, cell in zip((-1, 0, 1), cells, strict=True):
        for change, number in zip((-1.0, -0.5, 0.0, 0.5, 1.0), cell["counts"], strict=True):
            found += [Unit(change, chance, False, said)] * number
        found += [Unit(None, chance, False, said)] * (cell["of"] - sum(cell["counts"]))
    expected, shown = entry["expected"], as_difference(estimate(SharedUnits(tuple(found), 0, 0, 0, by_judge=False)))
    assert (shown.difference, shown.low, shown.high) == pytest.approx(
        (expected["difference"], expected["low"], expected["high"]), abs=entry["tolerance"]
    )
    assert shown.method == "t, by the judge's changes"


def test_one_part_is_the_paired_t_of_the_library():
    given_, expected = ORACLES["paired_scores"]["input"], ORACLES["paired_scores"]["expected"]
    word = {1.0: "W", 0.5: "T", 0.0: "L"}
    found = rated_difference(runs(part([word[s] for s in given_["B"]], [word[s] for s in given_["A"]])), by_people)
    half = found.ties_half
    assert (half.difference, half.low, half.high) == pytest.approx((expected["diff"], *expected["ci"]), abs=1e-7)
    assert (len(found.won), len(found.lost)) == (expected["better"], expected["worse"])
    assert [(item.before, item.after) for item in found.lost[:2]] == [(1.0, 0.0), (1.0, 0.5)]


def test_equal_answers_are_known_not_to_have_changed_whether_read_or_not():
    changed = part("W" * 10, "L" * 5 + "W" * 5)
    for equal in (part("." * 90, "." * 90, equal=True, start=10), part("W" * 90, "L" * 90, equal=True, start=10)):
        found = rated_difference(runs(changed, equal), by_people)
        assert found.ties_half.difference == pytest.approx(-0.05)
        assert (found.shared.equal, found.shared.known, found.ties_half.n) == (90, 100, 100)
        assert len(found.lost) == 5


def test_parts_are_weighted_by_how_many_they_are_and_not_by_how_many_were_read():
    often = part("W" * 20, "L" * 10 + "W" * 10, inclusion=1.0)
    rest = part("W" * 10, "W" * 10, unread=70, start=100)
    found = rated_difference(runs(often, rest), by_people).ties_half
    assert found.difference == pytest.approx(-0.1)
    assert found.method == "t, in parts"


def test_small_parts_are_joined_and_their_examples_still_weighted_by_how_they_were_drawn():
    often = part("W" * 12, "L" * 6 + "W" * 6, unread=4)
    rare = part("W" * 4, "W" * 4, unread=60, start=100)
    shared = shared_units(runs(often, rare).pairs, by_people, with_ties_half)
    (joined,) = parts_of(shared)
    assert (joined.n, len(joined.units)) == (16, 80)
    raw, weighted = -6 / 16, -8 / 80
    assert estimate(shared).mean == pytest.approx(weighted)
    assert estimate(shared).mean != pytest.approx(raw)


def test_the_judge_is_no_help_where_a_cell_is_not_read():
    before, after = "W" * 30, "L" * 8 + "W" * 22
    judged = ("W" * 60, "L" * 10 + "W" * 50)
    helped = rated_difference(runs(part(before, after, judged, unread=30)), by_people).ties_half
    assert helped.method == "t, by the judge's changes"
    lonely = ("W" * 60, "L" * 10 + "W" * 49 + "U")
    assert rated_difference(runs(part(before, after, lonely, unread=30)), by_people).ties_half.method == "t"


def test_turns_of_a_conversation_and_equal_examples_are_one_unit():
    twice = [
        replace(pair, turn=turn, key=f"{pair.key}-{turn}")
        for pair in part("W" * 12, "L" * 3 + "W" * 9)
        for turn in (1, 2)
    ]
    once = rated_difference(runs(part("W" * 12, "L" * 3 + "W" * 9)), by_people)
    found = rated_difference(runs(twice), by_people)
    assert (found.ties_half, found.shared) == (once.ties_half, once.shared)
    assert len(found.lost) == 6


def test_a_conversation_of_which_one_turn_is_equal_changed_by_half_of_the_other():
    talks = part("W" * 12, "L" * 6 + "W" * 6)
    second = [replace(pair, turn=2, equal=True) for pair in talks]
    assert rated_difference(runs(talks, second), by_people).ties_half.difference == pytest.approx(-0.25)


def test_where_nothing_changed_the_interval_keeps_a_width():
    found = rated_difference(runs(part("W" * 50, "W" * 50)), by_people).ties_half
    assert found.difference == 0
    assert found.low < -0.02
    assert found.high == -found.low


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([part("." * 20, "." * 20, inclusion=0.0)], "no example was read in both runs"),
        ([part("W" * 8, "L" * 8)], "10 examples read in both runs needed, 8 are there"),
        ([part("W" * 8, "L" * 8, unread=30)], "10 examples read in both runs needed, 8 are there"),
        (
            [part("W" * 3, "L" * 3, unread=17), part("." * 80, "." * 80, equal=True, start=50)],
            "5 examples with different answers read in both runs needed, 3 are there",
        ),
        (
            [part("W" * 30, "L" * 30, unread=30, chosen=True)],
            "chosen, not sampled: these numbers speak of the 30 examples",
        ),
        (
            [part("W" * 30, "L" * 30), part("." * 10, "." * 10, inclusion=0.0, start=50)],
            "10 examples cannot have been read in both runs yet",
        ),
        ([part("." * 20, "." * 20, equal=True)], "every answer is equal in both runs"),
        ([], "the runs share no example"),
    ],
)
def test_what_cannot_be_said_has_a_reason(pairs, reason):
    for found in (
        rated_difference(runs(*pairs), by_people).ties_half,
        rated_difference(runs(*pairs), by_people).win_rate,
    ):
        assert (found.low, found.high) == (None, None)
        assert found.reason.startswith(reason)


def test_a_difference_that_is_withheld_is_the_mean_of_as_many_as_its_n_says():
    pairs = runs(part("W" * 3, "L" * 3, unread=17), part("." * 80, "." * 80, equal=True, start=50))
    found = rated_difference(pairs, by_people)
    assert (found.ties_half.difference, found.ties_half.n, found.shared.known) == (-1, 3, 83)
    read = part("W" * 80, "W" * 80, equal=True, start=50)
    found = rated_difference(runs(part("W" * 3, "L" * 3, unread=17), read), by_people)
    assert (found.ties_half.difference, found.ties_half.n) == (pytest.approx(-3 / 83), 83)
    few = rated_difference(runs(part("W" * 3, "L" * 3), part("." * 5, "." * 5, equal=True, start=50)), by_people)
    assert (few.ties_half.difference, few.ties_half.n) == (pytest.approx(-3 / 8), 8)


def test_chosen_examples_speak_for_themselves_where_others_were_drawn():
    drawn = part("W" * 20, "W" * 20, unread=60)
    picked = [replace(pair, after=replace(pair.after, chosen=True)) for pair in part("W" * 10, "L" * 10, start=200)]
    found = rated_difference(runs(drawn, picked), by_people).ties_half
    assert found.difference == pytest.approx(-10 / 90)


def test_unresolved_examples_are_left_out_and_a_run_that_is_read_is_not_called_chosen():
    drawn = [
        MatchedExample(f"d{at}", 1, 900 + at, False, side("W", chosen=True), side("WL", chosen=True)) for at in range(4)
    ]
    found = rated_difference(runs(part("W" * 30, "L" * 3 + "W" * 27, chosen=True), drawn), by_people)
    assert found.ties_half.difference == pytest.approx(-0.1)
    assert found.ties_half.low is not None
    assert (found.shared.unresolved, found.shared.shared) == (4, 34)


def test_a_judge_s_difference_leaves_out_what_it_could_not_read():
    judged = ("W" * 20, "U" * 2 + "L" * 9 + "I" * 9)
    found = rated_difference(runs(part("." * 20, "." * 20, judged)), by_judge)
    assert found.ties_half.difference == pytest.approx((-9 - 4.5) / 18)
    assert found.shared.unresolved == 2


WORDS = st.lists(st.tuples(st.sampled_from("WTL"), st.sampled_from("WTL"), st.booleans()), min_size=10, max_size=60)


@given(WORDS, st.integers(0, 20))
def test_comparing_the_other_way_round_mirrors_everything(said, unread):
    def made(swap):
        pairs = part([one[swap] for one in said], [one[1 - swap] for one in said], unread=unread)
        marks = [one[2] for one in said] + [False] * unread
        return rated_difference(runs([replace(p, equal=mark) for p, mark in zip(pairs, marks, strict=True)]), by_people)

    one, other = made(0), made(1)
    for here, there in ((one.win_rate, other.win_rate), (one.ties_half, other.ties_half)):
        assert here.reason == there.reason
        if here.low is not None:
            assert (here.low, here.difference, here.high) == pytest.approx((-there.high, -there.difference, -there.low))
            assert -1 <= here.low <= here.difference <= here.high <= 1
    assert {item.key for item in one.lost} == {item.key for item in other.won}


@given(WORDS, st.randoms())
def test_the_order_of_the_examples_is_irrelevant(said, rng):
    pairs = part([one[0] for one in said], [one[1] for one in said], unread=7)
    shuffled = list(pairs)
    rng.shuffle(shuffled)
    one, other = (rated_difference(runs(made), by_people).ties_half for made in (pairs, shuffled))
    assert (one.difference, one.low, one.high) == pytest.approx((other.difference, other.low, other.high))
