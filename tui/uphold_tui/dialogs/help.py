"""Dialogs that explain: the list of a screen's keys, as they are remapped, and the tour of the review."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import HelpLine, Key, bindings, help_lines, id_lines, label
from uphold_tui.themes import BOLD, FAINT, MUTED
from uphold_tui.widgets.rows import spread

REVIEW_NOTE = (
    "Each decision is saved when the key is pressed; nothing here can delete. Keys pressed before the new pair is "
    "on screen are dropped, so that nothing unread is rated."
)

_COLUMNS = (
    ("Decide", "Add", "Runs", "Checkpoints", "Judging", "Example", "Import", "Files"),
    ("Read", "Pairs", "Numbers", "List", "Health"),
    ("Narrow", "Sets", "Move", "Set", "Show"),
)
"""Groups of keys, by the column that they stand in."""

_GAP = 2
"""The fewest blank columns between two columns of keys."""

MaybeLine = HelpLine | None
"""A line of help, or a blank row between two groups."""


def columns(table: Sequence[Key], *, ids: bool = False) -> list[list[MaybeLine]]:
    """Return the lines of help in columns; with `ids` each names the id by which a key is remapped."""
    lines = id_lines(table) if ids else help_lines(table)
    filled: list[list[MaybeLine]] = []
    for groups in _COLUMNS:
        column: list[MaybeLine] = []
        for group in groups:
            found = [line for line in lines if line.group == group]
            if found:
                column += [None, *found] if column else found
        if column:
            filled.append(column)
    return filled


def block(column: Sequence[MaybeLine], width: int) -> list[Content]:
    """Return one column as rows of exactly `width` cells: group names muted, keys bold, their texts aligned."""
    rows: list[Content] = []
    longest_keys, longest_text = (max(map(len, texts), default=0) for texts in _keys_and_texts(column))
    keys_width = max(min(longest_keys + 2, width - longest_text - 1), 10)
    group = ""
    for line in column:
        if line is None:
            rows.append(Content(" " * width))
            continue
        if line.group != group:
            group = line.group
            rows.append(_padded(Content.styled(group, MUTED), width))
        keys = Content("  ").join([Content.styled(key, BOLD) for key in line.keys])
        gap = " " * max(keys_width - keys.cell_length, 1)
        rows.append(_padded(Content.assemble(keys, gap, (line.text, MUTED)), width))
    return rows


def _least_width(column: Sequence[MaybeLine]) -> int:
    """Return the cells that the lines of a column need so that none of them is cut."""
    keys, texts = _keys_and_texts(column)
    return max((max(len(key) + 1, 10) + len(text) for key, text in zip(keys, texts, strict=True)), default=0)


def _widths(filled: Sequence[Sequence[MaybeLine]], width: int) -> list[int]:
    """Return the cells of each column, of `width` together with the gaps: what it needs, then what aligns its texts."""
    widths = [_least_width(column) for column in filled]
    spare = width - sum(widths) - _GAP * (len(filled) - 1)
    for place, column in enumerate(filled):
        longest_keys, longest_text = (max(map(len, texts), default=0) for texts in _keys_and_texts(column))
        more = max(min(longest_keys + 2 + longest_text - widths[place], spare), 0)
        widths[place] += more
        spare -= more
    return [one + spare // len(filled) for one in widths]


def _keys_and_texts(column: Sequence[MaybeLine]) -> tuple[list[str], list[str]]:
    lines = [line for line in column if line is not None]
    return ["  ".join(line.keys) for line in lines], [line.text for line in lines]


def _padded(content: Content, width: int) -> Content:
    return content.truncate(width, ellipsis=True, pad=True)


def page(title: str, table: Sequence[Key], note: str, width: int, *, ids: bool = False) -> Content:
    """Return the list of keys on a panel of `width` cells: columns side by side where they fit, else below each other.

    With `ids` the ids of the keys stand in place of what they do.
    """
    filled = columns(table, ids=ids)
    words = (
        'remapped under [keys] in uphold.toml: "id" = "key,key"' if ids else "all of them can be remapped: i shows ids"
    )
    head = spread(Content.styled(title, BOLD), Content.styled(words, MUTED), width)
    while len(filled) > 1 and sum(map(_least_width, filled)) + _GAP * (len(filled) - 1) > width:
        last = filled.pop()
        filled[-1] += [None, *last]
    if len(filled) > 1:
        widths = _widths(filled, width)
        blocks = [block(column, cells) for column, cells in zip(filled, widths, strict=True)]
        height = max(map(len, blocks))
        padded = [
            rows + [Content(" " * cells)] * (height - len(rows)) for rows, cells in zip(blocks, widths, strict=True)
        ]
        body = [Content(" " * _GAP).join(row) for row in zip(*padded, strict=True)]
    else:
        body = [row for column in filled for row in block(column, width)]
    foot = Content.styled(note, MUTED).wrap(max(width, 1)) if note else []
    return Content("\n").join([head, Content(""), *body, *([Content(""), *foot] if foot else [])])


class HelpScreen(Overlay[None]):
    """The list of a screen's keys, with a note below it and the tour behind `t` where there is one."""

    WIDTH = 112
    BINDINGS = bindings(
        (
            Key("help.close", ("?",), "close", "close"),
            Key("help.ids", ("i",), "ids", "ids"),
            Key("help.tour", ("t",), "tour", "a tour of two minutes"),
        )
    )

    def __init__(
        self, title: str, table: Sequence[Key], note: str = "", tour: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._page = (title, table, note)
        self._shows_ids = False
        self._tour = tour
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Show the list of keys in as many columns as fit."""
        content = page(*self._page, self.text_width, ids=self._shows_ids)
        if self._tour is not None:
            content = Content.assemble(content, "\n\n", ("t", BOLD), (" a tour of two minutes", MUTED))
        self.text.update(content)

    def action_ids(self) -> None:
        """Show the ids of the keys, or again what they do."""
        self._shows_ids = not self._shows_ids
        self.panel.scroll_home(animate=False)
        self.fill()

    def action_tour(self) -> None:
        """Close, and start the tour where one is offered."""
        if self._tour is not None:
            self.dismiss(None)
            self.call_later(self._tour)


_TOUR_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
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
"""(text, names of the keys that it is about) of each step."""

_TOUR_KEYS = (
    Key("tour.next", ("enter", "space", "right"), "step(1)", "next"),
    Key("tour.before", ("left", "-"), "step(-1)", "before"),
    Key("tour.close", ("escape", "q"), "close", "end"),
)


class TourScreen(Overlay[None], inherit_bindings=False):
    """A tour of the review in a few steps; enter goes on, esc ends it. `table` holds the keys of the review by their id."""

    WIDTH = 76
    BINDINGS = bindings(_TOUR_KEYS)

    def __init__(self, table: Mapping[str, Key]) -> None:
        super().__init__()
        self._table = table
        self.step = 0
        self.page = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.page

    def fill(self) -> None:
        """Show the present step; the panel of the first stays below the answers, which that step is about."""
        self.set_class(self.step == 0, "-below")
        text, names = _TOUR_STEPS[self.step]
        keys = [self._table[f"review.{name}"] for name in names]
        is_last = self.step == len(_TOUR_STEPS) - 1
        foot = Content.assemble(
            (f"{self.step + 1} of {len(_TOUR_STEPS)}    ", FAINT),
            key_row([("enter", "begin" if is_last else "go on"), ("esc", "end")]),
        )
        entries = key_row([(label(key), key.word) for key in keys])
        self.page.update(Content("\n\n").join([Content(text), entries, foot]))

    def action_step(self, step: int) -> None:
        """Go on or back; after the last step the tour ends."""
        if self.step + step >= len(_TOUR_STEPS):
            self.dismiss(None)
            return
        self.step = max(self.step + step, 0)
        self.fill()
