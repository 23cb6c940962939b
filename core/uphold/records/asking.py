"""What is asked of a model and what it answers: the words that judging, endpoints and steps share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uphold.errors import Refused
from uphold.records.texts import Cell, ExampleText, cells_hash


@dataclass(frozen=True)
class Comparison:
    """What a judge is to compare: an example and both systems' answers, one cell a turn, up to and including `turn`."""

    text: ExampleText
    turn: int
    candidate: tuple[Cell, ...]
    baseline: tuple[Cell, ...]

    @property
    def identical(self) -> bool:
        """Both answers are the same, byte for byte, in every turn up to the pair's."""
        candidate, baseline = self.candidate[: self.turn], self.baseline[: self.turn]
        return candidate == baseline and cells_hash(candidate) == cells_hash(baseline)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a model: constant orders, one message, and the JSON schema of the answer if it has one."""

    system: str
    user: str
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 4096
    effort: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. `text` is raw ("" where it gave none); tokens are None where the endpoint tells none.

    `stop_reason` is in the words of the Messages API (end_turn, max_tokens, refusal, ...); `stop_detail` says more,
    such as the kind of a refusal. `seconds` is wall time.
    """

    text: str
    stop_reason: str | None
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float | None = None
    model: str | None = None
    request_id: str | None = None
    stop_detail: str | None = None


class Endpoint(Protocol):
    """Something that can answer a request."""

    async def answer(self, request: Request) -> Answer:
        """The model's answer; raises Refused or Unavailable."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Barred(Refused):
    """The endpoint refuses the key, the account or the model: every further request would meet the same answer."""
