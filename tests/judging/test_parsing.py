import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.judging.parsing import (
    AnswerContext,
    ParsedAnswer,
    Unreadable,
    keeps_to_schema,
    parse_answer,
    parse_judgment,
    winner_to_preference,
)
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.model_calls import ModelAnswer

GOOD = '{"reason": "A is right.", "winner": "A", "confidence": 0.8}'


def problem(raw: str, stop_reason: str | None = "end_turn", detail: str | None = None) -> str:
    outcome = parse_answer(raw, stop_reason, detail)
    assert isinstance(outcome, Unreadable)
    return outcome.problem


def test_the_asked_for_object_is_read() -> None:
    assert parse_answer(GOOD, "end_turn") == ParsedAnswer("A", "A is right.", 0.8)


@pytest.mark.parametrize(
    "text", [f"```json\n{GOOD}\n```", f"I think:\n\n{GOOD}\nThat is all.", f"{GOOD} {GOOD}", f"{{x}} {GOOD}"]
)
def test_an_object_in_a_fence_or_in_prose_is_read(text: str) -> None:
    assert parse_answer(text, "end_turn") == ParsedAnswer("A", "A is right.", 0.8)


def test_of_several_verdicts_the_last_counts() -> None:
    found = parse_answer(f"The answer says {GOOD.replace('A', 'B')} but I say {GOOD}", "end_turn")
    assert found == ParsedAnswer("A", "A is right.", 0.8)


def test_a_winner_that_stands_there_twice_is_not_guessed_from() -> None:
    assert "no field 'winner'" in problem('{"winner": "A", "winner": "B", "reason": "", "confidence": 1}')


@pytest.mark.parametrize(
    ("stop_reason", "said"),
    [
        ("refusal", "the judge refused to answer"),
        ("max_tokens", "the answer was cut off at the token limit"),
        ("model_context_window_exceeded", "the answer was cut off at the model's context window"),
        ("pause_turn", "the judge paused and did not go on"),
    ],
)
def test_why_it_stopped_is_why_there_is_no_verdict(stop_reason: str, said: str) -> None:
    assert problem('{"reason": "A is', stop_reason) == said


@pytest.mark.parametrize("stop_reason", ["max_tokens", "model_context_window_exceeded", "pause_turn", "eos", None])
def test_a_verdict_that_is_there_counts_whatever_the_end_is_called(stop_reason: str | None) -> None:
    assert parse_answer(GOOD, stop_reason) == ParsedAnswer("A", "A is right.", 0.8)


def test_the_kind_of_a_refusal_is_told() -> None:
    assert problem("", "refusal", "cyber") == "the judge refused to answer (cyber)"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "the answer has no text"),
        (" \n", "the answer has no text"),
        ("No idea", 'no verdict in the text: "No idea"'),
        ("[" * 100_000, "no verdict in the text"),
        ('{"a":' * 5_000, "no verdict in the text"),
        ("[]", 'no verdict in the text: "[]"'),
        ("null", 'no verdict in the text: "null"'),
        ("3", 'no verdict in the text: "3"'),
        ('so {"x": {"y": 1}}', "no field 'winner' in the JSON object"),
    ],
)
def test_what_is_no_verdict_says_why(raw: str, said: str) -> None:
    assert problem(raw).startswith(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("candidate", 'the winner is "candidate", not "A", "B" or "tie"'),
        (None, 'the winner is null, not "A", "B" or "tie"'),
        (["A"], 'the winner is a list, not "A", "B" or "tie"'),
        (True, 'the winner is true, not "A", "B" or "tie"'),
    ],
)
def test_a_winner_that_is_none_says_what_was_expected(value: object, said: str) -> None:
    fields = {"reason": "A is right.", "winner": value, "confidence": 0.8}
    assert problem(json.dumps(fields)) == said
    assert problem(f"My verdict: {json.dumps(fields)}") == said


@pytest.mark.parametrize(
    ("name", "value", "reason", "confidence"),
    [
        ("reason", 3, "", 0.8),
        ("reason", None, "", 0.8),
        ("confidence", "high", "A is right.", None),
        ("confidence", "80%", "A is right.", 0.8),
        ("confidence", True, "A is right.", None),
        ("confidence", 7, "A is right.", None),
        ("confidence", -0.1, "A is right.", None),
        ("confidence", float("nan"), "A is right.", None),
        ("confidence", float("inf"), "A is right.", None),
    ],
)
def test_the_winner_counts_whatever_became_of_the_rest(
    name: str, value: object, reason: str, confidence: float | None
) -> None:
    fields = {"reason": "A is right.", "winner": "A", "confidence": 0.8, name: value}
    assert parse_answer(json.dumps(fields), "end_turn") == ParsedAnswer("A", reason, confidence)
    del fields[name]
    assert parse_answer(json.dumps(fields), "end_turn") is not None


