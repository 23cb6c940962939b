"""Word diff of two texts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

_TOKEN = re.compile(r"\s+|\S+")

_MANY = 6_000
"""Above this many words the matcher may pass over very common ones, to stay quick."""

Span = tuple[int, int]
"""Character offsets, from and to."""


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Character ranges that only one side has, how many words they are, and the share of words in common."""

    only_a: tuple[Span, ...]
    only_b: tuple[Span, ...]
    words_a: int
    words_b: int
    same: float


@lru_cache(maxsize=16)
def word_diff(a: str, b: str) -> WordDiff:
    """Compare two texts word by word; white space counts for nothing."""
    words_a, words_b = list(_TOKEN.finditer(a)), list(_TOKEN.finditer(b))
    words_a = [word for word in words_a if not word[0].isspace()]
    words_b = [word for word in words_b if not word[0].isspace()]
    many = max(len(words_a), len(words_b)) > _MANY
    matcher = SequenceMatcher(None, [word[0] for word in words_a], [word[0] for word in words_b], autojunk=many)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    only_a = tuple((words_a[i].start(), words_a[j - 1].end()) for _, i, j, _, _ in changes if j > i)
    only_b = tuple((words_b[i].start(), words_b[j - 1].end()) for _, _, _, i, j in changes if j > i)
    return WordDiff(
        only_a=only_a,
        only_b=only_b,
        words_a=sum(j - i for _, i, j, _, _ in changes),
        words_b=sum(j - i for _, _, _, i, j in changes),
        same=matcher.ratio(),
    )
