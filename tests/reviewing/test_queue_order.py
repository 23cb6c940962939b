"""Orders and sides are drawn by seed: the same each time, whatever order things came in."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import Preference
from uphold.reviewing.presentation import side_a
from uphold.reviewing.queue_order import draw_random, uniform

PAIRS = st.lists(st.tuples(st.text(max_size=5), st.integers(1, 3)), min_size=1, max_size=20, unique=True)


@given(PAIRS, st.randoms(use_true_random=False), st.text(max_size=4))
def test_the_order_depends_on_the_seed_and_not_on_the_order_in_which_pairs_came(pairs, random, seed) -> None:  # type: ignore[no-untyped-def]
    named = [(number, key, turn) for number, (key, turn) in enumerate(pairs, 1)]
    shuffled = named[:]
    random.shuffle(shuffled)
    drawn = draw_random(seed, named)
    assert drawn == draw_random(seed, shuffled)
    assert sorted(pair_id for pair_id, *_ in drawn) == [pair_id for pair_id, *_ in named]
    assert [key for *_, key in drawn] == sorted(key for *_, key in drawn)


def test_a_draw_is_one_stratum_with_weight_one_and_keys_between_nought_and_one() -> None:
    drawn = draw_random("seed", [(number, f"k{number}", 1) for number in range(1000)])
    assert {(stratum, weight) for _, stratum, weight, _ in drawn} == {("all", 1.0)}
    keys = [key for *_, key in drawn]
    assert 0 < keys[0] < keys[-1] < 1
    assert 0.45 < sum(keys) / len(keys) < 0.55


def test_another_seed_gives_another_order() -> None:
    pairs = [(number, f"k{number}", 1) for number in range(20)]
    assert draw_random("one", pairs) != draw_random("two", pairs)
    assert uniform("one", "k", 1) != uniform("one", "k", 2)


def test_sides_are_even_over_pairs_and_over_reviewers_and_stay_as_they_were() -> None:
    over_pairs = Counter(side_a("seed", f"k{number}", 1, "c", "ada") for number in range(2000))
    over_people = Counter(side_a("seed", "k", 1, "c", f"reader {number}") for number in range(2000))
    assert all(900 < count < 1100 for counts in (over_pairs, over_people) for count in counts.values())
    assert side_a("seed", "k", 1, "c", "ada") is side_a("seed", "k", 1, "c", "ada")


def test_sides_do_not_follow_the_order_of_the_queue() -> None:
    early = [number for number in range(2000) if uniform("seed", f"k{number}", 1) < 0.5]
    sides = Counter(side_a("seed", f"k{number}", 1, "c", "ada") for number in early)
    assert abs(sides[Preference.CANDIDATE] / len(early) - 0.5) < 0.05
