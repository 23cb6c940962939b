"""Marks the words of a text that another text does not have; the others are muted."""

import re
from collections.abc import Iterator

from textual.content import Content

from uphold_tui.themes import MUTED, UNSHARED
from uphold_tui.widgets.highlight import fold

_TOKEN = re.compile(r"\S+")

_EDGE = re.compile(r"^\W+|\W+$")


def word_set(*texts: str) -> frozenset[str]:
    """Return the words of some texts, without case, accents, and signs around them."""
    return frozenset(_key(found[0]) for text in texts for found in _TOKEN.finditer(text))


def _key(token: str) -> str:
    folded = fold(token)
    return _EDGE.sub("", folded) or folded


def own_words(text: Content, other: frozenset[str]) -> Content:
    """Return a text whose words that the other text has are muted. Takes time in proportion to its length."""
    pieces, position = [], 0
    for start, end in _own_spans(text.plain, other):
        pieces += [text[position:start].stylize(MUTED), text[start:end].stylize(UNSHARED)]
        position = end
    return Content.assemble(*pieces, text[position:].stylize(MUTED))


def _own_spans(text: str, other: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of words that the other text lacks; neighbours are one stretch."""
    start = end = -1
    for found in _TOKEN.finditer(text):
        if _key(found[0]) in other:
            if start >= 0:
                yield start, end
            start = -1
        else:
            start = found.start() if start < 0 else start
            end = found.end()
    if start >= 0:
        yield start, end
