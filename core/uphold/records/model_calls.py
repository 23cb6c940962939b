"""Requests to models and their answers: the interface between judging, generating and the endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uphold.errors import Refused
from uphold.records.texts import AnswerCell, ExampleText, canonical, cells_hash


@dataclass(frozen=True)
class PairToJudge:
    """What a judge compares: an example and both systems' answers, one cell per turn, up to and including `turn`."""

    text: ExampleText
    turn: int
    candidate: tuple[AnswerCell, ...]
    baseline: tuple[AnswerCell, ...]

    @property
    def identical(self) -> bool:
        """Whether both answers are the same, byte for byte, in every turn up to the pair's."""
        candidate, baseline = self.candidate[: self.turn], self.baseline[: self.turn]
        return candidate == baseline and cells_hash(candidate) == cells_hash(baseline)


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model: system prompt, user message, and the JSON schema of the answer if there is one.

    `earlier_turns` are (user message, answer) of the turns before. `effort` is the reasoning effort.
    """

    system: str | None
    user: str
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 4096
    effort: str | None = None
    earlier_turns: tuple[tuple[str, str], ...] = ()
    temperature: float | None = None
    seed: int | None = None

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation as endpoints take it; an empty answer is left out."""
        messages = []
        for message, answer in self.earlier_turns:
            messages.append({"role": "user", "content": message})
            if answer:
                messages.append({"role": "assistant", "content": answer})
        return [*messages, {"role": "user", "content": self.user}]

    @property
    def length(self) -> int:
        """Number of characters of system prompt and messages."""
        return len(self.system or "") + sum(len(message["content"]) for message in self.messages)

    @property
    def size(self) -> int:
        """Bytes of all texts of the request as UTF-8, schema included."""
        texts = [self.system or "", self.user, *(text for turn in self.earlier_turns for text in turn)]
        schema = len(canonical(self.schema)) if self.schema is not None else 0
        return schema + sum(len(text) if text.isascii() else len(text.encode("utf-8", "replace")) for text in texts)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer. `text` is raw ("" if there is none); token counts are None if the endpoint reports none.

    `stop_reason` uses the values of the Messages API (end_turn, max_tokens, refusal, ...), `stop_detail` adds e.g. the kind
    of a refusal. `seconds` is wall time. `input_tokens` includes `cache_write` and `cache_read`. `with_schema`: the request
    enforced a JSON schema.
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


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """Log probabilities of the tokens of a text under a model; None for a token that has none.

    `starts` are the offsets of the tokens in characters of the text.
    """

    starts: tuple[int, ...]
    logprobs: tuple[float | None, ...]
    model: str | None = None


class Endpoint(Protocol):
    """Interface of a model behind an API or server."""

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer. Raises Refused or Unavailable."""
        ...

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens; None if it does not count requests."""
        ...

    async def score(self, text: str) -> TokenLogprobs:
        """Return log probabilities of a text. Raises Refused or Unavailable, BadUsage if the endpoint reports none."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class AccessRefused(Refused):
    """The endpoint refuses the key, the account or the model, so that every further request would fail too."""
