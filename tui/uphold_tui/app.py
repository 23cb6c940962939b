"""The app: opens on the review where there is one to open on, else on the start screen."""

import gc
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Key as KeyEvent
from textual.screen import Screen

from uphold.errors import BadUsage
from uphold.settings import Settings as Tables
from uphold_tui import themes
from uphold_tui.app_options import AppOptions
from uphold_tui.keys import KeyMap
from uphold_tui.themes import SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uphold.records.runs import Run
    from uphold.workflows.lookup import Store
    from uphold.workflows.review_opening import ReviewOptions
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.judging.background import BackgroundJudging
    from uphold_tui.pairs.loader import PairsScreenState
    from uphold_tui.review.summary import ReviewExit, SessionSummary

DEMO = "support-desk"
"""The sample set that a first start offers."""


class UpholdApp(App[str]):
    """uphold in the terminal; answers what is to be printed after leaving, if anything."""

    TITLE = "uphold"
    ENABLE_COMMAND_PALETTE = False
    INHERIT_BINDINGS = False
    DEFAULT_MODE = "uphold"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave_now", "leave", show=False, priority=True),
        Binding("ctrl+q", "leave_now", "leave", show=False),
    ]

    def __init__(
        self,
        store: "Store",
        session: "ReviewSession | None" = None,
        *,
        reviewer: str = "",
        theme: str | None = None,
        signs: str = "plain",
        keymap: KeyMap | None = None,
        hold: str | None = None,
        tables: Tables | None = None,
        tour: bool = False,
    ) -> None:
        super().__init__()
        self.tables = tables or Tables()
        self.judge_work: BackgroundJudging | None = None
        self.store = store
        self.session = session
        self.reviewer = reviewer
        self.settings = AppOptions(dict(keymap or {}), SIGNS[signs], hold)
        self.look_back: SessionSummary | None = None
        self._tour = tour
        self._kept: dict[int, PairsScreenState] = {}
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = self._known(theme or themes.DARK.name)
        self.set_keymap(self.settings.keymap)
        # A mode's screen is there from the start, with its styles: no other one is drawn before it.
        self.add_mode(self.DEFAULT_MODE, self._first)

    def _known(self, theme: str) -> str:
        if theme not in self.available_themes:
            raise BadUsage(f"there is no theme {theme!r}; themes are {', '.join(sorted(self.available_themes))}")
        return theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of the sides and the strengths of text, for the theme at hand."""
        return themes.variables(self.current_theme)

    def on_ready(self) -> None:
        """The first frame is there: what was loaded until then stays, and the garbage collector works again."""
        import gc

        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def _first(self) -> Screen[None]:
        """The first screen: the review where there is a session, else the start screen."""
        return self._review(self.session) if self.session is not None else self._start()

    def _start(self) -> Screen[None]:
        from uphold.workflows.lookup import home
        from uphold_tui.home.screen import HomeActions, HomeScreen

        doors = HomeActions(
            lambda: home(self.store),
            self.review_run,
            self.judge_run,
            self.open_demo,
            self.action_leave_now,
            self.list_run,
            self.count_run,
            self.change_reviewer,
        )
        return HomeScreen(doors, database=self.store.path.name, reviewer=self.reviewer, keymap=self.settings.keymap)

    def _review(self, session: "ReviewSession") -> Screen[None]:
        from uphold_tui.review.screen import ReviewScreen

        screen = ReviewScreen(session, self._left, self.settings)
        if self._tour:
            self._tour = False
            screen.offer_tour()
        return screen

    def review_run(self, run: "Run", queue: str | None = None, picked: "Sequence[int]" = ()) -> None:
        """Open the review of a run, in one of its queues; leaving it comes back here."""
        from uphold.workflows.queue_drawing import RANDOM
        from uphold.workflows.review_opening import open_review

        session = open_review(self.store, run, reviewer=self.reviewer, queue=queue or RANDOM, picked=picked)
        self.push_screen(self._review(session))

    def change_reviewer(self, name: str) -> None:
        """Whoever reviews from now on; a list of pairs is kept for one reviewer only."""
        self.reviewer = name
        self._kept.clear()

    def list_run(self, run: "Run", kept: "PairsScreenState | None" = None) -> None:
        """List a run's pairs; opened from there, the review comes back to the list."""
        from uphold.workflows.pair_list import PairListing
        from uphold_tui.pairs.loader import PairsScreenActions, PairsScreenState
        from uphold_tui.pairs.screen import PairsScreen

        def opened(pair_id: int) -> None:
            from uphold.workflows.review_opening import open_review

            session = open_review(self.store, run, reviewer=self.reviewer)
            session.go_to(session.place_of(pair_id) + 1)
            self.push_screen(self._review(session))

        def picked(pairs: "Sequence[int]") -> None:
            from uphold.workflows.queue_drawing import HAND_PICKED

            self.review_run(run, HAND_PICKED, pairs)

        ways = PairsScreenActions(opened, self.close_one, lambda: self.count_run(run), picked)
        kept = kept or self._kept.setdefault(run.id, PairsScreenState())
        listing = PairListing(self.store, run, self.reviewer)
        self.push_screen(PairsScreen(listing, ways, kept, keymap=self.settings.keymap, signs=self.settings.signs))

    def count_run(self, run: "Run") -> None:
        """The numbers of a run; each opens the pairs behind it."""
        from uphold_tui.numbers.screen import NumbersActions, NumbersScreen, numbers_source
        from uphold_tui.pairs.loader import PairsScreenState

        doors = NumbersActions(
            lambda wanted: self.list_run(run, PairsScreenState(wanted)),
            lambda queue: self.review_run(run, queue),
            self.close_one,
        )
        numbers = numbers_source(self.store.path, run, self.reviewer)
        self.push_screen(NumbersScreen(numbers, doors, keymap=self.settings.keymap, signs=self.settings.signs))

    def close_one(self) -> None:
        """Back to the screen before."""
        self.pop_screen()

    def judge_run(self, run: "Run") -> None:
        """Open the judging of a run; where a judge is at work already, that one."""
        from uphold.workflows.judging_progress import judge_answers, judges_to_choose
        from uphold_tui.judging.screen import JudgingActions, JudgingScreen

        desk = JudgingActions(
            lambda run: judges_to_choose(self.store, run.id, self.tables),
            lambda: self.judge_work if self.judge_work is not None and self.judge_work.going else None,
            self._begin_judging,
            lambda pair_id, judge_id: judge_answers(self.store, pair_id, judge_id),
            self.review_run,
            self.pop_screen,  # type: ignore[arg-type]
            self.action_leave_now,
        )
        self.push_screen(JudgingScreen(run, desk, signs=self.settings.signs, keymap=self.settings.keymap))

    def _begin_judging(self, run: "Run", judge: str) -> "BackgroundJudging":
        from uphold.workflows.concurrency import WorkControl
        from uphold_tui.judging.background import BackgroundJudging

        self.judge_work = BackgroundJudging(self.store.path, run, judge, self.tables, WorkControl())
        self.judge_work.start()
        return self.judge_work

    def open_demo(self) -> None:
        """Make the demo in this file, and review it."""
        from uphold.workflows.demo import open_demo

        self._tour = True
        self.review_run(open_demo(self.store, DEMO))

    def _left(self, left: "ReviewExit") -> None:
        """From a review: back to the start screen, or out of the app where there is none or the person quits."""
        self.look_back = left.look_back or self.look_back
        if self.session is not None or left.quit:
            self.action_leave_now()
        else:
            self.pop_screen()

    def on_key(self, event: KeyEvent) -> None:
        """A key that was typed before an overlay opened, and nobody took, was meant for the overlay."""
        opened_at = getattr(self.screen, "opened_at", None)
        if opened_at is not None and event.time < opened_at:
            event.prevent_default()
            self.post_message(KeyEvent(event.key, event.character))

    def action_leave_now(self) -> None:
        """Leave, with the look back of the last sitting that had one."""
        if self.look_back is None:
            self.exit()
            return
        from uphold_tui.review.summary import as_plain

        self.exit(as_plain(self.look_back))

    def action_theme(self, name: str) -> None:
        """Change the theme."""
        if name in self.available_themes:
            self.theme = name


