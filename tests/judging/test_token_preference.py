"""The preference from token probabilities: where the verdict stands among the tokens, and what they say there."""

import math

import pytest

from uphold.errors import BadFile
from uphold.judging.judges import LlmJudge, judge_from_table
from uphold.judging.token_preference import preference_for_a
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, Preference
from uphold.records.model_calls import AnswerToken, ModelAnswer


def token(text: str, **choices: float) -> AnswerToken:
    """A token; `choices` are probabilities of what might have stood there, itself alone where none are given."""
    return AnswerToken(text, tuple((name, math.log(share)) for name, share in (choices or {text: 0.9}).items()))


def answer(*texts: str, letter: str = "A", **choices: float) -> tuple[AnswerToken, ...]:
    """Tokens of an answer, of which the one that is `letter` has choices."""
    return tuple(token(text, **choices) if text == letter else token(text) for text in texts)


WITH_REASON = ('{"', "reason", '": "', "A", " is", ' better", "', "winner", '": "', "B", '"}')


def test_the_share_of_one_letter_against_the_other_is_the_preference() -> None:
    assert preference_for_a(answer("A", A=0.6, B=0.2)) == pytest.approx(0.75)
    assert preference_for_a(answer("A", A=0.6)) == 1.0
    assert preference_for_a(answer("B", letter="B", B=0.5, A=0.25, C=0.25)) == pytest.approx(1 / 3)


def test_spellings_of_a_letter_are_added_up() -> None:
    tokens = (
        token('{"winner": '),
        AnswerToken('"A', (('"A', math.log(0.4)), (' "A', math.log(0.2)), ('"B', math.log(0.2)))),
    )
    assert preference_for_a(tokens) == pytest.approx(0.75)


def test_the_letter_of_the_verdict_counts_and_not_one_in_the_reason() -> None:
    tokens = answer(*WITH_REASON, letter="B", B=0.9, A=0.1)
    assert preference_for_a(tokens) == pytest.approx(0.1)


@pytest.mark.parametrize("before", ["I compared A and B.\n\n[[", "Winner: ", "Response ", ""])
def test_the_place_of_the_verdict_is_found_in_free_text(before: str) -> None:
    closing = "]]" if before.endswith("[[") else ""
    tokens = (token(before), token("A", A=0.3, B=0.1), token(closing))
    assert preference_for_a(tokens) == pytest.approx(0.75)


@pytest.mark.parametrize(
    "tokens",
    [
        (),
        answer("I", " cannot", " say"),
        answer('{"winner": "', "tie", '"}', letter="tie", tie=0.5, A=0.4),
        answer('{"winner": "', "A", '"}', because=1.0),
    ],
)
def test_without_a_letter_there_is_no_preference(tokens: tuple[AnswerToken, ...]) -> None:
    assert preference_for_a(tokens) is None


def judge(**table: object) -> LlmJudge:
    made = judge_from_table({"model": "openai:m", "preference": "logprobs", **table}, "here")
    assert isinstance(made, LlmJudge)
    return made


@pytest.mark.parametrize("order", BOTH_ORDERS)
def test_the_verdict_is_that_of_the_probabilities_and_names_a_system(order: AnswerOrder) -> None:
    tokens = answer('{"winner": "', "A", '", "reason": "r"}', A=0.2, B=0.6)
    text = "".join(one.text for one in tokens)
    read = judge(ties=False).read(ModelAnswer(text, "end_turn", tokens=tokens), order, 0, "f00d")
    is_first = order is AnswerOrder.CANDIDATE_FIRST
    assert read.preference == pytest.approx(0.25 if is_first else 0.75)
    assert read.verdict is (Preference.BASELINE if is_first else Preference.CANDIDATE)


def test_without_probabilities_the_verdict_is_the_one_that_is_written() -> None:
    read = judge(ties=False).read(ModelAnswer('{"winner": "A"}', "end_turn"), AnswerOrder.CANDIDATE_FIRST, 0, "f00d")
    assert (read.verdict, read.preference) == (Preference.CANDIDATE, None)


def test_the_preference_is_part_of_the_version() -> None:
    plain = judge_from_table({"model": "openai:m", "ties": False}, "here")
    assert judge(ties=False).record.version != plain.record.version


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, "write ties = false beside it"),
        ({"ties": False, "preference": "tokens"}, 'preference = "logprobs" was expected'),
        ({"ties": False, "model": "anthropic:m"}, "anthropic models tell no token probabilities"),
    ],
)
def test_a_preference_that_cannot_be_had_is_refused(table: dict[str, object], problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        judge(**table)
