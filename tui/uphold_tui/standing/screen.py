"""Standing: what a judge agreed with people on locked pairs, what that is bound to, and whether it is still what it was."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count_noun, dollars
from uphold.records.certificates import Certificate, CertifyState, DriftState, Standing
from uphold.reports.certificate_text import check_sentence
from uphold.reports.certify_report import CertifyCost, chance_sentence, spending_sentences
from uphold.workflows.certifying import CertifyPlan, CertifyResult
from uphold.workflows.drift import DriftPlan, DriftResult
from uphold.workflows.standing import StandingOverview
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.attempt import attempt
from uphold_tui.place import Place
from uphold_tui.standing.page import StandingPage
from uphold_tui.standing.source import StandingSource
from uphold_tui.standing.work import BackgroundWork
from uphold_tui.themes import BOLD, DOUBT, MUTED, OVERTURNED, UPHELD
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.movement import page_step
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry, has_room

_AROUND = 5
"""Rows of header and footer with the gaps beside them."""

_STRIP = 6
"""Rows of the strip with the gap above it."""

_HELP_NOTE = (
    "A test is on locked pairs, which nothing that improves a judge may see, and it spends them. The lower end decides: with "
    "95 % confidence the judge agrees with people at least so often. The ceiling is how often people agree. A certificate "
    "changes no rate and no count; `uphold gate --require-standing` passes nothing without one that stands."
)


@dataclass(frozen=True, slots=True)
class StandingActions:
    """Callbacks into the app.

    `begin` keeps work that was begun, so that leaving the app stops it; `at_work` is the work that goes on, if any. `pairs`
    lists the pairs of a test, `back` closes this screen.
    """

    begin: Callable[[BackgroundWork], None]
    at_work: Callable[[], BackgroundWork | None]
    pairs: Callable[[Certificate], None]
    back: Callable[[], None]


class StandingScreen(Screen[None]):
    """The certificates of a set; C checks the judge for drift, L tests it anew."""

    CSS_PATH = "standing.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.STANDING)

    class Updated(Message):
        """The work has got on, or has ended."""

    def __init__(
        self, source: StandingSource, actions: StandingActions, options: AppOptions, to_test: str | None = None
    ) -> None:
        super().__init__()
        self._to_test = to_test
        self.table = {key.id: key for key in keys.remapped(keys.STANDING, options.keymap)}
        self.source, self.actions, self._signs = source, actions, options.signs
        self.overview: StandingOverview | None = None
        self.at = 0
        self.work = actions.at_work()
        self._message = Content("")
        self.header = SplitRow("header")
        self.rows = Static(id="rows", markup=False)
        self.page = VerticalScroll(self.rows, id="page", can_focus=False)
        self.strip = Static(id="strip", markup=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield ProgressLine("hair")
        yield self.page
        yield self.strip
        yield self.footer

    def on_mount(self) -> None:
        if self.work is not None:
            self._subscribe(self.work)

    def on_unmount(self) -> None:
        if self.work is not None:
            self.work.on_update = lambda: None

    def on_screen_resume(self) -> None:
        self.refresh_page()
        self.call_after_refresh(self._start_reading)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.set_class(event.size.height < 26, "-low")
        self.refresh_page()

    # reading

    def _start_reading(self) -> None:
        self.run_worker(self._read(), exclusive=True)

    async def _read(self) -> None:
        try:
            self.overview = await asyncio.to_thread(self.source.overview)
        except UpholdError as error:
            self._say(safe_text.line(str(error), DOUBT))
            return
        self.at = min(self.at, max(len(self.overview.standings) - 1, 0))
        self.refresh_page()
        if self._to_test is not None:
            named, self._to_test = self._to_test, None
            self._begin_test(named, named.rpartition("@")[0] or named)

    @property
    def shown(self) -> StandingPage:
        """The page as it is now."""
        return StandingPage(self.overview, self.at, self.work.status if self.work is not None else None, self._signs)

    @property
    def standing(self) -> Standing | None:
        """The certificate on the page."""
        return self.shown.standing

    @property
    def is_working(self) -> bool:
        """Whether a judge is being asked."""
        return self.work is not None and self.work.is_running

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        page, standing = self.shown, self.standing
        left = Content.assemble(safe_text.line(self.source.set, BOLD), ("   standing", MUTED))
        if standing is not None:
            name = safe_text.line(standing.certificate.judge.name, MUTED)
            left = Content.assemble(left, (" of ", MUTED), name)
            since = Content.styled(f"tested {standing.certificate.created_at[:10]}   ", MUTED)
            self.header.show(left, Content.assemble(since, page.state()))
        else:
            self.header.show(left)
        narrow = self.has_class("-narrow")
        width = max(self.app.size.width - (3 if narrow else 7), 20)
        strip = page.strip(max(self.app.size.width - (3 if narrow else 6), 20), self._message)
        height = self.app.size.height - _AROUND - (_STRIP if strip else 0)
        self.rows.update(Content("\n").join(page.rows(width, height)))
        self.set_class(bool(strip), "-strip")
        self.set_class(self.is_working or bool(self._message), "-working")
        self.strip.update(Content("\n").join(strip))
        self._refresh_footer()

    def _say(self, message: Content) -> None:
        self._message = message
        self.refresh_page()

    def _refresh_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"standing.{name}"]) for name in names]

        last = named("help", "back")
        if self.is_working:
            self.footer.show([named("stop"), last])
            return
        first = named("drift") if self.standing is not None and self.standing.certificate.is_shown else []
        word = None if self.standing is not None else "test it"
        first += (
            [entry(self.table["standing.test"], word)]
            if self.overview is not None and self.overview.to_test is not None
            else []
        )
        several = self.overview is not None and len(self.overview.standings) > 1
        second: list[Content] = []
        width = self.app.size.width - (2 if self.has_class("-narrow") else 6)
        for name in [*(["judge"] if several else []), *(["pairs"] if self.standing is not None else [])]:
            if has_room([first, [*second, *named(name)], last], width):
                second += named(name)
        self.footer.show([first, second, last])

    # keys

    def action_scroll(self, lines: int) -> None:
        """Scroll the page."""
        self.page.scroll_to(y=self.page.scroll_offset.y + lines, animate=False, immediate=True)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.action_scroll(page_step(pages, self.page.size.height - 1))

    def action_judge(self) -> None:
        """Show the certificate of the next judge."""
        if self.overview is not None and len(self.overview.standings) > 1:
            self.at = (self.at + 1) % len(self.overview.standings)
            self._say(Content(""))

    def action_pairs(self) -> None:
        """List the pairs of the test."""
        if (standing := self.standing) is not None:
            attempt(lambda: self.actions.pairs(standing.certificate), self._say)

    def action_stop(self) -> None:
        """Stop asking; requests in flight are finished, and what was asked is kept."""
        if self.work is not None and self.is_working:
            self.work.control.stop("you stopped it")
            self.refresh_page()

    # a test

    def action_test(self) -> None:
        """Say what a test spends and the chance to pass it, and begin it where that is confirmed."""
        overview = self.overview
        if overview is None or overview.to_test is None or self.is_working:
            return
        self._begin_test(overview.to_test.named, overview.to_test.name)

    def _begin_test(self, named: str, name: str) -> None:
        """Begin with the plan of a test, or with the floor where the set has none."""
        if self.overview is not None and self.overview.floor is not None:
            self.run_worker(self._plan_test(named, name, None), group="plan")
        else:
            self._ask_floor(named, name)

    def _ask_floor(self, named: str, name: str) -> None:
        from uphold_tui.dialogs.ask import AskScreen, Question

        def answered(typed: str | None) -> None:
            if not typed:
                return
            try:
                floor = float(typed.rstrip("% "))
            except ValueError:
                self._say(Content.styled("the floor is a share such as .75", DOUBT))
                return
            self.run_worker(self._plan_test(named, name, floor / 100 if floor > 1 else floor), group="plan")

        explanation = "the set has no floor; `uphold set floor` gives it one"
        self.app.push_screen(AskScreen(Question("How often must it agree", explanation, hint=".75")), answered)

    async def _plan_test(self, named: str, name: str, floor: float | None) -> None:
        self._say(Content.styled("counting what it spends …", MUTED))
        try:
            plan = await asyncio.to_thread(self.source.plan_test, named, floor)
        except UpholdError as error:
            self._say(safe_text.line(str(error), DOUBT))
            return
        self._say(Content(""))
        if plan.state is not None:
            self._say(Content.assemble((f"{plan.state}: ", DOUBT), safe_text.running(plan.reason, MUTED)))
        elif self.app.screen is self:
            self._confirm_test(plan, named, name, floor)

    def _confirm_test(self, plan: CertifyPlan, named: str, name: str, floor: float | None) -> None:
        from uphold_tui.dialogs.confirm import ConfirmScreen

        spent = CertifyCost(len(plan.pairs), plan.examples, plan.calls, plan.rerun_calls, plan.cost)
        sentences = [*spending_sentences(name, spent), chance_sentence(plan.floor, plan.chance, None, None)]

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin(self.source.test(named, name, floor))

        self.app.push_screen(ConfirmScreen(f"Test {name}, once?", sentences, "test it"), answered)

    # drift

    def action_drift(self) -> None:
        """Say what a check for drift costs, and begin it where that is confirmed."""
        standing = self.standing
        if standing is not None and not self.is_working:
            self.run_worker(self._plan_drift(standing.certificate), group="plan")

    async def _plan_drift(self, certificate: Certificate) -> None:
        self._say(Content.styled("counting what it costs …", MUTED))
        try:
            plan = await asyncio.to_thread(self.source.plan_drift, certificate)
        except UpholdError as error:
            self._say(safe_text.line(str(error), DOUBT))
            return
        self._say(Content(""))
        if plan.task is None:
            self._say(Content.assemble(("refused: ", DOUBT), safe_text.running(plan.reason, MUTED)))
        elif self.app.screen is self:
            self._confirm_drift(plan, certificate)

    def _confirm_drift(self, plan: DriftPlan, certificate: Certificate) -> None:
        from uphold_tui.dialogs.confirm import ConfirmScreen

        cost = "at a price that is not known" if plan.cost is None else f"about {dollars(plan.cost)}"
        asked = f"{count_noun(len(plan.pairs), 'decided pair')} asked again: {count_noun(plan.calls, 'call')}, {cost}"
        sentences = [asked, "where more verdicts changed than may, its certificate lapses and this version of it ends"]

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin(self.source.drift(certificate))

        name = certificate.judge.name
        self.app.push_screen(ConfirmScreen(f"Check {name} for drift?", sentences, "check it"), answered)

    # work

    def _begin(self, work: BackgroundWork) -> None:
        self.work, self._message = work, Content("")
        self.actions.begin(work)
        self._subscribe(work)
        work.start()
        self.refresh_page()

    def _subscribe(self, work: BackgroundWork) -> None:
        work.on_update = lambda: self.post_message(self.Updated())  # type: ignore[assignment]

    def on_standing_screen_updated(self) -> None:
        """Show how far it is; at its end what came of it."""
        work = self.work
        if work is None:
            return
        if work.status.result is not None:
            self.work, result = None, work.status.result
            self._message = _outcome(result) if isinstance(result, CertifyResult) else _check_outcome(result)
            self._start_reading()
        self.refresh_page()

    # other keys

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys of standing", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        return Place(self.source.set)

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen; what is asked goes on."""
        self.actions.back()


def _outcome(result: CertifyResult) -> Content:
    """Return what came of a test."""
    if result.certificate is None:
        return Content.assemble((f"{result.state}: ", DOUBT), safe_text.running(result.reason, MUTED))
    style, word = (UPHELD, "passed") if result.state is CertifyState.STANDS else (OVERTURNED, "not shown")
    spent = f"   {count_noun(result.certificate.agreement.n, 'locked pair')} spent, cost {dollars(result.cost)}"
    return Content.assemble((word, style), (spent, MUTED))


def _check_outcome(result: DriftResult) -> Content:
    """Return what came of a check for drift."""
    if result.check is None:
        return Content.assemble(("refused: ", DOUBT), safe_text.running(result.reason, MUTED))
    style = UPHELD if result.check.state is DriftState.HOLDS else OVERTURNED
    return Content.styled(check_sentence(result.check), style)
