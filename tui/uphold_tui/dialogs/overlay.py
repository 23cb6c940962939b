"""The base of all dialogs: a panel over the dimmed screen, closed by esc."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from uphold_tui import keys
from uphold_tui.themes import BOLD, MUTED

Result = TypeVar("Result")


def key_row(entries: Sequence[tuple[str, str]], width: int = 1000) -> Content:
    """Return (key, what it does) pairs as the last row of a dialog, on more rows where `width` cells are too few."""
    rows: list[list[Content]] = [[]]
    for key, words in entries:
        entry = Content.assemble((key, BOLD), (f" {words}", MUTED))
        if rows[-1] and sum(one.cell_length + 4 for one in rows[-1]) + entry.cell_length > width:
            rows.append([])
        rows[-1].append(entry)
    return Content("\n").join([Content("    ").join(row) for row in rows])


class Overlay(ModalScreen[Result]):
    """A panel of fixed width whose content scrolls where the screen is too small for it.

    `opened_at` is the time, on the clock of Textual's events, at which the dialog was made: a key that was typed before it
    and that nobody handled is sent again, so that the dialog gets it (see app.py).
    """

    CSS_PATH = Path(__file__).with_name("overlay.tcss")
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.OVERLAY)
    WIDTH = 104
    """Columns of the panel where the screen has room for them; overlay.tcss holds the same number."""

    def __init__(self) -> None:
        super().__init__()
        self.opened_at = monotonic()
        self.panel = VerticalScroll(id="panel", can_focus=False)

    def compose(self) -> ComposeResult:
        with self.panel:
            yield from self.parts()

    def parts(self) -> Iterable[Widget]:
        """Return the widgets in the panel."""
        return ()

    def on_mount(self) -> None:
        self.fill()

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Update the widgets for the panel's present width; called again when the size changes."""

    @property
    def text_width(self) -> int:
        """Columns for text: the panel's without its bar, its padding and a scrollbar."""
        return max(min(self.WIDTH, self.app.size.width) - 7, 1)

    def action_close(self) -> None:
        """Close, returning None."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll the panel by lines."""
        self.panel.scroll_to(y=self.panel.scroll_offset.y + lines, animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """Scroll the panel by pages."""
        self.action_scroll(pages * max(self.panel.size.height - 1, 1))
