"""The half of each example of a set: drawn from its first text, with near-duplicates together, and fixed for good."""

from collections import Counter
from collections.abc import Generator, Sequence

from uphold.records.halves import Half, half_of
from uphold.similarity.near_duplicates import LARGEST_GROUP, ComparedText, NearDuplicates, find_near_duplicates
from uphold.store import halves
from uphold.store.database import Store
from uphold.store.halves import FirstText
from uphold.store.sets import name_and_seed


def set_halves(store: Store, set_id: int) -> dict[int, Half]:
    """Return the half of every example of a set, by example id.

    The half follows from the first text that an example had; one that is nearly the same as an older one, by what was asked, is
    in the half of that one. What has a half keeps it, whatever is added, edited or retired later: it is written when it is
    first needed, unless the database is read-only.
    """
    known, complete = halves.known_halves(store, set_id)
    if complete:
        return known
    _, seed = name_and_seed(store, set_id)
    # The texts are compared before the lock is taken; what another process placed meanwhile stays where it is.
    found, decided_by = _place(halves.first_texts(store, set_id), seed)
    if store.read_only:
        return found
    with store.writing() as conn:
        halves.write_halves(conn, {number: half for number, half in found.items() if number not in known}, decided_by)
    return set_halves(store, set_id)


def _place(texts: Sequence[FirstText], seed: str) -> tuple[dict[int, Half], dict[int, int]]:
    """Return the half of each example, and by example the older one in whose half it is; known halves stay."""
    heads = oldest_alike(texts)
    found: dict[int, Half] = {}
    decided_by: dict[int, int] = {}
    for text, head in zip(texts, heads, strict=True):
        oldest = texts[head].example_id
        if text.half is not None:
            found[text.example_id] = text.half
        elif oldest in found:
            found[text.example_id] = found[oldest]
            decided_by[text.example_id] = oldest
        else:
            found[text.example_id] = half_of(seed, text.hash)
    return found, decided_by


def oldest_alike(texts: Sequence[FirstText]) -> list[int]:
    """Return for each text the position of the oldest one that is nearly the same by its instructions; its own where none is.

    Where more texts hang together than are near-duplicates by any account, they are one template: an instruction that goes
    with many contexts, or a sentence filled in. Of those, contexts decide too, and at last only the same words. Forgotten
    texts are like no other.
    """
    heads = list(range(len(texts)))
    positions = [position for position, text in enumerate(texts) if not text.forgotten]
    instructions = [ComparedText.of(None, texts[position].turns) for position in positions]
    for group in _groups(positions, instructions):
        if len(group) <= LARGEST_GROUP:
            _join(heads, group)
            continue
        wholes = [ComparedText.of(texts[position].context, texts[position].turns) for position in group]
        for smaller in _groups(group, wholes):
            if len(smaller) <= LARGEST_GROUP:
                _join(heads, smaller)
            else:
                _join_equal(heads, smaller, dict(zip(group, wholes, strict=True)))
    return heads


def _join(heads: list[int], group: Sequence[int]) -> None:
    for position in group:
        heads[position] = group[0]


def _join_equal(heads: list[int], group: Sequence[int], wholes: dict[int, ComparedText]) -> None:
    first: dict[ComparedText, int] = {}
    for position in group:
        heads[position] = first.setdefault(wholes[position], position)


def _groups(positions: Sequence[int], texts: Sequence[ComparedText]) -> list[list[int]]:
    """Return the positions whose texts hang together, in lists of at least two, each in order."""
    roots = _finish(find_near_duplicates(texts)).groups
    sizes = Counter(roots)
    members: dict[int, list[int]] = {}
    for position, root in zip(positions, roots, strict=True):
        if sizes[root] > 1:
            members.setdefault(root, []).append(position)
    return list(members.values())


def _finish(steps: Generator[int, None, NearDuplicates]) -> NearDuplicates:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: NearDuplicates = end.value
            return found
