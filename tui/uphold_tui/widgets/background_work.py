"""Work that asks a judge in the background: a thread with its own database connection and event loop."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar, cast

from uphold.workflows.concurrency import WorkControl
from uphold.workflows.lookup import Store, open_store
from uphold_tui.widgets.work_thread import WorkThread, failure_words

Progress = TypeVar("Progress")
Result = TypeVar("Result")

Work = Callable[[Store, WorkControl], AsyncGenerator[Progress | Result, None]]
"""Asks a judge, under a control; yields progress, and last what came of it."""


@dataclass(frozen=True, slots=True)
class WorkStatus(Generic[Progress, Result]):
    """How far it is; `result` is set once it has ended, `error` where it ended because of one."""

    progress: Progress | None = None
    result: Result | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.result is not None or self.error is not None


class BackgroundWork(Generic[Progress, Result]):
    """A judge being asked, called `name`; `on_update` is called in the worker thread whenever `status` has changed.

    What `work` yields is progress where it is of the type `progress`, else the result.
    """

    def __init__(
        self, path: Path, name: str, work: Work[Progress, Result], progress: type[Progress], cap: float | None
    ) -> None:
        self.name, self.control = name, WorkControl(cap=cap)
        self._path, self._work, self._progress = path, work, progress
        self.status: WorkStatus[Progress, Result] = WorkStatus()
        self.on_update: Callable[[], None] = lambda: None
        self._thread = WorkThread(self._ask, self.control, self._fail)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive and not self.status.ended

    def stop_and_wait(self) -> None:
        """Stop, and wait as long as it may take until the answers in flight are saved."""
        self._thread.stop_and_wait()

    async def _ask(self) -> None:
        with open_store(self._path) as store:
            async with aclosing(self._work(store, self.control)) as updates:
                async for update in updates:
                    if isinstance(update, self._progress):
                        self._update(WorkStatus(update))
                    else:
                        self._update(WorkStatus(self.status.progress, result=cast(Result, update)))

    def _fail(self, error: Exception) -> None:
        self._update(replace(self.status, error=failure_words(error, "it")))

    def _update(self, status: WorkStatus[Progress, Result]) -> None:
        self.status = status
        self.on_update()
