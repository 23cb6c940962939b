"""A long list of pairs of which only the rows that can be seen are drawn."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.widget import Widget

from uphold.records.listed import Listed
from uphold_tui.look import THUMB, TINT
from uphold_tui.widgets.drawn import TellsDrawn
from uphold_tui.widgets.lines import spread

Rows = Callable[[Sequence[Listed], int], list[Content]]
"""(pairs that can be seen, width) -> a row for each."""


class PairList(TellsDrawn):
    """Rows with a cursor; `at` is the place of the pair under it."""

    ALLOW_SELECT = False

    class Moved(Message):
        """The cursor stands on another pair, or on none; `chosen` where somebody put it there."""

        def __init__(self, widget: "PairList", *, chosen: bool) -> None:
            super().__init__()
            self.widget, self.chosen = widget, chosen

        @property
        def control(self) -> Widget:
            """The list."""
            return self.widget

    class Opened(Message):
        """The pair under the cursor was clicked."""

    def __init__(self, name: str, rows: Rows) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._rows = rows
        self.pairs: Sequence[Listed] = ()
        self.at = 0
        self.top = 0

    @property
    def here(self) -> Listed | None:
        """The pair under the cursor."""
        return self.pairs[self.at] if self.pairs else None

    def put(self, pairs: Sequence[Listed], stay: int | None = None) -> None:
        """Show these pairs, with the cursor on the pair `stay` where it is among them, else on the first."""
        self.pairs = pairs
        self.at = next((place for place, pair in enumerate(pairs) if pair.pair_id == stay), 0)
        self._into_view(middle=True)
        self.post_message(self.Moved(self, chosen=False))
        self.refresh()

    def move(self, step: int) -> None:
        """Move the cursor by some rows."""
        self.go(self.at + step)

    def go(self, place: int) -> None:
        """Put the cursor on a place, as far as there is one."""
        place = min(max(place, 0), max(len(self.pairs) - 1, 0))
        if place != self.at:
            self.at = place
            self._into_view()
            self.post_message(self.Moved(self, chosen=True))
            self.refresh()

    @property
    def page(self) -> int:
        """Rows of a page, but for one that stays in sight."""
        return max(self.size.height - 1, 1)

    def _into_view(self, *, middle: bool = False) -> None:
        height = max(self.size.height, 1)
        if not self.top <= self.at < self.top + height:
            before = height // 2 if middle else 0 if self.at < self.top else height - 1
            self.top = self.at - before
        self.top = max(min(self.top, len(self.pairs) - height), 0)

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        self._into_view()  # the size may be another than when the cursor moved last
        shown = self.pairs[self.top : self.top + height]
        rows = [spread(row, Content(""), width - 1) for row in self._rows(shown, width - 1)] if width > 1 else []
        if rows:
            rows[self.at - self.top] = rows[self.at - self.top].stylize_before(TINT)
        first, last = self._thumb(height)
        return Content("\n").join(
            [Content.assemble(row, (" ", THUMB if first <= y < last else "")) for y, row in enumerate(rows)]
        )

    def _thumb(self, height: int) -> tuple[int, int]:
        """Rows of the scrollbar's handle, from and to."""
        total = len(self.pairs)
        if total <= height:
            return 0, 0
        length = max(height * height // total, 1)
        start = round((height - length) * self.top / (total - height))
        return start, start + length

    # mouse

    def on_click(self, event: Click) -> None:
        """A click puts the cursor; a second one opens."""
        place = self.top + event.y
        if place >= len(self.pairs):
            return
        if place == self.at:
            self.post_message(self.Opened())
        else:
            self.go(place)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.move(-3)
