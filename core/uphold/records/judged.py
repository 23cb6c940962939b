"""Judges and their judgments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from uphold.records.texts import digest
from uphold.records.words import Order, Preference, Status, Verdict


@dataclass(frozen=True)
class Judge:
    """Something that gives verdicts, in an exact version.

    `kind` is llm, rules or imported. `definition` is whatever changes an answer (model, prompt, rubric, options),
    as pairs sorted by name; an imported judge is its name alone. Orders, samples, address and prices are not in it.
    """

    name: str
    kind: str
    definition: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """Hash of kind and definition."""
        if self.kind == "imported":
            return digest({"kind": self.kind, "name": self.name})
        return digest({"kind": self.kind, "definition": dict(self.definition)})


@dataclass(frozen=True, slots=True)
class Judgment:
    """One answer of a judge on one pair in one order: readable ones have a verdict, the others a `problem`."""

    order: Order
    status: Status
    verdict: Preference | None = None
    sample: int = 0
    preference: float | None = None
    confidence: float | None = None
    reason: str | None = None
    raw: str | None = None
    problem: str | None = None
    prompt_name: str | None = None
    fence: str | None = None
    stop_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class JudgeOnPair:
    """A judge's verdict on one pair, with the judgments it was made from."""

    judge_id: int
    name: str
    kind: str
    verdict: Verdict
    judgments: tuple[Judgment, ...] = ()


Ruler = Callable[[tuple[Judgment, ...], Mapping[Order, int] | None], Verdict]
"""(judgments on a pair, samples asked for in each order or None) -> the verdict they amount to."""
