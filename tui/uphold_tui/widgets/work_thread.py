"""A thread that asks models in an event loop of its own, and is stopped when the app is left."""

import asyncio
import threading
from collections.abc import Callable, Coroutine

from uphold.errors import UpholdError
from uphold.workflows.concurrency import GRACE_SECONDS, WorkControl


class WorkThread:
    """Runs `work`, which is steered by `control`, in a thread; what it raises goes to `failed`, called in that thread."""

    def __init__(
        self, work: Callable[[], Coroutine[None, None, None]], control: WorkControl, failed: Callable[[Exception], None]
    ) -> None:
        self._work, self._control, self._failed = work, control, failed
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._thread.is_alive()

    def stop_and_wait(self) -> None:
        """Stop the work, and wait as long as it may take until what is in flight is saved."""
        self._control.stop("the app was left")
        self.wait(GRACE_SECONDS + 2.0)

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, so many seconds at most; one that was not started is not waited for."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except Exception as error:
            self._failed(error)


def failure_words(error: Exception, work: str) -> str:
    """Return why `work` ended: the sentence of an UpholdError, else one that names the log of an error of our own."""
    if isinstance(error, UpholdError):
        return str(error)
    from uphold_tui.error_log import describe_error

    return describe_error(error, work)
