"""Judging that goes on beside the app: in a thread of its own, with its own connection and event loop."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from uphold.errors import UpholdError
from uphold.records.runs import Run
from uphold.settings import Settings

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress, JudgingView

_BETWEEN = 0.25
"""Seconds between two looks at how it stands."""


@dataclass(frozen=True, slots=True)
class JudgingStatus:
    """How judging stands; `summary` once it has ended, `error` where that was because of one."""

    judging: "JudgingProgress | None" = None
    watched: "JudgingView | None" = None
    summary: "JudgeSummary | None" = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Has it come to its end?"""
        return self.summary is not None or self.error is not None


class BackgroundJudging:
    """One judge on one run; `tell` is called in the work's own thread whenever there is news."""

    def __init__(self, path: Path, run: Run, judge: str, settings: Settings, control: "WorkControl") -> None:
        self.run, self.judge, self.control = run, judge, control
        self._path, self._settings = path, settings
        self.news = JudgingStatus()
        self.tell: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def going(self) -> bool:
        """Is it still at work?"""
        return self._thread.is_alive() and not self.news.ended

    def leave(self) -> None:
        """Stop, and wait until what was in flight is in the file, as long as that may take."""
        from uphold.workflows.concurrency import GRACE

        self.control.stop("the app was left")
        if self._thread.is_alive():
            self._thread.join(GRACE + 2.0)

    def _work(self) -> None:
        try:
            asyncio.run(self._judge())
        except UpholdError as error:
            self._say(JudgingStatus(self.news.judging, self.news.watched, error=str(error)))
        except Exception as error:
            self._say(JudgingStatus(self.news.judging, self.news.watched, error=f"judging broke off: {error!r}"))

    async def _judge(self) -> None:
        from uphold.workflows.judge_request import JudgeRequest
        from uphold.workflows.judging import judge_run
        from uphold.workflows.judging_progress import JudgeSummary, judging_view
        from uphold.workflows.lookup import open_store

        request = JudgeRequest(self.judge, self.run.name, settings=self._settings, control=self.control)
        looked = 0.0
        with open_store(self._path) as store:
            async with aclosing(judge_run(store, request)) as told:
                async for one in told:
                    if isinstance(one, JudgeSummary):
                        watched = judging_view(store, one.run.id, one.judge_id)
                        self._say(JudgingStatus(one.done, watched, summary=one))
                    elif time.monotonic() - looked >= _BETWEEN:
                        looked = time.monotonic()
                        self._say(JudgingStatus(one, judging_view(store, one.run_id, one.judge_id)))

    def _say(self, news: JudgingStatus) -> None:
        self.news = news
        self.tell()
