"""The forms in which a judge answers: which fields its JSON object has, in which order, in words and as a JSON schema.

A model writes the fields in the order in which they stand here, so what comes before the verdict can bear on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from uphold.records.judge_prompt import METRICS, OWN_ANSWER_FIRST, VERDICT_FIRST, WINNERS, Criterion, PromptSettings

RATING = "from 1 (bad) to 10 (perfect)"

_STEPS = {
    OWN_ANSWER_FIRST: """\
Before you compare, answer the last instruction yourself, in `own_answer`, as briefly as a full answer can be. Then hold \
both answers against yours. Where one of them differs from it, yours may be the one that is wrong.""",
    METRICS: f"""\
Before you decide, rate each answer on {{what}}, {RATING}. The ratings are there to look at each quality by itself; the \
verdict follows from what matters most to this instruction and is no sum of them.""",
}
"""What a style has a judge do before the verdict."""

_OWN_METRICS = "two to four qualities that matter to this instruction, which you name"
_CRITERIA = "each of the criteria"


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the answer: how it is described in words, and its schema."""

    name: str
    words: str
    schema: dict[str, Any]


def winners(settings: PromptSettings) -> tuple[str, ...]:
    """Return what the judge may say of the whole and by each criterion."""
    return WINNERS if settings.ties else WINNERS[:2]


def steps_text(settings: PromptSettings) -> str:
    """Return what the judge does before the verdict, "" where its style asks for nothing."""
    step = _STEPS.get(settings.style, "")
    return step.format(what=_CRITERIA if settings.criteria else _OWN_METRICS)


def answer_format(settings: PromptSettings) -> str:
    """Return the sentence that says how to answer."""
    fields = ", ".join(f'"{field.name}": {field.words}' for field in _fields(settings))
    return f"How to answer. Give one JSON object and nothing else: {{{fields}}}.\n"


@lru_cache(maxsize=64)
def answer_schema(settings: PromptSettings) -> dict[str, Any]:
    """Return the JSON schema of the answer; it is shared and not to be changed."""
    return _object({field.name: field.schema for field in _fields(settings)})


_OWN_ANSWER_TOKENS, _METRICS_TOKENS, _CRITERION_TOKENS, _RATED_TOKENS = 250, 80, 8, 25


def more_tokens(settings: PromptSettings) -> int:
    """Return about how many tokens an answer of these settings has beside a reason and a verdict; a template's is not known."""
    if settings.style == METRICS:
        return len(settings.criteria) * _RATED_TOKENS if settings.criteria else _METRICS_TOKENS
    own = _OWN_ANSWER_TOKENS if settings.style == OWN_ANSWER_FIRST else 0
    return own + len(settings.criteria) * _CRITERION_TOKENS


def _fields(settings: PromptSettings) -> Iterator[_Field]:
    criteria = [_criteria_field(settings)] if settings.criteria else []
    winner = _Field("winner", _either(settings), {"type": "string", "enum": list(winners(settings))})
    if settings.style == VERDICT_FIRST:
        yield from (winner, *criteria, _REASON, _CONFIDENCE)
        return
    if settings.style == OWN_ANSWER_FIRST:
        yield _OWN_ANSWER
    if settings.style == METRICS and not criteria:
        yield _METRICS
    yield from (*criteria, _REASON, winner, _CONFIDENCE)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _either(settings: PromptSettings) -> str:
    """Return what may be said, in words: `"A", "B" or "tie"`."""
    *first, last = (f'"{winner}"' for winner in winners(settings))
    return f"{', '.join(first)} or {last}"


def _text_field(name: str, words: str) -> _Field:
    return _Field(name, words, {"type": "string", "description": words})


_REASON = _text_field("reason", "one sentence that names what decided")
_OWN_ANSWER = _text_field("own_answer", "your own answer to the last instruction")

_SURE = "from 0 (a guess) to 1 (certain)"
_CONFIDENCE = _Field("confidence", f"a number {_SURE}", {"type": "number", "description": _SURE})

_RATINGS = {side: {"type": "integer", "description": RATING} for side in WINNERS[:2]}
_METRICS = _Field(
    "metrics",
    f'a list of the qualities, each {{"name": the quality, "A": a rating {RATING}, "B": a rating}}',
    {"type": "array", "items": _object({"name": {"type": "string"}, **_RATINGS})},
)


def _criteria_field(settings: PromptSettings) -> _Field:
    """Return the field with the verdict by each criterion; where they are rated, with the ratings before it."""
    either, rated = _either(settings), settings.style == METRICS
    verdict: dict[str, Any] = {"type": "string", "enum": list(winners(settings))}
    if rated:
        words = f'{{"A": a rating {RATING}, "B": a rating, "stronger": {either}}}'
        verdict = _object({**_RATINGS, "stronger": verdict})
    else:
        words = either
    return _Field(
        "criteria",
        "{" + ", ".join(f'"{one.name}": {words}' for one in settings.criteria) + "}",
        _object({one.name: verdict for one in settings.criteria}),
    )


def criteria_text(criteria: tuple[Criterion, ...]) -> str:
    """Return the criteria as lines; weights are named where they differ."""
    weighted = len({one.weight for one in criteria}) > 1
    return "\n".join(
        f"- {one.name}{f' (weight {one.weight:g})' if weighted else ''}: {one.question}" for one in criteria
    )
