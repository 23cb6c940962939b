"""Lists of chat messages where the pairs format has texts."""

from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.conversations import with_plain_texts
from uphold.formats.registry import detect_format


def said(*talk: str) -> list[dict[str, Any]]:
    """Messages written as `role text`."""
    return [{"role": role, "content": text} for role, _, text in (message.partition(" ") for message in talk)]


SHAREGPT = [
    {"from": "system", "value": "Be brief."},
    {"from": "human", "value": "Boil an egg?"},
    {"from": "gpt", "value": "8 min"},
]


@pytest.mark.parametrize(
    ("record", "plain"),
    [
        ({"instruction": said("user Boil?")}, {"instruction": "Boil?"}),
        ({"prompt": said("system Be brief.", "user Boil?")}, {"instruction": "Boil?", "context": "Be brief."}),
        ({"turns": said("user Boil?", "user Fry?")}, {"turns": ["Boil?", "Fry?"]}),
        (
            {"messages": said("user Hi", "assistant Yo", "user Boil?"), "key": "a"},
            {"key": "a", "instruction": "Boil?", "context": "user: Hi\n\nassistant: Yo"},
        ),
        (
            {"messages": said("user Boil?", "assistant 8 min"), "system": "sft"},
            {"system": "sft", "instruction": "Boil?", "response": "8 min"},
        ),
        (
            {"messages": said("user Boil?", "assistant 8 min", "user Fry?", "assistant 3 min")},
            {"turns": ["Boil?", "Fry?"], "response_candidate": ["8 min", "3 min"]},
        ),
        (
            {"conversations": SHAREGPT},
            {"instruction": "Boil an egg?", "context": "Be brief.", "response_candidate": "8 min"},
        ),
        (
            {"context": "The policy.", "messages": said("system Be brief.", "user Boil?")},
            {"context": "The policy.\n\nBe brief.", "instruction": "Boil?"},
        ),
        (
            {
                "instruction": "Boil?",
                "response_candidate": said("assistant a"),
                "response_baseline": said("model b")[0],
            },
            {"instruction": "Boil?", "response_candidate": "a", "response_baseline": "b"},
        ),
        ({"instruction": [{"role": "user", "content": [{"type": "text", "text": "Boil?"}]}]}, {"instruction": "Boil?"}),
    ],
)
def test_messages_become_texts(record: dict[str, Any], plain: dict[str, Any]) -> None:
    assert with_plain_texts(record) == plain


def test_a_row_without_messages_is_left_as_it_is() -> None:
    record = {"instruction": "[not messages]", "turns": None, "response_candidate": ["a", "b"], "messages": 3}
    assert with_plain_texts(record) is record


def test_files_of_messages_are_read_as_pairs(reading: Any, put: Any) -> None:
    rows = [{"messages": said("user Boil?", "assistant 8 min"), "response_baseline": "A while"}]
    assert detect_format(put({"chat.jsonl": rows})) == "pairs"
    found = reading(rows, candidate="sft")
    assert found.only.turns == ("Boil?",)
    assert [(r.system, r.cells) for r in found.only.responses] == [("sft", ("8 min",)), ("baseline", ("A while",))]
    assert found.reading.unused_fields == []
    cell = '"[{""role"": ""user"", ""content"": ""Boil?""}]"'
    in_csv = reading(f"messages,response_candidate\n{cell},8 min\n", "chat.csv")
    assert (in_csv.only.turns, in_csv.reading.unused_fields) == (("Boil?",), [])


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"messages": said("user a"), "instruction": "b"}, "both messages and instruction are there"),
        ({"messages": said("user a", "tool b")}, "messages, message 2: role must be system, user or assistant"),
        ({"messages": said("system a")}, "messages must end with a message of the user"),
        ({"messages": said("user a", "assistant b"), "response_candidate": "c"}, "response_candidate gives another"),
        ({"instruction": "a", "response_candidate": said("user a")}, "one answer of the assistant"),
        ({"instruction": [{"role": "user", "content": [{"type": "image_url"}]}]}, "only text can be reviewed"),
    ],
)
def test_messages_that_are_no_conversation_are_named(reading: Any, record: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as raised:
        reading([{"key": "a"}, record])
    assert str(raised.value).startswith("set.jsonl:2: ")
