"""What one sitting came to: how many pairs, how the numbers moved, and where you and the judge part."""

from dataclasses import dataclass, field

from uphold.records.numbers import LiveNumbers
from uphold.records.reviewed import PairView, Progress
from uphold.records.runs import Run
from uphold.records.words import EventKind, Preference, Ruling
from uphold.steps.reviewing import Outcome, Receipt, Sitting
from uphold_tui import showing


@dataclass(slots=True)
class Partings:
    """Why the overturned verdicts of a sitting were overturned, as far as the pairs themselves can tell."""

    kept: dict[int, str] = field(default_factory=dict)
    taken_back: dict[int, str] = field(default_factory=dict)

    def take(self, pair: PairView | None, outcome: Outcome) -> None:
        """Take an act into account; `pair` is the pair it was made on."""
        if not isinstance(outcome, Receipt):
            return
        number = outcome.pair_id
        if outcome.kind is EventKind.DECISION and pair is not None:
            self.kept.pop(number, None)
            if outcome.ruling is Ruling.OVERTURNED:
                self.kept[number] = _parting(pair, outcome)
        elif outcome.kind is EventKind.UNDO and outcome.takes_back is EventKind.DECISION and number in self.kept:
            self.taken_back[number] = self.kept.pop(number)
        elif outcome.kind is EventKind.REDO and number in self.taken_back:
            self.kept[number] = self.taken_back.pop(number)

    def lines(self) -> tuple[tuple[int, str], ...]:
        """How often which, the most frequent first."""
        reasons = list(self.kept.values())
        return tuple(sorted(((reasons.count(reason), reason) for reason in set(reasons)), key=lambda r: (-r[0], r[1])))


def _parting(pair: PairView, done: Receipt) -> str:
    """What sets an overturned verdict apart."""
    preferred = pair.judge.verdict.preference if pair.judge is not None else None
    if preferred is Preference.TIE:
        return "the judge said tie, you found a winner"
    if done.side is None:
        return "the judge had a winner, you found none"
    ours, theirs = (showing.words(pair.cells(side)[pair.turn - 1]) for side in (done.side, done.side.other))
    if theirs == ours:
        return "the judge had picked the other answer, as long as yours"
    return f"the judge had picked the {'longer' if theirs > ours else 'shorter'} answer"


@dataclass(frozen=True, slots=True)
class LookBack:
    """Everything the leaving screen says."""

    run: Run
    sitting: Sitting
    progress: Progress
    before: LiveNumbers | None
    now: LiveNumbers | None
    partings: tuple[tuple[int, str], ...] = ()
    resting: bool = False
    waiting: str = ""

    @property
    def pairs(self) -> str:
        """`48 pairs in 33 minutes`."""
        number = self.sitting.decided
        return f"{number} {'pair' if number == 1 else 'pairs'} in {duration(self.sitting.seconds)}"

    @property
    def pace(self) -> str:
        """`41 s a pair`."""
        return f"{round(self.sitting.seconds / max(self.sitting.decided, 1))} s a pair"

    @property
    def closing(self) -> str:
        """What is left to read, and what is next."""
        progress = self.progress
        unread = progress.total - progress.read
        if unread <= 0:
            return " ".join(["All saved. Every pair of the queue is read.", self.waiting]).rstrip()
        if progress.planned is not None:
            more = progress.planned - progress.read
            said = (
                f"{more} more to the {progress.planned} planned"
                if more > 0
                else f"the {progress.planned} planned are read"
            )
            return f"All saved. Next: {said}. {self.waiting}".rstrip()
        if self.waiting:
            return f"All saved. {unread} still unread. {self.waiting}"
        return f"All saved. {unread} {'pair is' if unread == 1 else 'pairs are'} still unread."


@dataclass(frozen=True, slots=True)
class Left:
    """How a review was left: with a look back where there was one, and whether to quit altogether."""

    look_back: LookBack | None = None
    quit: bool = False


def duration(seconds: float) -> str:
    """A time in words: seconds below two minutes, then minutes, then hours and minutes."""
    if seconds < 120:
        return "1 second" if round(seconds) == 1 else f"{round(seconds)} seconds"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours {minutes % 60} minutes"
