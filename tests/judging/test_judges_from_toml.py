from pathlib import Path

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.judging.costs import find_price, parse_price, prices_date
from uphold.judging.judges import LlmJudge, RulesJudge, judge_from_table, read_judges, ready_judge
from uphold.judging.prompts import SYSTEM
from uphold.records.enums import BOTH_ORDERS, AnswerOrder
from uphold.records.model_calls import ModelAnswer, PairToJudge
from uphold.records.texts import ExampleText

PAIR = PairToJudge(ExampleText(("Q",)), 1, ("x",), ("y",))


def llm(**table: object) -> LlmJudge:
    judge = judge_from_table({"model": "anthropic:m", **table}, "here")
    assert isinstance(judge, LlmJudge)
    return judge


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "judge.toml"
    path.write_text(text)
    return path


def test_a_judge_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (judge,) = read_judges(
        written(
            tmp_path,
            """
            name = "strict"
            model = "openai:lora"
            prompt = "Prefer the shorter one."
            rubric = "Five lines at most."
            orders = "one"
            samples = 3
            schema = false
            options = { max_tokens = 512, temperature = 0 }
            prices = { input = 1.0, output = 2.0 }
            base_url = "http://127.0.0.1:8000/v1"
            api_key_env = "MY_KEY"
            timeout = 30
            """,
        )
    )
    assert isinstance(judge, LlmJudge)
    assert (judge.record.name, judge.provider, judge.model) == ("strict", "openai", "lora")
    assert (judge.orders, judge.samples, judge.with_schema) == ((AnswerOrder.CANDIDATE_FIRST,), 3, False)
    assert (judge.options.max_tokens, judge.options.temperature, judge.asked.rubric) == (
        512,
        0.0,
        "Five lines at most.",
    )
    assert judge.endpoint.base_url == "http://127.0.0.1:8000/v1"
    assert (judge.endpoint.key_variable, judge.endpoint.timeout) == ("MY_KEY", 30.0)
    request = judge.request(judge.prompt(PAIR, AnswerOrder.CANDIDATE_FIRST))
    assert request.schema is None
    assert "How to judge. Prefer the shorter one.\n\nHow to answer." in (request.system or "")


def test_several_judges_in_a_file_are_a_panel(tmp_path: Path) -> None:
    text = '[[judge]]\nmodel = "anthropic:m"\n[[judge]]\nrule = "closer"\noptions = { margin = 0.1 }\n'
    first, second = read_judges(written(tmp_path, text))
    assert isinstance(first, LlmJudge)
    assert isinstance(second, RulesJudge)
    assert second.record.version == ready_judge("rules:closer", ["margin=.1"]).record.version


def test_a_file_may_name_its_own_endpoints_and_prices(tmp_path: Path) -> None:
    text = """
    [endpoints.local]
    kind = "openai"
    base_url = "http://127.0.0.1:1/v1"
    [prices.lora]
    input = 3.0
    output = 4.0
    [judges.strict]
    endpoint = "local"
    model = "lora"
    """
    (judge,) = read_judges(written(tmp_path, text))
    assert isinstance(judge, LlmJudge)
    assert (judge.record.name, judge.endpoint.base_url) == ("strict", "http://127.0.0.1:1/v1")
    assert judge.price is not None
    assert judge.price.input == 3.0
    with pytest.raises(BadFile, match="holds tables by name"):
        read_judges(written(tmp_path, "endpoints = 3\nmodel = 'anthropic:m'"))


def test_a_judge_in_a_table_is_the_same_version_as_one_by_its_spec() -> None:
    assert llm().record == ready_judge("anthropic:m").record
    assert llm(name="other").record.version == ready_judge("anthropic:m").record.version


def test_what_changes_an_answer_makes_another_version_and_nothing_else_does() -> None:
    plain = llm().record.version
    changing = ({"prompt": "x"}, {"rubric": "x"}, {"schema": False}, {"options": {"max_tokens": 5}})
    assert len({plain, *(llm(**one).record.version for one in changing)}) == 5
    same = ({"samples": 2}, {"orders": "one"}, {"prices": {"input": 1, "output": 1}}, {"base_url": "http://x"})
    assert {llm(**one).record.version for one in same} == {plain}


def test_without_words_of_its_own_the_prompt_is_ours() -> None:
    judge = llm()
    assert judge.request(judge.prompt(PAIR, AnswerOrder.CANDIDATE_FIRST)).system == SYSTEM
    assert judge.orders == BOTH_ORDERS


