"""The start, the way out, and what is about a run; the other subjects have files of their own beside this one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from uphold.errors import DatabaseLost
from uphold.records.enums import QueueKind
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.workflows.lookup import Store
from uphold_tui import safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.navigation.checkpoints import CheckpointLinks, CheckpointNavigator
from uphold_tui.navigation.context import NavigationContext
from uphold_tui.navigation.eval_sets import SetNavigator
from uphold_tui.navigation.imports import ImportLinks, ImportNavigator
from uphold_tui.navigation.over_review import AppLinks, ReviewNavigator
from uphold_tui.navigation.unsaved import UnsavedReviews
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.review.summary import ReviewExit, SessionSummary

if TYPE_CHECKING:
    from uphold.records.certificates import Certificate
    from uphold.records.judgments import JudgeRef
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.dialogs.not_kept import Choice
    from uphold_tui.importing.background import ImportOutcome, ImportWork
    from uphold_tui.judging.background import BackgroundJudging
    from uphold_tui.new_checkpoint.background import BackgroundCheckpoint
    from uphold_tui.numbers.screen import NumbersActions
    from uphold_tui.pairs.screen import PairsScreenState
    from uphold_tui.standing.work import BackgroundWork
    from uphold_tui.workbench.source import TrialWork


DEMO = "support-desk"
"""The sample set that a first start offers."""


class Navigator:
    """Opens the app's screens and leaves the app. What the next screen needs is loaded when it is opened.

    It owns what opens eval sets, checkpoints and imports, and holds what is at work in the background, to stop it when the
    app is left. Those parts do not know it: each is given what it may call.
    """

    def __init__(self, app: App[str], store: Store, options: AppOptions, settings: Settings) -> None:
        self.app, self.store, self.options, self.settings = app, store, options, settings
        self.reviewer = options.reviewer
        self.summary: SessionSummary | None = None
        self.judging: BackgroundJudging | None = None
        self.checkpoint: BackgroundCheckpoint | None = None
        self.standing: BackgroundWork | None = None
        self.trial: TrialWork | None = None
        self.importing: ImportWork[ImportOutcome] | None = None
        self._said = ""
        self._offer_tour = options.tour
        self._list_states: dict[int, PairsScreenState] = {}
        context = self._context = NavigationContext(app, store, options, settings, lambda: self.reviewer, self.close)
        self.unsaved = UnsavedReviews(context, self.exit)
        self.sets = SetNavigator(context, self._review_systems, self._judge_again)
        importing = ImportLinks(
            begun=self._import_begun, session=self._session, review=self._open_review, judge=self.judge_run
        )
        self.imports = ImportNavigator(context, importing)
        checkpoints = CheckpointLinks(
            latest=lambda: self.checkpoint,
            begun=self._checkpoint_begun,
            numbers=self.show_numbers,
            pairs=self.list_pairs,
            review=self._open_review,
            leave=self.leave,
        )
        self.checkpoints = CheckpointNavigator(context, checkpoints)
        self._review_links = AppLinks(
            self.unsaved,
            self.sets,
            numbers_screen=self.numbers_screen,
            update_judges=self.update_judges,
            standing=self.show_standing,
            workbench=self.show_workbench,
        )

    # the first screen, and the way out

    def first_screen(self, session: "ReviewSession | None") -> Screen[None]:
        """The review where there is a session, else the proposals that the options name, else the start screen."""
        if session is None and self.options.proposals is not None:
            from uphold.workflows.curating import SetEditor

            editor = SetEditor(self.store, self.options.proposals, self.reviewer)
            return self.sets.proposals_screen(editor, self._proposals_left)
        if session is None:
            return self.home_screen()
        return self._review_screen(session, lambda exit_: self.leave(exit_.summary, asked=exit_.asked))

    def show_home(self) -> None:
        """The start screen that is open, with what is above it closed; else, or where that would lose something, a new one."""
        from uphold_tui.home.screen import HomeScreen

        is_open = any(isinstance(screen, HomeScreen) for screen in self.app.screen_stack)
        if not is_open or self._unfinished() is not None or self.unsaved.trouble() is not None:
            self.app.push_screen(self.home_screen(self.close))
            return
        self._said = self.sets.finish() or self._said
        while not isinstance(self.app.screen, HomeScreen):
            closed = self.app.screen
            if isinstance(closed, ReviewScreen):
                self.summary = closed.summary() or self.summary
                self.unsaved.review_ended(closed)
            self.app.pop_screen()

    def home_screen(self, leave: Callable[[], None] | None = None) -> Screen[None]:
        """The start screen; `leave` is where its `q` leads, out of the app where nothing is below it."""
        from uphold.workflows.lookup import home
        from uphold_tui.home.screen import HomeActions, HomeScreen, headline_of

        actions = HomeActions(
            lambda: home(self.store, self.options.judge),
            lambda run: headline_of(self.store.path, run, self.options.judge),
            self.review_run,
            self.judge_run,
            self.open_demo,
            leave or self.leave,
            self.list_pairs,
            self.show_numbers,
            self.change_reviewer,
            self.sets.open,
            self.sets.make,
            self.imports.ask_file,
            self.checkpoints.show,
            self._has_begun_demo,
        )
        database = self.store.path.name
        return HomeScreen(actions, self.options, database=database, reviewer=self.reviewer, is_first=leave is None)

    def _proposals_left(self, words: str) -> None:
        """From proposals that the app was opened for: out of the app."""
        self._said = words
        self.leave()

    def leave(self, summary: SessionSummary | None = None, *, asked: bool = False) -> None:
        """Leave the app; where something is not saved, ask first, unless that was `asked`."""
        trouble = None if asked else self.unsaved.trouble()
        if trouble is None:
            self.exit(summary)
        else:
            self.unsaved.ask_before_leaving(trouble, summary)

    def quit(self) -> None:
        """Leave the app from whatever is on the screen, as if each screen had been closed by its own key.

        Sets that were changed get their version, and proposals that were taken count; an import that goes on, or an act that
        could not be saved, is asked about first.
        """
        from uphold_tui.dialogs.not_kept import NotKeptScreen

        if isinstance(self.app.screen, NotKeptScreen):
            return  # it has asked already
        trouble = self._unfinished()
        if trouble is not None:
            self.app.push_screen(NotKeptScreen(trouble, can_save=False), self._quit_in_spite)
        else:
            self._quit_now()

    def _unfinished(self) -> str | None:
        """What would be lost that is no fact yet: an import that goes on, or what is being written in a set."""
        if self.importing is not None and not self.importing.has_ended:
            return "the import goes on; leaving stops it, and nothing of it is written"
        return next(self.sets.unsaved(), None)

    def _quit_in_spite(self, choice: "Choice | None") -> None:
        if choice is not None:
            self._quit_now()

    def _quit_now(self) -> None:
        self._said = self.sets.finish() or self._said
        review = next((screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ReviewScreen)), None)
        if review is not None:
            review.action_leave()
        else:
            self.leave()

    def exit(self, summary: SessionSummary | None = None) -> None:
        """Leave the app at once; the summary of the last session that had one is printed in the terminal."""
        self.summary = summary or self.summary
        self.app.exit(self.last_words(self.store.lost()))

    @property
    def is_blind(self) -> bool:
        """Whether a review is open in which verdicts are hidden until one has decided."""
        return any(isinstance(screen, ReviewScreen) and screen.session.blind for screen in self.app.screen_stack)

    def all_not_kept(self) -> list[str]:
        """What could not be saved, in sentences."""
        return [*self.unsaved.not_kept(), *self.sets.unsaved()]

    def last_words(self, lost: DatabaseLost | None) -> str | None:
        """The summary of the last session that had one, true about the file as it is now; else what was said in the end."""
        from uphold_tui.review.summary_screen import as_plain

        summary = self.summary
        if summary is None:
            return self._said or None
        troubles = [*self.all_not_kept(), *([safe_text.cause(str(lost))] if lost is not None else [])]
        return as_plain(replace(summary, trouble=troubles[0]) if troubles else summary)

    def close(self) -> None:
        """Back to the screen before."""
        self.app.pop_screen()

    def change_reviewer(self, name: str) -> None:
        """Whoever reviews from now on; the state of a list is kept for one reviewer only."""
        self.reviewer = name
        self._list_states.clear()

    # an eval set

    def show_set(self, name: str) -> None:
        """Open an eval set; over a review, as that opens it: what would give away the sides is left out."""
        reviews = (screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ReviewScreen))
        review = next((screen for screen in reviews if screen.session.run.set == name), None)
        pair = review.session.current if review is not None else None
        if review is not None and pair is not None:
            review.navigation.open_set(pair.key)
        else:
            self.sets.open(name)

    def _judge_again(self, run_name: str, judge: str) -> None:
        """Start a judge on what it has not read of a run, and show it at work; judging that goes on already is shown."""
        from uphold.workflows.lookup import find_run

        run = find_run(self.store, run_name)
        self._show_judging(run, self._judging_now() or self._begin_judging(run, judge))

    def _review_systems(self, set_name: str, candidate: str, baseline: str) -> None:
        """Make the run of two systems over a set, and review it."""
        from uphold.workflows.review_opening import make_run

        self.review_run(make_run(self.store, set_name, candidate, baseline))

    # a run

    def review_run(self, run: Run, queue: str | None = None, picked: Sequence[int] = ()) -> None:
        """Open the review of a run, in one of its queues (None: as it was read last); leaving it comes back here."""
        self._open_review(self._session(run, queue, picked))

    def _open_review(self, session: "ReviewSession") -> None:
        self.app.push_screen(self._review_screen(session, self._review_left))

    def _review_pair(self, run: Run, pair_id: int) -> None:
        """Review a run, from one of its pairs on; leaving it comes back here."""
        session = self._session(run, QueueKind.RANDOM)
        session.go_to(session.place_of(pair_id) + 1)
        self._open_review(session)

    def _open_review_of(self, run: Run) -> ReviewScreen | None:
        """The review of a run that is open, the one on top."""
        open_ones = (screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ReviewScreen))
        return next((screen for screen in open_ones if screen.session.run.id == run.id), None)

    def review_queue(self, run: Run, queue: str) -> None:
        """Review a run in one of its queues; where its review is open, in the mode and with the judge of that."""
        review = self._open_review_of(run)
        if review is None:
            self.review_run(run, queue)
        else:
            review.navigation.review_queue(queue)

    def review_tag(self, run: Run) -> None:
        """Ask for a tag, and review its pairs first."""
        self._with_tag(run, "review first the pairs with the tag …", lambda tag: self.review_queue(run, f"tag:{tag}"))

    def list_tag(self, run: Run) -> None:
        """Ask for a tag, and list its pairs."""
        from uphold.records.pair_list import PairFilter
        from uphold_tui.pairs.screen import PairsScreenState

        def open_list(tag: str) -> None:
            review = self._open_review_of(run)
            if review is None:
                self.list_pairs(run, PairsScreenState(PairFilter(tag=tag)))
            else:
                review.navigation.open_filtered(PairFilter(tag=tag))

        self._with_tag(run, "list the pairs with the tag …", open_list)

    def _with_tag(self, run: Run, hint: str, act: Callable[[str], None]) -> None:
        """Ask for one of the tags of a run's set, and do something with it."""
        from uphold.workflows.lookup import tags_in_use
        from uphold_tui.dialogs.commands import Command, CommandScreen

        tags = tags_in_use(self.store, run.set_id)

        def chosen(index: str | None) -> None:
            if index is not None:
                act(tags[int(index)])

        commands = [Command(safe_text.safe_line(tag), str(index)) for index, tag in enumerate(tags)]
        self.app.push_screen(CommandScreen(commands, hint, nothing="no example of this set has such a tag"), chosen)

    def _session(self, run: Run, queue: str | None = None, picked: Sequence[int] = ()) -> "ReviewSession":
        """A session in the queue that is wanted, else as the run was read last."""
        if picked:
            from uphold.workflows.review_opening import ReviewOptions, open_review

            options = ReviewOptions(queue or QueueKind.RANDOM, judge=self.options.judge, picked=picked)
            return open_review(self.store, run, self.reviewer, options)
        from uphold.workflows.review_resuming import WantedReview, resume_review

        return resume_review(self.store, run, self.reviewer, WantedReview(queue, judge=self.options.judge))

    def _review_screen(self, session: "ReviewSession", left: Callable[[ReviewExit], None]) -> ReviewScreen:
        screen = ReviewNavigator(self._context, self._review_links, session, left).screen
        screen.note_lost_keys()
        screen.note_other_sets()
        if self._offer_tour:
            self._offer_tour = False
            screen.offer_tour()
        return screen

    def _review_left(self, exit_: ReviewExit) -> None:
        """From a review that was opened from another screen: back to it, or out of the app where the person quits."""
        self.summary = exit_.summary or self.summary
        if exit_.quit:
            self.leave(asked=exit_.asked)
        else:
            self.close()

    def list_pairs(self, run: Run, state: "PairsScreenState | None" = None, judge: "JudgeRef | None" = None) -> None:
        """List a run's pairs, with the verdicts of `judge` (None: the headline's); a review from there comes back to it."""
        from uphold.workflows.pair_list import PairListing
        from uphold_tui.pairs.screen import PairsScreen, PairsScreenActions, PairsScreenState

        actions = PairsScreenActions(
            lambda pair_id: self._review_pair(run, pair_id),
            self.close,
            lambda: self.show_numbers(run),
            lambda pairs: self.review_run(run, QueueKind.HAND_PICKED, pairs),
        )
        state = state or self._list_states.setdefault(run.id, PairsScreenState(order=self.options.state.pair_order))
        listing = PairListing(self.store, run, self.reviewer, judge or self.options.judge)
        self.app.push_screen(PairsScreen(listing, actions, self.options, state))

    def show_numbers(self, run: Run) -> None:
        """The numbers of a run; each opens the pairs behind it."""
        from uphold_tui.numbers.screen import NumbersActions
        from uphold_tui.pairs.screen import PairsScreenState

        actions = NumbersActions(
            lambda wanted, judge: self.list_pairs(run, PairsScreenState(wanted), judge),
            lambda queue: self.review_run(run, queue),
            self.close,
            self.update_judges,
            lambda: self.checkpoints.show(run.set),
            lambda judge: self.show_standing(run.set, judge),
            lambda: self.show_workbench(run),
        )
        self.app.push_screen(self.numbers_screen(run, self.reviewer, actions, self.options.judge))

    def update_judges(self) -> None:
        """After a judge was pinned or unpinned: reviews and lists that are open speak of the headline's judge again."""
        from uphold_tui.pairs.screen import PairsScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, (ReviewScreen, PairsScreen)):
                screen.update_judge()

    def numbers_screen(
        self, run: Run, reviewer: str, actions: "NumbersActions", named: str | None = None
    ) -> Screen[None]:
        """The screen of a run's numbers; `named` is the judge that the user named."""
        from uphold_tui.numbers.screen import NumbersScreen, numbers_source

        source = numbers_source(self.store.path, run, reviewer, named)
        offered = replace(actions, wrong=lambda judge: self._show_wrong(run, judge, actions))
        return NumbersScreen(source, offered, self.options)

    def _show_wrong(self, run: Run, judge: "JudgeRef", numbers: "NumbersActions") -> None:
        """Where a judge is wrong on a run; its parts open their pairs as the numbers do."""
        from uphold_tui.numbers.wrong import WrongActions, WrongScreen, wrong_source

        actions = WrongActions(numbers.pairs, self.close)
        self.app.push_screen(WrongScreen(wrong_source(self.store.path, run, judge), actions, self.options))

    # the workbench

    def show_workbench(self, run: Run) -> None:
        """A judge at work on the decided pairs of a run."""
        from uphold_tui.workbench.screen import WorkbenchActions, WorkbenchScreen
        from uphold_tui.workbench.source import workbench_source

        def begin(work: "TrialWork") -> None:
            self.trial = work

        actions = WorkbenchActions(
            begin,
            lambda: self.trial if self.trial is not None and self.trial.is_running else None,
            lambda pair_id: self._review_pair(run, pair_id),
            lambda named: self.show_standing(run.set, None, named),
            self.close,
        )
        source = workbench_source(self.store.path, run, self.reviewer, self.settings)
        self.app.push_screen(WorkbenchScreen(source, actions, self.options))

    # standing

    def show_standing(self, set_name: str, judge: "JudgeRef | None", to_test: str | None = None) -> None:
        """What is certified over a set; `judge` is the one in force where none is pinned to the set.

        `to_test` names a judge that is to be tested at once, after the question what that spends.
        """
        from uphold_tui.standing.screen import StandingActions, StandingScreen
        from uphold_tui.standing.source import standing_source

        def begin(work: "BackgroundWork") -> None:
            self.standing = work

        actions = StandingActions(
            begin,
            lambda: self.standing if self.standing is not None and self.standing.is_running else None,
            self._list_tested,
            self.close,
        )
        source = standing_source(self.store.path, set_name, judge, self.settings)
        self.app.push_screen(StandingScreen(source, actions, self.options, to_test))

    def _list_tested(self, certificate: "Certificate") -> None:
        """List the pairs of a test: those of its run, or of the latest run of the set that has some."""
        from uphold.records.pair_list import Behind, behind
        from uphold.workflows.standing import runs_tested
        from uphold_tui.pairs.screen import PairsScreenState

        found = runs_tested(self.store, certificate)
        self.list_pairs(found[-1], PairsScreenState(behind(Behind.TESTED)), certificate.judge)

    # what is at work in the background

    def _checkpoint_begun(self, work: "BackgroundCheckpoint") -> None:
        self.checkpoint = work

    def _import_begun(self, work: "ImportWork[ImportOutcome]") -> None:
        self.importing = work

    def stop_importing(self) -> None:
        """Stop an import that still goes on, and wait until it is rolled back."""
        if self.importing is not None:
            self.importing.stop_and_wait()

    def import_trouble(self) -> str | None:
        """What became of an import that was at work when the app was left."""
        work = self.importing
        if work is None or (work.has_ended and not work.was_stopped):
            return None
        if work.was_stopped:
            return "the import was stopped: nothing of it is written"
        return "the import was still at work; uphold imports says whether it was written"

    def stop_judging(self) -> None:
        """Stop whatever asks models still, and wait until what was in flight is in the file."""
        if self.judging is not None:
            self.judging.stop_and_wait()
        if self.checkpoint is not None:
            self.checkpoint.stop_and_wait()
        if self.standing is not None:
            self.standing.stop_and_wait()
        if self.trial is not None:
            self.trial.stop_and_wait()

    def judging_error(self) -> str | None:
        """Why judging in the background stopped, where that was an error."""
        return self.judging.status.error if self.judging is not None else None

    # judging

    def judge_run(self, run: Run) -> None:
        """Open the judging of a run; where a judge is at work already, that one."""
        self._show_judging(run, self._judging_now())

    def _judging_now(self) -> "BackgroundJudging | None":
        """The judging that goes on."""
        return self.judging if self.judging is not None and self.judging.is_running else None

    def _show_judging(self, run: Run, work: "BackgroundJudging | None") -> None:
        """Show judging, though it may have ended by now; without any, the judges that a run can be given to."""
        from uphold.workflows.judge_offers import judge_offers
        from uphold.workflows.judging_progress import judge_answers
        from uphold_tui.judging.screen import JudgingActions, JudgingScreen

        actions = JudgingActions(
            lambda run: judge_offers(self.store, run, self.settings),
            self._begin_judging,
            lambda pair_id, judge_id: judge_answers(self.store, pair_id, judge_id),
            self.review_run,
            self.close,
            self.leave,
        )
        self.app.push_screen(JudgingScreen(run, actions, self.options, work))

    def _begin_judging(self, run: Run, judge: str) -> "BackgroundJudging":
        from uphold.workflows.concurrency import WorkControl
        from uphold_tui.judging.background import BackgroundJudging

        self.judging = BackgroundJudging(self.store.path, run, judge, self.settings, WorkControl())
        self.judging.start()
        return self.judging

    # the demo

    def _has_begun_demo(self) -> bool:
        from uphold.workflows.demo import has_begun_demo

        return has_begun_demo(DEMO)

    def open_demo(self) -> None:
        """Make the demo in this file, and review it."""
        from uphold.workflows.demo import open_demo

        self._offer_tour = True
        self.review_run(open_demo(self.store, DEMO))
