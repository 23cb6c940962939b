"""Batches of requests, which providers answer within a day at a lower price: what all kinds of endpoints have in common."""

import importlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from uphold.endpoints.addresses import Address
from uphold.errors import EndpointError, Refused
from uphold.records.model_calls import ModelAnswer, ModelRequest

_MODULES: Mapping[str, str] = {
    "anthropic": "uphold.endpoints.anthropic_batches",
    "openai": "uphold.endpoints.openai_batches",
}

KINDS = tuple(_MODULES)
"""The kinds of endpoint that take batches."""

EXPIRED, CANCELLED = "the batch expired before this was answered", "the batch was cancelled"


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request of a batch; its result has the same `custom_id`."""

    custom_id: str
    request: ModelRequest


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as the provider reports it; `created` is ISO 8601, `requests` their number.

    `prefix` begins the ids of its requests, where the provider tells it; `problem` is why the whole batch failed.
    """

    id: str
    created: str
    ended: bool
    requests: int
    prefix: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Result of one request: an answer, or a message why there is none."""

    custom_id: str
    answer: ModelAnswer | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The most requests and bytes of one batch."""

    requests: int
    bytes: int


class Batches(Protocol):
    """Client for the batches of one account and one model. All methods raise Refused, AccessRefused or Unavailable."""

    limits: BatchLimits

    def size(self, entry: BatchRequest) -> int:
        """Return the bytes that a request takes in a batch."""
        ...

    async def submit(self, requests: Sequence[BatchRequest], prefix: str) -> str:
        """Submit one batch, whose custom ids begin with `prefix`, and return its id.

        Raises Refused (or AccessRefused) if the provider rejected the batch, Unavailable if it may or may not exist.
        """
        ...

    async def state(self, batch_id: str) -> BatchState:
        """Return the state of a batch."""
        ...

    async def list_since(self, when: str) -> list[BatchState]:
        """Return the account's batches created at `when` (ISO 8601) or later, newest first."""
        ...

    def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """Yield the result of each request of a batch that has ended, in no particular order."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def open_batches(address: Address) -> Batches:
    """Return the client for the batches at an address. Its SDK is imported here."""
    client: Batches = importlib.import_module(_MODULES[address.kind]).Batches(address)
    return client


def chunked(
    requests: Sequence[BatchRequest], client: Batches, limits: BatchLimits | None = None
) -> Iterator[list[BatchRequest]]:
    """Yield the requests in chunks that are within the limits of one batch."""
    limits = limits or client.limits
    chunk: list[BatchRequest] = []
    size = 0
    for request in requests:
        length = client.size(request)
        if chunk and (len(chunk) == limits.requests or size + length > limits.bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(request)
        size += length
    if chunk:
        yield chunk


def was_rejected(error: EndpointError) -> bool:
    """Whether the provider rejected a batch, so that it certainly does not exist."""
    return isinstance(error, Refused) or error.status == 429
