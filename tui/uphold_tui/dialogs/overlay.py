"""What stands over a dimmed screen: a panel with a bar at its left, closed by esc."""

from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from uphold_tui import keys

Answer = TypeVar("Answer")


class Overlay(ModalScreen[Answer]):
    """A panel of fixed width whose content scrolls where the screen is too small for it."""

    CSS_PATH = Path(__file__).with_name("overlay.tcss")
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.OVERLAY)
    WIDTH = 104
    """Of the panel, where the screen has room for it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened_at = monotonic()
        self.panel = VerticalScroll(id="panel", can_focus=False)

    def compose(self) -> ComposeResult:
        with self.panel:
            yield from self.parts()

    def parts(self) -> Iterable[Widget]:
        """What the panel holds; nothing unless an overlay says so."""
        return ()

    def on_mount(self) -> None:
        self.fill()

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Lay out the content for the width at hand."""

    @property
    def text_width(self) -> int:
        """Columns for text: the panel without its bar, its margins and a scrollbar."""
        return max(min(self.WIDTH, self.app.size.width) - 7, 1)

    def action_close(self) -> None:
        """Close, answering nothing."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll the panel."""
        self.panel.scroll_to(y=self.panel.scroll_offset.y + lines, animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """Scroll the panel by a page."""
        self.action_scroll(pages * max(self.panel.size.height - 1, 1))