def test_only_the_object_itself_keeps_to_the_schema() -> None:
    assert keeps_to_schema(GOOD, "end_turn")
    assert not keeps_to_schema(f"```json\n{GOOD}\n```", "end_turn")
    assert not keeps_to_schema("A", "end_turn")
    assert keeps_to_schema('{"reason": "it goes', "max_tokens")
    assert keeps_to_schema("I would rather not.", "refusal")


def test_long_nonsense_is_quoted_by_its_beginning() -> None:
    assert len(problem(json.dumps({"winner": "x" * 9000, "reason": "", "confidence": 1}))) < 100


def test_fields_that_nobody_asked_for_do_no_harm() -> None:
    assert isinstance(
        parse_answer('{"winner": "tie", "reason": "", "confidence": 0, "more": []}', "end_turn"), ParsedAnswer
    )


@pytest.mark.parametrize(
    ("winner", "order", "system"),
    [
        ("A", AnswerOrder.CANDIDATE_FIRST, Preference.CANDIDATE),
        ("B", AnswerOrder.CANDIDATE_FIRST, Preference.BASELINE),
        ("A", AnswerOrder.BASELINE_FIRST, Preference.BASELINE),
        ("B", AnswerOrder.BASELINE_FIRST, Preference.CANDIDATE),
        ("tie", AnswerOrder.BASELINE_FIRST, Preference.TIE),
    ],
)
def test_letters_become_systems_by_the_order(winner: str, order: AnswerOrder, system: Preference) -> None:
    assert winner_to_preference(winner, order) is system


def test_a_judgment_keeps_the_raw_text_and_what_it_took() -> None:
    answer = ModelAnswer(GOOD, "end_turn", 120, 20, 0.5)
    judgment = parse_judgment(answer, AnswerContext(AnswerOrder.BASELINE_FIRST, 2, "a-prompt", "f00d"))
    assert (judgment.status, judgment.verdict, judgment.sample) == (JudgmentStatus.READABLE, Preference.BASELINE, 2)
    assert (judgment.raw, judgment.reason, judgment.confidence) == (GOOD, "A is right.", 0.8)
    assert (judgment.prompt_name, judgment.fence, judgment.stop_reason) == ("a-prompt", "f00d", "end_turn")
    assert (judgment.input_tokens, judgment.output_tokens, judgment.seconds) == (120, 20, 0.5)
    assert judgment.problem is None


def test_an_unreadable_judgment_keeps_the_raw_text_and_its_problem() -> None:
    judgment = parse_judgment(ModelAnswer("Well, well.", "end_turn"), AnswerContext(AnswerOrder.CANDIDATE_FIRST))
    assert (judgment.status, judgment.verdict, judgment.raw) == (JudgmentStatus.UNREADABLE, None, "Well, well.")
    assert judgment.problem == 'no verdict in the text: "Well, well."'


def test_lone_surrogates_are_kept_as_the_escapes_they_came_as() -> None:
    judgment = parse_judgment(
        ModelAnswer(r'{"reason": "\ud800", "winner": "A", "confidence": 1}', "end_turn"),
        AnswerContext(AnswerOrder.CANDIDATE_FIRST),
    )
    assert judgment.reason == r"\ud800"
    assert (
        parse_judgment(ModelAnswer("\udfff", "end_turn"), AnswerContext(AnswerOrder.CANDIDATE_FIRST)).raw == r"\udfff"
    )


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)

objects = st.fixed_dictionaries(
    {}, optional={name: values | st.sampled_from(["A", 0.5]) for name in ("winner", "reason", "confidence")}
)


@given(st.text() | objects.map(json.dumps), st.sampled_from(["end_turn", "refusal", None]))
def test_any_answer_is_either_read_or_unreadable_with_a_reason(raw: str, stop_reason: str | None) -> None:
    judgment = parse_judgment(ModelAnswer(raw, stop_reason), AnswerContext(AnswerOrder.CANDIDATE_FIRST))
    assert (judgment.status is JudgmentStatus.READABLE) == (judgment.verdict is not None) == (judgment.problem is None)
    assert judgment.raw == raw
    assert (judgment.reason or "").encode() is not None


@given(
    st.sampled_from(["A", "B", "tie"]),
    st.text(),
    st.floats(0, 1),
    st.sampled_from(["{}", "```json\n{}\n```", "So: {}!"]),
)
def test_what_the_schema_allows_is_always_read(winner: str, reason: str, confidence: float, around: str) -> None:
    text = json.dumps({"reason": reason, "winner": winner, "confidence": confidence})
    outcome = parse_answer(around.replace("{}", text), "end_turn")
    assert isinstance(outcome, ParsedAnswer)
    assert (outcome.winner, outcome.confidence) == (winner, confidence)
