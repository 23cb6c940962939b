"""Parsing of a judge model's answers into judgments, for all endpoints and for stored raw answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer

_FINISHED = frozenset({"end_turn", "stop_sequence"})

_STOP_PROBLEMS = {
    "refusal": "the judge refused to answer",
    "max_tokens": "the answer was cut off at the token limit",
    "model_context_window_exceeded": "the answer was cut off at the model's context window",
    "pause_turn": "the judge paused and did not go on",
}

_WINNERS = ("A", "B", "tie")
_LAST_LETTER = re.compile(r"(?:^|[\s:(\[*`\"'])(A|B|tie|Tie|TIE)[.!)\]*`\"']*\s*$")


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """A verdict as the judge gave it; `winner` is A, B or tie."""

    winner: str
    reason: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer without a readable verdict."""

    problem: str


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """The request that an answer belongs to: order, sample, name of the prompt and its fence."""

    order: AnswerOrder
    sample: int = 0
    prompt_name: str | None = None
    fence: str | None = None


def parse_judgment(
    answer: ModelAnswer, context: AnswerContext, *, cost: float | None = None, lenient: bool = False
) -> Judgment:
    """Return the judgment that an answer gives, with its raw text; `lenient` as in `parse_answer`."""
    raw = storable(answer.text)
    parsed = parse_answer(raw, answer.stop_reason, answer.stop_detail, lenient=lenient)
    verdict, problem = (parsed, None) if isinstance(parsed, ParsedAnswer) else (None, parsed.problem)
    return Judgment(
        context.order,
        JudgmentStatus.READABLE if verdict else JudgmentStatus.UNREADABLE,
        winner_to_preference(verdict.winner, context.order) if verdict else None,
        context.sample,
        confidence=verdict.confidence if verdict else None,
        reason=verdict.reason or None if verdict else None,
        raw=raw,
        problem=problem,
        prompt_name=context.prompt_name,
        fence=context.fence,
        stop_reason=answer.stop_reason,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost=cost,
        seconds=answer.seconds,
    )


def parse_answer(
    raw: str, stop_reason: str | None, stop_detail: str | None = None, *, lenient: bool = False
) -> ParsedAnswer | Unreadable:
    """Return the verdict in an answer, or why there is none: its stop reason, no text, no JSON, or not the right object.

    The JSON object may be surrounded by prose; several different objects are unreadable. `lenient` (the model was not held
    to a schema) skips thoughts before the answer, needs no field but the winner, and accepts a single letter at the end
    instead of an object.
    """
    if stop_reason not in _FINISHED:
        problem = _STOP_PROBLEMS.get(stop_reason or "", f"unknown stop reason {_shorten(stop_reason)}")
        return Unreadable(f"{problem} ({stop_detail})" if stop_detail else problem)
    if not raw.strip():
        return Unreadable("the answer has no text")
    if lenient:
        return _parse_leniently(raw)
    try:
        value = _decoder.decode(raw)
    except (ValueError, RecursionError):
        return _parse_embedded(raw)
    return (
        _parse_object(value)
        if isinstance(value, _Object)
        else Unreadable(f"a JSON object was expected, and this is {_json_type(value)}")
    )


def winner_to_preference(winner: str, order: AnswerOrder) -> Preference:
    """Return the system that the judge's letter means: A is the one that this order shows first."""
    if winner == "tie":
        return Preference.TIE
    first = Preference.BASELINE if order is AnswerOrder.BASELINE_FIRST else Preference.CANDIDATE
    return first if winner == "A" else first.mirrored


def storable(text: str) -> str:
    r"""Return `text` with lone surrogates, which UTF-8 cannot encode, as escapes (`\ud800`)."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object, and the name of the first field that it has twice."""

    fields: dict[str, Any]
    repeated: str | None


def _keep_repeated_name(pairs: list[tuple[str, Any]]) -> _Object:
    fields = dict(pairs)
    repeated = None
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for position, name in enumerate(names) if name in names[:position])
    return _Object(fields, repeated)


_decoder = json.JSONDecoder(object_pairs_hook=_keep_repeated_name)


def _parse_embedded(raw: str) -> ParsedAnswer | Unreadable:
    found = [value for value in _iter_objects(raw) if "winner" in value.fields]
    if not found:
        return Unreadable("no JSON object with a winner")
    if any(value != found[0] for value in found[1:]):
        return Unreadable("several JSON objects with different verdicts")
    return _parse_object(found[0])


def _parse_leniently(raw: str) -> ParsedAnswer | Unreadable:
    text = raw.rpartition("</think>")[2]
    found = [value for value in _iter_objects(text) if "winner" in value.fields]
    if not found:
        letter = _LAST_LETTER.search(text)
        if letter is None:
            return Unreadable("no JSON object with a winner, and no letter at the end")
        return ParsedAnswer(
            "tie" if letter[1].lower() == "tie" else letter[1], storable(_line_before(text, letter.start(1))), None
        )
    if any(value.fields["winner"] != found[0].fields["winner"] for value in found[1:]):
        return Unreadable("several JSON objects with different verdicts")
    fields = {"reason": "", "confidence": None, **found[-1].fields}
    if fields["confidence"] is None:
        parsed = _parse_object(_Object({**fields, "confidence": 0}, found[-1].repeated))
        return ParsedAnswer(parsed.winner, parsed.reason, None) if isinstance(parsed, ParsedAnswer) else parsed
    return _parse_object(_Object(fields, found[-1].repeated))


def _line_before(text: str, end: int) -> str:
    """Return the last line of prose before a single letter, which is taken for the reason; "" if there is none."""
    lines = [line.strip() for line in text[:end].splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _iter_objects(text: str) -> Iterator[_Object]:
    """Yield every outermost JSON object in a text."""
    start = text.find("{")
    while start >= 0:
        try:
            value, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def _parse_object(value: _Object) -> ParsedAnswer | Unreadable:
    if value.repeated is not None:
        return Unreadable(f"the field {_shorten(value.repeated)} stands there twice")
    if problem := _find_problem(value.fields):
        return Unreadable(problem)
    fields = value.fields
    return ParsedAnswer(fields["winner"], storable(fields["reason"]), float(fields["confidence"]))


def _find_problem(fields: dict[str, Any]) -> str | None:
    """Return why these fields are not a verdict, None if they are."""
    for name in ("winner", "reason", "confidence"):
        if name not in fields:
            return f"no field {name!r}"
    winner, reason, confidence = fields["winner"], fields["reason"], fields["confidence"]
    if winner not in _WINNERS:
        return f'the winner is {_shorten(winner)}, not "A", "B" or "tie"'
    if not isinstance(reason, str):
        return f"the reason is {_json_type(reason)}, not text"
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        return f"the confidence is {_json_type(confidence)}, not a number"
    return None if 0 <= confidence <= 1 else f"the confidence {_shorten(confidence)} is not between 0 and 1"


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return {_Object: "an object", list: "a list", str: "text"}.get(type(value), "a number")


def _shorten(value: object) -> str:
    """Return a value as JSON for a message, cut to 40 characters."""
    if isinstance(value, _Object | list):
        return _json_type(value)
    shown = storable(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
