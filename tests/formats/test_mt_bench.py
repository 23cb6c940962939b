from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.registry import detect_format, open_files
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "mt_bench"

real = pytest.mark.skipif(not DATA.is_dir(), reason="the MT-Bench files are not beside this checkout")

QUESTION = {"question_id": 81, "category": "writing", "turns": ["Write.", "Rewrite."], "reference": ["own", "own 2"]}

JUDGED = {
    "question_id": 81,
    "turn": 1,
    "model_1": "new",
    "model_2": "old",
    "g1_winner": "model_1",
    "g1_judgment": "A is fine.\n\nFinal verdict: [[A]]",
    "g1_user_prompt": "p",
    "g2_winner": "tie",
    "g2_judgment": "Both are. [[C]]",
    "g2_user_prompt": "p",
    "judge": ["gpt-4", "pair-v2"],
    "tstamp": 0,
}

VOTE = {"question_id": 81, "model_a": "new", "model_b": "old", "winner": "model_a", "judge": ["author_0"], "turn": 1}

PAIRS, VOTES = "model_judgment/gpt-4_pair.jsonl", "human.json"


def answer(model: str, *turns: object, number: int = 81) -> dict[str, Any]:
    return {"question_id": number, "answer_id": "x", "model_id": model, "choices": [{"index": 0, "turns": [*turns]}]}


def talk(*texts: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in zip(["user", "assistant"] * 2, texts, strict=False)]


def test_questions_and_answers_alone_compare_nothing(read_folder: Any) -> None:
    read = read_folder({"question.jsonl": [QUESTION], "model_answer/new.jsonl": [answer("new", "one", "two")]})
    question, answered = read.rows
    assert (question.key, question.turns, question.tags) == ("mt-81", ("Write.", "Rewrite."), ("writing",))
    assert (answered.key, answered.responses[0].system, answered.responses[0].cells) == ("mt-81", "new", ("one", "two"))
    assert not any(row.compares or row.systems for row in read.rows)
    assert read.reading.unused_fields == ["answer_id"]


def test_the_reference_model_is_no_system_and_wins_over_the_questions_own_reference(read_folder: Any) -> None:
    files = {"question.jsonl": [QUESTION], "reference_answer/gpt-4.jsonl": [answer("gpt-4", "given", " \n")]}
    row = read_folder(files).only
    assert row.references == ("given", "own 2")
    assert row.responses == ()


def test_blank_references_are_none(read_folder: Any) -> None:
    assert read_folder({"question.jsonl": [QUESTION | {"reference": ["", "r"]}]}).only.references == (None, "r")
    assert read_folder({"question.jsonl": [QUESTION | {"reference": [" ", ""]}]}).only.references is None


def test_a_judgment_is_two_games_one_in_each_order(read_folder: Any) -> None:
    row = read_folder({PAIRS: [JUDGED]}).only
    assert (row.key, row.systems, row.compares, row.turn) == ("mt-81", ("new", "old"), True, 1)
    first, second = row.judgments
    assert (first.order, first.verdict) == (AnswerOrder.CANDIDATE_FIRST, Preference.CANDIDATE)
    assert (second.order, second.verdict) == (AnswerOrder.BASELINE_FIRST, Preference.TIE)
    assert (first.judge, first.prompt_name, first.at) == ("gpt-4", "pair-v2", "1970-01-01T00:00:00.000000Z")
    assert first.raw == JUDGED["g1_judgment"]
    assert (first.reason, second.reason) == ("A is fine.\n\nFinal verdict:", "Both are.")


def test_an_error_is_a_failed_judgment(read_folder: Any) -> None:
    judgment = read_folder({PAIRS: [JUDGED | {"g2_winner": "error", "g2_judgment": "$ERROR$"}]}).only.judgments[1]
    assert (judgment.status, judgment.verdict, judgment.problem) == (JudgmentStatus.FAILED, None, "recorded as error")
    assert judgment.raw == "$ERROR$"


def test_a_judgment_without_a_turn_is_about_the_last(read_folder: Any) -> None:
    judged = {field: value for field, value in JUDGED.items() if field != "turn"}
    assert read_folder({PAIRS: [judged]}).only.turn is None


def test_two_models_make_one_run_whichever_comes_first(read_folder: Any) -> None:
    turned = JUDGED | {"question_id": 82, "model_1": "old", "model_2": "new"}
    votes = [
        VOTE | {"model_a": "old", "model_b": "new"},
        VOTE | {"judge": "b", "winner": "tie (bothbad)"},
        VOTE | {"judge": "c", "winner": "model_a"},
    ]
    judged, mirrored, *voted = read_folder({PAIRS: [JUDGED, turned], VOTES: votes}).rows
    assert {row.systems for row in (judged, mirrored, *voted)} == {("new", "old")}
    assert [(given.order, given.verdict) for given in mirrored.judgments] == [
        (AnswerOrder.BASELINE_FIRST, Preference.BASELINE),
        (AnswerOrder.CANDIDATE_FIRST, Preference.TIE),
    ]
    assert [row.reviews[0].choice for row in voted] == [Choice.BASELINE, Choice.BOTH_BAD, Choice.CANDIDATE]


