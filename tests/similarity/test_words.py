"""Words for comparing: what makes no difference, and what does."""

import pytest

from uphold.similarity.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s  GOOD,\nisn't it?", ["its", "good", "isnt", "it"]),
        ("- **Write** a _poem_!", ["write", "a", "poem"]),
        ("3 + 4 = 7", ["3", "+", "4", "=", "7"]),
        ("x^2 in C++", ["x^2", "in", "c++"]),
        ("ﬁne Straße", ["fine", "strasse"]),
        ("caf\u00e9 cafe\u0301", ["caf\u00e9", "caf\u00e9"]),
        ("so—then", ["so", "then"]),
        ("a\u200bb \u202ec", ["ab", "c"]),
        ("東京は", ["東", "京", "は"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("?! — ***", []),
    ],
)
def test_case_punctuation_and_compatibility_forms_make_no_difference_and_signs_do(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected
