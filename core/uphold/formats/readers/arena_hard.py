"""Reader of Arena-Hard: questions, model answers, and judgments of two games each.

In the first game the judge reads the baseline as A, in the second the model. The verdicts are turned back, so that each
game is one judgment in its order. The baseline can differ by category: a model then has several runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import check_cells, read_name, read_text, required
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.messages import content_text
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportRow, RowSource
from uphold.records.texts import AnswerCell

NAME = "arena-hard"

DESCRIPTION = (
    'question.jsonl ("uid", "prompt"), model_answer/ and model_judgment/ ("uid", "model", "baseline", "games")'
)

IGNORED_KINDS: frozenset[str] = frozenset()

_FIELDS_BY_KIND = (
    ("judgments", {"uid", "model", "games"}),
    ("answers", {"uid", "model", "messages"}),
    ("questions", {"uid", "prompt"}),
)

_QUESTION_FIELDS = frozenset({"uid", "prompt", "category", "subcategory"})
_ANSWER_FIELDS = frozenset({"uid", "model", "messages"})
_JUDGMENT_FIELDS = frozenset({"uid", "model", "baseline", "judge", "games", "category"})

_WINNERS = {
    **dict.fromkeys(("A>>B", "A>B", "B<A", "B<<A"), "A"),
    **dict.fromkeys(("B>>A", "B>A", "A<B", "A<<B"), "B"),
    **dict.fromkeys(("A=B", "B=A"), "="),
}

_ORDERS = (AnswerOrder.BASELINE_FIRST, AnswerOrder.CANDIDATE_FIRST)
"""Which answer is A, in the first game and in the second."""


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    tags: tuple[str, ...]


def sniff(file: InputFile) -> str | None:
    """Return `questions`, `answers` or `judgments`."""
    fields = file.fields or frozenset()
    return next((kind for kind, typical in _FIELDS_BY_KIND if typical <= fields and file.shape != "csv"), None)


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield questions, then judged pairs, then the answers of models that were not judged.

    Raises BadFile for judgments without the questions and answers that they are about.
    """
    questions = _read_questions(files.get("questions", ()), notes)
    answers = _read_answers(files.get("answers", ()), notes)
    if "judgments" in files and not (questions and answers):
        names = ", ".join(file.name for file in files["judgments"])
        raise BadFile(
            f"{names}: judgments without questions and answers; give question.jsonl and model_answer/ with them"
        )
    judged: set[tuple[str, str]] = set()
    for source, record in _rows(files.get("judgments", ()), notes):
        try:
            row = _judged_row(source, record, questions, answers)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        notes.note_fields(record, _JUDGMENT_FIELDS)
        judged |= {(row.key or "", response.system) for response in row.responses}
        yield row
    for (key, model), (source, cell) in answers.items():
        if (key, model) in judged:
            continue
        if key not in questions:
            notes.warn(source, f"an answer to {key}, which the questions do not have; left out")
            continue
        check_cells(notes, source, "the answer", (cell,))
        yield _example(source, key, questions[key], (ImportedResponse(model, (cell,)),))


def _rows(files: Sequence[InputFile], notes: ReadNotes) -> Iterator[FileRow]:
    for file in files:
        yield from iter_rows(file, notes)


def _uid(record: dict[str, Any]) -> str:
    uid: str = required(record, "uid", read_name)
    return uid


def _read_questions(files: Sequence[InputFile], notes: ReadNotes) -> dict[str, _Question]:
    found = {}
    for source, record in _rows(files, notes):
        try:
            tags = (read_name(record, "category"), read_name(record, "subcategory"))
            question = _Question(required(record, "prompt"), tuple(dict.fromkeys(tag for tag in tags if tag)))
            found[_uid(record)] = question
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        notes.note_fields(record, _QUESTION_FIELDS)
    return found


