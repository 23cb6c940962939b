"""Reader of MT-Bench: questions, reference answers, model answers, pairwise judgments of models and votes of people.

Each kind of file is read to the end and keyed by question, then turned into rows. The files name two models without
saying which is the candidate: the one named first in the first row about the two becomes the candidate in all of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uphold.formats.fields import (
    check_cells,
    check_length,
    read_choice,
    read_name,
    read_text,
    read_texts,
    read_time,
    read_turn,
    required,
)
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.formats.writers.mt_bench import HUMAN, PROMPT
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource
from uphold.records.texts import AnswerCell

NAME = "mt-bench"

DESCRIPTION = (
    'question.jsonl ("question_id", "turns"), model_answer/, reference_answer/, model_judgment/*_pair.jsonl, votes'
)

IGNORED_KINDS = frozenset({"scores"})
"""Scores of single answers compare no two systems."""

_FIELDS_BY_KIND = (
    ("judgments", {"question_id", "model_1", "model_2", "g1_winner"}),
    ("votes", {"question_id", "model_a", "model_b", "winner", "judge"}),
    ("scores", {"question_id", "model", "score", "judgment"}),
    ("answers", {"question_id", "model_id", "choices"}),
    ("questions", {"question_id", "turns"}),
)

_QUESTION_FIELDS = frozenset({"question_id", "category", "turns", "reference"})
_ANSWER_FIELDS = frozenset({"question_id", "model_id", "choices"})

_FilesByKind = Mapping[str, Sequence[InputFile]]

_CellsByAnswer = dict[tuple[str, str], list[tuple[AnswerCell, ...]]]
"""All versions of an answer, by question key and model."""

_JUDGMENT_FIELDS = frozenset(
    {"question_id", "turn", "model_1", "model_2", "judge", "tstamp"}
    | {f"g{game}_{part}" for game in (1, 2) for part in ("winner", "judgment")}
)

_JUDGE_WINNERS: dict[str, Preference | str] = {
    "model_1": Preference.CANDIDATE,
    "model_2": Preference.BASELINE,
    "tie": Preference.TIE,
    "error": "error",
}

_VERDICT_MARK = re.compile(r"\s*\[\[[ABC]\]\]\.?\s*\Z")

_VOTE_FIELDS = frozenset(
    {"question_id", "model_a", "model_b", "winner", "judge", "turn", "tstamp", "conversation_a", "conversation_b"}
)

_MIRRORED_CHOICES = {Choice.CANDIDATE: Choice.BASELINE, Choice.BASELINE: Choice.CANDIDATE}

_VOTE_WINNERS = {
    "model_a": Choice.CANDIDATE,
    "model_b": Choice.BASELINE,
    "tie": Choice.TIE,
    "tie (inconsistent)": Choice.TIE,
    "tie (bothbad)": Choice.BOTH_BAD,
}


@dataclass(frozen=True, slots=True)
class _Question:
    """One question; `from_votes` if it was taken from the conversations of votes, not from a question file."""

    source: RowSource
    turns: tuple[str, ...]
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    from_votes: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """One model's answer to one question, one cell per turn."""

    source: RowSource
    cells: tuple[AnswerCell, ...]


@dataclass(slots=True)
class _Bench:
    """Questions by key, answers by key and model; `complete` if a question file was given."""

    questions: dict[str, _Question] = field(default_factory=dict)
    answers: dict[tuple[str, str], _Answer] = field(default_factory=dict)
    complete: bool = False

    def is_unknown(self, key: str) -> bool:
        """Whether the question file lacks this question."""
        return self.complete and key not in self.questions

    def turns(self, key: str) -> tuple[str, ...] | None:
        """Return the question's turns; None if unknown here, in which case the eval set may have them."""
        question = self.questions.get(key)
        return question.turns if question is not None else None


class _Orientations:
    """Which of two models is the candidate: the one named first when the two first occur, so that they make one run."""

    def __init__(self) -> None:
        self._systems: dict[frozenset[str], tuple[str, str]] = {}

    def systems(self, first: str, second: str) -> tuple[tuple[str, str], bool]:
        """Return (candidate, baseline), and whether they are swapped. Raises BadRow if both are the same model."""
        if first == second:
            raise BadRow(f'both models are "{first}"')
        systems = self._systems.setdefault(frozenset((first, second)), (first, second))
        return systems, systems != (first, second)


