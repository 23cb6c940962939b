"""OpenAI's batches: a file of requests is uploaded, and files of results and of errors are fetched when they have ended."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import openai

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.endpoints.batches import CANCELLED, EXPIRED, BatchLimits, BatchRequest, BatchResult, BatchState
from uphold.endpoints.key_masking import mask_answer
from uphold.endpoints.openai import OpenAIEndpoint, convert_error, make_client, read_completion
from uphold.errors import EndpointError, Unavailable

LIMITS = BatchLimits(50_000, 200_000_000)
"""Limits of the API on one batch and its file."""

MAX_LINE = 4 * 1024 * 1024
"""Most bytes of one result, which is one answer of a model."""

_PREFIX_NAME = "uphold"
"""Name in a batch's metadata under which the prefix of its ids stands."""

_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_REASONS = {"batch_expired": EXPIRED, "batch_cancelled": CANCELLED}

_Result = TypeVar("_Result")


class Batches:
    """Client for the batches of one account and one model. All methods raise Refused, AccessRefused or Unavailable."""

    limits = LIMITS

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = make_client(address)
        self._endpoint = OpenAIEndpoint(address)

    def size(self, entry: BatchRequest) -> int:
        """Return the bytes that a request takes in a batch."""
        return len(self._line(entry))

    async def submit(self, requests: Sequence[BatchRequest], prefix: str) -> str:
        """Submit one batch, with the prefix of its ids in its metadata, and return its id.

        Raises Refused (or AccessRefused) if the provider rejected the file or the batch, Unavailable if the batch may or
        may not exist.
        """
        lines = b"".join(self._line(entry) for entry in requests)
        file = await self._call(self._client.files.create(file=(f"{prefix}.jsonl", lines), purpose="batch"))
        batch = await self._call(
            self._client.batches.create(
                input_file_id=str(_checked(file, self._address).id),
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_PREFIX_NAME: prefix},
            )
        )
        return str(_checked(batch, self._address).id)

    async def state(self, batch_id: str) -> BatchState:
        """Return the state of a batch."""
        return _parse_state(await self._retrieve(batch_id), self._address)

    async def list_since(self, when: str) -> list[BatchState]:
        """Return the account's batches created at `when` (ISO 8601) or later, newest first."""
        found: list[BatchState] = []
        after: str | None = None
        while True:
            listed = self._client.batches.list(limit=100, after=openai.omit if after is None else after)
            page = _checked(await self._call(listed), self._address)
            states = [_parse_state(batch, self._address) for batch in page.data or ()]
            found += [state for state in states if state.created >= when]
            if not page.has_more or not states or states[-1].created < when:
                return found
            after = states[-1].id

    async def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """Yield the result of each request of a batch that has ended; those that failed come from a file of their own."""
        batch = await self._retrieve(batch_id)
        for file_id in (batch.output_file_id, batch.error_file_id):
            if file_id:
                async for line in self._lines(file_id):
                    yield _parse_result(line, self._address)

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()
        await self._client.close()

    def _line(self, entry: BatchRequest) -> bytes:
        arguments = self._endpoint.arguments(entry.request)
        extra = arguments.pop("extra_body", {})
        body = {**arguments, **extra}
        request = {"custom_id": entry.custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
        return json.dumps(request).encode() + b"\n"

    async def _retrieve(self, batch_id: str) -> Any:
        return _checked(await self._call(self._client.batches.retrieve(batch_id)), self._address)

    async def _call(self, response: Awaitable[_Result]) -> _Result:
        try:
            async with asyncio.timeout(self._address.timeout):
                return await response
        except TimeoutError:
            raise sdk.timeout_error(self._address) from None
        except (openai.OpenAIError, ValueError) as error:
            raise convert_error(error, self._address) from None

    async def _lines(self, file_id: str) -> AsyncIterator[bytes]:
        """Yield the lines of a file as they come, so that a file of any size takes little memory."""
        import httpx2

        rest = bytearray()
        try:
            async with self._client.files.with_streaming_response.content(file_id) as response:
                async for chunk in response.iter_bytes():
                    *lines, last = (rest + chunk).split(b"\n")
                    for line in lines:
                        if line.strip():
                            yield bytes(line)
                    rest = bytearray(last)
                    if len(rest) > MAX_LINE:
                        raise Unavailable(
                            f"{self._address.display_name} sent a batch result of more than {MAX_LINE} bytes"
                        )
        except EndpointError:
            raise
        except (openai.OpenAIError, ValueError, OSError) as error:
            raise convert_error(error, self._address) from None
        except httpx2.HTTPError as error:
            raise sdk.connection_error(error, self._address, no_connection=False) from None
        if rest.strip():
            yield bytes(rest)


def _checked(value: Any, address: Address) -> Any:
    """Return an object of the API as it came; raises Unavailable for what is none, such as an HTML page."""
    if isinstance(value, str | list | dict | None):
        raise Unavailable(f"{address.display_name} sent a response that is not a batch")
    return value


def _parse_state(batch: Any, address: Address) -> BatchState:
    created = batch.created_at
    moment = datetime.fromtimestamp(created, UTC) if isinstance(created, int | float) else datetime.now(UTC)
    counts, metadata = batch.request_counts, batch.metadata
    total = getattr(counts, "total", 0)
    prefix = metadata.get(_PREFIX_NAME) if isinstance(metadata, dict) else None
    return BatchState(
        str(batch.id),
        moment.isoformat().replace("+00:00", "Z"),
        str(batch.status) in _ENDED,
        total if isinstance(total, int) else 0,
        prefix,
        _batch_problem(batch, address),
    )


def _batch_problem(batch: Any, address: Address) -> str | None:
    """Return why a whole batch failed: the provider checks the file after it has accepted the batch."""
    if str(batch.status) != "failed":
        return None
    errors = getattr(batch.errors, "data", None) or ()
    explanation = "; ".join(str(error.message or error.code) for error in list(errors)[:3])
    return f"the batch failed: {sdk.shorten(explanation, address) or 'no explanation'}"


def _parse_result(line: bytes, address: Address) -> BatchResult:
    row = sdk.parse_object(line) or {}
    custom_id = str(row.get("custom_id"))
    response, error = row.get("response"), row.get("error")
    response = response if isinstance(response, dict) else {}
    body = response.get("body")
    if isinstance(body, dict) and response.get("status_code", 200) == 200:
        if (answer := read_completion(body)) is not None:
            return BatchResult(custom_id, mask_answer(answer, address.key))
        return BatchResult(custom_id, problem="the batch says nothing that is a model's answer")
    if isinstance(body, dict) and not isinstance(error, dict):
        error = body.get("error")
    return BatchResult(custom_id, problem=_result_problem(error if isinstance(error, dict) else {}, address))


def _result_problem(error: Mapping[str, Any], address: Address) -> str:
    code = str(error.get("code") or error.get("type") or "error")
    explanation = sdk.shorten(str(error.get("message") or ""), address)
    said = f"the batch says {sdk.shorten(code, address)}" + (f": {explanation}" if explanation else "")
    return _REASONS.get(code, said)
