"""The base of all dialogs: a panel over the dimmed screen, closed by esc."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count_noun
from uphold_tui import keys
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.movement import page_step

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
    """A panel of fixed width whose content scrolls where the screen is too small for it."""

    CSS_PATH = Path(__file__).with_name("overlay.tcss")
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.OVERLAY)
    WIDTH: int | None = 104
    """Columns of the panel where the screen has room for them; None where overlay.tcss says them."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = VerticalScroll(id="panel", can_focus=False)
        if self.WIDTH is not None:
            self.panel.styles.width = self.WIDTH
        self.below = Static(id="below", markup=False)

    def compose(self) -> ComposeResult:
        with self.panel:
            yield from self.parts()
            yield self.below

    def parts(self) -> Iterable[Widget]:
        """Return the widgets in the panel."""
        return ()

    def on_mount(self) -> None:
        self.fill()
        self.watch(self.panel, "scroll_y", self._refresh_below)
        self.watch(self.panel, "virtual_size", self._refresh_below)

    def on_resize(self) -> None:
        self.fill()

    def _refresh_below(self) -> None:
        """Say at the foot of the panel how much follows, where it does not fit."""
        # Not whether the panel scrolls: this row takes one of its rows, and would keep itself there.
        room = self.size.height - self.panel.gutter.height - self.panel.styles.margin.height
        self.set_class(self.panel.virtual_size.height > room, "-more")
        rows = round(self.panel.max_scroll_y - self.panel.scroll_y)
        self.below.update(Content.styled(f"{count_noun(rows, 'more line')} below" if rows > 0 else "", MUTED))

    def fill(self) -> None:
        """Update the widgets for the panel's present width; called again when the size changes."""

    @property
    def text_width(self) -> int:
        """Columns for text: the panel's without its bar, its padding and a scrollbar."""
        width = self.app.size.width
        return max(min(self.WIDTH or width, width) - 7, 1)

    def action_close(self) -> None:
        """Close, returning None."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll the panel by lines."""
        self.panel.scroll_to(y=self.panel.scroll_offset.y + lines, animate=False, immediate=True)

    def action_page(self, pages: float) -> None:
        """Scroll the panel by pages."""
        self.action_scroll(page_step(pages, self.panel.size.height - 1))
