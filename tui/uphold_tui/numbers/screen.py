"""What the numbers' screen reads, each time from the file anew: a thread may do it, and a connection belongs to one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.records.pair_list import PairFilter
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.reviewing.advice import Advice
from uphold.workflows.comparison import RunPoint, set_history
from uphold.workflows.lookup import open_store
from uphold.workflows.review_opening import queue_advice
from uphold.workflows.statistics import read_run_statistics
from uphold_tui import keys, safe_text
from uphold_tui.numbers.page import FigureLink, NumbersView, laid, left_rows, right_rows
from uphold_tui.review import header
from uphold_tui.review.header import HairLine
from uphold_tui.themes import DOUBT, MUTED, PLAIN, TINT, Signs
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry

JSONL = ".jsonl"


@dataclass(frozen=True, slots=True)
class NumbersSource:
    """What the numbers' screen asks for; reading takes long on large runs, so that a thread does it.

    `numbers` of one judge by name, or of the run's own; `advice` is what to read next; `export` writes the run's pairs
    into a new file, as its name ends, and answers how many.
    """

    run: Run
    reviewer: str
    numbers: Callable[[str | None], RunStatistics]
    history: Callable[[], list[RunPoint]]
    advice: Callable[[str | None], Advice]
    export: Callable[[Path], int]


def numbers_source(path: Path, run: Run, reviewer: str) -> NumbersSource:
    """The numbers of a run, and the history of its set."""

    def numbers(judge: str | None) -> RunStatistics:
        with open_store(path) as store:
            return read_run_statistics(store, run.name, judge=judge, by_tag=True)

    def history() -> list[RunPoint]:
        with open_store(path) as store:
            return set_history(store, run.set_id, run.baseline_id)

    def advice(judge: str | None) -> Advice:
        with open_store(path) as store:
            return queue_advice(store, run, reviewer, judge)

    def export(target: Path) -> int:
        from uphold.workflows.exporting import ExportRequest, open_export, write_lines

        form = "jsonl" if target.suffix.lower() == JSONL else "csv"
        with open_store(path, reading=True) as store, open_export(store, ExportRequest(run.name)) as made:
            write_lines(made.lines(form), target, store.path)
            return len(made)

    return NumbersSource(run, reviewer, numbers, history, advice, export)


def free_name(run: Run) -> str:
    """A file name for a run that is not taken in the present folder."""
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in run.name)[:60].strip(".-") or "run"
    names = (f"{name}{number}.csv" for number in ("", *(f"-{count}" for count in range(2, 1000))))
    return next((one for one in names if not Path(one).exists()), f"{name}.csv")


@dataclass(frozen=True, slots=True)
class NumbersActions:
    """Where the numbers lead: the pairs behind a figure, a queue to read, back."""

    pairs: Callable[[PairFilter], None]
    read: Callable[[str], None]
    leave: Callable[[], None]


class FigureWays(Screen[None]):
    """What the screen of numbers can do with them; what comes of it stands above the footer."""

    def __init__(self, counted: NumbersSource, doors: NumbersActions) -> None:
        super().__init__()
        self.counted, self.doors = counted, doors
        self.judge: str | None = None
        self.said = SplitRow("said")

    def say(self, message: Content) -> None:
        """Say something above the footer."""
        self.set_class(bool(message), "-said")
        self.said.put(message)

    def action_pairs(self) -> None:
        """All pairs of the run."""
        self.doors.pairs(PairFilter())

    def action_next(self) -> None:
        """What to read next."""
        self.run_worker(self._advise(), exclusive=True, group="beside")

    async def _advise(self) -> None:
        try:
            found = await asyncio.to_thread(self.counted.advice, self.judge)
        except UpholdError as error:
            self.say(safe_text.line(str(error), DOUBT))
            return
        if self.app.screen is self:
            self._offer(found)

    def _offer(self, advice: Advice) -> None:
        from uphold_tui.dialogs.panels import QueueAdviceScreen

        def chosen(queue: str | None) -> None:
            if queue is not None:
                try:
                    self.doors.read(queue)
                except UpholdError as error:
                    self.say(safe_text.line(str(error), DOUBT))

        self.app.push_screen(QueueAdviceScreen(advice), chosen)

    def action_export(self) -> None:
        """Write the run's pairs into a file."""
        from uphold_tui.dialogs.ask import AskScreen

        def named(name: str | None) -> None:
            if not name:
                return
            try:
                target = Path(name).expanduser().absolute()
            except RuntimeError:  # ~name of nobody
                self.say(Content.assemble(safe_text.line(name, DOUBT), (": there is no such person here", DOUBT)))
                return
            self.run_worker(self._export(target), exclusive=True, group="beside")

        why = "csv, or jsonl where the name ends so"
        self.app.push_screen(AskScreen("Export the pairs to", why, free_name(self.counted.run)), named)

    async def _export(self, target: Path) -> None:
        self.say(Content.styled("writing …", MUTED))
        try:
            pairs = await asyncio.to_thread(self.counted.export, target)
        except UpholdError as error:
            self.say(safe_text.line(str(error), DOUBT))
            return
        written = f"{pairs:,} {'pair' if pairs == 1 else 'pairs'} written to "
        self.say(Content.assemble((written, MUTED), safe_text.line(str(target))))


