"""Asking an endpoint with patience: retries by tenacity, one pause for all where the server is the trouble.

A wait obeys the server up to a cap, else it doubles. Where a server refuses the schema it is left out from then on.
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

_Had = TypeVar("_Had")


_ODD = frozenset({400, 422, 501})


_NAMED = re.compile(
    r"schema|format|output_config|grammar|guided|structured|json|support|param|field|extra|unknown|unexp|unrec", re.I
)
"""How servers refuse a schema: with one of these, in one of these words."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a request is tried; times in seconds.

    Waits double from `first` to `longest`, and `obeyed` caps what a server may ask for. After `deadline` nothing new is
    tried for a request. A trouble of the server's own gets `for_all` tries, any other `tries`.
    """

    tries: int = 6
    for_all: int = 7
    first: float = 0.5
    longest: float = 30.0
    obeyed: float = 120.0
    deadline: float = 900.0

    def wait(self, failures: int) -> float:
        """The wait after so many failures in a row."""
        return float(min(self.first * 2.0 ** min(failures - 1, 30), self.longest))


NO_RETRY = RetryPolicy(tries=1, for_all=1)
"""Nothing is tried again."""


class SharedPause:
    """Trying again, and waiting together.

    `again` counts tries after the first, `waited` the seconds of common pauses; `gave_up` says why it makes no sense to
    go on: a request ran out of tries, and nobody has had an answer since it began.
    """

    def __init__(self, patience: RetryPolicy | None = None) -> None:
        self._patience = patience or RetryPolicy()
        self._until = self._answered = 0.0
        self._pauses = 0
        self._random = random.Random()
        self.again = 0
        self.waited = 0.0
        self.in_flight = 0
        self.gave_up: str | None = None

    @property
    def pause(self) -> float:
        """Seconds that all still wait; 0 while they do not."""
        return max(self._until - time.monotonic(), 0.0)

    async def through(self, ask: Callable[..., Awaitable[_Had]], what: object) -> _Had:
        """What `ask(what)` answers, once it does; raises what is not worth another try, or its last Unavailable."""
        began = time.monotonic()

        async def once() -> _Had:
            await self._wait_with_all()
            self.in_flight += 1
            try:
                had = await ask(what)
            finally:
                self.in_flight -= 1
            self._answered, self._pauses = time.monotonic(), 0
            return had

        retrying = AsyncRetrying(
            stop=self._enough,
            wait=self._wait,
            retry=retry_if_exception_type(Unavailable),
            before_sleep=self._count,
            reraise=True,
        )
        try:
            return await retrying(once)
        except Unavailable as error:
            if error.for_all and self._answered < began and self._patience.for_all > 1:
                self.gave_up = str(error)
            raise

    def _enough(self, state: RetryCallState) -> bool:
        error = _error(state)
        tries = self._patience.for_all if error.for_all else self._patience.tries
        return state.attempt_number >= tries or (state.seconds_since_start or 0.0) >= self._patience.deadline

    def _wait(self, state: RetryCallState) -> float:
        """How long to sleep before the next try; a trouble of the server's own makes everybody wait."""
        error = _error(state)
        asked = None if error.wait is None else min(error.wait, self._patience.obeyed)
        if not error.for_all:
            wait = self._patience.wait(state.attempt_number) if asked is None else asked
            return wait * self._random.uniform(0.75, 1.0) if asked is None else wait
        self._pause_all(asked)
        return 0.0

    def _pause_all(self, asked: float | None) -> None:
        """Make all wait. Who fails while a pause is on, having asked before it began, does not make it longer."""
        now = time.monotonic()
        if now < self._until and asked is None:
            return
        if now >= self._until:
            self._pauses += 1
        wait = self._patience.wait(self._pauses) if asked is None else asked
        if now + wait > self._until:
            self.waited += now + wait - max(self._until, now)
            self._until = now + wait

    async def _wait_with_all(self) -> None:
        while (left := self.pause) > 0:  # noqa: ASYNC110  (it may have been made longer meanwhile)
            await asyncio.sleep(left)

    def _count(self, _: RetryCallState) -> None:
        self.again += 1


class RetryingEndpoint(SharedPause):
    """An endpoint whose requests are tried again; all who ask through it wait together."""

    def __init__(self, endpoint: Endpoint, patience: RetryPolicy | None = None) -> None:
        super().__init__(patience)
        self._endpoint = endpoint
        self._schema_taken = self._plain = False

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises Barred, Refused, or Unavailable once its tries are used up."""
        if request.schema is None or self._plain:
            return await self.through(self._endpoint.answer, replace(request, schema=None))
        try:
            answer = await self.through(self._endpoint.answer, request)
        except Refused as error:
            if (
                isinstance(error, AccessRefused)
                or self._schema_taken
                or error.status not in _ODD
                or not _NAMED.search(str(error))
            ):
                raise
            # No schema has been taken yet, and this may be why: that is found out by trying.
            answer = await self.through(self._endpoint.answer, replace(request, schema=None))
            self._plain = True
            return answer
        self._schema_taken = True
        return answer

    async def count(self, request: ModelRequest) -> int | None:
        """The endpoint's own count of a request's tokens."""
        plain = replace(request, schema=None) if self._plain else request
        return await self.through(self._endpoint.count, plain)

    async def score(self, text: str) -> TokenLogprobs:
        """How likely the model finds a text."""
        return await self.through(self._endpoint.score, text)

    async def close(self) -> None:
        """Let go of connections."""
        await self._endpoint.close()


def _error(state: RetryCallState) -> Unavailable:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, Unavailable)
    return error
