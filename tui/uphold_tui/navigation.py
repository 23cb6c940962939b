"""Which screen opens which: the only place where screens are opened and closed (dialogs of a screen aside)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.app import App
from textual.content import Content
from textual.screen import Screen

from uphold.errors import DatabaseLost, UpholdError
from uphold.records.enums import QueueKind
from uphold.records.pair_list import PairFilter
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.workflows.lookup import Store
from uphold_tui import safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.review.summary import ReviewExit, SessionSummary, as_plain
from uphold_tui.themes import MUTED

if TYPE_CHECKING:
    from uphold.records.certificates import Certificate
    from uphold.records.import_request import ImportRequest
    from uphold.records.judgments import JudgeRef
    from uphold.workflows.checkpoint_run import CheckpointRequest
    from uphold.workflows.curating import SetEditor
    from uphold.workflows.next_step import NextStep
    from uphold.workflows.pair_list import PairListing
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.dialogs.checkpoint_form import NamedCheckpoint
    from uphold_tui.dialogs.not_kept import Choice
    from uphold_tui.eval_set.screen import SetScreen
    from uphold_tui.importing.background import ImportOutcome, ImportWork
    from uphold_tui.judging.background import BackgroundJudging
    from uphold_tui.new_checkpoint.background import BackgroundCheckpoint
    from uphold_tui.numbers.screen import NumbersActions
    from uphold_tui.pairs.screen import PairsScreen, PairsScreenState
    from uphold_tui.standing.work import BackgroundWork
    from uphold_tui.workbench.source import TrialWork


@runtime_checkable
class FinishesSet(Protocol):
    """A screen on which a set is changed."""

    @property
    def set_editor(self) -> "SetEditor":
        """What changes the set."""

    def finish(self) -> bool:
        """Do what closing the screen does to the set; whether the set was changed."""


DEMO = "support-desk"
"""The sample set that a first start offers."""


class Navigator:
    """Opens the app's screens and leaves the app. What the next screen needs is loaded when it is opened."""

    def __init__(self, app: App[str], store: Store, options: AppOptions, settings: Settings) -> None:
        self.app, self.store, self.options, self.settings = app, store, options, settings
        self.reviewer = options.reviewer
        self.summary: SessionSummary | None = None
        self.judging: BackgroundJudging | None = None
        self.checkpoint: BackgroundCheckpoint | None = None
        self.standing: BackgroundWork | None = None
        self.trial: TrialWork | None = None
        self.first_checkpoint: BackgroundCheckpoint | None = None
        self.importing: ImportWork[ImportOutcome] | None = None
        self.reviews: list[ReviewScreen] = []
        self._said = ""
        self.sets: list[SetScreen] = []
        self._not_kept: list[str] = []
        self._saved_elsewhere: list[str] = []
        self._offer_tour = options.tour
        self._list_states: dict[int, PairsScreenState] = {}

    # the first screen, and the way out

    def first_screen(self, session: "ReviewSession | None") -> Screen[None]:
        """The review where there is a session, else the proposals that the options name, else the start screen."""
        if session is None and self.options.proposals is not None:
            from uphold.workflows.curating import SetEditor

            editor = SetEditor(self.store, self.options.proposals, self.reviewer)
            return self._proposals_screen(editor, self._proposals_left)
        if session is None:
            return self.home_screen()
        return self._review_screen(session, lambda exit_: self.leave(exit_.summary, asked=exit_.asked))

    def show_home(self) -> None:
        """The start screen that is open, with what is above it closed; else, or where that would lose something, a new one."""
        from uphold_tui.home.screen import HomeScreen

        is_open = any(isinstance(screen, HomeScreen) for screen in self.app.screen_stack)
        if not is_open or self._unfinished() is not None or self._trouble() is not None:
            self.app.push_screen(self.home_screen(self.close))
            return
        self._finish_sets()
        while not isinstance(self.app.screen, HomeScreen):
            closed = self.app.screen
            if isinstance(closed, ReviewScreen):
                self.summary = closed.summary() or self.summary
                self.review_ended(closed)
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
            self.open_set,
            self.new_set,
            self.import_file,
            self.show_checkpoints,
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
        trouble = None if asked else self._trouble()
        if trouble is None:
            self.exit(summary)
        else:
            self._ask_before_leaving(trouble, summary)

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
        return next((words for screen in self.sets if (words := screen.unsaved_words()) is not None), None)

    def _quit_in_spite(self, choice: "Choice | None") -> None:
        if choice is not None:
            self._quit_now()

    def _quit_now(self) -> None:
        self._finish_sets()
        review = next((screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ReviewScreen)), None)
        if review is not None:
            review.action_leave()
        else:
            self.leave()

    def _finish_sets(self) -> None:
        """What closing them does for the proposals and sets that are open."""
        for screen in reversed(self.app.screen_stack):
            if isinstance(screen, FinishesSet) and screen.finish():
                self._said = self.cut_version(screen.set_editor) or self._said

    def exit(self, summary: SessionSummary | None = None) -> None:
        """Leave the app at once; the summary of the last session that had one is printed in the terminal."""
        self.summary = summary or self.summary
        self.app.exit(self.last_words(self.store.lost()))

    @property
    def is_blind(self) -> bool:
        """Whether a review is open in which verdicts are hidden until one has decided."""
        return any(isinstance(screen, ReviewScreen) and screen.session.blind for screen in self.app.screen_stack)

    # what is not kept

    def _trouble(self) -> str | None:
        """What leaving the app would lose."""
        found = next((trouble for screen in self.reviews if (trouble := screen.actions.trouble())), None)
        lost = self.store.lost()
        return found or (safe_text.cause(str(lost)) if lost is not None else None)

    def _ask_before_leaving(self, trouble: str, summary: SessionSummary | None) -> None:
        from uphold_tui.dialogs.not_kept import Choice, NotKeptScreen, ask_file

        def chosen(choice: Choice | None) -> None:
            if choice is Choice.LEAVE:
                self.exit(summary)
            elif choice is Choice.SAVE:
                from uphold.workflows.saving_elsewhere import default_target

                self.app.push_screen(ask_file(str(default_target(self.store))), self._save_database)

        self.app.push_screen(NotKeptScreen(trouble), chosen)

    def _save_database(self, name: str | None) -> None:
        """Copy the database to a file of this name and go on in that; where it cannot be done, say why and ask again."""
        from uphold.workflows.saving_elsewhere import save_database

        if not name:
            return
        try:
            saved = save_database(self.store, Path(name).expanduser())
        except UpholdError as error:
            self._ask_before_leaving(str(error), None)
            return
        self._saved_elsewhere.append(f"the whole database was copied to {saved.path}")
        for screen in self.reviews:
            screen.session.settle()

    def review_ended(self, screen: ReviewScreen) -> None:
        """A review is closed: what it could not save, and where it saved to, is named in the terminal in the end."""
        if screen not in self.reviews:
            return
        self.reviews.remove(screen)
        self._not_kept += _not_kept(screen)
        self._saved_elsewhere += screen.actions.saved_elsewhere

    def all_not_kept(self) -> list[str]:
        """What could not be saved, in sentences."""
        reviews = (words for screen in self.reviews for words in _not_kept(screen))
        sets = (words for screen in self.sets if (words := screen.unsaved_words()) is not None)
        return [*self._not_kept, *reviews, *sets]

    def all_saved_elsewhere(self) -> list[str]:
        """What was saved to other files, in sentences."""
        return [*self._saved_elsewhere, *(words for screen in self.reviews for words in screen.actions.saved_elsewhere)]

    def last_words(self, lost: DatabaseLost | None) -> str | None:
        """The summary of the last session that had one, true about the file as it is now; else what was said in the end."""
        summary = self.summary
        if summary is None:
            return self._said or None
        troubles = [*self.all_not_kept(), *([safe_text.cause(str(lost))] if lost is not None else [])]
        return as_plain(replace(summary, trouble=troubles[0]) if troubles else summary)

    def judging_error(self) -> str | None:
        """Why judging in the background stopped, where that was an error."""
        return self.judging.status.error if self.judging is not None else None

    def close(self) -> None:
        """Back to the screen before."""
        self.app.pop_screen()

    def change_reviewer(self, name: str) -> None:
        """Whoever reviews from now on; the state of a list is kept for one reviewer only."""
        self.reviewer = name
        self._list_states.clear()

    # an eval set

    def new_set(self) -> None:
        """Ask for the name and purpose of an eval set, make it, and open it."""
        from uphold.workflows.curating import make_set
        from uphold.workflows.lookup import home
        from uphold_tui.dialogs.set_forms import NewSet, NewSetScreen

        def make(new: NewSet | None) -> None:
            if new is not None:
                make_set(self.store, new.name, self.reviewer, new.purpose or None)
                self.open_set(new.name)

        self.app.push_screen(NewSetScreen(row.name for row in home(self.store).sets), make)

    def open_set(self, name: str) -> None:
        """Open an eval set; leaving it comes back here, with a version cut where it was changed."""
        from uphold.workflows.curating import SetEditor
        from uphold_tui.eval_set.screen import SetScreen
        from uphold_tui.eval_set.state import SetActions
        from uphold_tui.home.screen import HomeScreen

        editor = SetEditor(self.store, name, self.reviewer)

        def leave(changed: bool) -> None:
            said = self.cut_version(editor) if changed else ""
            self.close()
            if isinstance(self.app.screen, HomeScreen):
                self.app.screen.greet(said)

        actions = SetActions(
            leave,
            lambda candidate, baseline: self._review_systems(editor.name, candidate, baseline),
            proposals=lambda told: self.open_proposals(editor, told),
            versions=lambda told: self.open_versions(editor, told),
        )
        self.push_set(SetScreen(editor, actions, self.options))

    def show_set(self, name: str) -> None:
        """Open an eval set; over a review, as that opens it: what would give away the sides is left out."""
        reviews = (screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ReviewScreen))
        review = next((screen for screen in reviews if screen.session.run.set == name), None)
        pair = review.session.current if review is not None else None
        if review is not None and pair is not None:
            review.navigation.open_set(pair.key)
        else:
            self.open_set(name)

    def push_set(self, screen: "SetScreen") -> None:
        """Open an eval set; what is being written in it when the app is left is named in the terminal."""
        self.sets = [*(one for one in self.sets if one in self.app.screen_stack), screen]
        self.app.push_screen(screen)

    def open_proposals(self, editor: "SetEditor", told: Callable[[str], None]) -> None:
        """Open the proposals of a set; leaving them comes back here, and `told` is called with what came of it."""

        def left(words: str) -> None:
            self.close()
            told(words)

        self.app.push_screen(self._proposals_screen(editor, left))

    def _proposals_screen(self, editor: "SetEditor", left: Callable[[str], None]) -> Screen[None]:
        from uphold.formatting import count
        from uphold.workflows.proposal_session import ProposalSession
        from uphold_tui.eval_set.proposals.screen import ProposalsActions, ProposalsScreen

        def leave(taken: list[str]) -> None:
            said = self.cut_version(editor) if taken else ""
            left(f"{count(len(taken))} taken{': ' if said else ''}{said}" if taken else "")

        return ProposalsScreen(ProposalSession(editor), ProposalsActions(leave), self.options)

    def open_versions(self, editor: "SetEditor", told: Callable[[str], None], *, judges: bool = True) -> None:
        """Open the versions of a set, as `open_proposals` does; `judges` says whether stale pairs can be judged from there."""
        from uphold_tui.eval_set.versions.screen import VersionsActions, VersionsScreen

        def leave(words: str) -> None:
            self.close()
            told(words)

        actions = VersionsActions(leave, self._judge_again if judges else None)
        self.app.push_screen(VersionsScreen(editor, actions, self.options, self.settings))

    def _judge_again(self, run_name: str, judge: str) -> None:
        """Start a judge on what it has not read of a run, and show it at work; judging that goes on already is shown."""
        from uphold.workflows.lookup import find_run

        run = find_run(self.store, run_name)
        if self.judging is None or not self.judging.is_running:
            self._begin_judging(run, judge)
        self.judge_run(run)

    def cut_version(self, editor: "SetEditor") -> str:
        """Cut a version of a set that was changed; return what that came to, as a sentence."""
        from uphold.records.set_history import VersionReason
        from uphold.workflows.set_versions import cut_version

        try:
            cut = cut_version(self.store, editor.name, VersionReason.EDITED, self.reviewer)
        except UpholdError as error:
            return safe_text.cause(str(error))
        if cut is None:
            return ""
        return f"{safe_text.safe_line(editor.name)} is version {cut.number} now" if cut.is_new else ""

    def _review_systems(self, set_name: str, candidate: str, baseline: str) -> None:
        """Make the run of two systems over a set, and review it."""
        from uphold.workflows.review_opening import make_run

        self.review_run(make_run(self.store, set_name, candidate, baseline))

    # a run

    def review_run(self, run: Run, queue: str | None = None, picked: Sequence[int] = ()) -> None:
        """Open the review of a run, in one of its queues (None: as it was read last); leaving it comes back here."""
        session = self._session(run, queue, picked)
        self.app.push_screen(self._review_screen(session, self._review_left))

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
        screen = ReviewNavigator(self, session, left).screen
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

        def open_pair(pair_id: int) -> None:
            session = self._session(run, QueueKind.RANDOM)
            session.go_to(session.place_of(pair_id) + 1)
            self.app.push_screen(self._review_screen(session, self._review_left))

        actions = PairsScreenActions(
            open_pair,
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
            lambda: self.show_checkpoints(run.set),
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

        def open_pair(pair_id: int) -> None:
            session = self._session(run, QueueKind.RANDOM)
            session.go_to(session.place_of(pair_id) + 1)
            self.app.push_screen(self._review_screen(session, self._review_left))

        actions = WorkbenchActions(
            begin,
            lambda: self.trial if self.trial is not None and self.trial.is_running else None,
            open_pair,
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

    # checkpoints

    def show_checkpoints(self, set_name: str) -> None:
        """The runs of a set as checkpoints."""
        self.app.push_screen(self._checkpoints_screen(set_name, self.close))

    def _checkpoints_screen(self, set_name: str, leave: Callable[[], None]) -> Screen[None]:
        from uphold_tui.checkpoints.screen import CheckpointsActions, CheckpointsScreen
        from uphold_tui.checkpoints.source import checkpoints_source

        actions = CheckpointsActions(
            self.show_numbers, self.list_pairs, lambda: self.run_new_checkpoint(set_name), leave
        )
        source = checkpoints_source(self.store.path, set_name, self.reviewer, self.options.judge)
        return CheckpointsScreen(source, actions, self.options)

    def run_new_checkpoint(self, set_name: str) -> None:
        """Show the checkpoint that is under way; where there is none, ask for one and begin it."""
        from uphold_tui.dialogs.checkpoint_form import CheckpointForm, NamedCheckpoint
        from uphold_tui.new_checkpoint.screen import NewCheckpointScreen

        work = self.checkpoint
        if work is not None and work.is_running:
            screens = (screen for screen in self.app.screen_stack if isinstance(screen, NewCheckpointScreen))
            found = next((screen for screen in screens if screen.work is work), None)
            if found is None:
                self.app.push_screen(self._new_checkpoint_screen(work, self.close))
            while found is not None and self.app.screen is not found:
                self.app.pop_screen()
            return

        def begin(named: NamedCheckpoint | None) -> None:
            if named is not None:
                begun = self._begin_checkpoint(_checkpoint_request(named, set_name, self.settings))
                self.app.push_screen(self._new_checkpoint_screen(begun, self.close))

        self.app.push_screen(CheckpointForm(set_name, self.settings.project.endpoint), begin)

    def checkpoint_trouble(self) -> str | None:
        """What is left of a checkpoint that was begun in the app and was at work when it was left."""
        work = self.checkpoint
        if work is None or work is self.first_checkpoint or not work.was_left:
            return None
        name = safe_text.safe_line(work.request.system)
        return f"the checkpoint {name} was stopped before its steps ended; run it again: what is there is not asked for twice"

    def _begin_checkpoint(self, request: "CheckpointRequest") -> "BackgroundCheckpoint":
        from uphold_tui.new_checkpoint.background import BackgroundCheckpoint

        self.checkpoint = BackgroundCheckpoint(self.store.path, request, self.reviewer)
        self.checkpoint.start()
        return self.checkpoint

    def first_checkpoint_screen(self, request: "CheckpointRequest", planned: int | None) -> Screen[None]:
        """The screen of a new checkpoint as the first one: left while it goes on, it leads to the checkpoints."""
        work = self.first_checkpoint = self._begin_checkpoint(request)

        def leave() -> None:
            running = self.first_checkpoint
            if running is not None and running.is_running and running.status.progress is not None:
                self.app.push_screen(self._checkpoints_screen(running.status.progress.set, self.leave))
            else:
                self.leave()

        return self._new_checkpoint_screen(work, leave, planned)

    def _new_checkpoint_screen(
        self, work: "BackgroundCheckpoint", leave: Callable[[], None], planned: int | None = None
    ) -> Screen[None]:
        from uphold_tui.new_checkpoint.screen import NewCheckpointActions, NewCheckpointScreen

        def again() -> "BackgroundCheckpoint":
            nonlocal work
            is_first = self.first_checkpoint is work
            work = self.checkpoint = work.again()
            if is_first:
                self.first_checkpoint = work
            return work

        def show_checkpoints() -> None:
            progress = work.status.progress
            if progress is not None:
                self.show_checkpoints(progress.set)

        def review(run: Run, flips_only: bool) -> None:
            from uphold.workflows.review_opening import ReviewOptions, open_review

            options = ReviewOptions(
                QueueKind.CHANGED,
                judge=self.options.judge,
                planned=None if flips_only else planned or self.settings.project.read,
                flips_only=flips_only,
            )
            session = open_review(self.store, run, self.reviewer, options)
            self.app.push_screen(self._review_screen(session, self._review_left))

        actions = NewCheckpointActions(review, self.show_numbers, self.list_pairs, show_checkpoints, again, leave)
        return NewCheckpointScreen(work, actions, self.options)

    # importing

    def import_file(self) -> None:
        """Ask for a file, show what it holds, and import it."""
        from uphold_tui.importing.file_screen import FileActions, FileScreen

        actions = FileActions(self._show_import, self.close, lambda: self.store.path)
        self.app.push_screen(FileScreen(actions, self.options))
        # What reads files takes a while to load; it is there by the time a file is chosen.
        self.app.run_worker(lambda: import_module("uphold_tui.importing.screen"), thread=True, exit_on_error=False)

    def _show_import(self, paths: Sequence[Path]) -> None:
        from uphold_tui.importing.background import start_preview
        from uphold_tui.importing.screen import ImportActions, ImportScreen

        actions = ImportActions(
            lambda request, tell: start_preview(self.store.path, request, tell),
            self._begin_import,
            self._review_imported,
            self._judge_imported,
            self.close,
            self._close_import,
        )
        self.app.push_screen(ImportScreen(paths, actions, self.options))

    def _begin_import(self, request: "ImportRequest", tell: Callable[[], None]) -> "ImportWork[ImportOutcome]":
        from uphold_tui.importing.background import start_import

        self.importing = start_import(self.store.path, request, self.settings, tell)
        return self.importing

    def _close_import(self) -> None:
        """From the end of an import back to where the file was asked for."""
        self.close()
        self.close()

    def _imported_run(self, step: "NextStep", set_name: str) -> Run:
        """Return the run that an import leads to; it is made where there is none yet."""
        from uphold.workflows.review_opening import make_run

        if step.run is not None or step.sides is None:
            assert step.run is not None
            return step.run
        return make_run(self.store, set_name, *step.sides)

    def _review_imported(self, step: "NextStep", set_name: str) -> None:
        session = self._session(self._imported_run(step, set_name))
        self._close_import()
        self.app.push_screen(self._review_screen(session, self._review_left))

    def _judge_imported(self, step: "NextStep", set_name: str) -> None:
        run = self._imported_run(step, set_name)
        self._close_import()
        self.judge_run(run)

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

    # judging

    def judge_run(self, run: Run) -> None:
        """Open the judging of a run; where a judge is at work already, that one."""
        from uphold.workflows.judge_offers import judge_offers
        from uphold.workflows.judging_progress import judge_answers
        from uphold_tui.judging.screen import JudgingActions, JudgingScreen

        actions = JudgingActions(
            lambda run: judge_offers(self.store, run, self.settings),
            lambda: self.judging if self.judging is not None and self.judging.is_running else None,
            self._begin_judging,
            lambda pair_id, judge_id: judge_answers(self.store, pair_id, judge_id),
            self.review_run,
            self.close,
            self.leave,
        )
        self.app.push_screen(JudgingScreen(run, actions, self.options))

    def _begin_judging(self, run: Run, judge: str) -> "BackgroundJudging":
        from uphold.workflows.concurrency import WorkControl
        from uphold_tui.judging.background import BackgroundJudging

        self.judging = BackgroundJudging(self.store.path, run, judge, self.settings, WorkControl())
        self.judging.start()
        return self.judging

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

    def _has_begun_demo(self) -> bool:
        from uphold.workflows.demo import has_begun_demo

        return has_begun_demo(DEMO)

    def open_demo(self) -> None:
        """Make the demo in this file, and review it."""
        from uphold.workflows.demo import open_demo

        self._offer_tour = True
        self.review_run(open_demo(self.store, DEMO))


def _checkpoint_request(named: "NamedCheckpoint", set_name: str, settings: Settings) -> "CheckpointRequest":
    """Return the request for a checkpoint: what names a file is a file with its answers, anything else an endpoint."""
    from uphold.workflows.checkpoint_run import CheckpointRequest

    file = Path(named.source).expanduser() if named.source else None
    is_file = file is not None and (file.exists() or "/" in named.source or file.suffix in (".jsonl", ".json", ".csv"))
    return CheckpointRequest(
        named.system,
        answers=(file,) if file is not None and is_file else (),
        endpoint=named.source if named.source and not is_file else None,
        set=set_name,
        settings=settings,
    )


def _not_kept(screen: ReviewScreen) -> list[str]:
    """The act that a review could not save, and why."""
    actions = screen.actions
    return [f"{actions.unsaved_words()}: {actions.cause}"] if actions.unsaved is not None else []


class ReviewNavigator:
    """Where one review leads: lists of its run's pairs, the numbers, other queues; and the ways back to it."""

    def __init__(self, navigator: Navigator, session: "ReviewSession", left: Callable[[ReviewExit], None]) -> None:
        self._navigator, self._app, self._session, self._left = navigator, navigator.app, session, left
        self._list: PairsScreen | None = None
        self._opened_from: tuple[int, PairsScreenState] | None = None
        self.screen = ReviewScreen(session, self, navigator.options)
        navigator.reviews.append(self.screen)

    def leave(self, exit_: ReviewExit) -> None:
        """Out of the review."""
        if not exit_.quit:
            self._navigator.review_ended(self.screen)
        self._left(exit_)

    def listing(self, judge: "JudgeRef | None" = None) -> "PairListing":
        """The run's pairs, for a list or a search, with the verdicts of `judge` (None: the session's)."""
        from uphold.workflows.pair_list import PairListing

        session = self._session
        return PairListing(session.store, session.run, session.reviewer, judge or session.named_judge)

    def open_list(self, *, choose: bool = False) -> None:
        """All pairs of the run. The list is made once, and stays as it was left."""
        pair = self._session.current
        here = pair.pair_id if pair is not None else None
        if self._list is not None:
            self._list.reopen(here, choose_filter=choose, blind=self._session.blind)
        else:
            from uphold_tui.pairs.screen import PairsScreenState

            order = self._navigator.options.state.pair_order
            self._list = self._pairs_screen(PairsScreenState(order=order, pair_id=here), choose=choose)
            self._app.install_screen(self._list, f"pairs-{id(self)}")
        self._app.push_screen(self._list)

    def open_filtered(self, wanted: PairFilter, judge: "JudgeRef | None" = None) -> None:
        """Some pairs of the run, such as those behind a number that speaks of a judge."""
        from uphold_tui.pairs.screen import PairsScreenState

        self._app.push_screen(self._pairs_screen(PairsScreenState(wanted), judge=judge))

    def _pairs_screen(
        self, state: "PairsScreenState", *, choose: bool = False, judge: "JudgeRef | None" = None
    ) -> "PairsScreen":
        from uphold_tui.pairs.screen import PairsScreen, PairsScreenActions

        blind, options = self._session.blind, self._navigator.options
        actions = PairsScreenActions(
            self._open_pair,
            self._navigator.close,
            None if blind else self.screen.action_numbers,
            lambda pairs: self.review_queue(QueueKind.HAND_PICKED, pairs),
            self.screen.refresh_session,
        )
        return PairsScreen(self.listing(judge), actions, options, state, blind=blind, choose_filter=choose)

    def open_numbers(self) -> None:
        """The numbers of the run."""
        from uphold_tui.numbers.screen import NumbersActions

        session = self._session
        self.screen.update_judge()
        actions = NumbersActions(
            self.open_filtered,
            self._review_queue,
            self._navigator.close,
            self._navigator.update_judges,
            standing=lambda judge: self._navigator.show_standing(session.run.set, judge),
            workbench=lambda: self._navigator.show_workbench(session.run),
        )
        screen = self._navigator.numbers_screen(session.run, session.reviewer, actions, session.named_judge)
        self._app.push_screen(screen)

    def open_set(self, key: str) -> None:
        """The run's eval set, with the cursor on an example; leaving it comes back to the pair at hand."""
        from uphold.workflows.curating import SetEditor
        from uphold_tui.eval_set.screen import SetScreen
        from uphold_tui.eval_set.state import SetActions, SetScreenState, remembered_order

        session, navigator = self._session, self._navigator
        editor = SetEditor(session.store, session.run.set, session.reviewer)
        hidden = session.undecided_keys()

        def leave(changed: bool) -> None:
            said = navigator.cut_version(editor) if changed else ""
            navigator.close()
            self.screen.refresh_session()
            if session.is_stale:
                said = "this pair is stale now, and in no count: J goes on"
            if said:
                self.screen.show_message(Content.styled(said, MUTED))

        actions = SetActions(
            leave,
            None,
            lambda key: key in hidden,
            lambda told: navigator.open_proposals(editor, told),
            lambda told: navigator.open_versions(editor, told, judges=False),
        )
        order = remembered_order(navigator.options.state)
        navigator.push_set(SetScreen(editor, actions, navigator.options, SetScreenState(order=order, key=key)))

    def _open_pair(self, pair_id: int) -> None:
        """Back to the review, on a pair of a list; as long as the review stays there, `q` goes back to the list."""
        from uphold_tui.pairs.screen import PairsScreen

        shown = self._app.screen
        state = shown.state if isinstance(shown, PairsScreen) else None
        self._close_screens_above()
        if self.screen.show_pair(pair_id) and state is not None:
            self._opened_from = (pair_id, state)

    def return_to_list(self) -> bool:
        """Back to the list that the pair at hand was opened from; False where there is none."""
        opened_from, self._opened_from = self._opened_from, None
        pair = self._session.current
        if opened_from is None or pair is None or pair.pair_id != opened_from[0]:
            return False
        if self._list is not None and self._list.state is opened_from[1]:
            self.open_list()
        else:
            self._app.push_screen(self._pairs_screen(opened_from[1]))
        return True

    def _close_screens_above(self) -> None:
        """Close whatever is above the review."""
        while self._app.screen is not self.screen:
            self._app.pop_screen()

    def _review_queue(self, queue: str) -> None:
        """Read a queue; where it is this one, go on with it."""
        if queue != self._session.queue:
            self.review_queue(queue)
            return
        self._close_screens_above()
        self.screen.go_on_in_queue()

    def review_queue(self, queue: str, picked: Sequence[int] = ()) -> None:
        """Review another queue of the run; leaving it comes back to this review, and what was decided there counts here."""
        from uphold.workflows.review_opening import ReviewOptions, open_review

        here = self._session
        options = ReviewOptions(queue, here.blind, judge=here.named_judge, picked=picked)
        other = open_review(here.store, here.run, here.reviewer, options)
        here.share_seen(other)

        def left(exit_: ReviewExit) -> None:
            if exit_.quit:
                self.leave(exit_)
                return
            self._close_screens_above()
            self.screen.merge_review(screen)

        screen = ReviewNavigator(self._navigator, other, left).screen
        self._app.push_screen(screen)
