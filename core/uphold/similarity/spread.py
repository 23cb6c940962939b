"""A choice of texts that is spread over a pool and far from what is there already.

Texts are compared by the words that tell most (TF-IDF, cosine). A choice is good if every text of the pool is like something
that is chosen or was there before: the sum of these likenesses is what the greedy choice makes large, one text after the other
(facility location; Nemhauser, Wolsey and Fisher 1978: at least 63 % of the best possible). So each chosen text stands for many
others, none for what the set covers, and an odd text that is like no other comes late. No model is needed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, nlargest

_MOST_WORDS = 30
"""Words of a text that are compared: those that tell most."""

_NEIGHBOURS = 60
_LEAST_LIKENESS = 0.05
_MOST_COMMON = 0.5
"""Words that are in more texts than this share tell nothing."""

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest of the texts that were there before, and the cosine of the two; None where none shares a telling word."""

    position: int | None
    cosine: float


def vectors(texts: Sequence[Sequence[str]]) -> list[Vector]:
    """Return the TF-IDF vectors of texts, of length 1; of each the words that tell most."""
    frequency = Counter(word for text in texts for word in set(text))
    number = len(texts)
    rarity = {
        word: math.log((number + 1) / (times + 0.5))
        for word, times in frequency.items()
        if times <= max(2, _MOST_COMMON * number)
    }
    return [_vector(text, rarity) for text in texts]


def _vector(text: Sequence[str], rarity: Mapping[str, float]) -> Vector:
    counts = Counter(word for word in text if word in rarity)
    weights = {word: (1 + math.log(times)) * rarity[word] for word, times in counts.items()}
    kept = nlargest(_MOST_WORDS, weights.items(), key=lambda item: (item[1], item[0]))
    length = math.sqrt(sum(weight * weight for _, weight in kept)) or 1.0
    return {word: weight / length for word, weight in kept}


def nearest(pool: Sequence[Vector], existing: Sequence[Vector]) -> list[Nearest]:
    """Return for each text of the pool the nearest existing one."""
    index = _Index(existing)
    found = []
    for vector in pool:
        likest = max(index.cosines(vector).items(), key=lambda item: (item[1], -item[0]), default=None)
        found.append(Nearest(None, 0.0) if likest is None else Nearest(likest[0], min(1.0, likest[1])))
    return found


class _Index:
    def __init__(self, texts: Sequence[Vector]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, vector in enumerate(texts):
            for word, weight in vector.items():
                self._postings[word].append((position, weight))

    def cosines(self, vector: Vector) -> dict[int, float]:
        found: dict[int, float] = defaultdict(float)
        for word, weight in vector.items():
            for position, other in self._postings.get(word, ()):
                found[position] += weight * other
        return found


class SpreadChoice:
    """Chooses one text after the other; `covered` is for each how like it is to what was there before, 0 to 1."""

    def __init__(self, pool: Sequence[Vector], weights: Sequence[float], covered: Sequence[float]) -> None:
        self._pool, self._weights = pool, weights
        self._covered = list(covered)
        self._by = [-1] * len(pool)
        index = _Index(pool)
        self._neighbours = [
            nlargest(
                _NEIGHBOURS,
                ((other, cosine) for other, cosine in index.cosines(vector).items() if cosine >= _LEAST_LIKENESS),
                key=lambda item: (item[1], -item[0]),
            )
            for vector in pool
        ]
        self._strata: dict[str, list[tuple[float, int]]] = {}
        self.chosen: list[int] = []

    def add_stratum(self, name: str, positions: Sequence[int]) -> None:
        """Name texts of which some are to be chosen; a text may be in several strata."""
        heap = [(-self._gain(position), position) for position in positions]
        heapify(heap)
        self._strata[name] = heap

    def has_more(self, stratum: str) -> bool:
        """Whether a stratum has texts that are not chosen yet."""
        heap = self._strata[stratum]
        taken = set(self.chosen)
        while heap and heap[0][1] in taken:
            heappop(heap)
        return bool(heap)

    def choose(self, stratum: str) -> int | None:
        """Choose the text of a stratum that covers most of what is not covered yet; None if there is no more."""
        heap = self._strata[stratum]
        taken = set(self.chosen)
        while heap:
            _, position = heappop(heap)
            if position in taken:
                continue
            gain = self._gain(position)
            # What a text adds only shrinks, so that an old value is at least the present one.
            if heap and gain < -heap[0][0]:
                heappush(heap, (-gain, position))
                continue
            self._cover(position)
            return position
        return None

    def stands_for(self, position: int) -> int:
        """Return how many other texts are likest to a chosen one, of all that are chosen or were there before."""
        return sum(by == position for by in self._by) - (self._by[position] == position)

    def topic(self, position: int, most: int = 3) -> tuple[str, ...]:
        """Return the words that a text shares with most of those it stands for, else its own that tell most."""
        shared: Counter[str] = Counter()
        for other, by in enumerate(self._by):
            if by == position:
                for word in self._pool[other].keys() & self._pool[position].keys():
                    shared[word] += 1
        own = self._pool[position]
        ranked = sorted(
            (word for word in own if not word.isdigit()), key=lambda word: (-shared[word] * own[word], word)
        )
        return tuple(ranked[:most])

    def _gain(self, position: int) -> float:
        gain = sum(
            self._weights[other] * (cosine - self._covered[other])
            for other, cosine in self._neighbours[position]
            if other != position and cosine > self._covered[other]
        )
        return gain + self._weights[position] * (1 - self._covered[position])

    def _cover(self, position: int) -> None:
        self.chosen.append(position)
        for other, cosine in [*self._neighbours[position], (position, 1.0)]:
            if cosine > self._covered[other] or other == position:
                self._covered[other] = cosine
                self._by[other] = position


def next_tag(have: Mapping[str, int], wanted: Mapping[str, int]) -> str | None:
    """Return the tag to choose for next: the one that lacks the largest share of what is wanted, else has the fewest.

    `have` counts by tag what there is with what was chosen, for the tags of which more can be had.
    """
    short = [tag for tag in have if have[tag] < wanted.get(tag, 0)]
    if short:
        return min(short, key=lambda tag: (have[tag] / wanted[tag], tag))
    others = [tag for tag in have if tag not in wanted] or list(have)
    return min(others, key=lambda tag: (have[tag], tag), default=None)
