"""The workbench: a judge's rubric is worked on, tried on the development half, kept, and tested once on the locked half."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count, of_n
from uphold.records.judge_clauses import JudgePrompt, changed_clauses, suggested_clause
from uphold.records.trials import Trial, TrialPair
from uphold.reports.trial_report import tries_report
from uphold.workflows.judge_workbench import Workbench, as_shown, edited_clause, written_clause
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.dialogs.choose import Choice, ChooseScreen
from uphold_tui.place import Place
from uphold_tui.themes import DOUBT, MUTED
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.rows import KeyFooter, SplitRow, spread
from uphold_tui.workbench.detail_pane import DetailPane, PairWanted
from uphold_tui.workbench.draft import Draft
from uphold_tui.workbench.options import pair_options, reason_options, version_options
from uphold_tui.workbench.page import WorkbenchPage
from uphold_tui.workbench.result import TrialView, changed_pairs, pair_rows, trial_rows
from uphold_tui.workbench.rubric import RubricRows, rubric_rows
from uphold_tui.workbench.source import PlannedTrial, TrialWork, WorkbenchSource
from uphold_tui.workbench.waiting import progress_rows, untried_rows

_TALL = 44
"""Rows from which a wide screen has room for what is under the cursor, below rubric and result."""

_HELP_NOTE = (
    "A set has two halves. Here the development half is worked with: its reasons become clauses, its decisions examples, and a "
    "try asks the judge about its decided pairs. The locked half is kept for one test. A gain counts where its interval leaves "
    "out 0 and it is larger than what the old judge moves when it is asked twice. Nothing of a try enters a verdict."
)


@dataclass(frozen=True, slots=True)
class WorkbenchActions:
    """Callbacks into the app.

    `begin` keeps a try that was begun, so that leaving the app stops it; `at_work` is one that goes on, if any. `open_pair`
    opens a pair of the run in the review, `test` the test of a judge, by name and version, on the locked half; `back` closes
    this screen.
    """

    begin: Callable[[TrialWork], None]
    at_work: Callable[[], TrialWork | None]
    open_pair: Callable[[int], None]
    test: Callable[[str], None]
    back: Callable[[], None]


class WorkbenchScreen(Screen[None]):
    """A judge at work; enter tries the draft, space turns a clause on or off."""

    CSS_PATH = "workbench.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.WORKBENCH)

    class Updated(Message):
        """The try has got on, or has ended."""

    def __init__(self, source: WorkbenchSource, actions: WorkbenchActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.WORKBENCH, options.keymap)}
        self.source, self.actions, self._signs = source, actions, options.signs
        self.written = Draft()
        self._at: Region | None = None
        self.planned: PlannedTrial | None = None
        self.changed: tuple[TrialPair, ...] = ()
        self.unplanned = ""
        self._is_planning = False
        self.cursor = 0
        self.pair: int | None = None
        self.work = actions.at_work()
        self._message = Content("")
        self.header = SplitRow("header")
        self.clauses = Static(id="clauses", markup=False)
        self.trial = Static(id="trial", markup=False)
        self.rubric = VerticalScroll(self.clauses, id="rubric", can_focus=False)
        self.pairs = Static(id="pairs", markup=False)
        self.result = VerticalScroll(self.trial, self.pairs, id="result", can_focus=False)
        self.detail = DetailPane(source, self._signs)
        self.strip = Static(id="strip", markup=False)
        self.strip.auto_links = False
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield ProgressLine("hair")
        yield Container(self.rubric, self.result, id="columns")
        yield self.detail
        yield self.strip
        yield self.footer

    def on_mount(self) -> None:
        if self.work is not None:
            self._subscribe(self.work)

    def on_unmount(self) -> None:
        if self.work is not None:
            self.work.on_update = lambda: None

    def on_screen_resume(self) -> None:
        # The first frame comes before what is read; it is read again after a review or a test.
        self.refresh_page()
        self.call_after_refresh(self._start_reading)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.set_class(event.size.width >= 160, "-wide")
        self.set_class(event.size.height < 30, "-low")
        self.set_class(event.size.width >= 160 and event.size.height >= _TALL, "-tall")
        self.refresh_page()

    # reading

    def _start_reading(self) -> None:
        self.run_worker(self._read(), exclusive=True)

    async def _read(self) -> None:
        try:
            bench = await asyncio.to_thread(self.source.read)
        except UpholdError as error:
            self.say(safe_text.line(str(error), DOUBT))
            return
        self.written.read(bench)
        self.refresh_page()
        self._start_planning()

    def _start_planning(self) -> None:
        if not self._is_planning:
            self.run_worker(self._plan(), group="plan")

    async def _plan(self) -> None:
        """Read in a thread what a try of the draft would take, and what is known of it.

        One thread at a time: what is changed meanwhile is read when it is done.
        """
        self._is_planning = True
        try:
            known: tuple[Workbench | None, JudgePrompt | None] = (None, None)
            while known != (self.bench, self.draft):
                known = bench, draft = self.bench, self.draft
                if bench is None or bench.problem:
                    return
                try:
                    planned, unplanned = await asyncio.to_thread(self.source.plan, bench, draft), ""
                except UpholdError as error:
                    planned, unplanned = None, str(error)
                if draft is self.draft:
                    self._show_planned(planned, unplanned)
        finally:
            self._is_planning = False

    def _show_planned(self, planned: PlannedTrial | None, unplanned: str = "") -> None:
        self.planned, self.unplanned = planned, unplanned
        trial = self.shown_trial
        self.changed = changed_pairs(trial) if trial is not None else ()
        if self.pair is not None:
            self.pair = min(self.pair, len(self.changed) - 1) if self.changed else None
        self.refresh_page()

    @property
    def bench(self) -> Workbench | None:
        """What was read; None before."""
        return self.written.bench

    @property
    def draft(self) -> JudgePrompt:
        """What the draft asks."""
        return self.written.prompt

    @property
    def shown_trial(self) -> Trial | None:
        """The try of the draft, as far as it is known."""
        return self.planned.trial if self.planned is not None else None

    @property
    def is_trying(self) -> bool:
        """Whether a judge is being asked."""
        return self.work is not None and self.work.is_running

    @property
    def is_new(self) -> bool:
        """Whether the draft is in no version yet."""
        return self.written.is_new

    # showing

    def say(self, message: Content) -> None:
        """Show a message in the header until the next key."""
        self._message = message
        self._refresh_header()

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        self._refresh_header()
        self._show_rubric()
        self._show_result()
        narrow, page = self.has_class("-narrow"), self._page
        width = max(self.app.size.width - (3 if narrow else 6), 20)
        rows = page.strip(width, is_short=narrow or self.has_class("-low"))
        self.strip.update(Content("\n").join([spread(row, Content(""), width) for row in rows]), layout=False)
        self.footer.show(page.footer(is_narrow=narrow, is_wide=self.has_class("-wide")))
        self._show_detail()

    def _show_rubric(self) -> None:
        rubric = self._rubric()
        _show(self.clauses, rubric.rows)
        self._at = rubric.items[self.cursor] if self.cursor < len(rubric.items) else None

    def _show_result(self) -> None:
        rows = self._result_rows(self._result_width)
        _show(self.trial, rows)
        self._show_pairs(len(rows))

    def _show_pairs(self, above: int) -> None:
        """Show the pairs that changed below so many rows."""
        trial, width = self.shown_trial, self._result_width
        if trial is None or self.is_trying:
            _show(self.pairs, ())
            return
        height = self.result.content_size.height
        shown = pair_rows(self._view(trial), self.pair, width, height - above)
        _show(self.pairs, shown.rows)
        if shown.at is not None:
            self._at = shown.at.translate((0, above))

    @property
    def _page(self) -> WorkbenchPage:
        return WorkbenchPage(
            set=self.source.run.set,
            draft=self.written,
            planned=self.planned,
            is_trying=self.is_trying,
            in_pairs=self.pair is not None,
            has_pairs=bool(self.changed),
            table=self.table,
        )

    def _show_detail(self) -> None:
        """Show below the columns the pair under the cursor; on a clause, what the draft asks."""
        if not self.has_class("-tall"):
            return
        trial, place = self.shown_trial, self.cursor - len(self.draft.clauses)
        if self.pair is not None and trial is not None:
            view, pair = self._view(trial), self.changed[self.pair]
            change = "fixed" if pair.change > 0 else "broken"
            self.detail.show_pair(PairWanted(pair.pair_id, trial, view.old, view.new, change))
        elif 0 <= place < len(self.draft.shown):
            self.detail.show_pair(PairWanted(self.draft.shown[place].pair_id, None, "", "", "shown to it"))
        elif self.bench is not None and self.planned is not None:
            self.detail.show_prompt(self.written.name, self.planned.asked)
        else:
            self.detail.show_nothing()

    def _refresh_header(self) -> None:
        left, right = self._page.header(self.app.size.width - (2 if self.has_class("-narrow") else 6))
        self.header.show(left, right, self._message)

    def _column_width(self, scroll: VerticalScroll, share: float) -> int:
        inner = scroll.content_size.width
        wanted = self.app.size.width if self.has_class("-narrow") else round(self.app.size.width * share)
        return max((inner if inner else wanted - 6) - 1, 24)

    @property
    def _result_width(self) -> int:
        return min(self._column_width(self.result, 0.53), 96)

    def _rubric(self) -> RubricRows:
        number = self.bench.number if self.bench is not None else 1
        is_read_only = self.bench is not None and bool(self.bench.problem)
        cursor = self.cursor if self.pair is None and not is_read_only else None
        return rubric_rows(self.draft, number, self._names, cursor, min(self._column_width(self.rubric, 0.47), 90))

    @property
    def _names(self) -> tuple[str, str]:
        return self.source.run.candidate, self.source.run.baseline

    def _result_rows(self, width: int) -> Sequence[Content]:
        if self.bench is None:
            return [Content.styled("reading …", MUTED)]
        if self.work is not None and self.is_trying:
            return progress_rows(self.work, width)
        if self.shown_trial is None:
            return untried_rows(self.bench, self.draft, self.unplanned, is_new=self.is_new, width=width)
        return trial_rows(self._view(self.shown_trial), width)

    def _view(self, trial: Trial) -> TrialView:
        assert self.bench is not None
        old = next((f"v{one.number}" for one in self.bench.versions if one.judge_version == trial.against_version), "")
        if not old and self.bench.old is not None and self.bench.name == self.bench.old.name:
            old = "v1"
        new = next((f"v{one.number}" for one in self.bench.versions if one.judge_version == trial.version), "")
        names = (new or self.written.name, old or trial.against)
        return TrialView(trial, self.changed, *names, self._names, self._signs)

    # going through clauses and pairs

    def action_move(self, step: int) -> None:
        """Move the cursor over clauses and shown pairs, or over the pairs that changed."""
        self.say(Content(""))
        if self.pair is not None:
            self.pair = min(max(self.pair + step, 0), len(self.changed) - 1)
            self._show_pairs(self.trial.size.height)
        else:
            self.cursor = min(max(self.cursor + step, 0), max(self.written.item_count - 1, 0))
            self._show_rubric()
        self._show_detail()
        self._scroll()

    def _scroll(self) -> None:
        scroll = self.rubric if self.pair is None else self.result
        if self._at is not None:
            scroll.scroll_to_region(self._at.grow((1, 0, 1, 0)), animate=False, immediate=True)

    def action_page(self, pages: float) -> None:
        """Scroll the rubric by pages; among the pairs move the cursor so far."""
        if self.pair is not None:
            self.action_move(page_step(pages, self.result.size.height - 1))
            return
        top = self.rubric.scroll_offset.y + page_step(pages, self.rubric.size.height - 1)
        self.rubric.scroll_to(y=top, animate=False, immediate=True)

    def action_pane(self) -> None:
        """From the rubric to the pairs that changed, and back."""
        self.pair = 0 if self.pair is None and self.changed and not self.is_trying else None
        self.refresh_page()
        self._scroll()

    def action_escape(self) -> None:
        """Stop asking; else go back from the pairs to the rubric."""
        if self.work is not None and self.is_trying:
            self.work.control.stop("you stopped it")
            self.refresh_page()
        elif self.pair is not None:
            self.action_pane()

    # the draft

    def _can_write(self) -> bool:
        """Whether the draft can be changed; says why where it cannot."""
        if self.bench is None or self.is_trying:
            return False
        if self.bench.problem:
            self.say(safe_text.running(self.bench.problem, DOUBT))
        return not self.bench.problem

    def change(self, draft: JudgePrompt, cursor: int | None = None) -> None:
        """Go on with another draft; undo comes back to this one."""
        self.written.change(draft)
        self._go_on(self.cursor if cursor is None else cursor)

    def _go_on(self, cursor: int) -> None:
        self.cursor = min(max(cursor, 0), max(self.written.item_count - 1, 0))
        self.pair, self._message = None, Content("")
        self._show_planned(None)
        self._scroll()
        self.call_after_refresh(self._start_planning)  # the thread would hold up the frame

    def action_undo(self) -> None:
        """Take back the last change of the draft."""
        if self.is_trying or not self.written.undo():
            self.say(Content.styled("nothing to undo in this draft", MUTED))
            return
        self._go_on(self.cursor)

    def action_turn(self) -> None:
        """Turn the clause under the cursor on or off."""
        if self._can_write() and self.bench is not None and self.cursor < len(self.draft.clauses):
            self.change(self.draft.toggled(self.cursor, self.bench.number))

    def action_new(self) -> None:
        """Ask for the text of a new clause."""
        from uphold_tui.dialogs.ask import AskScreen, Question

        if not self._can_write():
            return

        def written(text: str | None) -> None:
            if text and self.bench is not None:
                clause = written_clause(text, self.bench.number)
                self.change(self.draft.with_new_clause(clause), len(self.draft.clauses))

        question = Question("A new clause", "one rule that decides", hint="An invented fact loses.")
        self.app.push_screen(AskScreen(question), written)

    def action_edit(self) -> None:
        """Ask for another text of the clause under the cursor."""
        from uphold_tui.dialogs.ask import AskScreen, Question

        if not self._can_write() or self.cursor >= len(self.draft.clauses):
            return
        place, clause = self.cursor, self.draft.clauses[self.cursor]

        def edited(text: str | None) -> None:
            if text and text != safe_text.safe_line(clause.text):
                self.change(self.draft.with_clause(place, edited_clause(clause, text)), place)

        question = Question(f"Clause {count(place + 1)}", "where it comes from stays", clause.text, goes_on=True)
        self.app.push_screen(AskScreen(question), edited)

    def action_reasons(self) -> None:
        """Offer the reasons that people gave, and take a clause from one."""
        bench = self.bench
        if bench is None or not self._can_write():
            return
        found = bench.reasons.reasons if bench.reasons is not None else ()

        def taken(place: int | None) -> None:
            if place is not None:
                clause = suggested_clause(found[place], bench.number)
                self.change(self.draft.with_new_clause(clause), len(self.draft.clauses))

        judge = safe_text.safe_line(bench.old.name) if bench.old is not None else "the judge"
        choice = Choice(
            "A clause from a reason",
            f"given when {judge} was overturned, in this half",
            reason_options(found, bench.number),
            "take it, e edits it then",
            "nobody gave a reason when overturning it: w in the review gives one",
        )
        self.app.push_screen(ChooseScreen(choice), taken)

    def action_show(self) -> None:
        """Offer the decided pairs to show the judge as examples; on a shown pair: show it no more."""
        if not self._can_write():
            return
        place = self.cursor - len(self.draft.clauses)
        if 0 <= place < len(self.draft.shown):
            self.change(self.draft.with_shown(self.draft.shown[place]))
            return
        self.run_worker(self._offer_pairs(), group="offer", exclusive=True)

    async def _offer_pairs(self) -> None:
        bench = self.bench
        if bench is None:
            return
        try:
            pairs = await asyncio.to_thread(self.source.showable, bench)
        except UpholdError as error:
            self.say(safe_text.line(str(error), DOUBT))
            return
        known = {one.pair_id for one in self.draft.shown}
        offered = [pair for pair in pairs if pair.pair_id not in known]

        def taken(place: int | None) -> None:
            if place is not None:
                self.change(self.draft.with_shown(as_shown(offered[place], bench.number)), self.written.item_count)

        choice = Choice(
            "A decision to show it",
            "overturned ones first; a pair that is shown is not tried on",
            pair_options(offered, self._names, self._signs),
            "show it",
        )
        if self.app.screen is self:
            self.app.push_screen(ChooseScreen(choice), taken)

    # acts

    def action_open(self) -> None:
        """Try the draft; among the pairs, open the one under the cursor."""
        bench = self.bench
        if self.pair is not None:
            pair_id = self.changed[self.pair].pair_id
            self._try(lambda: self.actions.open_pair(pair_id))
            return
        if bench is None or not self._can_write():
            return
        if self.planned is None:
            words = self.unplanned or "what it costs is being counted"
            self.say(safe_text.running(words if self.is_new else "change a clause first, then enter tries it", MUTED))
            return
        if not self.planned.price.calls:
            self.say(Content.styled("all is answered: change a clause, then try again", MUTED))
            return
        work = self.source.try_(bench, self.draft)
        self.work, self._message, self.pair = work, Content(""), None
        self.actions.begin(work)
        self._subscribe(work)
        work.start()
        self.refresh_page()

    def _subscribe(self, work: TrialWork) -> None:
        work.on_update = lambda: self.post_message(self.Updated())  # type: ignore[assignment]

    def on_workbench_screen_updated(self) -> None:
        """Show how far the try is; at its end read what came of it."""
        work = self.work
        if work is not None and work.status.ended:
            self.work, result = None, work.status.result
            if work.status.error is not None:
                self._message = safe_text.running(work.status.error, DOUBT)
            if result is not None and self.planned is not None and result.pairs:
                self._show_planned(replace(self.planned, trial=result))
            if result is not None and result.stopped:
                self._message = safe_text.running(f"stopped: {result.stopped}; enter goes on", DOUBT)
            self._start_reading()
        self.refresh_page()

    def action_keep(self) -> None:
        """Keep the draft as a version."""
        if self._can_write() and self.bench is not None:
            self.run_worker(self._keep(self.bench), group="keep", exclusive=True)

    async def _keep(self, bench: Workbench) -> None:
        try:
            kept = await asyncio.to_thread(self.source.keep, bench, self.draft)
        except UpholdError as error:
            self.say(safe_text.running(str(error), DOUBT))
            return
        self.written.forget_changes()
        words = f"kept as v{count(kept.number)}: --judge '{safe_text.safe_line(kept.name)} v{kept.number}' asks it"
        self._message = Content.styled(words, MUTED)
        self._start_reading()

    def action_test(self) -> None:
        """Test the version on the locked half, once; a draft is kept first."""
        bench = self.bench
        if bench is None or not self._can_write():
            return
        if bench.locked <= bench.spent:
            self.say(Content.styled("the locked half is spent: pairs decided since make a new test possible", MUTED))
        elif self.is_new:
            self.say(Content.styled("S keeps it first: what is tested is a version", MUTED))
        else:
            named = bench.named_for_test(self.draft)
            self._try(lambda: self.actions.test(named))

    def action_tries(self) -> None:
        """List the tries by now."""
        from uphold_tui.dialogs.report import ReportScreen

        if self.bench is not None:
            self.app.push_screen(ReportScreen(tries_report(self.source.run.set, self.bench.trials)))

    def action_versions(self) -> None:
        """List the versions with what differs from the draft, and go back to one."""
        bench = self.bench
        if bench is None:
            return
        versions = tuple(reversed(bench.versions))

        def taken(place: int | None) -> None:
            if place is not None and self._can_write() and versions[place].prompt.hash != self.draft.hash:
                self.change(versions[place].prompt, 0)

        differences = [changed_clauses(one.prompt, self.draft) for one in versions]
        choice = Choice(
            "Versions",
            "below: what the draft has otherwise",
            version_options(versions, differences),
            "go back to it",
            "no version yet: S keeps the draft as one",
        )
        self.app.push_screen(ChooseScreen(choice), taken)

    def _try(self, action: Callable[[], None]) -> None:
        attempt(action, self.say)

    # other keys

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys of the workbench", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.source.run)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """From the pairs to the rubric; else close the screen, after a question where the draft is in no version."""
        from uphold_tui.dialogs.confirm import ConfirmScreen

        if self.pair is not None:
            self.action_pane()
        elif self.is_new and self.bench is not None:
            on = of_n(sum(clause.is_on for clause in self.draft.clauses), len(self.draft.clauses))
            sentences = [f"its clauses ({on} on) are in no version: S keeps them; what was tried stays in the file"]
            title = f"Leave v{count(self.bench.number)} unkept?"
            self.app.push_screen(ConfirmScreen(title, sentences, "leave it"), self._left)
        else:
            self.actions.back()

    def _left(self, yes: bool | None) -> None:
        if yes:
            self.actions.back()


def _show(widget: Static, rows: Sequence[Content]) -> None:
    """Show rows in a widget; without a layout, which takes longest of all, where there are as many as before."""
    widget.update(Content("\n").join(rows), layout=len(rows) != widget.size.height)
