"""Runs requests concurrently, under a control that can pause, stop or resize the work, and that holds its budget."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from uphold.errors import BadUsage

MAX_CONCURRENCY = 1000

GRACE_SECONDS = 4.5
"""How long requests in flight may take to finish after work is stopped."""

_TICK_SECONDS = 1.0

Todo = TypeVar("Todo")
Outcome = TypeVar("Outcome")


def check_concurrency(number: int) -> None:
    """Raise BadUsage for a --concurrency that is out of range."""
    if not 1 <= number <= MAX_CONCURRENCY:
        raise BadUsage(f"--concurrency {number}: a number from 1 to {MAX_CONCURRENCY} was expected")


class WorkControl:
    """Settings of running work; any thread may change them.

    `stopped` holds the reason once no new request is to be sent. `cap` is the most that all requests under this control
    may cost, in dollars. `spent` is what replies cost, `at_most` what those cost at most whose price is not known: lost
    replies, and those without a token count. `held` is what each request in flight can cost.
    """

    def __init__(self, concurrency: int = 8, cap: float | None = None) -> None:
        self.concurrency, self.cap = concurrency, cap
        self.paused = False
        self.stopped: str | None = None
        self.spent = 0.0
        self.at_most = 0.0
        self.held: list[float] = []
        self._deadline = 0.0
        self._listeners: list[Callable[[], None]] = []

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change, in the thread that made it; return a function that unsubscribes."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def pause(self, on: bool) -> None:
        """Send no new requests for now, or resume."""
        self.paused = on
        self._notify()

    def set_concurrency(self, number: int) -> None:
        """Change how many requests are in flight at a time; out of range numbers are clamped."""
        self.concurrency = min(max(number, 1), MAX_CONCURRENCY)
        self._notify()

    def set_cap(self, dollars: float | None) -> None:
        """Change the most that all requests may cost."""
        self.cap = dollars
        self._notify()

    def stop(self, reason: str, grace: float = GRACE_SECONDS) -> None:
        """Send no new requests; those in flight have `grace` seconds to finish."""
        if self.stopped is None:
            self.stopped, self._deadline = reason, time.monotonic() + grace
            self._notify()

    @property
    def grace_left(self) -> float:
        """Seconds that requests in flight still have after a stop."""
        return max(self._deadline - time.monotonic(), 0.0)

    def _notify(self) -> None:
        for changed in tuple(self._listeners):
            changed()

    def hold(self, dollars: float) -> bool:
        """Hold the most that a request can cost until `settle`; return False where that could pass the cap."""
        if self.cap is not None and math.fsum((self.spent, self.at_most, *self.held, dollars)) > self.cap:
            return False
        self.held.append(dollars)
        return True

    def settle(self, held: float, cost: float | None) -> None:
        """Count what a request cost; where that is not known (None), what was held for it."""
        self.held.remove(held)
        if cost is None:
            self.at_most += held
        else:
            self.spent += cost


async def run_concurrently(
    todo: Iterable[Todo], work: Callable[[Todo], Awaitable[Outcome | None]], control: WorkControl
) -> AsyncGenerator[list[Outcome], None]:
    """Run `work` on every item, as many at a time as the control says; yields outcomes, and [] at least once a second.

    Outcomes that are None are not yielded. The first error raised by `work` is raised. After a stop nothing new is
    started, and running work may finish within the control's grace period.
    """
    items = iter(todo)
    running: set[asyncio.Task[Outcome | None]] = set()
    try:
        while True:
            while not control.stopped and not control.paused and len(running) < control.concurrency:
                try:
                    item = next(items)
                except StopIteration:
                    break
                running.add(asyncio.ensure_future(work(item)))
            if not running and not control.paused:
                return
            if control.stopped and not control.grace_left:
                return
            tick = min(_TICK_SECONDS, max(control.grace_left, 0.01)) if control.stopped else _TICK_SECONDS
            if not running:
                await asyncio.sleep(tick / 5)
                yield []
                continue
            done, running = await asyncio.wait(running, timeout=tick, return_when=asyncio.FIRST_COMPLETED)
            yield [outcome for task in done if (outcome := task.result()) is not None]
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
