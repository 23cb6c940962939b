"""The screen of a run's numbers, and what it reads from the database in threads."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen

from uphold.errors import UpholdError
from uphold.formatting import of_n
from uphold.records.certificates import Standing
from uphold.records.judgments import JudgeRef
from uphold.records.pair_list import PairFilter
from uphold.records.pinned_judge import PinnedJudge, pin_sentence
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.reports.run_report import run_report
from uphold.reviewing.advice import Advice
from uphold.workflows.handing_on import HandOnRequest, hand_on
from uphold.workflows.history import RunPoint, set_history
from uphold.workflows.lookup import open_store
from uphold.workflows.pinning import toggle_pin
from uphold.workflows.review_opening import queue_advice
from uphold.workflows.standing import statistics_standing
from uphold.workflows.statistics import StatisticsOptions, judge_names, read_run_statistics
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.numbers.links import LinkedPage
from uphold_tui.numbers.page import NumbersView, page_columns
from uphold_tui.place import Place
from uphold_tui.themes import DOUBT, MUTED
from uphold_tui.widgets import header
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, has_room

_FOOTER_PADDING = 6
"""Cells at both ends of a footer that is not narrow, as in numbers.tcss."""

_HELP_NOTE = (
    "Intervals are 95 %. Like these: instructions of the same kind, read or not. This set: exactly these. Ties half: a tie "
    "counts one half. Humans only: without the judge’s help. κ is agreement above chance: 0 is chance, 1 is always. A judge "
    "alone is an opinion, so it has no interval. Rows of the table are what people say, columns what the judge says."
)


@dataclass(frozen=True, slots=True)
class NumbersSource:
    """Reads what the screen shows. Each function opens the database itself, so that it can be called in a thread.

    `numbers` and `advice` (on what to read next) take the name of a judge, or None for that of the headline. `standing` is the
    certificate of the judge of some numbers. `judges` are the names of the run's judges, that one first. `pin` pins a judge
    to the run's set, or takes its pin away. `hand_on` writes a report or an export to a file, and returns what was written in
    words.
    """

    run: Run
    reviewer: str
    numbers: Callable[[str | None], RunStatistics]
    judges: Callable[[], list[str]]
    history: Callable[[], list[RunPoint]]
    advice: Callable[[str | None], Advice]
    pin: Callable[[JudgeRef], PinnedJudge]
    hand_on: Callable[[HandOnRequest], str]
    standing: Callable[[RunStatistics], Standing | None]


def numbers_source(path: Path, run: Run, reviewer: str, named: str | None = None) -> NumbersSource:
    """Return the source of a run's numbers in the database at `path`; `named` is the judge that the user named."""

    def numbers(judge: str | None) -> RunStatistics:
        with open_store(path) as store:
            return read_run_statistics(store, run.name, StatisticsOptions(judge=judge or named, by_tag=True))

    def judges() -> list[str]:
        with open_store(path) as store:
            return judge_names(store, run, named)

    def history() -> list[RunPoint]:
        with open_store(path) as store:
            return set_history(store, run.set_id, run.baseline_id, named)

    def advice(judge: str | None) -> Advice:
        with open_store(path) as store:
            return queue_advice(store, run, reviewer, judge or named)

    def pin(judge: JudgeRef) -> PinnedJudge:
        with open_store(path) as store:
            return toggle_pin(store, run.set, judge, reviewer)

    def handed_on(request: HandOnRequest) -> str:
        return hand_on(path, replace(request, judge=request.judge or named))

    def standing(numbers: RunStatistics) -> Standing | None:
        with open_store(path) as store:
            return statistics_standing(store, numbers)

    return NumbersSource(run, reviewer, numbers, judges, history, advice, pin, handed_on, standing)


@dataclass(frozen=True, slots=True)
class NumbersActions:
    """Callbacks into the app.

    `pairs` lists pairs by a filter with the verdicts of a judge, `review` opens a queue, `leave` closes this screen.
    `pinned` is called after a judge was pinned or a pin was taken away. `checkpoints` shows the runs of the set, `standing`
    what is certified of a judge, `workbench` a judge at work, `wrong` where a judge is wrong; None: not offered.
    """

    pairs: Callable[[PairFilter, JudgeRef | None], None]
    review: Callable[[str], None]
    leave: Callable[[], None]
    pinned: Callable[[], None]
    checkpoints: Callable[[], None] | None = None
    standing: Callable[[JudgeRef | None], None] | None = None
    workbench: Callable[[], None] | None = None
    wrong: Callable[[JudgeRef], None] | None = None


