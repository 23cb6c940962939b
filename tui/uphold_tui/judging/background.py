"""Judging in the background: a thread with its own database connection and event loop."""

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from uphold.records.runs import Run
from uphold.settings import Settings
from uphold_tui.widgets.work_thread import WorkThread, failure_words

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress, JudgingView

_VIEW_SECONDS = 0.25
"""Least time between two readings of the verdicts so far."""


@dataclass(frozen=True, slots=True)
class JudgingStatus:
    """Progress of judging; `summary` is set once it has ended, `error` where it ended because of one.

    `view` holds the verdicts so far, the pairs that need attention and the last pairs judged.
    """

    progress: "JudgingProgress | None" = None
    view: "JudgingView | None" = None
    summary: "JudgeSummary | None" = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether judging has ended."""
        return self.summary is not None or self.error is not None


class BackgroundJudging:
    """One judge at work on one run; `on_update` is called in the worker thread whenever `status` has changed."""

    def __init__(self, path: Path, run: Run, judge: str, settings: Settings, control: "WorkControl") -> None:
        self.run, self.judge, self.control = run, judge, control
        self._path, self._settings = path, settings
        self.status = JudgingStatus()
        self.on_update: Callable[[], None] = lambda: None
        self._thread = WorkThread(self._judge, control, self._fail)

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

    async def _judge(self) -> None:
        from uphold.workflows.judge_request import JudgeRequest
        from uphold.workflows.judging import judge_run
        from uphold.workflows.judging_progress import JudgeSummary, judging_view
        from uphold.workflows.lookup import open_store

        request = JudgeRequest(self.judge, self.run.name, settings=self._settings, control=self.control)
        viewed_at = 0.0
        with open_store(self._path) as store:
            async with aclosing(judge_run(store, request)) as updates:
                async for update in updates:
                    if isinstance(update, JudgeSummary):
                        view = judging_view(store, update.run.id, update.judge_id)
                        self._update(JudgingStatus(update.progress, view, summary=update))
                    elif time.monotonic() - viewed_at >= _VIEW_SECONDS:
                        viewed_at = time.monotonic()
                        view = judging_view(store, update.run_id, update.judge_id)
                        self._update(JudgingStatus(update, view))

    def _fail(self, error: Exception) -> None:
        self._update(replace(self.status, error=failure_words(error, "judging")))

    def _update(self, status: JudgingStatus) -> None:
        self.status = status
        self.on_update()
