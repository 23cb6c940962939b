"""MT-Bench's human votes, with or without the conversations that were voted on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uphold.formats.decoding import described
from uphold.formats.fields import moment, name, needed, note_cells, word
from uphold.formats.given import GivenFile
from uphold.formats.items import items
from uphold.formats.mt_bench_judged import judge_of, turn_within
from uphold.formats.mt_bench_texts import Bench, Question, Sides, question_key
from uphold.formats.notes import BadRow, Notes
from uphold.records.rows import GivenJudgment, GivenResponse, GivenReview, Row, Where
from uphold.records.texts import Cell
from uphold.records.words import Choice, Order, Status

_FIELDS = frozenset(
    {"question_id", "model_a", "model_b", "winner", "judge", "turn", "tstamp", "conversation_a", "conversation_b"}
)
_MIRRORED = {Choice.CANDIDATE: Choice.BASELINE, Choice.BASELINE: Choice.CANDIDATE}
_WINNERS = {
    "model_a": Choice.CANDIDATE,
    "model_b": Choice.BASELINE,
    "tie": Choice.TIE,
    "tie (inconsistent)": Choice.TIE,
    "tie (bothbad)": Choice.BOTH_BAD,
}


_Known = dict[tuple[str, str], list[tuple[Cell, ...]]]
"""Answers by question key and model."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: what was asked and what was answered, as many of the one as of the other."""

    asked: tuple[str, ...]
    answered: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote; `models` and `talks` are a's and b's, `choice` has model_a as candidate."""

    where: Where
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


def votes_of(files: Sequence[GivenFile], notes: Notes) -> list[Vote]:
    """The votes; of those of one voter on one pair the last."""
    found: dict[tuple[Any, ...], Vote] = {}
    for file in files:
        for where, given in items(file, notes):
            notes.fields(given, _FIELDS)
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


def _vote(where: Where, given: dict[str, Any]) -> Vote:
    voter, prompt = judge_of(given)
    models = (needed(given, "model_a", name), needed(given, "model_b", name))
    choice = needed(given, "winner", lambda row, field: word(row, field, _WINNERS))
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


def listen(votes: Sequence[Vote], bench: Bench, notes: Notes) -> None:
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


def voted_rows(votes: Sequence[Vote], bench: Bench, sides: Sides, notes: Notes) -> list[Row]:
    """One row a vote; with conversations it holds both answers."""
    known = _known_answers(votes, bench, notes)
    rows = []
    for vote in votes:
        if bench.lacks(vote.key):
            notes.strange(vote.where, f"a vote on {vote.key}, which the question file does not have; left out")
            continue
        try:
            rows.append(_row(vote, bench, sides, known))
        except BadRow as bad:
            notes.refuse(vote.where, str(bad))
    return rows


def _known_answers(votes: Sequence[Vote], bench: Bench, notes: Notes) -> _Known:
    known: _Known = {identity: [answer.cells] for identity, answer in bench.answers.items()}
    for vote in votes:
        for model, talk in zip(vote.models, vote.talks, strict=False):
            answers = known.setdefault((vote.key, model), [])
            if talk.answered not in answers:
                answers.append(talk.answered)
                note_cells(notes, vote.where, f"{model}'s answer", talk.answered)
    return known


def _row(vote: Vote, bench: Bench, sides: Sides, known: _Known) -> Row:
    number = turn_within(vote.given, bench.turns(vote.key))
    systems, mirrored = sides.systems(*vote.models)
    choice = _MIRRORED.get(vote.choice, vote.choice) if mirrored else vote.choice
    responses = []
    for model, talk in zip(vote.models, vote.talks, strict=False):
        cells = _whole(vote, model, talk, bench, known[vote.key, model])
        responses.append(GivenResponse(model, cells))
    if mirrored:
        responses.reverse()
    return Row(
        vote.where,
        vote.key,
        responses=tuple(responses),
        systems=systems,
        compares=True,
        turn=number,
        judgments=(_judgment(vote, choice),) if vote.by_model else (),
        reviews=() if vote.by_model else (GivenReview(vote.voter, choice, at=moment(vote.given, "tstamp")),),
    )


def _whole(vote: Vote, model: str, talk: Talk, bench: Bench, known: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """The answer to all turns: a conversation that stops early is a piece of one that goes on."""
    count = len(bench.turns(vote.key) or talk.asked)
    for cells in (talk.answered, *known):
        if len(cells) == count and cells[: len(talk.answered)] == talk.answered:
            return cells
    raise BadRow(f"{model} answers {len(talk.answered)} of {count} turns of {vote.key}, and nothing given has the rest")


def _judgment(vote: Vote, choice: Choice) -> GivenJudgment:
    at = moment(vote.given, "tstamp")
    raw = vote.given["winner"]
    return GivenJudgment(
        vote.voter, Order.UNKNOWN, Status.READABLE, choice.preference, raw=raw, prompt_name=vote.prompt, at=at
    )
