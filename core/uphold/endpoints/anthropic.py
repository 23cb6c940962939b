"""The Anthropic Messages API, through its own SDK: the only import of it.

The SDK's retries are off, a deadline is always given, and answers are taken as the JSON that came, since its typed
messages lose what an odd server sends. Importing this module imports the SDK, which takes most of a second.
"""

import asyncio
import gc
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from uphold.endpoints.opening import Address
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.records.asking import Answer, Barred, Request


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """Keep the garbage collector off the two hundred thousand objects that importing the SDK makes, now and later.

    Looking through them again and again takes a tenth of the import and a fifth of a long run of requests.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


with _made_to_stay():
    import anthropic
    import httpx2

_BUSY = frozenset({408, 409, 425, 429})
_SPENT = frozenset({"contract_spend_limit_reached", "enforced_spend_limit_reached"})
_LONGEST = 300


class AnthropicEndpoint:
    """One model of the Messages API."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = anthropic.AsyncAnthropic(
            api_key=address.key,
            base_url=address.base_url,
            max_retries=0,
            timeout=address.timeout,
            http_client=_direct_client(address) if address.loopback else None,
            open_telemetry=False,
        )
        self._create = self._client.messages.with_raw_response.create

    async def answer(self, request: Request) -> Answer:
        """The model's answer; raises Barred, Refused or Unavailable."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._address.timeout):
                response = await self._create(**_arguments(request, self._address.model))
        except TimeoutError:
            raise Unavailable(_late(self._address)) from None
        except (anthropic.AnthropicError, ValueError) as error:
            # Without its cause: the SDK's errors hold the request, and with it the key.
            raise _ours(error, self._address) from None
        return _answer(_message(response.http_response.content, self._address), time.perf_counter() - began)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


def connect(address: Address) -> AnthropicEndpoint:
    """An endpoint at this address."""
    return AnthropicEndpoint(address)


def _direct_client(address: Address) -> httpx2.AsyncClient:
    """A client that knows no proxy: the SDK's own would send loopback traffic through one."""
    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    return httpx2.AsyncClient(trust_env=False, timeout=address.timeout, limits=limits)


def _arguments(request: Request, model: str) -> dict[str, Any]:
    output = {
        **({"effort": request.effort} if request.effort else {}),
        **({"format": {"type": "json_schema", "schema": request.schema}} if request.schema else {}),
    }
    return {
        "model": model,
        "max_tokens": request.max_tokens,
        "system": [{"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": request.user}],
        **({"output_config": output} if output else {}),
    }


def _message(body: bytes, address: Address) -> Mapping[str, Any]:
    """The message in a response's body; raises Unavailable where it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("content"), list):
        said = _said(body.decode("utf-8", "replace"), address) or "an empty body"
        raise Unavailable(f"{address.place} sent no model answer but: {said}")
    return value


def _answer(message: Mapping[str, Any], seconds: float) -> Answer:
    blocks = (block for block in message["content"] if isinstance(block, dict) and block.get("type") == "text")
    usage = message.get("usage")
    details = message.get("stop_details")
    return Answer(
        text="".join(str(block.get("text", "")) for block in blocks),
        stop_reason=_text(message.get("stop_reason")),
        input_tokens=_tokens(usage, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
        output_tokens=_tokens(usage, "output_tokens"),
        seconds=seconds,
        model=_text(message.get("model")),
        request_id=_text(message.get("id")),
        stop_detail=_text(details.get("category")) if isinstance(details, dict) else None,
    )


def _tokens(usage: object, *names: str) -> int | None:
    """The sum of these counts; None where the usage tells none of them."""
    counts = [usage.get(name) for name in names] if isinstance(usage, dict) else []
    known = [count for count in counts if isinstance(count, int) and not isinstance(count, bool) and count >= 0]
    return sum(known) if known else None


def _ours(error: Exception, address: Address) -> EndpointError:
    """The SDK's error as one of ours, with the key taken out of whatever a server said."""
    if isinstance(error, anthropic.APIStatusError):
        return _from_status(error, address)
    if isinstance(error, anthropic.APITimeoutError):
        return Unavailable(_late(address))
    if isinstance(error, UnicodeEncodeError):
        return Refused("the request holds a lone surrogate, which no request can carry; mend the example or the answer")
    cause = error.__cause__ or error
    said = _said(str(cause), address) or type(cause).__name__
    return Unavailable(f"{address.place} could not be reached: {said}")


def _from_status(error: anthropic.APIStatusError, address: Address) -> EndpointError:
    status = error.status_code
    said = f"HTTP {status} ({_said(error.api_message or error.response.text, address) or 'no explanation'})"
    if status in (401, 403):
        return Barred(f"{address.place} refused the API key: {said}; check the key and what it may use")
    if status == 402 or error.error_code in _SPENT:
        return Barred(f"{address.place} wants to be paid first: {said}; look at the account")
    if status == 404:
        return Barred(f"{address.place} does not know {address.model!r}: {said}; check the model and --base-url")
    if status in _BUSY or status >= 500:
        return Unavailable(f"{address.place} was busy or broken: {said}")
    return Refused(f"{address.place} refused the request: {said}")


def _late(address: Address) -> str:
    return f"{address.place} did not answer within {address.timeout:g} seconds"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _said(text: str, address: Address) -> str:
    """What a server said, on one line and cut, without the key should it say that back."""
    text = " ".join(text.replace(address.key, "[key]").split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
