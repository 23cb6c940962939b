"""Bounded concurrency for whatever is to be asked: workers take things in turn, outcomes come as they arrive."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from uphold.steps.control import Control

Todo = TypeVar("Todo")
Outcome = TypeVar("Outcome")

_BEAT = 1.0


async def crew(
    todo: Iterable[Todo], do: Callable[[Todo], Awaitable[Outcome | None]], control: Control
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
