"""Pairs as a list shows them, and the filter that narrows a list."""

from dataclasses import dataclass
from enum import StrEnum

from uphold.records.enums import Choice, Preference, QuickFilter, Ruling, Verdict
from uphold.records.judge_parts import RunPart
from uphold.records.reviews import ReviewEvent


@dataclass(frozen=True, slots=True)
class ListedPair:
    """One pair of a list, without its texts.

    `place` is that in the queue, from 1 (0: not drawn yet). `decision`, `ruling`, `note` and `reasons` are the
    reviewer's own; `rank` orders decisions by time, from 1 (0: none). `label` is what all reviewers' decisions amount to.
    `length_difference` is the candidate's answer's length minus the baseline's, in characters. A pair is `stale` where the
    reviewer decided on it before its texts changed, and not since.
    """

    pair_id: int
    key: str
    turn: int
    place: int
    verdict: Verdict | None = None
    decision: ReviewEvent | None = None
    ruling: Ruling | None = None
    rank: int = 0
    label: Preference | None = None
    skipped: bool = False
    flagged: bool = False
    broken: bool = False
    note: str | None = None
    tags: tuple[str, ...] = ()
    length_difference: int = 0
    reasons: tuple[str, ...] = ()
    stale: bool = False

    @property
    def choice(self) -> Choice | None:
        """The reviewer's own choice."""
        return self.decision.choice if self.decision is not None else None

    @property
    def read(self) -> bool:
        """Whether the reviewer has decided."""
        return self.decision is not None

    @property
    def visible_verdict(self) -> Verdict | None:
        """The verdict, once the reviewer has decided: before that it would give away which system is on which side."""
        return self.verdict if self.read else None

    @property
    def differs(self) -> bool:
        """Whether the reviewer's choice differs from the verdict as it is now."""
        preferred = self.verdict.preference if self.verdict is not None else None
        return self.choice is not None and preferred is not None and self.choice.preference is not preferred


class Behind(StrEnum):
    """What a number counts: current, unbroken pairs of a run; the values are how a list names them.

    A comparison is between the judge's readable verdict and the human label, a blind decision before a later one.
    """

    COUNTED = "counted"
    LABELLED = "with a human label"
    UNLABELLED = "without a human label"
    WON = "won"
    WON_OR_TIED = "won or tied"
    DECIDED = "won or lost"
    JUDGE_WON = "won, the judge says"
    COMPARED = "people and judge"
    COMPARED_DECIDED = "people and judge, no tie"
    COMPARED_BLIND = "people and judge, blind"
    COMPARED_WITH_DRAWS = "people and judge, draws as ties"
    FLIPPED = "changed with the order"
    OPPOSITE = "opposite winners by order"
    JUDGE_LENGTH = "judge’s winners, lengths differ"
    PEOPLE_LENGTH = "people’s winners, lengths differ"
    SHARED = "read by several"
    SIDES = "own winners"
    TESTED = "locked, tested"
    PART = "people and judge, in part"


@dataclass(frozen=True, slots=True)
class PairsBehind:
    """The pairs that a number counts; `label` and `verdict` narrow comparisons to one cell of the confusion matrix.

    `reviewers` are the names of those whom the number is about, `part` is the part of the pairs that it is restricted to.
    """

    kind: Behind
    label: Preference | None = None
    verdict: Preference | None = None
    reviewers: tuple[str, ...] = ()
    part: RunPart | None = None


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs a list shows: those for which everything given here holds.

    `behind` are the pairs behind a number. `verdict` is the judge's and `choice` the reviewer's own, matched against pairs
    that the reviewer has decided only. `text` is what is searched for.
    """

    only: QuickFilter = QuickFilter.ALL
    verdict: Preference | None = None
    choice: Choice | None = None
    tag: str | None = None
    reason: str | None = None
    text: str = ""
    behind: PairsBehind | None = None


def behind(
    kind: Behind,
    *,
    label: Preference | None = None,
    verdict: Preference | None = None,
    reviewers: tuple[str, ...] = (),
    tag: str | None = None,
    part: RunPart | None = None,
) -> PairFilter:
    """Return the filter of the pairs behind a number."""
    return PairFilter(tag=tag, behind=PairsBehind(kind, label, verdict, reviewers, part))


@dataclass(frozen=True, slots=True)
class ListedTexts:
    """The beginning of a pair's instruction, and by how many characters the candidate's answer is the longer one.

    The difference is negative where the baseline's answer is longer.
    """

    instruction: str
    length_difference: int
