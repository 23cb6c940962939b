"""Navigation from a review: lists of its run's pairs, the numbers, the eval set, other queues; and the ways back to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen

from uphold.records.enums import QueueKind
from uphold.records.runs import Run
from uphold_tui.navigation.context import NavigationContext
from uphold_tui.navigation.eval_sets import SetNavigator
from uphold_tui.navigation.unsaved import UnsavedReviews
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.review.summary import ReviewExit
from uphold_tui.themes import MUTED

if TYPE_CHECKING:
    from uphold.records.judgments import JudgeRef
    from uphold.records.pair_list import PairFilter
    from uphold.workflows.pair_list import PairListing
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.numbers.screen import NumbersActions
    from uphold_tui.pairs.screen import PairsScreen, PairsScreenState


@dataclass(frozen=True)
class AppLinks:
    """What a review calls of the rest of the app.

    `unsaved` is told which reviews are open, `sets` opens what is about its set. `numbers_screen` returns the screen of the
    numbers of a run, given the reviewer, what it may open, and the judge that the user named; `update_judges` is called
    after a judge was pinned there. `standing` and `workbench` open those screens.
    """

    unsaved: UnsavedReviews
    sets: SetNavigator
    numbers_screen: Callable[[Run, str, "NumbersActions", str | None], Screen[None]]
    update_judges: Callable[[], None]
    standing: Callable[[str, "JudgeRef | None"], None]
    workbench: Callable[[Run], None]


class ReviewNavigator:
    """Where one review leads: lists of its run's pairs, the numbers, other queues; and the ways back to it."""

    def __init__(
        self,
        context: NavigationContext,
        links: AppLinks,
        session: "ReviewSession",
        left: Callable[[ReviewExit], None],
    ) -> None:
        self._context, self._links, self._session, self._left = context, links, session, left
        self._app = context.app
        self._list: PairsScreen | None = None
        self._opened_from: tuple[int, PairsScreenState] | None = None
        self.screen = ReviewScreen(session, self, context.options)
        links.unsaved.review_opened(self.screen)

    def leave(self, exit_: ReviewExit) -> None:
        """Out of the review."""
        if not exit_.quit:
            self._links.unsaved.review_ended(self.screen)
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

            order = self._context.options.state.pair_order
            self._list = self._pairs_screen(PairsScreenState(order=order, pair_id=here), choose=choose)
            self._app.install_screen(self._list, f"pairs-{id(self)}")
        self._app.push_screen(self._list)

    def open_filtered(self, wanted: "PairFilter", judge: "JudgeRef | None" = None) -> None:
        """Some pairs of the run, such as those behind a number that speaks of a judge."""
        from uphold_tui.pairs.screen import PairsScreenState

        self._app.push_screen(self._pairs_screen(PairsScreenState(wanted), judge=judge))

    def _pairs_screen(
        self, state: "PairsScreenState", *, choose: bool = False, judge: "JudgeRef | None" = None
    ) -> "PairsScreen":
        from uphold_tui.pairs.screen import PairsScreen, PairsScreenActions

        blind, options = self._session.blind, self._context.options
        actions = PairsScreenActions(
            self._open_pair,
            self._context.close,
            None if blind else self.screen.action_numbers,
            lambda pairs: self.review_queue(QueueKind.HAND_PICKED, pairs),
            self.screen.refresh_session,
        )
        return PairsScreen(self.listing(judge), actions, options, state, blind=blind, choose_filter=choose)

    def open_numbers(self) -> None:
        """The numbers of the run."""
        from uphold_tui.numbers.screen import NumbersActions

        session, links = self._session, self._links
        self.screen.update_judge()
        actions = NumbersActions(
            self.open_filtered,
            self._review_queue,
            self._context.close,
            links.update_judges,
            standing=lambda judge: links.standing(session.run.set, judge),
            workbench=lambda: links.workbench(session.run),
        )
        screen = links.numbers_screen(session.run, session.reviewer, actions, session.named_judge)
        self._app.push_screen(screen)

    def open_set(self, key: str) -> None:
        """The run's eval set, with the cursor on an example; leaving it comes back to the pair at hand."""
        from uphold.workflows.curating import SetEditor
        from uphold_tui.eval_set.screen import SetScreen
        from uphold_tui.eval_set.state import SetActions, SetScreenState, remembered_order

        session, context, sets = self._session, self._context, self._links.sets
        editor = SetEditor(session.store, session.run.set, session.reviewer)
        hidden = session.undecided_keys()

        def leave(changed: bool) -> None:
            said = sets.cut_version(editor) if changed else ""
            context.close()
            self.screen.refresh_session()
            if session.is_stale:
                said = "this pair is stale now, and in no count: J goes on"
            if said:
                self.screen.show_message(Content.styled(said, MUTED))

        actions = SetActions(
            leave,
            None,
            lambda key: key in hidden,
            lambda told: sets.open_proposals(editor, told),
            lambda told: sets.open_versions(editor, told, judges=False),
        )
        order = remembered_order(context.options.state)
        sets.push(SetScreen(editor, actions, context.options, SetScreenState(order=order, key=key)))

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

        screen = ReviewNavigator(self._context, self._links, other, left).screen
        self._app.push_screen(screen)