def test_voters_are_reviewers(read_folder: Any) -> None:
    votes = [VOTE, VOTE | {"judge": "expert_3", "winner": "tie (inconsistent)", "turn": 2}]
    first, second = read_folder({VOTES: votes}).rows
    assert (first.reviews[0].reviewer, first.reviews[0].choice, first.turn) == ("author_0", Choice.CANDIDATE, 1)
    assert (second.reviews[0].reviewer, second.reviews[0].choice, second.turn) == ("expert_3", Choice.TIE, 2)
    assert first.compares
    assert first.judgments == ()


@pytest.mark.parametrize("judge", ["gpt4_pair", ["gpt-4", "pair-v2"]])
def test_a_judge_that_votes_is_no_reviewer(read_folder: Any, judge: object) -> None:
    row = read_folder({VOTES: [VOTE | {"judge": judge, "winner": "tie (inconsistent)"}]}).only
    assert row.reviews == ()
    assert (row.judgments[0].verdict, row.judgments[0].order) == (Preference.TIE, AnswerOrder.UNKNOWN)
    assert row.judgments[0].raw == "tie (inconsistent)"


def test_conversations_bring_question_and_answers(read_folder: Any) -> None:
    both = {
        "conversation_a": talk("Write.", "a1", "Rewrite.", "a2"),
        "conversation_b": talk("Write.", "b1", "Rewrite.", "b2"),
    }
    first_turn = {"conversation_a": talk("Write.", "a1"), "conversation_b": talk("Write.", "b1"), "judge": "b"}
    question, early, late = read_folder({VOTES: [VOTE | first_turn, VOTE | both | {"turn": 2}]}).rows
    assert question.turns == ("Write.", "Rewrite.")
    for row in (early, late):
        assert [given.cells for given in row.responses] == [("a1", "a2"), ("b1", "b2")]
        assert row.systems == ("new", "old")


def test_a_conversation_that_asks_otherwise_than_the_question_file_is_odd(read_folder: Any) -> None:
    spoken = {
        "conversation_a": talk("Compose.", "a1", "Rewrite.", "a2"),
        "conversation_b": talk("Compose.", "b1", "Rewrite.", "b2"),
    }
    read = read_folder({"question.jsonl": [QUESTION], VOTES: [VOTE | spoken]})
    assert read.rows[0].turns == ("Write.", "Rewrite.")
    assert read.warnings == ["asks mt-81 in other words than question.jsonl:1; the words there are kept"]


def test_reruns_keep_the_last_and_list_the_others(read_folder: Any) -> None:
    files = {
        PAIRS: [JUDGED, JUDGED | {"g1_winner": "model_2"}],
        VOTES: [VOTE, VOTE | {"model_a": "old", "model_b": "new"}],
        "model_answer/new.jsonl": [answer("new", "one", "two"), answer("new", "1", "2")],
    }
    read = read_folder(files)
    answered, judged, voted = read.rows
    assert answered.responses[0].cells == ("1", "2")
    assert judged.judgments[0].verdict is Preference.BASELINE
    assert voted.reviews[0].choice is Choice.BASELINE
    assert [str(odd.source) for odd in read.reading.warnings] == [
        "model_answer/new.jsonl:1",
        "human.json:1 (item 1)",
        "model_judgment/gpt-4_pair.jsonl:1",
    ]
    assert all("again" in what for what in read.warnings)


def test_of_several_choices_the_one_with_index_0_is_kept(read_folder: Any) -> None:
    several = answer("new", "b") | {"choices": [{"index": 1, "turns": ["b"]}, {"index": 0, "turns": ["a"]}]}
    read = read_folder({"model_answer/new.jsonl": [several]})
    assert read.only.responses[0].cells == ("a",)
    assert read.warnings == ["2 answers; the first is kept"]


def test_what_speaks_of_a_question_that_is_not_asked_is_left_out_and_named(read_folder: Any) -> None:
    files = {
        "question.jsonl": [QUESTION],
        "model_answer/new.jsonl": [answer("new", "one", number=82)],
        PAIRS: [JUDGED | {"question_id": 83}],
        VOTES: [VOTE | {"question_id": 84}],
    }
    read = read_folder(files)
    assert [row.key for row in read.rows] == ["mt-81"]
    assert sorted(what.split(",")[0] for what in read.warnings) == [
        "a judgment on mt-83",
        "a vote on mt-84",
        "an answer to mt-82",
    ]


