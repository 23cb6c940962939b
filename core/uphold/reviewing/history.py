"""What of a reviewer's events is in force, and what undo and redo would take: replayed from the events alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from uphold.records.reviewed import Event, Stand
from uphold.records.words import EventKind

_DECISIONS = (EventKind.DECISION, EventKind.CARRIED)


@dataclass(slots=True)
class History:
    """A reviewer's acts in one run, oldest first: `done` can be undone, `undone` can be redone.

    Imported and carried decisions count, but are not the reviewer's own acts here: they are overridden, not undone.
    """

    done: list[Event] = field(default_factory=list)
    undone: list[Event] = field(default_factory=list)
    by_pair: dict[int, list[Event]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take the next event into account."""
        if event.kind is EventKind.UNDO:
            self._move(event.refers, self.done, self.undone)
        elif event.kind is EventKind.REDO:
            self._move(event.refers, self.undone, self.done)
        else:
            self.by_pair.setdefault(event.pair_id, []).append(event)
            if event.source == "app":
                self.done.append(event)
                self.undone.clear()

    def _move(self, event_id: str | None, source: list[Event], target: list[Event]) -> None:
        found = next((e for e in reversed(source) if e.id == event_id), None)
        if found is not None:
            source.remove(found)
            target.append(found)
        if target is self.undone and found is not None:
            self.by_pair[found.pair_id].remove(found)
        elif found is not None:
            self.by_pair.setdefault(found.pair_id, []).append(found)

    def stand(self, pair_id: int) -> Stand:
        """Where the reviewer stands on a pair."""
        stand = Stand()
        for event in self.by_pair.get(pair_id, ()):
            stand = _after(stand, event)
        return stand


def _after(stand: Stand, event: Event) -> Stand:
    match event.kind:
        case kind if kind in _DECISIONS:
            return replace(stand, decision=event, skipped=False)
        case EventKind.SKIP:
            return replace(stand, skipped=True)
        case EventKind.FLAG | EventKind.UNFLAG:
            return replace(stand, flagged=event.kind is EventKind.FLAG)
        case EventKind.BROKEN | EventKind.UNBROKEN:
            return replace(stand, broken=event.kind is EventKind.BROKEN)
        case EventKind.COMMENT:
            return replace(stand, comment=event.note or None)
    return stand


def replay(events: Iterable[Event]) -> History:
    """The history that these events, oldest first, come to."""
    history = History()
    for event in events:
        history.take(event)
    return history
