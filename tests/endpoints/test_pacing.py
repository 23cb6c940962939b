"""Requests and tokens a minute, for all workers together."""

import asyncio
import time

import pytest

from uphold.endpoints.pacing import Pacer
from uphold.records.model_calls import ModelAnswer, ModelRequest, PaceLimits

REQUEST = ModelRequest(None, "x" * 400, max_tokens=100)


def test_without_limits_nobody_waits() -> None:
    pacer = Pacer()
    for _ in range(3):
        with pytest.raises(StopIteration) as ended:
            pacer.wait(REQUEST).send(None)  # to its end or to where it waits
        assert ended.value.value == 0.0


async def test_requests_are_spaced_evenly_whoever_sends_them() -> None:
    pacer, started = Pacer(PaceLimits(requests_per_minute=1200)), time.monotonic()
    times: list[float] = []

    async def send() -> None:
        await pacer.wait(REQUEST)
        times.append(time.monotonic() - started)

    await asyncio.gather(*(send() for _ in range(6)))
    assert all(when >= place * 0.05 - 0.005 for place, when in enumerate(times))


async def test_tokens_are_counted_from_the_texts_and_corrected_by_the_answer() -> None:
    pacer, started = Pacer(PaceLimits(tokens_per_minute=60_000)), time.monotonic()
    assert await pacer.wait(REQUEST) == pytest.approx(200)
    pacer.correct(200, ModelAnswer("x", "end_turn", 250, 50))
    await pacer.wait(REQUEST)
    assert time.monotonic() - started > 0.29


async def test_an_answer_that_tells_absurd_numbers_does_not_stop_the_work() -> None:
    pacer = Pacer(PaceLimits(tokens_per_minute=1e9))
    counted = await pacer.wait(REQUEST)
    pacer.correct(counted, ModelAnswer("x", "end_turn", 10**12, 0))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pacer.wait(REQUEST), 0.05)
    assert pacer._next_tokens - time.monotonic() < 5 * 60 + 1
