"""A dialog with a list to choose one of, and more about the one under the cursor below it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, FAINT, MUTED, TINT
from uphold_tui.widgets.rows import spread

_KEYS = (
    Key("choose.take", ("enter",), "take", "take it"),
    Key("choose.down", ("j", "down"), "move(1)", "down"),
    Key("choose.up", ("k", "up"), "move(-1)", "up"),
    Key("choose.page", ("space", "pagedown"), "move(10)", "page"),
    Key("choose.page_back", ("-", "pageup"), "move(-10)", "page"),
    Key("choose.close", ("escape", "q"), "close", "leave it"),
)

_ROWS = 10
"""Rows that can be seen at once."""


_NOTHING = Content("")


@dataclass(frozen=True, slots=True)
class Option:
    """A row of the list, made safe: what stands at its two ends, and what is shown below the list while it is chosen."""

    left: Content
    right: Content = _NOTHING
    detail: Content = _NOTHING


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be chosen; `take` is the word for enter, `empty` what is said where there is nothing."""

    title: str
    explanation: str
    options: Sequence[Option]
    take: str = "take it"
    empty: str = "nothing to choose from"


class ChooseScreen(Overlay[int], inherit_bindings=False):
    """Returns the place of the option that was taken, or None where it was closed."""

    WIDTH = 104
    BINDINGS = bindings(_KEYS)

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice = choice
        self.cursor = 0
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Show the options in sight, and more about the one under the cursor."""
        choice, width = self._choice, self.text_width
        title = Content.assemble((choice.title, BOLD), "   ", (choice.explanation, MUTED))
        rows = [*title.wrap(max(width, 1)), Content("")]
        if not choice.options:
            rows += [Content.styled(choice.empty, MUTED), Content(""), key_row((("esc", "close"),))]
            self.text.update(Content("\n").join(rows))
            return
        top = max(0, min(self.cursor - _ROWS // 2, len(choice.options) - _ROWS))
        for place, option in enumerate(choice.options[top : top + _ROWS], top):
            row = Content.assemble(" ", spread(option.left, option.right, width - 2), " ")
            rows.append(row.stylize_before(TINT) if place == self.cursor else row)
        if len(choice.options) > _ROWS:
            rows.append(Content.styled(f" {count(self.cursor + 1)} of {count(len(choice.options))}", FAINT))
        detail = choice.options[self.cursor].detail
        if detail:
            rows += [Content(""), *(line for part in detail.split("\n") for line in part.wrap(max(width, 1)))]
        rows += [Content(""), key_row((("enter", choice.take), ("esc", "leave it")))]
        self.text.update(Content("\n").join(rows))

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        if self._choice.options:
            self.cursor = min(max(self.cursor + step, 0), len(self._choice.options) - 1)
            self.fill()

    def action_take(self) -> None:
        """Close, returning the option under the cursor."""
        self.dismiss(self.cursor if self._choice.options else None)
