"""Parsing of a judge model's answers into judgments, for all endpoints and for stored raw answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uphold.judging import free_text
from uphold.judging.token_preference import preference_for_a
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, preference_from_share
from uphold.records.judgments import Judgment
from uphold.records.model_calls import ModelAnswer

MAX_READ = free_text.MAX_READ

_REFUSED = frozenset({"refusal", "content_filter", "safety"})
_CUT = frozenset({"max_tokens", "length", "model_context_window_exceeded", "max_output_tokens"})

_STOP_PROBLEMS = {
    "refusal": "the judge refused to answer",
    "content_filter": "the judge refused to answer",
    "safety": "the judge refused to answer",
    "length": "the answer was cut off at the token limit",
    "max_output_tokens": "the answer was cut off at the token limit",
    "max_tokens": "the answer was cut off at the token limit",
    "model_context_window_exceeded": "the answer was cut off at the model's context window",
    "pause_turn": "the judge paused and did not go on",
}

_WINNERS = ("A", "B", "tie")


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """A verdict as the judge gave it; `winner` is A, B or tie, and so are the values of `criteria`, by name."""

    winner: str
    reason: str
    confidence: float | None
    criteria: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer without a readable verdict."""

    problem: str


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """The request that an answer belongs to: order, sample, name of the prompt and its fence.

    `criteria` are the names of those that were asked for. `by_tokens`: the verdict is that of the tokens' probabilities where
    they are told.
    """

    order: AnswerOrder
    sample: int = 0
    prompt_name: str | None = None
    fence: str | None = None
    criteria: tuple[str, ...] = ()
    by_tokens: bool = False


def parse_judgment(answer: ModelAnswer, context: AnswerContext, *, cost: float | None = None) -> Judgment:
    """Return the judgment that an answer gives, with its raw text."""
    raw = storable(answer.text)
    parsed = parse_answer(
        raw, answer.stop_reason, answer.stop_detail, only_thoughts=answer.only_thoughts, criteria=context.criteria
    )
    verdict, problem = (parsed, None) if isinstance(parsed, ParsedAnswer) else (None, parsed.problem)
    preference = _told_preference(answer, context.order) if verdict and context.by_tokens else None
    written = winner_to_preference(verdict.winner, context.order) if verdict else None
    return Judgment(
        context.order,
        JudgmentStatus.READABLE if verdict else JudgmentStatus.UNREADABLE,
        written if preference is None else preference_from_share(preference),
        context.sample,
        preference,
        confidence=verdict.confidence if verdict else None,
        reason=verdict.reason or None if verdict else None,
        raw=raw,
        problem=problem,
        prompt_name=context.prompt_name,
        fence=context.fence,
        stop_reason=None if answer.stop_reason is None else storable(answer.stop_reason),
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost=cost,
        seconds=answer.seconds,
        request_form=answer.form,
        criteria=tuple(
            (name, winner_to_preference(winner, context.order))
            for name, winner in (verdict.criteria if verdict else {}).items()
        ),
    )


def _told_preference(answer: ModelAnswer, order: AnswerOrder) -> float | None:
    """Return the preference for the candidate that the tokens' probabilities tell, None where they tell none."""
    for_a = preference_for_a(answer.tokens)
    if for_a is None:
        return None
    return 1 - for_a if order is AnswerOrder.BASELINE_FIRST else for_a


def parse_answer(
    raw: str,
    stop_reason: str | None,
    stop_detail: str | None = None,
    *,
    only_thoughts: bool = False,
    criteria: tuple[str, ...] = (),
) -> ParsedAnswer | Unreadable:
    """Return the verdict in an answer, or why there is none.

    An answer that is the JSON object of the schema is read exactly. Any other is read as free text, by
    `uphold.judging.free_text`, whatever the server was asked for and however it names the end of the answer. A cut
    answer counts where its winner stands before the cut. Whatever became of reason, confidence and criteria, the winner
    counts.
    """
    if stop_reason in _REFUSED:
        return Unreadable(_with_detail(_STOP_PROBLEMS[stop_reason or ""], stop_detail))
    if (exact := parse_exactly(raw, criteria)) is not None:
        return exact
    cut = stop_reason in _CUT
    text = free_text.without_thoughts(raw[-MAX_READ:])
    if (found := free_text.find_verdict(text, cut=cut)) is not None:
        beside = free_text.criteria_of(text, criteria) if criteria else {}
        return ParsedAnswer(found.winner, storable(found.reason), found.confidence, beside)
    if stop_reason in _STOP_PROBLEMS:
        return Unreadable(_with_detail(_STOP_PROBLEMS[stop_reason or ""], stop_detail))
    return Unreadable(_problem(raw, text, only_thoughts=only_thoughts))


def parse_exactly(raw: str, criteria: tuple[str, ...] = ()) -> ParsedAnswer | None:
    """Return the verdict of an answer that is nothing but the JSON object of the schema, None for any other."""
    if len(raw) > MAX_READ:
        return None
    try:
        value = _decoder.decode(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("winner"), str) or value["winner"] not in _WINNERS:
        return None
    reason = value.get("reason")
    confidence = free_text.read_confidence(value.get("confidence"))
    said = free_text.criteria_in(value, criteria) if criteria else {}
    return ParsedAnswer(value["winner"], storable(reason) if isinstance(reason, str) else "", confidence, said)


def keeps_to_schema(raw: str, stop_reason: str | None) -> bool:
    """Whether a server that took the schema obeyed it: the answer is that JSON object, or was refused or cut off."""
    return stop_reason in _REFUSED | _CUT or not raw.strip() or parse_exactly(raw) is not None


def _with_detail(problem: str, detail: str | None) -> str:
    return f"{problem} ({storable(detail)})" if detail else problem


def _problem(raw: str, text: str, *, only_thoughts: bool) -> str:
    """Return why there is no verdict in an answer."""
    if not text.strip():
        if only_thoughts or raw.strip():
            return "the judge thought and gave no answer; a larger max_tokens, or less thinking, may help"
        return "the answer has no text"
    objects = [fields for fields, _, _ in free_text.iter_objects(text[-MAX_READ:])]
    winners = [fields["winner"] for fields in objects if "winner" in fields]
    if winners:
        return f'the winner is {_shorten(winners[-1])}, not "A", "B" or "tie"'
    if objects:
        return f"no field 'winner' in the JSON object {_shorten(objects[-1])}"
    return f"no verdict in the text: {_shorten(' '.join(text[:2000].split()))}"


def winner_to_preference(winner: str, order: AnswerOrder) -> Preference:
    """Return the system that the judge's letter means: A is the one that this order shows first."""
    if winner == "tie":
        return Preference.TIE
    first = Preference.BASELINE if order is AnswerOrder.BASELINE_FIRST else Preference.CANDIDATE
    return first if winner == "A" else first.mirrored


def storable(text: str) -> str:
    r"""Return `text` with lone surrogates, which UTF-8 cannot encode, as escapes (`\ud800`)."""
    return text.encode("utf-8", "backslashreplace").decode()


def _without_repeated_winner(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of an object; a winner that stands there twice is none."""
    fields = dict(pairs)
    if len(fields) < len(pairs) and sum(name == "winner" for name, _ in pairs) > 1:
        fields["winner"] = None
    return fields


_decoder = json.JSONDecoder(object_pairs_hook=_without_repeated_winner)


def _shorten(value: object) -> str:
    """Return a value as JSON for a message, cut to 40 characters."""
    if isinstance(value, list):
        return "a list"
    shown = storable(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
