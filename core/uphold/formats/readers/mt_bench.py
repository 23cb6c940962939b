"""What MT-Bench asks and what its models answer, and who is candidate where two models are compared."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uphold.formats.fields import moment, name, needed, note_cells, same_length, text, texts, turn, word
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import described
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource
from uphold.records.texts import AnswerCell

_QUESTION = frozenset({"question_id", "category", "turns", "reference"})


_ANSWER = frozenset({"question_id", "model_id", "choices"})


Files = Mapping[str, Sequence[InputFile]]


@dataclass(frozen=True, slots=True)
class Question:
    """`heard` says that it comes from the conversations of votes, not from a question file."""

    where: RowSource
    turns: tuple[str, ...]
    references: tuple[str | None, ...] | None = None
    tags: tuple[str, ...] = ()
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One model's answer to one question, a cell a turn."""

    where: RowSource
    cells: tuple[AnswerCell, ...]


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


def bench_of(files: Files, notes: ReadNotes) -> Bench:
    """Questions with their references, and answers to them; of what stands twice the last is kept."""
    bench = Bench(complete="questions" in files)
    for file in files.get("questions", ()):
        for where, given in iter_rows(file, notes):
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


def _keep(found: dict[Any, Any], identity: Any, record: Any, what: str, notes: ReadNotes) -> None:
    if identity in found:
        notes.strange(found.pop(identity).where, f"{what} stands again in {record.where}; the last one is kept")
    found[identity] = record


def _question(where: RowSource, given: dict[str, Any]) -> Question:
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


def _answers(files: Sequence[InputFile], bench: Bench, notes: ReadNotes) -> dict[tuple[str, str], Answer]:
    found: dict[tuple[str, str], Answer] = {}
    for file in files:
        for where, given in iter_rows(file, notes):
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


def _cells(
    where: RowSource, given: dict[str, Any], turns: tuple[str, ...] | None, notes: ReadNotes
) -> tuple[AnswerCell, ...]:
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


def question_rows(bench: Bench) -> Iterator[ImportRow]:
    """One row a question."""
    for key, question in bench.questions.items():
        yield ImportRow(question.where, key, question.turns, references=question.references, tags=question.tags)


def answer_rows(bench: Bench) -> Iterator[ImportRow]:
    """One row an answer."""
    for (key, model), answer in bench.answers.items():
        yield ImportRow(answer.where, key, responses=(ImportedResponse(model, answer.cells),))


_JUDGED_FIELDS = frozenset(
    {"question_id", "turn", "model_1", "model_2", "judge", "tstamp"}
    | {f"g{game}_{part}" for game in (1, 2) for part in ("winner", "judgment")}
)


_JUDGE_WINNERS: dict[str, Preference | str] = {
    "model_1": Preference.CANDIDATE,
    "model_2": Preference.BASELINE,
    "tie": Preference.TIE,
    "error": "error",
}


_MARK = re.compile(r"\s*\[\[[ABC]\]\]\.?\s*\Z")


def judged_rows(files: Sequence[InputFile], bench: Bench, sides: Sides, notes: ReadNotes) -> Iterator[ImportRow]:
    """One row a judged pair; of a judgment that was made again the last is kept."""
    found: dict[tuple[Any, ...], FileRow] = {}
    for file in files:
        for where, given in iter_rows(file, notes):
            notes.fields(given, _JUDGED_FIELDS)
            try:
                identity = _identity(given)
            except BadRow as bad:
                notes.refuse(where, str(bad))
                continue
            if identity in found:
                notes.strange(found.pop(identity)[0], f"judged again in {where}; the last one is kept")
            found[identity] = (where, given)
    for (key, *_), (where, given) in found.items():
        if bench.lacks(key):
            notes.strange(where, f"a judgment on {key}, which the question file does not have; left out")
            continue
        try:
            yield _judged_row(where, key, given, bench, sides)
        except BadRow as bad:
            notes.refuse(where, str(bad))


def _identity(given: dict[str, Any]) -> tuple[Any, ...]:
    models = frozenset((needed(given, "model_1", name), needed(given, "model_2", name)))
    return question_key(given), models, judge_of(given)[0], turn(given)


def judge_of(given: dict[str, Any]) -> tuple[str, str | None]:
    """The judge's name and that of its prompt: `"gpt-4"` or `["gpt-4", "pair-v2"]`."""
    judge = given.get("judge")
    parts: list[Any] = judge if isinstance(judge, list) else [judge]
    if 1 <= len(parts) <= 2 and all(isinstance(part, str) and part for part in parts):
        return parts[0], parts[1] if len(parts) == 2 else None
    raise BadRow(f"judge must be a name, or a list of the name and its prompt, found {described(judge)}")


def turn_within(given: dict[str, Any], turns: tuple[str, ...] | None) -> int | None:
    """The row's turn, None for the last; raises BadRow where the question has fewer."""
    number = turn(given)
    if number is not None and turns is not None and number > len(turns):
        raise BadRow(f"turn is {number}, but the question has only {len(turns)}")
    return number


