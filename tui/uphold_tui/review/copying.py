"""Copying with `y`: what is selected, else the pair, and pressed again each answer and the instruction alone."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from uphold.formatting import count_noun
from uphold.records.enums import Side
from uphold.records.reviews import PairView
from uphold_tui import keys, safe_text
from uphold_tui.clipboard import copy_text
from uphold_tui.review.layout import KeyTable
from uphold_tui.review.reading import PaneState
from uphold_tui.review.view import ReviewView
from uphold_tui.widgets.text_body import TextBody

if TYPE_CHECKING:
    from textual.app import App


class CopiedPart(StrEnum):
    """A part of a pair that can be copied, as messages call it."""

    PAIR = "the pair"
    A = "response A"
    B = "response B"
    INSTRUCTION = "the instruction"


@dataclass(frozen=True, slots=True)
class Copied:
    """A text to be copied, what it is, and what the next press of the same key would copy (None: the same again)."""

    text: str
    what: str
    following: CopiedPart | None = None


class CopyKey:
    """Knows how often the key was pressed in a row; `label` is its name in messages."""

    def __init__(self, label: str) -> None:
        self._label, self._presses = label, 0

    def restart(self) -> None:
        """Another key was pressed."""
        self._presses = 0

    def copy(self, app: "App[object]", pair: PairView, panes: PaneState, tell: Callable[[str], None]) -> None:
        """Copy what this press copies; `tell` gets that in words, with what the next one would copy."""
        copied = self._press(pair, panes)
        again = f"; {self._label} again: {copied.following}" if copied.following is not None else ""

        def tell_both(words: str) -> None:
            tell(f"{words}{again if words.startswith('copied') else ''}")

        copy_text(app, copied.text, copied.what, tell_both)

    def _press(self, pair: PairView, panes: PaneState) -> Copied:
        """Return what this press copies: the pane that scrolls alone first, where one does."""
        parts = list(CopiedPart)
        if panes.alone is not None:
            own = CopiedPart[panes.alone.value]
            parts = [own, *(part for part in parts if part is not own)]
        part, following = (parts[(self._presses + step) % len(parts)] for step in (0, 1))
        self._presses += 1
        return Copied(part_text(pair, part), part.value, following)


def part_text(pair: PairView, part: CopiedPart) -> str:
    """Return a part of a pair as it is shown, as plain text."""
    match part:
        case CopiedPart.PAIR:
            return safe_text.as_text(pair)
        case CopiedPart.INSTRUCTION:
            return safe_text.safe(pair.text.turns[pair.turn - 1])
    return safe_text.whole_answer(pair.cells(Side(part.name))[pair.turn - 1])


def copy_selected(app: "App[object]", body: TextBody, tell: Callable[[str], None]) -> None:
    """Copy what is selected in a text, if anything is; `tell` gets how much that was."""
    text = body.selected_text()
    if text:
        copy_text(app, text, count_noun(len(text), "character"), tell)


class LineSelection:
    """Whole lines of one pane, selected with the keys that scroll; `body` is that pane's text, None while nothing is."""

    def __init__(self, view: ReviewView) -> None:
        self._view = view
        self.side: Side | None = None
        self._anchor = self._head = 0

    @property
    def body(self) -> TextBody | None:
        """The text that lines are selected in."""
        return self._view.panes[self.side].body if self.side is not None else None

    def begin(self, side: Side) -> None:
        """Select the first line in sight of a pane."""
        self.end()
        self.side = side
        self._anchor = self._head = self._view.panes[side].body.first_row
        self.move(0)

    def move(self, rows: int) -> None:
        """Move the end of what is selected."""
        body = self.body
        if body is not None:
            self._head = min(max(self._head + rows, 0), body.last_row)
            body.select_rows(self._anchor, self._head)

    def describe(self, table: KeyTable) -> str:
        """How many lines are selected, and the keys that copy them and end it; empty while none are."""
        body = self.body
        if body is None or body.selection is None:
            return ""
        copy, out = (keys.label(table[f"review.{name}"]) for name in ("copy", "unfind"))
        return f"{count_noun(body.selection.rows, 'line')} of {self.side}: {copy} copies, {out} ends"

    def end(self) -> None:
        """Select nothing any more, in either pane."""
        for pane in self._view.panes.values():
            pane.body.select(None)
        self._view.whole.select(None)
        self.side = None

    def selected_body(self) -> TextBody | None:
        """The text in which something is selected, by keys or with the mouse."""
        bodies = [*(pane.body for pane in self._view.panes.values()), self._view.whole]
        return next((body for body in bodies if body.selection is not None), None)