@dataclass(frozen=True, slots=True)
class _Conversation:
    """A conversation, with as many answers as instructions."""

    instructions: tuple[str, ...]
    answers: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    """One vote; `models` and `conversations` are those of model_a and model_b, `choice` has model_a as the candidate."""

    source: RowSource
    key: str
    models: tuple[str, str]
    voter: str
    prompt: str | None
    choice: Choice
    record: dict[str, Any]
    conversations: tuple[_Conversation, ...]

    @property
    def is_judge(self) -> bool:
        """Whether the voter is an LLM judge (`["gpt-4", "pair-v2"]` or `gpt4_pair`): their verdicts are published as votes."""
        return self.prompt is not None or self.voter == "gpt4_pair"


def sniff(file: InputFile) -> str | None:
    """Return `questions`, `references`, `answers`, `judgments`, `votes` or `scores`.

    Reference answers look like any model's; only their folder, `reference_answer`, distinguishes them.
    """
    fields = file.fields or frozenset()
    kind = next((kind for kind, typical in _FIELDS_BY_KIND if typical <= fields and file.shape != "csv"), None)
    return "references" if kind == "answers" and file.path.absolute().parent.name == "reference_answer" else kind


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield questions, then answers, judgments and votes; answers alone make no pair."""
    bench = _read_bench(files, notes)
    votes = _read_votes(files.get("votes", ()), notes)
    _add_voted_questions(votes, bench, notes)
    orientations = _Orientations()
    yield from _question_rows(bench)
    yield from _answer_rows(bench)
    yield from _judgment_rows(files.get("judgments", ()), bench, orientations, notes)
    yield from _vote_rows(votes, bench, orientations, notes)


def _question_key(record: Mapping[str, Any]) -> str:
    """Return the example key: `mt-` and the question's number."""
    number = record.get("question_id")
    if type(number) is int:
        return f"mt-{number}"
    if type(number) is str and number:
        return f"mt-{number.lstrip('0') or '0'}"
    raise BadRow(f"question_id must be a number, found {describe(number)}")


def _read_bench(files: _FilesByKind, notes: ReadNotes) -> _Bench:
    """Read questions with their references, and answers to them; of duplicates the last is kept."""
    bench = _Bench(complete="questions" in files)
    for file in files.get("questions", ()):
        for source, record in iter_rows(file, notes):
            try:
                _keep_last(
                    bench.questions, _question_key(record), _read_question(source, record), "this question", notes
                )
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
            notes.note_fields(record, _QUESTION_FIELDS)
    references = {key: answer for (key, _), answer in _read_answers(files.get("references", ()), bench, notes).items()}
    bench.questions = {
        key: replace(question, references=_merge_references(question, references.get(key)))
        for key, question in bench.questions.items()
    }
    bench.answers = _read_answers(files.get("answers", ()), bench, notes)
    if not bench.complete:
        for answer in references.values():
            notes.warn(answer.source, "a reference answer without question.jsonl; left out")
    return bench


def _keep_last(found: dict[Any, Any], identity: Any, entry: Any, what: str, notes: ReadNotes) -> None:
    if identity in found:
        notes.warn(found.pop(identity).source, f"{what} stands again in {entry.source}; the last one is kept")
    found[identity] = entry


def _read_question(source: RowSource, record: dict[str, Any]) -> _Question:
    turns = required(record, "turns", read_texts)
    if not turns:
        raise BadRow("turns is an empty list")
    reference = record.get("reference")
    entries = reference if isinstance(reference, list) else [] if reference is None else [reference]
    if not all(entry is None or isinstance(entry, str) for entry in entries) or len(entries) > len(turns):
        raise BadRow(f"reference must be a list of one text per turn, found {describe(reference)}")
    category = read_name(record, "category")
    return _Question(source, turns, tuple(entries), (category,) if category else ())


def _merge_references(question: _Question, answer: _Answer | None) -> tuple[str | None, ...] | None:
    """Return one reference per turn: the reference model's, else the question's own; blank texts count as none."""
    own, model_cells = question.references or (), answer.cells if answer is not None else ()
    merged = tuple(_text_at(model_cells, turn) or _text_at(own, turn) for turn in range(len(question.turns)))
    return merged if any(merged) else None


