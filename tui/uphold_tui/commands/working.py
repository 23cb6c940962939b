"""Long work on the command line: the first Ctrl-C lets what is in flight come back, the second ends at once."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from uphold.steps.control import Control

_Had = TypeVar("_Had")


def run_work(work: Coroutine[Any, Any, _Had], control: "Control") -> _Had:
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


def dollars(amount: float | None) -> str:
    """An amount as it is shown: cents for large ones, more digits for small ones, "-" where no price is known."""
    if amount is None:
        return "-"
    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.4f}"


def span(seconds: float) -> str:
    """A time to wait, in its largest unit: 9 s, 3 min, 1 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def some(number: int, what: str) -> str:
    """A count with its noun: 1 pair, 2 pairs, 2 batches."""
    ending = "" if number == 1 else "es" if what.endswith("ch") else "s"
    return f"{number:,} {what}{ending}"
