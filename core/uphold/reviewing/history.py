"""A reviewer's events in one run, replayed: what is in force on each pair, and what undo and redo would take."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from uphold.records.enums import EventKind, Verdict
from uphold.records.reviews import ReviewerState, ReviewEvent, parse_reasons


@dataclass(slots=True)
class History:
    """A reviewer's acts in one run, oldest first: `done` can be undone, `undone` can be redone.

    Imported and carried decisions count, but are not the reviewer's own acts in the app: they are overridden, not undone.
    `by_pair` are the events in force by pair id. `ranks` numbers events by id as they came; what is redone takes its old
    place, as it does in the store. `verdict_seen` are the pairs whose verdict the reviewer has seen: taking back a
    decision does not make it unseen.
    """

    done: list[ReviewEvent] = field(default_factory=list)
    undone: list[ReviewEvent] = field(default_factory=list)
    by_pair: dict[int, list[ReviewEvent]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    verdict_seen: set[int] = field(default_factory=set)

    def add(self, event: ReviewEvent) -> None:
        """Take the next event into account."""
        if event.kind is EventKind.UNDO:
            self._undo(event.target_id)
        elif event.kind is EventKind.REDO:
            self._redo(event.target_id)
        else:
            self.ranks[event.id] = len(self.ranks)
            if _shows_verdict(event):
                self.verdict_seen.add(event.pair_id)
            self.by_pair.setdefault(event.pair_id, []).append(event)
            if event.source == "app":
                self.done.append(event)
                self.undone.clear()

    def reload(self, events: Iterable[ReviewEvent]) -> None:
        """Replay these events, oldest first, in place of those that were taken into account."""
        self.done.clear()
        self.undone.clear()
        self.by_pair.clear()
        self.ranks.clear()
        self.verdict_seen.clear()
        for event in events:
            self.add(event)

    def _undo(self, event_id: str | None) -> None:
        found = _pop(self.done, event_id)
        if found is not None:
            self.undone.append(found)
            self.by_pair[found.pair_id].remove(found)

    def _redo(self, event_id: str | None) -> None:
        found = _pop(self.undone, event_id)
        if found is not None:
            self.done.append(found)
            insort(self.by_pair.setdefault(found.pair_id, []), found, key=self._rank)

    def _rank(self, event: ReviewEvent) -> int:
        return self.ranks[event.id]

    def state_of(self, pair_id: int) -> ReviewerState:
        """Return what of the reviewer's events is in force on a pair."""
        state = ReviewerState()
        for event in self.by_pair.get(pair_id, ()):
            state = _apply(state, event)
        return state

    def repeated(self, pair_id: int) -> bool:
        """Whether the pair was decided a second time."""
        return any(event.kind is EventKind.REPEAT for event in self.by_pair.get(pair_id, ()))

    def skipped_at(self, pair_id: int) -> int:
        """Return a number that orders pairs by their last skip, higher is later; 0 where the pair was not skipped."""
        skips = (self._rank(event) + 1 for event in self.by_pair.get(pair_id, ()) if event.kind is EventKind.SKIP)
        return max(skips, default=0)


def replay(events: Iterable[ReviewEvent]) -> History:
    """Return the history that these events, oldest first, amount to."""
    history = History()
    history.reload(events)
    return history


def _pop(events: list[ReviewEvent], event_id: str | None) -> ReviewEvent | None:
    place = next((i for i in reversed(range(len(events))) if events[i].id == event_id), None)
    return None if place is None else events.pop(place)


def _shows_verdict(event: ReviewEvent) -> bool:
    """Whether there was a verdict that the reviewer saw, before the event or after a decision."""
    shown = event.shown
    if shown is None or shown.verdict in (None, Verdict.PENDING):
        return False
    return shown.verdict_shown or event.kind in (EventKind.DECISION, EventKind.ADJUDICATED)


def _apply(state: ReviewerState, event: ReviewEvent) -> ReviewerState:
    match event.kind:
        case EventKind.DECISION | EventKind.CARRIED:
            is_blind = event.shown is not None and not event.shown.verdict_shown
            blind = event if is_blind else state.blind_decision
            return replace(state, decision=event, blind_decision=blind, skipped=False)
        case EventKind.ADJUDICATED:
            return replace(state, adjudicated=event)
        case EventKind.REASONS:
            return replace(state, reasons=parse_reasons(event.note))
        case EventKind.SKIP:
            return replace(state, skipped=True)
        case EventKind.FLAG | EventKind.UNFLAG:
            return replace(state, flagged=event.kind is EventKind.FLAG)
        case EventKind.BROKEN | EventKind.UNBROKEN:
            return replace(state, broken=event.kind is EventKind.BROKEN)
        case EventKind.COMMENT:
            return replace(state, comment=event.note or None)
    return state
