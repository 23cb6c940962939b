"""The screen for judging a run: choose a judge, watch verdicts arrive, pause, stop, review what is there already."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from uphold.records.judgments import PairVerdict
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.dialogs.ask import AskScreen, Question
from uphold_tui.dialogs.ask_cap import ask_cap
from uphold_tui.dialogs.panels import AnswersScreen
from uphold_tui.judging.background import BackgroundJudging
from uphold_tui.judging.page import JudgingPage, offer_row, offer_text
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, MUTED, OVERTURNED, TINT
from uphold_tui.widgets import header
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, spread

if TYPE_CHECKING:
    from uphold.workflows.judge_offers import JudgeOffer

_LONGEST_NAME = 32
"""Cells for the name of a judge; a longer one is cut."""

_OTHER_JUDGE = ""
"""The last of the choices: a judge that is typed."""


_AROUND = 5
"""Rows of header and footer with the two gaps beside them, which a low screen does without."""


@dataclass(frozen=True, slots=True)
class JudgingActions:
    """Callbacks of the judging screen into the app.

    `choices` lists the judges to choose from, `start` starts a judge on a run, `answers` returns a judge's judgments on a
    pair (by pair id and judge id), `review` opens the review of a run, `back` closes the screen and `leave` the app.
    """

    choices: Callable[[Run], "list[JudgeOffer]"]
    start: Callable[[Run, str], BackgroundJudging]
    answers: Callable[[int, int], PairVerdict | None]
    review: Callable[[Run], None]
    back: Callable[[], None]
    leave: Callable[[], None]


class JudgingScreen(Screen[None]):
    """Judging of one run: enter starts the judge under the cursor, and from then on opens the review.

    `work` is judging that was begun already, at work or ended meanwhile; without it a judge is chosen first.
    """

    CSS_PATH = "judging.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.JUDGING)

    class Updated(Message):
        """The status of the work has changed."""

    def __init__(
        self, run: Run, actions: JudgingActions, options: AppOptions, work: BackgroundJudging | None = None
    ) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.JUDGING, options.keymap)}
        self.run, self.actions, self._signs = run, actions, options.signs
        self.offers = {offer.spec: offer for offer in actions.choices(run)}
        self.choices = [*self.offers, _OTHER_JUDGE]
        self.work = work
        self.cursor = 0
        self.error = ""
        self._message = Content("")
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.list = Static(id="list", markup=False)
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.page
        yield self.footer

    def on_mount(self) -> None:
        self._subscribe()

    def on_screen_resume(self) -> None:
        self.refresh_page()

    def on_unmount(self) -> None:
        if self.work is not None:
            self.work.on_update = lambda: None

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.set_class(event.size.height < 30, "-low")
        self.refresh_page()

    def on_judging_screen_updated(self) -> None:
        """Show the new status, unless another screen is above this one."""
        if self.is_current:
            self.refresh_page()

    def _subscribe(self) -> None:
        if self.work is not None:
            self.work.on_update = lambda: self.post_message(self.Updated())  # type: ignore[assignment]

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        run = self.work.run if self.work is not None else self.run
        names = [safe_text.line(name) for name in (run.set, run.candidate, run.baseline)]
        judge = safe_text.line(f"judging with {self.work.judge}", MUTED) if self.work is not None else Content("")
        self.header.show(header.title(names[0], names[1], names[2], ()), judge, self._message)
        self.hair.show(ReviewProgress())
        width = max(self.app.size.width - (2 if self.has_class("-narrow") else 6) - 1, 20)
        height = self.app.size.height - (_AROUND - 2 if self.has_class("-low") else _AROUND)
        rows = self._judge_choices(width) if self.work is None else self._page(self.work).rows(width, height)
        self.list.update(Content("\n").join(rows))
        self._refresh_footer()

    def _page(self, work: BackgroundJudging) -> JudgingPage:
        view = work.status.view
        self.cursor = min(self.cursor, max(len(view.problems) - 1, 0)) if view is not None else 0
        return JudgingPage(work.run, work.status, work.control, self._signs, self.cursor)

    def _judge_choices(self, width: int) -> list[Content]:
        rows = [Content.styled("Which judge reads this run?", BOLD), Content("")]
        names = min(max((safe_text.line(judge).cell_length for judge in self.offers), default=0), _LONGEST_NAME)
        for index, judge in enumerate(self.choices):
            if judge == _OTHER_JUDGE:
                words = Content.assemble(("  another one …", MUTED), (f"   {self._other_judges()}", MUTED))
                row = spread(words, Content(""), width)
            else:
                row = offer_row(self.offers[judge], names, width)
            rows.append(row.stylize_before(TINT) if index == self.cursor else row)
        chosen = self.offers.get(self.choices[self.cursor])
        if chosen is not None:
            rows += [Content(""), offer_text(chosen)]
        rows += [Content(""), Content.styled("What is settled is never judged again, and never paid twice.", MUTED)]
        if self.error:
            rows += [Content(""), safe_text.running(self.error, OVERTURNED)]
        return rows

    def _refresh_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"judging.{name}"]) for name in names]

        work = self.work
        is_running = work is not None and not work.status.ended
        last = [*named("help"), entry(self.table["judging.back"], None if is_running else "back")]
        if work is None:
            word = "name it" if self.choices[self.cursor] == _OTHER_JUDGE else "begin"
            self.footer.show([[entry(self.table["judging.open"], word)], last])
        elif work.status.ended:
            self.footer.show([named("open", "raw"), [entry(self.table["judging.again"])], last])
        else:
            pause = entry(self.table["judging.pause"], "go on" if work.control.paused else "pause")
            self.footer.show([[*named("open"), pause, *named("stop")], named("faster", "slower", "cap"), last])

    # keys

    def action_open(self) -> None:
        """Start the judge under the cursor, or review what is judged."""
        work, self._message = self.work, Content("")
        if work is not None:
            attempt(lambda: self.actions.review(work.run), self.show_message)
        elif self.choices[self.cursor] != _OTHER_JUDGE:
            self.start(self.choices[self.cursor])
        else:
            question = Question("Judge", self._other_judges())
            self.app.push_screen(AskScreen(question), lambda judge: self.start(judge) if judge else None)

    def _other_judges(self) -> str:
        """Return the forms of a judge that is typed."""
        has_rules = any(judge.startswith("rules:") for judge in self.choices)
        return f"anthropic:MODEL, openai:MODEL, {'rules:NAME, ' if has_rules else ''}or a TOML file"

    def show_message(self, message: Content) -> None:
        """Show a message in the header, until another key does something."""
        self._message = message
        self.refresh_page()

    def start(self, judge: str) -> None:
        """Start a judge on the run."""
        self.work, self.cursor, self.error = self.actions.start(self.run, judge), 0, ""
        self._subscribe()
        self.refresh_page()

    def action_again(self) -> None:
        """Choose a judge again, once the work has ended."""
        if self.work is not None and self.work.status.ended:
            self.error = self.work.status.error or ""
            self.work, self.cursor = None, 0
            self.refresh_page()

    def action_move(self, step: int) -> None:
        """Move the cursor over the judges, or over the pairs that need a look."""
        if self.work is None:
            count = len(self.choices)
        else:
            view = self.work.status.view
            count = len(view.problems) if view is not None else 0
        self.cursor, self._message = min(max(self.cursor + step, 0), max(count - 1, 0)), Content("")
        self.refresh_page()

    def action_pause(self) -> None:
        """Send no new requests for now, or go on."""
        if self.work is not None:
            self.work.control.pause(not self.work.control.paused)
            self.refresh_page()

    def action_stop(self) -> None:
        """Stop; requests in flight are finished."""
        if self.work is not None and not self.work.status.ended:
            self.work.control.stop("you stopped it; what is missing is asked the next time")
            self.refresh_page()

    def action_pace(self, step: int) -> None:
        """Send more or fewer requests at a time."""
        if self.work is not None:
            self.work.control.set_concurrency(self.work.control.concurrency + step)
            self.refresh_page()

    def action_cap(self) -> None:
        """Ask for the most that judging may cost."""
        if self.work is not None:
            ask_cap(self, self.work.control, self._show_cap)

    def _show_cap(self, problem: str) -> None:
        if problem:
            self.notify("dollars as a number, such as 2.50", markup=False)
        self.refresh_page()

    def action_raw(self) -> None:
        """Show the raw answers on the pair under the cursor."""
        if self.work is None:
            return
        progress, view = self.work.status.progress, self.work.status.view
        if progress is None or view is None or not view.problems:
            return
        pair = view.problems[self.cursor]
        judge, judge_id = self.work.judge, progress.judge_id

        def show() -> None:
            judged = self.actions.answers(pair.pair_id, judge_id)
            answers = [
                (j.order.value, j.problem or f"read as {j.verdict or j.status.value}", j.raw or "no answer arrived")
                for j in (judged.judgments if judged is not None else ())
            ]
            self.app.push_screen(AnswersScreen(pair.key, judge, answers))

        attempt(show, self.show_message)

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys while judging", tuple(self.table.values())))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place.of_run(self.run)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen; judging goes on."""
        self.actions.back()

    def action_quit(self) -> None:
        """Leave the app."""
        self.actions.leave()
