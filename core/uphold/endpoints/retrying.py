"""Retries of requests to an endpoint, by tenacity, with a pause that all workers share when the server is overloaded.

A wait follows the server's Retry-After up to a cap, else it doubles with each failure.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from uphold.errors import Unavailable

Argument = TypeVar("Argument")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a request is retried; times in seconds.

    Waits double from `first_wait` to `max_wait`; `max_retry_after` caps the wait that a server asks for. No request is
    retried after `deadline`. Errors that concern the whole server (overload, no connection) get `max_server_tries` tries,
    other temporary errors `max_tries`.
    """

    max_tries: int = 6
    max_server_tries: int = 7
    first_wait: float = 0.5
    max_wait: float = 30.0
    max_retry_after: float = 120.0
    deadline: float = 900.0

    def wait(self, failures: int) -> float:
        """Return the wait after so many failures in a row."""
        return float(min(self.first_wait * 2.0 ** min(failures - 1, 30), self.max_wait))


NO_RETRY = RetryPolicy(max_tries=1, max_server_tries=1)


class Retrier:
    """Retries calls of one endpoint; while the server is overloaded, all callers wait together.

    `retries` counts tries after the first, `in_flight` the calls under way.
    `gave_up` is the error message once it makes no sense to go on: a call ran out of tries, and no call has
    succeeded since it began.
    """

    def __init__(self, policy: RetryPolicy | None = None) -> None:
        self._policy = policy or RetryPolicy()
        self._paused_until = self._last_success = 0.0
        self._pauses = 0  # since the last success
        self._random = random.Random()
        self.retries = 0
        self._planned_pauses = 0.0
        self.in_flight = 0
        self.gave_up: str | None = None

    @property
    def repeats(self) -> bool:
        """Whether a call is tried more than once."""
        return self._policy.max_tries > 1

    @property
    def pause_left(self) -> float:
        """Seconds until the end of the common pause; 0 if there is none."""
        return max(self._paused_until - time.monotonic(), 0.0)

    @property
    def paused_seconds(self) -> float:
        """How long common pauses have lasted so far, without what is left of the present one."""
        return self._planned_pauses - self.pause_left

    async def call(
        self,
        function: Callable[[Argument], Awaitable[Result]],
        argument: Argument,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> Result:
        """Return the result of `function(argument)`, retried on Unavailable; `before` is awaited before each try.

        Raises the last Unavailable once the tries are used up, and any other error at once.
        """
        started = time.monotonic()

        async def attempt() -> Result:
            await self._wait_for_pause()
            if before is not None:
                await before()
            self.in_flight += 1
            try:
                result = await function(argument)
            finally:
                self.in_flight -= 1
            self._last_success, self._pauses = time.monotonic(), 0
            return result

        retrying = AsyncRetrying(
            stop=self._is_used_up,
            wait=self._wait,
            retry=retry_if_exception_type(Unavailable),
            before_sleep=self._count_retry,
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except Unavailable as error:
            if error.for_all and self._last_success < started and self._policy.max_server_tries > 1:
                self.gave_up = str(error)
            raise

    def _is_used_up(self, state: RetryCallState) -> bool:
        tries = self._policy.max_server_tries if _error(state).for_all else self._policy.max_tries
        return state.attempt_number >= tries or (state.seconds_since_start or 0.0) >= self._policy.deadline

    def _wait(self, state: RetryCallState) -> float:
        """Return how long this call sleeps before the next try; an error of the whole server starts a common pause."""
        error = _error(state)
        retry_after = None if error.wait is None else min(error.wait, self._policy.max_retry_after)
        if error.for_all:
            self._pause_all(retry_after)
            return 0.0
        if retry_after is not None:
            return retry_after
        return self._policy.wait(state.attempt_number) * self._random.uniform(0.75, 1.0)

    def _pause_all(self, retry_after: float | None) -> None:
        """Start or prolong the common pause.

        A call that fails during a pause was sent before it began: without a Retry-After it does not prolong the pause.
        """
        now = time.monotonic()
        if now < self._paused_until and retry_after is None:
            return
        if now >= self._paused_until:
            self._pauses += 1
        wait = self._policy.wait(self._pauses) if retry_after is None else retry_after
        if now + wait > self._paused_until:
            self._planned_pauses += now + wait - max(self._paused_until, now)
            self._paused_until = now + wait

    async def _wait_for_pause(self) -> None:
        while (left := self.pause_left) > 0:  # noqa: ASYNC110  (it may have been prolonged meanwhile)
            await asyncio.sleep(left)

    def _count_retry(self, _: RetryCallState) -> None:
        self.retries += 1


def _error(state: RetryCallState) -> Unavailable:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, Unavailable)
    return error
