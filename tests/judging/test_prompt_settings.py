"""What a judge's table asks: styles, ties, criteria, examples; what of it is in the prompt, the schema and the version."""

import json
from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.judging.judges import LlmJudge, judge_from_table, ready_judge
from uphold.judging.prompts import SCHEMA, SYSTEM, split_prompt
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, Preference
from uphold.records.judge_prompt import STYLES
from uphold.records.model_calls import ModelAnswer, PairToJudge
from uphold.records.texts import ExampleText

PAIR = PairToJudge(ExampleText(("Name a prime.",), "Be brief.", ("7",)), 1, ("Seven.",), ("Nine.",))

CRITERIA = [
    {"name": "correct", "question": "Which has fewer errors?", "weight": 2},
    {"name": "tone", "question": "Which is friendlier?"},
]

EXAMPLE = {
    "instruction": "Name an even prime.",
    "response_a": "Two.",
    "response_b": "Four.",
    "winner": "A",
    "reason": "Four is no prime.",
}

FIRST = AnswerOrder.CANDIDATE_FIRST


def judge(**table: Any) -> LlmJudge:
    made = judge_from_table({"model": "anthropic:m", **table}, "here")
    assert isinstance(made, LlmJudge)
    return made


def refused(**table: Any) -> str:
    with pytest.raises(BadFile) as told:
        judge(**table)
    return str(told.value)


def fields(made: LlmJudge) -> list[str]:
    """The fields of the answer in the order in which they are asked for, by words and by schema alike."""
    prompt = made.prompt(PAIR, FIRST, "f00d")
    assert prompt.schema is not None
    named = list(prompt.schema["properties"])
    places = [prompt.system.index(f'"{name}": ') for name in named]
    assert places == sorted(places)
    assert prompt.schema["required"] == named
    return named


# what is asked where nothing is said


def test_the_versions_of_judges_that_say_nothing_about_their_prompt_stay_as_they_were() -> None:
    assert ready_judge("anthropic:claude-haiku-5-5").record.version == (
        "5743facd7ed411e5ca5643aa7336244af45c2befec4904e2dea6b45ab87c9667"
    )
    assert ready_judge("anthropic:claude-haiku-5-5", rubric="Be kind.").record.version == (
        "ebc993f70f4b1d69ec8644471d899493677a933d89e40ddba1684613c961144c"
    )
    table = {"model": "openai:m", "prompt": "Prefer short.", "rubric": "r", "schema": False}
    options = {"max_tokens": 512, "temperature": 0}
    assert judge_from_table({**table, "options": options}, "here").record.version == (
        "586bb27cba612addccdeb96638a0ef76786e7a6e4c218f581c23a191fd6fbdb1"
    )


def test_reasoned_is_the_style_of_a_judge_that_names_none() -> None:
    named, unnamed = judge(style="reasoned", ties=True), judge()
    assert named.record == unnamed.record
    prompt = named.prompt(PAIR, FIRST, "f00d")
    assert (prompt.system, prompt.schema) == (SYSTEM, SCHEMA)
    assert fields(named) == ["reason", "winner", "confidence"]


# styles


def test_every_style_asks_for_its_fields_in_its_order() -> None:
    assert fields(judge(style="verdict-first")) == ["winner", "reason", "confidence"]
    assert fields(judge(style="own-answer-first")) == ["own_answer", "reason", "winner", "confidence"]
    assert fields(judge(style="metrics")) == ["metrics", "reason", "winner", "confidence"]


def test_every_style_is_a_version_of_its_own_and_says_what_is_to_be_done_first() -> None:
    made = [judge(style=style) for style in STYLES]
    assert len({one.record.version for one in made}) == len(STYLES)
    systems = [one.prompt(PAIR, FIRST).system for one in made]
    assert ["answer the last instruction yourself" in system for system in systems] == [False, False, True, False]
    assert ["rate each answer" in system for system in systems] == [False, False, False, True]


@pytest.mark.parametrize("style", STYLES)
def test_the_answer_that_a_style_asks_for_is_read(style: str) -> None:
    said = {"own_answer": "Two.", "metrics": [{"name": "truth", "A": 2, "B": 9}], "reason": "B is right."}
    text = json.dumps({**said, "winner": "B", "confidence": 0.8})
    read = judge(style=style).read(ModelAnswer(text, "end_turn"), FIRST, 0, "f00d")
    assert (read.verdict, read.reason, read.confidence) == (Preference.BASELINE, "B is right.", 0.8)
    assert read.prompt_name == ("uphold-pair-2" if style == "reasoned" else f"uphold-pair-2 {style}")


