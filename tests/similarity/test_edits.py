"""Edits between texts, against the plain table of Levenshtein's distance."""

from hypothesis import given
from hypothesis import strategies as st

from uphold.similarity.edits import allowed_edits, edits_within, likeness, word_edits

texts = st.lists(st.sampled_from("abc"), max_size=9)


def distance(first: list[str], second: list[str]) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row = row, [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


@given(texts, texts, st.integers(0, 5))
def test_edits_are_levenshteins_distance_up_to_the_limit(first: list[str], second: list[str], limit: int) -> None:
    expected = distance(first, second)
    assert word_edits(first, second, limit) == (expected if expected <= limit else None)


@given(texts, texts, st.integers(0, 4))
def test_edits_within_are_those_of_the_likest_run_of_words(pattern: list[str], text: list[str], limit: int) -> None:
    runs = [text[begin:end] for begin in range(len(text) + 1) for end in range(begin, len(text) + 1)]
    expected = min(distance(pattern, run) for run in runs)
    assert edits_within(pattern, text, limit) == (expected if expected <= limit else None)


def test_two_words_may_change_from_five_on_and_none_of_a_word_or_two() -> None:
    assert [allowed_edits(length) for length in (0, 2, 3, 4, 5, 11, 12, 16, 300)] == [0, 0, 1, 1, 2, 2, 3, 4, 4]


def test_likeness_counts_words_as_often_as_they_are_there() -> None:
    assert likeness(["a", "b", "b"], ["a", "b", "c"]) == 2 / 3
    assert likeness([], []) == 1.0
    assert likeness(["a"], []) == 0.0
