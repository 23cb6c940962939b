"""How a screen learns that what it gave a widget has been drawn, so that nothing unread is rated."""

from collections.abc import Iterable
from time import monotonic

from rich.style import Style
from textual.events import Click, Event, MouseDown
from textual.events import Key as KeyEvent
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class Painted(Message):
    """A widget has drawn what it was last given."""

    def __init__(self, widget: "ReportsPaint") -> None:
        super().__init__()
        self.widget = widget

    @property
    def control(self) -> "ReportsPaint":
        """The widget that was drawn."""
        return self.widget


class ReportsPaint(Widget):
    """A widget that posts `Drawn` once, after the first frame that holds what it was asked to tell about.

    The message is posted while the frame is being composed and so is handled after the frame was written.
    """

    _asked = False

    def tell_when_drawn(self) -> None:
        """Ask for one `Drawn` at the next frame."""
        self._asked = True

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._asked and not getattr(self.screen, "is_looking", False):
            self._asked = False
            self.post_message(Painted(self))
        return super().render_lines(crop)


TOGETHER = 0.02
"""Seconds: keys closer than this were not typed one by one; a key held down repeats more slowly."""


class PaintGateScreen(Screen[None]):
    """Keys that rate a pair ask `live`: was it on the screen when the key, or the button of the mouse, was pressed?

    `drawn_at` is the time, on the clock of Textual's events, at which the present pair had been drawn.
    """

    is_looking = False
    """Are rows made only to know what is under the mouse?"""

    def __init__(self) -> None:
        super().__init__()
        self.drawn_at = 0.0
        self._key_time: float | None = None
        self._early_at = -TOGETHER
        self._down: tuple[float, str | None] = (0.0, None)
        self._waiting: set[ReportsPaint] = set()

    def await_drawing(self, widgets: Iterable[ReportsPaint]) -> None:
        """From now on nothing is live until all of these have been drawn."""
        self._waiting = set(widgets)
        for widget in self._waiting:
            widget.tell_when_drawn()

    def cannot_be_drawn(self) -> Iterable[ReportsPaint]:
        """Which of them have no place on the screen at its present size."""
        return ()

    def all_drawn(self) -> None:
        """What is to be done once everything is on the screen."""

    def on_drawn(self, message: Painted) -> None:
        self._waiting.discard(message.widget)
        self._waiting.difference_update(self.cannot_be_drawn())
        if not self._waiting:
            self.drawn_at = monotonic()
            self._key_time = None
            self.all_drawn()

    def on_key(self, event: KeyEvent) -> None:
        """Remember when the key was pressed, before its action runs.

        Keys that arrive together get their times one after the other, and a paint may fall in between: what follows a
        key that came too early closer than hands can follow came too early as well.
        """
        self._key_time = event.time
        if not self.live:
            self._early_at = event.time

    def _forward_event(self, event: Event) -> None:
        """A click on a key's word counts from when the button went down, on that word; Textual's own event forgets it."""
        word = self._word_at(event) if isinstance(event, MouseDown | Click) else None
        if isinstance(event, MouseDown):
            self._down = (event.time, word if event.button == 1 else None)
        if isinstance(event, Click) and word is not None:
            if word == self._down[1]:
                self.call_next(self._clicked, word, self._down[0])
            return
        super()._forward_event(event)

    def _word_at(self, event: MouseDown | Click) -> str | None:
        """The action of the word under the mouse."""
        action = self.get_style_at(event.screen_x, event.screen_y).meta.get("@click")
        return action if isinstance(action, str) else None

    async def _clicked(self, action: str, at: float) -> None:
        self._key_time = at
        await self.run_action(action.removeprefix("screen."))

    def get_style_at(self, x: int, y: int) -> Style:
        """The style under the mouse; looking it up has a widget make its rows, and draws nothing."""
        self.is_looking = True
        try:
            return super().get_style_at(x, y)
        finally:
            self.is_looking = False

    @property
    def live(self) -> bool:
        """Was everything on the screen when the last key was pressed?"""
        if self._waiting or self._key_time is None:
            return not self._waiting
        return self._key_time >= max(self.drawn_at, self._early_at + TOGETHER)
