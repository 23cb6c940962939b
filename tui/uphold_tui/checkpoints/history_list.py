"""The list of checkpoints: rows that scroll, of which only those in view are drawn; some belong to a checkpoint."""

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.widget import Widget

from uphold_tui.themes import THUMB, TINT

RowPlace = tuple[int, int]
"""First row and number of rows of a checkpoint."""


class HistoryList(Widget):
    """Rows with a cursor over those that belong to a checkpoint."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """A checkpoint was clicked; `index` is its place."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._rows: Sequence[Content] = ()
        self._places: Sequence[RowPlace] = ()
        self._cursor = self._top = 0

    def show(self, rows: Sequence[Content], places: Sequence[RowPlace], cursor: int) -> None:
        """Show these rows, with the cursor on one of the places."""
        self._rows, self._places = rows, places
        self.go(cursor)

    def go(self, cursor: int) -> None:
        """Put the cursor on another place; it scrolls into view with the row below it."""
        self._cursor = cursor
        self._scroll_to_cursor()
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        height = max(self.size.height, 1)
        if self._cursor < len(self._places):
            first, rows = self._places[self._cursor]
            self._top = max(min(self._top, first), first + rows + 1 - height)
        self._top = max(min(self._top, len(self._rows) - height), 0)

    def on_resize(self) -> None:
        self._scroll_to_cursor()

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        first, count = self._places[self._cursor] if self._cursor < len(self._places) else (0, 0)
        from_, to = self._thumb(height)
        lines = []
        for y, row in enumerate(self._rows[self._top : self._top + height]):
            tinted = row.stylize_before(TINT) if first <= self._top + y < first + count else row
            if from_ <= y < to:
                blank = " " * max(width - 1 - tinted.cell_length, 0)
                tinted = Content.assemble(tinted.truncate(max(width - 1, 0)), blank, (" ", THUMB))
            lines.append(tinted)
        return Content("\n").join(lines)

    def _thumb(self, height: int) -> tuple[int, int]:
        """Return the rows of the scrollbar's thumb, from and to."""
        total = len(self._rows)
        if total <= height or not height:
            return 0, 0
        length = max(height * height // total, 1)
        start = round((height - length) * self._top / (total - height))
        return start, start + length

    # mouse

    def on_click(self, event: Click) -> None:
        """Say which checkpoint was clicked."""
        row = self._top + event.y
        for index, (first, count) in enumerate(self._places):
            if first <= row < first + count:
                self.post_message(self.Clicked(index))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def _scroll(self, rows: int) -> None:
        self._top = max(min(self._top + rows, len(self._rows) - max(self.size.height, 1)), 0)
        self.refresh()
