"""Keys that come in one write, as when they are pasted or typed very fast, each for what the key before it has led to."""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.events import Event
from textual.message_pump import MessagePump


class KeysInTurn:
    """Keeps keys and pasted texts until what the one before them does has been done.

    Textual hands all keys of one write to whatever has the focus before the first of them does anything; those behind a key
    that opens a dialog, or leaves a field, would miss what it leads to. A key goes from widget to widget up to the app, which
    looks up what it does. A callback that is sent behind it, the same way, arrives when that is done; then it goes through
    the screen that is on top by now, which may be a new one and have to give a field the focus first.

    `hand_on` hands an event to the app, and then calls `follow`.
    """

    def __init__(self, app: App[Any], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app, self._hand_on = app, hand_on
        self._kept: deque[Event] = deque()
        self._at: MessagePump | None = None

    def keep(self, event: Event) -> bool:
        """Take an event; whether it is kept, to be handed on later. Where it is not, its turn is now."""
        if self._at is None:
            self._at = self._app
            return False
        self._kept.append(event)
        if not self._at.is_running:  # what was waited for is gone, and the callback with it
            self._app.call_later(self._next)
        return True

    def follow(self, pump: MessagePump | None) -> None:
        """Go behind an event that was given to a widget, or to the app itself, and on to those above it."""
        while pump is not None and pump is not self._app:
            self._at = pump
            if pump.call_later(self.follow, pump._parent):
                return
            pump = pump._parent  # it is closing, and takes nothing any more
        self._at = self._app
        self._app.call_later(self._acted)

    def _acted(self) -> None:
        """The app has done what the key does: wait for the screen that is on top now."""
        self._at = self._app.screen
        if not self._at.call_later(self._app.call_later, self._next):
            self._app.call_later(self._next)

    async def _next(self) -> None:
        if self._kept:
            await self._hand_on(self._kept.popleft())
        else:
            self._at = None
