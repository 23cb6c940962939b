"""Packs, which are runs handed to another reviewer as a file, and what merging such a file brings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """Two words of one reviewer on one pair, each made without the other; what stands `here` goes on standing.

    `here` and `there` are choices, None where a decision was taken back; `there` was decided in the merged file at
    `decided_at`. `is_adjudication`: they settle a dispute. `is_altered`: the file has another word under the id of a decision
    that is here, so that somebody changed one of the two files by hand.
    """

    run: str
    key: str
    turn: int
    reviewer: str
    here: str | None
    there: str | None
    decided_at: str | None = None
    is_adjudication: bool = False
    is_altered: bool = False

    @property
    def what(self) -> str:
        """What is in conflict: `decision`, `settled dispute`, or `altered by hand`."""
        return "altered by hand" if self.is_altered else "settled dispute" if self.is_adjudication else "decision"


@dataclass(frozen=True, slots=True)
class MergedReviewer:
    """What a merge brought of one reviewer: pairs with a new decision, and pairs whose decisions were here already."""

    name: str
    added: int
    known: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """What merging a file brought; decisions are counted by reviewer and pair.

    `known` were made in the file and are here already: not those that the file was packed with. `taken_back` were decided here
    and taken back or put back in the file. `notes` counts comments, reasons, flags, skips and other marks. `not_here` are
    decisions on pairs whose texts or answers are not in this file. Of the added ones `stale` are on texts that have changed
    here since, and `chosen` count as chosen, not drawn. `other_seeds` are sets that the file has with another seed, so that
    all its decisions on them are chosen. `other_runs` are runs of the file that are not here. `disputes` are the open
    disputes of each run with merged reviews, by name.
    """

    file: str
    added: int = 0
    known: int = 0
    conflicts: tuple[MergeConflict, ...] = ()
    taken_back: int = 0
    notes: int = 0
    not_here: int = 0
    stale: int = 0
    chosen: int = 0
    reviewers: tuple[MergedReviewer, ...] = ()
    other_seeds: tuple[str, ...] = ()
    other_runs: tuple[str, ...] = ()
    disputes: dict[str, int] = field(default_factory=dict)
