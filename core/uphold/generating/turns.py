"""What a system is asked, turn by turn, and what is to be made of its answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.generating.systems import System
from uphold.records.model_calls import ModelRequest
from uphold.records.texts import ExampleText

_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


_FINISHED = frozenset({"end_turn", "stop_sequence"})


_PLACES = re.compile(r"(\{instruction\}|\{reference\})")


def turn_request(system: System, text: ExampleText, answers: Sequence[str]) -> ModelRequest:
    """The request for the turn after those answered so far; the system sees its own earlier answers.

    The example's context stands behind the system's own prompt.
    """
    asked = len(answers)
    orders = "\n\n".join(part for part in (system.prompt, text.context) if part)
    return ModelRequest(
        orders or None,
        text.turns[asked],
        max_tokens=system.max_tokens,
        earlier=tuple(zip(text.turns[:asked], answers, strict=True)),
        temperature=system.temperature,
        seed=system.seed,
    )


@dataclass(frozen=True, slots=True)
class CellMarks:
    """What is wrong with an answer, if anything; it is kept as what it is."""

    truncated: bool = False
    empty: bool = False
    refused: bool = False
    odd: bool = False


def marks_of(text: str, finish_reason: str | None) -> CellMarks:
    """What is wrong with one turn's answer."""
    refused, truncated = finish_reason == "refusal", finish_reason in _CUT
    odd = not refused and not truncated and finish_reason not in _FINISHED
    return CellMarks(truncated, not text.strip() and not refused, refused, odd)


def worst(reasons: Sequence[str | None]) -> str | None:
    """Why a response ended: the first of its turns' reasons that is not the usual one, else the last."""
    return next((reason for reason in reasons if reason not in _FINISHED), reasons[-1])


@dataclass(frozen=True, slots=True)
class ReferenceText:
    """An example written out as one text, and where its reference answers stand in it (start, end)."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def holds(self, start: int) -> bool:
        """Does a token that begins here belong to a reference answer?"""
        return any(first <= start < last for first, last in self.spans)


def reference_text(text: ExampleText, template: str, prompt: str | None = None) -> ReferenceText | None:
    """An example with its reference answers as one text, turn by turn; None where no turn has one.

    It ends with the last reference answer.
    """
    parts = [part for part in (prompt, text.context) if part]
    made = "".join(f"{part}\n\n" for part in parts)
    spans: list[tuple[int, int]] = []
    for number, instruction in enumerate(text.turns, 1):
        reference = text.reference(number)
        for piece in _PLACES.split(template):
            if piece == "{reference}" and reference is not None:
                spans.append((len(made), len(made) + len(reference)))
            made += {"{instruction}": instruction, "{reference}": reference or ""}.get(piece, piece)
    return ReferenceText(made[: spans[-1][1]], tuple(spans)) if spans and any(a < b for a, b in spans) else None
