"""Composing one row: what stands left, what stands right, and what drops out where room is short."""

from collections.abc import Sequence

from textual.content import Content
from textual.events import Paste
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input

from uphold_tui import safe_text
from uphold_tui.keys import Key, label
from uphold_tui.themes import BOLD, MUTED

GAP = "   "


def spread(left: Content, right: Content, width: int, least: int = 12) -> Content:
    """`left` and `right` at the two ends of `width`: the left is cut with an ellipsis, then the right drops out."""
    if right and right.cell_length + least + 2 > width and left.cell_length + right.cell_length + 2 > width:
        right = Content("")
    room = width - right.cell_length - (2 if right else 0)
    if left.cell_length > room:
        left = left.truncate(max(room, 0), ellipsis=True)
    return Content.assemble(left, " " * max(width - left.cell_length - right.cell_length, 0), right)


def fitting(groups: Sequence[Content], width: int, gap: int = 4) -> Content:
    """`groups` on one row; where they do not fit, whole groups drop out from the middle, never the first or last."""
    kept = list(groups)
    while len(kept) > 2 and _length(kept, gap) > width:
        del kept[len(kept) // 2]
    if len(kept) > 1 and _length(kept, gap) > width:
        kept = [kept[-1]] if kept[0].cell_length > width else [kept[0]]
    return Content(" " * gap).join(kept)


def _length(groups: Sequence[Content], gap: int) -> int:
    return sum(group.cell_length for group in groups) + gap * (len(groups) - 1)


def ended(row: Content, width: int) -> Content:
    """A row that says that more follows, behind a whole word."""
    row = row.rstrip()
    while row.cell_length > width - 2 and " " in row.plain:
        row = row[: row.plain.rindex(" ")].rstrip()
    return Content.assemble(row.truncate(max(width - 2, 0)), (" …", MUTED)).truncate(width)


def clickable(content: Content, action: str) -> Content:
    """`content` that runs `action` of the screen when it is clicked; `action` is ours, never data."""
    return content.stylize(Style.from_meta({"@click": f"screen.{action}"}))


class SplitRow(Widget):
    """One row that is drawn from a left and a right part."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=name, classes=classes)
        self.auto_links = False
        self._left = Content("")
        self._right = Content("")

    def put(self, left: Content, right: Content | None = None) -> None:
        """Show `left` and `right`; nothing is drawn anew when both are what they were."""
        right = Content("") if right is None else right
        if left.is_same(self._left) and right.is_same(self._right):
            return
        self._left, self._right = left, right
        self.refresh()

    def render(self) -> Content:
        return spread(self._left, self._right, self.size.width)


def entry(key: Key, word: str | None = None) -> Content:
    """A key and its word; a click does what the key does."""
    return clickable(Content.assemble((label(key), BOLD), (f" {word or key.word}", MUTED)), f"press('{key.id}')")


class KeyFooter(Widget):
    """One row of keys; each entry can be clicked."""

    DEFAULT_CSS = "KeyFooter { height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._groups: tuple[Content, ...] = ()

    def put(self, groups: Sequence[Sequence[Content]]) -> None:
        """Show these groups of entries."""
        made = tuple(Content("  ").join(group) for group in groups if group)
        if len(made) != len(self._groups) or not all(a.is_same(b) for a, b in zip(made, self._groups, strict=True)):
            self._groups = made
            self.refresh()

    def render(self) -> Content:
        return fitting(self._groups, self.size.width)


class Field(Input):
    """A line to type into; `hint` stands in it while it is empty, `before` is what it holds at first."""

    def __init__(self, hint: str = "", before: str = "", *, name: str | None = None) -> None:
        super().__init__(safe_text.safe_line(before), placeholder=hint, compact=True, id=name)
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        event.text = safe_text.safe_line(event.text)
        super()._on_paste(event)
