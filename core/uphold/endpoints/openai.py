"""OpenAI-compatible servers (vLLM, llama.cpp, Ollama, hosted ones), through the openai SDK.

The SDK's retries are off, a timeout is always set, and answers are parsed from the JSON body.
"""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlsplit

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.errors import BadUsage, EndpointError, Refused
from uphold.records.model_calls import ModelAnswer, ModelRequest, TokenLogprobs

with sdk.importing_sdk():
    import openai

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
"""finish_reason -> stop_reason of the Messages API; other values are kept as they are."""

_SPENDING_LIMIT_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_OPENAI_HOST = "api.openai.com"


class OpenAIEndpoint:
    """One model, through `chat/completions`, and through `completions` for log probabilities."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = make_client(address)
        host = urlsplit(address.base_url or f"https://{_OPENAI_HOST}").hostname
        # OpenAI's newer models accept only the one name, other servers often only the other.
        self._max_tokens_argument = "max_completion_tokens" if host == _OPENAI_HOST else "max_tokens"
        self._create = self._client.chat.completions.with_raw_response.create

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises AccessRefused, Refused or Unavailable."""
        started = time.perf_counter()
        body = await self._call(self._create(**self.arguments(request)))
        seconds = time.perf_counter() - started
        answer = read_completion(sdk.parse_object(body) or {}, seconds, with_schema=request.schema is not None)
        if answer is None:
            raise sdk.invalid_answer_error(body, self._address)
        return answer

    async def count(self, request: ModelRequest) -> int | None:
        """Return None: these servers have no call that counts tokens."""
        return None

    async def score(self, text: str) -> TokenLogprobs:
        """Return log probabilities of the text's own tokens, by `completions` with `echo`. Raises BadUsage if unsupported."""
        create = self._client.completions.with_raw_response.create
        try:
            # One new token is requested, since many servers refuse zero; it is cut off again below.
            body = await self._call(
                create(model=self._address.model, prompt=text, echo=True, logprobs=1, max_tokens=1, temperature=0)
            )
        except Refused as error:
            if error.status in (400, 422):
                raise BadUsage(f"{error}; perplexity needs `completions` with `echo` and `logprobs`") from None
            raise
        return _parse_logprobs(_first_choice(body), text, body, self._address)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _call(self, response: Awaitable[Any]) -> bytes:
        try:
            async with asyncio.timeout(self._address.timeout):
                body: bytes = (await response).http_response.content
        except TimeoutError:
            raise sdk.timeout_error(self._address) from None
        except (openai.OpenAIError, ValueError) as error:
            raise convert_error(error, self._address) from None
        return body

    def arguments(self, request: ModelRequest) -> dict[str, Any]:
        """Return the arguments of `chat.completions.create`; in a batch they are the `body`."""
        system = [{"role": "system", "content": request.system}] if request.system else []
        arguments: dict[str, Any] = {
            "model": self._address.model,
            "messages": [*system, *request.messages],
            self._max_tokens_argument: request.max_tokens,
        }
        if request.schema:
            described = {"name": "answer", "schema": request.schema, "strict": True}
            arguments["response_format"] = {"type": "json_schema", "json_schema": described}
        optional = {"temperature": request.temperature, "seed": request.seed, "reasoning_effort": request.effort}
        return arguments | {name: value for name, value in optional.items() if value is not None}


def connect(address: Address) -> OpenAIEndpoint:
    """Return an endpoint at this address."""
    return OpenAIEndpoint(address)


def make_client(address: Address) -> openai.AsyncOpenAI:
    """Return the SDK's client for an address."""
    return openai.AsyncOpenAI(
        api_key=address.key,
        base_url=address.base_url,
        max_retries=0,
        timeout=address.timeout,
        http_client=sdk.direct_client(address.timeout) if address.is_loopback else None,
    )


def read_completion(
    completion: Mapping[str, Any], seconds: float | None = None, *, with_schema: bool = True
) -> ModelAnswer | None:
    """Return the answer in the JSON of a completion, None where there is none."""
    choices = completion.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        return None
    return _parse_completion(completion, choice, seconds, with_schema)


def _first_choice(body: bytes) -> Mapping[str, Any] | None:
    choices = (sdk.parse_object(body) or {}).get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None


def _parse_completion(
    body: Mapping[str, Any], choice: Mapping[str, Any], seconds: float | None, with_schema: bool
) -> ModelAnswer:
    message, usage = choice["message"], body.get("usage")
    refused = sdk.as_text(message.get("refusal"))
    finished = sdk.as_text(choice.get("finish_reason"))
    cached = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    return ModelAnswer(
        text=_content_text(message.get("content")),
        stop_reason="refusal" if refused else _STOP_REASONS.get(finished or "", finished),
        input_tokens=sdk.read_count(usage, "prompt_tokens"),
        output_tokens=sdk.read_count(usage, "completion_tokens"),
        seconds=seconds,
        model=sdk.as_text(body.get("model")),
        request_id=sdk.as_text(body.get("id")),
        stop_detail=refused,
        cache_read=sdk.read_count(cached, "cached_tokens") or 0,
        with_schema=with_schema,
    )


def _content_text(content: object) -> str:
    """Return the text of a message's content: a text, or a list of parts some of which have text."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _parse_logprobs(choice: Mapping[str, Any] | None, text: str, body: bytes, address: Address) -> TokenLogprobs:
    if choice is None:
        raise sdk.invalid_answer_error(body, address)
    logprobs = choice.get("logprobs")
    starts, values = (
        (logprobs.get(name) for name in ("text_offset", "token_logprobs")) if isinstance(logprobs, dict) else (0, 0)
    )
    if not isinstance(starts, list) or not isinstance(values, list) or len(starts) != len(values):
        raise BadUsage(f"{address.display_name} returned no log probabilities of the text (`echo` with `logprobs`)")
    tokens = [(start, value) for start, value in zip(starts, values, strict=True) if start < len(text)]
    return TokenLogprobs(
        tuple(s for s, _ in tokens),
        tuple(v for _, v in tokens),
        sdk.as_text((sdk.parse_object(body) or {}).get("model")),
    )


def convert_error(error: Exception, address: Address) -> EndpointError:
    """Return an error of the SDK as one of ours, with the API key removed from the server's message."""
    if isinstance(error, openai.APIStatusError):
        spent = error.code in _SPENDING_LIMIT_CODES
        return sdk.status_error(error.status_code, _explanation(error), error.response.headers, address, spent=spent)
    if isinstance(error, openai.APITimeoutError):
        return sdk.timeout_error(address)
    if isinstance(error, UnicodeEncodeError):
        return sdk.surrogate_error()
    return sdk.connection_error(error, address, no_connection=sdk.never_connected(error))


def _explanation(error: openai.APIStatusError) -> str:
    message = error.body.get("message") if isinstance(error.body, dict) else None
    return message if isinstance(message, str) and message else error.response.text
