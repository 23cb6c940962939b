"""What of a reviewer's events is in force, and what undo and redo would take: replayed from the events alone."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from uphold.records.enums import EventKind, Verdict
from uphold.records.reviews import ReviewerState, ReviewEvent, parse_reasons

_DECISIONS = (EventKind.DECISION, EventKind.CARRIED)


@dataclass(slots=True)
class History:
    """A reviewer's acts in one run, oldest first: `done` can be undone, `undone` can be redone.

    Imported and carried decisions count, but are not the reviewer's own acts here: they are overridden, not undone.
    `ranks` numbers the events as they came; what is done again takes its old place, as it does in the store.
    `seen` are the pairs whose verdict the reviewer has seen: taking back a decision does not make it unseen.
    """

    done: list[ReviewEvent] = field(default_factory=list)
    undone: list[ReviewEvent] = field(default_factory=list)
    by_pair: dict[int, list[ReviewEvent]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def take(self, event: ReviewEvent) -> None:
        """Take the next event into account."""
        if event.kind is EventKind.UNDO:
            self._undo(event.target_id)
        elif event.kind is EventKind.REDO:
            self._redo(event.target_id)
        else:
            self.ranks[event.id] = len(self.ranks)
            if _shows_verdict(event):
                self.seen.add(event.pair_id)
            self.by_pair.setdefault(event.pair_id, []).append(event)
            if event.source == "app":
                self.done.append(event)
                self.undone.clear()

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
        """Where the reviewer stands on a pair."""
        stand = ReviewerState()
        for event in self.by_pair.get(pair_id, ()):
            stand = _after(stand, event)
        return stand

    def repeated(self, pair_id: int) -> bool:
        """Has the pair come back once already?"""
        return any(event.kind is EventKind.REPEAT for event in self.by_pair.get(pair_id, ()))

    def skipped_at(self, pair_id: int) -> int:
        """When the pair was last skipped: a later skip has a higher number; 0 where it never was."""
        skips = (self._rank(event) + 1 for event in self.by_pair.get(pair_id, ()) if event.kind is EventKind.SKIP)
        return max(skips, default=0)


def _pop(events: list[ReviewEvent], event_id: str | None) -> ReviewEvent | None:
    place = next((i for i in reversed(range(len(events))) if events[i].id == event_id), None)
    return None if place is None else events.pop(place)


def _shows_verdict(event: ReviewEvent) -> bool:
    """Was there a verdict, and did the reviewer see it then or through what they decided?"""
    shown = event.shown
    if shown is None or shown.verdict in (None, Verdict.PENDING):
        return False
    return shown.verdict_shown or event.kind in (EventKind.DECISION, EventKind.ADJUDICATED)


def _after(stand: ReviewerState, event: ReviewEvent) -> ReviewerState:
    match event.kind:
        case kind if kind in _DECISIONS:
            is_early = event.shown is not None and not event.shown.verdict_shown
            return replace(stand, decision=event, early=event if is_early else stand.early, skipped=False)
        case EventKind.ADJUDICATED:
            return replace(stand, adjudicated=event)
        case EventKind.REASONS:
            return replace(stand, reasons=parse_reasons(event.note))
        case EventKind.SKIP:
            return replace(stand, skipped=True)
        case EventKind.FLAG | EventKind.UNFLAG:
            return replace(stand, flagged=event.kind is EventKind.FLAG)
        case EventKind.BROKEN | EventKind.UNBROKEN:
            return replace(stand, broken=event.kind is EventKind.BROKEN)
        case EventKind.COMMENT:
            return replace(stand, comment=event.note or None)
    return stand


def replay(events: Iterable[ReviewEvent]) -> History:
    """The history that these events, oldest first, come to."""
    history = History()
    for event in events:
        history.take(event)
    return history