def _judged_row(where: RowSource, key: str, given: dict[str, Any], bench: Bench, sides: Sides) -> ImportRow:
    games = [_game(given, game) for game in (1, 2) if f"g{game}_winner" in given]
    if not games:
        raise BadRow("g1_winner is missing")
    number = turn_within(given, bench.turns(key))
    systems, mirrored = sides.systems(given["model_1"], given["model_2"])
    judgments = tuple(_turned(judgment) if mirrored else judgment for judgment in games)
    return ImportRow(where, key, systems=systems, compares=True, turn=number, judgments=judgments)


def _game(given: dict[str, Any], game: int) -> ImportedJudgment:
    """The judgment with model_1 as candidate: game 1 showed model_1 first, game 2 model_2."""
    judge, prompt = judge_of(given)
    order = AnswerOrder.CANDIDATE_FIRST if game == 1 else AnswerOrder.BASELINE_FIRST
    winner = needed(given, f"g{game}_winner", lambda row, field: word(row, field, _JUDGE_WINNERS))
    raw, at = text(given, f"g{game}_judgment"), moment(given, "tstamp")
    if not isinstance(winner, Preference):
        return ImportedJudgment(
            judge, order, JudgmentStatus.FAILED, None, raw=raw, problem="recorded as error", prompt_name=prompt, at=at
        )
    reason = _MARK.sub("", raw) if raw else None
    return ImportedJudgment(
        judge, order, JudgmentStatus.READABLE, winner, reason=reason, raw=raw, prompt_name=prompt, at=at
    )


def _turned(judgment: ImportedJudgment) -> ImportedJudgment:
    """The same judgment where model_2 is the candidate."""
    order = AnswerOrder.BASELINE_FIRST if judgment.order is AnswerOrder.CANDIDATE_FIRST else AnswerOrder.CANDIDATE_FIRST
    verdict = judgment.verdict.mirrored if judgment.verdict is not None else None
    return replace(judgment, order=order, verdict=verdict)


_VOTE_FIELDS = frozenset(
    {"question_id", "model_a", "model_b", "winner", "judge", "turn", "tstamp", "conversation_a", "conversation_b"}
)


_MIRRORED = {Choice.CANDIDATE: Choice.BASELINE, Choice.BASELINE: Choice.CANDIDATE}


_VOTE_WINNERS = {
    "model_a": Choice.CANDIDATE,
    "model_b": Choice.BASELINE,
    "tie": Choice.TIE,
    "tie (inconsistent)": Choice.TIE,
    "tie (bothbad)": Choice.BOTH_BAD,
}


