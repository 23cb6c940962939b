"""store <-> reviewing: one reviewer's session on one run; each act is on the disk before the session moves."""

import sqlite3

from uphold.judging.consensus import consensus
from uphold.records.judged import JudgeOnPair
from uphold.records.numbers import LiveNumbers
from uphold.records.reviewed import Event, OnScreen, PairView, Progress, QueueItem, new_event_id
from uphold.records.runs import Run
from uphold.records.words import Choice, EventKind, Verdict, ruling
from uphold.reviewing.drawing import draw_random
from uphold.reviewing.history import replay
from uphold.reviewing.receipts import Outcome, Receipt, Refusal, Sitting, receipt, sitting
from uphold.reviewing.sides import side_a
from uphold.reviewing.walking import Walk
from uphold.store import counts, events, judgments, pairs, queues, runs
from uphold.store.database import Store

__all__ = ["Outcome", "Receipt", "Refusal", "ReviewSession", "Sitting", "open_review"]

NOTHING_TO_UPHOLD = "nothing to uphold: a b t 4"


class ReviewSession:
    """One reviewer's session on one run: the current pair, the acts on it, and the way through the queue.

    Synchronous; every act is one transaction. When the store raises, nothing has moved.
    """

    def __init__(
        self, store: Store, run: Run, reviewer: str, reviewer_id: int, queue_id: int, walk: Walk,
        judge: tuple[int, str, str] | None,
    ) -> None:  # fmt: skip
        self.store, self.run, self.reviewer = store, run, reviewer
        self._reviewer_id, self._queue_id, self._walk, self._judge = reviewer_id, queue_id, walk, judge
        self._session_id: int | None = None
        self._views: dict[int, PairView] = {}
        self._keys = {item.pair_id: item.key for item in walk.items}
        self._made: list[Event] = []

    # where the reviewer is

    @property
    def judge_name(self) -> str | None:
        """The judge that Enter upholds."""
        return self._judge[1] if self._judge else None

    @property
    def progress(self) -> Progress:
        """How far the reviewer is in the run."""
        return self._walk.progress

    @property
    def index(self) -> int:
        """The current pair's place in the queue, from 0."""
        return self._walk.index

    def place_of(self, pair_id: int) -> int:
        """A pair's place in the queue, from 0."""
        return self._walk.places[pair_id]

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
        return self._view(self._walk.items[self._walk.index]) if self._walk.items else None

    def peek(self, offset: int = 1) -> PairView | None:
        """The pair that would come next after a decision (1), or a neighbour in queue order (other offsets)."""
        if not self._walk.items:
            return None
        place = self._walk.next_unread(self._walk.index) if offset == 1 else self._walk.index + offset
        if place is None or not 0 <= place < self.total:
            return None
        return self._view(self._walk.items[place])

    def _view(self, item: QueueItem) -> PairView:
        view = self._views.get(item.pair_id)
        if view is None:
            view = self._views[item.pair_id] = self._read(item)
            if len(self._views) > 32:
                del self._views[next(iter(self._views))]
        return view

    def _read(self, item: QueueItem) -> PairView:
        texts = pairs.pair_texts(self.store, item.pair_id)
        stand = self._walk.stand(item.pair_id)
        carried = None
        if stand.decision is not None and stand.decision.kind is EventKind.CARRIED and stand.decision.refers:
            origin = events.origin(self.store, stand.decision.refers)
            carried = origin[0] if origin else None
        return PairView(
            item.pair_id, texts.key, texts.turn, texts.text, texts.tags, texts.candidate, texts.baseline,
            texts.candidate_cells, texts.baseline_cells,
            side_a(self.run.seed, texts.key, texts.turn, texts.contents, self.reviewer),
            self._judged(item.pair_id), stand, carried,
        )  # fmt: skip

    def _judged(self, pair_id: int) -> JudgeOnPair | None:
        return judgments.on_pair(self.store, pair_id, self._judge[0], consensus) if self._judge else None

    # acts on the current pair

    def decide(self, choice: Choice, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Save a decision and go on to the next unread pair."""
        outcome = self._act(EventKind.DECISION, shown, seconds, choice=choice)
        self._advance()
        return outcome

    def uphold(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Decide as the verdict on the table says; refused where it says nothing that can be upheld."""
        verdict = self.verdict
        preferred = verdict.preference if verdict is not None else None
        if preferred is None:
            return Refusal(NOTHING_TO_UPHOLD)
        return self.decide(Choice(preferred.value), shown, seconds)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the table."""
        pair = self.current
        return pair.judge.verdict if pair is not None and pair.judge is not None else None

    def skip(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Put the pair at the end of the queue and go on; refused where it was decided."""
        pair = self.current
        if pair is not None and pair.stand.decision is not None:
            return Refusal("decided already; u takes it back")
        outcome = self._act(EventKind.SKIP, shown, seconds)
        self._advance()
        return outcome

    def flag(self, shown: OnScreen) -> Outcome:
        """Flag the pair for a second look, or take its flag away."""
        pair = self.current
        flagged = pair is not None and pair.stand.flagged
        return self._act(EventKind.UNFLAG if flagged else EventKind.FLAG, shown)

    def broken(self, shown: OnScreen) -> Outcome:
        """Mark the example as broken, so that it leaves every rate, and go on; or take the mark away and stay."""
        pair = self.current
        if pair is not None and pair.pair_id in self._walk.broken:
            return self._act(EventKind.UNBROKEN, shown)
        outcome = self._act(EventKind.BROKEN, shown)
        self._advance()
        return outcome

    def is_broken(self, pair_id: int) -> bool:
        """Has somebody marked the pair as broken?"""
        return pair_id in self._walk.broken

    def comment(self, text: str, shown: OnScreen) -> Outcome:
        """Write a comment on the pair; an empty one takes the old away."""
        return self._act(EventKind.COMMENT, shown, note=text)

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
        self, kind: EventKind, shown: OnScreen, seconds: float | None = None, *, choice: Choice | None = None,
        note: str | None = None,
    ) -> Outcome:  # fmt: skip
        pair = self.current
        if pair is None:
            return Refusal("there is no pair here")
        verdict = pair.judge.verdict if pair.judge else None
        event = Event(new_event_id(), kind, pair.pair_id, choice, note, None, shown, seconds)
        self._write(event)
        if choice is None:
            return Receipt(kind, pair.pair_id, pair.key)
        return Receipt(kind, pair.pair_id, pair.key, choice, ruling(choice, verdict), pair.side_of(choice.preference))

    def _turn(self, kind: EventKind, act: Event) -> Outcome:
        self._write(Event(new_event_id(), kind, act.pair_id, refers=act.id))
        if act.pair_id in self._walk.places:
            self._walk.index = self._walk.places[act.pair_id]
        return Receipt(kind, act.pair_id, self._keys.get(act.pair_id, ""), act.choice, takes_back=act.kind)

    def _write(self, event: Event) -> None:
        """Save an event, and take it into account when it is on the disk."""
        changes_broken = event.kind in (EventKind.BROKEN, EventKind.UNBROKEN) or event.refers is not None
        with self.store.writing() as conn:
            session_id = self._session_id or self._sit_down(conn)
            written = events.write_event(conn, self._reviewer_id, session_id, event)
            broken = events.broken_pairs(self.store, self.run.id) if changes_broken else self._walk.broken
        self._session_id, self._walk.broken = session_id, broken
        self._walk.history.take(written)
        self._walk.settle(event.pair_id)
        self._views.pop(event.pair_id, None)
        self._made.append(written)

    def _sit_down(self, conn: sqlite3.Connection) -> int:
        """A session is recorded with its first act."""
        judge_id = self._judge[0] if self._judge else None
        return events.add_session(conn, self.run.id, self._reviewer_id, self._queue_id, judge_id, "open")

    def _advance(self) -> None:
        place = self._walk.next_unread(self._walk.index)
        if place is not None:
            self._walk.index = place

    # moving

    def go_next(self) -> bool:
        """The next pair of the queue."""
        return self.go_to(self._walk.index + 2)

    def go_previous(self) -> bool:
        """The pair before."""
        return self.go_to(self._walk.index)

    def go_unread(self) -> bool:
        """The next unread pair."""
        place = self._walk.next_unread(self._walk.index)
        return place is not None and self.go_to(place + 1)

    def go_to(self, number: int) -> bool:
        """The pair at a place of the queue, from 1; False where there is none."""
        if not 1 <= number <= self.total:
            return False
        self._walk.index = number - 1
        return True

    # looking back

    def trail(self, count: int) -> list[Receipt]:
        """The reviewer's last acts in force in this run, newest first."""
        done = self._walk.history.done
        return [
            receipt(event, self._keys.get(event.pair_id, "")) for event in reversed(done[max(len(done) - count, 0) :])
        ]

    def sitting(self) -> Sitting:
        """What was done since the session was opened, without what was taken back."""
        mine = {event.id for event in self._made}
        return sitting(event for event in self._walk.history.done if event.id in mine)

    def numbers(self) -> LiveNumbers:
        """The run's win rate and agreement as they stand."""
        from uphold.stats.run import live

        judge = self._judge[1] if self._judge else None
        return live(counts.run_counts(self.store, self.run, consensus, judge), self._judge[0] if self._judge else None)


def open_review(store: Store, run: Run, *, reviewer: str, judge: str | None = None) -> ReviewSession:
    """Open a run for a reviewer at the first unread pair of its random queue, which is drawn if it was not."""
    primary = runs.primary_judge(store, run.id, judge)
    queue_id, items = queues.queue_of(store, run.id, "random", run.seed, draw_random)
    found = store.one("SELECT id FROM reviewers WHERE name = ?", (reviewer,))
    if found is None:
        with store.writing() as conn:
            reviewer_id = events.add_reviewer(conn, reviewer)
    else:
        reviewer_id = int(found[0])
    history = replay(events.own_events(store, run.id, reviewer_id))
    walk = Walk(items, history, broken=events.broken_pairs(store, run.id))
    return ReviewSession(store, run, reviewer, reviewer_id, queue_id, walk, primary)
