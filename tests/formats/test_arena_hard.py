"""Arena-Hard: two games a judgment, turned back to the systems they are about."""

from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference

QUESTION = {"uid": "a1", "category": "hard_prompt", "subcategory": "math", "prompt": "2+2?"}


def answer(model: str, text: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": {"answer": text}}]
    return {"uid": "a1", "ans_id": "x", "model": model, "messages": messages, "tstamp": 1.0}


def game(score: str | None, text: str = "because") -> dict[str, Any]:
    return {"score": score, "judgment": {"answer": text}, "prompt": []}


def judgment(*games: Any, **fields: Any) -> dict[str, Any]:
    named = {"uid": "a1", "category": "hard_prompt", "judge": "j", "model": "new", "baseline": "old"}
    return named | {"games": list(games)} | fields


def folder(*judgments: dict[str, Any]) -> dict[str, Any]:
    return {
        "question.jsonl": [QUESTION],
        "model_answer/new.jsonl": [answer("new", "four")],
        "model_answer/old.jsonl": [answer("old", "4")],
        "model_judgment/j/new.jsonl": list(judgments),
    }


def test_games_are_judgments_in_their_orders(read_folder: Any) -> None:
    row = read_folder(folder(judgment(game("B>A"), game("A>>B")))).only
    assert (row.key, row.turns, row.tags, row.systems) == ("a1", ("2+2?",), ("hard_prompt", "math"), ("new", "old"))
    assert [(response.system, response.cells) for response in row.responses] == [("new", ("four",)), ("old", ("4",))]
    assert [(given.order, given.verdict, given.raw) for given in row.judgments] == [
        (AnswerOrder.BASELINE_FIRST, Preference.CANDIDATE, "because"),
        (AnswerOrder.CANDIDATE_FIRST, Preference.CANDIDATE, "because"),
    ]


@pytest.mark.parametrize(
    ("score", "first", "second"),
    [
        ("A>B", "baseline", "candidate"),
        ("B<<A", "baseline", "candidate"),
        ("A<B", "candidate", "baseline"),
        ("B=A", "tie", "tie"),
    ],
)
def test_scores_are_turned_back(read_folder: Any, score: str, first: str, second: str) -> None:
    row = read_folder(folder(judgment(game(score), game(score)))).only
    assert [given.verdict for given in row.judgments] == [Preference(first), Preference(second)]


def test_a_game_that_failed_or_has_no_score_is_kept_as_that(read_folder: Any) -> None:
    row = read_folder(folder(judgment(None, game(None, "hm")))).only
    assert [given.status for given in row.judgments] == [JudgmentStatus.FAILED, JudgmentStatus.UNREADABLE]
    assert row.judgments[1].raw == "hm"


def test_answers_that_nobody_judged_come_in_alone(read_folder: Any) -> None:
    files = folder()
    del files["model_judgment/j/new.jsonl"]
    rows = read_folder(files).rows
    assert [(row.compares, [response.system for response in row.responses]) for row in rows] == [
        (False, ["new"]),
        (False, ["old"]),
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (judgment(game("A>B"), uid="zz"), "which the questions do not have"),
        (judgment(game("A>B"), baseline="older"), 'no answer of "older"'),
        (judgment(game("A~B")), "score must be one of"),
        (judgment(game("A>B"), model="old"), 'both "old"'),
        (judgment(1), "a game must be an object"),
    ],
)
def test_a_bad_judgment_is_named(read_folder: Any, given: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as raised:
        read_folder(folder(given))
    assert "new.jsonl:1: " in str(raised.value)


def test_judgments_alone_ask_for_the_rest(read_folder: Any) -> None:
    with pytest.raises(BadFile, match=r"give question\.jsonl and model_answer"):
        read_folder({"model_judgment/j/new.jsonl": [judgment(game("A>B"), game("A>B"))]})
