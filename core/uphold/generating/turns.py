"""Requests for the turns of a response, flags for its answers, and reference answers as text to be scored."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.generating.systems import System
from uphold.records.model_calls import ModelRequest
from uphold.records.texts import ExampleText

_TRUNCATED = frozenset({"max_tokens", "model_context_window_exceeded"})
_FINISHED = frozenset({"end_turn", "stop_sequence", "eos", "eos_token", "stop_token"})
_PLACEHOLDERS = re.compile(r"(\{instruction\}|\{reference\})")


def turn_request(system: System, text: ExampleText, answers: Sequence[str]) -> ModelRequest:
    """Return the request for the turn after those answered so far; the system sees its own earlier answers.

    The example's context follows the system's own system prompt.
    """
    position = len(answers)
    system_prompt = "\n\n".join(part for part in (system.prompt, text.context) if part)
    return ModelRequest(
        system_prompt or None,
        text.turns[position],
        max_tokens=system.max_tokens,
        earlier_turns=tuple(zip(text.turns[:position], answers, strict=True)),
        temperature=system.temperature,
        seed=system.seed,
        effort=system.effort,
        thinking=system.thinking,
        extra_body=None if system.extra_body is None else json.loads(system.extra_body),
    )


@dataclass(frozen=True, slots=True)
class CellMarks:
    """Flags of an answer that looks wrong; it is stored all the same."""

    truncated: bool = False
    empty: bool = False
    refused: bool = False
    unknown_stop: bool = False


def mark_cell(text: str, finish_reason: str | None) -> CellMarks:
    """Return the flags of one turn's answer."""
    refused, truncated = finish_reason == "refusal", finish_reason in _TRUNCATED
    unknown_stop = not refused and not truncated and finish_reason not in _FINISHED
    return CellMarks(truncated, not text.strip() and not refused, refused, unknown_stop)


def combined_stop_reason(reasons: Sequence[str | None]) -> str | None:
    """Return the stop reason of a response: the first unusual one of its turns, else the last."""
    return next((reason for reason in reasons if reason not in _FINISHED), reasons[-1])


@dataclass(frozen=True, slots=True)
class ReferenceText:
    """An example as one text, and the spans (start, end) of its reference answers in it."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def contains(self, start: int) -> bool:
        """Whether a token that begins at `start` belongs to a reference answer."""
        return any(span_start <= start < span_end for span_start, span_end in self.spans)


def reference_text(text: ExampleText, template: str, prompt: str | None = None) -> ReferenceText | None:
    """Return an example with its reference answers as one text, turn by turn; None if it has no reference answer.

    The text ends with the last reference answer.
    """
    parts = [part for part in (prompt, text.context) if part]
    written = "".join(f"{part}\n\n" for part in parts)
    spans: list[tuple[int, int]] = []
    for number, instruction in enumerate(text.turns, 1):
        reference = text.reference(number)
        for piece in _PLACEHOLDERS.split(template):
            if piece == "{reference}" and reference is not None:
                spans.append((len(written), len(written) + len(reference)))
            written += {"{instruction}": instruction, "{reference}": reference or ""}.get(piece, piece)
    return ReferenceText(written[: spans[-1][1]], tuple(spans)) if spans and any(a < b for a, b in spans) else None