_BETWEEN = 6


class NumbersScreen(FigureWays):
    """j k go from figure to figure, enter opens the pairs behind one."""

    CSS_PATH = "numbers.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.NUMBERS)

    def __init__(
        self,
        counted: NumbersSource,
        doors: NumbersActions,
        *,
        keymap: keys.KeyMap,
        signs: Signs = PLAIN,
    ) -> None:
        super().__init__(counted, doors)
        self.table = {key.id: key for key in keys.remapped(keys.NUMBERS, keymap)}
        self.signs = signs
        self.numbers: dict[str | None, RunStatistics] = {}
        self.history: list[RunPoint] = []
        self.by_tag = False
        self.at = 0
        self.places: list[FigureLink] = []
        self.told = Content("counting …").stylize(MUTED)
        self.header = SplitRow("header")
        self.hair = HairLine("hair")
        self.figures = Static(id="figures", markup=False)
        self.page = VerticalScroll(self.figures, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.page
        yield self.said
        yield self.footer

    def on_screen_resume(self) -> None:
        # The first frame comes before the numbers; decisions made meanwhile count when one comes back.
        self.call_after_refresh(self._count, anew=True)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.draw()

    # counting

    def _count(self, *, anew: bool = False) -> None:
        self.run_worker(self._read(anew), exclusive=True)

    async def _read(self, anew: bool) -> None:
        judge = self.judge
        try:
            if anew or judge not in self.numbers:
                found = await asyncio.to_thread(self.counted.numbers, judge)
                self.numbers = {judge: found} if anew else {**self.numbers, judge: found}
                self.draw()
            if anew:
                self.history = await asyncio.to_thread(self.counted.history)
        except UpholdError as error:
            self.told = safe_text.line(str(error), DOUBT)
        self.draw()

    # drawing

    @property
    def shown(self) -> RunStatistics | None:
        """The numbers at hand."""
        return self.numbers.get(self.judge)

    def draw(self) -> None:
        """Draw what has been counted so far."""
        self._draw_head()
        numbers = self.shown
        if numbers is None:
            self.figures.update(self.told)
        else:
            view = NumbersView(numbers, self.counted.reviewer, self.history, self.by_tag, self.signs)
            self.figures.update(self._laid(view))
        self._draw_foot()

    def _laid(self, view: NumbersView) -> Content:
        width = self.app.size.width - (3 if self.has_class("-narrow") else 5)
        if self.has_class("-narrow"):
            columns = [[*left_rows(view, width), ((Content(""), None),), *right_rows(view, width)]]
            widths = [width]
        else:
            half = min((width - _BETWEEN) // 2, 76)
            columns, widths = [left_rows(view, half), right_rows(view, half)], [half + _BETWEEN, half]
        rows, self.places = laid(columns, widths)
        self.at = min(self.at, max(len(self.places) - 1, 0))
        made = [Content.assemble(*parts) for parts in rows]
        if self.places:
            region = self.places[self.at].region
            made[region.y] = made[region.y].stylize(TINT, region.x, region.right)
        return Content("\n").join(made)

    def _draw_head(self) -> None:
        run, numbers = self.counted.run, self.shown
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
        left = header.title(*names, (), gap="  " if self.has_class("-narrow") else "   ")
        if numbers is None:
            self.header.put(left)
            return
        self.header.put(left, Content.styled(f"{numbers.human.reviewed:,} of {numbers.pairs:,} reviewed", MUTED))
        self.hair.put(ReviewProgress(total=numbers.pairs, read=numbers.human.reviewed))

    def _draw_foot(self) -> None:
        table = {name.removeprefix("figures."): key for name, key in self.table.items()}
        narrow = self.has_class("-narrow")
        wide = self.app.size.width >= 140
        first = [entry(table["open"], None if narrow else "pairs behind it")]
        if wide:
            first.append(entry(table["move"], "next figure"))
        second = []
        numbers = self.shown
        if len(self.judges) > 1:
            second.append(entry(table["judge"]))
        if numbers is not None and numbers.tags:
            second.append(entry(table["history"] if self.by_tag else table["tags"]))
        second += [entry(table["next"]), entry(table["export"])]
        if wide:
            second.append(entry(table["pairs"]))
        last = [entry(table["help"], None if narrow else "what these mean"), entry(table["back"])]
        self.footer.put([first, second, last] if self.app.size.width >= 50 else [last])

    # keys

    @property
    def judges(self) -> list[str]:
        """The names of the run's judges, the primary one first."""
        first = self.numbers.get(None)
        return list(dict.fromkeys(judge.name for judge in first.judges)) if first is not None else []

    def action_move(self, step: int) -> None:
        """To the next figure that opens something, or the one before."""
        if self.places:
            self.at = (self.at + step) % len(self.places)
            self.draw()
            self.page.scroll_to_region(self.places[self.at].region.grow((2, 0, 2, 0)), animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """A page down, or up."""
        top = self.page.scroll_offset.y + pages * max(self.page.size.height - 1, 1)
        self.page.scroll_to(y=top, animate=False, immediate=True)

    def action_open(self) -> None:
        """The pairs behind the figure."""
        if self.places:
            self.doors.pairs(self.places[self.at].wanted)

    def on_click(self, event: Click) -> None:
        """A click on a figure opens the pairs behind it."""
        x, y = event.screen_x - self.figures.region.x, event.screen_y - self.figures.region.y
        if not self.page.region.contains(event.screen_x, event.screen_y):
            return
        for number, place in enumerate(self.places):
            if place.region.contains(x, y):
                self.at = number
                self.action_open()
                return

    def action_judge(self) -> None:
        """The next judge."""
        names = self.judges
        if len(names) < 2:
            return
        here = names.index(self.judge) if self.judge in names else 0
        following = names[(here + 1) % len(names)]
        self.judge = following if following != names[0] else None
        self.draw()
        self._count()

    def action_tags(self) -> None:
        """Tags, or history."""
        self.by_tag = not self.by_tag
        self.draw()

    def action_history(self) -> None:
        """History, in place of tags."""
        self.by_tag = False
        self.draw()

    def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """What the figures mean, and the keys."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys in the numbers", tuple(self.table.values()), _NOTE))

    def action_command(self) -> None:
        """Any command by its name."""
        from uphold_tui.dialogs.commands import CommandScreen, key_commands, theme_commands

        def run(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        self.app.push_screen(CommandScreen([*key_commands(self.table.values()), *theme_commands(self.app)]), run)

    def action_back(self) -> None:
        """Back to where one came from."""
        self.doors.leave()


_NOTE = (
    "Intervals are 95 %. Like these: instructions of the same kind, read or not. This set: exactly these. Ties half: a tie "
    "counts one half. Humans only: without the judge’s help. κ is agreement above chance: 0 is chance, 1 is always. A judge "
    "alone is an opinion, so it has no interval. Rows of the table are what people say, columns what the judge says."
)