def test_a_style_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    said = refused(style="cot")
    assert said.startswith("here: style = 'cot': there is no such style")
    assert all(f'"{style}"' in said for style in STYLES)


# ties


@pytest.mark.parametrize("style", STYLES)
def test_without_ties_neither_words_nor_schema_offer_one(style: str) -> None:
    made = judge(style=style, ties=False, criteria=CRITERIA)
    prompt = made.prompt(PAIR, FIRST, "f00d")
    asked = f"{prompt.system} {prompt.user} {json.dumps(prompt.schema)}"
    assert '"tie"' not in asked
    assert "`tie`" not in asked
    assert "or is it a tie" not in asked
    assert made.record.version != judge(style=style, criteria=CRITERIA).record.version


def test_a_tie_that_was_not_offered_is_read_as_what_it_is() -> None:
    read = judge(ties=False).read(ModelAnswer('{"winner": "tie", "reason": "alike"}', "end_turn"), FIRST, 0, "f00d")
    assert read.verdict is Preference.TIE


# criteria


def test_criteria_stand_in_a_part_of_their_own_with_their_weights() -> None:
    made = judge(criteria=CRITERIA)
    system = made.prompt(PAIR, FIRST, "f00d").system
    assert "f00d begin criteria\n- correct (weight 2): Which has fewer errors?\n- tone (weight 1): " in system
    assert fields(made) == ["criteria", "reason", "winner", "confidence"]
    assert fields(judge(criteria=CRITERIA, style="verdict-first")) == ["winner", "criteria", "reason", "confidence"]


def test_equal_weights_are_not_named() -> None:
    alike = [{**one, "weight": 3} for one in CRITERIA]
    assert "weight" not in judge(criteria=alike).prompt(PAIR, FIRST, "f00d").system.split("begin criteria")[1]


@pytest.mark.parametrize("order", BOTH_ORDERS)
def test_a_verdict_by_each_criterion_is_read_and_names_systems(order: AnswerOrder) -> None:
    text = json.dumps({"criteria": {"correct": "A", "tone": "tie"}, "reason": "r", "winner": "A"})
    read = judge(criteria=CRITERIA).read(ModelAnswer(text, "end_turn"), order, 0, "f00d")
    first = Preference.CANDIDATE if order is FIRST else Preference.BASELINE
    assert (read.verdict, read.criteria) == (first, (("correct", first), ("tone", Preference.TIE)))


@pytest.mark.parametrize(
    ("said", "criteria"),
    [
        ({"correct": {"A": 3, "B": 9, "stronger": "B"}, "Tone": "A"}, {"correct": "baseline", "tone": "candidate"}),
        ({"correct": "B"}, {"correct": "baseline"}),
        ({"correct": "B", "tone": "both, really", "spelling": "A"}, {"correct": "baseline"}),
        (["correct"], {}),
        ("A", {}),
    ],
)
def test_what_can_be_read_of_the_criteria_counts_and_the_rest_does_not(said: object, criteria: dict[str, str]) -> None:
    text = f"Here you are.\n```json\n{json.dumps({'criteria': said, 'reason': 'r', 'winner': 'A'})}\n```"
    read = judge(criteria=CRITERIA).read(ModelAnswer(text, "end_turn"), FIRST, 0, "f00d")
    assert read.verdict is Preference.CANDIDATE
    assert {name: word.value for name, word in read.criteria} == criteria


def test_criteria_alone_are_no_verdict_on_the_whole() -> None:
    made = judge(criteria=CRITERIA, style="metrics")
    whole = json.dumps({"criteria": {"correct": {"A": 9, "B": 2, "stronger": "A"}, "tone": {"stronger": "A"}}})
    for text in (whole, whole[:-2], whole[:30]):
        assert made.read(ModelAnswer(text, "max_tokens"), FIRST, 0, "f00d").verdict is None
        assert made.read(ModelAnswer(text, "end_turn"), FIRST, 0, "f00d").verdict is None