def _read_answers(files: Sequence[InputFile], notes: ReadNotes) -> dict[tuple[str, str], tuple[RowSource, AnswerCell]]:
    """Return (source, answer) by uid and model; of an answer given twice the last is kept."""
    found: dict[tuple[str, str], tuple[RowSource, AnswerCell]] = {}
    for source, record in _rows(files, notes):
        try:
            key = _uid(record), required(record, "model", read_name)
            answer = _answer(record)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
            continue
        if key in found:
            notes.warn(source, f"{key[1]} answers {key[0]} again; the last answer is kept")
        found[key] = (source, answer)
        notes.note_fields(record, _ANSWER_FIELDS)
    return found


def _answer(record: dict[str, Any]) -> AnswerCell:
    """Return the text of the last message, whose content is an object with `answer`, or text."""
    messages = record.get("messages")
    last = messages[-1] if type(messages) is list and messages else None
    content = last.get("content") if type(last) is dict else None
    if type(content) is dict:
        content = content.get("answer")
    if content is None:
        raise BadRow("messages must end with the model's answer")
    return content_text("messages", content)


def _judged_row(
    source: RowSource,
    record: dict[str, Any],
    questions: dict[str, _Question],
    answers: dict[tuple[str, str], tuple[RowSource, AnswerCell]],
) -> ImportRow:
    key, judge = _uid(record), read_name(record, "judge") or "imported"
    systems: tuple[str, str] = required(record, "model", read_name), required(record, "baseline", read_name)
    if systems[0] == systems[1]:
        raise BadRow(f'model and baseline are both "{systems[0]}"')
    if key not in questions:
        raise BadRow(f"a judgment on {key}, which the questions do not have")
    for system in systems:
        if (key, system) not in answers:
            raise BadRow(f'{key} has no answer of "{system}"; give the file of its answers too')
    games = record.get("games")
    if type(games) is not list or len(games) > 2:
        raise BadRow(f"games must be a list of two games, found {describe(games)}")
    judgments = tuple(_judgment(judge, order, game) for order, game in zip(_ORDERS, games, strict=False))
    responses = tuple(ImportedResponse(system, (answers[key, system][1],)) for system in systems)
    return _example(source, key, questions[key], responses, systems, judgments)


def _example(
    source: RowSource,
    key: str,
    question: _Question,
    responses: tuple[ImportedResponse, ...],
    systems: tuple[str, str] | None = None,
    judgments: tuple[ImportedJudgment, ...] = (),
) -> ImportRow:
    return ImportRow(
        source,
        key=key,
        turns=(question.text,),
        tags=question.tags,
        responses=responses,
        systems=systems,
        compares=systems is not None,
        judgments=judgments,
    )


def _judgment(judge: str, order: AnswerOrder, game: Any) -> ImportedJudgment:
    if game is None:
        return ImportedJudgment(judge, order, JudgmentStatus.FAILED, None, problem="the game failed")
    if type(game) is not dict:
        raise BadRow(f"a game must be an object or null, found {describe(game)}")
    raw = _judgment_text(game)
    score = game.get("score")
    winner = _WINNERS.get(score) if type(score) is str else None
    if winner is None:
        if score is not None:
            raise BadRow(f"score must be one of {', '.join(_WINNERS)}, found {describe(score)}")
        return ImportedJudgment(
            judge, order, JudgmentStatus.UNREADABLE, None, raw=raw, problem="recorded without a score"
        )
    return ImportedJudgment(judge, order, JudgmentStatus.READABLE, _verdict(winner, order), reason=raw, raw=raw)


def _verdict(winner: str, order: AnswerOrder) -> Preference:
    if winner == "=":
        return Preference.TIE
    first = Preference.CANDIDATE if order is AnswerOrder.CANDIDATE_FIRST else Preference.BASELINE
    return first if winner == "A" else first.mirrored


def _judgment_text(game: dict[str, Any]) -> str | None:
    judgment = game.get("judgment")
    return read_text(judgment, "answer") if type(judgment) is dict else read_text(game, "judgment")
