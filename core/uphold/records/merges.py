"""The result of merging the reviews of another file: counts by reviewer, and conflicts."""

from dataclasses import dataclass, field


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
