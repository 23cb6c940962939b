"""The Anthropic Messages API, through its SDK.

The SDK's retries are off, a timeout is always set, and answers are parsed from the JSON body, since the SDK's typed
messages lose fields that other servers send. Importing this module imports the SDK, which takes most of a second.
"""

import time
from collections.abc import Mapping
from typing import Any

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.endpoints.http_client import limited_client
from uphold.errors import BadUsage, EndpointError
from uphold.records.model_calls import Dialect, ModelAnswer, ModelRequest, TextToScore, TokenLogprobs

with sdk.importing_sdk():
    import anthropic

_SPENDING_LIMIT_CODES = frozenset({"contract_spend_limit_reached", "enforced_spend_limit_reached"})
_COUNTED_ARGUMENTS = frozenset({"model", "system", "messages", "output_config", "thinking"})
_THOUGHTS = ("thinking", "redacted_thinking")
_DIALECT = Dialect(cache_marks=True)


class AnthropicEndpoint:
    """One model of the Messages API."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = make_client(address)
        self._parser = sdk.BodyParser()
        self._create = self._client.messages.with_raw_response.create

    @property
    def dialect(self) -> Dialect:
        """One name of the output length, no JSON mode, and marks for the prompt cache."""
        return _DIALECT

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises AccessRefused, Refused, OddReply or Unavailable."""
        started = time.perf_counter()
        async with sdk.converted_errors(self._address, anthropic.AnthropicError, convert_error):
            response = await self._create(**request_arguments(request, self._address.model))
        body = response.http_response.content
        message = await self._parser.parse(body)
        if message is None or not isinstance(message.get("content"), list):
            raise _error_in_body(message, self._address) or sdk.invalid_answer_error(body, self._address)
        return parse_message(message, time.perf_counter() - started, with_schema=request.schema is not None)

    async def count(self, request: ModelRequest) -> int | None:
        """Return the number of input tokens, by a free call of the API."""
        arguments = {
            name: value
            for name, value in request_arguments(request, self._address.model).items()
            if name in _COUNTED_ARGUMENTS
        }
        async with sdk.converted_errors(self._address, anthropic.AnthropicError, convert_error):
            response = await self._client.messages.with_raw_response.count_tokens(**arguments)
        return sdk.read_count(sdk.parse_object(response.http_response.content), "input_tokens")

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Raise BadUsage: the Messages API reports no log probabilities."""
        raise BadUsage("anthropic: endpoints tell no log probabilities; perplexity needs openai:MODEL with --base-url")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def connect(address: Address) -> AnthropicEndpoint:
    """Return an endpoint at this address."""
    return AnthropicEndpoint(address)


def make_client(address: Address) -> anthropic.AsyncAnthropic:
    """Return the SDK's client for an address."""
    return anthropic.AsyncAnthropic(
        api_key=address.key,
        base_url=address.base_url,
        max_retries=0,
        timeout=address.timeout,
        http_client=limited_client(address),
        open_telemetry=False,
    )


def request_arguments(request: ModelRequest, model: str) -> dict[str, Any]:
    """Return the arguments of `messages.create`; in a batch they are the `params`, with `extra_body` merged in."""
    output = {
        **({"effort": request.effort} if request.effort else {}),
        **({"format": {"type": "json_schema", "schema": request.schema}} if request.schema else {}),
    }
    arguments: dict[str, Any] = {"model": model, "max_tokens": request.max_tokens}
    if system := request.separate_system:
        marked = [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
        arguments["system"] = system if request.form.plain_system else marked
    arguments["messages"] = request.messages
    if output:
        arguments["output_config"] = output
    if request.thinking is not None:
        budget = {"type": "enabled", "budget_tokens": request.thinking}
        arguments["thinking"] = {"type": "adaptive"} if request.form.adaptive_thinking else budget
    # The temperature is no longer an argument of the SDK; models may ignore or refuse it.
    temperature = {} if request.temperature is None else {"temperature": request.temperature}
    if extra := {**temperature, **(request.extra_body or {})}:
        arguments["extra_body"] = extra
    return arguments


def parse_message(message: Mapping[str, Any], seconds: float | None = None, *, with_schema: bool = True) -> ModelAnswer:
    """Return the answer in the JSON of a message."""
    blocks = [block for block in message["content"] if isinstance(block, dict)]
    texts = [block.get("text") for block in blocks if block.get("type") == "text"]
    text = "".join(text for text in texts if isinstance(text, str))
    usage = message.get("usage")
    details = message.get("stop_details")
    written, read = (sdk.read_count(usage, f"cache_{name}_input_tokens") for name in ("creation", "read"))
    plain = sdk.read_count(usage, "input_tokens")
    known = [tokens for tokens in (plain, written, read) if tokens is not None]
    return ModelAnswer(
        text=text,
        stop_reason=sdk.as_text(message.get("stop_reason")),
        input_tokens=sum(known) if known else None,
        output_tokens=sdk.read_count(usage, "output_tokens"),
        seconds=seconds,
        model=sdk.as_text(message.get("model")),
        request_id=sdk.as_text(message.get("id")),
        stop_detail=sdk.as_text(details.get("category")) if isinstance(details, dict) else None,
        cache_write=written or 0,
        cache_read=read or 0,
        with_schema=with_schema,
        only_thoughts=not text.strip() and any(block.get("type") in _THOUGHTS for block in blocks),
    )


def _error_in_body(message: Mapping[str, Any] | None, address: Address) -> EndpointError | None:
    error = (message or {}).get("error")
    said = error.get("message") if isinstance(error, dict) else None
    return sdk.reported_error(error, said if isinstance(said, str) else str(error), address)


def convert_error(error: Exception, address: Address) -> EndpointError:
    """Return an error of the SDK as one of ours, with the API key removed from the server's message."""
    if isinstance(error.__cause__, EndpointError):
        return error.__cause__
    if isinstance(error, anthropic.APIStatusError):
        explanation = error.api_message or error.response.text
        spent = error.error_code in _SPENDING_LIMIT_CODES
        return sdk.status_error(error.status_code, explanation, error.response.headers, address, spent=spent)
    if isinstance(error, anthropic.APITimeoutError):
        return sdk.timeout_error(address)
    if isinstance(error, UnicodeEncodeError):
        return sdk.surrogate_error()
    return sdk.connection_error(error, address, no_connection=sdk.never_connected(error))
