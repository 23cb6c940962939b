import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.judging.parsing import (
    AnswerContext,
    ParsedAnswer,
    Unreadable,
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


def test_several_verdicts_are_not_guessed_from() -> None:
    assert "several" in problem(f"The answer says {GOOD.replace('A', 'B')} but I say {GOOD}")


def test_a_winner_that_stands_there_twice_is_not_guessed_from() -> None:
    assert (
        problem('{"winner": "A", "winner": "B", "reason": "", "confidence": 1}')
        == 'the field "winner" stands there twice'
    )


@pytest.mark.parametrize(
    ("stop_reason", "said"),
    [
        ("refusal", "the judge refused to answer"),
        ("max_tokens", "the answer was cut off at the token limit"),
        ("model_context_window_exceeded", "the answer was cut off at the model's context window"),
        ("pause_turn", "the judge paused and did not go on"),
        ("never_heard_of", 'unknown stop reason "never_heard_of"'),
        (None, "unknown stop reason null"),
    ],
)
def test_why_it_stopped_comes_before_what_it_says(stop_reason: str | None, said: str) -> None:
    assert problem(GOOD, stop_reason) == said


def test_the_kind_of_a_refusal_is_told() -> None:
    assert problem("", "refusal", "cyber") == "the judge refused to answer (cyber)"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "the answer has no text"),
        (" \n", "the answer has no text"),
        ("A is better", "no JSON object with a winner"),
        ('{"winner": "A"', "no JSON object with a winner"),
        ('so {"verdict": {"winner": "A"}}', "no JSON object with a winner"),
        ("[" * 100_000, "no JSON object with a winner"),
        ('{"a":' * 5_000, "no JSON object with a winner"),
        ("[]", "a JSON object was expected, and this is a list"),
        ("null", "a JSON object was expected, and this is null"),
        ('"A"', "a JSON object was expected, and this is text"),
        ("3", "a JSON object was expected, and this is a number"),
        ("{}", "no field 'winner'"),
        ('{"winner": "A", "confidence": 1}', "no field 'reason'"),
        ('{"winner": "A", "reason": ""}', "no field 'confidence'"),
    ],
)
def test_what_is_no_verdict_says_why(raw: str, said: str) -> None:
    assert problem(raw) == said


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("winner", "C", 'the winner is "C", not "A", "B" or "tie"'),
        ("winner", "candidate", 'the winner is "candidate", not "A", "B" or "tie"'),
        ("winner", None, 'the winner is null, not "A", "B" or "tie"'),
        ("winner", ["A"], 'the winner is a list, not "A", "B" or "tie"'),
        ("winner", {"A": 1}, 'the winner is an object, not "A", "B" or "tie"'),
        ("winner", True, 'the winner is true, not "A", "B" or "tie"'),
        ("reason", 3, "the reason is a number, not text"),
        ("reason", None, "the reason is null, not text"),
        ("confidence", "high", "the confidence is text, not a number"),
        ("confidence", True, "the confidence is true or false, not a number"),
        ("confidence", 7, "the confidence 7 is not between 0 and 1"),
        ("confidence", -0.1, "the confidence -0.1 is not between 0 and 1"),
        ("confidence", float("nan"), "the confidence NaN is not between 0 and 1"),
        ("confidence", float("inf"), "the confidence Infinity is not between 0 and 1"),
    ],
)
def test_a_wrong_field_says_what_was_expected(field: str, value: object, said: str) -> None:
    fields = {"reason": "A is right.", "winner": "A", "confidence": 0.8, field: value}
    assert problem(json.dumps(fields)) == said
    assert problem(f"My verdict: {json.dumps(fields)}") == said


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
    judgment = parse_judgment(ModelAnswer("Well, A.", "end_turn"), AnswerContext(AnswerOrder.CANDIDATE_FIRST))
    assert (judgment.status, judgment.verdict, judgment.raw) == (JudgmentStatus.UNREADABLE, None, "Well, A.")
    assert judgment.problem == "no JSON object with a winner"


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