def run_app(
    store: "Store",
    *,
    run: "Run | None" = None,
    reviewer: str = "",
    judge: str | None = None,
    start: bool = False,
    theme: str | None = None,
    signs: str = "plain",
    keymap: KeyMap | None = None,
    hold: str | None = None,
    tables: Tables | None = None,
    tour: bool = False,
    manner: "ReviewOptions | None" = None,
) -> str | None:
    """Run the app until it is left; answers what is to be printed in the terminal, if anything.

    Opens the review of `run`, or of the only run of the file; with several, or when `start` asks for it, the start
    screen. Raises BadUsage for a judge or theme that does not exist.
    """
    session = None
    wanted = run or (None if start else _only_run(store))
    if wanted is not None:
        from uphold.workflows.review_opening import open_review, open_review_with

        if manner is None:
            session = open_review(store, wanted, reviewer=reviewer, judge=judge)
        else:
            session = open_review_with(manner, store, wanted, reviewer=reviewer, judge=judge)
    # What is there by now stays; without this the collector goes over a long queue during the first frames.
    gc.freeze()
    app = UpholdApp(
        store,
        session,
        reviewer=reviewer,
        theme=theme,
        signs=signs,
        keymap=keymap,
        hold=hold,
        tables=tables,
        tour=tour,
    )
    try:
        return app.run()
    finally:
        if app.judge_work is not None:
            app.judge_work.leave()


def _only_run(store: "Store") -> "Run | None":
    """The run of a file that has one."""
    from uphold.workflows.lookup import find_run

    try:
        return find_run(store, None)
    except BadUsage:
        return None
