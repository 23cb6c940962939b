"""The start screen: the runs and eval sets of the database, or how to begin where there are none."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun, percent_number
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.headline_judge import words_behind_name
from uphold.records.runs import Run, RunRow, SetRow
from uphold.reports.progress_text import progress_text
from uphold.reports.rate_text import rate_interval
from uphold.workflows.lookup import Home, open_store
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, RULE, STRONG, TINT
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import KeyFooter, SplitRow, clickable, entry, spread

if TYPE_CHECKING:
    from uphold.workflows.statistics import HeadlineNumbers

_RUN_HEIGHT = 2
"""Rows of a run, above a blank one; one more where several people review it."""

_HEAD_HEIGHT = 2
"""Rows above the first run."""

_SET_HEAD_HEIGHT = 3
"""Rows between the last run and the first eval set."""

_FIRST_WIDTH = 76
"""Cells of what an empty database shows; home.tcss holds the same number."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells; `bar` and `axis` are parts of theirs, and 0 where there is no room for them.

    `digits` are the cells for a number of reviewed pairs.
    """

    name: int
    reviewed: int
    bar: int
    rate: int
    axis: int
    digits: int = 5

    @classmethod
    def fitting(cls, width: int, runs: Sequence[RunRow]) -> "Columns":
        """Return columns for rows of `width` cells."""
        digits = max((len(count(row.reviewed)) for row in runs), default=1)
        if width >= 104:
            spare = max(width - 114, 0)
            bar, axis_width = min(18 + spare // 4, 36), min(22 + spare // 3, 46)
            name = width - (bar + 17) - (axis_width + 15) if spare else 42
            return cls(name=name, reviewed=bar + 17, bar=bar, rate=width - name - bar - 17, axis=axis_width)
        if width >= 60:
            return cls(name=width - 38, reviewed=18, bar=0, rate=20, axis=0, digits=digits)
        return cls(name=max(width - 14, 1), reviewed=14, bar=0, rate=0, axis=0, digits=digits)


def run_heads(columns: Columns) -> Content:
    """Return the column heads over the runs."""
    scale = Content.assemble(axis(columns.axis), "  ") if columns.axis else Content("")
    rate = Content.assemble(scale, _faint("win rate"))
    return _row(columns, _faint("candidate against baseline"), _faint("reviewed"), rate)


def set_heads(columns: Columns) -> Content:
    """Return the column heads over the eval sets."""
    return _row(columns, _faint("eval sets"), _faint("examples"), _faint("reviewed"))


def run_rows(row: RunRow, headline: "HeadlineNumbers | None", columns: Columns) -> tuple[Content, Content]:
    """Return the two rows of a run: systems, reviews and win rate; below them set, judge and agreement.

    The rates are those of the numbers screen; None while they are being counted.
    """
    run = row.run
    systems = Content.assemble(safe_text.line(run.candidate, BOLD), (" against ", FAINT), safe_text.line(run.baseline))
    read, pairs_read = f"{count(row.reviewed):>{columns.digits}}", f" of {count(row.pairs)}"
    reviewed = Content.assemble(_review_bar(row, columns.bar), (read, ""), (pairs_read, MUTED))
    pairs = f", {count_noun(row.pairs, 'pair')}" if columns.bar or not row.disputed else ""
    in_set = Content.assemble(safe_text.line(run.set, MUTED), (pairs, MUTED))
    if row.disputed:
        in_set = Content.assemble(in_set, (f"   {count(row.disputed)} in dispute", DOUBT))
    judge = _judge(row, columns)
    return (
        _row(columns, systems, reviewed, _win_rate(headline, columns.axis)),
        _row(columns, in_set, judge, _agreement(row, headline, columns)),
    )


def people_rows(row: RunRow, width: int) -> list[Content]:
    """Return the row below those of a run that says how far each of several reviewers is; none for one alone.

    Where `width` cells are too few for all of them, the last ones are counted.
    """
    if not row.people:
        return []
    gap, before_more, ends = "   ", "   ", ""
    parts = [safe_text.line(progress_text(one), MUTED) for one in row.people]
    if len(parts) > 1 and all(one.read == one.of == row.pairs and one.pack is None for one in row.people):
        parts = [safe_text.line(one.name, MUTED) for one in row.people]
        gap, before_more, ends = ", ", " ", f", each read all {count(row.pairs)}"
    for number in range(len(parts), 0, -1):
        more = f"{before_more}and {count(len(parts) - number)} more" if number < len(parts) else ""
        shown = Content.assemble(Content(gap).join(parts[:number]), (more + ends, MUTED))
        if shown.cell_length <= width:
            return [shown]
    return [parts[0].truncate(width, ellipsis=True)]


def _review_bar(row: RunRow, width: int) -> Content:
    if not width:
        return Content("")
    read = round(width * row.reviewed / row.pairs) if row.pairs else 0
    read = max(read, 1) if row.reviewed else 0
    return Content.assemble(("━" * read, STRONG), ("─" * (width - read), RULE))


def _win_rate(headline: "HeadlineNumbers | None", axis_width: int) -> Content:
    """Return the win rate of the headline with its interval; a count where there are too few labels."""
    if headline is None:
        return _faint("…")
    numbers, rate = headline.numbers, headline.win_rate
    if rate.rate is None:
        wins = f"{count_noun(numbers.wins, 'win')} of {count(numbers.n)}" if numbers.n else ""
        bar = Content.assemble(interval(None, None, None, axis_width), "  ") if axis_width else Content("")
        return Content.assemble(bar, (wins, MUTED))
    bar = Content.assemble(interval(rate.rate, rate.low, rate.high, axis_width), "  ") if axis_width else Content("")
    return Content.assemble(bar, (f"{percent_number(rate.rate):>2}", BOLD), (f"  {rate_interval(rate)}", MUTED))


def _judge(row: RunRow, columns: Columns) -> Content:
    """Return the judge of the headline, and how much of the run it has judged if not all of it in both orders.

    Its name is cut before what is said of it.
    """
    found = row.judge
    if found.shown is None:
        return Content.styled("not judged" if not found.unknown else "pinned judge is not here", MUTED)
    words = words_behind_name(found, with_pin=bool(columns.bar))
    if row.orders == 1 and not words and columns.bar:
        words = ", one order"
    name = safe_text.line(found.shown.name, MUTED).truncate(max(columns.reviewed - 2 - len(words), 3), ellipsis=True)
    return Content.assemble(name, (words, DOUBT if found.missing else MUTED))


def _agreement(row: RunRow, headline: "HeadlineNumbers | None", columns: Columns) -> Content:
    """Return what the win rate rests on: judge and people with their agreement, people alone, or a judge's opinion.

    Where there is no room for all, the agreement alone.
    """
    if headline is None:
        return Content("")
    numbers = headline.numbers
    parts = []
    if numbers.win_rate.rate is not None and numbers.population is None:
        parts.append(f"of {count(numbers.n)} read")
    elif numbers.state == "human-only" and row.judge.shown is not None:
        parts.append("people alone")
    if numbers.agreement.rate is not None:
        parts.append(f"agreement {percent_number(numbers.agreement.rate)}")
    if not parts and row.reviewed and numbers.n < MIN_FOR_RATE:
        parts.append(f"{MIN_FOR_RATE} needed for a rate")
    elif not parts and not row.reviewed and row.judge.shown is not None:
        parts.append("opinion only")
    words = ", ".join(parts)
    return Content.styled(words if len(words) <= columns.rate else parts[-1], MUTED)


def set_row(row: SetRow, columns: Columns) -> Content:
    """Return the row of an eval set."""
    name = safe_text.line(row.name)
    if row.purpose:
        name = Content.assemble(name, "  ", safe_text.running(row.purpose, FAINT))
    examples = f"{count(row.active)} active"
    examples += f", {count(row.draft)} draft" if row.draft else ""
    examples += f", {count_noun(row.turns, 'turn')}" if row.turns > 1 else ""
    people = f" by {count_noun(row.reviewers, 'person', 'people')}" if row.reviewers > 1 else ""
    reviewed = Content.styled(count(row.reviewed) + people, MUTED)
    return _row(columns, name, Content.styled(examples, MUTED), reviewed)


def _row(columns: Columns, first: Content, second: Content, third: Content) -> Content:
    cells = [_cell(first, columns.name), _cell(second, columns.reviewed)]
    return Content.assemble(*cells, third if columns.rate else "")


def _cell(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))


def _faint(words: str) -> Content:
    return Content.styled(words, FAINT)


def headline_of(path: Path, run: Run, judge: str | None) -> "HeadlineNumbers":
    """Return the headline of a run in the database at `path`; it opens the file itself, so that a thread can call it."""
    from uphold.workflows.statistics import headline_numbers  # the first frame needs no statistics

    with open_store(path) as store:
        return headline_numbers(store, run, judge)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A way to begin, and the key that does it from anywhere."""

    key_id: str
    title: str
    explanation: str


