"""A new checkpoint in the background: a thread with its own database connection and event loop."""

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from uphold.errors import UpholdError
from uphold.records.checkpoints import CheckpointProgress, CheckpointResult, StepName
from uphold.workflows.checkpoint_run import CheckpointRequest, run_checkpoint
from uphold.workflows.checkpoint_view import CheckpointView, checkpoint_view, with_verdicts
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.lookup import open_store
from uphold_tui.error_log import write_error_log
from uphold_tui.widgets.work_thread import WorkThread

_VIEW_SECONDS = 0.5
"""Least time between two readings of the verdicts so far."""


@dataclass(frozen=True, slots=True)
class CheckpointStatus:
    """Where a new checkpoint is; `result` is set once its steps have ended, `error` where they could not be carried out."""

    progress: CheckpointProgress | None = None
    view: CheckpointView | None = None
    result: CheckpointResult | None = None
    error: Exception | None = None

    @property
    def ended(self) -> bool:
        """Whether its steps have ended."""
        return self.result is not None or self.error is not None


class BackgroundCheckpoint:
    """A new checkpoint at work; `on_update` is called in the worker thread whenever `status` has changed.

    `was_left` says whether it was still at work when the app was left.

    A step that failed is tried again by `again`, which makes another one: what is there is not asked for twice.
    """

    def __init__(self, path: Path, request: CheckpointRequest, reviewer: str) -> None:
        self.control = WorkControl(request.concurrency, request.cap)
        self.request, self.reviewer = replace(request, control=self.control), reviewer
        self._path = path
        self.was_left = False
        self.status = CheckpointStatus()
        self.on_update: Callable[[], None] = lambda: None
        self._thread = WorkThread(self._run, self.control, self._fail)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def again(self) -> "BackgroundCheckpoint":
        """Return the same work, not started yet; what was set about pace and cap meanwhile stays."""
        request = replace(self.request, concurrency=self.control.concurrency, max_cost=self.control.cap)
        return BackgroundCheckpoint(self._path, request, self.reviewer)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive and not self.status.ended

    def stop_and_wait(self) -> None:
        """Stop, and wait as long as it may take until what is in flight is saved."""
        self.was_left = self.is_running
        self._thread.stop_and_wait()

    def read_view(self) -> CheckpointView | None:
        """Return the run as it is by now, read on a connection of its own; None where there is no run yet."""
        progress = self.status.progress
        if progress is None or progress.run is None:
            return None
        with open_store(self._path) as store:
            return checkpoint_view(store, progress.run, progress.judge_id, self.reviewer, waiting=True)

    def show_view(self, view: CheckpointView | None) -> None:
        """Take a view that was read after a review."""
        if view is not None:
            self.status = replace(self.status, view=view)

    async def _run(self) -> None:
        viewed_at = 0.0
        with open_store(self._path) as store:
            async with aclosing(run_checkpoint(store, self.request)) as updates:
                async for update in updates:
                    result = update if isinstance(update, CheckpointResult) else None
                    progress = result.progress if result is not None else update
                    assert isinstance(progress, CheckpointProgress)
                    view, run = self.status.view, progress.run
                    if run is not None and (view is None or progress.current is not StepName.JUDGED):
                        view = checkpoint_view(store, run, progress.judge_id, self.reviewer, waiting=True)
                    elif run is not None and view is not None and time.monotonic() - viewed_at >= _VIEW_SECONDS:
                        view = with_verdicts(store, view, run, progress.judge_id)
                        viewed_at = time.monotonic()
                    self._update(CheckpointStatus(progress, view, result))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, UpholdError):
            write_error_log(error)
        self._update(replace(self.status, error=error))

    def _update(self, status: CheckpointStatus) -> None:
        self.status = status
        self.on_update()
