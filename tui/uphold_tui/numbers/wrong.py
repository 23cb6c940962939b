"""The screen of where a judge is wrong: its agreement with people part by part, the worst first; enter opens a part's pairs."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen

from uphold.errors import UpholdError
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.judge_breakdown import JudgeBreakdown
from uphold.records.judgments import JudgeRef
from uphold.records.pair_list import PairFilter
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold.records.statistics import Rate
from uphold.reports.breakdown_report import breakdown_report
from uphold.reports.model import TOO_FEW_SHORT, NumberRow, ReportSection, Sentence, Tone
from uphold.reports.number_text import number_text
from uphold.workflows.lookup import open_store
from uphold.workflows.where_wrong import breakdown_of
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.numbers.links import LinkedPage
from uphold_tui.numbers.page import Row, blank, plain, wrapped
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets import header
from uphold_tui.widgets.bars import interval
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry

_NAME_WIDTH = 32
"""Cells for the name of a part."""

_NUMBERS_WIDTH = 46
"""Cells for counts, share, interval and how many are wrong."""

_WIDEST_BAR = 48

_HELP_NOTE = (
    "How often the judge says what people say, on parts of what was read; the worst part of each kind first, those with fewer "
    "than ten pairs last and in counts alone. Intervals are 95 %. The half of the set that is kept for a test of the judge is "
    "left out until a test has spent it."
)


@dataclass(frozen=True, slots=True)
class WrongSource:
    """Reads what the screen shows: `read` opens the database itself, so that it can be called in a thread."""

    run: Run
    judge: JudgeRef | None
    read: Callable[[], JudgeBreakdown | None]


def wrong_source(path: Path, run: Run, judge: JudgeRef | None) -> WrongSource:
    """Return the source for a judge of a run in the database at `path`; None for that of the headline."""

    def read() -> JudgeBreakdown | None:
        with open_store(path) as store:
            return breakdown_of(store, run, judge)

    return WrongSource(run, judge, read)


@dataclass(frozen=True, slots=True)
class WrongActions:
    """Callbacks into the app: `pairs` lists pairs by a filter with the verdicts of a judge, `leave` closes this screen."""

    pairs: Callable[[PairFilter, JudgeRef | None], None]
    leave: Callable[[], None]


class WrongScreen(Screen[None]):
    """Where a judge is wrong; j and k go from part to part, enter lists the pairs of one."""

    CSS_PATH = "numbers.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.WRONG)

    def __init__(self, source: WrongSource, actions: WrongActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.WRONG, options.keymap)}
        self.source, self.actions = source, actions
        self.found: JudgeBreakdown | None = None
        self.linked = LinkedPage()
        self._is_read = False
        self._placeholder = Content("counting …").stylize(MUTED)
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.linked.page
        yield self.footer

    def on_screen_resume(self) -> None:
        # The first frame comes before the counts; they are made again after decisions on another screen.
        self.call_after_refresh(lambda: self.run_worker(self._read(), exclusive=True))

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.refresh_page()

    async def _read(self) -> None:
        try:
            self.found = await asyncio.to_thread(self.source.read)
            self._is_read = True
        except UpholdError as error:
            self._is_read, self._placeholder = False, safe_text.line(str(error), DOUBT)
        self.refresh_page()

    # showing

    def refresh_page(self) -> None:
        """Show what has been read so far."""
        run, narrow = self.source.run, self.has_class("-narrow")
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
        judge = Content("") if self.found is None else safe_text.line(f"where {self.found.judge.name} is wrong", MUTED)
        self.header.show(header.title(*names, ()), judge)
        self.hair.show(ReviewProgress())
        if self._is_read:
            width = self.app.size.width - (3 if narrow else 5)
            sections = breakdown_report(self.found, run.name).sections
            self.linked.show([list(_rows(sections, width))], [width])
        else:
            self.linked.show_instead(self._placeholder)
        opens = [entry(self.table["wrong.open"], "its pairs")] if self.linked.links else []
        self.footer.show([opens, [entry(self.table["wrong.help"], "what these mean"), entry(self.table["wrong.back"])]])

    # keys

    def action_move(self, step: int) -> None:
        """Move the cursor to the next part, or the previous one."""
        self.linked.move(step)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.linked.turn(pages)

    def action_open(self) -> None:
        """List the pairs of the part under the cursor."""
        if self.linked.selected is not None and self.found is not None:
            self.actions.pairs(self.linked.selected, self.found.judge)

    def on_click(self, event: Click) -> None:
        """List the pairs of the part that was clicked."""
        if self.linked.put_cursor(event):
            self.action_open()

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show what the numbers mean, and the keys."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys where a judge is wrong", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.source.run)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen."""
        self.actions.leave()


def _rows(sections: tuple[ReportSection, ...], width: int) -> Iterator[Row]:
    """Return the report as rows: a heading a kind, a row a part."""
    for number, section in enumerate(sections):
        if number:
            yield blank()
        if section.title:
            yield plain(section.title, BOLD)
        for item in section.items:
            if isinstance(item, NumberRow):
                yield _part_row(item, width)
            elif isinstance(item, Sentence):
                yield from wrapped(item.text, width)


def _part_row(row: NumberRow, width: int) -> Row:
    """Return a part on one row: name, interval as a bar where there is room, counts, share, interval, how many are wrong."""
    text, rate = number_text(row), row.number
    bar_width = min(width - _NAME_WIDTH - _NUMBERS_WIDTH - 4, _WIDEST_BAR)
    name_width = _NAME_WIDTH if bar_width >= 0 else max(width - _NUMBERS_WIDTH, 12)
    style = BOLD if row.tone is Tone.BOLD else ""
    name = safe_text.line(row.name, style).truncate(name_width - 2, ellipsis=True)
    parts = [name, Content(" " * (name_width - name.cell_length))]
    if bar_width >= 12:
        bar = Content(" " * bar_width)
        if isinstance(rate, Rate) and rate.rate is not None:
            bar = interval(rate.rate, rate.low, rate.high, bar_width)
        parts += [bar, Content("  ")]
    ends, note = text.ends, text.note
    if isinstance(rate, Rate) and 0 < rate.n < MIN_FOR_RATE:
        ends, note = TOO_FEW_SHORT, row.note
    numbers = Content.assemble(
        (f"{text.counts:>11}", MUTED),
        (f"{text.figure + text.unit:>7}", BOLD),
        (f"   {ends:<9}", MUTED) if ends else "",
        "  ",
        safe_text.running(note, MUTED),
    )
    return ((Content.assemble(*parts, numbers).truncate(width, ellipsis=True), row.pairs),)
