"""Rows of one line: text at both ends, a footer of keys, a field to type into, and what is left out where room is short."""

from collections.abc import Sequence

from textual.content import Content
from textual.events import Paste
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input

from uphold_tui import safe_text
from uphold_tui.keys import Key, label
from uphold_tui.themes import BOLD, MUTED


def spread(left: Content, right: Content, width: int, least: int = 12) -> Content:
    """Return `left` and `right` at the two ends of a row of `width` cells.

    Where they do not fit, `right` is left out if `left` would get less than `least` cells, else `left` is cut.
    """
    if right and right.cell_length + least + 2 > width and left.cell_length + right.cell_length + 2 > width:
        right = Content("")
    room = width - right.cell_length - (2 if right else 0)
    if left.cell_length > room:
        left = left.truncate(max(room, 0), ellipsis=True)
    return Content.assemble(left, " " * max(width - left.cell_length - right.cell_length, 0), right)


def with_message(keys: Content, message: Content, width: int, *, quiet: bool = False) -> tuple[Content, Content]:
    """Return what goes to the two ends of a row: keys and a message.

    Where both do not fit, the message stands alone; a `quiet` one is cut, or left out.
    """
    room = width - keys.cell_length - 2
    if message.cell_length <= room:
        return keys, message
    if quiet:
        return keys, message.truncate(room, ellipsis=True) if room >= 12 else Content("")
    return message, Content("")


def fitting(groups: Sequence[Content], width: int, gap: int = 4) -> Content:
    """Return `groups` on one row; where they do not fit, the middle ones are left out, then the first or the last."""
    kept = list(groups)
    while len(kept) > 2 and _length(kept, gap) > width:
        del kept[len(kept) // 2]
    if len(kept) > 1 and _length(kept, gap) > width:
        kept = [kept[-1]] if kept[0].cell_length > width else [kept[0]]
    return Content(" " * gap).join(kept)


def has_room(groups: Sequence[Sequence[Content]], width: int, gap: int = 4) -> bool:
    """Return whether these groups of entries stand in a footer of this width without one being left out."""
    return _length([Content("  ").join(group) for group in groups if group], gap) <= width


def _length(groups: Sequence[Content], gap: int) -> int:
    return sum(group.cell_length for group in groups) + gap * (len(groups) - 1)


def ended(row: Content, width: int) -> Content:
    """Return a row cut behind a whole word, with an ellipsis: more text follows."""
    row = row.rstrip()
    while row.cell_length > width - 2 and " " in row.plain:
        row = row[: row.plain.rindex(" ")].rstrip()
    return Content.assemble(row.truncate(max(width - 2, 0)), (" …", MUTED)).truncate(width)


def first_rows(text: Content, width: int, most: int) -> list[Content]:
    """Return the first rows of a text wrapped to `width`, the last one with an ellipsis where more follows."""
    found = text.wrap(max(width, 1))
    return found if len(found) <= most else [*found[: most - 1], ended(found[most - 1], width)]


def clickable(content: Content, action: str) -> Content:
    """Return `content` that runs an action of the screen when it is clicked; `action` must never come from data."""
    return content.stylize(Style.from_meta({"@click": f"screen.{action}"}))


class SplitRow(Widget):
    """A row with a left and a right part."""

    DEFAULT_CSS = "SplitRow { height: 1; }"

    def __init__(self, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=name, classes=classes)
        self.auto_links = False
        self._left = Content("")
        self._right = Content("")
        self._is_message = False

    def show(self, left: Content, right: Content | None = None, message: Content | None = None) -> None:
        """Show `left` and `right`; the widget is not refreshed when neither has changed.

        A `message` stands in the place of `right`, and alone where it does not fit beside `left`.
        """
        right, is_message = message or right or Content(""), bool(message)
        if left.is_same(self._left) and right.is_same(self._right) and is_message == self._is_message:
            return
        self._left, self._right, self._is_message = left, right, is_message
        self.refresh()

    def render(self) -> Content:
        width, parts = self.size.width, (self._left, self._right)
        return spread(*(with_message(*parts, width) if self._is_message else parts), width)


def entry(key: Key, words: str | None = None) -> Content:
    """Return a key and what it does (`words`, else its own word); a click does the same."""
    return clickable(Content.assemble((label(key), BOLD), (f" {words or key.word}", MUTED)), f"press('{key.id}')")


class KeyFooter(Widget):
    """The row of keys at the bottom of a screen; each entry can be clicked."""

    DEFAULT_CSS = "KeyFooter { height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._groups: tuple[Content, ...] = ()

    def show(self, groups: Sequence[Sequence[Content]]) -> None:
        """Show these groups of entries; the widget is not refreshed when none has changed."""
        joined = tuple(Content("  ").join(group) for group in groups if group)
        if len(joined) != len(self._groups) or not all(a.is_same(b) for a, b in zip(joined, self._groups, strict=True)):
            self._groups = joined
            self.refresh()

    def render(self) -> Content:
        return fitting(self._groups, self.size.width)


class Field(Input):
    """A field for one line of text, made safe to show; `hint` stands in it while it is empty."""

    DEFAULT_CSS = "Field > .input--placeholder { color: $hint; }"

    def __init__(self, hint: str = "", initial: str = "", *, name: str | None = None) -> None:
        super().__init__(safe_text.safe_line(initial), placeholder=hint, compact=True, id=name)
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        # Textual calls the method of the base class too; what calls it here pastes twice.
        event.text = safe_text.safe_line(event.text)
