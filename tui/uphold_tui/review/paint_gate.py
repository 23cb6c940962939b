"""Ignores keys for a pair that was not on the screen yet when the key, or the mouse button, was pressed."""

from collections.abc import Iterable

from uphold_tui.widgets.painting import ReportsPaint

TOGETHER = 0.02
"""Seconds: keys closer than this were not typed one by one; a key held down repeats more slowly."""


class PaintGate:
    """Knows what is not painted yet, when it was, and when the last key or mouse button went down.

    Times are those of Textual's events (`time.monotonic`). A plain object: the screen tells it what happens.
    """

    def __init__(self) -> None:
        self.painted_at = 0.0
        self._waiting: set[ReportsPaint] = set()
        self._pressed_at: float | None = None
        self._early_at = -TOGETHER

    def wait_for(self, widgets: Iterable[ReportsPaint]) -> None:
        """Accept nothing until all of these have been painted."""
        self._waiting = set(widgets)
        for widget in self._waiting:
            widget.report_paint()

    def note_painted(self, widget: ReportsPaint, hidden: Iterable[ReportsPaint], at: float) -> bool:
        """Note that a widget was painted; `hidden` ones have no place on the screen and are not waited for.

        Returns whether everything is on the screen now.
        """
        self._waiting.discard(widget)
        self._waiting.difference_update(hidden)
        if self._waiting:
            return False
        self.painted_at = at
        if self._pressed_at != self._early_at:  # the action of a key that came too early may be still to come
            self._pressed_at = None
        return True

    @property
    def is_painted(self) -> bool:
        """Whether everything is on the screen."""
        return not self._waiting

    def note_key(self, at: float) -> None:
        """Note when a key was pressed, before its action runs.

        Keys that arrive together get their times one after the other, and a paint may fall in between: what follows a
        key that came too early closer than hands can follow came too early as well.
        """
        self._pressed_at = at
        if not self.accepts():
            self._early_at = at

    def note_click(self, at: float) -> None:
        """Note when the mouse button of a click went down."""
        self._pressed_at = at

    def accepts(self) -> bool:
        """Whether everything was on the screen when the last key was pressed."""
        if self._waiting or self._pressed_at is None:
            return not self._waiting
        return self._pressed_at >= max(self.painted_at, self._early_at + TOGETHER)
