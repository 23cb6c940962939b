"""Reviews with unsaved work: asked about when the app is left, named in the terminal in the end."""

from collections.abc import Callable
from pathlib import Path

from uphold.errors import UpholdError
from uphold_tui import safe_text
from uphold_tui.navigation.context import NavigationContext
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.review.summary import SessionSummary


class UnsavedReviews:
    """The reviews that are open, and what those that were closed could not save or saved to other files.

    `leave` leaves the app with the summary of a session.
    """

    def __init__(self, context: NavigationContext, leave: Callable[[SessionSummary | None], None]) -> None:
        self._context, self._leave = context, leave
        self._open: list[ReviewScreen] = []
        self._not_kept: list[str] = []
        self._saved_elsewhere: list[str] = []

    def review_opened(self, screen: ReviewScreen) -> None:
        """A review is open: what it cannot save is asked about from now on."""
        self._open.append(screen)

    def review_ended(self, screen: ReviewScreen) -> None:
        """A review is closed: what it could not save, and where it saved to, is named in the terminal in the end."""
        if screen not in self._open:
            return
        self._open.remove(screen)
        self._not_kept += _not_kept(screen)
        self._saved_elsewhere += screen.actions.saved_elsewhere

    def trouble(self) -> str | None:
        """What leaving the app would lose."""
        found = next((trouble for screen in self._open if (trouble := screen.actions.trouble())), None)
        lost = self._context.store.lost()
        return found or (safe_text.cause(str(lost)) if lost is not None else None)

    def not_kept(self) -> list[str]:
        """What could not be saved, in sentences."""
        return [*self._not_kept, *(words for screen in self._open for words in _not_kept(screen))]

    def saved_elsewhere(self) -> list[str]:
        """What was saved to other files, in sentences."""
        return [*self._saved_elsewhere, *(words for screen in self._open for words in screen.actions.saved_elsewhere)]

    def ask_before_leaving(self, trouble: str, summary: SessionSummary | None) -> None:
        """Say what would be lost; offer to leave in spite of it, or to copy the database to another file if that can be."""
        from uphold_tui.dialogs.not_kept import Choice, NotKeptScreen, ask_file

        app = self._context.app

        def chosen(choice: Choice | None) -> None:
            if choice is Choice.LEAVE:
                self._leave(summary)
            elif choice is Choice.SAVE:
                from uphold.workflows.saving_elsewhere import default_target

                app.push_screen(ask_file(str(default_target(self._context.store))), self._save_database)

        lost = self._context.store.lost()
        app.push_screen(NotKeptScreen(trouble, can_save=lost is not None and lost.readable), chosen)

    def _save_database(self, name: str | None) -> None:
        """Copy the database to a file of this name and go on in that; where it cannot be done, say why and ask again."""
        from uphold.workflows.saving_elsewhere import save_database

        if not name:
            return
        try:
            saved = save_database(self._context.store, Path(name).expanduser())
        except UpholdError as error:
            self.ask_before_leaving(str(error), None)
            return
        self._saved_elsewhere.append(f"the whole database was copied to {saved.path}")
        for screen in self._open:
            screen.session.settle()


def _not_kept(screen: ReviewScreen) -> list[str]:
    """The act that a review could not save, and why."""
    actions = screen.actions
    return [f"{actions.unsaved_words()}: {actions.cause}"] if actions.unsaved is not None else []
