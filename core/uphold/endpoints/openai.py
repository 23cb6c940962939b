"""OpenAI-compatible servers (vLLM, llama.cpp, Ollama, hosted ones), through the openai SDK.

The SDK's retries are off, a timeout is always set, and answers are parsed from the JSON body.
"""

import time
from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlsplit

from uphold.endpoints import sdk
from uphold.endpoints.addresses import Address
from uphold.endpoints.http_client import MAX_ERROR, MAX_REPLY, limited_client
from uphold.endpoints.llama_cpp import LlamaServer
from uphold.errors import BadUsage, EndpointError, Refused
from uphold.records.model_calls import AnswerToken, Dialect, ModelAnswer, ModelRequest, TextToScore, TokenLogprobs

with sdk.importing_sdk():
    import httpx2
    import openai

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "max_tokens": "max_tokens", "content_filter": "refusal"}
"""finish_reason, in small letters -> stop_reason of the Messages API; other values are kept as they are."""

_BLOCKED = frozenset({"content_filter", "safety", "prohibited_content", "recitation", "blocklist", "spii", "sensitive"})
"""Values of finish_reason, in small letters, that say why there is no text; `content_filter` may have a word behind it."""

_BROKEN_OFF = frozenset({"error", "network_error"})

_THOUGHTS = ("thinking", "reasoning")
"""Types of the parts of a message that are no answer."""

_CHOICES_TOLD = 5
"""Tokens whose probabilities are asked for at each place of an answer."""

_SPENDING_LIMIT_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_OPENAI_HOST = "api.openai.com"


class OpenAIEndpoint:
    """One model, through `chat/completions`, and through `completions` for log probabilities."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = make_client(address)
        # OpenAI's newer models accept only the one name, other servers often only the other.
        names = ("max_tokens", "max_completion_tokens")
        is_openai = urlsplit(address.url).hostname == _OPENAI_HOST
        self._dialect = Dialect(names[::-1] if is_openai else names, json_mode=True)
        self._parser = sdk.BodyParser()
        self._llama: LlamaServer | None = None
        self._create = self._client.chat.completions.with_raw_response.create

    @property
    def dialect(self) -> Dialect:
        """Both names of the output length, and a JSON mode."""
        return self._dialect

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises AccessRefused, Refused, OddReply or Unavailable."""
        started = time.perf_counter()
        body = await self._call(self._create(**self.arguments(request)))
        completion = await self._parser.parse(body)
        seconds = time.perf_counter() - started
        answer = read_completion(completion or {}, seconds, with_schema=request.schema is not None)
        if answer is None:
            raise _error_in_body(completion, self._address) or sdk.invalid_answer_error(body, self._address)
        return answer

    async def count(self, request: ModelRequest) -> int | None:
        """Return None: these servers have no call that counts tokens."""
        return None

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Return log probabilities of the text's own tokens, by `completions` with `echo`, or llama.cpp's own routes.

        Raises BadUsage where the server has neither.
        """
        if self._llama is not None:
            found = await self._llama.score(wanted.text, wanted.spans)
            if found is not None:
                return found
        create = self._client.completions.with_raw_response.create
        try:
            # One new token is requested, since many servers refuse zero; it is cut off again below.
            body = await self._call(
                create(
                    model=self._address.model, prompt=wanted.text, echo=True, logprobs=1, max_tokens=1, temperature=0
                )
            )
        except Refused as error:
            if error.status in (400, 422):
                raise BadUsage(f"{error}; perplexity needs `completions` with `echo` and `logprobs`") from None
            raise
        completion = await self._parser.parse(body, MAX_REPLY)
        if not _tells_the_prompt(completion):
            llama = LlamaServer(self._post, self._address.display_name)
            found = await llama.score(wanted.text, wanted.spans)
            if found is not None:
                self._llama = llama
                return found
        return _parse_logprobs(completion, wanted.text, body, self._address)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Send a request to a path beside the API's own (`/v1`) and return the JSON object of the reply."""
        root = self._address.url.rstrip("/").removesuffix("/v1")
        sent = self._client.post(f"{root}{path}", cast_to=httpx2.Response, body=dict(body))
        async with sdk.converted_errors(self._address, openai.OpenAIError, convert_error):
            content = (await sent).content
        return await self._parser.parse(content, MAX_REPLY)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _call(self, response: Awaitable[Any]) -> bytes:
        async with sdk.converted_errors(self._address, openai.OpenAIError, convert_error):
            body: bytes = (await response).http_response.content
        return body

    def arguments(self, request: ModelRequest) -> dict[str, Any]:
        """Return the arguments of `chat.completions.create`; in a batch they are the `body`, with `extra_body` merged in."""
        form, system = request.form, []
        if request.separate_system:
            system = [{"role": "system", "content": request.separate_system}]
        arguments: dict[str, Any] = {"model": self._address.model, "messages": [*system, *request.messages]}
        if "max_tokens" not in form.left_out:
            arguments[form.max_tokens_name or self._dialect.max_tokens_names[0]] = request.max_tokens
        if request.schema:
            described = {"name": "answer", "schema": request.schema, "strict": True}
            arguments["response_format"] = {"type": "json_schema", "json_schema": described}
        elif request.json_mode:
            arguments["response_format"] = {"type": "json_object"}
        if request.logprobs:
            arguments |= {"logprobs": True, "top_logprobs": _CHOICES_TOLD}
        optional = {
            "temperature": request.temperature,
            "seed": request.seed,
            "reasoning_effort": request.effort,
            "extra_body": request.extra_body,
        }
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
        http_client=limited_client(address),
    )


