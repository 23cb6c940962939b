"""Pacing: at most so many requests and tokens a minute, for all workers of an endpoint together."""

import asyncio
import time

from uphold.records.model_calls import ModelAnswer, ModelRequest, PaceLimits

_CHARACTERS_PER_TOKEN = 4.0
_EXPECTED_OUTPUT = 500
"""Output tokens that a request is counted with until its answer tells."""

_MAX_MINUTES = 5
"""An answer that tells more tokens than so many minutes may have is not believed."""


class Pacer:
    """Spaces requests evenly. A request takes its place in the order of arrival and waits for its time.

    Tokens are counted from the length of the texts, and corrected once the answer tells them.
    """

    def __init__(self, limits: PaceLimits | None = None) -> None:
        self._limits = limits or PaceLimits()
        self._next_request = self._next_tokens = 0.0

    async def wait(self, request: ModelRequest) -> float:
        """Wait until the request may be sent; return the tokens it is counted with."""
        limits, now = self._limits, time.monotonic()
        if limits.requests_per_minute is None and limits.tokens_per_minute is None:
            return 0.0
        start = max(now, self._next_request, self._next_tokens)
        tokens = request.length / _CHARACTERS_PER_TOKEN + min(request.max_tokens, _EXPECTED_OUTPUT)
        if limits.requests_per_minute is not None:
            self._next_request = start + 60.0 / limits.requests_per_minute
        if limits.tokens_per_minute is not None:
            self._next_tokens = max(start, self._next_tokens) + 60.0 * tokens / limits.tokens_per_minute
        if start > now:
            await asyncio.sleep(start - now)
        return tokens

    def correct(self, counted: float, answer: ModelAnswer) -> None:
        """Replace the tokens a request was counted with by those that its answer tells."""
        if self._limits.tokens_per_minute is None or answer.input_tokens is None or answer.output_tokens is None:
            return
        told = min(answer.input_tokens + answer.output_tokens, _MAX_MINUTES * self._limits.tokens_per_minute)
        self._next_tokens += 60.0 * (told - counted) / self._limits.tokens_per_minute
