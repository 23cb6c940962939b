"""Word-level edit distance, and the rule by which it makes two texts nearly the same."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

MOST_EDITS = 4
"""Texts that differ in more words than this are not nearly the same."""

LEAST_SHARE = 0.45
"""Share of the weight of the words of two examples that must be unchanged.

With less, only `what is the ... of ...` is common to both. Of the PandaLM instructions with two words changed at random, the
shortest keep at least 0.52.
"""

_SHORTEST = ((3, 1), (5, 2), (12, 3), (16, 4))
"""(words that the shorter text has at least, edits that are allowed then)."""

Words = Sequence[str]


def allowed_edits(length: int) -> int:
    """Return how many edits leave a text of `length` words nearly the same.

    One from three words on, two from five. Long texts are allowed four for two changes, since a changed word is often two
    edits: `e-mail` for `mail it`, or a word on either side of a line break.
    """
    return max((edits for shortest, edits in _SHORTEST if length >= shortest), default=0)


def word_edits(first: Words, second: Words, limit: int) -> int | None:
    """Return the least number of words to replace, insert or delete that makes one text the other.

    None if it is more than `limit`. Levenshtein's distance over words, computed in a band of `limit` around the diagonal.
    """
    # What both begin and end with cannot matter; most texts that are compared differ in the middle only.
    start, end_first, end_second = 0, len(first), len(second)
    while start < end_first and start < end_second and first[start] == second[start]:
        start += 1
    while end_first > start and end_second > start and first[end_first - 1] == second[end_second - 1]:
        end_first -= 1
        end_second -= 1
    first, second = first[start:end_first], second[start:end_second]
    if abs(len(first) - len(second)) > limit:
        return None
    if not first or not second:
        return len(first) + len(second)
    beyond = limit + 1
    before = [column if column <= limit else beyond for column in range(len(second) + 1)]
    for row, word in enumerate(first, 1):
        low, high = max(1, row - limit), min(len(second), row + limit)
        current = [beyond] * (len(second) + 1)
        if row <= limit:
            current[0] = row
        for column in range(low, high + 1):
            current[column] = min(
                before[column - 1] + (word != second[column - 1]), before[column] + 1, current[column - 1] + 1, beyond
            )
        if min(current) > limit:
            return None
        before = current
    return before[-1] if before[-1] <= limit else None


class WordWeights:
    """How much words tell: log(1 + N / (n + 1/2)) for a word that n of N texts hold (inverse document frequency)."""

    def __init__(self) -> None:
        self._texts = 0
        self._counts: Counter[str] = Counter()

    def add(self, distinct_words: Iterable[str]) -> None:
        """Count one more text by its distinct words; words that never matter may be left out."""
        self._texts += 1
        self._counts.update(distinct_words)

    def frequency(self, word: str) -> int:
        """Return in how many texts the word is."""
        return self._counts[word]

    def weight(self, word: str) -> float:
        """Return the weight of a word."""
        return math.log(1 + self._texts / (self._counts[word] + 0.5))

    def total(self, counts: Mapping[str, int]) -> float:
        """Return the weight of words with how often each occurs."""
        return sum(self.weight(word) * number for word, number in counts.items())

    def shared(self, first: Counter[str], second: Counter[str]) -> float:
        """Return the weight of the words common to both, as a share of that of the heavier text; 1 for two empty ones."""
        heavier = max(self.total(first), self.total(second))
        return self.total(first & second) / heavier if heavier else 1.0


def likeness(first: Words, second: Words) -> float:
    """Return the share of their words that two texts have in common (Dice's coefficient over multisets), 0 to 1."""
    if not first and not second:
        return 1.0
    common = Counter(first) & Counter(second)
    return 2 * sum(common.values()) / (len(first) + len(second))


def edits_within(pattern: Words, text: Words, limit: int) -> int | None:
    """Return the least number of edits that make `pattern` some run of words of `text`; None if it is more than `limit`.

    Sellers' algorithm: Levenshtein's distance with a free beginning and end in `text`.
    """
    before = [0] * (len(text) + 1)
    for row, word in enumerate(pattern, 1):
        current = [row]
        for column, other in enumerate(text, 1):
            current.append(min(before[column - 1] + (word != other), before[column] + 1, current[-1] + 1))
        if min(current) > limit:
            return None
        before = current
    return min(before)