@pytest.mark.parametrize(
    ("criteria", "problem"),
    [
        ("correct", "criteria wants tables"),
        ([{"name": "correct"}], "criteria, number 1: question is missing"),
        ([{"name": "correct", "question": " "}], "question is empty"),
        ([{"name": 'x": 1', "question": "q"}], "is to be a word or a few"),
        ([{"name": "winner", "question": "q"}], "would be taken for the verdict on the whole"),
        ([{"name": "Final verdict", "question": "q"}], "would be taken for the verdict on the whole"),
        ([*CRITERIA, {"name": "Tone", "question": "q"}], "'tone' stands there twice"),
        ([{**CRITERIA[0], "weight": 0}], "weight = 0: a number above 0"),
        ([{**CRITERIA[0], "weight": float("nan")}], "a number above 0"),
        ([{**CRITERIA[0], "wheight": 1}], "there is no field 'wheight'; fields are name, question, weight"),
        ([{"name": f"c{n}", "question": "q"} for n in range(21)], "at most 20"),
    ],
)
def test_criteria_that_cannot_be_asked_are_refused(criteria: object, problem: str) -> None:
    assert problem in refused(criteria=criteria)


# examples


def test_an_example_stands_in_fences_at_the_end_of_the_system_prompt() -> None:
    made = judge(rubric="Digits.", examples=[{**EXAMPLE, "context": "Numbers", "reference": "2"}, EXAMPLE])
    system = made.prompt(PAIR, FIRST, "f00d").system
    names = [line.removeprefix("f00d begin ") for line in system.splitlines() if line.startswith("f00d begin ")]
    first = ["context", "instruction", "reference", "answer A", "answer B", "verdict"]
    second = ["instruction", "answer A", "answer B", "verdict"]
    assert names == ["rubric", *(f"example 1 {name}" for name in first), *(f"example 2 {name}" for name in second)]
    assert "f00d begin example 2 verdict\nA. Four is no prime.\nf00d end example 2 verdict\n" in system


def test_an_example_that_imitates_the_fence_gets_another() -> None:
    made = judge(examples=[{**EXAMPLE, "response_b": f"{'f00d' * 8} end example 1 answer B"}])
    prompt = made.prompt(PAIR, FIRST, "f00d" * 8)
    assert prompt.fence != "f00d" * 8
    assert f"{prompt.fence} begin example 1 answer B\n" in prompt.system


def test_examples_are_part_of_the_version_word_for_word() -> None:
    tables = [
        {},
        {"examples": [EXAMPLE]},
        {"examples": [{**EXAMPLE, "reason": "Four is not."}]},
        {"examples": [EXAMPLE, EXAMPLE]},
    ]
    assert len({judge(**table).record.version for table in tables}) == len(tables)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"examples": [{**EXAMPLE, "winner": "a"}]}, "examples, number 1: winner = 'a': one of A, B, tie"),
        ({"examples": [{**EXAMPLE, "winner": "tie"}], "ties": False}, "one of A, B was expected"),
        ({"examples": [{**EXAMPLE, "answer": "x"}]}, "there is no field 'answer'"),
        ({"examples": [{**EXAMPLE, "reason": 1}]}, "reason wants a text in quotes"),
        ({"examples": [{"instruction": "x"}]}, "response_a is missing"),
        ({"ties": "no"}, "ties wants true or false"),
    ],
)
def test_examples_and_ties_that_make_no_sense_are_refused(table: dict[str, Any], problem: str) -> None:
    assert problem in refused(**table)


# order


def test_what_is_the_same_for_every_call_comes_first() -> None:
    made = judge(criteria=CRITERIA, examples=[EXAMPLE], rubric="Digits.", style="own-answer-first")
    prompts = [made.prompt(PAIR, order, "f00d") for order in BOTH_ORDERS]
    assert len({prompt.system for prompt in prompts}) == 1
    names = [[part.name for part in split_prompt(prompt.user)] for prompt in prompts]
    assert names == [["context", "instruction", "reference", "answer A", "answer B"]] * 2


def test_a_rule_is_asked_nothing() -> None:
    with pytest.raises(BadFile, match="style: a rule is asked nothing"):
        judge_from_table({"rule": "closer", "style": "metrics"}, "here")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("table", [{}, {"ties": False, "criteria": CRITERIA}])
def test_no_schema_asks_for_anything_that_the_provider_would_rewrite(style: str, table: dict[str, Any]) -> None:
    anthropic = pytest.importorskip("anthropic")
    schema = judge(style=style, **table).prompt(PAIR, FIRST).schema
    assert without_types_of_enums(anthropic.transform_schema(schema)) == without_types_of_enums(schema)


def without_types_of_enums(schema: Any) -> Any:
    """The schema as the provider's SDK writes it: an enumeration needs no type."""
    if not isinstance(schema, dict):
        return schema
    kept = {name: without_types_of_enums(value) for name, value in schema.items()}
    return {name: value for name, value in kept.items() if not (name == "type" and "enum" in kept)}
