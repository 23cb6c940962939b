"""Preference data: chosen and rejected answers in the shapes that the common data sets and trainers have."""

from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.registry import detect_format
from uphold.records.enums import Preference
from uphold.records.rows import ImportRow


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def texts(row: ImportRow) -> tuple[str | None, str, list[tuple[str, Any]]]:
    assert row.turns is not None
    return row.context, row.turns[0], [(response.system, response.cells[0]) for response in row.responses]


ANSWERS = {"chosen": [assistant("a")], "rejected": [assistant("b")]}

PLAIN = {"prompt": "Boil an egg?", "chosen": "8 min", "rejected": "A while"}
EXPECTED = (None, "Boil an egg?", [("chosen", "8 min"), ("rejected", "A while")])


@pytest.mark.parametrize(
    "record",
    [
        PLAIN,
        {"prompt": [user("Boil an egg?")], "chosen": [assistant("8 min")], "rejected": [assistant("A while")]},
        {
            "prompt": "Boil an egg?",
            "prompt_id": "p1",
            "chosen": [user("Boil an egg?"), assistant("8 min")],
            "rejected": [user("Boil an egg?"), assistant("A while")],
            "score_chosen": 8.0,
            "score_rejected": 5.0,
        },
        {
            "chosen": [user("Boil an egg?"), assistant("8 min")],
            "rejected": [user("Boil an egg?"), assistant("A while")],
        },
        {
            "chosen": [{"from": "human", "value": "Boil an egg?"}, {"from": "gpt", "value": "8 min"}],
            "rejected": [{"from": "human", "value": "Boil an egg?"}, {"from": "gpt", "value": "A while"}],
        },
        {
            "chosen": "\n\nHuman: Boil an egg?\n\nAssistant: 8 min",
            "rejected": "\n\nHuman: Boil an egg?\n\nAssistant: A while",
        },
        {
            "input": {"messages": [user("Boil an egg?")]},
            "preferred_output": [assistant([{"type": "text", "text": "8 min"}])],
            "non_preferred_output": [assistant("A while")],
        },
        {"context": [user("Boil an egg?")], "response1": "8 min", "response2": "A while", "overall_preference": -2},
        {"prompt": "Boil an egg?", "response_1": "8 min", "response_2": "A while", "preference_strength": -1.0},
        {"chosen": "Boil an egg?[/INST] 8 min", "rejected": "Boil an egg?[/INST] A while"},
    ],
    ids=[
        *("plain", "messages", "ultrafeedback", "implicit", "sharegpt", "one text", "openai", "helpsteer3"),
        *("helpsteer2", "chat template"),
    ],
)
def test_every_shape_is_read_as_the_same_comparison(reading: Any, record: dict[str, Any]) -> None:
    row = reading([record]).only
    assert texts(row) == EXPECTED
    assert row.systems == ("chosen", "rejected")
    assert row.compares
    assert [judgment.verdict for judgment in row.judgments] == [Preference.CANDIDATE]


def test_a_file_is_recognised(put: Any) -> None:
    assert detect_format(put({"data.jsonl": [PLAIN]})) == "preferences"
    assert (
        detect_format(put({"data.jsonl": [{"id": 1, "chosen_model": "m", "rejected_model": "n", **PLAIN}]}))
        == "preferences"
    )


def test_earlier_talk_and_the_system_prompt_are_context(reading: Any) -> None:
    talk = [{"role": "system", "content": "Be brief."}, user("Hi"), assistant("Hello"), user("Boil an egg?")]
    row = reading([{"chosen": [*talk, assistant("8 min")], "rejected": [*talk, assistant("A while")]}]).only
    assert row.turns == ("Boil an egg?",)
    assert row.context == "system: Be brief.\n\nuser: Hi\n\nassistant: Hello"
    alone = reading([{"prompt": [talk[0], talk[3]], "chosen": [assistant("8")], "rejected": [assistant("9")]}]).only
    assert alone.context == "Be brief."


def test_ids_keys_and_tags_are_kept(reading: Any) -> None:
    row = reading([{"id": 7, "subset": "chat", "tags": ["easy", "chat"], **PLAIN}]).only
    assert (row.key, row.tags) == ("7", ("chat", "easy"))


def test_equal_scores_are_a_tie_and_a_lower_one_for_chosen_is_taken_at_its_word(reading: Any) -> None:
    scores = [(5, 5), (3, 6)]
    rows = reading(
        [PLAIN | {"prompt": str(n), "score_chosen": a, "score_rejected": b} for n, (a, b) in enumerate(scores)]
    ).rows
    assert [row.judgments[0].verdict for row in rows] == [Preference.TIE, Preference.BASELINE]
    assert [row.judgments[0].reason for row in rows] == ["scores 5 and 5", "scores 3 and 6"]


def test_several_rejected_answers_are_a_comparison_each(reading: Any) -> None:
    record = {"id": "7", "prompt": "Name a colour", "chosen": ["red"], "rejected": ["dog", "cat"], "subset": "Focus"}
    rows = reading([record]).rows
    assert [row.systems for row in rows] == [("chosen", "rejected"), ("chosen", "rejected-2")]
    assert [texts(row)[2][1][1] for row in rows] == ["dog", "cat"]


def test_words_that_both_texts_begin_with_are_the_prompt_and_said_to_be(reading: Any) -> None:
    found = reading([{"chosen": "The sky is blue.", "rejected": "The sky is bleak."}])
    assert texts(found.only) == (None, "The sky is", [("chosen", "blue."), ("rejected", "bleak.")])
    assert found.warnings == ["no prompt: what both texts begin with is taken for it, 3 words"]


def test_a_table_is_read_as_lines_are(reading: Any) -> None:
    cells = 'p,"[{""role"": ""assistant"", ""content"": ""a""}]","[{""role"": ""assistant"", ""content"": ""b""}]"'
    header = "prompt,chosen,rejected,score_chosen,score_rejected"
    plain, messages = reading(f"{header}\np,a,b,5.0,7\n{cells},,\n", "data.csv").rows
    assert texts(plain) == texts(messages) == (None, "p", [("chosen", "a"), ("rejected", "b")])
    assert plain.judgments[0].verdict is Preference.BASELINE
    with pytest.raises(BadFile, match="chosen is a list as Python writes it; write the file as JSONL"):
        reading(f"{header}\np,\"[{{'role': 'x'}}]\",b,,\n", "data.csv")


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"prompt": "p", "chosen": "a", "rejected": None}, "rejected is missing"),
        ({"chosen": "a", "rejected": "b"}, "do not show where the answers begin"),
        (
            {"prompt": "p", "chosen": ["a", "b"], "rejected": ["c"]},
            "chosen has 2 answers.*: leave such rows out with --skip",
        ),
        (
            {"prompt": "p", "response1": "a", "response2": "b", "overall_preference": 0.5},
            "must be a whole number from -3",
        ),
        (ANSWERS | {"prompt": [assistant("x")]}, "must end with a message of the user"),
        (
            {"chosen": [user("q"), assistant("a"), user("r")], "rejected": [user("q"), assistant("b")]},
            "one answer of the",
        ),
        (ANSWERS | {"prompt": [user([{"type": "image_url"}])]}, 'type the text "image_url" is no text'),
        (ANSWERS | {"prompt": [{"role": "tool", "content": "x"}]}, "role must be"),
    ],
)
def test_a_row_that_is_none_is_named(reading: Any, record: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as raised:
        reading([PLAIN, record])
    assert ":2: " in str(raised.value)
