"""Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, hosted ones), through the openai SDK: the only import of it.

As with the other endpoint the SDK's retries are off and answers are taken as the JSON that came.
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

with sdk.made_to_stay():
    import openai


_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
"""Their finish reasons in the words of the Messages API; others pass as they are."""


_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


_MAKER = "api.openai.com"


class OpenAIEndpoint:
    """One model behind chat/completions, and behind completions where its log probabilities are wanted."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = openai.AsyncOpenAI(
            api_key=address.key,
            base_url=address.base_url,
            max_retries=0,
            timeout=address.timeout,
            http_client=sdk.direct_client(address.timeout) if address.loopback else None,
        )
        host = urlsplit(address.base_url or f"https://{_MAKER}").hostname
        # Their newer models know the one name only, other people's servers often the other.
        self._limit = "max_completion_tokens" if host == _MAKER else "max_tokens"
        self._create = self._client.chat.completions.with_raw_response.create

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises Barred, Refused or Unavailable."""
        began = time.perf_counter()
        body = await self._had(self._create(**self._arguments(request)))
        choice = _first_choice(body)
        if choice is None or not isinstance(choice.get("message"), dict):
            raise sdk.no_answer(body, self._address)
        return _answer(sdk.as_object(body) or {}, choice, time.perf_counter() - began, request.schema is not None)

    async def count(self, request: ModelRequest) -> int | None:
        """Servers of this kind count a request only when they answer it."""
        return None

    async def score(self, text: str) -> TokenLogprobs:
        """Log probabilities of the text's own tokens, by `completions` with `echo`."""
        create = self._client.completions.with_raw_response.create
        try:
            # One new token is asked for, since many servers refuse none; it is cut off again below.
            body = await self._had(
                create(model=self._address.model, prompt=text, echo=True, logprobs=1, max_tokens=1, temperature=0)
            )
        except Refused as error:
            if error.status in (400, 422):
                raise BadUsage(f"{error}; perplexity needs `completions` with `echo` and `logprobs`") from None
            raise
        return _scored(_first_choice(body), text, body, self._address)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _had(self, response: Awaitable[Any]) -> bytes:
        try:
            async with asyncio.timeout(self._address.timeout):
                body: bytes = (await response).http_response.content
        except TimeoutError:
            raise sdk.late(self._address) from None
        except (openai.OpenAIError, ValueError) as error:
            raise _ours(error, self._address) from None
        return body

    def _arguments(self, request: ModelRequest) -> dict[str, Any]:
        system = [{"role": "system", "content": request.system}] if request.system else []
        given: dict[str, Any] = {
            "model": self._address.model,
            "messages": [*system, *request.messages],
            self._limit: request.max_tokens,
        }
        if request.schema:
            described = {"name": "answer", "schema": request.schema, "strict": True}
            given["response_format"] = {"type": "json_schema", "json_schema": described}
        wanted = {"temperature": request.temperature, "seed": request.seed, "reasoning_effort": request.effort}
        return given | {name: value for name, value in wanted.items() if value is not None}


def connect(address: Address) -> OpenAIEndpoint:
    """An endpoint at this address."""
    return OpenAIEndpoint(address)


def _first_choice(body: bytes) -> Mapping[str, Any] | None:
    choices = (sdk.as_object(body) or {}).get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None


def _answer(body: Mapping[str, Any], choice: Mapping[str, Any], seconds: float, schema: bool) -> ModelAnswer:
    message, usage = choice["message"], body.get("usage")
    refused = sdk.text(message.get("refusal"))
    finished = sdk.text(choice.get("finish_reason"))
    cached = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    return ModelAnswer(
        text=_said(message.get("content")),
        stop_reason="refusal" if refused else _STOPS.get(finished or "", finished),
        input_tokens=sdk.count(usage, "prompt_tokens"),
        output_tokens=sdk.count(usage, "completion_tokens"),
        seconds=seconds,
        model=sdk.text(body.get("model")),
        request_id=sdk.text(body.get("id")),
        stop_detail=refused,
        cache_read=sdk.count(cached, "cached_tokens") or 0,
        schema=schema,
    )


def _said(content: object) -> str:
    """A message's content: a text, or a list of parts of which some are text."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _scored(choice: Mapping[str, Any] | None, text: str, body: bytes, address: Address) -> TokenLogprobs:
    if choice is None:
        raise sdk.no_answer(body, address)
    told = choice.get("logprobs")
    starts, values = (
        (told.get(name) for name in ("text_offset", "token_logprobs")) if isinstance(told, dict) else (0, 0)
    )
    if not isinstance(starts, list) or not isinstance(values, list) or len(starts) != len(values):
        raise BadUsage(f"{address.place} told no log probabilities of the text it was given (`echo` with `logprobs`)")
    own = [(start, value) for start, value in zip(starts, values, strict=True) if start < len(text)]
    return TokenLogprobs(
        tuple(s for s, _ in own), tuple(v for _, v in own), sdk.text((sdk.as_object(body) or {}).get("model"))
    )


def _ours(error: Exception, address: Address) -> EndpointError:
    """The SDK's error as one of ours, with the key taken out of whatever a server said."""
    if isinstance(error, openai.APIStatusError):
        spent = error.code in _SPENT
        return sdk.of_status(error.status_code, _explained(error), error.response.headers, address, spent=spent)
    if isinstance(error, openai.APITimeoutError):
        return sdk.late(address)
    if isinstance(error, UnicodeEncodeError):
        return sdk.unsendable()
    return sdk.unreachable(error, address, nobody=sdk.never_connected(error))


def _explained(error: openai.APIStatusError) -> str:
    said = error.body.get("message") if isinstance(error.body, dict) else None
    return said if isinstance(said, str) and said else error.response.text
