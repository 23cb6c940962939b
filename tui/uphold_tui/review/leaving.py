"""Leaving a review: asking before something is lost, and showing the summary first where there is something to see."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from uphold_tui.review.actions import ReviewActions
from uphold_tui.review.summary import ReviewExit, SessionSummary
from uphold_tui.themes import Signs

if TYPE_CHECKING:
    from textual.app import App

    from uphold_tui.review.links import ReviewLinks
    from uphold_tui.review.summary_screen import SummaryAnswer


class Leaving:
    """Leads out of a review.

    `summary` says what the session came to, if that is worth showing; `save_elsewhere` asks for another file to save to.
    """

    def __init__(
        self,
        navigation: "ReviewLinks",
        actions: ReviewActions,
        summary: Callable[[], SessionSummary | None],
        save_elsewhere: Callable[[], None],
        signs: Signs,
    ) -> None:
        self._navigation, self._actions, self._signs = navigation, actions, signs
        self._summary, self._save_elsewhere = summary, save_elsewhere

    def back(self, app: "App[object]") -> None:
        """Back to the list that the pair was opened from; else leave, after the summary."""
        trouble = self._actions.trouble()
        if trouble is not None:
            self._ask_before(app, trouble, quit_app=False)
        elif not self._navigation.return_to_list():
            self._show_summary(app)

    def quit(self, app: "App[object]") -> None:
        """Quit the app at once; where something is not saved, ask first."""
        trouble = self._actions.trouble()
        if trouble is not None:
            self._ask_before(app, trouble, quit_app=True)
        else:
            self._navigation.leave(ReviewExit(self._summary(), quit=True))

    def _show_summary(self, app: "App[object]") -> None:
        """Leave once the summary has been read; at once without one."""
        from uphold_tui.review.summary_screen import SummaryScreen

        summary = self._summary()
        if summary is None:
            self._navigation.leave(ReviewExit())
            return

        def answered(answer: "SummaryAnswer | None") -> None:
            if answer == "leave":
                self._navigation.leave(ReviewExit(summary))
            elif answer == "numbers":
                self._navigation.open_numbers()

        app.push_screen(SummaryScreen(summary, self._signs), answered)

    def _ask_before(self, app: "App[object]", trouble: str, *, quit_app: bool) -> None:
        """Say what would be lost, and let the reviewer choose."""

        from uphold_tui.dialogs.not_kept import Choice, NotKeptScreen

        def chosen(choice: Choice | None) -> None:
            if choice is Choice.SAVE:
                self._save_elsewhere()
            elif choice is Choice.LEAVE:
                self._navigation.leave(ReviewExit(self._summary(), quit=quit_app, asked=True))

        app.push_screen(NotKeptScreen(trouble), chosen)
