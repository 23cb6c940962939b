"""The Anthropic Messages API, through its own SDK: with batches.py the only import of it.

The SDK's retries are off, a deadline is always given, and answers are taken as the JSON that came, since its typed
messages lose what an odd server sends. Importing this module imports the SDK, which takes most of a second.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.errors import BadUsage, EndpointError
from uphold.records.model_calls import ModelAnswer, ModelRequest, TokenLogprobs

with sdk.made_to_stay():
    import anthropic


_SPENT = frozenset({"contract_spend_limit_reached", "enforced_spend_limit_reached"})


class AnthropicEndpoint:
    """One model of the Messages API."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = client_of(address)
        self._create = self._client.messages.with_raw_response.create

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises Barred, Refused or Unavailable."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._address.timeout):
                response = await self._create(**arguments(request, self._address.model))
        except TimeoutError:
            raise sdk.late(self._address) from None
        except (anthropic.AnthropicError, ValueError) as error:
            # Without its cause: the SDK's errors hold the request, and with it the key.
            raise ours(error, self._address) from None
        body = response.http_response.content
        message = sdk.as_object(body)
        if message is None or not isinstance(message.get("content"), list):
            raise sdk.no_answer(body, self._address)
        return answer_in(message, time.perf_counter() - began, schema=request.schema is not None)

    async def count(self, request: ModelRequest) -> int | None:
        """The endpoint's own count of a request's tokens; nothing is charged for it."""
        given = {name: value for name, value in arguments(request, self._address.model).items() if name in _COUNTED}
        try:
            async with asyncio.timeout(self._address.timeout):
                response = await self._client.messages.with_raw_response.count_tokens(**given)
        except TimeoutError:
            raise sdk.late(self._address) from None
        except (anthropic.AnthropicError, ValueError) as error:
            raise ours(error, self._address) from None
        return sdk.count(sdk.as_object(response.http_response.content), "input_tokens")

    async def score(self, text: str) -> TokenLogprobs:
        """The Messages API tells no log probabilities."""
        raise BadUsage("anthropic: endpoints tell no log probabilities; perplexity needs openai:MODEL with --base-url")

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


_COUNTED = frozenset({"model", "system", "messages", "output_config"})


def connect(address: Address) -> AnthropicEndpoint:
    """An endpoint at this address."""
    return AnthropicEndpoint(address)


def client_of(address: Address) -> anthropic.AsyncAnthropic:
    """The SDK's client for an address."""
    return anthropic.AsyncAnthropic(
        api_key=address.key,
        base_url=address.base_url,
        max_retries=0,
        timeout=address.timeout,
        http_client=sdk.direct_client(address.timeout) if address.loopback else None,
        open_telemetry=False,
    )


def arguments(request: ModelRequest, model: str) -> dict[str, Any]:
    """What `messages.create` takes; in a batch the same stands in `params`, but for `extra_body`."""
    output = {
        **({"effort": request.effort} if request.effort else {}),
        **({"format": {"type": "json_schema", "schema": request.schema}} if request.schema else {}),
    }
    given: dict[str, Any] = {"model": model, "max_tokens": request.max_tokens}
    if request.system:
        given["system"] = [{"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}]
    given["messages"] = request.messages
    if output:
        given["output_config"] = output
    if request.temperature is not None:
        # No longer an argument of the SDK; models that ignore or refuse it say so themselves.
        given["extra_body"] = {"temperature": request.temperature}
    return given


def answer_in(message: Mapping[str, Any], seconds: float | None = None, *, schema: bool = True) -> ModelAnswer:
    """The answer in a message as it came."""
    blocks = (block for block in message["content"] if isinstance(block, dict) and block.get("type") == "text")
    usage = message.get("usage")
    details = message.get("stop_details")
    written, read = (sdk.count(usage, f"cache_{name}_input_tokens") for name in ("creation", "read"))
    plain = sdk.count(usage, "input_tokens")
    known = [tokens for tokens in (plain, written, read) if tokens is not None]
    return ModelAnswer(
        text="".join(str(block.get("text", "")) for block in blocks),
        stop_reason=sdk.text(message.get("stop_reason")),
        input_tokens=sum(known) if known else None,
        output_tokens=sdk.count(usage, "output_tokens"),
        seconds=seconds,
        model=sdk.text(message.get("model")),
        request_id=sdk.text(message.get("id")),
        stop_detail=sdk.text(details.get("category")) if isinstance(details, dict) else None,
        cache_write=written or 0,
        cache_read=read or 0,
        schema=schema,
    )


def ours(error: Exception, address: Address) -> EndpointError:
    """The SDK's error as one of ours, with the key taken out of whatever a server said."""
    if isinstance(error, anthropic.APIStatusError):
        explanation = error.api_message or error.response.text
        spent = error.error_code in _SPENT
        return sdk.of_status(error.status_code, explanation, error.response.headers, address, spent=spent)
    if isinstance(error, anthropic.APITimeoutError):
        return sdk.late(address)
    if isinstance(error, UnicodeEncodeError):
        return sdk.unsendable()
    return sdk.unreachable(error, address, nobody=sdk.never_connected(error))
