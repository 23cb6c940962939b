"""The rule that chooses the judge of the headline, how judges are named, and the command that asks what one lacks."""

import shlex

import pytest

from uphold.records.enums import AnswerOrder
from uphold.records.headline_judge import (
    HeadlineJudge,
    JudgeReason,
    ask_command,
    choose_judge,
    distinct_names,
    judge_and_reason,
    judges_named,
    what_is_missing,
)
from uphold.records.judgments import JudgeRef


def judge(number: int, kind: str = "llm", name: str | None = None) -> JudgeRef:
    return JudgeRef(number, name or f"{kind}-{number}", kind, f"{number}" * 64)


LATEST_FIRST = [judge(5, "program"), judge(4), judge(3, "imported"), judge(2, "rules"), judge(1, "rules")]


@pytest.mark.parametrize(
    ("complete", "chosen", "reason"),
    [
        ({1, 2, 3, 4, 5}, 4, JudgeReason.COMPLETE),
        ({1, 2, 3}, 3, JudgeReason.COMPLETE),
        ({1, 2}, 2, JudgeReason.RULE),
        ({1}, 1, JudgeReason.RULE),
        ({5}, None, JudgeReason.NONE),
        (set(), None, JudgeReason.NONE),
    ],
)
def test_the_latest_complete_judge_that_is_no_rule_else_the_latest_complete_rule_else_none(
    complete: set[int], chosen: int | None, reason: JudgeReason
) -> None:
    found, why = choose_judge(LATEST_FIRST, lambda one: one.id in complete)
    assert (found.id if found else None, why) == (chosen, reason)


def test_a_pinned_judge_goes_before_and_a_named_one_before_that_complete_or_not() -> None:
    program, pinned, named = judge(5, "program"), judge(1, "rules"), judge(3, "imported")
    assert choose_judge(LATEST_FIRST, lambda one: one.id == 4, pinned=pinned) == (pinned, JudgeReason.PINNED)
    assert choose_judge(LATEST_FIRST, lambda one: False, pinned=program) == (program, JudgeReason.PINNED)
    assert choose_judge(LATEST_FIRST, lambda one: True, pinned=pinned, named=named) == (named, JudgeReason.NAMED)


def test_completeness_is_asked_only_until_one_is_complete() -> None:
    asked = []

    def is_complete(one: JudgeRef) -> bool:
        asked.append(one.id)
        return one.id == 4

    choose_judge(LATEST_FIRST, is_complete)
    assert asked == [4]


def test_a_judge_is_named_by_its_name_or_by_name_and_start_of_the_version() -> None:
    old, new, other = JudgeRef(1, "haiku", "llm", "a1" * 32), JudgeRef(2, "haiku", "llm", "a2" * 32), judge(3)
    at_sign = JudgeRef(4, "openai:m@home", "llm", "b" * 64)
    known = [new, old, other, at_sign]
    assert judges_named(known, "haiku") == [new, old]
    assert judges_named(known, "haiku@a1") == [old]
    assert judges_named(known, "haiku@a") == [new, old]
    assert judges_named(known, "haiku@") == []
    assert judges_named(known, "openai:m@home") == [at_sign]
    assert distinct_names(known) == ["haiku@a2a2a2a2", "haiku@a1a1a1a1", "llm-3", "openai:m@home"]
    assert [judges_named(known, name) for name in distinct_names(known)] == [[one] for one in known]


BOTH = {AnswerOrder.CANDIDATE_FIRST: 1, AnswerOrder.BASELINE_FIRST: 1}


def test_the_command_asks_in_the_orders_and_samples_that_the_run_asked_for() -> None:
    haiku = judge(1, name="anthropic:haiku")
    assert ask_command("x-vs-y", haiku, {}, BOTH) == "uphold judge x-vs-y --judge anthropic:haiku"
    one = {AnswerOrder.CANDIDATE_FIRST: 3}
    assert ask_command("x-vs-y", haiku, {}, one).endswith("--judge anthropic:haiku --one-order --samples 3")
    assert ask_command("x-vs-y", judge(2, "imported"), {}, {}) == ""
    program = ask_command("x-vs-y", judge(2, "program"), {}, {})
    assert program == "uphold next x-vs-y --as-program program-2"


def test_the_command_of_a_rule_has_its_options_and_names_are_quoted() -> None:
    rule = judge(1, "rules", "rules:closer")
    command = ask_command("a run", rule, {"rule": "closer", "margin": "0.2"}, {AnswerOrder.NONE: 1}, " --db x.db")
    assert command == "uphold --db x.db judge 'a run' --judge rules:closer --judge-option margin=0.2"
    assert shlex.split(command)[4] == "a run"


def test_what_is_missing_says_how_much_and_what_asks_it() -> None:
    lacking = HeadlineJudge(JudgeReason.PINNED, judge(1, name="openai:m"), missing=150, pairs=200, ask="uphold judge r")
    assert what_is_missing(lacking) == "openai:m has read 50 of 200 pairs; `uphold judge r` asks the rest"
    assert judge_and_reason(lacking) == "openai:m, pinned to this set"
    assert not lacking.is_complete
    file = HeadlineJudge(JudgeReason.NAMED, judge(1, name="strict"), missing=1, pairs=2, ask="uphold judge r")
    assert "strict being a judge of uphold.toml, or the path of its TOML file" in what_is_missing(file)
    brought = HeadlineJudge(JudgeReason.NONE, partial=judge(1, "imported"), missing=1, pairs=2)
    assert what_is_missing(brought).endswith("`uphold import` brings the rest")
    assert what_is_missing(HeadlineJudge(JudgeReason.COMPLETE, judge(1))) == ""
    gone = HeadlineJudge(JudgeReason.PINNED, unknown="haiku@1f3a")
    assert (gone.name, gone.shown) == ("haiku@1f3a", None)
    assert "is not in this file" in what_is_missing(gone)