def _text_at(cells: tuple[Any, ...], turn: int) -> str | None:
    cell = cells[turn] if turn < len(cells) else None
    return cell if isinstance(cell, str) and cell.strip() else None


def _read_answers(files: Sequence[InputFile], bench: _Bench, notes: ReadNotes) -> dict[tuple[str, str], _Answer]:
    found: dict[tuple[str, str], _Answer] = {}
    for file in files:
        for source, record in iter_rows(file, notes):
            notes.note_fields(record, _ANSWER_FIELDS)
            try:
                key, model = _question_key(record), required(record, "model_id", read_name)
                if bench.is_unknown(key):
                    notes.warn(source, f"an answer to {key}, which the question file does not have; left out")
                    continue
                answer = _Answer(source, _read_cells(source, record, bench.turns(key), notes))
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            _keep_last(found, (key, model), answer, f"{model}'s answer", notes)
    return found


def _read_cells(
    source: RowSource, record: dict[str, Any], turns: tuple[str, ...] | None, notes: ReadNotes
) -> tuple[AnswerCell, ...]:
    choices = record.get("choices")
    if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
        raise BadRow(f"choices must be a list of objects with turns, found {describe(choices)}")
    chosen = next((choice for choice in choices if choice.get("index") == 0), choices[0])
    cells = chosen.get("turns")
    if not isinstance(cells, list) or not cells or None in cells:
        raise BadRow(f"choices: turns must be a list of answers, found {describe(cells)}")
    check_length("choices: turns", tuple(cells), turns)
    check_cells(notes, source, "answer", tuple(cells))
    if len(choices) > 1:
        notes.warn(source, f"{len(choices)} answers; the first is kept")
    return tuple(cells)


def _question_rows(bench: _Bench) -> Iterator[ImportRow]:
    """Yield one row per question."""
    for key, question in bench.questions.items():
        yield ImportRow(question.source, key, question.turns, references=question.references, tags=question.tags)


def _answer_rows(bench: _Bench) -> Iterator[ImportRow]:
    """Yield one row per answer."""
    for (key, model), answer in bench.answers.items():
        yield ImportRow(answer.source, key, responses=(ImportedResponse(model, answer.cells),))


def _judgment_rows(
    files: Sequence[InputFile], bench: _Bench, orientations: _Orientations, notes: ReadNotes
) -> Iterator[ImportRow]:
    """Yield one row per judged pair; of repeated judgments the last is kept.

    The labels of people that uphold has exported as those of a judge are decisions again.
    """
    found: dict[tuple[Any, ...], FileRow] = {}
    for file in files:
        for source, record in iter_rows(file, notes):
            notes.note_fields(record, _JUDGMENT_FIELDS)
            try:
                identity = _judgment_identity(record)
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            if identity in found:
                notes.warn(found.pop(identity)[0], f"judged again in {source}; the last one is kept")
            found[identity] = (source, record)
    for (key, *_), (source, record) in found.items():
        if bench.is_unknown(key):
            notes.warn(source, f"a judgment on {key}, which the question file does not have; left out")
            continue
        try:
            yield _judgment_row(source, key, record, bench, orientations)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))


def _judgment_identity(record: dict[str, Any]) -> tuple[Any, ...]:
    models = frozenset((required(record, "model_1", read_name), required(record, "model_2", read_name)))
    return _question_key(record), models, _read_judge(record)[0], read_turn(record)


def _read_judge(record: dict[str, Any]) -> tuple[str, str | None]:
    """Read the names of the judge and of its prompt: `"gpt-4"` or `["gpt-4", "pair-v2"]`."""
    judge = record.get("judge")
    parts: list[Any] = judge if isinstance(judge, list) else [judge]
    if 1 <= len(parts) <= 2 and all(isinstance(part, str) and part for part in parts):
        return parts[0], parts[1] if len(parts) == 2 else None
    raise BadRow(f"judge must be a name, or a list of the name and its prompt, found {describe(judge)}")