class NumbersScreen(Screen[None]):
    """The numbers of a run; j and k go from number to number, enter lists the pairs behind one."""

    CSS_PATH = "numbers.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.NUMBERS)

    def __init__(self, source: NumbersSource, actions: NumbersActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.NUMBERS, options.keymap)}
        self.source, self.actions = source, actions
        self.judge: str | None = None
        self.by_tag = False
        self._shows_tags = self._has_history = self._shows_all = False
        self._when_read: Callable[[], None] | None = None
        self.judges: list[str] = []
        self.history: list[RunPoint] = []
        self.linked = LinkedPage()
        self._by_judge: dict[str | None, RunStatistics] = {}
        self._standings: dict[str | None, Standing | None] = {}
        self._placeholder = Content("counting …").stylize(MUTED)
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.message_row = SplitRow("message")
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.linked.page
        yield self.message_row
        yield self.footer

    def on_screen_resume(self) -> None:
        # The first frame comes before the numbers; they are read again after decisions were made on another screen.
        self.call_after_refresh(self._start_reading, again=True)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.refresh_page()

    # reading

    def _start_reading(self, *, again: bool = False) -> None:
        self.run_worker(self._read(again), exclusive=True)

    async def _read(self, again: bool) -> None:
        """Read the numbers of the present judge in a thread, and after the first time the history too."""
        judge = self.judge
        try:
            if again or judge not in self._by_judge:
                statistics = await asyncio.to_thread(self.source.numbers, judge)
                self._by_judge = {judge: statistics} if again else {**self._by_judge, judge: statistics}
                self._standings[judge] = await asyncio.to_thread(self.source.standing, statistics)
                self.refresh_page()
                self._do_when_read()
            if again:
                self.judges = await asyncio.to_thread(self.source.judges)
                self.history = await asyncio.to_thread(self.source.history)
        except UpholdError as error:
            self._placeholder = safe_text.line(str(error), DOUBT)
        self.refresh_page()

    def _do_when_read(self) -> None:
        """Do what was asked for before the numbers were there."""
        act, self._when_read = self._when_read, None
        if act is not None and self.app.screen is self:
            act()

    @property
    def statistics(self) -> RunStatistics | None:
        """The numbers of the present judge; None while they are being read."""
        return self._by_judge.get(self.judge)

    # showing

    def refresh_page(self) -> None:
        """Show what has been read so far."""
        self._refresh_header()
        statistics = self.statistics
        if statistics is None:
            self.linked.show_instead(self._placeholder)
        else:
            view = NumbersView(
                report=run_report(statistics, full=True, standing=self._standings.get(self.judge)),
                run=self.source.run.name,
                candidate=self.source.run.candidate,
                reviewer=self.source.reviewer,
                readers=statistics.reviewers.names,
                history=self.history,
                by_tag=self.by_tag,
            )
            self._show_page(view)
        self._refresh_footer()

    def show_message(self, message: Content) -> None:
        """Show a message above the footer."""
        self.set_class(bool(message), "-message")
        self.message_row.show(message)

    def _show_page(self, view: NumbersView) -> None:
        """Lay out the page in columns."""
        columns, widths = page_columns(view, self.app.size.width - (3 if self.has_class("-narrow") else 5))
        self._shows_tags, self._has_history = view.shows_tags(len(columns)), view.has_history
        self._shows_all = len(columns) == 3
        self.linked.show(columns, widths)

    def _refresh_header(self) -> None:
        run, statistics = self.source.run, self.statistics
        names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
        left = header.title(*names, ())
        if statistics is None:
            self.header.show(left)
            return
        reviewed, pairs = statistics.human.reviewed, statistics.pairs
        self.header.show(left, Content.styled(f"{of_n(reviewed, pairs)} reviewed", MUTED))
        self.hair.show(ReviewProgress(total=pairs, read=reviewed))

    def _refresh_footer(self) -> None:
        table = {name.removeprefix("figures."): key for name, key in self.table.items()}
        narrow = self.has_class("-narrow")
        width = self.app.size.width
        wide = width >= 140
        first = [entry(table["open"], None if narrow else "pairs behind it")]
        if wide:
            first.append(entry(table["move"], "next number"))
        last = [entry(table["help"], None if narrow else "what these mean"), entry(table["back"])]
        second: list[Content] = []
        for name in [*self._usual_keys(), *self._optional_keys(wide=wide)]:
            if has_room([first, [*second, entry(table[name])], last], width - (2 if narrow else _FOOTER_PADDING)):
                second.append(entry(table[name]))
        self.footer.show([first, second, last] if width >= 50 else [last])

    def _usual_keys(self) -> list[str]:
        """Return the keys that stand in the footer before all others, as far as there is something for them to show."""
        names = ["judge"] if len(self.judges) > 1 else []
        if not self._shows_all and self._shows_tags and self._has_history:
            names.append("history")
        elif not self._shows_tags and self.statistics is not None and self.statistics.tags:
            names.append("tags")
        return [*names, "next", "export"]

    def _optional_keys(self, *, wide: bool) -> list[str]:
        """Return the keys that stand in the footer where it has room for them, the first before the others."""
        names = ["wrong"] if self._shown_judge is not None and self.actions.wrong is not None else []
        if self.judges and (wide or len(self.judges) > 1):
            names.append("pin")
        if wide:
            names.append("pairs")
            offered = {name: getattr(self.actions, name) for name in ("checkpoints", "standing", "workbench")}
            names += [name for name, action in offered.items() if action is not None]
        return names

    # going through the numbers

    def action_move(self, step: int) -> None:
        """Move the cursor to the next number that lists pairs, or the previous one."""
        self.linked.move(step)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.linked.turn(pages)

    def action_open(self) -> None:
        """List the pairs behind the number under the cursor."""
        if self.linked.selected is not None:
            self.actions.pairs(self.linked.selected, self._counted_judge)

    def on_click(self, event: Click) -> None:
        """List the pairs behind the number that was clicked."""
        if self.linked.put_cursor(event):
            self.action_open()

    def action_judge(self) -> None:
        """Show the numbers with the next judge."""
        names = self.judges
        if len(names) < 2:
            return
        index = names.index(self.judge) if self.judge in names else 0
        following = names[(index + 1) % len(names)]
        self.judge = following if following != names[0] else None
        self.refresh_page()
        self._start_reading()

    def action_tags(self) -> None:
        """Switch between tags and history."""
        self.by_tag = not self.by_tag
        self.refresh_page()

    def action_history(self) -> None:
        """Show the history in place of the tags."""
        self.by_tag = False
        self.refresh_page()

    @property
    def _shown_judge(self) -> JudgeRef | None:
        """The judge that the numbers on the page speak of."""
        return self.statistics.judge.shown if self.statistics is not None else None

    @property
    def _counted_judge(self) -> JudgeRef | None:
        """The judge whose verdicts the page counts: another one where that of the headline has read no pair."""
        first = next(iter(self.statistics.judges), None) if self.statistics is not None else None
        return self._shown_judge if first is None else JudgeRef(first.judge_id, first.name, first.kind, first.version)

    def action_pin(self) -> None:
        """Pin the judge on the page to the set, so that its headlines rest on it; or take its pin away."""
        judge = self._shown_judge
        if judge is None:
            self.show_message(Content.styled("no judge to pin: none has read this run", MUTED))
            return
        pinned = attempt(lambda: self.source.pin(judge), self.show_message)
        if pinned is None:
            return
        self.judge = None
        self.actions.pinned()
        self.show_message(safe_text.line(pin_sentence(pinned), MUTED))
        self._start_reading(again=True)

    def action_checkpoints(self) -> None:
        """Show the runs of the set as checkpoints."""
        if self.actions.checkpoints is not None:
            self.actions.checkpoints()

    def action_standing(self) -> None:
        """Show what is certified of the judge on the page, once the numbers are there."""
        if self.statistics is None:
            self._when_read = self.action_standing
        elif self.actions.standing is not None:
            self.actions.standing(self._shown_judge)

    def action_workbench(self) -> None:
        """Show a judge at work on the decided pairs of the run."""
        if self.actions.workbench is not None:
            self.actions.workbench()

    def action_wrong(self) -> None:
        """Show where the judge on the page is wrong, once the numbers are there."""
        if self.statistics is None:
            self._when_read = self.action_wrong
            return
        judge = self._shown_judge
        if judge is None:
            self.show_message(Content.styled("no judge has read this run: nobody is wrong yet", MUTED))
        elif self.actions.wrong is not None:
            self.actions.wrong(judge)

    # what to read next, handing on

    def action_next(self) -> None:
        """Advise what to read next."""
        self.run_worker(self._advise(), exclusive=True, group="other")

    async def _advise(self) -> None:
        try:
            advice = await asyncio.to_thread(self.source.advice, self.judge)
        except UpholdError as error:
            self.show_message(safe_text.line(str(error), DOUBT))
            return
        if self.app.screen is self:
            self._show_advice(advice)

    def _show_advice(self, advice: Advice) -> None:
        from uphold_tui.dialogs.panels import QueueAdviceScreen

        def review(queue: str | None) -> None:
            if queue is not None:
                attempt(lambda: self.actions.review(queue), self.show_message)

        self.app.push_screen(QueueAdviceScreen(advice), review)

    def action_hand_on(self) -> None:
        """Ask for a form and a file, and write a report of the run or an export of its pairs into it."""
        from uphold_tui.dialogs.hand_on import offer_to_hand_on

        offer_to_hand_on(self, [self.source.run], self.judge, self.source.hand_on)

    # other screens

    def action_pairs(self) -> None:
        """List all pairs of the run."""
        self.actions.pairs(PairFilter(), self._shown_judge)

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show what the numbers mean, and the keys."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys in the numbers", self._active_keys(), _HELP_NOTE))

    def _active_keys(self) -> tuple[keys.Key, ...]:
        """Return the keys that do something here."""
        offers = {
            "figures.checkpoints": self.actions.checkpoints,
            "figures.standing": self.actions.standing,
            "figures.workbench": self.actions.workbench,
            "figures.wrong": self.actions.wrong,
        }
        return tuple(key for key in self.table.values() if offers.get(key.id, key) is not None)

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.source.run)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self._active_keys())

    def action_back(self) -> None:
        """Close the screen."""
        self.actions.leave()
