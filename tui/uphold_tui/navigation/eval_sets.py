"""Opening an eval set, and from it its proposals and versions."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.screen import Screen

from uphold.errors import UpholdError
from uphold_tui import safe_text
from uphold_tui.navigation.context import NavigationContext

if TYPE_CHECKING:
    from uphold.workflows.curating import SetEditor
    from uphold_tui.eval_set.screen import SetScreen


@runtime_checkable
class FinishesSet(Protocol):
    """A screen on which a set is changed."""

    @property
    def set_editor(self) -> "SetEditor":
        """What changes the set."""

    def finish(self) -> bool:
        """Do what closing the screen does to the set; whether the set was changed."""


class SetNavigator:
    """Opens eval sets, their proposals and their versions; a set that was changed gets a version when it is left.

    `review` reviews two systems over a set, given its name, the candidate and the baseline; `judge` starts a judge on what
    it has not read of a run, given the names of both.
    """

    def __init__(
        self,
        context: NavigationContext,
        review: Callable[[str, str, str], None],
        judge: Callable[[str, str], None],
    ) -> None:
        self._context, self._review, self._judge = context, review, judge
        self._screens: list[SetScreen] = []

    def make(self) -> None:
        """Ask for the name and purpose of an eval set, make it, and open it."""
        from uphold.workflows.curating import make_set
        from uphold.workflows.lookup import home
        from uphold_tui.dialogs.set_forms import NewSet, NewSetScreen

        store = self._context.store

        def make(new: NewSet | None) -> None:
            if new is not None:
                make_set(store, new.name, self._context.reviewer(), new.purpose or None)
                self.open(new.name)

        self._context.app.push_screen(NewSetScreen(row.name for row in home(store).sets), make)

    def open(self, name: str) -> None:
        """Open an eval set; leaving it comes back here, with a version cut where it was changed."""
        from uphold.workflows.curating import SetEditor
        from uphold_tui.eval_set.screen import SetScreen
        from uphold_tui.eval_set.state import SetActions
        from uphold_tui.home.screen import HomeScreen

        context = self._context
        editor = SetEditor(context.store, name, context.reviewer())

        def leave(changed: bool) -> None:
            said = self.cut_version(editor) if changed else ""
            context.close()
            if isinstance(context.app.screen, HomeScreen):
                context.app.screen.greet(said)

        actions = SetActions(
            leave,
            lambda candidate, baseline: self._review(editor.name, candidate, baseline),
            proposals=lambda told: self.open_proposals(editor, told),
            versions=lambda told: self.open_versions(editor, told),
        )
        self.push(SetScreen(editor, actions, context.options))

    def push(self, screen: "SetScreen") -> None:
        """Open an eval set; what is being written in it when the app is left is named in the terminal."""
        self._screens = [*(one for one in self._screens if one in self._context.app.screen_stack), screen]
        self._context.app.push_screen(screen)

    def open_proposals(self, editor: "SetEditor", told: Callable[[str], None]) -> None:
        """Open the proposals of a set; leaving them comes back here, and `told` is called with what came of it."""

        def left(words: str) -> None:
            self._context.close()
            told(words)

        self._context.app.push_screen(self.proposals_screen(editor, left))

    def proposals_screen(self, editor: "SetEditor", left: Callable[[str], None]) -> Screen[None]:
        """The proposals of a set; `left` is called with what came of them, and closes them."""
        from uphold.formatting import count
        from uphold.workflows.proposal_session import ProposalSession
        from uphold_tui.eval_set.proposals.screen import ProposalsActions, ProposalsScreen

        def leave(taken: list[str]) -> None:
            said = self.cut_version(editor) if taken else ""
            left(f"{count(len(taken))} taken{': ' if said else ''}{said}" if taken else "")

        return ProposalsScreen(ProposalSession(editor), ProposalsActions(leave), self._context.options)

    def open_versions(self, editor: "SetEditor", told: Callable[[str], None], *, judges: bool = True) -> None:
        """Open the versions of a set, as `open_proposals` does; `judges` says whether stale pairs can be judged from there."""
        from uphold_tui.eval_set.versions.screen import VersionsActions, VersionsScreen

        context = self._context

        def leave(words: str) -> None:
            context.close()
            told(words)

        actions = VersionsActions(leave, self._judge if judges else None)
        context.app.push_screen(VersionsScreen(editor, actions, context.options, context.settings))

    def cut_version(self, editor: "SetEditor") -> str:
        """Cut a version of a set that was changed; return what that came to, as a sentence."""
        from uphold.records.set_history import VersionReason
        from uphold.workflows.set_versions import cut_version

        try:
            cut = cut_version(self._context.store, editor.name, VersionReason.EDITED, self._context.reviewer())
        except UpholdError as error:
            return safe_text.cause(str(error))
        if cut is None:
            return ""
        return f"{safe_text.safe_line(editor.name)} is version {cut.number} now" if cut.is_new else ""

    def unsaved(self) -> Iterator[str]:
        """What is being written in the sets that are open, and is not saved yet, in sentences."""
        return (words for screen in self._screens if (words := screen.unsaved_words()) is not None)

    def finish(self) -> str:
        """Do what closing them does for the proposals and sets that are open; return what that came to, as a sentence."""
        said = ""
        for screen in reversed(self._context.app.screen_stack):
            if isinstance(screen, FinishesSet) and screen.finish():
                said = self.cut_version(screen.set_editor) or said
        return said
