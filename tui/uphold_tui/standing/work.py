"""A test of a judge, or a check for drift, in the background: a thread with its own database connection and event loop."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from uphold.errors import UpholdError
from uphold.records.certificates import Certificate
from uphold.workflows.certifying import CertifyRequest, TestResult, certify
from uphold.workflows.concurrency import GRACE_SECONDS, WorkControl
from uphold.workflows.drift import DriftResult, check_drift
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging_progress import JudgingProgress
from uphold.workflows.lookup import Store, open_store

Work = Callable[[Store, WorkControl], AsyncGenerator[JudgingProgress | TestResult | DriftResult, None]]
"""Asks a judge, under a control; yields progress, and last what came of it."""


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """How far it is; `result` is set once it has ended, `error` where it ended because of one."""

    progress: JudgingProgress | None = None
    result: TestResult | DriftResult | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.result is not None or self.error is not None


class BackgroundWork:
    """A judge being asked, called `name`; `on_update` is called in the worker thread whenever `status` has changed."""

    def __init__(self, path: Path, name: str, work: Work, cap: float | None) -> None:
        self.name, self.control = name, WorkControl(cap=cap)
        self._path, self._work = path, work
        self.status = WorkStatus()
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
                    if isinstance(update, JudgingProgress):
                        self._update(WorkStatus(update))
                    else:
                        self._update(WorkStatus(self.status.progress, result=update))

    def _update(self, status: WorkStatus) -> None:
        self.status = status
        self.on_update()


def test_work(request: CertifyRequest) -> Work:
    """Return the work of a test."""
    return lambda store, control: certify(store, replace(request, asking=replace(request.asking, control=control)))


def drift_work(certificate: Certificate, request: JudgeRequest) -> Work:
    """Return the work of a check for drift."""
    return lambda store, control: check_drift(store, certificate, replace(request, control=control))