def _read_valid_turn(record: dict[str, Any], turns: tuple[str, ...] | None) -> int | None:
    """Read the turn, None for the last. Raises BadRow if the question has fewer turns."""
    number = read_turn(record)
    if number is not None and turns is not None and number > len(turns):
        raise BadRow(f"turn is {number}, but the question has only {len(turns)}")
    return number


def _judgment_row(
    source: RowSource, key: str, record: dict[str, Any], bench: _Bench, orientations: _Orientations
) -> ImportRow:
    games = [_read_game(record, game) for game in (1, 2) if f"g{game}_winner" in record]
    if not games:
        raise BadRow("g1_winner is missing")
    number = _read_valid_turn(record, bench.turns(key))
    systems, mirrored = orientations.systems(record["model_1"], record["model_2"])
    judgments = tuple(_mirrored(judgment) if mirrored else judgment for judgment in games)
    row = ImportRow(source, key, systems=systems, compares=True, turn=number, judgments=judgments)
    if _read_judge(record) != (HUMAN, PROMPT):
        return row
    reviews = [
        ImportedReview(HUMAN, Choice(one.verdict.value), at=one.at) for one in judgments if one.verdict is not None
    ]
    return replace(row, judgments=(), reviews=tuple(reviews[:1]))


def _read_game(record: dict[str, Any], game: int) -> ImportedJudgment:
    """Read the judgment of game 1 (model_1 was shown first) or game 2 (model_2 was), with model_1 as the candidate."""
    judge, prompt = _read_judge(record)
    order = AnswerOrder.CANDIDATE_FIRST if game == 1 else AnswerOrder.BASELINE_FIRST
    winner = required(record, f"g{game}_winner", lambda row, field: read_choice(row, field, _JUDGE_WINNERS))
    raw, at = read_text(record, f"g{game}_judgment"), read_time(record, "tstamp")
    if not isinstance(winner, Preference):
        return ImportedJudgment(
            judge, order, JudgmentStatus.FAILED, None, raw=raw, problem="recorded as error", prompt_name=prompt, at=at
        )
    reason = _VERDICT_MARK.sub("", raw) if raw else None
    return ImportedJudgment(
        judge, order, JudgmentStatus.READABLE, winner, reason=reason, raw=raw, prompt_name=prompt, at=at
    )


def _mirrored(judgment: ImportedJudgment) -> ImportedJudgment:
    """Return the same judgment with the systems swapped."""
    order = AnswerOrder.BASELINE_FIRST if judgment.order is AnswerOrder.CANDIDATE_FIRST else AnswerOrder.CANDIDATE_FIRST
    verdict = judgment.verdict.mirrored if judgment.verdict is not None else None
    return replace(judgment, order=order, verdict=verdict)


def _read_votes(files: Sequence[InputFile], notes: ReadNotes) -> list[_Vote]:
    """Read the votes; of those of one voter on one pair the last is kept."""
    found: dict[tuple[Any, ...], _Vote] = {}
    for file in files:
        for source, record in iter_rows(file, notes):
            notes.note_fields(record, _VOTE_FIELDS)
            try:
                vote = _read_vote(source, record)
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            identity = (vote.key, frozenset(vote.models), vote.voter, record.get("turn"))
            if identity in found:
                notes.warn(found.pop(identity).source, f"{vote.voter} votes again in {source}; the last vote is kept")
            found[identity] = vote
    return list(found.values())


def _read_vote(source: RowSource, record: dict[str, Any]) -> _Vote:
    voter, prompt = _read_judge(record)
    models = (required(record, "model_a", read_name), required(record, "model_b", read_name))
    choice = required(record, "winner", lambda row, field: read_choice(row, field, _VOTE_WINNERS))
    _read_valid_turn(record, None)
    conversations = tuple(
        conversation
        for field in ("conversation_a", "conversation_b")
        if (conversation := _read_conversation(record, field)) is not None
    )
    return _Vote(
        source,
        _question_key(record),
        models,
        voter,
        prompt,
        choice,
        record,
        conversations if len(conversations) == 2 else (),
    )


def _read_conversation(record: dict[str, Any], field: str) -> _Conversation | None:
    messages = record.get(field)
    if messages is None:
        return None
    expected = ["user", "assistant"] * (len(messages) // 2) if isinstance(messages, list) else []
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages] if expected else None
    if not expected or roles != expected:
        raise BadRow(f"{field} must be a list of messages by user and assistant in turn, found {describe(messages)}")
    contents = [message.get("content") for message in messages]
    if not all(isinstance(content, str) for content in contents):
        raise BadRow(f"{field}: the content of every message must be text")
    return _Conversation(tuple(contents[::2]), tuple(contents[1::2]))


