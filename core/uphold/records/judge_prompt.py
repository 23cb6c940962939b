"""The user's part of an LLM judge's prompt: answer style, criteria, examples, rubric, or a whole template."""

from dataclasses import dataclass

VERDICT_FIRST, REASONED, OWN_ANSWER_FIRST, METRICS = "verdict-first", "reasoned", "own-answer-first", "metrics"

STYLES = {
    VERDICT_FIRST: "the verdict, then the reason",
    REASONED: "the reason, then the verdict",
    OWN_ANSWER_FIRST: "an answer of its own, then the comparison",
    METRICS: "ratings of each answer, then the verdict",
}
"""What a judge writes in which order, by the name of the style."""

WINNERS = ("A", "B", "tie")
"""What a judge may say of two answers."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question that a judge answers beside the whole: which answer is better by it alone.

    `weight` is how much it counts for the whole, relative to the others; the judge is told, nothing is computed from it.
    """

    name: str
    question: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class JudgeExample:
    """A pair that was decided before, which a judge is shown with its outcome; `winner` is A, B or tie."""

    instruction: str
    response_a: str
    response_b: str
    winner: str
    reason: str = ""
    context: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class PromptSettings:
    """What a judge is asked; the defaults ask for a reason and a verdict, with ties.

    `guidance` replaces the part on how to judge, `rubric` adds to it. `ties`: a tie is offered. `template` is a whole prompt
    in place of all others, with the fields of `uphold.judging.templates`.
    """

    style: str = REASONED
    guidance: str | None = None
    rubric: str | None = None
    ties: bool = True
    criteria: tuple[Criterion, ...] = ()
    examples: tuple[JudgeExample, ...] = ()
    template: str | None = None


DEFAULT_PROMPT = PromptSettings()
"""What a judge is asked that says nothing about it."""