def test_single_scores_are_named_as_ignored(read_folder: Any) -> None:
    scores = [{"question_id": 81, "model": "new", "judge": ["gpt-4", "single-v1"], "judgment": "7", "score": 7}]
    read = read_folder({"question.jsonl": [QUESTION], "model_judgment/gpt-4_single.jsonl": scores})
    assert read.reading.ignored == ["model_judgment/gpt-4_single.jsonl"]
    assert read.reading.files == ("question.jsonl",)


def test_scores_alone_are_nothing_to_import(reading: Any) -> None:
    with pytest.raises(BadFile, match="nothing here to import as mt-bench"):
        reading([{"question_id": 81, "model": "new", "judgment": "7", "score": 7}], "gpt-4_single.jsonl")


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("question.jsonl", {"question_id": 1, "turns": []}, "turns is an empty list"),
        ("question.jsonl", {"question_id": True, "turns": ["x"]}, "question_id must be a number, found true"),
        ("question.jsonl", {"question_id": 1, "turns": ["x"], "reference": ["a", "b"]}, "reference must be a list"),
        ("model_answer/a.jsonl", answer("new", "one") | {"choices": []}, "choices must be a list"),
        ("model_answer/a.jsonl", answer("new", None), "turns must be a list of answers"),
        (PAIRS, JUDGED | {"g1_winner": "A"}, "g1_winner must be model_1 or model_2 or tie or error"),
        (PAIRS, JUDGED | {"model_2": "new"}, 'both models are "new"'),
        (PAIRS, JUDGED | {"judge": []}, "judge must be a name"),
        (PAIRS, JUDGED | {"tstamp": 1e300}, "tstamp must be seconds since 1970"),
        (VOTES, VOTE | {"winner": "a"}, "winner must be"),
        (VOTES, VOTE | {"turn": 0}, "turn must be a whole number"),
        (VOTES, VOTE | {"conversation_a": talk("only a question")}, "conversation_a must be a list of messages"),
    ],
)
def test_a_bad_row_is_told_at_its_place(read_folder: Any, name: str, row: dict[str, Any], why: str) -> None:
    with pytest.raises(BadFile) as told:
        read_folder({name: [row]}, as_="mt-bench")
    assert str(told.value).startswith(f"{name}:1")
    assert why in str(told.value)


def test_too_few_answers_are_told_once_the_question_is_known(read_folder: Any) -> None:
    with pytest.raises(BadFile, match="turns has 1 entry for 2 turns"):
        read_folder({"question.jsonl": [QUESTION], "model_answer/new.jsonl": [answer("new", "one")]})


def test_a_turn_that_the_question_does_not_have_is_told(read_folder: Any) -> None:
    with pytest.raises(BadFile, match="turn is 3, but the question has only 2"):
        read_folder({"question.jsonl": [QUESTION], PAIRS: [JUDGED | {"turn": 3}]})


@real
def test_the_real_files_give_75_pairs_judged_in_both_orders() -> None:
    found = open_files([DATA])
    rows = list(found.rows)
    assert (found.format, found.set_name) == ("mt-bench", "mt_bench")
    assert sum(row.turns is not None for row in rows) == 80
    assert sum(bool(row.responses) for row in rows) == 640
    judged = [row for row in rows if row.judgments]
    games = Counter(tuple(str(judgment.verdict) for judgment in row.judgments) for row in judged)
    assert {row.systems for row in judged} == {("phi-3", "phi-3-dpo")}
    assert len(judged) == 75
    assert {pair: n for pair, n in games.items() if "None" not in pair} == {
        ("candidate", "candidate"): 18,
        ("baseline", "baseline"): 20,
        ("tie", "tie"): 8,
        ("candidate", "baseline"): 16,
        ("candidate", "tie"): 5,
        ("tie", "baseline"): 3,
        ("baseline", "candidate"): 2,
        ("baseline", "tie"): 1,
    }
    failed = [row.key for row in judged if any(judgment.status is JudgmentStatus.FAILED for judgment in row.judgments)]
    assert failed == ["mt-124", "mt-125"]
    assert found.unused_fields == ["answer_id", "g1_user_prompt", "g2_user_prompt"]


@real
def test_real_loose_files_are_known_by_their_content() -> None:
    rows = list(open_files([DATA / "question.jsonl", DATA / "reference_answer" / "gpt-4.jsonl"]).rows)
    assert sum(row.references is not None for row in rows) == 40
    assert not any(row.responses for row in rows)
    assert detect_format(DATA / "model_answer" / "phi-3.jsonl") == "mt-bench"
