"""A page of rows whose numbers lead to pairs: the cursor over them, and what a key or a click means for it."""

from collections.abc import Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from uphold.records.pair_list import PairFilter
from uphold_tui.numbers.page import NumberLink, Row, arrange
from uphold_tui.themes import TINT
from uphold_tui.widgets.movement import page_step


class LinkedPage:
    """Rows in a page that scrolls; `links` are their numbers that list pairs, `cursor` is the index of one of them."""

    def __init__(self) -> None:
        self.content = Static(id="numbers", markup=False)
        self.page = VerticalScroll(self.content, id="page", can_focus=False)
        self.links: list[NumberLink] = []
        self.cursor = 0
        self._rows: list[Content] = []

    def show(self, columns: Sequence[Sequence[Row]], widths: Sequence[int]) -> None:
        """Show columns of rows side by side, with the number under the cursor tinted."""
        rows, self.links = arrange(columns, widths)
        self._rows = [Content.assemble(*parts) for parts in rows]
        self.cursor = min(self.cursor, max(len(self.links) - 1, 0))
        self._draw()

    def show_instead(self, content: Content) -> None:
        """Show something without links, such as what is said while numbers are read."""
        self.links, self._rows = [], []
        self.content.update(content)

    def _draw(self) -> None:
        rows = list(self._rows)
        if self.links:
            region = self.links[self.cursor].region
            rows[region.y] = rows[region.y].stylize(TINT, region.x, region.right)
        self.content.update(Content("\n").join(rows))

    @property
    def selected(self) -> PairFilter | None:
        """The filter of the pairs behind the number under the cursor."""
        return self.links[self.cursor].pair_filter if self.links else None

    def move(self, step: int) -> None:
        """Move the cursor to the next number that lists pairs, or the previous one."""
        if self.links:
            self.cursor = (self.cursor + step) % len(self.links)
            self._draw()
            region = self.links[self.cursor].region.grow((2, 0, 2, 0))
            self.page.scroll_to_region(region, animate=False, immediate=True)

    def turn(self, pages: float) -> None:
        """Scroll by pages, or by halves of one."""
        top = self.page.scroll_offset.y + page_step(pages, self.page.size.height - 1)
        self.page.scroll_to(y=top, animate=False, immediate=True)

    def put_cursor(self, event: Click) -> bool:
        """Put the cursor on the number that was clicked; False where there is none."""
        x, y = event.screen_x - self.content.region.x, event.screen_y - self.content.region.y
        if not self.page.region.contains(event.screen_x, event.screen_y):
            return False
        for index, link in enumerate(self.links):
            if link.region.contains(x, y):
                self.cursor = index
                return True
        return False
