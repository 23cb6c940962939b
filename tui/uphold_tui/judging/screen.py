"""Judging a run from the app: choose a judge, watch verdicts arrive, pause, stop, review what is there meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

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
from uphold_tui.dialogs.ask import AskScreen
from uphold_tui.dialogs.panels import AnswersScreen
from uphold_tui.judging.background import BackgroundJudging
from uphold_tui.judging.page import JudgingPage
from uphold_tui.review.header import HairLine
from uphold_tui.themes import BOLD, FAINT, MUTED, OVERTURNED, TINT, Signs
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, spread


@dataclass(frozen=True, slots=True)
class JudgingActions:
    """What the screen asks the app for: judges to choose from, work on a run, its answers, the review, the way back
    and the way out."""

    choices: Callable[[Run], list[str]]
    going: Callable[[], BackgroundJudging | None]
    begin: Callable[[Run, str], BackgroundJudging]
    answers: Callable[[int, int], PairVerdict | None]
    review: Callable[[Run], None]
    back: Callable[[], None]
    leave: Callable[[], None]


class JudgingScreen(Screen[None]):
    """Enter begins with the judge under the cursor; afterwards it reviews what is judged."""

    CSS_PATH = "judging.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.JUDGING)

    class News(Message):
        """Something has changed where judges work."""

    def __init__(self, run: Run, desk: JudgingActions, *, signs: Signs, keymap: keys.KeyMap) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.JUDGING, keymap)}
        self.run, self.desk, self._signs = run, desk, signs
        self.choices = [*desk.choices(run), ""]
        self.work = desk.going()
        self.at = 0
        self.complaint = ""
        self.header = SplitRow("header")
        self.hair = HairLine("hair")
        self.list = Static(id="list", markup=False)
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.page
        yield self.footer

    def on_mount(self) -> None:
        self._listen()

    def on_screen_resume(self) -> None:
        self.draw()

    def on_unmount(self) -> None:
        if self.work is not None:
            self.work.tell = lambda: None

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.draw()

    def on_judging_screen_news(self) -> None:
        """There is news of the work: draw it, unless something else stands over this screen."""
        if self.is_current:
            self.draw()

    def _listen(self) -> None:
        if self.work is not None:
            self.work.tell = lambda: self.post_message(self.News())  # type: ignore[assignment]

    # what stands here

    def draw(self) -> None:
        """Draw everything anew."""
        run = self.work.run if self.work is not None else self.run
        names = [safe_text.line(run.set, BOLD), safe_text.line(run.candidate), safe_text.line(run.baseline)]
        left = Content.assemble(names[0], "   ", names[1], (" against ", FAINT), names[2])
        right = (
            Content.assemble(("judging with ", MUTED), safe_text.line(self.work.judge)) if self.work else Content("")
        )
        self.header.put(left, right)
        self.hair.put(ReviewProgress())
        width = max(self.app.size.width - (2 if self.has_class("-narrow") else 6) - 1, 20)
        rows = self._choosing(width) if self.work is None else self._page(self.work).rows(width)
        self.list.update(Content("\n").join(rows))
        self._draw_footer()

    def _page(self, work: BackgroundJudging) -> JudgingPage:
        watched = work.news.watched
        self.at = min(self.at, max(len(watched.needs) - 1, 0)) if watched is not None else 0
        return JudgingPage(work.run, work.news, work.control, self._signs, self.at)

    def _choosing(self, width: int) -> list[Content]:
        rows = [Content.styled("Which judge reads this run?", BOLD), Content("")]
        for place, name in enumerate(self.choices):
            row = Content.assemble("  ", safe_text.line(name)) if name else Content.styled("  another one …", MUTED)
            row = spread(row, Content(""), width)
            rows.append(row.stylize_before(TINT) if place == self.at else row)
        rows += [Content(""), Content.styled("What is settled is never judged again, and never paid twice.", MUTED)]
        if self.complaint:
            rows += [Content(""), safe_text.running(self.complaint, OVERTURNED)]
        return rows

    def _draw_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"judging.{name}"]) for name in names]

        work = self.work
        going = work is not None and not work.news.ended
        last = [*named("help"), entry(self.table["judging.back"], None if going else "back")]
        if work is None:
            self.footer.put([[entry(self.table["judging.open"], "begin")], last])
        elif work.news.ended:
            self.footer.put([named("open", "raw"), [entry(self.table["judging.again"])], last])
        else:
            word = "go on" if work.control.paused else "pause"
            pause = entry(self.table["judging.pause"], word)
            self.footer.put([[*named("open"), pause, *named("stop")], named("faster", "slower", "cap"), last])

    # keys

    def action_open(self) -> None:
        """Begin with the judge under the cursor, or review what is judged."""
        if self.work is not None:
            self.desk.review(self.work.run)
        elif name := self.choices[self.at]:
            self.begin(name)
        else:
            why = "anthropic:MODEL, openai:MODEL, rules:NAME, or a TOML file"
            self.app.push_screen(AskScreen("Judge", why), lambda said: self.begin(said) if said else None)

    def begin(self, judge: str) -> None:
        """Set the judge to work."""
        self.work, self.at, self.complaint = self.desk.begin(self.run, judge), 0, ""
        self._listen()
        self.draw()

    def action_again(self) -> None:
        """Choose a judge again, once the work has ended."""
        if self.work is not None and self.work.news.ended:
            self.complaint = self.work.news.error or ""
            self.work, self.at = None, 0
            self.draw()

    def action_move(self, step: int) -> None:
        """Up and down the judges, or what needs a look."""
        watched = self.work.news.watched if self.work is not None else None
        most = len(self.choices) if self.work is None else len(watched.needs) if watched is not None else 0
        self.at = min(max(self.at + step, 0), max(most - 1, 0))
        self.draw()

    def action_pause(self) -> None:
        """Ask nothing new for now, or go on."""
        if self.work is not None:
            self.work.control.pause(not self.work.control.paused)
            self.draw()

    def action_stop(self) -> None:
        """Ask nothing new; what is in flight comes back."""
        if self.work is not None and not self.work.news.ended:
            self.work.control.stop("you stopped it; what is missing is asked the next time")
            self.draw()

    def action_pace(self, step: int) -> None:
        """More or fewer at a time."""
        if self.work is not None:
            self.work.control.at_once(self.work.control.concurrency + step)
            self.draw()

    def action_cap(self) -> None:
        """Set what it may cost."""
        if self.work is None:
            return
        cap = self.work.control.cap
        before = "" if cap is None else f"{cap:g}"
        self.app.push_screen(
            AskScreen("Stop before spending more than", "dollars; nothing: no cap", before), self._capped
        )

    def _capped(self, said: str | None) -> None:
        if said is None or self.work is None:
            return
        try:
            self.work.control.cap = max(float(said.lstrip("$")), 0.0) if said else None
        except ValueError:
            self.notify("dollars as a number, such as 2.50", markup=False)
        self.draw()

    def action_raw(self) -> None:
        """The raw answers on the pair under the cursor."""
        news = self.work.news if self.work is not None else None
        if news is None or self.work is None or news.judging is None or news.watched is None or not news.watched.needs:
            return
        seen = news.watched.needs[self.at]
        found = self.desk.answers(seen.pair_id, news.judging.judge_id)
        said = [
            (
                one.order.value,
                one.problem or f"read as {one.verdict or one.status.value}",
                one.raw or "no answer arrived",
            )
            for one in (found.judgments if found is not None else ())
        ]
        self.app.push_screen(AnswersScreen(seen.key, self.work.judge, said))

    def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """The keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys while judging", tuple(self.table.values())))

    def action_command(self) -> None:
        """Any command by its name."""
        from uphold_tui.dialogs.commands import CommandScreen, key_commands, theme_commands

        commands = [*key_commands(self.table.values()), *theme_commands(self.app)]

        def run(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        self.app.push_screen(CommandScreen(commands), run)

    def action_back(self) -> None:
        """Back; judging goes on."""
        self.desk.back()

    def action_quit(self) -> None:
        """Leave the app."""
        self.desk.leave()
