"""The keys of a screen, made from its table of keys: what was remapped is shown as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.dialogs.overlay import Overlay
from uphold_tui.keys import HelpLine, Key, bindings, help_lines, label
from uphold_tui.themes import BOLD, FAINT, MUTED
from uphold_tui.widgets.rows import spread

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


_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Two systems answered the same instruction. Which is which stays hidden, and the sides change from pair to pair. "
        "Long answers scroll.",
        ("down", "up", "diff"),
    ),
    (
        "Below, a judge says which answer is better, and why. Where you see it the same way, uphold it: that is saved at "
        "once, and the next pair comes.",
        ("uphold",),
    ),
    ("Where you do not, say what you think instead. Nothing else is to be done.", ("a", "b", "tie", "both_bad")),
    ("Nothing is final: every step can be taken back, today or next week.", ("undo", "skip", "comment", "flag")),
    (
        "From what you uphold and overturn come numbers that say how far they can be trusted. Twenty pairs are a beginning.",
        ("figures", "pairs", "help", "back"),
    ),
)


_KEYS = (
    Key("tour.next", ("enter", "space", "right"), "step(1)", "next"),
    Key("tour.before", ("left", "-"), "step(-1)", "before"),
    Key("tour.close", ("escape", "q"), "close", "end"),
)


class TourScreen(Overlay[None], inherit_bindings=False):
    """enter goes on, esc ends it."""

    WIDTH = 76
    BINDINGS = bindings(_KEYS)

    def __init__(self, table: Mapping[str, Key]) -> None:
        super().__init__()
        self._table = table
        self.at = 0
        self.page = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.page

    def fill(self) -> None:
        """Draw the step at hand; what it speaks of is not covered."""
        self.set_class(self.at == 0, "-below")
        words, named = _STEPS[self.at]
        keys = [self._table[f"review.{name}"] for name in named]
        entries = [Content.assemble((label(key), BOLD), (f" {key.word}", MUTED)) for key in keys]
        last = self.at == len(_STEPS) - 1
        foot = Content.assemble(
            (f"{self.at + 1} of {len(_STEPS)}    ", FAINT),
            ("enter", BOLD),
            (f" {'begin' if last else 'go on'}    ", MUTED),
            ("esc", BOLD),
            (" end", MUTED),
        )
        self.page.update(Content("\n\n").join([Content(words), Content("    ").join(entries), foot]))

    def action_step(self, step: int) -> None:
        """On, or back; after the last step the tour ends."""
        if self.at + step >= len(_STEPS):
            self.dismiss(None)
            return
        self.at = max(self.at + step, 0)
        self.fill()
