"""Work that asks a judge in the background: a thread with its own database connection and event loop."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar, cast

from uphold.errors import UpholdError
from uphold.workflows.concurrency import GRACE_SECONDS, WorkControl
from uphold.workflows.lookup import Store, open_store

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
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive() and not self.status.ended

    def stop_and_wait(self) -> None:
        """Stop, and wait as long as it may take until the answers in flight are saved."""
        self.control.stop("the app was left")
        if self._thread.is_alive():
            self._thread.join(GRACE_SECONDS + 2.0)

    def _run(self) -> None:
        try:
            asyncio.run(self._ask())
        except UpholdError as error:
            self._update(replace(self.status, error=str(error)))
        except Exception as error:
            self._update(replace(self.status, error=f"it broke off: {error!r}"))

    async def _ask(self) -> None:
        with open_store(self._path) as store:
            async with aclosing(self._work(store, self.control)) as updates:
                async for update in updates:
                    if isinstance(update, self._progress):
                        self._update(WorkStatus(update))
                    else:
                        self._update(WorkStatus(self.status.progress, result=cast(Result, update)))

    def _update(self, status: WorkStatus[Progress, Result]) -> None:
        self.status = status
        self.on_update()
