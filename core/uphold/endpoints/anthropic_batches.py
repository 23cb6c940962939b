"""Anthropic's Message Batches: many requests handed in at once, answered within a day at half the price."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import anthropic

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.endpoints.anthropic import answer_in, arguments, client_of, ours
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.records.model_calls import ModelAnswer, ModelRequest

MOST_REQUESTS = 100_000


MOST_BYTES = 256_000_000
"""The provider's limits on one batch; it says 256 MB, and is taken at the smaller meaning of the word."""


_AROUND = 200
"""Bytes that a request has around it."""


@dataclass(frozen=True, slots=True)
class SubmittedBatch:
    """One request of a batch, under the id that its result will carry."""

    custom_id: str
    request: ModelRequest


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as the provider tells of it; `created` is ISO 8601."""

    id: str
    created: str
    ended: bool
    requests: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one request: an answer, or why there is none."""

    custom_id: str
    answer: ModelAnswer | None = None
    problem: str | None = None


class Batches:
    """The batches of one account, for one model."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = client_of(address)

    async def submit(self, sent: Sequence[SubmittedBatch]) -> str:
        """Hand in one batch; returns its id.

        Raises Refused (or Barred) where the provider said no, so that there is none; Unavailable where nobody knows.
        """
        requests: list[Any] = [
            {"custom_id": one.custom_id, "params": _params(one.request, self._address.model)} for one in sent
        ]
        made = await self._had(self._client.messages.batches.create(requests=requests))
        return str(made.id)

    async def state(self, batch_id: str) -> BatchState:
        """How a batch stands."""
        return _state(await self._had(self._client.messages.batches.retrieve(batch_id)))

    async def since(self, when: str) -> list[BatchState]:
        """The account's batches made at `when` (ISO 8601) or later, the newest first."""
        found: list[BatchState] = []
        after: str | None = None
        while True:
            listed = self._client.messages.batches.list(limit=100, after_id=anthropic.omit if after is None else after)
            page = await self._had(listed)
            states = [_state(one) for one in page.data]
            found += [state for state in states if state.created >= when]
            if not page.has_more or not states or states[-1].created < when:
                return found
            after = states[-1].id

    async def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """What became of each request of a batch that has ended, in whatever order."""
        try:
            async for row in await self._had(self._client.messages.batches.results(batch_id)):
                yield _result(row.to_dict(), self._address)
        except (anthropic.AnthropicError, ValueError, OSError) as error:
            raise ours(error, self._address) from None
        except _broken() as error:
            raise sdk.unreachable(error, self._address, nobody=False) from None

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _had(self, response: Any) -> Any:
        try:
            async with asyncio.timeout(self._address.timeout):
                had = await response
        except TimeoutError:
            raise sdk.late(self._address) from None
        except (anthropic.AnthropicError, ValueError) as error:
            raise ours(error, self._address) from None
        if isinstance(had, str | list | dict | None):
            raise Unavailable(f"{self._address.place} sent something that tells of no batch")
        return had


def chunked(
    sent: Sequence[SubmittedBatch], most: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES
) -> Iterator[list[SubmittedBatch]]:
    """The requests in chunks that the provider takes as one batch each."""
    chunk: list[SubmittedBatch] = []
    size = 0
    for one in sent:
        length = _size(one)
        if chunk and (len(chunk) == most or size + length > most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += length
    if chunk:
        yield chunk


def _size(one: SubmittedBatch) -> int:
    return len(json.dumps(_params(one.request, ""))) + len(one.custom_id) + _AROUND


def _params(request: ModelRequest, model: str) -> dict[str, Any]:
    given = arguments(request, model)
    return {**given, **given.pop("extra_body", {})}


def _state(batch: Any) -> BatchState:
    counts = batch.request_counts
    total = sum(getattr(counts, name, 0) or 0 for name in ("processing", "succeeded", "errored", "canceled", "expired"))
    created = batch.created_at
    text = created.isoformat().replace("+00:00", "Z") if hasattr(created, "isoformat") else str(created)
    return BatchState(str(batch.id), text, batch.processing_status == "ended", total)


def _result(row: dict[str, Any], address: Address) -> BatchResult:
    custom_id, result = str(row.get("custom_id")), row.get("result") or {}
    kind = result.get("type")
    message = result.get("message")
    if kind == "succeeded" and isinstance(message, dict) and isinstance(message.get("content"), list):
        return BatchResult(custom_id, answer_in(message))
    error = result.get("error") or {}
    inner = error.get("error")
    said = inner if isinstance(inner, dict) else error
    explained = sdk.on_one_line(str(said.get("message") or said.get("type") or ""), address)
    reasons = {"expired": "the batch expired before this was answered", "canceled": "the batch was cancelled"}
    problem = reasons.get(str(kind), f"the batch says {kind}" + (f": {explained}" if explained else ""))
    return BatchResult(custom_id, problem=problem)


def _broken() -> type[Exception]:
    import httpx2

    return httpx2.HTTPError


def surely_not_made(error: EndpointError) -> bool:
    """Did the provider say no to a batch, so that it certainly does not exist?"""
    return isinstance(error, Refused) or error.status == 429
