"""The widget for long answers: it wraps a text once and caches it, and draws only the rows that can be seen.

It draws its own bar, scrollbar and last row, so that showing another text needs no layout of the screen.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.content import Content
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual, visualize

from uphold.formatting import count_noun
from uphold_tui.themes import MUTED, PLAIN, THUMB
from uphold_tui.widgets.painting import ReportsPaint
from uphold_tui.widgets.text_selection import Place, Selection, selected_text

if TYPE_CHECKING:
    from rich.markdown import Markdown

_MARKER = Color(1, 2, 3)
"""A background that no theme has: cells of markdown without it have one of their own, and are code."""

SELECTED = "reverse"
"""What is selected: inverted, as terminals show it, with and without colours."""

_MOST_WRAPPED = 16
"""Wrapped texts in the cache."""


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer ready to be shown: plain content, or parts below each other some of which are markdown.

    `length` is its length in words to show. `changes` are character offsets in plain content that `n` and `N` go to:
    where the two answers differ, or where a search matches.
    """

    body: "Content | tuple[Content | Markdown, ...]"
    length: str
    changes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Margins:
    """Blank rows above the text, blank columns left and right of it; the scrollbar's column comes after those."""

    above: int = 1
    left: int = 2
    right: int = 1


class TextBody(ReportsPaint):
    """A scrolling text; where it does not fit, the last row says how many lines follow."""

    ALLOW_SELECT = False

    class Wheel(Message):
        """The wheel was turned by some lines."""

        def __init__(self, body: "TextBody", lines: int) -> None:
            super().__init__()
            self.body = body
            self.lines = lines

    class Selected(Message):
        """A part of the text was selected with the mouse."""

        def __init__(self, body: "TextBody") -> None:
            super().__init__()
            self.body = body

    def __init__(self, name: str | None = None) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self.top = 0
        self.bar = Content("")
        self.margins = Margins()
        self.more_sign = PLAIN.more
        self.selection: Selection | None = None
        self._drags_thumb, self._begun_at = False, Place(0, 0)
        self._answer: PreparedAnswer | None = None
        self._rows: list[Content] | list[Strip] = []
        self._wrapped_size = Size(0, 0)
        self._edge_key: object = None
        self._edge = (Strip.blank(0), Strip.blank(0))
        self._wrapped: dict[tuple[PreparedAnswer, int], list[Content] | list[Strip]] = {}

    def show(
        self, answer: PreparedAnswer, margins: Margins, bar: Content, more_sign: str = PLAIN.more, *, stay: bool = False
    ) -> None:
        """Show a text from its top; with `stay`, at the same share of its height as the text before."""
        same = bar.is_same(self.bar)
        self.bar, self.more_sign = bar, more_sign
        if answer is not self._answer or margins != self.margins:
            share = self.top / max(self.max_top, 1) if stay else 0.0
            self._answer, self.margins, self.top, self.selection = answer, margins, 0, None
            self._wrap_answer()
            self.top = round(share * self.max_top)
        elif same:
            return
        self.refresh()

    def on_resize(self) -> None:
        self._wrap_answer()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        # Rows of markdown hold the colours of the theme they were made with.
        self._wrapped = {key: rows for key, rows in self._wrapped.items() if isinstance(key[0].body, Content)}

    def _wrap_answer(self) -> None:
        """Wrap the text for the widget's present size; another width has other rows, and what was selected is not any more."""
        if self.size.width != self._wrapped_size.width:
            self.selection = None
        self._wrapped_size = self.size
        if self._answer is not None and self._wrapped_size.width:
            self._rows = self.wrap(self._answer)
            self.top = min(self.top, self.max_top)

    def height_at(self, width: int) -> int:
        """Return the rows of the whole text in a widget of `width` cells."""
        return self.margins.above + len(self.wrap(self._answer, width)) if self._answer is not None else 0

    def wrap(self, answer: PreparedAnswer, whole_width: int | None = None) -> list[Content] | list[Strip]:
        """Return the rows of a text, for this widget or one of `whole_width` cells.

        They are cached, so that the next pair can be prepared while this one is read.
        """
        around = self.bar.cell_length + self.margins.left + self.margins.right + 1  # the scrollbar takes one
        width = max((whole_width or self._wrapped_size.width) - around, 1)
        rows = self._wrapped.get((answer, width))
        if rows is None:
            body = answer.body
            rows = body.wrap(width) if isinstance(body, Content) else self._strips(body, width)
            self._wrapped[answer, width] = rows
            while len(self._wrapped) > _MOST_WRAPPED:
                del self._wrapped[next(iter(self._wrapped))]
        return rows

    def _strips(self, parts: "tuple[Content | Markdown, ...]", width: int) -> list[Strip]:
        """Return parts below each other as strips; markdown keeps its layout and weight, but not its colours."""
        strips: list[Strip] = []
        for part in parts:
            if isinstance(part, Content):
                strips += [self._strip(row) for row in part.wrap(width)]
            else:
                visual = visualize(self, part, markup=False)
                style = replace(self.visual_style, background=_MARKER)
                rendered = Visual.to_strips(self, visual, width, None, style, pad=True)
                strips += [_without_colours(strip, self.visual_style, self._muted_share) for strip in rendered]
        return strips

    @property
    def _muted_share(self) -> float:
        """How much of the text's colour is left in muted text, in the theme at hand."""
        muted = self.app.theme_variables.get("muted", "")
        return Color.parse(muted).a if muted.startswith("#") else 1.0

    # scrolling

    @property
    def height(self) -> int:
        """Rows of the whole text and of the margin above it."""
        return self.margins.above + len(self._rows)

    @property
    def overflows(self) -> bool:
        """Whether the text does not fit; the last row is then kept for how much follows."""
        return self.height > self._wrapped_size.height

    @property
    def max_top(self) -> int:
        """The greatest first row."""
        return self.height - (self._wrapped_size.height - 1) if self.overflows else 0

    @property
    def page(self) -> int:
        """Rows to scroll by for a page: one of the old page stays in sight."""
        return max(self._wrapped_size.height - 2, 1)

    def scroll_rows(self, top: int) -> None:
        """Scroll so that `top` is the first row, or as far as possible."""
        top = max(0, min(top, self.max_top))
        if top != self.top:
            self.top = top
            self.refresh()

    def row_of(self, text: Content, offset: int) -> int:
        """Return the row that holds the character at `offset` of the text; wrapping changes only white space."""
        before = _count_non_space(text.plain[:offset])
        so_far = 0
        for number, row in enumerate(self._rows):
            so_far += _count_non_space(row.plain) if isinstance(row, Content) else 0
            if before < so_far:
                return number
        return max(len(self._rows) - 1, 0)

    def is_in_sight(self, row: int) -> bool:
        """Return whether a row of the text can be seen without scrolling."""
        return 0 <= row + self.margins.above - self.top < self._wrapped_size.height - self.overflows

    # selecting

    def select(self, selection: Selection | None) -> None:
        """Select a part of the text, or nothing."""
        if selection != self.selection:
            self.selection = selection
            self.refresh()

    def select_rows(self, anchor: int, head: int) -> None:
        """Select whole rows, from one to another, and keep the last one in sight."""
        head = max(0, min(head, self.last_row))
        self.select(Selection.of_rows(max(0, min(anchor, self.last_row)), head))
        place, room = head + self.margins.above, max(self._wrapped_size.height - 1 - self.overflows, 0)
        self.scroll_rows(min(max(self.top, place - room), place))

    @property
    def last_row(self) -> int:
        """The last row of the text."""
        return max(len(self._rows) - 1, 0)

    @property
    def first_row(self) -> int:
        """The first row of the text that is in sight."""
        return max(self.top - self.margins.above, 0)

    def selected_text(self) -> str:
        """Return the part of the text that is selected; empty where nothing is."""
        if self.selection is None or self._answer is None:
            return ""
        body = self._answer.body
        return selected_text(body if isinstance(body, Content) else None, self._rows, self.selection)

    def _place_at(self, x: int, y: int) -> Place:
        """Return the place of the text at a cell of the widget, or the nearest."""
        row = min(max(self.top + y - self.margins.above, 0), self.last_row)
        return Place(row, max(x - self.bar.cell_length - self.margins.left, 0))

    # rendering

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.size != self._wrapped_size:
            self._wrap_answer()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        row = self.top + y - self.margins.above
        if y == self._wrapped_size.height - 1 and self.overflows:
            return self._row(self._lines_below(), y)
        if not 0 <= row < len(self._rows):
            return self._row(Content(""), y)
        return self._row(self._rows[row] if self.selection is None else self._with_selection(row, self.selection), y)

    def _with_selection(self, number: int, selection: Selection) -> Content | Strip:
        """Return a row with what is selected in it inverted."""
        row = self._rows[number]
        span = selection.span(number, row.plain if isinstance(row, Content) else row.text)
        if span is None:
            return row
        if isinstance(row, Content):
            return row.stylize(SELECTED, *span)
        start, end = (cell_len(row.text[:place]) for place in span)
        chosen = row.crop(start, end).apply_style(RichStyle(reverse=True))
        return Strip.join([row.crop(0, start), chosen, row.crop(end, row.cell_length)])

    def _lines_below(self) -> Content:
        below = self.max_top - self.top
        return Content.styled(f"{self.more_sign} {count_noun(below, 'more line')}" if below else "", MUTED)

    def _row(self, row: Content | Strip, y: int) -> Strip:
        """Return one whole row: bar, margin, text, margin, scrollbar."""
        width, style = self._wrapped_size.width, self.visual_style.rich_style
        before, edge = self._edges(self._on_thumb(y))
        room = width - before.cell_length - edge.cell_length
        if isinstance(row, Content) and not row.spans:
            # Most rows have no spans; one segment is quicker than the general way.
            text = row.plain + " " * (room - row.cell_length)
            middle = Strip([Segment(text, style)], max(room, row.cell_length))
        else:
            strip = self._strip(row) if isinstance(row, Content) else row
            middle = strip.extend_cell_length(room, style)
        return Strip.join([before, middle.crop(0, room), edge])

    def _edges(self, on_thumb: bool) -> tuple[Strip, Strip]:
        """Return what is left and right of every row; cached, as it only depends on where the scrollbar's thumb is."""
        style = self.visual_style
        key = (self.bar.plain, str(self.bar.spans), self.margins.left, on_thumb, style)
        if self._edge_key != key:
            self._edge_key = key
            left = self._strip(Content.assemble(self.bar, " " * self.margins.left))
            self._edge = left, self._strip(Content.styled(" ", THUMB if on_thumb else ""))
        return self._edge

    def _strip(self, content: Content) -> Strip:
        """Return one row of content as a strip."""
        width = content.cell_length
        if not width:
            return Strip.blank(0)
        return Visual.to_strips(self, content, width, 1, self.visual_style, apply_selection=False)[0]

    def _on_thumb(self, y: int) -> bool:
        if not self.overflows:
            return False
        height = self._wrapped_size.height
        length = max(height * height // (self.height + 1), 1)
        start = round((height - length) * self.top / max(self.max_top, 1))
        return start <= y < start + length

    # mouse

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheel(self, 3))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheel(self, -3))

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin to drag the scrollbar, or to select."""
        self._drags_thumb = self.overflows and event.x == self._wrapped_size.width - 1
        if event.button != 1:
            return
        self.capture_mouse()
        if self._drags_thumb:
            self._drag(event.y)
        else:
            self._begun_at = self._place_at(event.x, event.y)
            self.select(None)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Go on with it; at the edges the text scrolls."""
        if self.app.mouse_captured is not self:
            return
        if self._drags_thumb:
            self._drag(event.y)
            return
        height = self._wrapped_size.height
        if not 0 <= event.y < height:
            self.scroll_rows(self.top + (1 if event.y >= height else -1))
        place = self._place_at(event.x, min(max(event.y, 0), height - 1))
        if self.selection is not None or place != self._begun_at:
            self.select(Selection(self._begun_at, place))

    def on_mouse_up(self, event: MouseUp) -> None:
        """End it; what was selected can be copied."""
        if self.app.mouse_captured is not self:
            return
        self.release_mouse()
        if not self._drags_thumb and self.selected_text():
            self.post_message(self.Selected(self))

    def _drag(self, y: int) -> None:
        self.scroll_rows(round(self.max_top * y / max(self._wrapped_size.height - 1, 1)))


def _without_colours(strip: Strip, pane: Style, muted: float) -> Strip:
    """Return the strip in the colours of the pane: colours have meanings here that those of markdown do not have.

    Code gets a background of its own; keywords are bold, and what the highlighter makes italic (comments, strings) is
    muted: of its colour the share `muted` is left.
    """
    base = pane.rich_style
    code, quiet = RichStyle(), RichStyle(dim=True)
    below, above = pane.background, pane.foreground
    if below is not None and above is not None and below.ansi is None and above.ansi is None:
        ground = below.blend(above, 0.07)
        code = RichStyle(bgcolor=ground.rich_color)
        quiet = RichStyle(color=ground.blend(above, muted).rich_color)
    plain = []
    for text, style, _ in strip:
        is_code = style is not None and style.bgcolor not in (None, _MARKER.rich_color) and not style.bgcolor.is_default
        made = base + RichStyle(bold=style.bold, underline=style.underline) if style else base
        if style is not None and is_code:
            made = made + code + (quiet if style.italic else RichStyle())
        elif style is not None:
            made += RichStyle(italic=style.italic)
        plain.append(Segment(text, made))
    return Strip(plain, strip.cell_length)


def _count_non_space(text: str) -> int:
    return len("".join(text.split()))
