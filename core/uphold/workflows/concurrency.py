"""How a face steers work that goes on: pace, pause, stop, a cap on what it may cost."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from uphold.judging.costs import Price, TokenEstimator
from uphold.records.model_calls import ModelRequest

MOST_AT_ONCE = 1000


GRACE = 4.5
"""Seconds that requests in flight are given to come back when work is stopped."""


class WorkControl:
    """Settings that may change while work goes on; any thread may change them.

    `stopped` says why nothing new is to be asked. `cap`: dollars, for all that is asked under this control.
    """

    def __init__(self, concurrency: int = 8, cap: float | None = None) -> None:
        self.concurrency, self.cap = concurrency, cap
        self.paused = False
        self.stopped: str | None = None
        self.spent = 0.0
        self._held = 0.0
        self._out = 0
        self._stop_at = 0.0
        self._listeners: list[Callable[[], None]] = []

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, in whatever thread, after each change; returns what ends this."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def pause(self, on: bool) -> None:
        """Ask nothing new for now, or go on."""
        self.paused = on
        self._tell()

    def at_once(self, number: int) -> None:
        """Ask so many at a time from now on."""
        self.concurrency = min(max(number, 1), MOST_AT_ONCE)
        self._tell()

    def stop(self, why: str, grace: float = GRACE) -> None:
        """Ask nothing new; what is in flight has `grace` seconds to come back."""
        if self.stopped is None:
            self.stopped, self._stop_at = why, time.monotonic() + grace
            self._tell()

    @property
    def grace_left(self) -> float:
        """Seconds that what is in flight still has; only after a stop."""
        return max(self._stop_at - time.monotonic(), 0.0)

    def _tell(self) -> None:
        for changed in tuple(self._listeners):
            changed()

    def hold(self, dollars: float) -> bool:
        """Set aside what a request may cost; False, and a stop, where that could pass the cap."""
        if self.cap is not None and self.spent + self._held + dollars > self.cap:
            if not self._out:
                self.stop(_reached(self.cap, self.spent, dollars))
            return False
        self._held += dollars
        self._out += 1
        return True

    def settle(self, held: float, cost: float | None) -> None:
        """A request has ended: give back what was set aside, count what it cost."""
        self._out -= 1
        self._held = max(self._held - held, 0.0) if self._out else 0.0
        self.spent += cost or 0.0


def _reached(cap: float, spent: float, dollars: float) -> str:
    return f"the next request could cost ${dollars:.4f} and pass --max-cost: ${spent:.4f} of ${cap:.4f} is spent"


class SpendingCap:
    """What one judge's requests are expected to cost, and setting it aside under the control's cap."""

    def __init__(self, control: WorkControl, price: Price | None) -> None:
        self._control, self._price = control, price
        self.learnt = TokenEstimator()

    def hold(self, request: ModelRequest) -> float | None:
        """Dollars set aside for a request; None where it is not to be sent."""
        if self._price is None:
            return 0.0
        expected = self._price.estimate(
            self.learnt.input_of(request.length), self.learnt.longest_output(request.max_tokens)
        )
        return expected if self._control.hold(expected) else None

    def settle(
        self, held: float, request: ModelRequest, cost: float | None, tokens: tuple[int | None, int | None]
    ) -> None:
        """A request has ended, with or without an answer."""
        if self._price is not None:
            self._control.settle(held, cost)
        self.learnt.take(request.length, *tokens)


Todo = TypeVar("Todo")


Outcome = TypeVar("Outcome")


_BEAT = 1.0


async def run_concurrently(
    todo: Iterable[Todo], do: Callable[[Todo], Awaitable[Outcome | None]], control: WorkControl
) -> AsyncGenerator[list[Outcome], None]:
    """Do everything, as many at once as the control says; yields outcomes, and [] at least once a second.

    None is an outcome that nobody needs to know. The first error of a worker is raised. After a stop nothing new is
    begun, and what is going on has the control's grace to end.
    """
    waiting = iter(todo)
    running: set[asyncio.Task[Outcome | None]] = set()
    try:
        while True:
            while not control.stopped and not control.paused and len(running) < control.concurrency:
                try:
                    one = next(waiting)
                except StopIteration:
                    break
                running.add(asyncio.ensure_future(do(one)))
            if not running and not control.paused:
                return
            if control.stopped and not control.grace_left:
                return
            beat = min(_BEAT, max(control.grace_left, 0.01)) if control.stopped else _BEAT
            if not running:
                await asyncio.sleep(beat / 5)
                yield []
                continue
            done, running = await asyncio.wait(running, timeout=beat, return_when=asyncio.FIRST_COMPLETED)
            yield [outcome for task in done if (outcome := task.result()) is not None]
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