_FIRST_STEPS = (
    FirstStep("home.demo", "Try it on the demo", "pairs that are judged already; offline, no key, two minutes"),
    FirstStep("home.import", "Import a file", "CSV, JSONL, Excel; AlpacaEval, MT-Bench, promptfoo, Inspect"),
    FirstStep("home.new_set", "Write an eval set", "start with ten instructions of your own"),
)


@dataclass(frozen=True, slots=True)
class HomeActions:
    """Callbacks of the start screen into the app.

    `read` returns the runs and sets to list, `headline` the win rate and agreement of a run (it takes long: a thread calls
    it); `review`, `judge`, `pairs` and `numbers` open those screens of a run; `demo`
    makes and opens the demo (None: not offered); `leave` leaves the app; `change_reviewer` takes the name of who reviews
    from now on; `edit_set` opens the set with this name, `new_set` asks for a name and opens an empty one; `import_file`
    asks for a file to import; `checkpoints` shows the runs of the set with this name. `has_begun_demo` says whether there is
    a demo in a file of its own.
    """

    read: Callable[[], Home]
    headline: Callable[[Run], "HeadlineNumbers"]
    review: Callable[[Run], None]
    judge: Callable[[Run], None]
    demo: Callable[[], None] | None
    leave: Callable[[], None]
    pairs: Callable[[Run], None]
    numbers: Callable[[Run], None]
    change_reviewer: Callable[[str], None]
    edit_set: Callable[[str], None]
    new_set: Callable[[], None]
    import_file: Callable[[], None]
    checkpoints: Callable[[str], None]
    has_begun_demo: Callable[[], bool]


