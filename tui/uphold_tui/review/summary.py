"""The summary of a review session: pairs read, how the numbers changed, why verdicts were overturned; and how it was left."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uphold.formatting import count, count_noun, duration, noun, seconds
from uphold.records.enums import EventKind, Preference, Ruling
from uphold.records.reviews import PairView, ReviewProgress
from uphold.records.runs import Run
from uphold.reviewing.receipts import Outcome, Receipt, SessionTotals
from uphold_tui import safe_text

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.review.live_numbers import NumbersFeed

MIN_DECISIONS_FOR_SUMMARY = 5
"""Fewer decisions than this in a session, and leaving shows no summary."""


@dataclass(slots=True)
class OverturnPatterns:
    """How the overturned verdicts of a session differ from the decisions: by winner and by length.

    `made` holds by pair id, for each decision in force, how it differs from the verdict (None where it does not) and whether
    it was made before the verdict was shown; `taken_back` those that could be redone.
    """

    made: dict[int, list[tuple[str | None, bool]]] = field(default_factory=dict)
    taken_back: dict[int, list[tuple[str | None, bool]]] = field(default_factory=dict)

    def add(self, pair: PairView | None, outcome: Outcome) -> None:
        """Take the outcome of an act on a pair into account."""
        if not isinstance(outcome, Receipt):
            return
        number = outcome.pair_id
        is_decision = EventKind.DECISION in (outcome.kind, outcome.target_kind)
        if outcome.kind is EventKind.DECISION and pair is not None:
            pattern = _pattern(pair, outcome) if outcome.ruling is Ruling.OVERTURNED else None
            self.made.setdefault(number, []).append((pattern, pair.verdict_hidden))
        elif outcome.kind is EventKind.UNDO and is_decision and self.made.get(number):
            self.taken_back.setdefault(number, []).append(self.made[number].pop())
        elif outcome.kind is EventKind.REDO and is_decision and self.taken_back.get(number):
            self.made.setdefault(number, []).append(self.taken_back[number].pop())

    def lines(self) -> tuple[tuple[int, str], ...]:
        """(count, pattern), the most frequent first; of a pair the decision before the verdict counts, else the last."""
        counted = [found[0] if found[0][1] else found[-1] for found in self.made.values() if found]
        reasons = [pattern for pattern, _ in counted if pattern is not None]
        return tuple(sorted(((reasons.count(reason), reason) for reason in set(reasons)), key=lambda r: (-r[0], r[1])))


def _pattern(pair: PairView, done: Receipt) -> str:
    """How an overturned verdict differs from the decision."""
    preferred = pair.judge.verdict.preference if pair.judge is not None else None
    if preferred is Preference.TIE:
        return "the judge said tie, you found a winner"
    if done.side is None:
        return "the judge had a winner, you found none"
    own_words, judge_words = (safe_text.words(pair.cells(side)[pair.turn - 1]) for side in (done.side, done.side.other))
    if judge_words == own_words:
        return "the judge had picked the other answer, as long as yours"
    return f"the judge had picked the {'longer' if judge_words > own_words else 'shorter'} answer"


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Everything the summary screen shows; `patterns` are (count, pattern) of overturned verdicts.

    `reason` is the reason given most, and how often; `disputes` how many disputes are open, and the command that opens
    them. `trouble` says what is not saved; without it all is.
    """

    run: Run
    totals: SessionTotals
    progress: ReviewProgress
    before: "LiveNumbers | None"
    now: "LiveNumbers | None"
    patterns: tuple[tuple[int, str], ...] = ()
    rates_hidden: bool = False
    reason: tuple[str, int] | None = None
    disputes: tuple[int, str] = (0, "")
    trouble: str = ""

    @property
    def pairs(self) -> str:
        """`48 pairs in 33 minutes`."""
        return f"{count_noun(self.totals.decided, 'pair')} in {duration(self.totals.seconds)}"

    @property
    def pace(self) -> str:
        """`41 s a pair`."""
        return f"{seconds(self.totals.seconds / max(self.totals.decided, 1))} a pair"

    @property
    def closing(self) -> str:
        """Whether all is saved, and what is left to read."""
        if self.trouble:
            return f"Not all of this is kept: {self.trouble.rstrip('.')}."
        return f"All saved. {self._left()}"

    def _left(self) -> str:
        """What is left to read."""
        progress = self.progress
        unread = progress.total - progress.read
        if unread <= 0:
            return "Every pair of the queue is read."
        if progress.planned is not None:
            more = progress.planned - progress.read
            planned = f"the {count(progress.planned)} planned"
            said = (
                f"{count(more)} more to {planned}"
                if more > 0
                else f"{planned} {noun(progress.planned, 'is', 'are')} read"
            )
            return f"Next: {said}."
        return f"{count_noun(unread, 'pair is', 'pairs are')} still unread."


def summary_of(
    session: "ReviewSession", numbers: "NumbersFeed", patterns: OverturnPatterns, trouble: str
) -> SessionSummary:
    """Return what a session came to, with its numbers as they were counted last; `trouble` says what is not saved."""
    most_given = session.reasons_given().most_common(1)
    return SessionSummary(
        session.run,
        session.session_totals(),
        session.progress,
        numbers.first,
        numbers.latest,
        patterns.lines(),
        session.blind,
        most_given[0] if most_given else None,
        (0, "") if trouble else session.open_disputes(),
        trouble,
    )


@dataclass(frozen=True, slots=True)
class ReviewExit:
    """How a review was left: its summary where there is one, and whether to quit the app.

    `asked`: the reviewer knows what is not saved, and leaves.
    """

    summary: SessionSummary | None = None
    quit: bool = False
    asked: bool = False
