"""Review events, a pair as it is shown to a reviewer, and whether an event is undone."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from uphold.records.enums import Choice, EventKind, Preference, Side, Verdict
from uphold.records.judgments import PairVerdict
from uphold.records.texts import AnswerCell, ExampleText, cell_text


def new_event_id() -> str:
    """Return a random 128-bit id, as 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What was on the screen when an event was made.

    `mode` is `blind` or `open`. `verdict` is the judge's verdict that a decision is compared with, recorded whether it
    was visible (`verdict_shown`) or not. `width` and `height` are those of the terminal, in cells.
    """

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
    """One act of a reviewer.

    `target_id` is the event that an undo, redo or carried decision points at. `note` is the text of a comment, or the
    reasons as `format_reasons` writes them. `seconds` is the time spent on the pair, `source` where the event was made
    (`app`: by a reviewer, in the app or with `decide`), `at` when (UTC, ISO 8601; set when it is written).
    `reference_id` is the row of the reference up to the pair's turn that was there to be seen. A `chosen` event is on a
    pair that no queue gave.
    """

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
    reference_id: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ReviewerState:
    """What of one reviewer's events on one pair is in force.

    `blind_decision` is the latest decision made before the verdict was seen, where there is one; `adjudicated` settles a
    dispute between reviewers.
    """

    decision: ReviewEvent | None = None
    blind_decision: ReviewEvent | None = None
    adjudicated: ReviewEvent | None = None
    skipped: bool = False
    flagged: bool = False
    broken: bool = False
    comment: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaleDecision:
    """A reviewer's decision on an earlier version of a pair, and which of its texts have changed since."""

    choice: Choice
    at: str
    instruction_changed: bool
    answer_changed: bool


@dataclass(frozen=True, slots=True)
class ReviewerDecision:
    """One reviewer's decision on a disputed pair; what their note calls A is the system that was on `side_a`."""

    reviewer: str
    choice: Choice
    note: str | None = None
    reasons: tuple[str, ...] = ()
    mode: str | None = None
    seconds: float | None = None
    side_a: Preference | None = None


@dataclass(frozen=True)
class PairView:
    """A pair as it is shown to one reviewer: its texts, its sides, the primary judge's verdict, and their own state.

    While `verdict_hidden` is set, neither verdicts nor other people's decisions are included; `has_verdict` says whether
    there is a verdict. With `is_repeat` the pair is shown a second time, sides swapped and as if it had not been read.
    `carried_from` names the run that the own decision was carried over from. `other_verdicts` are those of the other
    judges; `reviewer_decisions` are included in disputes only; `stale_decision` is the own decision on older texts, as
    long as there is none on these.
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
    is_repeat: bool = False
    other_verdicts: tuple[PairVerdict, ...] = ()
    reviewer_decisions: tuple[ReviewerDecision, ...] = ()
    adjudicating: bool = False
    stale_decision: StaleDecision | None = None
    reference_id: int | None = None

    def cells(self, side: Side) -> tuple[AnswerCell, ...]:
        """Return the answer shown on `side`, one cell per turn up to the pair's."""
        return self.candidate_cells if self.system_on(side) is Preference.CANDIDATE else self.baseline_cells

    def system_on(self, side: Side) -> Preference:
        """Return which of the two systems is on `side`."""
        return self.side_a if side is Side.A else self.side_a.mirrored

    def name_on(self, side: Side) -> str:
        """Return the name of the system on `side`."""
        return self.candidate if self.system_on(side) is Preference.CANDIDATE else self.baseline

    @property
    def has_identical_answers(self) -> bool:
        """Whether both answers to the pair's turn are the same, character by character."""
        return cell_text(self.candidate_cells[self.turn - 1]) == cell_text(self.baseline_cells[self.turn - 1])

    def is_blank(self, side: Side) -> bool:
        """Whether the answer on `side` to the pair's turn is empty, or white space only."""
        return not cell_text(self.cells(side)[self.turn - 1]).strip()

    def side_of(self, preference: Preference) -> Side | None:
        """Return the side of the preferred system; None for a tie."""
        if preference is Preference.TIE:
            return None
        return Side.A if preference is self.side_a else Side.B


class QueueItem(NamedTuple):
    """One place in a queue, fixed when it was drawn."""

    # A tuple, since a queue of 10,000 is read before the first frame.

    pair_id: int
    key: str
    turn: int
    position: int
    stratum: str = "all"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a reviewer is in a queue; with `rates_hidden`, upheld and overturned must not be shown.

    `total` counts pairs of the queue, `read` those decided, of which `decided` had no verdict to uphold; `planned` is how
    many the reviewer plans to read.
    """

    total: int = 0
    read: int = 0
    upheld: int = 0
    overturned: int = 0
    decided: int = 0
    skipped: int = 0
    planned: int | None = None
    rates_hidden: bool = False


DEFAULT_REASONS = {
    "h": "more helpful",
    "w": "wrong fact",
    "i": "missed instruction",
    "s": "style",
    "l": "too long",
    "u": "unsafe",
}
"""The reasons, by key, of a set that has none of its own."""


def parse_reasons(note: str | None) -> tuple[str, ...]:
    """Return the reasons in an event's note; none where it has no list of them."""
    try:
        found = json.loads(note or "[]")
    except json.JSONDecodeError:
        return ()
    return tuple(reason for reason in found if isinstance(reason, str)) if isinstance(found, list) else ()


def format_reasons(words: Iterable[str]) -> str:
    """Return reasons, each once, as an event's note: a JSON list."""
    return json.dumps(list(dict.fromkeys(words)), ensure_ascii=False)


def is_undone(acts: Iterable[EventKind]) -> bool:
    """Whether an event is undone, given the undo and redo events that point at it, oldest first: the last one counts."""
    return next(iter([*acts][-1:]), None) is EventKind.UNDO
