"""Pairs as a list shows them: what is known of each, and which of them somebody wants to see."""

from dataclasses import dataclass

from uphold.records.enums import Choice, Preference, QuickFilter, Ruling, Verdict
from uphold.records.reviews import ReviewEvent


@dataclass(frozen=True, slots=True)
class ListedPair:
    """What is known of one pair, without its texts.

    `place` is that in the queue, from 1 (0: not drawn yet). `decision` is the reviewer's own, `label` everybody's.
    `apart` is by how many characters the candidate's answer is the longer one. `reasons` are the reviewer's own.
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
    apart: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def choice(self) -> Choice | None:
        """The reviewer's own word."""
        return self.decision.choice if self.decision is not None else None

    @property
    def read(self) -> bool:
        """Has the reviewer decided? Before that the verdict is not to be seen: it would give away the sides."""
        return self.decision is not None

    @property
    def told(self) -> Verdict | None:
        """The verdict, where it may be seen."""
        return self.verdict if self.read else None

    @property
    def differs(self) -> bool:
        """Does the reviewer's word differ from the verdict as it stands?"""
        preferred = self.verdict.preference if self.verdict is not None else None
        return self.choice is not None and preferred is not None and self.choice.preference is not preferred


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs are wanted: all that is given must hold. What judge, `you` and `people` say is known of read pairs only."""

    only: QuickFilter = QuickFilter.ALL
    judge: Preference | None = None
    you: Choice | None = None
    people: Preference | None = None
    tag: str | None = None
    reason: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListedTexts:
    """What a list shows of a pair's texts: the instruction up to some length, and how much longer the candidate's answer is.

    The difference is in characters; negative where the baseline's is longer.
    """

    instruction: str
    apart: int
