"""What MT-Bench asks and what its models answer, and who is candidate where two models are compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uphold.formats.decoding import described
from uphold.formats.fields import name, needed, note_cells, same_length, texts
from uphold.formats.given import GivenFile
from uphold.formats.items import items
from uphold.formats.notes import BadRow, Notes
from uphold.records.rows import GivenResponse, Row, Where
from uphold.records.texts import Cell

_QUESTION = frozenset({"question_id", "category", "turns", "reference"})
_ANSWER = frozenset({"question_id", "model_id", "choices"})
Files = Mapping[str, Sequence[GivenFile]]


@dataclass(frozen=True, slots=True)
class Question:
    """`heard` says that it comes from the conversations of votes, not from a question file."""

    where: Where
    turns: tuple[str, ...]
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One model's answer to one question, a cell a turn."""

    where: Where
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Bench:
    """Questions by key, answers by key and model; `complete` where a question file was given."""

    questions: dict[str, Question] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    complete: bool = False

    def lacks(self, key: str) -> bool:
        """Is this a question that the question file does not have?"""
        return self.complete and key not in self.questions

    def turns(self, key: str) -> tuple[str, ...] | None:
        """The question's turns where they are known; otherwise the set may know them."""
        question = self.questions.get(key)
        return question.turns if question is not None else None


class Sides:
    """One orientation for two models, that of their first meeting, so that they make one run."""

    def __init__(self) -> None:
        self._first: dict[frozenset[str], tuple[str, str]] = {}

    def systems(self, first: str, second: str) -> tuple[tuple[str, str], bool]:
        """(candidate, baseline), and whether that is the other way round than asked; raises BadRow for one model."""
        if first == second:
            raise BadRow(f'both models are "{first}"')
        systems = self._first.setdefault(frozenset((first, second)), (first, second))
        return systems, systems != (first, second)


def question_key(given: Mapping[str, Any]) -> str:
    """`mt-` and the question's number."""
    number = given.get("question_id")
    if type(number) is int:
        return f"mt-{number}"
    if type(number) is str and number:
        return f"mt-{number.lstrip('0') or '0'}"
    raise BadRow(f"question_id must be a number, found {described(number)}")


def bench_of(files: Files, notes: Notes) -> Bench:
    """Questions with their references, and answers to them; of what stands twice the last is kept."""
    bench = Bench(complete="questions" in files)
    for file in files.get("questions", ()):
        for where, given in items(file, notes):
            try:
                _keep(bench.questions, question_key(given), _question(where, given), "this question", notes)
            except BadRow as bad:
                notes.refuse(where, str(bad))
            notes.fields(given, _QUESTION)
    references = {key: answer for (key, _), answer in _answers(files.get("references", ()), bench, notes).items()}
    bench.questions = {
        key: replace(question, references=_merged(question, references.get(key)))
        for key, question in bench.questions.items()
    }
    bench.answers = _answers(files.get("answers", ()), bench, notes)
    if not bench.complete:
        for answer in references.values():
            notes.strange(answer.where, "a reference answer without question.jsonl; left out")
    return bench


def _keep(found: dict[Any, Any], identity: Any, record: Any, what: str, notes: Notes) -> None:
    if identity in found:
        notes.strange(found.pop(identity).where, f"{what} stands again in {record.where}; the last one is kept")
    found[identity] = record


def _question(where: Where, given: dict[str, Any]) -> Question:
    turns = needed(given, "turns", texts)
    if not turns:
        raise BadRow("turns is an empty list")
    reference = given.get("reference")
    entries = reference if isinstance(reference, list) else [] if reference is None else [reference]
    if not all(entry is None or isinstance(entry, str) for entry in entries) or len(entries) > len(turns):
        raise BadRow(f"reference must be a list of one text per turn, found {described(reference)}")
    category = name(given, "category")
    return Question(where, turns, tuple(entries), (category,) if category else ())


def _merged(question: Question, answer: Answer | None) -> tuple[str | None, ...] | None:
    """One reference a turn: the reference model's, else the question's own; blank is none."""
    own, given = question.references or (), answer.cells if answer is not None else ()
    merged = tuple(_filled(given, turn) or _filled(own, turn) for turn in range(len(question.turns)))
    return merged if any(merged) else None


def _filled(texts_: tuple[Any, ...], turn: int) -> str | None:
    found = texts_[turn] if turn < len(texts_) else None
    return found if isinstance(found, str) and found.strip() else None


def _answers(files: Sequence[GivenFile], bench: Bench, notes: Notes) -> dict[tuple[str, str], Answer]:
    found: dict[tuple[str, str], Answer] = {}
    for file in files:
        for where, given in items(file, notes):
            notes.fields(given, _ANSWER)
            try:
                key, model = question_key(given), needed(given, "model_id", name)
                if bench.lacks(key):
                    notes.strange(where, f"an answer to {key}, which the question file does not have; left out")
                    continue
                answer = Answer(where, _cells(where, given, bench.turns(key), notes))
            except BadRow as bad:
                notes.refuse(where, str(bad))
                continue
            _keep(found, (key, model), answer, f"{model}'s answer", notes)
    return found


def _cells(where: Where, given: dict[str, Any], turns: tuple[str, ...] | None, notes: Notes) -> tuple[Cell, ...]:
    choices = given.get("choices")
    if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
        raise BadRow(f"choices must be a list of objects with turns, found {described(choices)}")
    chosen = next((choice for choice in choices if choice.get("index") == 0), choices[0])
    cells = chosen.get("turns")
    if not isinstance(cells, list) or not cells or None in cells:
        raise BadRow(f"choices: turns must be a list of answers, found {described(cells)}")
    same_length("choices: turns", tuple(cells), turns)
    note_cells(notes, where, "answer", tuple(cells))
    if len(choices) > 1:
        notes.strange(where, f"{len(choices)} answers; the first is kept")
    return tuple(cells)


def question_rows(bench: Bench) -> Iterator[Row]:
    """One row a question."""
    for key, question in bench.questions.items():
        yield Row(question.where, key, question.turns, references=question.references, tags=question.tags)


def answer_rows(bench: Bench) -> Iterator[Row]:
    """One row an answer."""
    for (key, model), answer in bench.answers.items():
        yield Row(answer.where, key, responses=(GivenResponse(model, answer.cells),))