def read_completion(
    completion: Mapping[str, Any], seconds: float | None = None, *, with_schema: bool = True
) -> ModelAnswer | None:
    """Return the answer in the JSON of a completion, None where there is none."""
    choice = _first_choice(completion)
    if choice is None or _message(choice) is None or _is_broken_off(choice):
        return None
    return _parse_completion(completion, choice, seconds, with_schema)


def _first_choice(completion: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    choices = (completion or {}).get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None


def _message(choice: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the message of a choice; some servers put the text of an answer into the choice itself."""
    message = choice.get("message")
    if isinstance(message, dict):
        return message
    if isinstance(choice.get("text"), str):
        return {"content": choice["text"]}
    return {} if _is_blocked(choice.get("finish_reason")) else None


def _is_blocked(finished: object) -> bool:
    """Whether a finish_reason says that the provider kept the answer back, by OpenAI's name for it or another's."""
    return isinstance(finished, str) and finished[:40].lower().partition(":")[0] in _BLOCKED


def _is_broken_off(choice: Mapping[str, Any]) -> bool:
    """Whether a gateway lost the provider on the way: an error stands in the choice, or it ends so without a text."""
    if isinstance(choice.get("error"), dict) and choice["error"]:
        return True
    return choice.get("finish_reason") in _BROKEN_OFF and not _content_text((_message(choice) or {}).get("content"))


def _error_in_body(completion: Mapping[str, Any] | None, address: Address) -> EndpointError | None:
    """Return the error that a reply with status 200 reports, for itself or in its choice; None for one without a status."""
    for holder in (completion or {}, _first_choice(completion) or {}):
        error = holder.get("error")
        if isinstance(error, dict) and (found := sdk.reported_error(error, _error_text(error) or str(error), address)):
            return found
    return None


def _parse_completion(
    body: Mapping[str, Any], choice: Mapping[str, Any], seconds: float | None, with_schema: bool
) -> ModelAnswer:
    message, usage = _message(choice) or {}, body.get("usage")
    refused = sdk.as_text(message.get("refusal"))
    finished = sdk.as_text(choice.get("finish_reason"))
    cached = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    text = _content_text(message.get("content"))
    if finished and refused is None and not text.strip() and _is_blocked(finished):
        refused = finished
    return ModelAnswer(
        text=text,
        stop_reason="refusal" if refused else _STOP_REASONS.get((finished or "").lower(), finished),
        input_tokens=sdk.read_count(usage, "prompt_tokens"),
        output_tokens=sdk.read_count(usage, "completion_tokens"),
        seconds=seconds,
        model=sdk.as_text(body.get("model")),
        request_id=sdk.as_text(body.get("id")),
        stop_detail=None if refused == "content_filter" else refused,
        cache_read=sdk.read_count(cached, "cached_tokens") or 0,
        with_schema=with_schema,
        only_thoughts=not text.strip() and _has_thoughts(message),
        tokens=_tokens(choice.get("logprobs")),
    )


def _tokens(logprobs: object) -> tuple[AnswerToken, ...]:
    """Return the tokens of an answer with what else might have stood there; () where any of them is not told whole."""
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not isinstance(content, list):
        return ()
    tokens = [_token(entry) for entry in content]
    return tuple(token for token in tokens if token is not None) if None not in tokens else ()


def _token(entry: object) -> AnswerToken | None:
    """Return one token, with at most as many others as were asked for."""
    if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
        return None
    others = entry.get("top_logprobs")
    told = [one for one in others if isinstance(one, dict)] if isinstance(others, list) else []
    choices = [(one.get("token"), one.get("logprob")) for one in told[:_CHOICES_TOLD]] or [
        (entry["token"], entry.get("logprob"))
    ]
    readable = [
        (text, float(value))
        for text, value in choices
        if isinstance(text, str) and isinstance(value, int | float) and not isinstance(value, bool) and value <= 0
    ]
    return AnswerToken(entry["token"], tuple(readable)) if readable else None


def _has_thoughts(message: Mapping[str, Any]) -> bool:
    """Whether a message holds reasoning beside its text, by the names that servers give it."""
    content = message.get("content")
    parts = content if isinstance(content, list) else ()
    return any(message.get(name) for name in ("reasoning_content", "reasoning", "reasoning_details")) or bool(parts)


def _content_text(content: object) -> str:
    """Return the text of a message's content: a text, or a list of parts some of which have text, beside thoughts."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") not in _THOUGHTS]
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _tells_the_prompt(completion: Mapping[str, Any] | None) -> bool:
    """Whether a completion has log probabilities with their places in the text, as `echo` gives them."""
    logprobs = (_first_choice(completion) or {}).get("logprobs")
    return isinstance(logprobs, dict) and isinstance(logprobs.get("text_offset"), list)


def _parse_logprobs(completion: Mapping[str, Any] | None, text: str, body: bytes, address: Address) -> TokenLogprobs:
    choice = _first_choice(completion)
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
        sdk.as_text((completion or {}).get("model")),
    )


def convert_error(error: Exception, address: Address) -> EndpointError:
    """Return an error of the SDK as one of ours, with the API key removed from the server's message."""
    if isinstance(error.__cause__, EndpointError):
        return error.__cause__
    if isinstance(error, openai.APIStatusError):
        spent = error.code in _SPENDING_LIMIT_CODES
        return sdk.status_error(error.status_code, _explanation(error), error.response.headers, address, spent=spent)
    if isinstance(error, openai.APITimeoutError):
        return sdk.timeout_error(address)
    if isinstance(error, UnicodeEncodeError):
        return sdk.surrogate_error()
    return sdk.connection_error(error, address, no_connection=sdk.never_connected(error))


def _explanation(error: openai.APIStatusError) -> str:
    return _error_text(error.body if isinstance(error.body, dict) else {}) or error.response.text


def _error_text(error: Mapping[str, Any]) -> str | None:
    """Return the sentence of an error and what stands beside it; None where there is no sentence.

    Beside it may stand the sizes of context and input, a name for what is wrong, and, from a gateway, the words of the
    provider behind it, which has refused the request.
    """
    message = error.get("message")
    if not isinstance(message, str) or not message:
        return None
    metadata, code = error.get("metadata"), error.get("code")
    words = [_provider_words(metadata.get("raw"))] if isinstance(metadata, dict) else []
    beside = [f"{name}: {error[name]}" for name in ("param", "n_ctx", "n_prompt_tokens") if error.get(name)]
    if isinstance(code, str) and not code.isdecimal() and code not in message:
        beside.append(f"code: {code}")
    return "; ".join([message, *filter(None, words), *beside])


def _provider_words(raw: object) -> str:
    """Return what a provider said to its gateway: a text, or the sentence in its JSON."""
    if not isinstance(raw, str) or len(raw) > MAX_ERROR:
        return ""
    inner = sdk.parse_object(raw.encode("utf-8", "replace")) or {}
    error = inner.get("error")
    holder = error if isinstance(error, dict) else inner
    message = holder.get("message") or error
    return message if isinstance(message, str) else raw
