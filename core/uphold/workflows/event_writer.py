"""Writes what a reviewer does to the database, one transaction an act, under the row of the session it is done in."""

import sqlite3
from dataclasses import dataclass, replace

from uphold.errors import DatabaseLost
from uphold.records.enums import EventKind
from uphold.records.reviews import ReviewEvent, new_event_id
from uphold.store import reviews
from uphold.store.database import Store
from uphold.store.reviews import SessionRow
from uphold.workflows.pair_reader import ReviewMode


@dataclass(frozen=True, slots=True)
class SavedEvent:
    """An event as it is on the disk; `broken_pairs` are the run's where the event may have changed them, else None."""

    event: ReviewEvent
    broken_pairs: set[int] | None


class EventWriter:
    """Writes a reviewer's events, each in a transaction of its own; the session's row comes with the first one."""

    def __init__(self, store: Store, session: SessionRow) -> None:
        self._store, self._session = store, session
        self._session_id: int | None = None
        self._unconfirmed: ReviewEvent | None = None

    @property
    def reviewer_id(self) -> int:
        """The id of the reviewer."""
        return self._session.reviewer_id

    @property
    def queue_id(self) -> int:
        """The id of the queue that is read."""
        assert self._session.queue_id is not None
        return self._session.queue_id

    def write(self, event: ReviewEvent, mode: ReviewMode) -> SavedEvent:
        """Write one event; when this returns, it is on the disk, in the file that the database's path leads to.

        An event that was committed just when the file was lost may be in a copy of it, or in the file when it was put
        back: the same act is not written twice then, and another act takes it back.
        """
        changes_broken = event.kind in (EventKind.BROKEN, EventKind.UNBROKEN) or event.target_id is not None
        written: ReviewEvent | None = None
        try:
            with self._store.writing() as conn:
                session_id = self._session_id or self._add_session(conn, mode)
                written = self._settle(conn, event)
                if written is None:
                    written = reviews.write_event(conn, self.reviewer_id, session_id, event)
                broken = reviews.broken_pairs(self._store, self._session.run_id) if changes_broken else None
        except DatabaseLost as lost:
            if lost.committed:
                self._unconfirmed = written
            raise
        self._session_id, self._unconfirmed = session_id, None
        return SavedEvent(written, broken)

    def settle(self) -> None:
        """Take back an event that was committed just when the file was lost, and that nobody wants any more."""
        if self._unconfirmed is not None:
            with self._store.writing() as conn:
                self._settle(conn, None)
            self._unconfirmed = None

    def _settle(self, conn: sqlite3.Connection, wanted: ReviewEvent | None) -> ReviewEvent | None:
        """Return the unconfirmed event where the file has it and it is the act that is wanted; else take it back."""
        doubtful = self._unconfirmed
        if doubtful is None or not reviews.has_event(conn, doubtful.id):
            return None
        if wanted is not None and _same_act(doubtful, wanted):
            return doubtful
        kind, target = EventKind.UNDO, doubtful.id
        if doubtful.kind in (EventKind.UNDO, EventKind.REDO) and doubtful.target_id is not None:
            kind = EventKind.REDO if doubtful.kind is EventKind.UNDO else EventKind.UNDO
            target = doubtful.target_id
        back = ReviewEvent(new_event_id(), kind, doubtful.pair_id, target_id=target)
        reviews.write_event(conn, self.reviewer_id, self._session_id, back)
        return None

    def write_plan(self, planned: int, read: int) -> None:
        """Write how many pairs of the queue the reviewer plans to read, with how many are read by now."""
        with self._store.writing() as conn:
            reviews.add_plan(conn, self._session.run_id, self.queue_id, self.reviewer_id, planned, read)

    def begin_session(self, mode: ReviewMode) -> None:
        """Begin a session in another mode, and write it down: the run is taken up again in it."""
        self._session_id = None
        with self._store.writing() as conn:
            session_id = self._add_session(conn, mode)
        self._session_id = session_id

    def use_judge(self, judge_id: int | None) -> None:
        """Write the next event under a session of its own, in which another judge's verdicts are upheld."""
        self._session = replace(self._session, judge_id=judge_id)
        self._session_id = None

    def _add_session(self, conn: sqlite3.Connection, mode: ReviewMode) -> int:
        share = mode.open_share if mode.blind else None
        return reviews.add_session(conn, replace(self._session, mode=mode.name, open_share=share))


def _same_act(one: ReviewEvent, other: ReviewEvent) -> bool:
    """Whether two events are the same word on the same pair."""
    return all(
        getattr(one, name) == getattr(other, name) for name in ("kind", "pair_id", "choice", "note", "target_id")
    )
