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

from uphold.similarity.edits import LEAST_SHARE, WordWeights, allowed_edits, edits_within, word_edits
from uphold.similarity.near_duplicates import ComparedText, Part
from uphold.similarity.words import words

RUN = 13
"""Words in a row that count as leaked."""

MOST_LINES = 10
"""Lines in which an example may stand nearly, or with a run of words, before that counts as a template."""

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
class _Passage:
    """Words of an example that are looked for: `whole` with changes, else any run of them whose start is in `starts`."""

    example: int
    words: Part
    whole: bool
    starts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Breaks:
    """Positions among all words at which a text begins or ends, and those of lines and of what follows a label."""

    texts: frozenset[int]
    lines: frozenset[int]


class LeakSearch:
    """Looks for examples in other texts, one after the other.

    `groups` gives by example the first one of those that are nearly the same; `sample` are some of the texts to be searched,
    by which it is seen which words are rare.
    """

    def __init__(
        self, examples: Sequence[ComparedText], groups: Sequence[int], sample: Iterable[Sequence[str]]
    ) -> None:
        self._weights = WordWeights()
        self._vocabulary = frozenset(word for example in examples for part in example.parts for word in part)
        for example in examples:
            self._weights.add({word for part in example.parts for word in part})
        self._sampled = 0
        for texts in sample:
            self._weights.add(self._vocabulary.intersection(_all_words(texts)))
            self._sampled += 1
        self._anchors: dict[str, list[tuple[_Passage, int]]] = defaultdict(list)
        for passage in [*_whole_passages(examples, groups), *_run_passages(examples, groups)]:
            for position in self._anchor_positions(passage):
                self._anchors[passage.words[position]].append((passage, position))
        self._anchor_words = frozenset(self._anchors)

    def find(self, texts: Sequence[str]) -> list[Leak]:
        """Return the examples that stand in `texts`, which belong together in this order, each once with its surest leak."""
        text_words = _all_words(texts)
        if self._sampled:
            self._sampled -= 1
        else:
            self._weights.add(self._vocabulary.intersection(text_words))
        hits = self._anchor_words.intersection(text_words)
        if not hits:
            return []
        found: dict[int, Leak] = {}
        for leak in self._leaks(texts, text_words, hits):
            known = found.get(leak.example)
            if known is None or leak.rank < known.rank:
                found[leak.example] = leak
        return list(found.values())

    def _leaks(self, texts: Sequence[str], text_words: list[str], hits: frozenset[str]) -> Iterator[Leak]:
        breaks: _Breaks | None = None
        seen: dict[tuple[int, int], int] = {}
        for place, word in enumerate(text_words):
            if word not in hits:
                continue
            for passage, position in self._anchors[word]:
                shift = (id(passage), place - position)
                if place < seen.get(shift, 0):
                    continue
                if not passage.whole:
                    begin, end = _common_run(passage.words, position, text_words, place)
                    seen[shift] = end
                    if any(start in passage.starts for start in range(begin - shift[1], end - shift[1] - RUN + 1)):
                        yield Leak(passage.example, Likeness.RUN, run=end - begin)
                    continue
                seen[shift] = len(text_words)
                if self._may_be_near(passage, text_words, place - position):
                    if breaks is None:
                        breaks = _breaks(texts)
                    yield from self._near_leak(passage, text_words, place - position, breaks)

    def _may_be_near(self, passage: _Passage, text_words: list[str], start: int) -> bool:
        size = len(passage.words)
        allowed = allowed_edits(size)
        window = text_words[max(0, start - allowed) : start + size + allowed]
        return len(set(passage.words).difference(window)) <= allowed

    def _near_leak(self, passage: _Passage, text_words: list[str], start: int, breaks: _Breaks) -> Iterator[Leak]:
        size = len(passage.words)
        allowed = allowed_edits(size)
        places = breaks.lines if allowed else breaks.texts
        begins = [place for place in range(start - allowed, start + allowed + 1) if place in places]
        ends = [place for place in range(start + size - allowed, start + size + allowed + 1) if place in places]
        parts = [text_words[begin:end] for begin in begins for end in ends if begin < end]
        by_itself = [edits for part in parts if (edits := word_edits(passage.words, part, allowed)) is not None]
        within = max((edits for shortest, edits in _CONTAINED if size >= shortest), default=None)
        window = text_words[max(0, start - allowed) : start + size + allowed]
        contained = None if within is None else edits_within(passage.words, window, within)
        edits = min([*by_itself, *([] if contained is None else [contained])], default=None)
        if edits is None:
            return
        if edits == 0:
            sure = 0 in by_itself or size >= RUN
            yield Leak(passage.example, Likeness.VERBATIM if sure else Likeness.NEAR)
        elif self._is_telling(passage.words, window):
            yield Leak(passage.example, Likeness.NEAR, edits)

    def _is_telling(self, passage: Part, window: Sequence[str]) -> bool:
        """Whether the words of a passage that a text has too weigh enough to be no chance."""
        wanted = Counter(passage)
        total = self._weights.total(wanted)
        return self._weights.total(wanted & Counter(window)) >= LEAST_SHARE * total

    def _anchor_positions(self, passage: _Passage) -> set[int]:
        """Return positions of words of which any text that holds the passage has one at its place."""
        frequency = [self._weights.frequency(word) for word in passage.words]
        order = sorted(range(len(passage.words)), key=lambda position: (frequency[position], position))
        if passage.whole:
            return set(order[: allowed_edits(len(passage.words)) + 1])
        # Of every run of words the rarest one.
        place = {position: number for number, position in enumerate(order)}
        return {min(range(start, start + RUN), key=place.__getitem__) for start in passage.starts}


def _all_words(texts: Sequence[str]) -> list[str]:
    return words(_MARKUP.sub("\n", "\n".join(texts)))


def _breaks(texts: Sequence[str]) -> _Breaks:
    count, ends, lines = 0, {0}, {0}
    for text in texts:
        for piece in _BREAK.split(_MARKUP.sub("\n", text)):
            count += len(words(piece))
            lines.add(count)
        ends.add(count)
    return _Breaks(frozenset(ends), frozenset(lines))


def _whole_passages(examples: Sequence[ComparedText], groups: Sequence[int]) -> Iterator[_Passage]:
    """Yield what is looked for as a whole: the first turn, with the context before it where there is one.

    The first turn alone stands for an example with a context if no unlike example asks the same.
    """
    asked_by: dict[Part, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        asked_by[example.parts[1]].add(groups[number])
    for number, example in enumerate(examples):
        context, turn = example.parts[:2]
        if context and turn:
            yield _Passage(number, context + turn, whole=True)
        if turn and (not context or len(asked_by[turn]) == 1):
            yield _Passage(number, turn, whole=True)


def _run_passages(examples: Sequence[ComparedText], groups: Sequence[int]) -> Iterator[_Passage]:
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
                rare = frozenset(start for start in starts if len(runs[hash(part[start : start + RUN])]) < _SHARED_BY)
                if rare:
                    yield _Passage(number, part, whole=False, starts=rare)


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
