import subprocess
import sys

import pytest

from uphold.errors import BadUsage
from uphold.judging.judges import LlmJudge, RulesJudge, failed_judgment, ready_judge
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, JudgmentStatus, Preference
from uphold.records.model_calls import ModelAnswer, PairToJudge
from uphold.records.texts import ExampleText

PAIR = PairToJudge(ExampleText(("Q",)), 1, ("x",), ("y",))


def llm(spec: str = "anthropic:m", options: tuple[str, ...] = (), rubric: str | None = None) -> LlmJudge:
    judge = ready_judge(spec, options, rubric)
    assert isinstance(judge, LlmJudge)
    return judge


def version(spec: str, *options: str, rubric: str | None = None) -> str:
    return ready_judge(spec, options, rubric).record.version


@pytest.mark.parametrize("name", ["reference-overlap", "closer", "exact", "choice"])
def test_rules_are_named_and_have_no_order(name: str) -> None:
    judge = ready_judge(f"rules:{name}")
    assert isinstance(judge, RulesJudge)
    assert (judge.record.name, judge.record.kind, judge.orders) == (f"rules:{name}", "rules", (AnswerOrder.NONE,))


def test_a_model_judges_in_both_orders() -> None:
    judge = llm("anthropic:claude-x:latest")
    assert (judge.provider, judge.model, judge.orders) == ("anthropic", "claude-x:latest", BOTH_ORDERS)
    assert (judge.record.name, judge.record.kind) == ("anthropic:claude-x:latest", "llm")


@pytest.mark.parametrize(
    "spec", ["", "closer", "rules:", "rules:longest", "anthropic:", "anthropic: ", "anthropic", "magic:m"]
)
def test_an_unknown_judge_names_those_there_are(spec: str) -> None:
    with pytest.raises(BadUsage, match=r"there is no judge .*rules:closer, .*anthropic:MODEL"):
        ready_judge(spec)


@pytest.mark.parametrize(
    ("spec", "option", "said"),
    [
        ("rules:closer", "win=.6", "rules:closer has no option 'win': it has margin"),
        ("rules:reference-overlap", "margin=.1", "it has tie, win"),
        ("rules:closer", "margin", "NAME=VALUE was expected"),
        ("rules:closer", "=1", "NAME=VALUE was expected"),
        ("rules:closer", "margin=much", "a number from 0 to 1 was expected"),
        ("rules:closer", "margin=1.5", "a number from 0 to 1 was expected"),
        ("rules:closer", "margin=-.1", "a number from 0 to 1 was expected"),
        ("rules:closer", "margin=nan", "a number from 0 to 1 was expected"),
        ("rules:closer", "margin=1/0", "a number from 0 to 1 was expected"),
        ("rules:reference-overlap", "tie=.6", "`tie` is above `win`"),
        ("anthropic:m", "temperature=0", "it has effort, max_tokens"),
        ("anthropic:m", "max_tokens=0", "a whole number from 1"),
        ("anthropic:m", "max_tokens=²", "a whole number from 1"),
        ("anthropic:m", "effort=heroic", "one of low, medium"),
    ],
)
def test_an_option_that_does_not_fit_says_what_would(spec: str, option: str, said: str) -> None:
    with pytest.raises(BadUsage, match=said.replace("`", ".")):
        ready_judge(spec, [option])


def test_an_option_given_twice_is_an_error() -> None:
    with pytest.raises(BadUsage, match="twice"):
        ready_judge("rules:closer", ["margin=.1", "margin=.2"])


def test_whatever_changes_an_answer_makes_another_version() -> None:
    versions = [
        version("anthropic:m"),
        version("anthropic:n"),
        version("anthropic:m", rubric="Be strict."),
        version("anthropic:m", rubric=""),
        version("anthropic:m", "effort=low"),
        version("anthropic:m", "max_tokens=100"),
        version("rules:exact"),
        version("rules:choice"),
        version("rules:closer"),
        version("rules:closer", "margin=.1"),
    ]
    assert len(set(versions)) == len(versions)


def test_the_same_options_written_otherwise_are_the_same_version() -> None:
    assert (
        version("rules:closer", "margin=.10")
        == version("rules:closer", "margin=0.1")
        == version("rules:closer", "margin=1/10")
    )
    assert version("rules:closer", "margin=.05") == version("rules:closer")
    assert version("rules:reference-overlap", "tie=.3", "win=.5") == version("rules:reference-overlap", "win=0.5")


def test_a_rule_has_no_use_for_a_rubric() -> None:
    assert version("rules:exact", rubric="Be strict.") == version("rules:exact")


def test_the_rubric_reaches_the_prompt() -> None:
    assert "Be strict." in llm(rubric="Be strict.").prompt(PAIR, AnswerOrder.CANDIDATE_FIRST).system


def test_identical_answers_need_no_model() -> None:
    same = PairToJudge(ExampleText(("Q", "R")), 2, ("x", "same", "later"), ("x", "same", "other"))
    judgment = llm().judge_identical(same, AnswerOrder.BASELINE_FIRST, 1)
    assert judgment is not None
    assert (judgment.verdict, judgment.reason) == (Preference.TIE, "identical answers")
    assert (judgment.order, judgment.sample, judgment.cost) == (AnswerOrder.BASELINE_FIRST, 1, 0.0)


@pytest.mark.parametrize(
    ("candidate", "baseline"), [(("x",), ("x ",)), ((True,), (1,)), (("true",), (True,)), ((1,), (1.0,))]
)
def test_answers_that_only_look_alike_are_asked_about(
    candidate: tuple[object, ...], baseline: tuple[object, ...]
) -> None:
    assert (
        llm().judge_identical(PairToJudge(ExampleText(("Q",)), 1, candidate, baseline), AnswerOrder.CANDIDATE_FIRST)
        is None
    )


def test_answers_that_differ_in_an_earlier_turn_are_asked_about() -> None:
    assert (
        llm().judge_identical(
            PairToJudge(ExampleText(("Q", "R")), 2, ("x", "same"), ("y", "same")), AnswerOrder.CANDIDATE_FIRST
        )
        is None
    )


def test_an_answer_is_read_with_the_prompt_that_asked_for_it() -> None:
    answer = ModelAnswer('{"reason": "r", "winner": "B", "confidence": 1}', "end_turn")
    judgment = llm().read(answer, AnswerOrder.BASELINE_FIRST, 0, "f00d")
    assert (judgment.verdict, judgment.prompt_name, judgment.fence) == (Preference.CANDIDATE, "uphold-pair-2", "f00d")


def test_a_failed_judgment_says_what_happened() -> None:
    judgment = failed_judgment(AnswerOrder.CANDIDATE_FIRST, 2, "busy \ud800")
    assert (judgment.status, judgment.sample, judgment.problem) == (JudgmentStatus.FAILED, 2, r"busy \ud800")


def test_the_room_imports_nothing_heavy() -> None:
    heavy = "anthropic,httpx2,pydantic,sqlite_utils,textual,rich,asyncio"
    code = f"import uphold.judging.judges, sys; print([m for m in {heavy!r}.split(',') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
