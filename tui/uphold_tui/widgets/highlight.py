"""Where words stand in a text: those that were searched for, and those of a reference."""

import re
import unicodedata
from functools import lru_cache

from textual.content import Content

from uphold_tui.themes import FOUND

Span = tuple[int, int]
"""Character offsets, from and to."""


_STEM = 3
"""Longer words are looked for as the beginning of a word, as the search does."""


_WORD = re.compile(r"\w+(?:[.,:’'-]\w+)*")


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """One character without its accent, in lower case."""
    return (unicodedata.normalize("NFD", character)[0].lower() or character)[0]


def fold(text: str) -> str:
    """A text of the same length without accents and capitals."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=16)
def _pattern(typed: str) -> re.Pattern[str] | None:
    words = [word for word in typed.replace('"', "").split() if any(map(str.isalnum, word))]
    if not words:
        return None
    ends = (re.escape(fold(word)) + ("" if len(word) >= _STEM else r"(?!\w)") for word in words)
    return re.compile("|".join(rf"(?<!\w){end}" for end in ends))


def spans(text: str, typed: str) -> tuple[Span, ...]:
    """Where one of the words typed stands in a text."""
    pattern = _pattern(typed)
    return tuple(found.span() for found in pattern.finditer(fold(text))) if pattern is not None else ()


def lit(content: Content, typed: str) -> Content:
    """The content with the words typed lit."""
    for start, end in spans(content.plain, typed) if typed else ():
        content = content.stylize(FOUND, start, end)
    return content


def telling_words(text: str) -> dict[str, tuple[Span, ...]]:
    """The words of a text that tell something (four letters and more, or a number), folded, with where they stand."""
    found: dict[str, list[Span]] = {}
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if len(word) >= 4 or any(map(str.isdigit, word)):
            found.setdefault(word, []).append(match.span())
    return {word: tuple(places) for word, places in found.items()}
