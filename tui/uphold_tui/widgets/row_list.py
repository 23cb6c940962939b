"""A scrolling list of any length with a cursor: only the rows in view are made."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.widget import Widget

from uphold_tui.themes import THUMB, TINT
from uphold_tui.widgets.painting import ReportsPaint
from uphold_tui.widgets.rows import spread

Item = TypeVar("Item")


class RowList(ReportsPaint, Generic[Item]):
    """A scrolling list of items with a cursor; `cursor` is the index of the item under it.

    `make_rows` makes a row for each of the items in view, so many cells wide.
    """

    ALLOW_SELECT = False

    class Moved(Message):
        """The cursor is on another item, or on none; `by_user` where a key or the mouse moved it."""

        def __init__(self, widget: "RowList[Item]", *, by_user: bool) -> None:
            super().__init__()
            self.widget, self.by_user = widget, by_user

        @property
        def control(self) -> Widget:
            """The list whose cursor moved."""
            return self.widget

    class Opened(Message):
        """The item under the cursor was clicked."""

    def __init__(self, name: str, make_rows: Callable[[Sequence[Item], int], list[Content]]) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._make_rows = make_rows
        self.items: Sequence[Item] = ()
        self.cursor = 0
        self.top = 0

    @property
    def selected(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.items else None

    def show(self, items: Sequence[Item], cursor: int = 0) -> None:
        """Show these items, with the cursor on this one."""
        self.items = items
        self.cursor = cursor
        self._scroll_to_cursor(middle=True)
        self.post_message(self.Moved(self, by_user=False))
        self.refresh()

    def move(self, step: int) -> None:
        """Move the cursor by `step` rows."""
        self.go(self.cursor + step)

    def go(self, index: int) -> None:
        """Put the cursor on the row `index`, or on the nearest that exists."""
        index = min(max(index, 0), max(len(self.items) - 1, 0))
        if index != self.cursor:
            self.cursor = index
            self._scroll_to_cursor()
            self.post_message(self.Moved(self, by_user=True))
            self.refresh()

    @property
    def page(self) -> int:
        """Rows to move by for a page: one of the old page stays in sight."""
        return max(self.size.height - 1, 1)

    def _scroll_to_cursor(self, *, middle: bool = False) -> None:
        height = max(self.size.height, 1)
        if not self.top <= self.cursor < self.top + height:
            rows_above = height // 2 if middle else 0 if self.cursor < self.top else height - 1
            self.top = self.cursor - rows_above
        self.top = max(min(self.top, len(self.items) - height), 0)

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        self._scroll_to_cursor()  # the size may have changed since the cursor moved last
        in_view = self.items[self.top : self.top + height]
        rows = [spread(row, Content(""), width - 1) for row in self._make_rows(in_view, width - 1)] if width > 1 else []
        if rows:
            rows[self.cursor - self.top] = rows[self.cursor - self.top].stylize_before(TINT)
        first, last = self._thumb(height)
        return Content("\n").join(
            [Content.assemble(row, (" ", THUMB if first <= y < last else "")) for y, row in enumerate(rows)]
        )

    def _thumb(self, height: int) -> tuple[int, int]:
        """Return the rows of the scrollbar's thumb, from and to."""
        total = len(self.items)
        if total <= height:
            return 0, 0
        length = max(height * height // total, 1)
        start = round((height - length) * self.top / (total - height))
        return start, start + length

    # mouse

    def on_click(self, event: Click) -> None:
        """Move the cursor to the row clicked; a click on the row under the cursor opens it."""
        index = self.top + event.y
        if index >= len(self.items):
            return
        if index == self.cursor:
            self.post_message(self.Opened())
        else:
            self.go(index)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.move(-3)
