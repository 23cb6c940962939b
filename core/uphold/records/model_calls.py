"""Requests to models and their answers: the interface between judging, generating and the endpoints."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from uphold.errors import Refused
from uphold.records.texts import AnswerCell, ExampleText, canonical, cells_hash


@dataclass(frozen=True)
class PairToJudge:
    """What a judge compares: an example and both systems' answers, one cell per turn, up to and including `turn`.

    Where the example was `forgotten` all of it is blank, and there is nothing to judge.
    """

    text: ExampleText
    turn: int
    candidate: tuple[AnswerCell, ...]
    baseline: tuple[AnswerCell, ...]
    forgotten: bool = False

    @property
    def identical(self) -> bool:
        """Whether both answers are the same, byte for byte, in every turn up to the pair's."""
        candidate, baseline = self.candidate[: self.turn], self.baseline[: self.turn]
        return candidate == baseline and cells_hash(candidate) == cells_hash(baseline)


JSON_SCHEMA, JSON_OBJECT, PLAIN_TEXT = "json_schema", "json_object", "text"
"""How answers are held to a form: by a JSON schema, by the server's JSON mode, or not at all."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """How requests are written for one server and model, as far as it differs from what was asked for.

    `answer_format` is JSON_SCHEMA, JSON_OBJECT or PLAIN_TEXT. `max_tokens_name` is the parameter for the output length,
    None for the usual one. `system_in_user`: the system prompt stands at the head of the first user message, and messages
    alternate between user and assistant. `plain_system`: no block with a cache mark (Messages API). `adaptive_thinking`:
    thinking without a budget (Messages API). `left_out` are settings that are not sent. `max_output` is the most output
    tokens that the model gives, `context` the tokens that input and output may have together.
    """

    answer_format: str = JSON_SCHEMA
    max_tokens_name: str | None = None
    system_in_user: bool = False
    plain_system: bool = False
    adaptive_thinking: bool = False
    left_out: tuple[str, ...] = ()
    max_output: int | None = None
    context: int | None = None

    def changes(self) -> dict[str, Any]:
        """Return the fields that differ from the defaults."""
        default = asdict(RequestForm())
        return {name: value for name, value in asdict(self).items() if value != default[name]}

    @property
    def text(self) -> str | None:
        """The changes as a JSON object, as they are stored; None if there are none."""
        return json.dumps(self.changes(), sort_keys=True) if self != RequestForm() else None

    @classmethod
    def from_text(cls, text: str) -> "RequestForm":
        """Return the form of a stored text; fields that this version does not know are ignored."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in json.loads(text).items() if name in known}
        values["left_out"] = tuple(values.get("left_out", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """Most requests and tokens (input and output) a minute; None: no limit."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an API has by its own rules: names of the parameter for the output length, the usual first; a JSON mode
    beside schemas; marks for its prompt cache.
    """

    max_tokens_names: tuple[str, ...] = ("max_tokens",)
    json_mode: bool = False
    cache_marks: bool = False


_OWN_FIELDS = ("model", "messages", "system", "prompt", "stream", "n")
"""Fields of a request that further ones may not replace: whom and what is asked, and answers that are not read."""


def extra_body_problem(value: object) -> str | None:
    """Return what is wrong with further fields of a request body, None if they can be sent as they are."""
    if not isinstance(value, dict):
        return "extra_body wants a table, such as { top_k = 20 }"
    if replaced := [name for name in _OWN_FIELDS if name in value]:
        return (
            f"extra_body: {replaced[0]} is not to be replaced; any field may stand there but {', '.join(_OWN_FIELDS)}"
        )
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return "extra_body: only texts, numbers, true, false, lists and tables can be sent"
    return None


_OUTPUT_WORDS = ("token", "budget", "predict")
"""Words in the names of fields that allow output, such as max_completion_tokens, thinking_budget and num_predict."""

_LONGEST_ANSWER = 128_000
"""Output tokens of the longest answers that models give."""

_MAX_AMOUNT = 10**12


def _named_tokens(value: object, name: str = "") -> int:
    """Return the sum of the numbers in further fields, at any depth, whose names speak of an amount of output."""
    if isinstance(value, Mapping):
        return sum(_named_tokens(inner, str(key)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return sum(_named_tokens(inner, name) for inner in value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return 0
    named = any(word in name.lower() for word in _OUTPUT_WORDS)
    return math.ceil(min(value, _MAX_AMOUNT)) if named else 0


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model: system prompt, user message, and the JSON schema of the answer if there is one.

    `earlier_turns` are (user message, answer) of the turns before. `effort` is the reasoning effort, `thinking` the budget
    of thinking tokens. `extra_body` holds further fields of the request body, sent as they are. `json_mode` asks for JSON
    of any schema. `logprobs` asks for the probabilities of the tokens of the answer.
    """

    system: str | None
    user: str
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 4096
    effort: str | None = None
    earlier_turns: tuple[tuple[str, str], ...] = ()
    temperature: float | None = None
    seed: int | None = None
    thinking: int | None = None
    extra_body: Mapping[str, Any] | None = None
    json_mode: bool = False
    logprobs: bool = False
    form: RequestForm = RequestForm()

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation as endpoints take it; an empty answer is left out."""
        messages = []
        for message, answer in self.earlier_turns:
            messages.append({"role": "user", "content": message})
            if answer:
                messages.append({"role": "assistant", "content": answer})
        messages.append({"role": "user", "content": self.user})
        return _alternating(self.system, messages) if self.form.system_in_user else messages

    @property
    def length(self) -> int:
        """Number of characters of system prompt and messages."""
        return len(self.system or "") + sum(len(a) + len(b) for a, b in self.earlier_turns) + len(self.user)

    @property
    def size(self) -> int:
        """Bytes of all texts of the request as UTF-8, schema and further fields included."""
        texts = [self.system or "", self.user, *(text for turn in self.earlier_turns for text in turn)]
        texts += [canonical(part) for part in (self.schema, self.extra_body) if part]
        return sum(len(text) if text.isascii() else len(text.encode("utf-8", "replace")) for text in texts)

    @property
    def most_output(self) -> int:
        """The most output tokens that a server may write, thoughts included.

        `thinking` is a share of `max_tokens`. Further fields may allow more, such as a budget of thoughts beside it: what
        they name is added. Where no length is sent, since the server takes none, it is that of the longest answers.
        """
        unlimited = "max_tokens" in self.form.left_out
        allowed = max(self.max_tokens, _LONGEST_ANSWER) if unlimited else self.max_tokens
        return allowed + _named_tokens(self.extra_body)

    @property
    def separate_system(self) -> str | None:
        """The system prompt where it is sent apart from the messages; None where there is none, or it is in one of them."""
        return None if self.form.system_in_user else self.system or None


def _alternating(system: str | None, messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the messages with the system prompt at the head of the first one, and none after another of its own role."""
    merged: list[dict[str, str]] = []
    for message in [{"role": "user", "content": system}, *messages] if system else messages:
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1] = {**message, "content": f"{merged[-1]['content']}\n\n{message['content']}"}
        else:
            merged.append(message)
    return merged


@dataclass(frozen=True, slots=True)
class AnswerToken:
    """A token of an answer, and the log probabilities of what might have stood in its place, itself included."""

    text: str
    choices: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer. `text` is raw ("" if there is none); token counts are None if the endpoint reports none.

    `stop_reason` uses the values of the Messages API (end_turn, max_tokens, refusal, ...), `stop_detail` adds e.g. the kind
    of a refusal. `seconds` is wall time. `input_tokens` includes `cache_write` and `cache_read`. `with_schema`: the request
    enforced a JSON schema. `only_thoughts`: the reply held thoughts and no text. `form` is how the request was written,
    as `RequestForm.text`. `tokens` are those of the answer, () where their probabilities are not told.
    """

    text: str
    stop_reason: str | None
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float | None = None
    model: str | None = None
    request_id: str | None = None
    stop_detail: str | None = None
    cache_write: int = 0
    cache_read: int = 0
    with_schema: bool = True
    only_thoughts: bool = False
    form: str | None = None
    tokens: tuple[AnswerToken, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """Log probabilities of the tokens of a text under a model; None for a token that has none.

    `starts` are the offsets of the tokens in characters of the text.
    """

    starts: tuple[int, ...]
    logprobs: tuple[float | None, ...]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class TextToScore:
    """A text whose tokens are to be scored, and where the wanted ones begin: (start, end) in characters."""

    text: str
    spans: tuple[tuple[int, int], ...]


class Endpoint(Protocol):
    """Interface of a model behind an API or server."""

    @property
    def dialect(self) -> Dialect:
        """What its API has by its own rules."""
        ...

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises Refused or Unavailable."""
        ...

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens; None if it does not count requests."""
        ...

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Return log probabilities of a text's tokens, those that are wanted and perhaps others.

        Raises Refused or Unavailable, BadUsage if the endpoint reports none.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class AccessRefused(Refused):
    """The endpoint refuses the key, the account or the model, so that every further request would fail too."""
