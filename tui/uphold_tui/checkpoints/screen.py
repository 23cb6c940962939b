"""The checkpoints of a set: its runs as a history against the blessed one, and what one of them lost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count_noun
from uphold.records.checkpoints import CheckpointRow, LostExample
from uphold.records.runs import Run
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.checkpoints.history_list import HistoryList, RowPlace
from uphold_tui.checkpoints.lost import LostStrip
from uphold_tui.checkpoints.rows import CheckpointLine, Columns, change_rows, heads
from uphold_tui.checkpoints.source import Changed, CheckpointsSource, History
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import CountPrefix, page_step
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, spread

_HELP_NOTE = (
    "The interval of a win rate is 95 %. The difference to the blessed run is paired, example by example, a tie being half a "
    "win; known in both are examples that were read in both runs, or whose answers are the same. What only the judge says "
    "was lost is muted and counts in no number. Benchmarks are points against the baseline."
)


@dataclass(frozen=True, slots=True)
class CheckpointsActions:
    """Callbacks into the app.

    `numbers` and `pairs` open those screens of a run, `run` begins a new checkpoint of the set, or shows the one that is
    under way, `back` closes this screen.
    """

    numbers: Callable[[Run], None]
    pairs: Callable[[Run], None]
    run: Callable[[], None]
    back: Callable[[], None]


class CheckpointsScreen(Screen[None]):
    """The checkpoints of a set; enter goes to the examples that the one under the cursor lost."""

    CSS_PATH = "checkpoints.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.CHECKPOINTS)

    def __init__(self, source: CheckpointsSource, actions: CheckpointsActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.CHECKPOINTS, options.keymap)}
        self.source, self.actions, self._signs = source, actions, options.signs
        self.history: History | None = None
        self.changed: dict[int, Changed] = {}
        self.marked: list[int] = []
        self.cursor = 0
        self.example: int | None = None
        self.shows_won = False
        self._count = CountPrefix()
        self._message = Content("")
        self._places: list[RowPlace] = []
        self._rows: list[Content] = []
        self.header = SplitRow("header")
        self.heads = Static(id="heads", markup=False)
        self.list = HistoryList("list")
        self.lost = Static(id="lost", markup=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield ProgressLine("hair")
        yield self.heads
        yield self.list
        yield self.lost
        yield self.footer

    def on_screen_resume(self) -> None:
        # The first frame comes before the numbers; they are read again after decisions were made on another screen.
        self.refresh_page()
        self.call_after_refresh(self._start_reading)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.set_class(event.size.height < 20, "-low")
        self.set_class(20 <= event.size.height < 30, "-short")
        self.set_class(30 <= event.size.height < 45, "-high")
        self.set_class(event.size.height >= 45, "-higher")
        self.refresh_page()

    # reading

    def _start_reading(self) -> None:
        self.run_worker(self._read(), exclusive=True)

    async def _read(self) -> None:
        """Read the history in a thread, then what the run under the cursor lost."""
        here = self.row.run.id if self.row is not None else None
        try:
            history = await asyncio.to_thread(self.source.history, self.history)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        if history is self.history:
            return
        self.history, self.changed = history, {}
        places = [place for place, row in enumerate(history.rows) if row.run.id == here]
        self.cursor = places[0] if places else min(self.cursor, max(len(history.rows) - 1, 0))
        self.refresh_page()
        await self._read_changed()

    async def _read_changed(self) -> None:
        """Read in a thread what the run under the cursor lost and won, where that is not known yet."""
        row, blessed = self.row, self.blessed
        if row is None or blessed is None or row.blessed is not None or row.run.id in self.changed:
            return
        try:
            found = await asyncio.to_thread(self.source.changed, blessed.run, row.run)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        self.changed[row.run.id] = found
        if self.row is row:
            self._refresh_lost()
            self._refresh_footer()

    @property
    def row(self) -> CheckpointRow | None:
        """The checkpoint under the cursor."""
        rows = self.history.rows if self.history is not None else ()
        return rows[self.cursor] if rows else None

    @property
    def blessed(self) -> CheckpointRow | None:
        """The blessed run."""
        return self.history.blessed if self.history is not None else None

    @property
    def examples(self) -> tuple[LostExample, ...] | None:
        """The examples in the strip; None while they are read."""
        found = self.changed.get(self.row.run.id) if self.row is not None else None
        return None if found is None else found.won if self.shows_won else found.lost

    # showing

    def refresh_page(self) -> None:
        """Show what has been read so far."""
        self._refresh_header()
        self._make_rows()
        self.list.show(self._rows, self._places, self.cursor)
        self._refresh_lost()
        self._refresh_footer()

    def show_message(self, message: Content) -> None:
        """Show a message in the header until the cursor moves."""
        self._message = message
        self._refresh_header()

    def _refresh_header(self) -> None:
        left = safe_text.line(self.source.set, BOLD)
        history = self.history
        if history is None:
            self.header.show(Content.assemble(left, ("   checkpoints", MUTED)))
            return
        baselines = list(dict.fromkeys(row.run.baseline for row in history.rows))
        against = Content("")
        if len(baselines) == 1:
            against = Content.assemble((" against ", FAINT), safe_text.line(baselines[0], MUTED))
        left = Content.assemble(left, ("   checkpoints", MUTED), against)
        blessed = (
            Content("   none blessed")
            if self.blessed is None
            else Content.assemble("   blessed: ", safe_text.line(self.blessed.run.candidate))
        )
        right = Content.assemble((count_noun(len(history.rows), "run"), MUTED), blessed.stylize(MUTED))
        if not self.has_class("-narrow"):
            right = Content.assemble(right, ("   by date", MUTED))
        self.header.show(left, right, self._message)

    def _make_rows(self) -> None:
        """Make the rows of the list: two a checkpoint, and one where judge or set changed."""
        margin = 1 if self.has_class("-narrow") else 2
        width = max(self.app.size.width - 2 - 2 * margin, 1)
        history, edge = self.history, " " * margin
        self._places, self._rows = [], []
        if history is None or not history.rows:
            words = (
                "counting …" if history is None else "No run yet.  r runs a checkpoint: answers, judge, what changed"
            )
            self._rows = [Content.assemble(edge, (words, MUTED))]
            self.heads.update("")
            return
        columns = Columns.fitting(width)
        scores = history.shown_scores
        head = heads(columns, scores, some_blessed=self.blessed is not None, carried=self._signs.carried)
        self.heads.update(Content("\n").join(Content.assemble(edge, row) for row in head))
        several = len({row.run.baseline_id for row in history.rows}) > 1
        gap = [] if self.has_class("-low") else [Content("")]
        rows: list[Content] = []
        for place, row in enumerate(history.rows):
            line = CheckpointLine(row, row.run.id in self.marked, several, history.scores.get(row.run.id, {}))
            self._places.append((len(rows), 2))
            rows += [*line.rows(columns, scores, self._signs), *gap]
            before = history.rows[place + 1].run if place + 1 < len(history.rows) else None
            for changed in change_rows(row, row.before == before, self._signs):
                rows += [*changed.wrap(width), *gap]
        self._rows = [Content.assemble(edge, spread(row, Content(""), width), edge) for row in rows]

    def _refresh_lost(self) -> None:
        self.set_class(self.example is not None, "-inside")
        width = max(self.app.size.width - (2 if self.has_class("-narrow") else 6), 1)
        heights = {"-higher": 14, "-high": 8, "-short": 5, "-low": 4}
        height = next((rows for name, rows in heights.items() if self.has_class(name)), 5)
        strip = LostStrip(
            self.row, self.blessed, self.examples, self.example, self.shows_won, self.source.reviewer, self._signs
        )
        self.lost.update(Content("\n").join(strip.rows(width, height)), layout=False)

    def _refresh_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"checkpoints.{name}"]) for name in names]

        if self.example is not None:
            other = "the lost ones" if self.shows_won else "the won ones"
            first = [
                entry(self.table["checkpoints.open"], "old and new answer"),
                entry(self.table["checkpoints.only"], other),
            ]
            self.footer.show([first, named("escape"), named("help", "back")])
            return
        has_lost = bool(self.examples)
        narrow = self.has_class("-narrow")
        word = "won" if self.shows_won else "lost"
        first = [entry(self.table["checkpoints.open"], word if narrow else f"the {word} examples")] if has_lost else []
        first += named("bless") if self.row is not None else []
        second = named("mark") if self.row is not None and len(self.history.rows if self.history else ()) > 1 else []
        second += named("compare") if self._to_compare() else []
        run = entry(self.table["checkpoints.run"], None if narrow else "new checkpoint")
        last = [entry(self.table["checkpoints.help"]), entry(self.table["checkpoints.back"])]
        if self.row is not None and self.app.size.width >= 120:
            second += named("hand_on")
        self.footer.show([first, second, [run], last])

    # going through the checkpoints

    def on_key(self, event: KeyEvent) -> None:
        """Take the digits of a number before the key that it is for."""
        if self._count.note_key(event):
            self.show_message(Content.styled(self._count.typed, MUTED))

    def action_move(self, step: int) -> None:
        """Move the cursor over the checkpoints, or over the examples, by the number typed before."""
        step *= self._count.take() or 1
        self._go((self.cursor if self.example is None else self.example) + step)

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        rows = self.list.size.height // 3 if self.example is None else self.lost.size.height - 2
        self.action_move(page_step(pages, rows))

    def action_ends(self, end: bool) -> None:
        """Go to the first checkpoint or example, or to the last; to the row whose number was typed before."""
        self._go((self._count.take() or (10**9 if end else 1)) - 1)

    def _go(self, index: int) -> None:
        self._message = Content("")
        if self.example is not None:
            self.example = min(max(index, 0), max(len(self.examples or ()) - 1, 0))
            self._refresh_lost()
            return
        if self.history is None or not self.history.rows:
            return
        self.cursor = min(max(index, 0), len(self.history.rows) - 1)
        self._refresh_header()
        self.list.go(self.cursor)
        self._refresh_lost()
        self._refresh_footer()
        self.run_worker(self._read_changed(), exclusive=True, group="changed")

    def on_history_list_clicked(self, event: HistoryList.Clicked) -> None:
        """Move the cursor to the checkpoint clicked; a click on the one under the cursor goes to its examples."""
        if event.index == self.cursor and self.example is None:
            self.action_open()
        else:
            self.example = None
            self._go(event.index)

    # acts

    def action_open(self) -> None:
        """Go to the examples of the strip; there, show the old and the new answer of one."""
        if self.example is None:
            if self.examples:
                self.example = 0
                self._refresh_lost()
                self._refresh_footer()
            return
        self._show_both()

    def _show_both(self) -> None:
        from uphold_tui.checkpoints.side_by_side import OldAndNewScreen

        row, blessed, examples, at = self.row, self.blessed, self.examples, self.example
        if row is None or blessed is None or not examples or at is None:
            return
        screen = OldAndNewScreen(blessed.run, row.run, examples, at, self.source, self._signs)
        self.app.push_screen(screen, self._return_to_example)

    def _return_to_example(self, at: int | None) -> None:
        if at is not None and self.example is not None:
            self.example = at
            self._refresh_lost()

    def action_escape(self) -> None:
        """Back from the examples to the checkpoints."""
        if self.example is not None:
            self.example = None
            self._refresh_lost()
            self._refresh_footer()
        elif self.marked:
            self.marked = []
            self.refresh_page()

    def action_won(self) -> None:
        """Show what was won in place of what was lost, or what was lost again."""
        self.shows_won = not self.shows_won
        if self.example is not None:
            self.example = 0
        self._refresh_lost()
        self._refresh_footer()

    def action_mark(self) -> None:
        """Mark the checkpoint under the cursor for a comparison, or take the mark away."""
        if self.row is None or self.example is not None:
            return
        run_id = self.row.run.id
        if run_id in self.marked:
            self.marked.remove(run_id)
        else:
            self.marked.append(run_id)
        self.refresh_page()

    def _to_compare(self) -> list[Run]:
        """Return the runs that would be compared, earlier first: the marked ones; with one, or none, more are taken.

        The one under the cursor joins a single mark; the blessed one joins the one under the cursor.
        """
        if self.history is None or self.row is None:
            return []
        wanted = set(self.marked)
        if len(wanted) < 2:
            wanted.add(self.row.run.id)
        if len(wanted) < 2 and self.blessed is not None:
            wanted.add(self.blessed.run.id)
        found = [row.run for row in reversed(self.history.rows) if row.run.id in wanted]
        return found if len(found) > 1 else []

    def action_compare(self) -> None:
        """Compare the marked checkpoints: which is the best, which may be, which is not."""
        found = self._to_compare()
        if found:
            self.run_worker(self._compare(found), exclusive=True, group="compare")
        else:
            self.show_message(Content.styled("space marks the checkpoints to compare", MUTED))

    async def _compare(self, found: list[Run]) -> None:
        try:
            report = await asyncio.to_thread(self.source.compared, found)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        if self.app.screen is self:
            from uphold_tui.dialogs.report import ReportScreen

            self.app.push_screen(ReportScreen(report))

    def action_bless(self) -> None:
        """Ask for a note, and bless the checkpoint under the cursor."""
        from uphold_tui.dialogs.ask import AskScreen, Question

        row = self.row
        if row is None:
            return
        note = row.blessed.note if row.blessed is not None else None
        question = Question(
            f"Bless {safe_text.safe_line(row.run.candidate)[:40]}",
            "others are held against it",
            initial=note or "",
            hint="why this one, if you like: released on 3 March",
            keys=(("enter", "bless it"), ("esc", "leave it")),
        )

        def answered(typed: str | None) -> None:
            if typed is not None:
                self.run_worker(self._bless(row.run, typed or None), group="bless")

        self.app.push_screen(AskScreen(question), answered)

    async def _bless(self, run: Run, note: str | None) -> None:
        try:
            found = await asyncio.to_thread(self.source.bless, run, note)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        self.show_message(Content.assemble(safe_text.line(found.run.candidate, MUTED), (" is blessed", MUTED)))
        self._start_reading()

    def action_run_checkpoint(self) -> None:
        """Begin a new checkpoint of the set, or show the one that is under way."""
        self._try(self.actions.run)

    def action_numbers(self) -> None:
        """Show the numbers of the run under the cursor."""
        if (row := self.row) is not None:
            self._try(lambda: self.actions.numbers(row.run))

    def action_pairs(self) -> None:
        """List the pairs of the run under the cursor."""
        if (row := self.row) is not None:
            self._try(lambda: self.actions.pairs(row.run))

    def action_hand_on(self) -> None:
        """Ask for a form and a file, and write a report of the marked checkpoints, or of the one under the cursor."""
        from uphold_tui.dialogs.hand_on import offer_to_hand_on

        if self.history is not None and self.row is not None:
            marked = [row.run for row in self.history.rows if row.run.id in self.marked]
            offer_to_hand_on(self, marked or [self.row.run], self.source.judge, self.source.hand_on)

    def _try(self, action: Callable[[], None]) -> None:
        attempt(action, self.show_message)

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys in the checkpoints", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self.source.set, self.row.run if self.row is not None else None)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Back from the examples to the checkpoints, and from those to the screen before."""
        if self.example is not None:
            self.action_escape()
        else:
            self.actions.back()
