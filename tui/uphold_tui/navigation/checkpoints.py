"""Opening the checkpoints of a set, and new ones that are run from the app."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from uphold.records.enums import QueueKind
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold_tui import safe_text
from uphold_tui.navigation.context import NavigationContext

if TYPE_CHECKING:
    from uphold.workflows.checkpoint_run import CheckpointRequest
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.dialogs.checkpoint_form import NamedCheckpoint
    from uphold_tui.new_checkpoint.background import BackgroundCheckpoint


@dataclass(frozen=True)
class CheckpointLinks:
    """Callbacks of the screens of checkpoints into the app.

    `latest` returns the checkpoint that was begun last, `begun` is told of each that is begun; `numbers`, `pairs` and
    `review` open those screens; `leave` leaves the app.
    """

    latest: Callable[[], "BackgroundCheckpoint | None"]
    begun: Callable[["BackgroundCheckpoint"], None]
    numbers: Callable[[Run], None]
    pairs: Callable[[Run], None]
    review: Callable[["ReviewSession"], None]
    leave: Callable[[], None]


class CheckpointNavigator:
    """Opens the checkpoints of a set, and begins new ones. `first` is the one that the app was opened for."""

    def __init__(self, context: NavigationContext, links: CheckpointLinks) -> None:
        self._context, self._links = context, links
        self.first: BackgroundCheckpoint | None = None

    def show(self, set_name: str) -> None:
        """The runs of a set as checkpoints."""
        self._context.app.push_screen(self._checkpoints_screen(set_name, self._context.close))

    def _checkpoints_screen(self, set_name: str, leave: Callable[[], None]) -> Screen[None]:
        from uphold_tui.checkpoints.screen import CheckpointsActions, CheckpointsScreen
        from uphold_tui.checkpoints.source import checkpoints_source

        context, links = self._context, self._links
        actions = CheckpointsActions(links.numbers, links.pairs, lambda: self.run_new(set_name), leave)
        source = checkpoints_source(context.store.path, set_name, context.reviewer(), context.options.judge)
        return CheckpointsScreen(source, actions, context.options)

    def run_new(self, set_name: str) -> None:
        """Show the checkpoint that is under way; where there is none, ask for one and begin it."""
        from uphold_tui.dialogs.checkpoint_form import CheckpointForm, NamedCheckpoint
        from uphold_tui.new_checkpoint.screen import NewCheckpointScreen

        context, app = self._context, self._context.app
        work = self._links.latest()
        if work is not None and work.is_running:
            screens = (screen for screen in app.screen_stack if isinstance(screen, NewCheckpointScreen))
            found = next((screen for screen in screens if screen.work is work), None)
            if found is None:
                app.push_screen(self._new_checkpoint_screen(work, context.close))
            while found is not None and app.screen is not found:
                app.pop_screen()
            return

        def begin(named: NamedCheckpoint | None) -> None:
            if named is not None:
                begun = self._begin(_checkpoint_request(named, set_name, context.settings))
                app.push_screen(self._new_checkpoint_screen(begun, context.close))

        app.push_screen(CheckpointForm(set_name, context.settings.project.endpoint), begin)

    def trouble(self) -> str | None:
        """What is left of a checkpoint that was begun in the app and was at work when it was left."""
        work = self._links.latest()
        if work is None or work is self.first or not work.was_left:
            return None
        name = safe_text.safe_line(work.request.system)
        return f"the checkpoint {name} was stopped before its steps ended; run it again: what is there is not asked for twice"

    def _begin(self, request: "CheckpointRequest") -> "BackgroundCheckpoint":
        from uphold_tui.new_checkpoint.background import BackgroundCheckpoint

        work = BackgroundCheckpoint(self._context.store.path, request, self._context.reviewer())
        self._links.begun(work)
        work.start()
        return work

    def first_screen(self, request: "CheckpointRequest", planned: int | None) -> Screen[None]:
        """The screen of a new checkpoint as the first one: left while it goes on, it leads to the checkpoints."""
        work = self.first = self._begin(request)

        def leave() -> None:
            running = self.first
            if running is not None and running.is_running and running.status.progress is not None:
                set_name = running.status.progress.set
                self._context.app.push_screen(self._checkpoints_screen(set_name, self._links.leave))
            else:
                self._links.leave()

        return self._new_checkpoint_screen(work, leave, planned)

    def _new_checkpoint_screen(
        self, work: "BackgroundCheckpoint", leave: Callable[[], None], planned: int | None = None
    ) -> Screen[None]:
        from uphold_tui.new_checkpoint.screen import NewCheckpointActions, NewCheckpointScreen

        context, links = self._context, self._links

        def again() -> "BackgroundCheckpoint":
            nonlocal work
            is_first = self.first is work
            work = work.again()
            links.begun(work)
            if is_first:
                self.first = work
            return work

        def show_checkpoints() -> None:
            progress = work.status.progress
            if progress is not None:
                self.show(progress.set)

        def review(run: Run, flips_only: bool) -> None:
            from uphold.workflows.review_opening import ReviewOptions, open_review

            options = ReviewOptions(
                QueueKind.CHANGED,
                judge=context.options.judge,
                planned=None if flips_only else planned or context.settings.project.read,
                flips_only=flips_only,
            )
            links.review(open_review(context.store, run, context.reviewer(), options))

        actions = NewCheckpointActions(review, links.numbers, links.pairs, show_checkpoints, again, leave)
        return NewCheckpointScreen(work, actions, context.options)


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
