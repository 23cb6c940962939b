"""Anthropic's Message Batches: many requests submitted at once, answered within a day at half the price."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anthropic

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.endpoints.anthropic import convert_error, make_client, parse_message, request_arguments
from uphold.endpoints.batches import CANCELLED, EXPIRED, BatchLimits, BatchRequest, BatchResult, BatchState
from uphold.endpoints.key_masking import mask_answer
from uphold.errors import EndpointError, Unavailable
from uphold.records.model_calls import ModelRequest

LIMITS = BatchLimits(100_000, 256_000_000)
"""Limits of the API on one batch; its 256 MB are read as the smaller of the two possible units."""

_ID_BYTES = 64
"""Bytes of a custom id."""

_REQUEST_OVERHEAD = 200
"""Assumed bytes of JSON around the parameters of a request."""


class Batches:
    """Client for the batches of one account and one model. All methods raise Refused, AccessRefused or Unavailable."""

    limits = LIMITS

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = make_client(address)

    def size(self, entry: BatchRequest) -> int:
        """Return the bytes that a request takes in a batch."""
        return len(json.dumps(_params(entry.request, self._address.model))) + _ID_BYTES + _REQUEST_OVERHEAD

    async def submit(self, requests: Sequence[BatchRequest], prefix: str) -> str:
        """Submit one batch and return its id; its prefix is told by the results only.

        Raises Refused (or AccessRefused) if the provider rejected the batch, Unavailable if it may or may not exist.
        """
        entries: list[Any] = [
            {"custom_id": entry.custom_id, "params": _params(entry.request, self._address.model)} for entry in requests
        ]
        batch = await self._call(self._client.messages.batches.create(requests=entries))
        return str(batch.id)

    async def state(self, batch_id: str) -> BatchState:
        """Return the state of a batch."""
        return _parse_state(await self._call(self._client.messages.batches.retrieve(batch_id)))

    async def list_since(self, when: str) -> list[BatchState]:
        """Return the account's batches created at `when` (ISO 8601) or later, newest first."""
        found: list[BatchState] = []
        after: str | None = None
        while True:
            listed = self._client.messages.batches.list(limit=100, after_id=anthropic.omit if after is None else after)
            page = await self._call(listed)
            states = [_parse_state(batch) for batch in page.data]
            found += [state for state in states if state.created >= when]
            if not page.has_more or not states or states[-1].created < when:
                return found
            after = states[-1].id

    async def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """Yield the result of each request of a batch that has ended, in no particular order."""
        try:
            async for row in await self._call(self._client.messages.batches.results(batch_id)):
                # A warning about an odd row would print its values, a key that is echoed in them too.
                yield _parse_result(row.to_dict(warnings=False), self._address)
        except EndpointError:
            raise
        except (anthropic.AnthropicError, ValueError, OSError) as error:
            raise convert_error(error, self._address) from None
        except _transport_error() as error:
            raise sdk.connection_error(error, self._address, no_connection=False) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _call(self, response: Any) -> Any:
        async with sdk.converted_errors(self._address, anthropic.AnthropicError, convert_error):
            result = await response
        if isinstance(result, str | list | dict | None):
            raise Unavailable(f"{self._address.display_name} sent a response that is not a batch")
        return result


def _params(request: ModelRequest, model: str) -> dict[str, Any]:
    arguments = request_arguments(request, model)
    extra = arguments.pop("extra_body", {})
    return {**arguments, **extra}


def _parse_state(batch: Any) -> BatchState:
    counts = batch.request_counts
    total = sum(getattr(counts, name, 0) or 0 for name in ("processing", "succeeded", "errored", "canceled", "expired"))
    created = batch.created_at
    text = created.isoformat().replace("+00:00", "Z") if hasattr(created, "isoformat") else str(created)
    return BatchState(str(batch.id), text, batch.processing_status == "ended", total)


def _parse_result(row: dict[str, Any], address: Address) -> BatchResult:
    custom_id, result = str(row.get("custom_id")), row.get("result") or {}
    kind = result.get("type")
    message = result.get("message")
    if kind == "succeeded" and isinstance(message, dict) and isinstance(message.get("content"), list):
        return BatchResult(custom_id, mask_answer(parse_message(message), address.key))
    error = result.get("error") or {}
    inner = error.get("error")
    details = inner if isinstance(inner, dict) else error
    explanation = sdk.shorten(str(details.get("message") or details.get("type") or ""), address)
    reasons = {"expired": EXPIRED, "canceled": CANCELLED}
    said = f"the batch says {sdk.shorten(str(kind), address)}" + (f": {explanation}" if explanation else "")
    problem = reasons.get(str(kind), said)
    return BatchResult(custom_id, problem=problem)


def _transport_error() -> type[Exception]:
    import httpx2

    return httpx2.HTTPError
