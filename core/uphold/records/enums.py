"""Enumerations whose values are the same in code, SQL, commands and on screen."""

from enum import StrEnum

REFERENCE = "reference"
"""The reserved system name under which the reference answers are compared like any other system's."""


class Preference(StrEnum):
    """The system that a judgment prefers, or a tie."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"

    @property
    def mirrored(self) -> "Preference":
        """The preference with candidate and baseline swapped; a tie stays."""
        return _MIRROR[self]


_MIRROR = {
    Preference.CANDIDATE: Preference.BASELINE,
    Preference.BASELINE: Preference.CANDIDATE,
    Preference.TIE: Preference.TIE,
}


def preference_from_share(candidate_share: float) -> Preference:
    """Return the verdict of a soft preference for the candidate: > .5 candidate, < .5 baseline, .5 tie."""
    if candidate_share == 0.5:
        return Preference.TIE
    return Preference.CANDIDATE if candidate_share > 0.5 else Preference.BASELINE


class Choice(StrEnum):
    """What a reviewer decides on a pair; both-bad is a tie of its own kind."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"
    BOTH_BAD = "both-bad"

    @property
    def preference(self) -> Preference:
        """The choice as it is compared: both-bad counts as a tie."""
        return Preference.TIE if self is Choice.BOTH_BAD else Preference(self.value)


class AnswerOrder(StrEnum):
    """The answer that a judge was shown first; none where a judge has no order, unknown where it was not recorded."""

    CANDIDATE_FIRST = "candidate-first"
    BASELINE_FIRST = "baseline-first"
    NONE = "none"
    UNKNOWN = "unknown"


BOTH_ORDERS = (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)
"""The orders that an LLM judge is asked in."""


class JudgmentStatus(StrEnum):
    """Whether one judgment gave a verdict; unreadable where the answer could not be parsed, failed where none came."""

    READABLE = "readable"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class Purpose(StrEnum):
    """What a judgment was asked for; only those for a verdict enter one, the others compare a judge with itself or another."""

    VERDICT = "verdict"
    RERUN = "rerun"
    TRY = "try"
    DRIFT = "drift"


class Verdict(StrEnum):
    """What a judge's judgments on a pair amount to; inconsistent where the orders disagree, pending where one is missing."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"
    INCONSISTENT = "inconsistent"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    PENDING = "pending"

    @property
    def preference(self) -> Preference | None:
        """The system preferred, or a tie, where there is something to uphold; else None."""
        return Preference(self.value) if self.value in Preference._value2member_map_ else None

    @property
    def compared_preference(self) -> Preference | None:
        """The preference as it is compared with human labels: inconsistent counts as a tie."""
        return Preference.TIE if self is Verdict.INCONSISTENT else self.preference


class Ruling(StrEnum):
    """Whether a decision agrees with the verdict it was made on; decided where there was none to uphold."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    DECIDED = "decided"


def ruling(choice: Choice, verdict: Verdict | None) -> Ruling:
    """Return upheld or overturned for a choice on a verdict; decided where the verdict names no system and no tie."""
    preferred = verdict.preference if verdict is not None else None
    if preferred is None:
        return Ruling.DECIDED
    return Ruling.UPHELD if choice.preference is preferred else Ruling.OVERTURNED


class EventKind(StrEnum):
    """The kinds of review events; undo, redo and carried ones refer to another event by its id."""

    DECISION = "decision"
    CARRIED = "carried"
    REPEAT = "repeat"
    ADJUDICATED = "adjudicated"
    SKIP = "skip"
    FLAG = "flag"
    UNFLAG = "unflag"
    BROKEN = "broken"
    UNBROKEN = "unbroken"
    COMMENT = "comment"
    REASONS = "reasons"
    UNDO = "undo"
    REDO = "redo"


class QueueKind(StrEnum):
    """The kinds of queues of a run; beside them there is `tag:NAME` for each tag."""

    RANDOM = "random"
    UNCERTAIN = "uncertain"
    ALL = "all"
    DISPUTED = "disputed"
    FLAGGED = "flagged"
    CHANGED = "changed"
    HAND_PICKED = "hand-picked"


class Side(StrEnum):
    """The side of the screen where an answer is shown. Sides exist on screen only; what is stored names systems."""

    A = "A"
    B = "B"

    @property
    def other(self) -> "Side":
        """The other side of the screen."""
        return Side.B if self is Side.A else Side.A


class QuickFilter(StrEnum):
    """The quick filters of a list of pairs, as the screen calls them."""

    ALL = "all"
    UNREAD = "unread"
    READ = "read"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    DECIDED = "decided"
    INCONSISTENT = "inconsistent"
    UNREADABLE = "unreadable"
    FLAGGED = "flagged"
    NOTED = "noted"
    SKIPPED = "skipped"
    STALE = "stale"
    BROKEN = "broken"
    JUDGE_LONGER = "judge picks the longer"
    YOU_LONGER = "you pick the longer"


class SortOrder(StrEnum):
    """The orders of a list of pairs, as the screen calls them."""

    REVIEWED = "as reviewed"
    KEY = "by key"
    LATEST = "latest first"
    LENGTH_DIFFERENCE = "length difference"
