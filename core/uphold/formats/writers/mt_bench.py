"""Writer of MT-Bench folders as FastChat has them: question.jsonl, model_answer/MODEL.jsonl, model_judgment/NAME_pair.jsonl.

`model_1` is the candidate, `model_2` the baseline; game 1 shows `model_1` first. FastChat asks every judge in both orders:
where a judge was asked in one, or people decided, both games have the same winner, and `orders` says what was asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from uphold.formats.writers.json_line import json_line
from uphold.records.enums import BOTH_ORDERS, Preference
from uphold.records.exports import ExportedLabel
from uphold.records.judgments import Judgment, verdict_of
from uphold.records.rows import ExportedAnswer, ExportedPair, ExportedQuestion
from uphold.records.texts import canonical_hash, cell_text

QUESTIONS = "question.jsonl"

ANSWERS = "model_answer"

JUDGMENTS = "model_judgment"

HUMAN = "human"
"""The judge that FastChat's programs know the labels of people by."""

PROMPT = "uphold"
"""The name of the prompt where a judgment has none; with it, `human` are the labels of people."""

_PROMPT_OF_NAMESAKE = "judge"
"""The same for a judge that is called `human`."""

_WINNERS = {Preference.CANDIDATE: "model_1", Preference.BASELINE: "model_2", Preference.TIE: "tie"}

_NUMBER = re.compile(r"mt-([1-9][0-9]{0,17})", re.ASCII)
"""Keys that are numbers in MT-Bench, as uphold's import names them."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")

_LONGEST_NAME = 100


def file_names(names: Iterable[str], ending: str) -> list[str]:
    """Return a file name for each system or judge: its own name where that can be one, else a similar one that is free."""
    found: list[str] = []
    for name in names:
        stem = _UNSAFE.sub("_", name)[:_LONGEST_NAME].lstrip(".") or "_"
        taken = {other.lower() for other in found}
        choices = (f"{stem}{'' if number == 1 else f'-{number}'}{ending}" for number in range(1, len(found) + 2))
        found.append(next(choice for choice in choices if choice.lower() not in taken))
    return found


def question_lines(questions: Iterable[ExportedQuestion]) -> Iterator[str]:
    """Yield a line for each question; context stands before its first turn."""
    for question in questions:
        first, *others = question.text.turns
        context = question.text.context
        row = {
            "question_id": question_id(question.key),
            "category": question.tags[0] if question.tags else "general",
            "turns": [first if context is None else f"{context}\n\n{first}", *others],
        }
        references = question.text.references
        yield json_line(row | ({"reference": list(references)} if any(references) else {}))


def answer_line(answer: ExportedAnswer) -> str:
    """Return the line of an answer."""
    turns = [cell_text(cell) for cell in answer.cells]
    return json_line(
        {
            "question_id": question_id(answer.key),
            "answer_id": canonical_hash([answer.key, answer.system, turns])[:22],
            "model_id": answer.system,
            "choices": [{"index": 0, "turns": turns}],
            "tstamp": _timestamp(answer.at),
        }
    )


def judgment_line(pair: ExportedPair, label: ExportedLabel) -> str:
    """Return the line of a pair with a judge's verdict or the label of people."""
    judgments = label.judge.verdict.judgments if label.judge is not None else ()
    orders = {judgment.order for judgment in judgments}
    winners, asked = [_WINNERS[label.preference]] * 2, [judgments, judgments]
    if orders == set(BOTH_ORDERS):
        asked = [tuple(one for one in judgments if one.order is order) for order in BOTH_ORDERS]
        winners = [_winner(one, label) for one in asked]
    first, second = (_explaining(one, winner) for one, winner in zip(asked, winners, strict=True))
    name = HUMAN if label.judge is None else label.judge.name
    unnamed = _PROMPT_OF_NAMESAKE if label.judge is not None and name == HUMAN else PROMPT
    prompt = next((one.prompt_name for one in judgments if one.prompt_name), unnamed)
    return json_line(
        {
            "question_id": question_id(pair.key),
            "model_1": pair.candidate,
            "model_2": pair.baseline,
            "g1_winner": winners[0],
            "g2_winner": winners[1],
            "judge": [name, prompt],
            "g1_judgment": _said(first),
            "g2_judgment": _said(second),
            "turn": pair.turn,
            "tstamp": _timestamp(first.at if first is not None else _decided_at(pair)),
            "orders": sorted(order.value for order in orders),
        }
    )


def question_id(key: str) -> int | str:
    """Return what FastChat calls an example: its number where it came from MT-Bench, else the key."""
    number = _NUMBER.fullmatch(key)
    return key if number is None else int(number[1])


def _winner(judgments: Sequence[Judgment], label: ExportedLabel) -> str:
    """Return the winner of one game."""
    preference = verdict_of(judgments, None).preference
    return _WINNERS[label.preference if preference is None else preference]


def _explaining(judgments: Sequence[Judgment], winner: str) -> Judgment | None:
    """Return the judgment of a game that says what its verdict is, else the first."""
    agreeing = (one for one in judgments if one.verdict is not None and _WINNERS[one.verdict] == winner)
    return next(agreeing, next(iter(judgments), None))


def _decided_at(pair: ExportedPair) -> str | None:
    """Return when the last reviewer decided."""
    decisions = [reviewer.state.decision for reviewer in pair.reviewers]
    return max((decision.at for decision in decisions if decision is not None and decision.at), default=None)


def _said(judgment: Judgment | None) -> str:
    return "" if judgment is None else judgment.raw or judgment.reason or ""


def _timestamp(at: str | None) -> float | None:
    return None if at is None else datetime.fromisoformat(at).timestamp()
