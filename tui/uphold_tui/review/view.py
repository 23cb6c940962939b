"""The widgets of the review screen, and drawing a pair and its surroundings into them."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from uphold.records.enums import Side
from uphold.records.reviews import PairView, ReviewProgress
from uphold_tui.review import layout
from uphold_tui.review.answer_pane import ResponsePane
from uphold_tui.review.instruction import Instruction, whole
from uphold_tui.review.layout import Frame, ScreenState, Shape
from uphold_tui.review.live_numbers import Rail
from uphold_tui.review.reading import PaneState
from uphold_tui.review.verdict_strip import StripState, VerdictStrip
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.painting import ReportsPaint
from uphold_tui.widgets.rows import KeyFooter, SplitRow
from uphold_tui.widgets.text_body import Margins, PreparedAnswer, TextBody


class ReviewView:
    """Header, instruction, two panes, verdict strip, numbers, keys and rail. Knows nothing of keys and sessions."""

    def __init__(self) -> None:
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.instruction = Instruction("instruction")
        self.whole = TextBody("whole")
        self.panes = {side: ResponsePane(side) for side in Side}
        self.strip = VerdictStrip("strip")
        self.numbers = SplitRow("numbers")
        self.footer = KeyFooter("footer")
        self.rail = Rail("rail")
        self._whole: tuple[int, PreparedAnswer] | None = None

    def compose(self, nothing: Content) -> ComposeResult:
        """The widgets; `nothing` is what stands there when there is no pair."""
        yield self.header
        yield self.hair
        with Horizontal(id="desk"):
            with Vertical(id="left"):
                yield self.instruction
                yield self.whole
                yield Static(nothing, id="nothing", markup=False)
                with Horizontal(id="panes"):
                    yield from self.panes.values()
                yield self.strip
                yield self.numbers
                yield self.footer
            yield self.rail

    def to_be_painted(self) -> list[ReportsPaint]:
        """What a reviewer must have seen before a key counts: the verdict strip and both answers."""
        return [self.strip, *(pane.body for pane in self.panes.values())]

    def repaint(self) -> None:
        """Have painted again what a reviewer must have seen before a key counts."""
        for widget in self.to_be_painted():
            widget.refresh()

    def hidden(self) -> list[ReportsPaint]:
        """The answers for which there is no room."""
        return [pane.body for pane in self.panes.values() if not pane.display]

    def show_texts(
        self, pair: PairView, answers: Mapping[Side, PreparedAnswer], state: ScreenState, shape: Shape
    ) -> None:
        """Show the instruction and both answers."""
        margins = layout.margins(shape)
        # While one pane scrolls alone the tint tells which: the title row of the other one has none.
        tinted = (shape.narrow or state.panes.stacked) and state.panes.alone is None
        for side, pane in self.panes.items():
            alone = state.panes.alone is side
            pane.show(pair, answers[side], state.reading, alone=alone, tinted=tinted, margins=margins)
        self.instruction.show(pair, state.reading.find)
        if layout.shows_whole_instruction(state.panes, shape):
            self._show_whole(pair, state, shape)

    def _show_whole(self, pair: PairView, state: ScreenState, shape: Shape) -> None:
        """The instruction unfolded: as high as it is, but never more than half of the screen."""
        if self._whole is None or self._whole[0] != pair.pair_id:
            self._whole = (pair.pair_id, PreparedAnswer(whole(pair), ""))
        margins = Margins(above=0, left=1 if shape.narrow else 3, right=1)
        self.whole.show(self._whole[1], margins, Content(""), state.options.signs.more)
        self.whole.styles.height = min(self.whole.height_at(shape.columns), shape.height // 2)

    def forget_instruction(self) -> None:
        """Another pair comes on the screen: its instruction is wrapped anew."""
        self._whole = None

    def show_strip(self, strip: StripState) -> None:
        """Show the verdict strip."""
        self.strip.show(strip)

    def show_frame(self, frame: Frame, progress: ReviewProgress) -> None:
        """Show what stands around the answers."""
        self.header.show(*frame.header)
        self.hair.show(progress)
        self.numbers.show(frame.numbers)
        self.footer.show(frame.footer)
        if frame.rail is not None:
            self.rail.show(frame.rail)

    def wrap(self, answers: Mapping[Side, PreparedAnswer]) -> None:
        """Wrap the texts of a pair that comes next."""
        for side, answer in answers.items():
            self.panes[side].body.wrap(answer)

    def scroll(self, panes: PaneState, shape: Shape, lines: int) -> None:
        """Some lines down, or up."""
        self._scroll_all(self._scrolled_bodies(panes, shape, lines), lines)

    def scroll_pages(self, panes: PaneState, shape: Shape, pages: float) -> None:
        """Pages down, or up; a page is as high as the lowest of the texts."""
        bodies = self._scrolled_bodies(panes, shape, 1 if pages > 0 else -1)
        self._scroll_all(bodies, page_step(pages, min(body.page for body in bodies)))

    def scroll_to_end(self, panes: PaneState, shape: Shape, *, end: bool) -> None:
        """To the end, or the top."""
        for body in self._scrolled_bodies(panes, shape, 1 if end else -1):
            body.scroll_rows(body.max_top if end else 0)

    def scroll_with_wheel(self, body: TextBody, panes: PaneState, lines: int) -> None:
        """Some lines down, or up, with the wheel over a text: both panes, or that text when they scroll apart."""
        both = [pane.body for pane in self.panes.values()]
        self._scroll_all(both if panes.alone is None and body in both else [body], lines)

    def _scroll_all(self, bodies: list[TextBody], lines: int) -> None:
        for body in bodies:
            body.scroll_rows(body.top + lines)

    def _scrolled_bodies(self, panes: PaneState, shape: Shape, step: int) -> list[TextBody]:
        """What the scrolling keys move down (1) or up (-1): an unfolded instruction as far as it goes, the pane that
        scrolls alone, or both panes."""
        whole_shown = layout.shows_whole_instruction(panes, shape)
        if whole_shown and 0 <= self.whole.top + step <= self.whole.max_top:
            return [self.whole]
        only = panes.single if shape.tiny else panes.alone
        return [pane.body for side, pane in self.panes.items() if only in (None, side)]

    def step_changes(self, answers: Mapping[Side, PreparedAnswer], step: int) -> bool:
        """Scroll both panes to their next change or match; whether there was one to go to."""
        moved = [pane.to_change(answers[side], step) for side, pane in self.panes.items()]
        return any(moved)

    def show_matches(self, answers: Mapping[Side, PreparedAnswer]) -> None:
        """Scroll each pane that shows no match to its first one."""
        for side, pane in self.panes.items():
            pane.to_match(answers[side])
