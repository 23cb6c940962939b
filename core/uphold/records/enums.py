"""The words of the field, the same in code, SQL, commands and on screen."""

from enum import StrEnum

REFERENCE = "reference"
"""Reserved name: the reference answers, used as a system."""


class Preference(StrEnum):
    """Which system a judgment prefers."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"

    @property
    def mirrored(self) -> "Preference":
        """The same word with the two systems changed over."""
        return _MIRROR[self]


_MIRROR = {
    Preference.CANDIDATE: Preference.BASELINE,
    Preference.BASELINE: Preference.CANDIDATE,
    Preference.TIE: Preference.TIE,
}


class Choice(StrEnum):
    """A reviewer's word on a pair; both-bad is a tie of its own kind."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"
    BOTH_BAD = "both-bad"

    @property
    def preference(self) -> Preference:
        """The word as it is compared: both-bad counts as a tie."""
        return Preference.TIE if self is Choice.BOTH_BAD else Preference(self.value)


class AnswerOrder(StrEnum):
    """Which answer a judge was shown first."""

    CANDIDATE_FIRST = "candidate-first"
    BASELINE_FIRST = "baseline-first"
    NONE = "none"
    UNKNOWN = "unknown"


BOTH_ORDERS = (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)


class JudgmentStatus(StrEnum):
    """What became of one judgment."""

    READABLE = "readable"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class Verdict(StrEnum):
    """What a judge's judgments on a pair amount to."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"
    INCONSISTENT = "inconsistent"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    PENDING = "pending"

    @property
    def preference(self) -> Preference | None:
        """The system preferred, where there is something to uphold; else None."""
        return Preference(self.value) if self.value in Preference._value2member_map_ else None


class Ruling(StrEnum):
    """How a decision stands to the verdict it was made on."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    DECIDED = "decided"


def ruling(choice: Choice, verdict: Verdict | None) -> Ruling:
    """Upheld when the decision agrees with the verdict, decided when there was none to uphold."""
    preferred = verdict.preference if verdict is not None else None
    if preferred is None:
        return Ruling.DECIDED
    return Ruling.UPHELD if choice.preference is preferred else Ruling.OVERTURNED


class EventKind(StrEnum):
    """What a review event says; undo and redo refer to another event by its id."""

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


class Side(StrEnum):
    """Where something was shown on the screen: exists only there."""

    A = "A"
    B = "B"

    @property
    def other(self) -> "Side":
        """The other side of the screen."""
        return Side.B if self is Side.A else Side.A


class QuickFilter(StrEnum):
    """What a list can be narrowed to, in the words of the screen."""

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
    BROKEN = "broken"
    JUDGE_LONGER = "judge picks the longer"
    YOU_LONGER = "you pick the longer"


class SortOrder(StrEnum):
    """In what order a list stands."""

    REVIEWED = "as reviewed"
    KEY = "by key"
    LATEST = "latest first"
    APART = "length difference"
