"""What is asked of a model and what it answers: the words that judging, endpoints and steps share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uphold.errors import Refused
from uphold.records.texts import AnswerCell, ExampleText, cells_hash


@dataclass(frozen=True)
class PairToJudge:
    """What a judge is to compare: an example and both systems' answers, one cell a turn, up to and including `turn`."""

    text: ExampleText
    turn: int
    candidate: tuple[AnswerCell, ...]
    baseline: tuple[AnswerCell, ...]

    @property
    def identical(self) -> bool:
        """Both answers are the same, byte for byte, in every turn up to the pair's."""
        candidate, baseline = self.candidate[: self.turn], self.baseline[: self.turn]
        return candidate == baseline and cells_hash(candidate) == cells_hash(baseline)


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model: constant orders, a message, and the JSON schema of the answer if it has one.

    `earlier` are the turns before the message, each what was said to the model and what it answered.
    """

    system: str | None
    user: str
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 4096
    effort: str | None = None
    earlier: tuple[tuple[str, str], ...] = ()
    temperature: float | None = None
    seed: int | None = None

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation as endpoints take it. A turn that was answered with nothing is followed by the next."""
        turns = []
        for asked, answered in self.earlier:
            turns.append({"role": "user", "content": asked})
            if answered:
                turns.append({"role": "assistant", "content": answered})
        return [*turns, {"role": "user", "content": self.user}]

    @property
    def length(self) -> int:
        """Characters of everything that the model reads."""
        return len(self.system or "") + sum(len(message["content"]) for message in self.messages)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model answered. `text` is raw ("" where it gave none); tokens are None where the endpoint tells none.

    `stop_reason` is in the words of the Messages API (end_turn, max_tokens, refusal, ...); `stop_detail` says more,
    such as the kind of a refusal. `seconds` is wall time. `input_tokens` are all that were read; of them `cache_write`
    were put into a cache and `cache_read` came from one. `schema`: the endpoint was held to a JSON schema.
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
    schema: bool = True


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """How likely a model finds a text: one log probability for each of its tokens that has one.

    `starts` holds where each token begins, in characters of the text.
    """

    starts: tuple[int, ...]
    logprobs: tuple[float | None, ...]
    model: str | None = None


class Endpoint(Protocol):
    """Something that can answer a request."""

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises Refused or Unavailable."""
        ...

    async def count(self, request: ModelRequest) -> int | None:
        """How many tokens a request has by the endpoint's own count; None where it counts none before it answers."""
        ...

    async def score(self, text: str) -> TokenLogprobs:
        """How likely the model finds a text; raises Refused or Unavailable, BadUsage where it cannot tell."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class AccessRefused(Refused):
    """The endpoint refuses the key, the account or the model: every further request would meet the same answer."""
