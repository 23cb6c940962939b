"""Examples that stand in other texts: verbatim, with a word or two changed, or with 13 words in a row.

Other texts are compared one after the other, so that a training file of any length takes no more memory than a short one. An
example can only stand in a text that holds one of its rarest words; where none is there, a text costs one look at each word.
Thirteen words in a row are the common rule for contamination (Brown et al. 2020, "Language models are few-shot learners",
appendix C), which leaves out what stands in many texts: templates and other boilerplate.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
        self._runs: dict[str, list[frozenset[str]]] = defaultdict(list)
        if self.starts:
            place = {position: number for number, position in enumerate(order)}
            rarest = {start: min(range(start, start + RUN), key=place.__getitem__) for start in self.starts}
            for start, anchor in rarest.items():
                self._runs[words[anchor]].append(frozenset(words[start : start + RUN]))
            self.anchors = frozenset(rarest.values())
            self.least = min(len(run) for runs in self._runs.values() for run in runs)
        else:
            self.anchors = frozenset(order[: self.allowed + 1])
            self.least = len(self.different) - self.allowed
        self._telling = [] if self.starts else [_weighed(part, weights) for part in wanted.parts]

    def may_stand_in(self, text: frozenset[str]) -> bool:
        """Whether a text with these words has enough of the passage's, in whatever order."""
        common = self.different & text
        if len(common) < self.least:
            return False
        if not self.starts:
            return self.is_telling(common)
        return any(run <= common for word in self._runs.keys() & common for run in self._runs[word])

    def may_stand_within(self, text: frozenset[str]) -> bool:
        """Whether it may be part of a longer text with these words."""
        return self.within is not None and len(self.different - text) <= self.within

    def is_telling(self, common: frozenset[str]) -> bool:
        """Whether the words that a text has too weigh enough in each part to be no chance."""
        return all(
            sum(weight[word] for word in common & weight.keys()) >= _LEAST_SHARE * total
            for weight, total in self._telling
        )

    def edits_by_itself(self, text: Sequence[str], breaks: "_Breaks") -> int | None:
        """Return the edits that make the passage a whole text or some whole lines of one, None if there are too many."""
        size, found = len(self.words), None
        places = breaks.lines if self.allowed else breaks.texts
        for number, begin in enumerate(places):
            for end in places[number + 1 :]:
                if end - begin > size + self.allowed:
                    break
                if end - begin < size - self.allowed:
                    continue
                edits = word_edits(self.words, text[begin:end], self.allowed)
                if edits is None or (found is not None and edits >= found):
                    continue
                if not edits or self.is_telling(frozenset(text[begin:end])):
                    found = edits
        return found

    def edits_at(self, text: Sequence[str], shift: int) -> int | None:
        """Return the edits that make the passage the words of a text around `shift`, None if there are too many."""
        within = self.within or 0
        window = text[max(0, shift - within) : max(0, shift + len(self.words) + within)]
        if not within:
            return 0 if self.words == tuple(window) else None
        present = frozenset(window)
        if len(self.different - present) > within or not self.is_telling(present):
            return None
        return edits_within(self.words, window, within)


def _weighed(part: Part, weights: WordWeights) -> tuple[dict[str, float], float]:
    """Return the weights of the different words of a part, and their sum."""
    weight = {word: weights.weight(word) for word in part}
    return weight, sum(weight.values())


class _Breaks:
    """Where texts and lines begin and end in the words of `texts`: positions among all words, in order."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Positions at which a text, a line or what follows a label begins or ends."""
        count, found = 0, [0]
        for text in self._texts:
            for piece in _BREAK.split(_without_markup(text)):
                count += len(words(piece))
                if count > found[-1]:
                    found.append(count)
        return tuple(found)

    @cached_property
    def texts(self) -> tuple[int, ...]:
        """Positions at which a text begins or ends."""
        return tuple(dict.fromkeys(accumulate((len(_all_words([text])) for text in self._texts), initial=0)))


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
        found: dict[int, Leak] = {}
        breaks = _Breaks(texts)
        for passage in likely:
            for leak in _leaks(passage, text_words, different, breaks):
                known = found.get(leak.example)
                if known is None or leak.rank < known.rank:
                    found[leak.example] = leak
        return [found[example] for example in sorted(found)]


def _leaks(passage: _Passage, text_words: list[str], different: frozenset[str], breaks: _Breaks) -> Iterator[Leak]:
    if passage.starts:
        yield from _run_leaks(passage, text_words, _shifts(passage, text_words))
        return
    edits = passage.edits_by_itself(text_words, breaks)
    if edits != 0 and passage.may_stand_within(different):
        contained = (passage.edits_at(text_words, shift) for _, shift in _shifts(passage, text_words))
        least = min((one for one in contained if one is not None), default=None)
        if least == 0:
            sure = Likeness.VERBATIM if len(passage.words) >= RUN else Likeness.NEAR
            yield Leak(passage.example, sure)
            return
        edits = least if edits is None or (least is not None and least < edits) else edits
    if edits is not None:
        yield Leak(passage.example, Likeness.NEAR if edits else Likeness.VERBATIM, edits)


def _shifts(passage: _Passage, text_words: list[str]) -> list[tuple[int, int]]:
    """Return the places of a passage's anchors in a text, each with where the passage would begin."""
    return sorted(
        (place, place - position)
        for position in passage.anchors
        for place in _places(passage.words[position], text_words)
    )


def _places(word: str, text_words: list[str]) -> Iterator[int]:
    place = -1
    for _ in range(text_words.count(word)):
        place = text_words.index(word, place + 1)
        yield place


def _run_leaks(passage: _Passage, text_words: Sequence[str], shifts: Sequence[tuple[int, int]]) -> Iterator[Leak]:
    reached: dict[int, int] = {}
    for place, shift in shifts:
        if place < reached.get(shift, 0):
            continue
        begin, end = _common_run(passage.words, place - shift, text_words, place)
        reached[shift] = end
        if any(start in passage.starts for start in range(begin - shift, end - shift - RUN + 1)):
            yield Leak(passage.example, Likeness.RUN, run=end - begin)


def _all_words(texts: Sequence[str]) -> list[str]:
    return words(_without_markup("\n".join(texts)))


def _without_markup(text: str) -> str:
    return _MARKUP.sub("\n", text) if "<" in text or "[" in text else text


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