class HomeScreen(Screen[None]):
    """The start screen; enter reviews the run under the cursor, or opens the eval set."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.HOME)

    def __init__(
        self, actions: HomeActions, options: AppOptions, *, database: str, reviewer: str, is_first: bool = True
    ) -> None:
        super().__init__()
        self._is_first = is_first
        self.table = {key.id: key for key in keys.remapped(keys.HOME, options.keymap)}
        self.actions = actions
        self._database, self._reviewer = database, reviewer
        self.home = Home([], [])
        self._headlines: dict[int, HeadlineNumbers] = {}
        self._counted: tuple[int | None, ...] | None = None
        self._message = Content("")
        self._greeting = Content("")
        self.cursor = 0
        self.header = SplitRow("header")
        self.list = Static(id="list", markup=False)
        self.list.auto_links = False
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield ProgressLine("hair")
        yield self.page
        yield self.footer

    def on_screen_resume(self) -> None:
        was_empty = self.is_empty
        self._message, self._greeting = self._greeting, Content("")
        self.home = attempt(self.actions.read, self.show_message) or self.home
        if self.is_empty != was_empty:
            self.cursor = 0
        self.cursor = min(self.cursor, max(self._rows - 1, 0))
        self.refresh_page()
        # The first frame comes before the rates; those that were counted stay until they are counted again.
        if self.home.version != self._counted:
            self.call_after_refresh(self._start_counting)

    def show_message(self, message: Content) -> None:
        """Show a message at the right of the first row."""
        self._message = message
        self._refresh_header()

    def greet(self, words: str) -> None:
        """Say something when the screen is shown again: what became of a set that was left."""
        self._greeting = Content.styled(words, MUTED)

    def _start_counting(self) -> None:
        self.run_worker(self._count(), exclusive=True)

    async def _count(self) -> None:
        """Count the headline of each run in a thread."""
        version = self.home.version
        for row in self.home.runs:
            try:
                self._headlines[row.run.id] = await asyncio.to_thread(self.actions.headline, row.run)
            except UpholdError as error:
                self._message = safe_text.line(str(error), DOUBT)
            self.refresh_page()
        self._counted = version

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.refresh_page()

    @property
    def is_empty(self) -> bool:
        """Whether the database has no run and no eval set yet."""
        return not self.home.runs and not self.home.sets

    @property
    def _rows(self) -> int:
        """How many runs and eval sets the cursor can be on; in an empty database, ways to begin."""
        return len(self._steps) if self.is_empty else len(self.home.runs) + len(self.home.sets)

    @property
    def run_row(self) -> RunRow | None:
        """The run under the cursor."""
        return self.home.runs[self.cursor] if self.cursor < len(self.home.runs) else None

    @property
    def set_row(self) -> SetRow | None:
        """The eval set under the cursor."""
        index = self.cursor - len(self.home.runs)
        return self.home.sets[index] if 0 <= index < len(self.home.sets) else None

    def refresh_page(self) -> None:
        """Show runs and eval sets, or how to begin."""
        self.set_class(self.is_empty, "-first")
        self._refresh_header()
        self.list.update(self._first_steps() if self.is_empty else self._runs_and_sets())
        on_run = self.run_row is not None
        first = [entry(self.table["home.open"], "choose" if self.is_empty else "review" if on_run else "open the set")]
        first += [entry(self.table[f"home.{name}"]) for name in ("figures", "pairs", "judge") if on_run]
        second = [entry(self.table["home.checkpoints"])] if on_run else []
        second += [] if self.is_empty else [entry(self.table[f"home.{name}"]) for name in ("import", "new_set")]
        last = [entry(self.table["home.help"]), entry(self.table["home.quit"], None if self._is_first else "back")]
        self.footer.show([first, second, last])

    def _refresh_header(self) -> None:
        new = ", new" if self.is_empty else ""
        left = Content.assemble(("uphold", BOLD), "   ", safe_text.line(self._database, MUTED), (new, MUTED))
        runs, sets = len(self.home.runs), len(self.home.sets)
        counts = f"{count_noun(runs, 'run')}   {count_noun(sets, 'set')}"
        reviewer = Content.assemble(("   as ", MUTED), safe_text.line(self._reviewer, MUTED)) if self._reviewer else ""
        right = None if self.is_empty else Content.assemble((counts, MUTED), reviewer)
        self.header.show(left, right, self._message)

    def _runs_and_sets(self) -> Content:
        """Return runs and sets as rows; those of the run under the cursor are tinted."""
        margin = 1 if self.has_class("-narrow") else 2
        width = max(self.app.size.width - 2 - 2 * margin, 1)
        columns = Columns.fitting(width, self.home.runs)
        if self.home.runs:
            head = run_heads(columns)
        else:
            words = "enter on an eval set opens it; s there makes a run of two systems"
            head = Content.assemble(("No run yet.  ", BOLD), (words, MUTED))
        rows = [head, Content("")]
        for run in self.home.runs:
            rows += [*run_rows(run, self._headlines.get(run.run.id), columns), *people_rows(run, width), Content("")]
        if self.home.sets:
            rows += [Content(""), set_heads(columns), Content(""), *(set_row(row, columns) for row in self.home.sets)]
        edge = " " * margin
        rows = [Content.assemble(edge, spread(row, Content(""), width), edge) for row in rows]
        first, height = self._place(self.cursor)
        for index in range(first, first + height):
            rows[index] = rows[index].stylize_before(TINT)
        return Content("\n").join(rows)

    def _place(self, index: int) -> tuple[int, int]:
        """Return the first row of a run or an eval set in the list, and how many rows it has."""
        heights = [_RUN_HEIGHT + bool(row.people) for row in self.home.runs]
        above = _HEAD_HEIGHT + sum(height + 1 for height in heights[:index])
        if index < len(heights):
            return above, heights[index]
        return above + _SET_HEAD_HEIGHT + index - len(heights), 1

    def _at(self, row: int) -> int | None:
        """Return which run or eval set stands in this row of the list."""
        places = ((index, *self._place(index)) for index in range(self._rows))
        return next((index for index, first, height in places if first <= row < first + height), None)

    def _first_steps(self) -> Content:
        """Return what an empty database offers; the first is selected, so that enter is enough."""
        width = min(_FIRST_WIDTH, self.app.size.width - 5)
        rows = [
            Content.styled("Nothing to review yet.", BOLD),
            Content(""),
            Content.styled("uphold shows two answers side by side and what a judge thought of them.", MUTED),
            Content.styled("You uphold the judge, or overturn it. From that come numbers you can trust.", MUTED),
            Content(""),
        ]
        for index, step in enumerate(self._steps):
            key = self.table[step.key_id]
            for row in (
                Content.assemble((f"  {keys.label(key)}   ", BOLD), (step.title, BOLD)),
                Content.styled(f"      {step.explanation}", MUTED),
            ):
                whole = clickable(spread(row, Content(""), width), f"press('{key.id}')")
                rows.append(whole.stylize_before(TINT) if index == self.cursor else whole)
            rows.append(Content(""))
        rows.append(Content.styled("The same from the shell:   uphold demo   uphold import FILE", FAINT))
        if self.actions.has_begun_demo():
            rows.append(
                Content.styled("You began the demo before: uphold demo goes on with it, in a file of its own.", MUTED)
            )
        return Content("\n").join(rows)

    @property
    def _steps(self) -> list[FirstStep]:
        """What an empty database offers."""
        return [step for step in _FIRST_STEPS if step.key_id != "home.demo" or self.actions.demo is not None]

    # keys

    def _try(self, action: Callable[[], None]) -> None:
        """Open another screen, or say why not: the judge named may not have judged the run."""
        attempt(action, self.show_message)

    def _with_run(self, action: Callable[[Run], None]) -> None:
        """Do something with the run under the cursor; on an eval set, say that it needs a run."""
        if self.run_row is not None:
            self._try(partial(action, self.run_row.run))
        elif self.set_row is not None:
            self._message = Content.styled("that is about a run: put the cursor on one", MUTED)
            self._refresh_header()

    def action_open(self) -> None:
        """Review the run under the cursor, or open the eval set; in an empty database, begin in the way under the cursor."""
        if self.is_empty:
            self.action_press(self._steps[self.cursor].key_id)
        elif self.set_row is not None:
            self._try(partial(self.actions.edit_set, self.set_row.name))
        elif self.run_row is not None:
            self._try(partial(self.actions.review, self.run_row.run))

    def action_edit_set(self) -> None:
        """Open the eval set under the cursor, or that of the run."""
        if (name := self._set_name) is not None:
            self._try(partial(self.actions.edit_set, name))

    @property
    def _set_name(self) -> str | None:
        """The name of the eval set under the cursor, or of that of the run."""
        return self.run_row.run.set if self.run_row is not None else self.set_row.name if self.set_row else None

    def action_checkpoints(self) -> None:
        """Show the runs of the set as checkpoints."""
        if (name := self._set_name) is not None:
            self._try(partial(self.actions.checkpoints, name))

    def action_new_set(self) -> None:
        """Begin an eval set."""
        self._try(self.actions.new_set)

    def action_judge(self) -> None:
        """Have the run under the cursor judged."""
        self._with_run(self.actions.judge)

    def action_pairs(self) -> None:
        """List the pairs of the run under the cursor."""
        self._with_run(self.actions.pairs)

    def action_numbers(self) -> None:
        """Show the numbers of the run under the cursor."""
        self._with_run(self.actions.numbers)

    def action_demo(self) -> None:
        """Open the demo where it is offered."""
        if self.is_empty and self.actions.demo is not None:
            self.actions.demo()

    def action_import_file(self) -> None:
        """Ask for a file to import."""
        self.actions.import_file()

    def action_move(self, step: int) -> None:
        """Move the cursor over the runs and the eval sets."""
        self._go(self.cursor + step)

    def action_ends(self, end: bool) -> None:
        """Go to the first run or the last eval set."""
        self._go(self._rows - 1 if end else 0)

    def _go(self, index: int) -> None:
        self.cursor = min(max(index, 0), self._rows - 1)
        self._message = Content("")
        self.refresh_page()
        if self.is_empty:
            return
        first, height = self._place(self.cursor)
        region = Region(0, first, 1, height) if self.cursor else Region(0, 0, 1, first + height)
        self.page.scroll_to_region(region, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        """Move the cursor to the run or eval set clicked; a click on the one under the cursor opens it."""
        if self.is_empty or not self.page.region.contains(event.screen_x, event.screen_y):
            return
        index = self._at(event.screen_y - self.list.region.y)
        if index is None:
            return
        if index == self.cursor:
            self.action_open()
        else:
            self._go(index)

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys on the start screen", self._active_keys()))

    def _active_keys(self) -> list[keys.Key]:
        """Return the keys that do something now."""
        return [key for key in self.table.values() if self.is_empty or key.id != "home.demo"]

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self._set_name, self.run_row.run if self.run_row is not None else None)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self._active_keys())

    def action_who(self) -> None:
        """Ask who reviews from now on."""
        from uphold_tui.dialogs.ask import ask_reviewer

        def change(name: str | None) -> None:
            if name:
                self._reviewer = name
                self.actions.change_reviewer(name)
                self.refresh_page()

        self.app.push_screen(ask_reviewer(self._reviewer), change)

    def action_quit(self) -> None:
        """Leave the app."""
        self.actions.leave()
