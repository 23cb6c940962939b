"""The keys of a screen, made from its table of keys: what was remapped is shown as it is."""

from collections.abc import Callable, Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.keys import HelpLine, Key, bindings, help_lines
from uphold_tui.look import BOLD, FAINT, MUTED
from uphold_tui.screens.overlay import Overlay
from uphold_tui.widgets.lines import spread

REVIEW_NOTE = (
    "Each decision is saved when the key is pressed; nothing here can delete. Keys pressed before the new pair is "
    "on screen are dropped, so that nothing unread is rated."
)
_COLUMNS = (("Decide", "Add", "Judging"), ("Read", "Pairs", "Figures"), ("Narrow", "Runs", "Move", "Show"))


def columns(table: Sequence[Key]) -> list[list[HelpLine | None]]:
    """The lines of help in columns; None is a blank row between groups."""
    lines = help_lines(table)
    made: list[list[HelpLine | None]] = []
    for groups in _COLUMNS:
        column: list[HelpLine | None] = []
        for group in groups:
            found = [line for line in lines if line.group == group]
            if found:
                column += [None, *found] if column else found
        if column:
            made.append(column)
    return made


def block(column: Sequence[HelpLine | None], width: int) -> list[Content]:
    """One column as rows of exactly `width`: group names faint, keys bold, their words below each other."""
    rows: list[Content] = []
    lines = [line for line in column if line is not None]
    longest, words = (max((len(text) for text in texts), default=0) for texts in _lengths(lines))
    keyed = max(min(longest + 2, width - words - 1), 10)
    group = ""
    for line in column:
        if line is None:
            rows.append(Content(" " * width))
            continue
        if line.group != group:
            group = line.group
            rows.append(_padded(Content.styled(group, FAINT), width))
        keys = Content("  ").join([Content.styled(key, BOLD) for key in line.keys])
        gap = " " * max(keyed - keys.cell_length, 1)
        rows.append(_padded(Content.assemble(keys, gap, (line.text, MUTED)), width))
    return rows


def _needed(column: Sequence[HelpLine | None]) -> int:
    """Columns that a block of these lines takes."""
    keys, words = _lengths([line for line in column if line is not None])
    return max((max(len(key) + 1, 10) + len(text) for key, text in zip(keys, words, strict=True)), default=0)


def _lengths(lines: Sequence[HelpLine]) -> tuple[list[str], list[str]]:
    return ["  ".join(line.keys) for line in lines], [line.text for line in lines]


def _padded(content: Content, width: int) -> Content:
    return content.truncate(width, ellipsis=True, pad=True)


def page(title: str, table: Sequence[Key], note: str, width: int) -> Content:
    """The whole panel: columns side by side where they fit, else one below the other."""
    made = columns(table)
    head = spread(Content.styled(title, BOLD), Content.styled("all of them can be remapped", MUTED), width)
    while len(made) > 1 and max(map(_needed, made)) > width // len(made):
        last = made.pop()
        made[-1] += [None, *last]
    if len(made) > 1:
        each = width // len(made)
        blocks = [block(column, each) for column in made]
        height = max(map(len, blocks))
        filled = [rows + [Content(" " * each)] * (height - len(rows)) for rows in blocks]
        body = [Content.assemble(*row) for row in zip(*filled, strict=True)]
    else:
        body = [row for column in made for row in (*block(column, width), Content(""))]
    foot = Content.styled(note, MUTED).wrap(max(width, 1)) if note else []
    return Content("\n").join([head, Content(""), *body, *([Content(""), *foot] if foot else [])])


class HelpScreen(Overlay[None]):
    """`?` or esc closes."""

    BINDINGS = bindings(
        (Key("help.close", ("?",), "close", "close"), Key("help.tour", ("t",), "tour", "a tour of two minutes"))
    )

    def __init__(
        self, title: str, table: Sequence[Key], note: str = "", tour: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._page = (title, table, note)
        self._tour = tour
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Lay out the list of keys."""
        made = page(*self._page, self.text_width)
        if self._tour is not None:
            made = Content.assemble(made, "\n\n", ("t", BOLD), (" a tour of two minutes", MUTED))
        self.text.update(made)

    def action_tour(self) -> None:
        """Close, and begin the tour where one is offered."""
        if self._tour is not None:
            self.dismiss(None)
            self.call_later(self._tour)
