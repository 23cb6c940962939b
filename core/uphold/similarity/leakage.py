"""Examples that stand in other texts: verbatim, with a word or two changed, or with 13 words in a row.

Other texts are compared one after the other, so that a training file of any length takes no more memory than a short one. An
example can only stand in a text that holds one of its rarest words; where none is there, a text costs one look at each word.
Thirteen words in a row are the common rule for contamination (Brown et al. 2020, "Language models are few-shot learners",
appendix C), which leaves out what stands in many texts: templates and other boilerplate.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import accumulate

from uphold.similarity.edits import WordWeights, allowed_edits, edits_within, word_edits
from uphold.similarity.near_duplicates import ComparedText, Part
from uphold.similarity.words import words

RUN = 13
"""Words in a row that count as leaked."""

MOST_LINES = 10
"""Lines in which an example may stand nearly, or with a run of words, before that counts as a template."""

_LEAST_SHARE = 0.4
"""Share of the weight of an example's words that a text must have: less than between examples, since words are rarer in a
large file, and what many texts share is told by their number.
"""

_SHARED_BY = 3
"""A run of words that so many unlike examples share is boilerplate."""

_CONTAINED = ((6, 0), (10, 1), (16, 2))
"""(words of an example, edits that are allowed within a longer text).

Shorter ones have to be a line of their own, a word or two a text.
"""

# Marks of chat templates, which stand between texts without blanks.
_MARKUP = re.compile(r"<\|?/?[^<>\s|]{1,24}\|?>|\[/?INST\]|<</?SYS>>")
# Where a text can begin and end within a longer one: at line breaks and behind a label such as `Question:`.
_BREAK = re.compile(r"\n+|(?<=:)[ \t]+")


class Likeness(IntEnum):
    """How an example stands in another text, the surest first."""

    VERBATIM = 0
    NEAR = 1
    RUN = 2


@dataclass(frozen=True, slots=True)
class Leak:
    """An example, by its position, that stands in another text: in so many edits, or with so many words in a row."""

    example: int
    likeness: Likeness
    edits: int = 0
    run: int = 0

    @property
    def rank(self) -> tuple[int, int, int]:
        """The surest leak has the smallest rank."""
        return self.likeness, self.edits, -self.run


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Words of an example that are looked for, in one or two parts: as a whole, or any 13 in a row that begin at `starts`."""

    example: int
    parts: tuple[Part, ...]
    starts: frozenset[int] = frozenset()


class _Passage:
    """What is looked for, made ready.

    `least` of its different words are in any text in which it stands, and of the words at `anchors` at least one, at its place.
    `allowed` words may differ in a text of its own, `within` in a longer one (None: it must be a text of its own).
    """

    def __init__(self, wanted: _Wanted, weights: WordWeights) -> None:
        words = tuple(word for part in wanted.parts for word in part)
        self.example, self.words, self.starts = wanted.example, words, wanted.starts
        self.different = frozenset(words)
        # Each part has to be recognised: a long context that is equal does not make two short questions alike.
        self.allowed = 0 if self.starts else allowed_edits(min(map(len, wanted.parts)))
        within = max((edits for shortest, edits in _CONTAINED if len(words) >= shortest), default=None)
        self.within = None if within is None else min(within, self.allowed)
        frequency = [weights.frequency(word) for word in words]
        order = sorted(range(len(words)), key=lambda position: (frequency[position], position))
        if self.starts:
            place = {position: number for number, position in enumerate(order)}
            self.anchors = frozenset(min(range(start, start + RUN), key=place.__getitem__) for start in self.starts)
            self.least = min(len(set(words[start : start + RUN])) for start in self.starts)
        else:
            self.anchors = frozenset(order[: self.allowed + 1])
            self.least = len(self.different) - self.allowed
        self._telling = [] if self.starts else [_weighed(part, weights) for part in wanted.parts]

    def may_stand_in(self, text: frozenset[str]) -> bool:
        """Whether a text with these words has enough of the passage's, in whatever order."""
        common = self.different & text
        return len(common) >= self.least and self.is_telling(common)

    def is_telling(self, common: frozenset[str]) -> bool:
        """Whether the words that a text has too weigh enough in each part to be no chance."""
        return all(
            sum(weight[word] for word in common & weight.keys()) >= _LEAST_SHARE * total
            for weight, total in self._telling
        )


