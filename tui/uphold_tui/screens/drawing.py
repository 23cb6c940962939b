"""A screen that knows when what it shows has been drawn, and which keys were pressed before that."""

from collections.abc import Iterable
from time import monotonic

from textual.events import Key as KeyEvent
from textual.screen import Screen

from uphold_tui.widgets.drawn import Drawn, TellsDrawn


class DrawingScreen(Screen[None]):
    """Keys that rate a pair ask `live`: was it on the screen when the key was pressed?

    `drawn_at` is the time, on the clock of Textual's events, at which the present pair had been drawn.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawn_at = 0.0
        self._key_time: float | None = None
        self._waiting: set[TellsDrawn] = set()

    def await_drawing(self, widgets: Iterable[TellsDrawn]) -> None:
        """From now on nothing is live until all of these have been drawn."""
        self._waiting = set(widgets)
        for widget in self._waiting:
            widget.tell_when_drawn()

    def cannot_be_drawn(self) -> Iterable[TellsDrawn]:
        """Which of them have no place on the screen at its present size."""
        return ()

    def all_drawn(self) -> None:
        """What is to be done once everything is on the screen."""

    def on_drawn(self, message: Drawn) -> None:
        self._waiting.discard(message.widget)
        self._waiting.difference_update(self.cannot_be_drawn())
        if not self._waiting:
            self.drawn_at = monotonic()
            self._key_time = None
            self.all_drawn()

    def on_key(self, event: KeyEvent) -> None:
        """Remember when the key was pressed, before its action runs."""
        self._key_time = event.time

    def forget_key(self) -> None:
        """What comes next comes from no key."""
        self._key_time = None

    @property
    def live(self) -> bool:
        """Was everything on the screen when the last key was pressed?"""
        return not self._waiting and (self._key_time is None or self._key_time >= self.drawn_at)
