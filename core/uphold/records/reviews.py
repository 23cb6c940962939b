"""Review events, and a pair as a reviewer meets it."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from uphold.records.counts import ADJUDICATOR, Votes
from uphold.records.enums import Choice, EventKind, Preference, Side, Verdict
from uphold.records.judgments import PairVerdict
from uphold.records.texts import AnswerCell, ExampleText


def new_event_id() -> str:
    """A random 128-bit id, as 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What was on the screen when an event was made."""

    side_a: Preference
    mode: str = "open"
    verdict_shown: bool = True
    names_shown: bool = False
    judge_id: int | None = None
    verdict: Verdict | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One fact of a review; `target_id` is the event that an undo, redo or carried decision points at."""

    id: str
    kind: EventKind
    pair_id: int
    choice: Choice | None = None
    note: str | None = None
    target_id: str | None = None
    shown: OnScreen | None = None
    seconds: float | None = None
    source: str = "app"
    at: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewerState:
    """Where one reviewer stands on one pair: what of their events is in force.

    `early` is the decision made before the verdict was seen, where there is one; `adjudicated` settles a dispute.
    """

    decision: ReviewEvent | None = None
    early: ReviewEvent | None = None
    adjudicated: ReviewEvent | None = None
    skipped: bool = False
    flagged: bool = False
    broken: bool = False
    comment: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaleDecision:
    """What a reviewer said of this pair before its texts changed: whether what was `asked` changed, or an answer."""

    choice: Choice
    at: str
    asked: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class ReviewerDecision:
    """What one reviewer says of a pair in dispute; their note speaks of A as the system that was `side_a` to them."""

    reviewer: str
    choice: Choice
    note: str | None = None
    reasons: tuple[str, ...] = ()
    mode: str | None = None
    seconds: float | None = None
    side_a: Preference | None = None


@dataclass(frozen=True)
class PairView:
    """A pair as a reviewer meets it: the texts, the sides, the primary judge's verdict, and where they stand.

    While it is `verdict_hidden` there is neither a judge nor what other people say: `has_verdict` tells whether there will be.
    `again` is a pair that comes back with its sides swapped, as if it had not been read. `others` are the judges beside
    the primary one; `people` are there in a dispute; `stale` is the own word on older texts, while there is none on these.
    """

    pair_id: int
    key: str
    turn: int
    text: ExampleText
    tags: tuple[str, ...]
    candidate: str
    baseline: str
    candidate_cells: tuple[AnswerCell, ...]
    baseline_cells: tuple[AnswerCell, ...]
    side_a: Preference
    judge: PairVerdict | None
    state: ReviewerState = field(default_factory=ReviewerState)
    carried_from: str | None = None
    verdict_hidden: bool = False
    has_verdict: bool = False
    again: bool = False
    others: tuple[PairVerdict, ...] = ()
    people: tuple[ReviewerDecision, ...] = ()
    adjudicating: bool = False
    stale: StaleDecision | None = None

    def cells(self, side: Side) -> tuple[AnswerCell, ...]:
        """The answer shown on `side`, one cell per turn up to the pair's."""
        return self.candidate_cells if self.system_on(side) is Preference.CANDIDATE else self.baseline_cells

    def system_on(self, side: Side) -> Preference:
        """Which of the two systems stands on `side`."""
        return self.side_a if side is Side.A else self.side_a.mirrored

    def name_on(self, side: Side) -> str:
        """The name of the system on `side`."""
        return self.candidate if self.system_on(side) is Preference.CANDIDATE else self.baseline

    def side_of(self, preference: Preference) -> Side | None:
        """The side of the preferred system; None for a tie."""
        if preference is Preference.TIE:
            return None
        return Side.A if preference is self.side_a else Side.B


class QueueItem(NamedTuple):
    """One place in a queue: fixed when it was drawn. A tuple, since a queue of 10,000 is read before the first frame."""

    pair_id: int
    key: str
    turn: int
    position: int
    stratum: str = "all"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a reviewer is in a run; while it is `resting`, upheld and overturned are not to be shown."""

    total: int = 0
    read: int = 0
    upheld: int = 0
    overturned: int = 0
    decided: int = 0
    skipped: int = 0
    planned: int | None = None
    resting: bool = False


DEFAULT_REASONS = {
    "h": "more helpful",
    "w": "wrong fact",
    "i": "missed instruction",
    "s": "style",
    "l": "too long",
    "u": "unsafe",
}
"""The reasons of a set that has none of its own."""


def parse_reasons(note: str | None) -> tuple[str, ...]:
    """The reasons that an event holds; an event without any takes them away."""
    try:
        found = json.loads(note or "[]")
    except json.JSONDecodeError:
        return ()
    return tuple(word for word in found if isinstance(word, str)) if isinstance(found, list) else ()


def format_reasons(words: Iterable[str]) -> str:
    """Reasons as an event holds them."""
    return json.dumps(list(dict.fromkeys(words)), ensure_ascii=False)


class Label(StrEnum):
    """What people say about a pair; a draw for first place is unresolved, not a tie."""

    CANDIDATE = "candidate"
    TIE = "tie"
    BASELINE = "baseline"
    UNRESOLVED = "unresolved"
    UNREAD = "unread"


TIE = 1


COMPARED = {Label.CANDIDATE: 0, Label.TIE: TIE, Label.BASELINE: 2}
"""The place of a label in every table; unresolved and unread have none."""


SAID = {Verdict.CANDIDATE: 0, Verdict.TIE: TIE, Verdict.INCONSISTENT: TIE, Verdict.BASELINE: 2}
"""The place of a verdict in every table: an inconsistent one is compared as a tie, what was not read has none."""


def majority_label(votes: Votes) -> Votes:
    """What people said each, without the word that settles a dispute."""
    return tuple(vote for vote in votes if vote[0] != ADJUDICATOR)


@lru_cache(maxsize=4096)
def human_label(votes: Votes) -> Label:
    """The word that settles it, else the one with most votes; both-bad counted as a tie."""
    if not votes:
        return Label.UNREAD
    for reviewer, choice in votes:
        if reviewer == ADJUDICATOR:
            return Label(choice.preference.value)
    tally: dict[Preference, int] = {}
    for _, choice in votes:
        word = choice.preference
        tally[word] = tally.get(word, 0) + 1
    most = max(tally.values())
    first, *others = (word for word, count in tally.items() if count == most)
    return Label.UNRESOLVED if others else Label(first.value)


def is_both_bad(votes: Votes) -> bool:
    """Whether the label is a tie because both answers are bad: more say both-bad than plain tie."""
    if human_label(votes) is not Label.TIE:
        return False
    said = [choice for reviewer, choice in votes if reviewer == ADJUDICATOR] or [choice for _, choice in votes]
    return said.count(Choice.BOTH_BAD) > said.count(Choice.TIE)
