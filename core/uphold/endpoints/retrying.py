"""Retries of requests to an endpoint, by tenacity, with a pause that all workers share when the server is overloaded.

A wait follows the server's Retry-After up to a cap, else it doubles with each failure.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from uphold.errors import Refused, Unavailable
from uphold.records.model_calls import AccessRefused, Endpoint, ModelAnswer, ModelRequest, TokenLogprobs

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_SCHEMA_REFUSAL_STATUSES = frozenset({400, 422, 501})
_SCHEMA_REFUSAL = re.compile(
    r"schema|format|output_config|grammar|guided|structured|json|support|param|field|extra|unknown|unexp|unrec", re.I
)
"""Servers refuse a JSON schema with one of these statuses and one of these words."""


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
    def pause_left(self) -> float:
        """Seconds until the end of the common pause; 0 if there is none."""
        return max(self._paused_until - time.monotonic(), 0.0)

    @property
    def paused_seconds(self) -> float:
        """How long common pauses have lasted so far, without what is left of the present one."""
        return self._planned_pauses - self.pause_left

    async def call(self, function: Callable[[Argument], Awaitable[Result]], argument: Argument) -> Result:
        """Return the result of `function(argument)`, retried on Unavailable.

        Raises the last Unavailable once the tries are used up, and any other error at once.
        """
        started = time.monotonic()

        async def attempt() -> Result:
            await self._wait_for_pause()
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


class RetryingEndpoint:
    """An endpoint whose requests are retried by a common `retrier`.

    If the endpoint refuses JSON schemas, they are left out of all further requests.
    """

    def __init__(self, endpoint: Endpoint, policy: RetryPolicy | None = None) -> None:
        self._endpoint = endpoint
        self.retrier = Retrier(policy)
        self._schema_accepted = self._without_schema = False

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises AccessRefused, Refused, or Unavailable once the tries are used up."""
        if request.schema is None or self._without_schema:
            return await self.retrier.call(self._endpoint.answer, replace(request, schema=None))
        try:
            answer = await self.retrier.call(self._endpoint.answer, request)
        except Refused as error:
            if self._schema_accepted or not _may_refuse_schema(error):
                raise
            # The schema may be the reason: a request without it will tell.
            answer = await self.retrier.call(self._endpoint.answer, replace(request, schema=None))
            self._without_schema = True
            return answer
        self._schema_accepted = True
        return answer

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens."""
        counted = replace(request, schema=None) if self._without_schema else request
        return await self.retrier.call(self._endpoint.count, counted)

    async def score(self, text: str) -> TokenLogprobs:
        """Return log probabilities of a text."""
        return await self.retrier.call(self._endpoint.score, text)

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()


def _may_refuse_schema(error: Refused) -> bool:
    return (
        not isinstance(error, AccessRefused)
        and error.status in _SCHEMA_REFUSAL_STATUSES
        and _SCHEMA_REFUSAL.search(str(error)) is not None
    )


def _error(state: RetryCallState) -> Unavailable:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, Unavailable)
    return error
