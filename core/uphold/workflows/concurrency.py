"""Runs requests concurrently, under a control that can pause, stop or resize the work and that caps its cost."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from uphold.errors import BadUsage
from uphold.formatting import dollars as in_dollars
from uphold.judging.costs import Price, TokenEstimator
from uphold.records.model_calls import ModelRequest

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
    may cost, in dollars.
    """

    def __init__(self, concurrency: int = 8, cap: float | None = None) -> None:
        self.concurrency, self.cap = concurrency, cap
        self.paused = False
        self.stopped: str | None = None
        self.spent = 0.0
        self._reserved = 0.0
        self._in_flight = 0
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

    def reserve(self, dollars: float) -> bool:
        """Reserve what a request may cost; return False where that could pass the cap.

        Work is stopped where nothing is in flight that could free some of the reserved amount.
        """
        if self.cap is not None and self.spent + self._reserved + dollars > self.cap:
            if not self._in_flight:
                self.stop(_cap_reached(self.cap, self.spent, dollars))
            return False
        self._reserved += dollars
        self._in_flight += 1
        return True

    def record(self, reserved: float, cost: float | None) -> None:
        """Count what a finished request cost, and free the amount reserved for it."""
        self._in_flight -= 1
        self._reserved = max(self._reserved - reserved, 0.0) if self._in_flight else 0.0
        self.spent += cost or 0.0


def _cap_reached(cap: float, spent: float, cost: float) -> str:
    so_far = f"{in_dollars(spent)} of {in_dollars(cap)} is spent"
    return f"the next request could cost {in_dollars(cost)} and pass --max-cost: {so_far}"


class SpendingCap:
    """Reserves the estimated cost of one model's requests under a control's cap."""

    def __init__(self, control: WorkControl, price: Price | None) -> None:
        self._control, self._price = control, price
        self._estimator = TokenEstimator()

    def reserve(self, request: ModelRequest) -> float | None:
        """Return the dollars reserved for a request, or None where it must not be sent."""
        if self._price is None:
            return 0.0
        expected = self._price.estimate(
            self._estimator.expected_input(request.length), self._estimator.max_expected_output(request.max_tokens)
        )
        return expected if self._control.reserve(expected) else None

    def record(
        self, reserved: float, request: ModelRequest, cost: float | None, tokens: tuple[int | None, int | None]
    ) -> None:
        """Count a finished request; `tokens` are its (input, output) tokens, None where there was no answer."""
        if self._price is not None:
            self._control.record(reserved, cost)
        self._estimator.add(request.length, *tokens)


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
