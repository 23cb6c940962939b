"""store -> reviewing: from one session to another on the same run, and back after something was said of it elsewhere."""

from uphold.reviewing.history import replay
from uphold.steps.session import ReviewSession
from uphold.store import events


def set_out(session: ReviewSession, to: ReviewSession) -> None:
    """Leave for another session on the run: a verdict that was seen here has been seen there too."""
    to._meeting._glimpsed.update(session._meeting._glimpsed)


def take_in(session: ReviewSession, after: ReviewSession | None = None) -> None:
    """Take in what the reviewer said of the run meanwhile; the session stays at its place.

    What was done in `after`, a session that began and ended in between, belongs to this sitting.
    """
    walk, meeting = session._walk, session._meeting
    history = replay(events.own_events(session.store, session.run.id, session._reviewer_id))
    walk.renew(history, events.broken_pairs(session.store, session.run.id))
    meeting.renew(history)
    session._shared = None
    if after is not None:
        session._made.extend(after._made)
        meeting._glimpsed.update(after._meeting._glimpsed)