_Known = dict[tuple[str, str], list[tuple[AnswerCell, ...]]]
"""Answers by question key and model."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: what was asked and what was answered, as many of the one as of the other."""

    asked: tuple[str, ...]
    answered: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote; `models` and `talks` are a's and b's, `choice` has model_a as candidate."""

    where: RowSource
    key: str
    models: tuple[str, str]
    voter: str
    prompt: str | None
    choice: Choice
    given: dict[str, Any]
    talks: tuple[Talk, ...]

    @property
    def by_model(self) -> bool:
        """Is the voter a judge, `["gpt-4", "pair-v2"]` or `gpt4_pair`, whose verdicts are published like votes?"""
        return self.prompt is not None or self.voter == "gpt4_pair"


def votes_of(files: Sequence[InputFile], notes: ReadNotes) -> list[Vote]:
    """The votes; of those of one voter on one pair the last."""
    found: dict[tuple[Any, ...], Vote] = {}
    for file in files:
        for where, given in iter_rows(file, notes):
            notes.fields(given, _VOTE_FIELDS)
            try:
                vote = _vote(where, given)
            except BadRow as bad:
                notes.refuse(where, str(bad))
                continue
            identity = (vote.key, frozenset(vote.models), vote.voter, given.get("turn"))
            if identity in found:
                notes.strange(found.pop(identity).where, f"{vote.voter} votes again in {where}; the last vote is kept")
            found[identity] = vote
    return list(found.values())


def _vote(where: RowSource, given: dict[str, Any]) -> Vote:
    voter, prompt = judge_of(given)
    models = (needed(given, "model_a", name), needed(given, "model_b", name))
    choice = needed(given, "winner", lambda row, field: word(row, field, _VOTE_WINNERS))
    turn_within(given, None)
    talks = tuple(talk for field in ("conversation_a", "conversation_b") if (talk := _talk(given, field)) is not None)
    return Vote(where, question_key(given), models, voter, prompt, choice, given, talks if len(talks) == 2 else ())


def _talk(given: dict[str, Any], field: str) -> Talk | None:
    messages = given.get(field)
    if messages is None:
        return None
    expected = ["user", "assistant"] * (len(messages) // 2) if isinstance(messages, list) else []
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages] if expected else None
    if not expected or roles != expected:
        raise BadRow(f"{field} must be a list of messages by user and assistant in turn, found {described(messages)}")
    contents = [message.get("content") for message in messages]
    if not all(isinstance(content, str) for content in contents):
        raise BadRow(f"{field}: the content of every message must be text")
    return Talk(tuple(contents[::2]), tuple(contents[1::2]))


def listen(votes: Sequence[Vote], bench: Bench, notes: ReadNotes) -> None:
    """Take over from the conversations the questions that no question file gives, as far as anybody asked on."""
    for vote in votes:
        for asked in dict.fromkeys(talk.asked for talk in vote.talks):
            known = bench.questions.get(vote.key)
            if known is None or (known.heard and asked[: len(known.turns)] == known.turns):
                if known is None or len(asked) > len(known.turns):
                    bench.questions[vote.key] = Question(vote.where, asked, heard=True)
            elif asked != known.turns[: len(asked)]:
                notes.strange(
                    vote.where, f"asks {vote.key} in other words than {known.where}; the words there are kept"
                )


def voted_rows(votes: Sequence[Vote], bench: Bench, sides: Sides, notes: ReadNotes) -> list[ImportRow]:
    """One row a vote; with conversations it holds both answers."""
    known = _known_answers(votes, bench, notes)
    rows = []
    for vote in votes:
        if bench.lacks(vote.key):
            notes.strange(vote.where, f"a vote on {vote.key}, which the question file does not have; left out")
            continue
        try:
            rows.append(_voted_row(vote, bench, sides, known))
        except BadRow as bad:
            notes.refuse(vote.where, str(bad))
    return rows


def _known_answers(votes: Sequence[Vote], bench: Bench, notes: ReadNotes) -> _Known:
    known: _Known = {identity: [answer.cells] for identity, answer in bench.answers.items()}
    for vote in votes:
        for model, talk in zip(vote.models, vote.talks, strict=False):
            answers = known.setdefault((vote.key, model), [])
            if talk.answered not in answers:
                answers.append(talk.answered)
                note_cells(notes, vote.where, f"{model}'s answer", talk.answered)
    return known


def _voted_row(vote: Vote, bench: Bench, sides: Sides, known: _Known) -> ImportRow:
    number = turn_within(vote.given, bench.turns(vote.key))
    systems, mirrored = sides.systems(*vote.models)
    choice = _MIRRORED.get(vote.choice, vote.choice) if mirrored else vote.choice
    responses = []
    for model, talk in zip(vote.models, vote.talks, strict=False):
        cells = _whole(vote, model, talk, bench, known[vote.key, model])
        responses.append(ImportedResponse(model, cells))
    if mirrored:
        responses.reverse()
    return ImportRow(
        vote.where,
        vote.key,
        responses=tuple(responses),
        systems=systems,
        compares=True,
        turn=number,
        judgments=(_judgment(vote, choice),) if vote.by_model else (),
        reviews=() if vote.by_model else (ImportedReview(vote.voter, choice, at=moment(vote.given, "tstamp")),),
    )


def _whole(
    vote: Vote, model: str, talk: Talk, bench: Bench, known: Sequence[tuple[AnswerCell, ...]]
) -> tuple[AnswerCell, ...]:
    """The answer to all turns: a conversation that stops early is a piece of one that goes on."""
    count = len(bench.turns(vote.key) or talk.asked)
    for cells in (talk.answered, *known):
        if len(cells) == count and cells[: len(talk.answered)] == talk.answered:
            return cells
    raise BadRow(f"{model} answers {len(talk.answered)} of {count} turns of {vote.key}, and nothing given has the rest")


def _judgment(vote: Vote, choice: Choice) -> ImportedJudgment:
    at = moment(vote.given, "tstamp")
    raw = vote.given["winner"]
    return ImportedJudgment(
        vote.voter,
        AnswerOrder.UNKNOWN,
        JudgmentStatus.READABLE,
        choice.preference,
        raw=raw,
        prompt_name=vote.prompt,
        at=at,
    )


NAME = "mt-bench"


DESCRIPTION = (
    'question.jsonl ("question_id", "turns"), model_answer/, reference_answer/, model_judgment/*_pair.jsonl, votes'
)


IGNORED_KINDS = frozenset({"scores"})
"""Single-answer scores compare nothing."""


_KINDS = (
    ("judgments", {"question_id", "model_1", "model_2", "g1_winner"}),
    ("votes", {"question_id", "model_a", "model_b", "winner"}),
    ("scores", {"question_id", "model", "score", "judgment"}),
    ("answers", {"question_id", "model_id", "choices"}),
    ("questions", {"question_id", "turns"}),
)


def sniff(file: InputFile) -> str | None:
    """`questions`, `references`, `answers`, `judgments`, `votes` or `scores`.

    Reference answers look like any model's; only their folder, `reference_answer`, tells them apart.
    """
    fields = file.fields or frozenset()
    kind = next((kind for kind, needed in _KINDS if needed <= fields and file.shape != "csv"), None)
    return "references" if kind == "answers" and file.path.absolute().parent.name == "reference_answer" else kind


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Questions, then answers, then judgments, then votes; answers alone make no pair."""
    bench = bench_of(files, notes)
    votes = votes_of(files.get("votes", ()), notes)
    listen(votes, bench, notes)
    sides = Sides()
    yield from question_rows(bench)
    yield from answer_rows(bench)
    yield from judged_rows(files.get("judgments", ()), bench, sides, notes)
    yield from voted_rows(votes, bench, sides, notes)
