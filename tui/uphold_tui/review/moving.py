"""Moving through the queue of a review: what stops a move, and what is said where there is nowhere to go."""

from collections.abc import Callable
from functools import partial

from textual.content import Content

from uphold.formatting import count
from uphold.records.reviews import PairView
from uphold.workflows.review_session import ReviewSession
from uphold_tui.review.actions import Redraw, ReviewActions, Update, muted


class QueueMoves:
    """Moves a session to other pairs.

    Nothing moves while an act waits to be saved or the texts can no longer be read; the strip says so then.
    """

    def __init__(self, session: ReviewSession, actions: ReviewActions) -> None:
        self._session, self._actions = session, actions

    def awaits_confirmation(self, pair: PairView) -> bool:
        """Whether this was decided blind, and its verdict is on the screen since."""
        return self._session.blind and pair.state.blind_decision is not None

    def step(self, step: int) -> Update:
        """To the next pair of the queue, or the one before; from a verdict that has come into view on to what is unread."""
        if step <= 0:
            return self._move_or_say(self._session.go_previous, "this is the first pair")
        pair = self._session.current
        stays = pair is not None and (self._session.is_held or self.awaits_confirmation(pair))
        moved = self._move(self._session.go_unread) if stays else None
        return moved or self._move_or_say(self._session.go_next, "this is the last pair")

    def to_unread(self) -> Update:
        """To the next unread pair."""
        return self._move_or_say(self._session.go_unread, "every pair is read")

    def to_number(self, number: int) -> Update:
        """To a pair by its place in the queue, from 1."""
        words = f"there is no pair {count(number)}: this queue has {count(self._session.total)}"
        return self._move_or_say(partial(self._session.go_to, number), words)

    def on(self, message: Content | None = None) -> Update:
        """From a decided pair to the next unread one, else to the next; `message` is shown there."""
        return self._move(self._session.go_unread, message) or self.step(1)

    def to_place(self, place: int) -> Update:
        """To the pair at a place of the queue, from 0."""
        return self._move(partial(self._session.go_to, place + 1)) or Update()

    def _move(self, move: Callable[[], bool], message: Content | None = None) -> Update | None:
        """Move; None where nothing has moved. `message` is shown with the pair that is moved to."""
        if self._actions.unsaved is not None or self._actions.is_unreadable() or not move():
            return None
        return Update(Content("") if message is None else message, Redraw.ALL)

    def _move_or_say(self, move: Callable[[], bool], words: str) -> Update:
        """Move, or say why not."""
        moved = self._move(move)
        if moved is not None or self._actions.unsaved is not None:
            return moved or Update()
        trouble = self._actions.trouble()
        return Update(muted(words if trouble is None else trouble))
