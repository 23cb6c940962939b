"""Packs: runs handed to another reviewer as a file, and how far each reviewer is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_PARTS = 100
"""A run is split into at most so many parts."""


@dataclass(frozen=True, slots=True)
class Share:
    """Part `part` (from 1) of `parts` disjoint ones of a run; the first `overlap` pairs of its random order are in each."""

    part: int = 1
    parts: int = 1
    overlap: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole run."""
        return self.parts == 1

    def chosen(self, positions: Sequence[int]) -> list[bool]:
        """Return which places of the run's random queue belong to the share; `positions` are rising, from 1.

        Every `parts`-th place is one part, so that parts are as large as each other and each is read in the run's order.
        A place belongs to the same part for good, also when pairs before it are current no longer.
        """
        return [
            place < self.overlap or position % self.parts == self.part % self.parts
            for place, position in enumerate(positions)
        ]


WHOLE = Share()


@dataclass(frozen=True, slots=True)
class Pack:
    """A run that was packed for a reviewer (None: for nobody by name), as the file that it was made from or it itself has it.

    `mode` is `blind` or `open`, `created_at` when it was made (UTC, ISO 8601). `token` is random and the same in both files.
    """

    token: str
    run_id: int
    mode: str
    reviewer: str | None
    share: Share
    created_at: str = ""

    @property
    def is_blind(self) -> bool:
        """Whether judges' verdicts and other people's decisions were left out."""
        return self.mode == "blind"


@dataclass(frozen=True, slots=True)
class ReviewerProgress:
    """How far a reviewer is in a run: `read` of `of` current pairs, those of the `pack` where one was made for them."""

    name: str
    read: int
    of: int
    pack: Pack | None = None


def progress_of(
    read: Mapping[str, int], pairs: int, packed: Iterable[ReviewerProgress]
) -> tuple[ReviewerProgress, ...]:
    """Return how far each reviewer is, given how many of the `pairs` of a run each has read, and who has a pack of it.

    Those that a pack was made for are counted in that. Nothing where one person reviews alone and nothing was packed.
    """
    by_name = {one.name: one for one in packed}
    found = [by_name.pop(name, ReviewerProgress(name, count, pairs)) for name, count in read.items()]
    found += by_name.values()
    return tuple(found) if len(found) > 1 or any(one.pack is not None for one in found) else ()
