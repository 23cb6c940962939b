"""Words that stand out: those that only one of two texts has, and what became of a text."""

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from uphold_tui.themes import MUTED, TINT
from uphold_tui.widgets.inline_diff import inline_diff
from uphold_tui.widgets.own_words import own_words, word_set

_TEXTS = st.lists(st.sampled_from(["a", "b.", "Cé", "d", "…", "e"]), max_size=30).map(" ".join)


def styled(content: Content, style: str) -> str:
    """The text of one style."""
    return " ".join(content.plain[span.start : span.end] for span in content.spans if str(span.style) == style)


def plain_words(content: Content) -> list[str]:
    """The words that are not muted."""
    muted = {at for span in content.spans if str(span.style) == MUTED for at in range(span.start, span.end)}
    return "".join(" " if at in muted else character for at, character in enumerate(content.plain)).split()


def test_words_that_the_other_text_has_are_muted_whatever_their_case_accents_and_signs() -> None:
    marked = own_words(Content("A kettle, in January: “café” again"), word_set("a KETTLE (cafe)", "again!"))
    assert plain_words(marked) == ["in", "January:"]
    assert plain_words(own_words(Content("all\nof it"), frozenset())) == ["all", "of", "it"]


def test_what_came_is_tinted_what_went_is_struck_and_long_stretches_are_left_out() -> None:
    same = " ".join(f"word{number}" for number in range(100))
    found = inline_diff(f"{same} money back soon. Write a reply.", f"{same} money back today. Write the reply.")
    assert styled(found, TINT) == "today. the"
    assert styled(found, f"{MUTED} strike") == "soon. a"
    assert found.plain.startswith("… word9")
    assert inline_diff("", "All new.").plain == "All new."


@given(_TEXTS, _TEXTS)
def test_without_what_went_it_is_the_new_text(old: str, new: str) -> None:
    found = inline_diff(old, new)
    pieces = [found.plain[span.start : span.end] for span in found.spans if "strike" not in str(span.style)]
    assert " ".join(pieces).split() == new.split() or " … " in found.plain


def test_texts_without_a_common_word_are_replaced_at_once() -> None:
    old, new = " ".join("ab"[n % 2] for n in range(40_000)), " ".join("cd"[n % 2] for n in range(40_000))
    assert [str(span.style) for span in inline_diff(old, new).spans] == [f"{MUTED} strike", TINT]
