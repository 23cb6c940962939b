"""Examples that differ in a word or two, found exactly without comparing each with each.

Of two texts that differ in d edits all words but d are common. So among the d + 2 rarest words of each (in one order for
all) at least two are the same; and the rarest common word is one without which the rest of either text weighs too little.
Only texts for which both hold are compared (prefix filtering: Chaudhuri, Ganti and Kaushik 2006, "A primitive operator for
similarity joins in data cleaning"; with several words in common: Wang, Li and Feng 2012, "Can we beat the prefix filtering?").
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from uphold.similarity.edits import LEAST_SHARE, WordWeights, allowed_edits, word_edits
from uphold.similarity.words import words

LARGEST_GROUP = 11
"""More different texts than this that all hang together are called a family: a template filled in, rather than slips."""

_PROGRESS = 200

Part = tuple[str, ...]
_Token = tuple[str, int]
"""A word and how many times it stood before in the part: so the words of a part are a set."""


@dataclass(frozen=True, slots=True)
class ComparedText:
    """The words of an example, part by part: its context (empty without one), then its turns."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, context: str | None, turns: Sequence[str]) -> "ComparedText":
        """Return the words of a context and turns."""
        return cls((tuple(words(context or "")), *(tuple(words(turn)) for turn in turns)))


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two texts by their positions, the earlier first; they differ in `edits` words."""

    first: int
    second: int
    edits: int


@dataclass
class NearDuplicates:
    """What hangs together. `pairs` are as few as join each group; `families` are the groups that are too large for pairs.

    `groups` gives by position the first position of the group, which is its own where a text is like no other.
    """

    pairs: list[NearPair] = field(default_factory=list)
    families: list[list[int]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)


def near_edits(first: ComparedText, second: ComparedText, weights: WordWeights) -> int | None:
    """Return in how many words two texts differ that are nearly the same, None if they are not.

    They have equally many parts. Each part that differs is allowed the edits of its own length, and what is unchanged in it
    must weigh enough: a long context that is equal does not make two short questions alike.
    """
    if len(first.parts) != len(second.parts):
        return None
    total = 0
    for one, other in zip(first.parts, second.parts, strict=True):
        if one == other:
            continue
        edits = word_edits(one, other, allowed_edits(min(len(one), len(other))))
        if edits is None or weights.shared(Counter(one), Counter(other)) < LEAST_SHARE:
            return None
        total += edits
    return total


def part_weights(texts: Iterable[ComparedText]) -> WordWeights:
    """Return the weights of the words of `texts`; a part that many texts share counts once."""
    weights = WordWeights()
    for part in {part for text in texts for part in text.parts}:
        weights.add(set(part))
    return weights


def find_near_duplicates(texts: Sequence[ComparedText]) -> Generator[int, None, NearDuplicates]:
    """Find the texts that are nearly the same; yields how many have been compared.

    Texts with the same words in the same parts are pairs with 0 edits, each with the first of them.
    """
    groups = _Groups(len(texts))
    equal = list(_equal_texts(texts))
    for pair in equal:
        groups.join(pair.first, pair.second)
    doubles = {pair.second for pair in equal}
    distinct = [position for position in range(len(texts)) if position not in doubles]
    weights = part_weights(texts[position] for position in distinct)
    by_form: dict[tuple[int, bool], list[int]] = {}
    for position in distinct:
        parts = texts[position].parts
        by_form.setdefault((len(parts), bool(parts[0])), []).append(position)
    found: list[NearPair] = []
    done = 0
    for positions in by_form.values():
        for steps in _near_pairs(texts, positions, weights, groups, found):
            yield done + steps
        done += len(positions)
    return _result(texts, equal, found)


def _equal_texts(texts: Sequence[ComparedText]) -> Iterator[NearPair]:
    known: dict[tuple[Part, ...], int] = {}
    for position, text in enumerate(texts):
        first = known.setdefault(text.parts, position)
        if first != position:
            yield NearPair(first, position, 0)


def _near_pairs(
    texts: Sequence[ComparedText],
    positions: Sequence[int],
    weights: WordWeights,
    groups: "_Groups",
    found: list[NearPair],
) -> Iterator[int]:
    """Append the near pairs among `positions`, whose texts have equally many parts, to `found`; yields how many are done."""
    # Texts that are alike have alike parts throughout: it is enough to look up the part that tells most of them apart.
    slots = range(len(texts[positions[0]].parts))
    slot = max(slots, key=lambda slot: len({texts[position].parts[slot] for position in positions}))
    index = _PartIndex({texts[position].parts[slot] for position in positions}, weights)
    for done, position in enumerate(positions):
        text = texts[position]
        part = text.parts[slot]
        for other in index.candidates(part):
            # The members of a group that is large already are many, and one pair with it is enough.
            if groups.is_settled(other, position) or not index.may_be_near(texts[other].parts[slot], part):
                continue
            edits = near_edits(texts[other], text, weights)
            if edits is not None:
                groups.join(other, position)
                found.append(NearPair(other, position, edits))
        index.add(part, position)
        if not done % _PROGRESS:
            yield done


class _PartIndex:
    """Finds the texts whose part is equal to another part or may be nearly the same."""

    def __init__(self, parts: Iterable[Part], weights: WordWeights) -> None:
        tokens_of = {part: list(_tokens(part)) for part in parts}
        frequency = Counter(token for tokens in tokens_of.values() for token in tokens)
        rank = {token: number for number, token in enumerate(sorted(frequency, key=lambda t: (frequency[t], t)))}
        self._ranks = {part: sorted(rank[token] for token in tokens) for part, tokens in tokens_of.items()}
        self._sets = {part: frozenset(ranks) for part, ranks in self._ranks.items()}
        self._weight = [weights.weight(word) for word, _ in rank]
        self._postings: dict[tuple[int, int], list[Part]] = {}
        self._texts: dict[Part, list[int]] = {}

    def add(self, part: Part, position: int) -> None:
        """Add a text by one of its parts."""
        texts = self._texts.get(part)
        if texts is not None:
            texts.append(position)
            return
        self._texts[part] = [position]
        for key in self._keys(part):
            self._postings.setdefault(key, []).append(part)

    def candidates(self, part: Part) -> Iterator[int]:
        """Yield the texts added so far that have `part`, and those whose part shares two rare words with it."""
        yield from self._texts.get(part, ())
        seen = {part}
        for key in self._keys(part):
            for other in self._postings.get(key, ()):
                if other not in seen:
                    seen.add(other)
                    yield from self._texts[other]

    def may_be_near(self, first: Part, second: Part) -> bool:
        """Whether two parts have enough words in common to be nearly the same, in whatever order."""
        longer = max(len(first), len(second))
        return longer - len(self._sets[first] & self._sets[second]) <= allowed_edits(min(len(first), len(second)))

    def _keys(self, part: Part) -> Iterator[tuple[int, int]]:
        """Yield the pairs of words of which a part that is nearly the same has one too, the rarer word first."""
        allowed = allowed_edits(len(part))
        if not allowed:
            return
        prefix = self._ranks[part][: allowed + 2]
        rest = sum(self._weight[rank] for rank in self._ranks[part])
        needed = LEAST_SHARE * rest
        for number, rarer in enumerate(prefix):
            if rest < needed:
                return
            for other in prefix[number + 1 :]:
                yield rarer, other
            rest -= self._weight[rarer]


def _tokens(part: Part) -> Iterator[_Token]:
    seen: dict[str, int] = {}
    for word in part:
        times = seen.get(word, 0)
        yield word, times
        seen[word] = times + 1


class _Groups:
    """Texts that hang together, as disjoint sets."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))
        self._sizes = [1] * size

    def root(self, position: int) -> int:
        """Return the first position of the group."""
        parents = self._parents
        while parents[position] != position:
            parents[position] = parents[parents[position]]
            position = parents[position]
        return position

    def is_settled(self, first: int, second: int) -> bool:
        """Whether two texts are in one group that is so large that no further pair of it matters."""
        root = self.root(first)
        return self._sizes[root] > 2 * LARGEST_GROUP and root == self.root(second)

    def join(self, first: int, second: int) -> bool:
        """Join two groups; returns whether they were two."""
        one, other = sorted((self.root(first), self.root(second)))
        if one == other:
            return False
        self._parents[other] = one
        self._sizes[one] += self._sizes[other]
        return True


def _result(texts: Sequence[ComparedText], equal: Sequence[NearPair], found: Sequence[NearPair]) -> NearDuplicates:
    """Return as few pairs as hold each group together, the closest first (Kruskal), and the families."""
    groups = _Groups(len(texts))
    closest = sorted([*equal, *found], key=lambda pair: (pair.edits, pair.second, pair.first))
    pairs = [pair for pair in closest if groups.join(pair.first, pair.second)]
    members: dict[int, list[int]] = {}
    for position in range(len(texts)):
        members.setdefault(groups.root(position), []).append(position)
    families = [group for group in members.values() if _is_family(texts, group)]
    in_family = {position for family in families for position in family}
    return NearDuplicates(
        sorted((p for p in pairs if not p.edits or p.first not in in_family), key=lambda p: (p.first, p.second)),
        families,
        [groups.root(position) for position in range(len(texts))],
    )


def _is_family(texts: Sequence[ComparedText], group: Sequence[int]) -> bool:
    return len(group) > LARGEST_GROUP and len({texts[position].parts for position in group}) > LARGEST_GROUP
