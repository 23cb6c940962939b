"""Long work on the command line: the first Ctrl-C lets what is in flight come back, the second ends at once."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl

_Had = TypeVar("_Had")


def run_work(work: Coroutine[Any, Any, _Had], control: "WorkControl") -> _Had:
    """Run it to its end; raises KeyboardInterrupt after a Ctrl-C, once what was in flight is in the file."""
    import asyncio
    import signal

    async def main() -> _Had:
        task = asyncio.ensure_future(work)
        interrupted = False

        def interrupt() -> None:
            nonlocal interrupted
            if interrupted or control.stopped:
                task.cancel()
            interrupted = True
            control.stop("interrupted")

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
        try:
            had = await task
        except asyncio.CancelledError:
            if interrupted:
                raise KeyboardInterrupt from None
            raise
        if interrupted:
            raise KeyboardInterrupt
        return had

    return asyncio.run(main())