def _weighed(part: Part, weights: WordWeights) -> tuple[dict[str, float], float]:
    """Return the weights of the different words of a part, and their sum."""
    weight = {word: weights.weight(word) for word in part}
    return weight, sum(weight.values())


class _Breaks:
    """Where texts and lines begin and end in the words of `texts`, as positions among all words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @cached_property
    def lines(self) -> frozenset[int]:
        """Positions at which a text, a line or what follows a label begins or ends."""
        count, found = 0, {0}
        for text in self._texts:
            for piece in _BREAK.split(_MARKUP.sub("\n", text)):
                count += len(words(piece))
                found.add(count)
        return frozenset(found)

    @cached_property
    def texts(self) -> frozenset[int]:
        """Positions at which a text begins or ends."""
        return frozenset(accumulate((len(_all_words([text])) for text in self._texts), initial=0))


class LeakSearch:
    """Looks for examples in other texts, one after the other.

    `groups` gives by example the first one of those that are nearly the same; `sample` are some of the texts to be searched,
    by which it is seen which words are rare.
    """

    def __init__(
        self, examples: Sequence[ComparedText], groups: Sequence[int], sample: Iterable[Sequence[str]]
    ) -> None:
        weights = WordWeights()
        vocabulary = frozenset(word for example in examples for part in example.parts for word in part)
        for example in examples:
            weights.add({word for part in example.parts for word in part})
        for texts in sample:
            weights.add(vocabulary.intersection(_all_words(texts)))
        wanted = [*_whole_passages(examples, groups), *_run_passages(examples, groups)]
        self._passages = [_Passage(one, weights) for one in wanted]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(self._passages):
            for word in {passage.words[position] for position in passage.anchors}:
                self._by_word[word].append(number)
        self._anchor_words = frozenset(self._by_word)

    def find(self, texts: Sequence[str]) -> list[Leak]:
        """Return the examples that stand in `texts`, which belong together in this order, each once with its surest leak."""
        text_words = _all_words(texts)
        different = frozenset(text_words)
        possible = {number for word in self._anchor_words & different for number in self._by_word[word]}
        likely = [passage for number in possible if (passage := self._passages[number]).may_stand_in(different)]
        if not likely:
            return []
        places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(text_words):
            places[word].append(place)
        found: dict[int, Leak] = {}
        breaks = _Breaks(texts)
        for passage in likely:
            for leak in self._leaks(passage, text_words, places, breaks):
                known = found.get(leak.example)
                if known is None or leak.rank < known.rank:
                    found[leak.example] = leak
        return [found[example] for example in sorted(found)]

    def _leaks(
        self, passage: _Passage, text_words: list[str], places: Mapping[str, list[int]], breaks: _Breaks
    ) -> Iterator[Leak]:
        pairs = [
            (place, place - position)
            for position in passage.anchors
            for place in places.get(passage.words[position], ())
        ]
        if not passage.starts:
            for start in sorted({shift for _, shift in pairs}):
                window = text_words[max(0, start - passage.allowed) : start + len(passage.words) + passage.allowed]
                if len(passage.different.difference(window)) <= passage.allowed:
                    yield from self._near_leak(passage, text_words, start, breaks)
            return
        reached: dict[int, int] = {}
        for place, shift in sorted(pairs):
            if place < reached.get(shift, 0):
                continue
            begin, end = _common_run(passage.words, place - shift, text_words, place)
            reached[shift] = end
            if any(start in passage.starts for start in range(begin - shift, end - shift - RUN + 1)):
                yield Leak(passage.example, Likeness.RUN, run=end - begin)

    def _near_leak(self, passage: _Passage, text_words: list[str], start: int, breaks: _Breaks) -> Iterator[Leak]:
        own, size, allowed = passage.words, len(passage.words), passage.allowed
        ends_of = breaks.lines if allowed else breaks.texts
        begins = [place for place in range(start - allowed, start + allowed + 1) if place in ends_of]
        ends = [place for place in range(start + size - allowed, start + size + allowed + 1) if place in ends_of]
        parts = [text_words[begin:end] for begin in begins for end in ends if begin < end]
        by_itself = [edits for part in parts if (edits := word_edits(own, part, allowed)) is not None]
        window = text_words[max(0, start - allowed) : start + size + allowed]
        contained = None if passage.within is None else edits_within(own, window, passage.within)
        edits = min([*by_itself, *([] if contained is None else [contained])], default=None)
        if edits is None:
            return
        if edits == 0:
            sure = 0 in by_itself or size >= RUN
            yield Leak(passage.example, Likeness.VERBATIM if sure else Likeness.NEAR)
        elif passage.is_telling(frozenset(window)):
            yield Leak(passage.example, Likeness.NEAR, edits)


def _all_words(texts: Sequence[str]) -> list[str]:
    return words(_MARKUP.sub("\n", "\n".join(texts)))


def _whole_passages(examples: Sequence[ComparedText], groups: Sequence[int]) -> Iterator[_Wanted]:
    """Yield what is looked for as a whole: the first turn, with the context before it where there is one.

    The first turn alone stands for an example with a context if no unlike example asks the same.
    """
    asked_by: dict[Part, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        asked_by[example.parts[1]].add(groups[number])
    for number, example in enumerate(examples):
        context, turn = example.parts[:2]
        if context and turn:
            yield _Wanted(number, (context, turn))
        if turn and (not context or len(asked_by[turn]) == 1):
            yield _Wanted(number, (turn,))


def _run_passages(examples: Sequence[ComparedText], groups: Sequence[int]) -> Iterator[_Wanted]:
    """Yield the parts with 13 words in a row that few examples share, with the places where such runs begin."""
    users: dict[Part, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        for part in example.parts:
            if len(part) >= RUN:
                users[part].add(groups[number])
    own = {part: members for part, members in users.items() if len(members) < _SHARED_BY}
    runs: dict[int, set[int]] = defaultdict(set)
    for part, members in own.items():
        for start in range(len(part) - RUN + 1):
            known = runs[hash(part[start : start + RUN])]
            if len(known) < _SHARED_BY:
                known.update(members)
    for number, example in enumerate(examples):
        for part in dict.fromkeys(example.parts):
            if part in own:
                starts = (start for start in range(len(part) - RUN + 1))
                rare = frozenset(one for one in starts if len(runs[hash(part[one : one + RUN])]) < _SHARED_BY)
                if rare:
                    yield _Wanted(number, (part,), rare)


def _common_run(own: Part, position: int, text_words: Sequence[str], place: int) -> tuple[int, int]:
    """Return begin and end in the text of the words around `place` that are the same as those around `position`."""
    back = 0
    while back < min(position, place) and own[position - back - 1] == text_words[place - back - 1]:
        back += 1
    ahead, most = 1, min(len(own) - position, len(text_words) - place)
    while ahead < most and own[position + ahead] == text_words[place + ahead]:
        ahead += 1
    return place - back, place + ahead


@dataclass(slots=True)
class ExampleLeaks:
    """Where one example stands: the surest places (at most 10 of each likeness), and in how many texts by likeness."""

    places: dict[Likeness, list[tuple[Leak, str]]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[Likeness] = field(default_factory=Counter)

    def add(self, leak: Leak, where: str) -> None:
        """Add a text in which the example stands; `where` names it."""
        self.counts[leak.likeness] += 1
        kept = self.places[leak.likeness]
        kept.append((leak, where))
        if len(kept) > MOST_LINES:
            # The surest stay, and of equals the first: the sort is stable.
            kept.sort(key=lambda place: place[0].rank)
            kept.pop()

    def is_template(self, likeness: Likeness) -> bool:
        """Whether the example stands like this in so many texts that it is a template rather than a leak."""
        return likeness is not Likeness.VERBATIM and self.counts[likeness] > MOST_LINES
