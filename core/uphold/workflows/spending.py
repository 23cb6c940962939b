"""The cap on what requests to a model may cost: each holds its whole possible cost until its reply is paid for."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from uphold.endpoints import refusals
from uphold.errors import BadUsage, EndpointError, Refused, UpholdError
from uphold.formatting import count_noun, dollars, exact_dollars
from uphold.judging.costs import Price
from uphold.records.model_calls import Dialect, Endpoint, ModelAnswer, ModelRequest, TextToScore, TokenLogprobs
from uphold.workflows.concurrency import WorkControl

_MAY_BE_BILLED = frozenset({408, 502, 504, 522, 524})
"""Statuses of proxies that gave up waiting for a model, which may have answered."""


_USEFUL_OUTPUT = 64
"""Output tokens below which no answer is to be expected."""


class CapReached(UpholdError):
    """A request was not sent, since it could pass the cap, or since work was stopped while it waited for room."""

    exit_code = 4


class SpendingCap:
    """Holds the possible cost of one model's requests under a control's cap; used from one event loop.

    Without a price nothing is held. `unknown_cost` is the most, in dollars, that requests may have cost whose reply was
    lost or came without its tokens.
    """

    def __init__(self, control: WorkControl, price: Price | None, *, batched: bool = False) -> None:
        self._control, self._price, self._batched = control, price, batched
        self._excess = 1.0
        self.unknown_cost = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def most(self, request: ModelRequest) -> float:
        """Return the most dollars that a request can cost, 0 without a price."""
        if self._price is None:
            return 0.0
        return self._price.most(request, batched=self._batched) * self._excess

    def try_hold(self, request: ModelRequest) -> float | None:
        """Hold what a request can cost and return it; None where there is no room under the cap."""
        most = self.most(request)
        return most if self._control.hold(most) else None

    async def hold(self, request: ModelRequest) -> float:
        """Hold what a request can cost and return it, once there is room; stops all work where there will be none.

        Raises CapReached.
        """
        loop = asyncio.get_running_loop()
        stop_listening = None
        try:
            while (held := self.try_hold(request)) is None:
                if self._control.stopped is None and not self._control.held:
                    self._control.stop(self.no_room(request))
                if self._control.stopped is not None:
                    raise CapReached(self._control.stopped)
                room: asyncio.Future[None] = loop.create_future()
                self._waiting.append(room)
                if stop_listening is None:
                    stop_listening = self._control.listen(self._wake_up_from_any_thread(loop))
                await room
        finally:
            if stop_listening is not None:
                stop_listening()
                self._wake_next()  # the room may be enough for another one, or this one was cancelled
        return held

    def settle(self, held: float, answer: ModelAnswer | None) -> None:
        """Count what an answer cost; without an answer, or one without its tokens, what was held for it."""
        cost = None
        if answer is not None and self._price is not None:
            cost = self._price.cost_of(answer, batched=self._batched)
        if cost is not None and held and cost > held:
            # A server that counts more tokens than bytes, or answers at greater length than it was allowed.
            self._excess *= cost / held
        if cost is None:
            self.unknown_cost += held
        self._control.settle(held, cost)
        self._wake_next()

    def release(self, held: float) -> None:
        """Free what was held for a request that was not answered and is not billed."""
        self._control.settle(held, 0.0)
        self._wake_next()

    def no_room(self, request: ModelRequest) -> str:
        """Return the sentence that says why a request is not sent."""
        control = self._control
        spent = f"{dollars(control.spent)} of {exact_dollars(control.cap or 0.0)} is spent"
        if control.at_most:
            spent += f", and up to {dollars(control.at_most)} by requests whose price the server did not tell"
        return f"the next request could cost {self._described(request)} and pass --max-cost: {spent}"

    def check_room(self, requests: Iterable[ModelRequest]) -> None:
        """Raise BadUsage if no request has room under the cap before anything is spent."""
        cap, smallest = self._control.cap, None
        if cap is None or self._control.spent or self._control.at_most:
            return
        for request in requests:
            if self.most(request) <= cap:
                return
            if smallest is None or self.most(request) < self.most(smallest):
                smallest = request
        if smallest is not None:
            raise BadUsage(
                f"--max-cost {exact_dollars(cap)}: not one request fits, the smallest could cost"
                f" {self._described(smallest)}; {self._fitting(smallest, cap)}"
            )

    def _described(self, request: ModelRequest) -> str:
        parts = f"{count_noun(request.size, 'byte')} of text, max_tokens {request.max_tokens:,}"
        if request.most_output != request.max_tokens:
            parts += f", up to {count_noun(request.most_output, 'token')} of output in all"
        return f"up to {dollars(self.most(request))} ({parts})"

    def _fitting(self, request: ModelRequest, cap: float) -> str:
        """Return what would make room for a request."""
        without_output = self.most(replace(request, max_tokens=0))
        each = (self.most(request) - without_output) / request.max_tokens
        tokens = int((cap - without_output) / each) if each else 0
        more = f"raise --max-cost above {dollars(self.most(request))}"
        return (
            f"max_tokens={tokens} would fit, or {more}" if tokens >= _USEFUL_OUTPUT else f"lower max_tokens and {more}"
        )

    def _wake_up_from_any_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def wake_up() -> None:
            loop.call_soon_threadsafe(self._wake_all)

        return wake_up

    def _wake_next(self) -> None:
        while self._waiting:
            room = self._waiting.popleft()
            if not room.done():
                room.set_result(None)
                return

    def _wake_all(self) -> None:
        while self._waiting:
            self._wake_next()


class CappedEndpoint:
    """An endpoint whose every request, each repeated one too, is held under a cap.

    What was held for a request stays held where its reply was lost, since it may be billed.
    """

    def __init__(self, endpoint: Endpoint, cap: SpendingCap) -> None:
        self._endpoint, self._cap = endpoint, cap

    @property
    def dialect(self) -> Dialect:
        """What the endpoint's API has by its own rules."""
        return self._endpoint.dialect

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises CapReached, or what the endpoint raises."""
        held = await self._cap.hold(request)
        try:
            answer = await self._endpoint.answer(request)
        except BaseException as error:
            if may_be_billed(error):
                self._cap.settle(held, None)
            else:
                self._cap.release(held)
            raise
        self._cap.settle(held, answer)
        return answer

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens, which is free."""
        return await self._endpoint.count(request)

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Return log probabilities of a text."""
        return await self._endpoint.score(wanted)

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()


def may_be_billed(error: BaseException) -> bool:
    """Whether a request that ended so may be billed: it was sent, and neither refused nor answered with an error.

    A refusal of what the model wrote comes after it has written.
    """
    if not isinstance(error, EndpointError):
        return True  # cancelled, or broken in a way that says nothing about the server
    if isinstance(error, Refused):
        return refusals.is_about_answer(error.explanation)
    never_sent = error.status is None and getattr(error, "for_all", False)
    return not never_sent and (error.status is None or error.status in _MAY_BE_BILLED)
