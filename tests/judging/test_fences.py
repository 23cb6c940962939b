import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.judging.fences import PIECE, imitates, new_fence

FENCE = "0123456789abcdef" * 2

WRITTEN = {
    "as it is": "89abcdef",
    "in capitals": "89ABCDEF",
    "full width": "\uff18\uff19\uff41\uff42\uff43\uff44\uff45\uff46",
    "mathematical bold": "\U0001d7d6\U0001d7d7\U0001d41a\U0001d41b\U0001d41c\U0001d41d\U0001d41e\U0001d41f",
    "circled capitals": "8\u2468\u24b6\u24b7\u24b8\u24b9\u24ba\u24bb",
    "zero-width spaces between": "\u200b".join("89abcdef"),
    "soft hyphens between": "\u00ad".join("89abcdef"),
    "variation selectors after": "".join(f"{char}\ufe0f" for char in "89abcdef"),
    "tags between": "\U000e0041".join("89abcdef"),
    "the Mongolian vowel separator between": "\u180e".join("89abcdef"),
    "fillers between": "\u3164".join("89abcdef"),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_eight_characters_of_a_fence_are_found_however_they_are_written(text: str) -> None:
    assert imitates(f"some words {text} and more", FENCE)


def test_seven_characters_and_other_words_are_no_imitation() -> None:
    assert not imitates("89abcde", FENCE)
    assert not imitates("A decade of facade: deadbeef, 1234.", FENCE)
    assert not imitates("", FENCE)


def invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc", "Cs", "Mn", "Me")


@given(st.text(), st.integers(0, 24), st.lists(st.characters(), min_size=PIECE, max_size=PIECE), st.text())
def test_whatever_is_found_in_the_folded_text_without_its_invisible_characters_is_found(
    before: str, start: int, between: list[str], after: str
) -> None:
    piece = FENCE[start : start + PIECE]
    text = before + "".join(a + b if invisible(b) else a for a, b in zip(piece, between, strict=True)) + after
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if piece in "".join(char for char in folded if not invisible(char)):
        assert imitates(text, FENCE)


def test_long_hostile_texts_take_linear_time() -> None:
    for text in ("\u0301\u0327" * 500_000, "\ufdfa" * 500_000, "0123456" * 200_000):
        assert not imitates(text, FENCE)


def test_fences_are_hex() -> None:
    assert int(new_fence(), 16) >= 0
    assert len(new_fence()) == 32
