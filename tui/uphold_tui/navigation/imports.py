"""Opening what imports a file, and what an import leads to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from uphold.records.runs import Run
from uphold_tui.navigation.context import NavigationContext

if TYPE_CHECKING:
    from uphold.records.import_request import ImportRequest
    from uphold.workflows.next_step import NextStep
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.importing.background import ImportOutcome, ImportWork


@dataclass(frozen=True)
class ImportLinks:
    """Callbacks of an import into the app.

    `begun` is told of each import that is begun; `session` returns a session of a run, `review` opens the review of one;
    `judge` opens the judging of a run.
    """

    begun: Callable[["ImportWork[ImportOutcome]"], None]
    session: Callable[[Run], "ReviewSession"]
    review: Callable[["ReviewSession"], None]
    judge: Callable[[Run], None]


class ImportNavigator:
    """Asks for a file, shows what it holds, imports it, and opens what comes next."""

    def __init__(self, context: NavigationContext, links: ImportLinks) -> None:
        self._context, self._links = context, links

    def ask_file(self) -> None:
        """Ask for a file, show what it holds, and import it."""
        from uphold_tui.importing.file_screen import FileActions, FileScreen

        context = self._context
        actions = FileActions(self._show, context.close, lambda: context.store.path)
        context.app.push_screen(FileScreen(actions, context.options))
        # What reads files takes a while to load; it is there by the time a file is chosen.
        context.app.run_worker(lambda: import_module("uphold_tui.importing.screen"), thread=True, exit_on_error=False)

    def _show(self, paths: Sequence[Path]) -> None:
        from uphold_tui.importing.background import start_preview
        from uphold_tui.importing.screen import ImportActions, ImportScreen

        context = self._context
        actions = ImportActions(
            lambda request, tell: start_preview(context.store.path, request, tell),
            self._begin,
            self._review,
            self._judge,
            context.close,
            self._close,
        )
        context.app.push_screen(ImportScreen(paths, actions, context.options))

    def _begin(self, request: "ImportRequest", tell: Callable[[], None]) -> "ImportWork[ImportOutcome]":
        from uphold_tui.importing.background import start_import

        work = start_import(self._context.store.path, request, self._context.settings, tell)
        self._links.begun(work)
        return work

    def _close(self) -> None:
        """From the end of an import back to where the file was asked for."""
        self._context.close()
        self._context.close()

    def _run(self, step: "NextStep", set_name: str) -> Run:
        """Return the run that an import leads to; it is made where there is none yet."""
        from uphold.workflows.review_opening import make_run

        if step.run is not None or step.sides is None:
            assert step.run is not None
            return step.run
        return make_run(self._context.store, set_name, *step.sides)

    def _review(self, step: "NextStep", set_name: str) -> None:
        session = self._links.session(self._run(step, set_name))
        self._close()
        self._links.review(session)

    def _judge(self, step: "NextStep", set_name: str) -> None:
        run = self._run(step, set_name)
        self._close()
        self._links.judge(run)
