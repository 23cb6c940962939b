"""A long text: wrapped once and ahead of time, with only the rows that can be seen drawn.

It draws its own bar, scrollbar and last row, so that another text needs no layout of the screen.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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

from uphold_tui.themes import MUTED, PLAIN, THUMB
from uphold_tui.widgets.paint_gate import ReportsPaint

if TYPE_CHECKING:
    from rich.markdown import Markdown

_NOWHERE = Color(1, 2, 3)


_KEPT = 16
"""So many wrapped texts are kept."""


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """One side ready to be drawn: plain content, or (as markdown) parts that are drawn one below the other.

    `changes` are the character offsets in plain content to go to: where the sides begin to differ, or what was found.
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
    """Rows of text; where it goes on below, the last row says how far."""

    ALLOW_SELECT = False

    class Wheel(Message):
        """The wheel was turned by some lines."""

        def __init__(self, body: "TextBody", lines: int) -> None:
            super().__init__()
            self.body = body
            self.lines = lines

    def __init__(self, name: str | None = None) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self.top = 0
        self.bar = Content("")
        self.margins = Margins()
        self.more_sign = PLAIN.more
        self._answer: PreparedAnswer | None = None
        self._rows: list[Content] | list[Strip] = []
        self._seen = Size(0, 0)
        self._edge_key: object = None
        self._edge = (Strip.blank(0), Strip.blank(0))
        self._wrapped: dict[tuple[PreparedAnswer, int], list[Content] | list[Strip]] = {}

    def put(
        self, answer: PreparedAnswer, margins: Margins, bar: Content, more_sign: str = PLAIN.more, *, stay: bool = False
    ) -> None:
        """Show a text; another one than before starts at its top, the same one read otherwise stays where it was."""
        same = bar.is_same(self.bar)
        self.bar, self.more_sign = bar, more_sign
        if answer is not self._answer or margins != self.margins:
            share = self.top / max(self.max_top, 1) if stay else 0.0
            self._answer, self.margins, self.top = answer, margins, 0
            self._lay()
            self.top = round(share * self.max_top)
        elif same:
            return
        self.refresh()

    def on_resize(self) -> None:
        self._lay()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        # Rows of markdown hold the colours they were drawn with.
        self._wrapped = {key: rows for key, rows in self._wrapped.items() if isinstance(key[0].body, Content)}

    def _lay(self) -> None:
        """Wrap for the width at hand."""
        self._seen = self.size
        if self._answer is not None and self._seen.width:
            self._rows = self.wrap(self._answer)
            self.top = min(self.top, self.max_top)

    def height_at(self, width: int) -> int:
        """Rows of the whole text, were this widget so wide."""
        return self.margins.above + len(self.wrap(self._answer, width)) if self._answer is not None else 0

    def wrap(self, answer: PreparedAnswer, whole_width: int | None = None) -> list[Content] | list[Strip]:
        """The rows of a text; kept, so that the next pair can be got ready while this one is read."""
        width = max(
            (whole_width or self._seen.width) - self.bar.cell_length - self.margins.left - self.margins.right - 1, 1
        )
        rows = self._wrapped.get((answer, width))
        if rows is None:
            body = answer.body
            rows = body.wrap(width) if isinstance(body, Content) else self._strips(body, width)
            self._wrapped[answer, width] = rows
            while len(self._wrapped) > _KEPT:
                del self._wrapped[next(iter(self._wrapped))]
        return rows

    def _strips(self, parts: "tuple[Content | Markdown, ...]", width: int) -> list[Strip]:
        """Parts one below the other; markdown keeps its shape and its weight, but brings no colours of its own."""
        strips: list[Strip] = []
        for part in parts:
            if isinstance(part, Content):
                strips += [self._drawn(row) for row in part.wrap(width)]
            else:
                visual = visualize(self, part, markup=False)
                # On a ground that nothing else has, so that code, which brings its own, can be told from the rest.
                made = Visual.to_strips(
                    self, visual, width, None, replace(self.visual_style, background=_NOWHERE), pad=True
                )
                strips += [_uncoloured(strip, self.visual_style) for strip in made]
        return strips

    # where it is scrolled to

    @property
    def height(self) -> int:
        """Rows of the whole text with what stands above it."""
        return self.margins.above + len(self._rows)

    @property
    def goes_on(self) -> bool:
        """Is there more than can be seen at once? Then the last row is kept for saying so."""
        return self.height > self._seen.height

    @property
    def max_top(self) -> int:
        """How far it can be scrolled."""
        return self.height - (self._seen.height - 1) if self.goes_on else 0

    @property
    def page(self) -> int:
        """Rows of text that can be seen at once, but for one that stays in sight when paging."""
        return max(self._seen.height - 2, 1)

    def scroll_rows(self, top: int) -> None:
        """Scroll so that `top` is the first row, as far as that goes."""
        top = max(0, min(top, self.max_top))
        if top != self.top:
            self.top = top
            self.refresh()

    def row_of(self, text: Content, offset: int) -> int:
        """The row on which the character at `offset` of the shown text stands; wrapping only moves white space."""
        wanted = _solid(text.plain[:offset])
        seen = 0
        for number, row in enumerate(self._rows):
            seen += _solid(row.plain) if isinstance(row, Content) else 0
            if wanted < seen:
                return number
        return max(len(self._rows) - 1, 0)

    # drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.size != self._seen:
            self._lay()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        row = self.top + y - self.margins.above
        if y == self._seen.height - 1 and self.goes_on:
            return self._row(self._rest(), y)
        return self._row(self._rows[row] if 0 <= row < len(self._rows) else Content(""), y)

    def _rest(self) -> Content:
        below = self.max_top - self.top
        return Content.styled(
            f"{self.more_sign} {below:,} more {'line' if below == 1 else 'lines'}" if below else "", MUTED
        )

    def _row(self, row: Content | Strip, y: int) -> Strip:
        """One row from edge to edge: bar, margin, text, margin, scrollbar."""
        width, style = self._seen.width, self.visual_style.rich_style
        before, edge = self._edges(self._on_thumb(y))
        room = width - before.cell_length - edge.cell_length
        if isinstance(row, Content) and not row.spans:
            # The common case, and the quick one: text as it is, in one piece.
            text = row.plain + " " * (room - row.cell_length)
            middle = Strip([Segment(text, style)], max(room, row.cell_length))
        else:
            drawn = self._drawn(row) if isinstance(row, Content) else row
            middle = drawn.extend_cell_length(room, style)
        return Strip.join([before, middle.crop(0, room), edge])

    def _edges(self, on_thumb: bool) -> tuple[Strip, Strip]:
        """What stands left and right of every row; the same for all of them but for the scrollbar."""
        style = self.visual_style
        key = (self.bar.plain, str(self.bar.spans), self.margins.left, on_thumb, style)
        if self._edge_key != key:
            self._edge_key = key
            left = self._drawn(Content.assemble(self.bar, " " * self.margins.left))
            self._edge = left, self._drawn(Content.styled(" ", THUMB if on_thumb else ""))
        return self._edge

    def _drawn(self, content: Content) -> Strip:
        """One row of content as a strip."""
        width = content.cell_length
        if not width:
            return Strip.blank(0)
        return Visual.to_strips(self, content, width, 1, self.visual_style, apply_selection=False)[0]

    def _on_thumb(self, y: int) -> bool:
        if not self.goes_on:
            return False
        height = self._seen.height
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
        if self.goes_on and event.x == self._seen.width - 1:
            self.capture_mouse()
            self._drag(event.y)

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._drag(event.y)

    def on_mouse_up(self, event: MouseUp) -> None:
        self.release_mouse()

    def _drag(self, y: int) -> None:
        self.scroll_rows(round(self.max_top * y / max(self._seen.height - 1, 1)))


def _uncoloured(strip: Strip, pane: Style) -> Strip:
    """The strip in the colours of the pane: colour means something here, and markdown's would mean nothing.

    Code stands on a ground of its own; keywords are bold, and what the highlighter makes italic (comments, strings) is
    muted.
    """
    base = pane.rich_style
    code, quiet = RichStyle(), RichStyle(dim=True)
    below, above = pane.background, pane.foreground
    if below is not None and above is not None and below.ansi is None and above.ansi is None:
        code = RichStyle(bgcolor=below.blend(above, 0.07).rich_color)
        quiet = RichStyle(color=above.blend(below, 0.38).rich_color)
    plain = []
    for text, style, _ in strip:
        is_code = (
            style is not None and style.bgcolor not in (None, _NOWHERE.rich_color) and not style.bgcolor.is_default
        )
        made = base + RichStyle(bold=style.bold, underline=style.underline) if style else base
        if style is not None and is_code:
            made = made + code + (quiet if style.italic else RichStyle())
        elif style is not None:
            made += RichStyle(italic=style.italic)
        plain.append(Segment(text, made))
    return Strip(plain, strip.cell_length)


def _solid(text: str) -> int:
    """How many characters are no white space."""
    return len("".join(text.split()))
