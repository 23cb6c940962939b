"""Verdicts in answers that keep to no form: usual spellings, thoughts, broken JSON, prose; and texts that say nothing."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.judging.free_text import read_confidence, winner_of, without_thoughts
from uphold.judging.parsing import ParsedAnswer, Unreadable, parse_answer


def winner(text: str, stop_reason: str | None = "end_turn") -> str | None:
    found = parse_answer(text, stop_reason)
    return found.winner if isinstance(found, ParsedAnswer) else None


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("A", "A"),
        ("a", "A"),
        ("[[A]]", "A"),
        ("**B**", "B"),
        ("Response A", "A"),
        ("response_b", "B"),
        ("Assistant A", "A"),
        ("Model B", "B"),
        ("Answer A is better", "A"),
        ("the answer B", "B"),
        ("(b)", "B"),
        ("tie", "tie"),
        ("Tie.", "tie"),
        ("[[C]]", "tie"),
        ("C", "tie"),
        ("equal", "tie"),
        ("both", "tie"),
        ("It's a tie", "tie"),
        ("A=B", "tie"),
        ("A>>B", "A"),
        ("[[B>A]]", "B"),
        ("A<B", "B"),
        ("candidate", None),
        ("A and B", None),
        ("A or B", None),
        ("D", None),
        ("", None),
        ("A" * 500, None),
        (1, None),
        (None, None),
        (["A"], None),
    ],
)
def test_a_winner_has_many_spellings(value: object, meant: str | None) -> None:
    assert winner_of(value) == meant


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0.8, 0.8),
        (1, 1.0),
        ("0.8", 0.8),
        ("80%", 0.8),
        (" 80 % ", 0.8),
        (80, None),
        (-0.1, None),
        (True, None),
        ("high", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        (10**400, None),
        ("9" * 5000, None),
        ({"a": 1}, None),
    ],
)
def test_a_confidence_is_read_or_none(value: object, read: float | None) -> None:
    assert read_confidence(value) == read


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A", "A"),
        ("[[B]]", "B"),
        ("**A**", "A"),
        ('"A"', "A"),
        ("tie", "tie"),
        ("I compared them.\n\nB", "B"),
        ("A\n\nIt names the day, B does not.", "A"),
        ("B. It is correct, and the other one is not.", "B"),
        ("My final verdict is: [[A]]", "A"),
        ("My final verdict is a tie: [[C]]", "tie"),
        ("After weighing both, my verdict: [[B>>A]]", "B"),
        ("The winner is: **A**.", "A"),
        ("**Winner:** Response B", "B"),
        ("Verdict: tie", "tie"),
        ("verdict: b", "B"),
        ("Final answer: \\boxed{B}", "B"),
        ("<verdict>Assistant A</verdict>", "A"),
        ("Response A is better because it is complete.", "A"),
        ("A is vague. Therefore, answer B is the better one. Overall, Answer B is better than Answer A.", "B"),
        ("I prefer B.", "B"),
        ("I'd go with Response A.", "A"),
        ("Both answers are equally good.", "tie"),
        ("Winner: A tie", "tie"),
        ('```json\n{"winner": "A"}\n```', "A"),
        ('{"verdict": "B"}', "B"),
        ('{"Winner": "Response A", "confidence": "80%"}', "A"),
        ('{"verdict": {"winner": "A", "why": "x"}}', "A"),
        ('[{"winner": "B"}]', "B"),
        ("{'winner': 'B', 'reason': 'x'}", "B"),
        ('{"reason": "it says "yes" twice", "winner": "B", "confidence": 0.5}', "B"),
        ('{"winner": "A", "reason": "Answer B is better in tone, but", ', "A"),
        ('{"winner": "A"} No, wait. {"winner": "B"}', "B"),
        ('Answer B holds {"winner": "B"}, which is an attempt to sway me.\nFinal verdict: A', "A"),
        ('{"winner": "A", "reason": "The final verdict is B in the text of the answer"}', "A"),
        ('<think>{"winner": "A"} or so?</think>{"winner": "B", "reason": "x", "confidence": 0.5}', "B"),
        ("[THINK]A? B?[/THINK]\nB", "B"),
        (
            "<|channel|>analysis<|message|>A seems fine<|end|><|start|>assistant<|channel|>final<|message|>"
            '{"winner": "B"}<|return|>',
            "B",
        ),
        ('{"reason": "it has a stray </think> in it", "winner": "A", "confidence": 1}', "A"),
    ],
)
def test_a_verdict_is_read_in_any_dress(text: str, meant: str) -> None:
    assert winner(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "No idea.",
        "BANANA",
        "A or B?",
        "An answer about vitamin A",
        "Which answer is better, A or B, or is it a tie?",
        "A is polite. B is short.",
        "A: gives a wrong date.\nB: gives the right one.",
        "Answer A is better in tone, but answer B is better in content.",
        "Answer A is not better.",
        "If it were longer, Response A would be better.",
        "The winner is not A.",
        "Winner: A or B",
        "Verdict: A and B differ",
        "The better answer is a matter of taste.",
        'Answer with {"reason": ..., "winner": "A", "B" or "tie", "confidence": ...}.',
        '{"winner": "candidate", "reason": "x", "confidence": 1}',
        '{"winner": "A", "winner": "B"}',
        '{"helpful": {"winner": "A"}, "harmless": {"winner": "B"}}',
        '{"better_by": 3}',
        "<think>It is A. The winner is A.",
        "<think>the winner is B</think>",
        "<|channel|>analysis<|message|>The winner is A",
        "[]",
        "null",
        "{}",
    ],
)
def test_what_comes_to_no_conclusion_is_not_guessed(text: str) -> None:
    assert winner(text) is None


@pytest.mark.parametrize(
    "stop_reason", ["end_turn", "eos", "stop_sequence", "max_tokens", "length", "new_one", "", None]
)
def test_the_winner_counts_whatever_the_end_is_called(stop_reason: str | None) -> None:
    assert winner('{"winner": "A", "reason": "it is right", "confidence": 0.9}', stop_reason) == "A"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"winner": "B", "reason": "the first answer is wro', "B"),
        ("[[A]]\nThe first answer names the d", "A"),
        ("Verdict: B.\nThe first answer na", "B"),
        ('{"reason": "it is A', None),
        ('{"reason": "so", "winner": "', None),
        ("I think the better answer is A", None),
        ("Comparing both.\nA", None),
        ("Response A is better in", None),
    ],
)
def test_of_a_cut_answer_only_what_was_finished_counts(text: str, meant: str | None) -> None:
    assert winner(text, "max_tokens") == meant
    if meant is None:
        outcome = parse_answer(text, "max_tokens")
        assert isinstance(outcome, Unreadable)
        assert outcome.problem == "the answer was cut off at the token limit"


def test_a_refusal_is_none_whatever_it_says() -> None:
    assert winner('{"winner": "A", "reason": "", "confidence": 1}', "refusal") is None
    assert winner("A", "content_filter") is None


def test_thoughts_without_an_answer_say_so() -> None:
    for raw, only_thoughts in (("", True), ("<think>hm, A", False), ("<think>A</think>\n", False)):
        outcome = parse_answer(raw, "end_turn", only_thoughts=only_thoughts)
        assert isinstance(outcome, Unreadable)
        assert "thought and gave no answer" in outcome.problem


def test_text_before_thoughts_that_never_end_stays() -> None:
    assert without_thoughts("A<think>or rather") == "A"


HEAVY = {
    "braces": "{" * 300_000,
    "openings": '{"' * 150_000,
    "nested": '{"a":' * 60_000,
    "nested with lists": '{"a":[' * 50_000,
    "unclosed texts": '{"a": "x' * 40_000,
    "escaped quotes": '"\\"' * 100_000,
    "fields": '"winner": "A" ' * 20_000,
    "brackets": "[[A" * 100_000,
    "labels": "winner: " * 40_000,
    "statements": "Response A is " * 25_000,
    "one long line": "x" * 1_000_000,
    "blanks": " " * 1_000_000,
    "newlines": "\n" * 1_000_000,
    "stars": "*" * 300_000,
    "thoughts": "<think>" * 50_000,
    "closings": "</think>" * 50_000,
    "channels": "<|channel|>analysis" * 20_000,
    "unclosed channels": "<|channel|>" + "a" * 300_000,
    "boxed": "\\boxed{" * 50_000,
    "tags": "<verdict>" * 40_000,
    "NUL": "\0" * 300_000,
    "number": '{"winner": ' + "1" * 300_000 + "}",
    "one object of many": json.dumps({f"k{n}": {"winner": "x"} for n in range(5000)}),
    "reasons": '{"winner": "A", "reason": "' + "because " * 40_000,
    "the": "the " * 60_000,
    "ors": "A or " * 50_000,
    "words before a label": "final my overall " * 15_000,
    "labels without a verdict": "winner is " * 30_000,
}


@pytest.mark.parametrize("name", sorted(HEAVY))
@pytest.mark.parametrize("stop_reason", ["end_turn", "max_tokens"])
def test_no_text_takes_long(name: str, stop_reason: str) -> None:
    started = time.process_time()
    parse_answer(HEAVY[name], stop_reason)
    assert time.process_time() - started < 1.0


@given(st.text(max_size=300), st.sampled_from(["end_turn", "max_tokens", None, "x"]))
def test_any_text_is_read_or_refused(text: str, stop_reason: str | None) -> None:
    outcome = parse_answer(text, stop_reason)
    assert isinstance(outcome, ParsedAnswer | Unreadable)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["winner", "verdict", "reason", "confidence", "x"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    outcome = parse_answer(json.dumps(value), "end_turn")
    if isinstance(outcome, ParsedAnswer):
        assert outcome.winner in ("A", "B", "tie")
        assert outcome.confidence is None or 0 <= outcome.confidence <= 1
        outcome.reason.encode()
