"""store -> what stands around a review: the set's reasons, how far people agree, what else waits, what others write."""

import shlex
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from uphold.records.enums import Choice, EventKind, Verdict, ruling
from uphold.records.judgments import verdict_of
from uphold.records.reviews import (
    DEFAULT_REASONS,
    OnScreen,
    PairView,
    ReviewEvent,
    ReviewProgress,
    format_reasons,
    new_event_id,
)
from uphold.records.runs import Run
from uphold.records.statistics import LiveNumbers
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import replay
from uphold.reviewing.receipts import Outcome, Receipt, Refusal, SessionTotals, receipt, session_totals
from uphold.settings import database_path
from uphold.store import reviews
from uphold.store.database import Store
from uphold.workflows.pair_reader import PairReader
from uphold.workflows.queue_drawing import DISPUTED

if TYPE_CHECKING:
    from uphold.store.counts import Tally


class RunContext:
    """A run that is read in one of its queues."""

    _walk: QueueCursor
    _meeting: PairReader
    _reviewer_id: int
    _made: list[ReviewEvent]

    def __init__(self, store: Store, run: Run, queue: str) -> None:
        self.store, self.run, self.queue = store, run, queue
        self._written = store.written_elsewhere()
        self._shared: tuple[int, int] | None = None

    def reason_words(self) -> dict[str, str]:
        """The reasons to choose from, by their keys: the set's own, else the usual ones."""
        return reviews.reason_keys(self.store, self.run.set_id) or dict(DEFAULT_REASONS)

    def keep_reason_words(self, words: dict[str, str]) -> None:
        """Give the set reasons of its own."""
        reviews.write_reason_keys(self.store, self.run.set_id, words)

    def waiting(self) -> str:
        """What else waits in this run, as a sentence; empty where nothing does."""
        open_ = set(reviews.disputed_pairs(self.store, self.run.id)) - reviews.settled_pairs(self.store, self.run.id)
        if not open_ or self.queue == DISPUTED:
            return ""
        return f"{len(open_)} in dispute: uphold{_naming(self.store.path)} review --queue {DISPUTED}."

    def shared(self) -> tuple[int, int]:
        """How many pairs of the run several people read, and on how many they say the same."""
        if self._shared is None:
            self._shared = reviews.shared_pairs(self.store, self.run.id)
        return self._shared

    def place_of(self, pair_id: int) -> int:
        """A pair's place in the queue, from 0."""
        return self._walk.places[pair_id]

    def named(self, text: str) -> list[tuple[int, str]]:
        """(place in the queue, from 1; key) of the pairs whose key holds this text, whatever its case."""
        return [(place, item.key) for place, item in enumerate(self._walk.items, 1) if text.lower() in item.key.lower()]

    def is_broken(self, pair_id: int) -> bool:
        """Has somebody marked the pair as broken?"""
        return pair_id in self._walk.broken

    def verdict_arrived(self, pair: PairView) -> bool:
        """Has the verdict that a pair, as it is shown, still waits for come meanwhile? Then it is read anew."""
        if (
            pair.verdict_hidden
            or not self._meeting.judges
            or (pair.judge and pair.judge.verdict is not Verdict.PENDING)
        ):
            return False
        if self._meeting.judged(pair.pair_id) == pair.judge:
            return False
        self._meeting.forget(pair.pair_id)
        return True

    def _look_round(self) -> None:
        """Before moving on: take in what others wrote. The pair on the screen is acted on as it was shown."""
        written = self.store.written_elsewhere()
        if written != self._written:
            self._written, self._shared = written, None
            self._walk.broken = reviews.broken_pairs(self.store, self.run.id)
            self._meeting.forget_all()
            if self.queue == DISPUTED:
                self._walk.passed = reviews.settled_pairs(self.store, self.run.id)

    def _advance(self) -> None:
        self._look_round()
        self._walk.advance()

    # to another session on the same run, and back

    def share_seen(self, to: Self) -> None:
        """Leave for another session on the run: a verdict that was seen here has been seen there too."""
        to._meeting.saw(self._meeting)

    def refresh(self, after: Self | None = None) -> None:
        """Take in what the reviewer said of the run meanwhile; the session stays at its place.

        What was done in `after`, a session that began and ended in between, belongs to this sitting.
        """
        history = replay(reviews.own_events(self.store, self.run.id, self._reviewer_id))
        self._walk.renew(history, reviews.broken_pairs(self.store, self.run.id))
        self._meeting.renew(history)
        self._shared = None
        if after is not None:
            self._made.extend(after._made)
            self._meeting.saw(after._meeting)