def _add_voted_questions(votes: Sequence[_Vote], bench: _Bench, notes: ReadNotes) -> None:
    """Add questions that are in no question file, with all turns of the longest conversation about them."""
    for vote in votes:
        for instructions in dict.fromkeys(conversation.instructions for conversation in vote.conversations):
            known = bench.questions.get(vote.key)
            if known is None or (known.from_votes and instructions[: len(known.turns)] == known.turns):
                if known is None or len(instructions) > len(known.turns):
                    bench.questions[vote.key] = _Question(vote.source, instructions, from_votes=True)
            elif instructions != known.turns[: len(instructions)]:
                notes.warn(vote.source, f"asks {vote.key} in other words than {known.source}; the words there are kept")


def _vote_rows(votes: Sequence[_Vote], bench: _Bench, orientations: _Orientations, notes: ReadNotes) -> list[ImportRow]:
    """Return one row per vote; it holds both answers if the vote came with conversations."""
    known = _cells_by_answer(votes, bench, notes)
    rows = []
    for vote in votes:
        if bench.is_unknown(vote.key):
            notes.warn(vote.source, f"a vote on {vote.key}, which the question file does not have; left out")
            continue
        try:
            rows.append(_vote_row(vote, bench, orientations, known))
        except BadRow as error:
            notes.skip_or_raise(vote.source, str(error))
    return rows


def _cells_by_answer(votes: Sequence[_Vote], bench: _Bench, notes: ReadNotes) -> _CellsByAnswer:
    known: _CellsByAnswer = {identity: [answer.cells] for identity, answer in bench.answers.items()}
    for vote in votes:
        for model, conversation in zip(vote.models, vote.conversations, strict=False):
            answers = known.setdefault((vote.key, model), [])
            if conversation.answers not in answers:
                answers.append(conversation.answers)
                check_cells(notes, vote.source, f"{model}'s answer", conversation.answers)
    return known


def _vote_row(vote: _Vote, bench: _Bench, orientations: _Orientations, known: _CellsByAnswer) -> ImportRow:
    number = _read_valid_turn(vote.record, bench.turns(vote.key))
    systems, mirrored = orientations.systems(*vote.models)
    choice = _MIRRORED_CHOICES.get(vote.choice, vote.choice) if mirrored else vote.choice
    responses = []
    for model, conversation in zip(vote.models, vote.conversations, strict=False):
        cells = _complete_cells(vote, model, conversation, bench, known[vote.key, model])
        responses.append(ImportedResponse(model, cells))
    if mirrored:
        responses.reverse()
    return ImportRow(
        vote.source,
        vote.key,
        responses=tuple(responses),
        systems=systems,
        compares=True,
        turn=number,
        judgments=(_vote_judgment(vote, choice),) if vote.is_judge else (),
        reviews=() if vote.is_judge else (ImportedReview(vote.voter, choice, at=read_time(vote.record, "tstamp")),),
    )


def _complete_cells(
    vote: _Vote, model: str, conversation: _Conversation, bench: _Bench, known: Sequence[tuple[AnswerCell, ...]]
) -> tuple[AnswerCell, ...]:
    """Return the answer to all turns: a shorter conversation is completed from another that begins with it."""
    count = len(bench.turns(vote.key) or conversation.instructions)
    for cells in (conversation.answers, *known):
        if len(cells) == count and cells[: len(conversation.answers)] == conversation.answers:
            return cells
    raise BadRow(
        f"{model} answers {len(conversation.answers)} of {count} turns of {vote.key}, and nothing given has the rest"
    )


def _vote_judgment(vote: _Vote, choice: Choice) -> ImportedJudgment:
    at = read_time(vote.record, "tstamp")
    raw = vote.record["winner"]
    return ImportedJudgment(
        vote.voter,
        AnswerOrder.UNKNOWN,
        JudgmentStatus.READABLE,
        choice.preference,
        raw=raw,
        prompt_name=vote.prompt,
        at=at,
    )
