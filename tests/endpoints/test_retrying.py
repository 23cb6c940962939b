import asyncio
from collections.abc import Callable

import pytest

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.retrying import NO_RETRY, RetryPolicy
from uphold.errors import Refused, Unavailable
from uphold.records.model_calls import AccessRefused, Dialect, ModelAnswer, ModelRequest, TextToScore, TokenLogprobs

REQUEST = ModelRequest("orders", "q", {"type": "object"})

QUICK = RetryPolicy(first_wait=0.001, max_wait=0.004, max_retry_after=0.01)

FINE = ModelAnswer("fine", "end_turn")


class Scripted:
    """An endpoint that says what it is told to say, in turn, then that all is fine."""

    def __init__(self, *said: Exception | ModelAnswer | Callable[[ModelRequest], ModelAnswer]) -> None:
        self.said, self.asked = list(said), list[ModelRequest]()
        self.dialect = Dialect(("max_tokens", "max_completion_tokens"), json_mode=True)

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        self.asked.append(request)
        one = self.said.pop(0) if self.said else FINE
        await asyncio.sleep(0)
        if isinstance(one, Exception):
            raise one
        return one if isinstance(one, ModelAnswer) else one(request)

    async def count(self, request: ModelRequest) -> int | None:
        return 1

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        return TokenLogprobs((), ())

    async def close(self) -> None:
        self.said.clear()


async def test_what_is_worth_another_try_gets_one() -> None:
    paced = RetryingEndpoint(Scripted(Unavailable("x"), Unavailable("y")), QUICK)
    assert await paced.answer(REQUEST) == FINE
    assert (paced.retrier.retries, paced.retrier.paused_seconds, paced.retrier.gave_up) == (2, 0.0, None)


async def test_what_is_not_is_raised_at_once() -> None:
    for error in (Refused("no", status=413, one_request=True), AccessRefused("key", status=401)):
        scripted = Scripted(error)
        with pytest.raises(type(error)):
            await RetryingEndpoint(scripted, QUICK).answer(REQUEST)
        assert len(scripted.asked) == 1


async def test_tries_end_and_the_last_reason_is_told() -> None:
    scripted = Scripted(*(Unavailable(f"number {n}") for n in range(20)))
    with pytest.raises(Unavailable, match="number 5"):
        await RetryingEndpoint(scripted, QUICK).answer(REQUEST)
    assert len(scripted.asked) == 6


async def test_once_is_once() -> None:
    scripted = Scripted(Unavailable("x"))
    with pytest.raises(Unavailable):
        await RetryingEndpoint(scripted, NO_RETRY).answer(REQUEST)
    assert len(scripted.asked) == 1


async def test_after_the_deadline_nothing_new_is_tried() -> None:
    scripted = Scripted(*(Unavailable("x") for _ in range(20)))
    with pytest.raises(Unavailable):
        await RetryingEndpoint(scripted, RetryPolicy(first_wait=0.001, deadline=0.0)).answer(REQUEST)
    assert len(scripted.asked) == 1


async def test_too_many_requests_make_everybody_wait() -> None:
    scripted = Scripted(Unavailable("busy", status=429, wait=0.05, for_all=True))
    paced = RetryingEndpoint(scripted, RetryPolicy(max_retry_after=1.0))
    first = asyncio.ensure_future(paced.answer(REQUEST))
    while not paced.retrier.pause_left:  # noqa: ASYNC110
        await asyncio.sleep(0)
    others = [asyncio.ensure_future(paced.answer(REQUEST)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(scripted.asked) == 1
    assert await asyncio.gather(first, *others) == [FINE] * 6
    assert paced.retrier.paused_seconds == pytest.approx(0.05)
    assert paced.retrier.pause_left == 0


async def test_many_who_are_turned_away_at_once_make_one_pause() -> None:
    scripted = Scripted(*(Unavailable("busy", for_all=True) for _ in range(8)))
    paced = RetryingEndpoint(scripted, RetryPolicy(first_wait=0.02, max_wait=10.0))
    await asyncio.gather(*(paced.answer(REQUEST) for _ in range(8)))
    assert paced.retrier.paused_seconds == pytest.approx(0.02)


async def test_a_wait_is_no_longer_than_the_cap() -> None:
    paced = RetryingEndpoint(Scripted(Unavailable("busy", wait=3600, for_all=True)), QUICK)
    assert await paced.answer(REQUEST) == FINE
    assert paced.retrier.paused_seconds == pytest.approx(0.01)


async def test_pauses_grow_while_nobody_is_answered_and_start_again_afterwards() -> None:
    busy = [Unavailable("busy", for_all=True) for _ in range(3)]
    paced = RetryingEndpoint(Scripted(*busy, FINE, busy[0]), RetryPolicy(first_wait=0.002, max_wait=1.0))
    await paced.answer(REQUEST)
    assert paced.retrier.paused_seconds == pytest.approx(0.002 + 0.004 + 0.008)
    await paced.answer(REQUEST)
    assert paced.retrier.paused_seconds == pytest.approx(0.016)


async def test_who_meets_nothing_but_refusals_gives_up_for_all() -> None:
    paced = RetryingEndpoint(Scripted(*(Unavailable("nobody there", for_all=True) for _ in range(9))), QUICK)
    with pytest.raises(Unavailable):
        await paced.answer(REQUEST)
    assert paced.retrier.gave_up == "nobody there"