def _naming(path: Path) -> str:
    """How a command names this file; not at all where it is the one that is there without a word."""
    return "" if database_path(None).absolute() == path.absolute() else f" --db {shlex.quote(str(path))}"


NOTHING_TO_UPHOLD = "nothing to uphold: a b t 4"


NOT_SHOWN_YET = "the verdict comes after yours: a b t 4"


class ReviewSession(RunContext):
    """One reviewer's session on one run: the current pair, the acts on it, and the way through the queue.

    Synchronous; every act is one transaction. When the store raises, nothing has moved.
    """

    def __init__(
        self, store: Store, run: Run, reviewer_id: int, queue: tuple[int, str], walk: QueueCursor, meeting: PairReader
    ) -> None:
        super().__init__(store, run, queue[1])
        self.reviewer = meeting.reviewer
        self._reviewer_id, self._queue_id, self._walk, self._meeting = reviewer_id, queue[0], walk, meeting
        self._session_id: int | None = None
        self._keys = {item.pair_id: item.key for item in walk.items}
        self._made: list[ReviewEvent] = []
        self._tally: Tally | None = None

    # where the reviewer is

    @property
    def judge_name(self) -> str | None:
        """The judge that Enter upholds."""
        return self._judge[1] if self._judge else None

    @property
    def _judge(self) -> tuple[int, str, str] | None:
        return self._meeting.judges[0] if self._meeting.judges else None

    @property
    def blind(self) -> bool:
        """Are verdicts shown after the own decision only?"""
        return self._meeting.mode.blind

    @property
    def adjudicating(self) -> bool:
        """Are disputes settled here?"""
        return self._meeting.mode.adjudicating

    @property
    def progress(self) -> ReviewProgress:
        """How far the reviewer is in the run."""
        return replace(self._walk.progress, resting=self.blind)

    @property
    def index(self) -> int:
        """The current pair's place in the queue, from 0."""
        return self._walk.index

    @property
    def total(self) -> int:
        """How many pairs the queue has."""
        return len(self._walk.items)

    @property
    def finished(self) -> bool:
        """Is no unread pair left?"""
        return self._walk.next_unread(-1) is None

    @property
    def current(self) -> PairView | None:
        """The pair to look at; None where the run has no current pair."""
        pair = self._at(self._walk.index, self._walk.again)
        return None if pair is None else self._meeting.met(pair)

    def peek(self, offset: int = 1) -> PairView | None:
        """The pair that would come next after a decision (1), or a neighbour in queue order (other offsets)."""
        if not self._walk.items:
            return None
        if offset == 1 and (again := self._walk.due()) is not None and again != self._walk.again:
            return self._at(self._walk.index, again)
        place = self._walk.next_unread(self._walk.index) if offset == 1 else self._walk.index + offset
        if place is None or not 0 <= place < self.total:
            return None
        return self._at(place, None)

    def _at(self, place: int, again: int | None) -> PairView | None:
        if not self._walk.items:
            return None
        if again is not None:
            return self._meeting.view(self._walk.items[self._walk.places[again]], again=True)
        return self._meeting.view(self._walk.items[place])

    # acts on the current pair

    def decide(self, choice: Choice, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Save a decision and go on to the next unread pair; one made before the verdict is seen stays, to see it."""
        pair = self.current
        kind = EventKind.ADJUDICATED if self.adjudicating else EventKind.DECISION
        if pair is not None and pair.again:
            kind = EventKind.REPEAT
        outcome = self._act(kind, shown, seconds, choice=choice)
        if pair is None or not pair.verdict_hidden or pair.again:
            self._advance()
        return outcome

    def uphold(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Decide as the verdict on the table says; refused where it says nothing that can be upheld."""
        pair = self.current
        if pair is not None and pair.verdict_hidden:
            return Refusal(NOT_SHOWN_YET)
        verdict = self.verdict
        preferred = verdict.preference if verdict is not None else None
        if preferred is None:
            return Refusal(NOTHING_TO_UPHOLD)
        return self.decide(Choice(preferred.value), shown, seconds)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the table; None while it is verdict_hidden."""
        pair = self.current
        return pair.judge.verdict if pair is not None and pair.judge is not None else None

    def skip(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Put the pair at the end of the queue and go on; refused where it was decided."""
        pair = self.current
        if pair is not None and pair.again:
            self._walk.passed.add(pair.pair_id)
            self._advance()
            return Receipt(EventKind.SKIP, pair.pair_id, pair.key)
        said = (pair.state.adjudicated if self.adjudicating else pair.state.decision) if pair is not None else None
        if said is not None:
            return Refusal("decided already; u takes it back")
        outcome = self._act(EventKind.SKIP, shown, seconds)
        self._advance()
        return outcome

    def flag(self, shown: OnScreen) -> Outcome:
        """Flag the pair for a second look, or take its flag away."""
        pair = self.current
        flagged = pair is not None and pair.state.flagged
        return self._act(EventKind.UNFLAG if flagged else EventKind.FLAG, shown)

    def broken(self, shown: OnScreen) -> Outcome:
        """Mark the example as broken, so that it leaves every rate, and go on; or take the mark away and stay."""
        pair = self.current
        if pair is not None and pair.pair_id in self._walk.broken:
            return self._act(EventKind.UNBROKEN, shown)
        outcome = self._act(EventKind.BROKEN, shown)
        self._advance()
        return outcome

    def comment(self, text: str, shown: OnScreen) -> Outcome:
        """Write a comment on the pair; an empty one takes the old away."""
        return self._act(EventKind.COMMENT, shown, note=text)

    def reasons(self, words: Sequence[str], shown: OnScreen) -> Outcome:
        """Say why, in the set's own words; none takes the old ones away."""
        return self._act(EventKind.REASONS, shown, note=format_reasons(words))

    def undo(self) -> Outcome:
        """Take back the reviewer's own last act in this run, whatever it was, and go to its pair."""
        done = self._walk.history.done
        if not done:
            return Refusal("nothing to take back")
        return self._turn(EventKind.UNDO, done[-1])

    def redo(self) -> Outcome:
        """Do again what was taken back last, and go to its pair."""
        undone = self._walk.history.undone
        if not undone:
            return Refusal("nothing to do again")
        return self._turn(EventKind.REDO, undone[-1])

    def _act(
        self,
        kind: EventKind,
        shown: OnScreen,
        seconds: float | None = None,
        *,
        choice: Choice | None = None,
        note: str | None = None,
    ) -> Outcome:
        pair = self.current
        if pair is None:
            return Refusal("there is no pair here")
        shown = self._meeting.shown(self._walk.items[self._walk.places[pair.pair_id]], pair, shown)
        event = ReviewEvent(new_event_id(), kind, pair.pair_id, choice, note, None, shown, seconds)
        self._write(event)
        if choice is None:
            return Receipt(kind, pair.pair_id, pair.key)
        side = pair.side_of(choice.preference)
        return Receipt(kind, pair.pair_id, pair.key, choice, ruling(choice, shown.verdict), side)

    def _turn(self, kind: EventKind, act: ReviewEvent) -> Outcome:
        self._write(ReviewEvent(new_event_id(), kind, act.pair_id, target_id=act.id))
        if act.pair_id in self._walk.places:
            self._look_round()
            self._walk.index = self._walk.places[act.pair_id]
            self._walk.again = act.pair_id if act.kind is EventKind.REPEAT else None
        return Receipt(kind, act.pair_id, self._keys.get(act.pair_id, ""), act.choice, takes_back=act.kind)

    def _write(self, event: ReviewEvent) -> None:
        """Save an event, and take it into account when it is on the disk."""
        changes_broken = event.kind in (EventKind.BROKEN, EventKind.UNBROKEN) or event.target_id is not None
        with self.store.writing() as conn:
            session_id = self._session_id or self._sit_down(conn)
            written = reviews.write_event(conn, self._reviewer_id, session_id, event)
            broken = reviews.broken_pairs(self.store, self.run.id) if changes_broken else self._walk.broken
        self._session_id, self._walk.broken = session_id, broken
        self._walk.history.take(written)
        self._walk.settle(event.pair_id)
        self._meeting.forget(event.pair_id)
        self._made.append(written)

    def _sit_down(self, conn: sqlite3.Connection) -> int:
        """A session is recorded with its first act."""
        judge_id = self._judge[0] if self._judge else None
        mode = self._meeting.mode
        share = mode.open_share if mode.blind else None
        return reviews.add_session(conn, self.run.id, self._reviewer_id, self._queue_id, judge_id, mode.word, share)

    # how it is read

    def go_blind(self, blind: bool) -> None:
        """Blind from now on, or open: a session of its own. What was seen stays seen."""
        if blind != self.blind:
            self._meeting.turn(blind=blind)
            self._session_id = None

    def plan(self, planned: int) -> None:
        """Mean to read so many pairs of this queue; every change is written down."""
        if planned != self._walk.planned:
            with self.store.writing() as conn:
                reviews.add_plan(
                    conn, self.run.id, self._queue_id, self._reviewer_id, planned, self._walk.progress.read
                )
            self._walk.planned = planned

    # moving

    def go_next(self) -> bool:
        """The next pair of the queue."""
        return self.go_to(self._walk.index + 2)

    def go_previous(self) -> bool:
        """The pair before; from one that has come back, the one that was decided last."""
        return self.go_to(self._walk.index + (self._walk.again is not None))

    def go_unread(self) -> bool:
        """The next unread pair."""
        place = self._walk.next_unread(self._walk.index)
        return place is not None and self.go_to(place + 1)

    def go_to(self, number: int) -> bool:
        """The pair at a place of the queue, from 1; False where there is none."""
        if not 1 <= number <= self.total:
            return False
        self._look_round()
        self._walk.index, self._walk.again = number - 1, None
        return True

    # looking back

    def trail(self, count: int) -> list[Receipt]:
        """The reviewer's last acts in force in this run, newest first; without their word on a pair that is verdict_hidden."""
        here = self.current
        verdict_hidden = here.pair_id if here is not None and here.verdict_hidden else None
        acts = (one for one in reversed(self._walk.history.done) if one.choice is None or one.pair_id != verdict_hidden)
        return [receipt(event, self._keys.get(event.pair_id, "")) for event in islice(acts, count)]

    def sitting(self) -> SessionTotals:
        """What was done since the session was opened, without what was taken back."""
        mine = {event.id for event in self._made}
        return session_totals(event for event in self._walk.history.done if event.id in mine)

    def numbers(self) -> LiveNumbers:
        """The run's win rate and agreement as they stand."""
        from uphold.stats.summary import live_numbers
        from uphold.store.counts import Tally

        judge_id = self._judge[0] if self._judge else None
        if self._tally is None:
            self._tally = Tally(self.store, self.run, judge_id, verdict_of)
        return live_numbers(self._tally.counts(), judge_id, self._reviewer_id)