def test_an_endpoint_by_name_gives_what_the_judge_leaves_out() -> None:
    endpoints = {"local": {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}}
    judge = judge_from_table({"endpoint": "local", "model": "m"}, "here", endpoints=endpoints)
    assert isinstance(judge, LlmJudge)
    assert (judge.provider, judge.endpoint.base_url) == ("openai", "http://127.0.0.1:1/v1")
    with pytest.raises(BadFile, match="here: there is no endpoint 'nowhere'"):
        judge_from_table({"endpoint": "nowhere", "model": "m"}, "here")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model = ", "not a TOML file"),
        ('model = "m"', "anthropic:MODEL or openai:MODEL"),
        ('model = "anthropic:m"\nsampels = 2', "no field 'sampels'"),
        ('model = "anthropic:m"\nsamples = 0', "from 1 to 64"),
        ('model = "anthropic:m"\nsamples = true', "from 1 to 64"),
        ('model = "anthropic:m"\nschema = "no"', "true or false"),
        ('model = "anthropic:m"\norders = "all"', "orders = 'all'"),
        ('model = "anthropic:m"\nprompt = 3', "prompt wants a text"),
        ('model = "anthropic:m"\nprices = { input = 1 }', "both needed"),
        ('model = "anthropic:m"\nprices = { input = -1, output = 1 }', "from 0 on"),
        ('model = "anthropic:m"\noptions = { heat = 1 }', "no option 'heat'"),
        ('rule = "longest"', "no rule 'longest'"),
        ("judge = 3", "judge"),
    ],
)
def test_what_does_not_fit_is_told_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said) as caught:
        read_judges(written(tmp_path, text))
    assert "judge.toml" in str(caught.value)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_judges(Path("nowhere.toml"))


def test_prices_are_the_users_own_before_ours_and_unknown_ones_are_none() -> None:
    ours = find_price("claude-haiku-4-5")
    assert ours is not None
    assert (ours.input, ours.output) == (1.0, 5.0)
    assert find_price("claude-haiku-4-5-20251001") == ours
    own = find_price("claude-haiku-4-5", {"claude-haiku-4-5": {"input": 9, "output": 9}})
    assert own is not None
    assert own.input == 9
    assert find_price("my-own-model") is None
    assert prices_date() == "2026-11-25"


def test_a_cost_counts_what_was_cached_at_its_own_price_and_a_batch_at_half() -> None:
    price = parse_price({"input": 1.0, "output": 10.0, "cache_write": 2.0, "cache_read": 0.1}, "here")
    answer = ModelAnswer("x", "end_turn", 1_000_000, 100_000, cache_write=200_000, cache_read=300_000)
    assert price.cost_of(answer) == pytest.approx(0.5 + 0.4 + 0.03 + 1.0)
    assert price.cost_of(answer, batched=True) == pytest.approx((0.5 + 0.4 + 0.03 + 1.0) / 2)
    assert price.cost_of(ModelAnswer("x", "end_turn")) is None


def test_long_prompts_may_cost_more() -> None:
    price = parse_price({"input": 1.0, "output": 1.0, "long": {"above": 1000, "times": 5}}, "here")
    assert price.estimate(1000, 0) == pytest.approx(0.001)
    assert price.estimate(2000, 0) == pytest.approx(0.010)
    with pytest.raises(BadUsage, match="long"):
        parse_price({"input": 1, "output": 1, "long": 3}, "here")


def test_further_fields_and_thinking_are_sent_and_are_part_of_the_version() -> None:
    plain = llm()
    judge = llm(extra_body={"top_k": 20}, options={"thinking": 2048})
    request = judge.request(judge.prompt(PAIR, AnswerOrder.CANDIDATE_FIRST))
    assert (request.extra_body, request.thinking) == ({"top_k": 20}, 2048)
    versions = {one.record.version for one in (plain, judge, llm(extra_body={"top_k": 20}), llm(extra_body={}))}
    assert len(versions) == 3


def test_the_pace_is_no_part_of_the_version_and_comes_from_the_endpoint_too() -> None:
    endpoints = {"local": {"kind": "openai", "tokens_per_minute": 9000, "extra_body": {"a": 1, "b": 1}}}
    table = {"model": "m", "endpoint": "local", "requests_per_minute": 60, "extra_body": {"b": 2}}
    judge = judge_from_table(table, "here", endpoints=endpoints)
    assert isinstance(judge, LlmJudge)
    assert (judge.endpoint.pace.requests_per_minute, judge.endpoint.pace.tokens_per_minute) == (60.0, 9000.0)
    assert judge.options.extra_body == '{"a":1,"b":2}'
    without = judge_from_table({**table, "requests_per_minute": 1}, "here", endpoints=endpoints)
    assert without.record.version == judge.record.version


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"extra_body": {"messages": []}}, "messages is not to be replaced"),
        ({"extra_body": {"stream": True}}, "stream is not to be replaced"),
        ({"extra_body": 3}, "extra_body wants a table"),
        ({"extra_body": {"x": float("nan")}}, "can be sent"),
        ({"requests_per_minute": 0}, "a number above 0"),
        ({"tokens_per_minute": True}, "a number above 0"),
        ({"options": {"thinking": 100}}, "from 1024 to less than max_tokens"),
        ({"options": {"thinking": 4096}}, "from 1024 to less than max_tokens"),
    ],
)
def test_settings_that_cannot_be_are_told(table: dict[str, object], said: str) -> None:
    with pytest.raises(BadFile, match=said):
        llm(**table)
