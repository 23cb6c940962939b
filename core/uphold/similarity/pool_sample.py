"""A seeded sample of the different texts of a pool of any length, in memory that does not grow with the pool.

Each text has a number made of the seed and its words, and the ones with the smallest numbers are kept (bottom-k sampling:
Cohen and Kaplan 2007). Equal texts have equal numbers: every different text is as likely as any other, however often it is
there, and of those that are kept every occurrence has been counted. Each tag has a sample of its own beside that of all.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

Row = TypeVar("Row")

ALL_ROWS = 3000
"""Different texts that are kept of the whole pool."""

ROWS_OF_A_TAG = 300
MOST_TAGS = 100
"""Tags with a sample of their own: the first ones that are met."""

MOST_CHARACTERS = 64_000_000
"""Characters that all texts of one sample have at most; where they are longer, fewer are kept."""


@dataclass(slots=True)
class SampledRow(Generic[Row]):
    """A row of the pool, and how often a text with the same words is in it."""

    row: Row
    size: int
    times: int = 1


class _Smallest(Generic[Row]):
    """The rows with the smallest numbers."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._largest: list[int] = []  # a heap of negative numbers
        self._characters = 0
        self.rows: dict[int, SampledRow[Row]] = {}

    def add(self, number: int, row: Row, size: int) -> None:
        known = self.rows.get(number)
        if known is not None:
            known.times += 1
            return
        if len(self.rows) >= self._most and number > -self._largest[0]:
            return
        self.rows[number] = SampledRow(row, size)
        self._characters += size
        heappush(self._largest, -number)
        while len(self.rows) > self._most or (self._characters > MOST_CHARACTERS and len(self.rows) > 1):
            self._characters -= self.rows.pop(-heappop(self._largest)).size
            # Once a row was dropped, larger numbers never come in again: the sample stays one of the smallest.
            self._most = len(self.rows)


class PoolSample(Generic[Row]):
    """Keeps a sample of rows that are added one after the other; the same seed and pool give the same sample."""

    def __init__(self, seed: str, all_rows: int = ALL_ROWS, rows_of_a_tag: int = ROWS_OF_A_TAG) -> None:
        self._salt = hashlib.blake2b(seed.encode(), digest_size=16).digest()
        self._all: _Smallest[Row] = _Smallest(all_rows)
        self._rows_of_a_tag = rows_of_a_tag
        self._of_tag: dict[str, _Smallest[Row]] = {}

    def add(self, row: Row, row_words: Sequence[str], tags: Sequence[str], size: int) -> None:
        """Add a row with its words, by which equal texts are known, and its size in characters."""
        content = "\0".join(row_words).encode("utf-8", "surrogatepass")
        number = int.from_bytes(hashlib.blake2b(content, digest_size=8, salt=self._salt).digest())
        self._all.add(number, row, size)
        for tag in tags:
            if tag not in self._of_tag and len(self._of_tag) < MOST_TAGS:
                self._of_tag[tag] = _Smallest(self._rows_of_a_tag)
            if tag in self._of_tag:
                self._of_tag[tag].add(number, row, size)

    def rows(self) -> list[SampledRow[Row]]:
        """Return what is kept, in the order of the numbers, which is a random one."""
        kept = dict(self._all.rows)
        for sample in self._of_tag.values():
            for number, row in sample.rows.items():
                kept.setdefault(number, row)
        return [kept[number] for number in sorted(kept)]
