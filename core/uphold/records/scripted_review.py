"""Review by scripts and programs: what `next` showed of a pair, and the decisions that `decide` is given."""

from dataclasses import dataclass

from uphold.records.enums import Choice, Preference, Side
from uphold.records.reviews import OnScreen
from uphold.records.rows import RowSource

CHOICES: dict[str, Side | Choice] = {
    "a": Side.A,
    "b": Side.B,
    "tie": Choice.TIE,
    "both-bad": Choice.BOTH_BAD,
    "candidate": Choice.CANDIDATE,
    "baseline": Choice.BASELINE,
}
"""What a decision may say: a side as `next` printed it, or a system."""


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """One decision to write: on an example's key and turn (None: its only one), with reasons and a note.

    `choice` is a key of CHOICES. `source` is the line of a file it was read from, None for a command's arguments.
    """

    key: str
    choice: str
    turn: int | None = None
    reasons: tuple[str, ...] = ()
    note: str | None = None
    source: RowSource | None = None

    @property
    def names_known(self) -> bool:
        """Whether the choice names a system, so that the sides were not hidden from who made it."""
        return self.choice in (Choice.CANDIDATE.value, Choice.BASELINE.value)

    def choice_for(self, side_a: Preference) -> Choice:
        """Return the choice between the systems, given which of them was on side A."""
        named = CHOICES[self.choice]
        if isinstance(named, Choice):
            return named
        return Choice((side_a if named is Side.A else side_a.mirrored).value)


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair as `next` showed it: its row id, the pair, the kind of the queue it came from, and what was there to see."""

    id: int
    pair_id: int
    queue: str
    screen: OnScreen
    reference_id: int | None
