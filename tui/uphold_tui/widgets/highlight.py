"""Finding words in a text and highlighting them: those that were searched for, and those of a reference."""

import re
import unicodedata
from functools import lru_cache

from textual.content import Content

from uphold_tui.themes import FOUND

Span = tuple[int, int]
"""Character offsets, from and to."""

_LEAST_PREFIX = 3
"""Letters from which a searched word matches the start of a longer word, as in the full-text search."""

_WORD = re.compile(r"\w+(?:[.,:’'-]\w+)*")


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """Return a character without its accent, in lower case."""
    return (unicodedata.normalize("NFD", character)[0].lower() or character)[0]


def fold(text: str) -> str:
    """Return a text without accents and capitals, of the same length."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=16)
def _pattern(typed: str) -> re.Pattern[str] | None:
    words = [word for word in typed.replace('"', "").split() if any(map(str.isalnum, word))]
    if not words:
        return None
    ends = (re.escape(fold(word)) + ("" if len(word) >= _LEAST_PREFIX else r"(?!\w)") for word in words)
    return re.compile("|".join(rf"(?<!\w){end}" for end in ends))


def spans(text: str, typed: str) -> tuple[Span, ...]:
    """Return where the words typed are found in a text."""
    pattern = _pattern(typed)
    return tuple(found.span() for found in pattern.finditer(fold(text))) if pattern is not None else ()


def highlighted(content: Content, typed: str) -> Content:
    """Return the content with the words typed highlighted."""
    for start, end in spans(content.plain, typed) if typed else ():
        content = content.stylize(FOUND, start, end)
    return content


def content_words(text: str) -> dict[str, tuple[Span, ...]]:
    """Return the words of a text that have four letters or more, or a digit: folded, with where each is found."""
    found: dict[str, list[Span]] = {}
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if len(word) >= 4 or any(map(str.isdigit, word)):
            found.setdefault(word, []).append(match.span())
    return {word: tuple(word_spans) for word, word_spans in found.items()}
