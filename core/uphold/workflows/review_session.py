"""A reviewer's session on one run: the current pair, the acts on it, and the way through the queue.

`ReviewSession` is what a screen or a script talks to. It owns the parts of a session, which do not know each other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from uphold.errors import UpholdError
from uphold.records.enums import Choice, EventKind, Ruling, Verdict, ruling
from uphold.records.judgments import JudgeRef
from uphold.records.reviews import OnScreen, PairView, ReviewEvent, ReviewProgress, format_reasons, new_event_id
from uphold.records.runs import Run
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import History
from uphold.reviewing.pace import Pace, pace
from uphold.reviewing.receipts import Outcome, Receipt, Refusal, SessionTotals, receipt, session_totals
from uphold.store import reviews
from uphold.store.database import Store
from uphold.store.headline_judges import judges_in_order, run_judges
from uphold.workflows.event_writer import EventWriter
from uphold.workflows.live_counts import LiveCounts
from uphold.workflows.pair_reader import PairReader
from uphold.workflows.run_context import RunContext
from uphold.workflows.seen_pairs import SeenPairs

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers

NOTHING_TO_UPHOLD = "nothing to uphold: a b t 4"

NOT_SHOWN_YET = "the verdict comes after yours: a b t 4"


class ReviewSession:
    """One reviewer's session on one run.

    Synchronous; every act is one transaction. When the store raises, nothing has moved, and `unsaved` is the event that
    could not be written. Before moving on, what other processes wrote is read; an act applies to the pair as it was shown.
    """

    def __init__(
        self,
        *,
        cursor: QueueCursor,
        history: History,
        reader: PairReader,
        writer: EventWriter,
        context: RunContext,
        counts: LiveCounts,
        seen: SeenPairs,
        named_judge: str | None = None,
    ) -> None:
        self.cursor, self.history, self.reader = cursor, history, reader
        self.writer, self.context, self.counts, self._seen = writer, context, counts, seen
        self.reader.add_seen_pairs(seen.verdicts)
        self.named_judge = named_judge
        self._keys = {item.pair_id: item.key for item in cursor.items}
        self._written: list[ReviewEvent] = []
        self._held: int | None = None
        self.unsaved: ReviewEvent | None = None

    # what is reviewed, by whom, and how

    @property
    def store(self) -> Store:
        """The open database."""
        return self.context.store

    @property
    def run(self) -> Run:
        """The run under review."""
        return self.context.run

    @property
    def queue(self) -> str:
        """The kind of the queue, such as `random` or `tag:NAME`."""
        return self.context.queue

    @property
    def reviewer(self) -> str:
        """The reviewer's name."""
        return self.reader.reviewer

    @property
    def judge(self) -> JudgeRef | None:
        """The judge that Enter upholds; None where nobody has judged the run."""
        return self.reader.primary_judge

    @property
    def judge_name(self) -> str | None:
        """The name of the judge that Enter upholds."""
        return self.judge.name if self.judge is not None else None

    @property
    def has_several_judges(self) -> bool:
        """Whether more judges than the one that Enter upholds have judged the run."""
        return self.reader.has_several_judges

    def update_judge(self) -> bool:
        """Take the judge of the run's headline as it is now, such as one that was pinned; True where it is another one.

        A judge that the user named stays.
        """
        judges = judges_in_order(self.store, self.run, self.named_judge)[1]
        judge = judges[0] if judges else None
        if judge == self.judge:
            return False
        self.reader.use_judges(judges)
        self.writer.use_judge(judge.id if judge is not None else None)
        self.counts.use_judge(judge)
        return True

    @property
    def blind(self) -> bool:
        """Whether verdicts are shown only after the reviewer's own decision."""
        return self.reader.mode.blind

    @property
    def adjudicating(self) -> bool:
        """Whether decisions settle disputes."""
        return self.reader.mode.adjudicating

    def go_blind(self, blind: bool) -> None:
        """Hide verdicts from now on, or show them; this begins a session of its own. What was seen stays seen.

        Raises UpholdError where that cannot be written down; it holds from the next act on then.
        """
        if blind != self.blind:
            self.reader.set_blind(blind)
            self._held = None
            self.writer.begin_session(self.reader.mode)

    def plan(self, planned: int) -> None:
        """Set how many pairs of this queue are to be read; every change is written down."""
        if planned != self.cursor.planned:
            self.writer.write_plan(planned, self.cursor.progress.read)
            self.cursor.planned = planned

    # the current pair

    @property
    def progress(self) -> ReviewProgress:
        """How far the reviewer is in the queue."""
        return replace(self.cursor.progress, rates_hidden=self.blind)

    @property
    def plan_is_read(self) -> bool:
        """Whether as many pairs are read as were planned."""
        planned = self.cursor.planned
        return planned is not None and self.cursor.progress.read >= planned

    @property
    def index(self) -> int:
        """The current pair's place in the queue, from 0."""
        return self.cursor.index

    @property
    def total(self) -> int:
        """How many pairs the queue has."""
        return len(self.cursor.items)

    @property
    def finished(self) -> bool:
        """Whether no unread pair is left."""
        return self.cursor.next_unread(-1) is None

    @property
    def current(self) -> PairView | None:
        """The current pair; None where the queue is empty. A verdict on it counts as seen from now on."""
        pair = self._view(self.cursor.index, self.cursor.repeat)
        if pair is not None:
            self.reader.mark_seen(pair)
        return pair

    @property
    def verdict(self) -> Verdict | None:
        """The verdict shown with the current pair; None while it is hidden."""
        pair = self.current
        return pair.judge.verdict if pair is not None and pair.judge is not None else None

    def peek(self, offset: int = 1) -> PairView | None:
        """Return the pair that would come next after a decision (1), or a neighbour in queue order (other offsets)."""
        if not self.cursor.items:
            return None
        if offset == 1 and (repeat := self.cursor.due_repeat()) is not None and repeat != self.cursor.repeat:
            return self._view(self.cursor.index, repeat)
        place = self.cursor.next_unread(self.cursor.index) if offset == 1 else self.cursor.index + offset
        if place is None or not 0 <= place < self.total:
            return None
        return self._view(place, None)

    def _view(self, place: int, repeat: int | None) -> PairView | None:
        """Return the pair at a place, or the pair with the id `repeat`, shown once more."""
        if not self.cursor.items:
            return None
        if repeat is not None:
            return self.reader.view(self.cursor.item_of(repeat), is_repeat=True)
        return self.reader.view(self.cursor.items[place])

    def verdict_arrived(self) -> bool:
        """Whether others have written a verdict that the current pair waits for, or the run's first; it is there then.

        Cheap while nobody writes to the file: it is called every second.
        """
        if not self.context.written_since_asked():
            return False
        if self.judge is None and run_judges(self.store, self.run.id) and self.update_judge():
            return True
        pair = self.current
        return pair is not None and self.reader.verdict_arrived(pair)

    def record_seen(self, shown: OnScreen) -> None:
        """Write down what is seen of the current pair before a decision: its verdict, and the names where they are shown.

        Each is written once. Raises UpholdError where it cannot be; it may be called again then.
        """
        pair = self.current
        if pair is None or (pair.judge is None and not shown.names_shown):
            return
        screen = self.reader.recorded_screen(self.cursor.item_of(pair.pair_id), pair, shown)
        if self._seen.lacks(pair, screen):
            self._seen.write(pair, screen)

    def names_were_shown(self, pair_id: int) -> bool:
        """Whether the reviewer has been shown which system of a pair is which, in this session or an earlier one."""
        return pair_id in self._seen.names

    # acts on the current pair

    @property
    def is_held(self) -> bool:
        """Whether the current pair has just been overturned and stays until the reviewer goes on."""
        return self._held is not None and self._held == self.cursor.current_id

    def decide(
        self, choice: Choice, shown: OnScreen, seconds: float | None = None, *, hold_overturned: bool = False
    ) -> Outcome:
        """Save a decision and go on to the next unread pair; stay where a verdict was hidden, to show it.

        With `hold_overturned` an overturned pair stays too, unless the session is blind or settles disputes.
        """
        pair = self.current
        kind = EventKind.ADJUDICATED if self.adjudicating else EventKind.DECISION
        if pair is not None and pair.is_repeat:
            kind = EventKind.REPEAT
        outcome = self._act(kind, shown, seconds, choice=choice)
        hides = pair is not None and pair.verdict_hidden and (self.judge is not None or pair.adjudicating)
        if hold_overturned and pair is not None and self._may_hold(pair, outcome):
            self._held = pair.pair_id
        elif pair is None or not hides or pair.is_repeat:
            self._advance()
        return outcome

    def _may_hold(self, pair: PairView, outcome: Outcome) -> bool:
        """Whether this decision is one that the reviewer may want to explain before the next pair comes."""
        overturned = isinstance(outcome, Receipt) and outcome.ruling is Ruling.OVERTURNED
        return overturned and not (self.blind or self.adjudicating or pair.is_repeat)

    def uphold(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Decide as the verdict says; refused where it is hidden or names neither a system nor a tie."""
        pair = self.current
        if pair is not None and pair.verdict_hidden:
            return Refusal(NOT_SHOWN_YET)
        verdict = self.verdict
        preferred = verdict.preference if verdict is not None else None
        if preferred is None:
            return Refusal(NOTHING_TO_UPHOLD)
        return self.decide(Choice(preferred.value), shown, seconds)

    def skip(self, shown: OnScreen, seconds: float | None = None) -> Outcome:
        """Put the pair at the end of the queue and go on; refused where it was decided.

        A repeated pair is passed over for the rest of the session, and no event is written.
        """
        pair = self.current
        if pair is not None and pair.is_repeat:
            self.cursor.passed_over.add(pair.pair_id)
            self._advance()
            return Receipt(EventKind.SKIP, pair.pair_id, pair.key)
        decision = (pair.state.adjudicated if self.adjudicating else pair.state.decision) if pair is not None else None
        if decision is not None:
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
        if pair is not None and self.is_broken(pair.pair_id):
            return self._act(EventKind.UNBROKEN, shown)
        outcome = self._act(EventKind.BROKEN, shown)
        self._advance()
        return outcome

    def comment(self, text: str, shown: OnScreen) -> Outcome:
        """Write a comment on the pair; an empty one takes the old one away."""
        return self._act(EventKind.COMMENT, shown, note=text)

    def reasons(self, words: Sequence[str], shown: OnScreen) -> Outcome:
        """Write the reasons for the decision on the pair; an empty sequence takes the old ones away."""
        return self._act(EventKind.REASONS, shown, note=format_reasons(words))

    def undo(self) -> Outcome:
        """Take back the reviewer's own last act in this run, whatever it was, and go to its pair."""
        if not self.history.done:
            return Refusal("nothing to take back")
        return self._undo_or_redo(EventKind.UNDO, self.history.done[-1])

    def redo(self) -> Outcome:
        """Put the act that was taken back last in force again, and go to its pair."""
        if not self.history.undone:
            return Refusal("nothing to do again")
        return self._undo_or_redo(EventKind.REDO, self.history.undone[-1])

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
        shown = self.reader.recorded_screen(self.cursor.item_of(pair.pair_id), pair, shown)
        self._write(
            ReviewEvent(
                new_event_id(), kind, pair.pair_id, choice, note, None, shown, seconds, reference_id=pair.reference_id
            )
        )
        if choice is None:
            return Receipt(kind, pair.pair_id, pair.key)
        side = pair.side_of(choice.preference)
        return Receipt(kind, pair.pair_id, pair.key, choice, ruling(choice, shown.verdict), side)

    def _undo_or_redo(self, kind: EventKind, act: ReviewEvent) -> Outcome:
        self._write(ReviewEvent(new_event_id(), kind, act.pair_id, target_id=act.id))
        self._held = None
        if act.pair_id in self.cursor.places:
            self._refresh_if_changed()
            self.cursor.index = self.cursor.places[act.pair_id]
            self.cursor.repeat = act.pair_id if act.kind is EventKind.REPEAT else None
        return Receipt(kind, act.pair_id, self._keys.get(act.pair_id, ""), act.choice, target_kind=act.kind)

    def _write(self, event: ReviewEvent) -> None:
        """Save an event; what is kept in memory changes only when it is on the disk."""
        try:
            saved = self.writer.write(event, self.reader.mode)
        except UpholdError:
            self.unsaved = event
            raise
        self.unsaved = None
        if saved.broken_pairs is not None:
            self.cursor.broken = saved.broken_pairs
        self.history.add(saved.event)
        self.cursor.recount(event.pair_id)
        self.reader.forget(event.pair_id)
        self._written.append(saved.event)

    def key_of(self, pair_id: int) -> str:
        """Return the key of the example of a pair; empty where the queue does not have it."""
        return self._keys.get(pair_id, "")

    def written_here(self) -> set[str]:
        """Return the ids of the events that were written in this session."""
        return {event.id for event in self._written}

    def drop_unsaved(self) -> None:
        """Forget the event that could not be written."""
        self.unsaved = None

    def settle(self) -> None:
        """In a copy of the database: take back what was committed just when the file was lost, and dropped since."""
        if self.unsaved is None:
            self.writer.settle()

    # moving

    def go_next(self) -> bool:
        """Go to the next pair of the queue; False at its end."""
        return self.go_to(self.cursor.index + 2)

    def go_previous(self) -> bool:
        """Go to the pair before; from a repeated pair, to the one that was decided last."""
        return self.go_to(self.cursor.index + (self.cursor.repeat is not None))

    def go_unread(self) -> bool:
        """Go to the next unread pair; False where there is none."""
        place = self.cursor.next_unread(self.cursor.index)
        return place is not None and self.go_to(place + 1)

    def go_to(self, number: int) -> bool:
        """Go to the pair at a place of the queue, from 1; False where there is none."""
        if not 1 <= number <= self.total:
            return False
        self._refresh_if_changed()
        self.cursor.index, self.cursor.repeat = number - 1, None
        self._held = None
        return True

    def _advance(self) -> None:
        self._held = None
        self._refresh_if_changed()
        self.cursor.advance()

    def _refresh_if_changed(self) -> None:
        """Read again what other processes may have changed; called before moving, so that no shown pair changes."""
        if self.context.changed_elsewhere():
            self.cursor.broken = self.context.broken_pairs()
            self.reader.forget_all()
            if self.adjudicating:
                self.cursor.passed_over = self.context.settled_pairs()

    def place_of(self, pair_id: int) -> int:
        """Return a pair's place in the queue, from 0. Raises KeyError where the queue does not have it."""
        return self.cursor.places[pair_id]

    def named(self, text: str) -> list[tuple[int, str]]:
        """Return (place in the queue, from 1; key) of the pairs whose key contains `text`, ignoring case."""
        wanted = text.lower()
        return [(place, item.key) for place, item in enumerate(self.cursor.items, 1) if wanted in item.key.lower()]

    def is_broken(self, pair_id: int) -> bool:
        """Whether somebody marked the pair as broken."""
        return pair_id in self.cursor.broken

    # what was done, and the numbers

    def trail(self, count: int) -> list[Receipt]:
        """Return the receipts of the reviewer's last acts in force in this run, newest first.

        Decisions on the current pair are left out while its verdict is hidden.
        """
        here = self.current
        hidden = here.pair_id if here is not None and here.verdict_hidden else None
        acts = (act for act in reversed(self.history.done) if act.choice is None or act.pair_id != hidden)
        return [receipt(act, self._keys.get(act.pair_id, "")) for act in islice(acts, count)]

    def session_totals(self) -> SessionTotals:
        """Return what was done since the session was opened, without what was taken back."""
        written = self.written_here()
        return session_totals(event for event in self.history.done if event.id in written)

    def reasons_given(self) -> Counter[str]:
        """Return how often each reason is in force on the pairs that were worked on since the session was opened."""
        touched = {event.pair_id for event in self._written}
        return Counter(reason for pair_id in touched for reason in self.history.state_of(pair_id).reasons)

    def pace(self) -> Pace:
        """Return how fast this session goes, without what was taken back."""
        in_force = (event for event in self._written if event in self.history.by_pair.get(event.pair_id, ()))
        return pace(in_force, self.cursor.progress)

    def numbers(self) -> "LiveNumbers":
        """Return the run's win rate and agreement as the file has them now."""
        return self.counts.numbers()

    # the run as a whole

    def reason_words(self) -> dict[str, str]:
        """Return the reasons to choose from, by key: the set's own, else the default ones."""
        return self.context.reason_words()

    def keep_reason_words(self, words: dict[str, str]) -> None:
        """Give the set these reasons, by key."""
        self.context.keep_reason_words(words)

    @property
    def verdicts_left_out(self) -> bool:
        """Whether this is a blind pack, in which no verdict can be."""
        return self.context.verdicts_left_out

    def from_other_sets(self) -> dict[str, int]:
        """Return by set name how many responses of the run came with another set."""
        return self.context.from_other_sets()

    def open_disputes(self) -> tuple[int, str]:
        """Return how many disputes of the run are open, and the command that opens them; (0, "") in their own queue."""
        return self.context.open_disputes()

    def shared(self) -> tuple[int, int]:
        """Return how many pairs of the run several reviewers decided, and on how many they agree."""
        return self.context.shared()

    # other sessions on the same run

    def share_seen(self, to: "ReviewSession") -> None:
        """Count the verdicts that were seen here as seen in another session on the run too."""
        to.reader.add_seen(self.reader)

    @property
    def is_stale(self) -> bool:
        """Whether the current pair was found to be current no longer, when the session was last refreshed."""
        pair = self.current
        return pair is not None and pair.pair_id in self.cursor.stale

    def undecided_keys(self) -> frozenset[str]:
        """Return the keys of the examples with a pair in the queue that the reviewer has not decided."""
        undecided = (pair_id for pair_id in self._keys if self.history.state_of(pair_id).decision is None)
        return frozenset(self._keys[pair_id] for pair_id in undecided)

    def refresh(self, after: "ReviewSession | None" = None) -> None:
        """Read the reviewer's events in the run again; the session stays at its place.

        What was done in `after`, a session that began and ended in between, counts in the totals of this one.
        """
        events = reviews.reviewer_events(self.store, self.run.id, self.writer.reviewer_id)
        broken = self.context.broken_pairs()
        self.history.reload(events)
        self.cursor.reload(broken, self.context.stale_pairs())
        self.reader.forget_all()
        self.context.forget_shared()
        if after is not None:
            self._written.extend(after._written)
            self.reader.add_seen(after.reader)
