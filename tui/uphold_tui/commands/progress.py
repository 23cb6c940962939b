"""Runs asynchronous work for a command, with a graceful stop on the first Ctrl-C and an immediate one on the second."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl

_Result = TypeVar("_Result")


def run_work(work: Coroutine[Any, Any, _Result], control: "WorkControl") -> _Result:
    """Run `work` and return its result.

    Raises KeyboardInterrupt after a Ctrl-C, once the responses to requests in flight are written.
    """
    import asyncio
    import signal

    from uphold_tui.console import print_note

    async def main() -> _Result:
        task = asyncio.ensure_future(work)
        interrupted = False

        def interrupt() -> None:
            nonlocal interrupted
            if interrupted or control.stopped:
                task.cancel()
            else:
                print_note("stopping: what is in flight comes back first; Ctrl-C again stops at once")
            interrupted = True
            control.stop("interrupted")

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
        try:
            result = await task
        except asyncio.CancelledError:
            if interrupted:
                raise KeyboardInterrupt from None
            raise
        if interrupted:
            raise KeyboardInterrupt
        return result

    return asyncio.run(main())
