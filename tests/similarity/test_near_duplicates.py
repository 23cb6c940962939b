"""Near-duplicates: the search finds what comparing each with each would, and names nothing else in real instructions."""

import json
import random
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.imports import DATA
from uphold.similarity.near_duplicates import (
    ComparedText,
    NearDuplicates,
    find_near_duplicates,
    near_edits,
    part_weights,
)


def found_in(texts: list[ComparedText]) -> NearDuplicates:
    steps = find_near_duplicates(texts)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: NearDuplicates = end.value
            return found


def asked(*instructions: str) -> list[ComparedText]:
    return [ComparedText.of(None, [instruction]) for instruction in instructions]


parts = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=0, max_size=8).map(tuple)


@given(st.lists(st.tuples(parts, parts), min_size=1, max_size=10))
def test_the_groups_are_those_of_comparing_each_with_each(drawn: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
    texts = [ComparedText(one) for one in drawn]
    weights = part_weights(texts)
    expected = list(range(len(texts)))
    for first, second in combinations(range(len(texts)), 2):
        # Whether a context is there tells texts apart, whatever else they share.
        if bool(texts[first].parts[0]) is bool(texts[second].parts[0]) and (
            near_edits(texts[first], texts[second], weights) is not None
        ):
            low, high = sorted((expected[first], expected[second]))
            expected = [low if group == high else group for group in expected]
    found = found_in(texts)
    assert found.groups == expected
    assert len(found.pairs) == len(texts) - len(set(expected))


@cache
def pandalm() -> list[str]:
    file = DATA / "pandalm" / "testset-v1.json"
    if not file.exists():
        pytest.skip("the PandaLM data is not here")
    rows = json.loads(file.read_text(encoding="utf-8"))
    return list(dict.fromkeys(f"{row['instruction']}\n{row['input']}" for row in rows))


def changed(rng: random.Random, text: str, number: int) -> str:
    """The text with some words replaced, left out, or followed by another."""
    split = text.split()
    for place in rng.sample(range(len(split)), number):
        other = rng.choice(rng.choice(pandalm()).split())
        split[place] = rng.choice([other, other, "", f"{split[place]} {other}"])
    return " ".join(split)


@pytest.mark.parametrize("seed", range(6))
def test_planted_copies_of_real_instructions_are_named_and_nothing_else(seed: int) -> None:
    rng, texts = random.Random(seed), pandalm()
    chosen = rng.sample([place for place, text in enumerate(texts) if len(text.split()) >= 5], 20)
    planted = [
        texts[place] if number < 10 else changed(rng, texts[place], 1 + number % 2)
        for number, place in enumerate(chosen)
    ]
    pairs = found_in(asked(*texts, *planted)).pairs
    assert {(pair.first, pair.second) for pair in pairs} == {
        (place, len(texts) + number) for number, place in enumerate(chosen)
    }


def test_what_two_questions_share_has_to_tell_something() -> None:
    others = [f"What is the {noun} of {place}?" for noun, place in zip("abcdefgh", "ijklmnop", strict=True)]
    others += [f"Tell me {number} things about the {number + 40}th of them" for number in range(30)]
    assert not found_in(asked("What is the capital of France?", "What is the meaning of life?", *others)).pairs
    assert found_in(asked("Suggest a recipe for a vegan dessert.", "Suggest a drink for a vegan party.", *others)).pairs


def test_an_equal_context_does_not_make_short_questions_alike() -> None:
    policy = "You are the support desk of a shop and answer in one line. " * 5
    texts = [ComparedText.of(policy, [turn]) for turn in ("Where is it?", "When is that?", "where is it")]
    (pair,) = found_in(texts).pairs
    assert (pair.first, pair.second, pair.edits) == (0, 2, 0)


def test_a_group_is_named_with_as_few_pairs_as_hold_it_together() -> None:
    text = "please describe the three best ways to boil an egg at home tonight"
    variants = [text, text.replace("three", "four"), text.replace("best", "worst"), text]
    pairs = found_in(asked(*variants)).pairs
    assert [(pair.first, pair.second, pair.edits) for pair in pairs] == [(0, 1, 1), (0, 2, 1), (0, 3, 0)]


def test_a_template_filled_in_many_times_is_a_family_and_no_pairs() -> None:
    filled = [f"summarise the meeting notes about topic{number} for the whole team" for number in range(12)]
    found = found_in(asked(*filled, "an unlike text altogether"))
    assert (found.pairs, found.families) == ([], [list(range(12))])
