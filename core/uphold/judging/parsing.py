"""From what a model answered to a judgment: one reader for every endpoint, and for raw answers read again."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer

_FINISHED = frozenset({"end_turn", "stop_sequence"})


_STOPPED = {
    "refusal": "the judge refused to answer",
    "max_tokens": "the answer was cut off at the token limit",
    "model_context_window_exceeded": "the answer was cut off at the model's context window",
    "pause_turn": "the judge paused and did not go on",
}


_WINNERS = ("A", "B", "tie")


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """A verdict as the judge gave it: the winner in its letters."""

    winner: str
    reason: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The judge answered, but not with a verdict."""

    problem: str


def judgment_of(
    answer: ModelAnswer,
    order: AnswerOrder,
    sample: int = 0,
    prompt: str | None = None,
    fence: str | None = None,
    *,
    cost: float | None = None,
    patient: bool = False,
) -> Judgment:
    """The judgment that an answer amounts to, raw text and all; `prompt` is the name of the prompt that asked."""
    raw = storable(answer.text)
    read = parse_answer(raw, answer.stop_reason, answer.stop_detail, patient=patient)
    found, problem = (read, None) if isinstance(read, ParsedAnswer) else (None, read.problem)
    return Judgment(
        order,
        JudgmentStatus.READABLE if found else JudgmentStatus.UNREADABLE,
        preferred(found.winner, order) if found else None,
        sample,
        confidence=found.confidence if found else None,
        reason=found.reason or None if found else None,
        raw=raw,
        problem=problem,
        prompt_name=prompt,
        fence=fence,
        stop_reason=answer.stop_reason,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost=cost,
        seconds=answer.seconds,
    )


def parse_answer(
    raw: str, stop_reason: str | None, stop_detail: str | None = None, *, patient: bool = False
) -> ParsedAnswer | Unreadable:
    """What an answer says: why it stopped comes first, then whether there is text, JSON, and the asked-for object.

    One JSON object may stand in a fence or in prose. Where several different ones stand, nothing is guessed. `patient`
    (the model was held to no schema): thoughts before the answer are passed over, fields beside the winner may be
    missing, and a letter alone at the end will do where there is no object.
    """
    if stop_reason not in _FINISHED:
        problem = _STOPPED.get(stop_reason or "", f"unknown stop reason {_short(stop_reason)}")
        return Unreadable(f"{problem} ({stop_detail})" if stop_detail else problem)
    if not raw.strip():
        return Unreadable("the answer has no text")
    if patient:
        return _parse_leniently(raw)
    try:
        value = _decoder.decode(raw)
    except (ValueError, RecursionError):
        return _parse_prose(raw)
    return (
        _parse_object(value)
        if isinstance(value, _Object)
        else Unreadable(f"a JSON object was expected, and this is {_kind(value)}")
    )


def preferred(winner: str, order: AnswerOrder) -> Preference:
    """The system behind the judge's letter: A is the one that this order shows first."""
    if winner == "tie":
        return Preference.TIE
    first = Preference.BASELINE if order is AnswerOrder.BASELINE_FIRST else Preference.CANDIDATE
    return first if winner == "A" else first.mirrored


def storable(text: str) -> str:
    r"""`text` with lone surrogates, which no UTF-8 can hold, written as the escapes they came as (`\ud800`)."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object, and the first of its fields that stands there twice."""

    fields: dict[str, Any]
    repeated: str | None


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    fields = dict(pairs)
    repeated = None
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for position, name in enumerate(names) if name in names[:position])
    return _Object(fields, repeated)


_decoder = json.JSONDecoder(object_pairs_hook=_object)


def _parse_prose(raw: str) -> ParsedAnswer | Unreadable:
    found = [value for value in _objects(raw) if "winner" in value.fields]
    if not found:
        return Unreadable("no JSON object with a winner")
    if any(value != found[0] for value in found[1:]):
        return Unreadable("several JSON objects with different verdicts")
    return _parse_object(found[0])


_LAST_LETTER = re.compile(r"(?:^|[\s:(\[*`\"'])(A|B|tie|Tie|TIE)[.!)\]*`\"']*\s*$")


def _parse_leniently(raw: str) -> ParsedAnswer | Unreadable:
    text = raw.rpartition("</think>")[2]
    found = [value for value in _objects(text) if "winner" in value.fields]
    if not found:
        letter = _LAST_LETTER.search(text)
        if letter is None:
            return Unreadable("no JSON object with a winner, and no letter at the end")
        return ParsedAnswer(
            "tie" if letter[1].lower() == "tie" else letter[1], storable(_before(text, letter.start(1))), None
        )
    if any(value.fields["winner"] != found[0].fields["winner"] for value in found[1:]):
        return Unreadable("several JSON objects with different verdicts")
    fields = {"reason": "", "confidence": None, **found[-1].fields}
    if fields["confidence"] is None:
        read = _parse_object(_Object({**fields, "confidence": 0}, found[-1].repeated))
        return ParsedAnswer(read.winner, read.reason, None) if isinstance(read, ParsedAnswer) else read
    return _parse_object(_Object(fields, found[-1].repeated))


def _before(text: str, end: int) -> str:
    """The last line of prose before a letter that stands alone, as the reason; nothing where there is none."""
    lines = [line.strip() for line in text[:end].splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _objects(text: str) -> Iterator[_Object]:
    """Every JSON object that stands in prose, outermost ones only."""
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
        return Unreadable(f"the field {_short(value.repeated)} stands there twice")
    if problem := _problem(value.fields):
        return Unreadable(problem)
    fields = value.fields
    return ParsedAnswer(fields["winner"], storable(fields["reason"]), float(fields["confidence"]))


def _problem(fields: dict[str, Any]) -> str | None:
    """What keeps these fields from being a verdict, if anything does."""
    for name in ("winner", "reason", "confidence"):
        if name not in fields:
            return f"no field {name!r}"
    winner, reason, confidence = fields["winner"], fields["reason"], fields["confidence"]
    if winner not in _WINNERS:
        return f'the winner is {_short(winner)}, not "A", "B" or "tie"'
    if not isinstance(reason, str):
        return f"the reason is {_kind(reason)}, not text"
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        return f"the confidence is {_kind(confidence)}, not a number"
    return None if 0 <= confidence <= 1 else f"the confidence {_short(confidence)} is not between 0 and 1"


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return {_Object: "an object", list: "a list", str: "text"}.get(type(value), "a number")


def _short(value: object) -> str:
    """A value as JSON, for a sentence: cut where it is long."""
    if isinstance(value, _Object | list):
        return _kind(value)
    shown = storable(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
