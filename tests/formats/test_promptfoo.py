"""promptfoo's results: columns are systems, tests are examples, rows come in any order."""

import json
from typing import Any

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import detect_format, open_files


def result(test: int, column: int, output: Any, **fields: Any) -> dict[str, Any]:
    question = f"Boil {test} eggs?"
    return {
        "testIdx": test,
        "promptIdx": column,
        "vars": {"q": question},
        "provider": {"id": f"openai:m{column}", "label": ""},
        "prompt": {"raw": f"Please: {question}", "label": "v1"},
        "response": {"output": output},
        "success": True,
        "score": 1,
        "failureReason": 0,
    } | fields


def evaluation(*results: dict[str, Any]) -> dict[str, Any]:
    return {
        "evalId": "eval-1",
        "results": {"version": 3, "prompts": [], "results": list(results), "stats": {}},
        "config": {},
    }


def test_a_test_is_an_example_with_the_answers_of_all_columns(read_folder: Any) -> None:
    results = result(1, 1, "b1"), result(0, 0, "a0"), result(1, 0, "a1"), result(0, 1, "b0")
    rows = read_folder({"r.json": json.dumps(evaluation(*results))}).rows
    assert [row.turns for row in rows] == [("Please: Boil 0 eggs?",), ("Please: Boil 1 eggs?",)]
    assert [[(r.system, r.cells[0]) for r in row.responses] for row in rows] == [
        [("openai:m0", "a0"), ("openai:m1", "b0")],
        [("openai:m0", "a1"), ("openai:m1", "b1")],
    ]
    assert not any(row.compares for row in rows)


def test_a_file_is_recognised_over_lines_and_as_rows(put: Any) -> None:
    assert detect_format(put({"r.json": json.dumps(evaluation(result(0, 0, "x")), indent=2)})) == "promptfoo"
    assert detect_format(put({"r.json": b"", "s.jsonl": [result(0, 0, "x")]}) / "s.jsonl") == "promptfoo"


def test_two_prompts_of_one_provider_are_told_apart_by_their_labels_and_share_the_variables(reading: Any) -> None:
    provider = {"id": "openai:m", "label": ""}
    rows = reading(
        [
            result(0, 0, "a", provider=provider, prompt={"raw": "Short: eggs", "label": "short"}),
            result(0, 1, "b", provider=provider, prompt={"raw": "Long: eggs", "label": "long"}),
        ]
    ).rows
    assert [response.system for response in rows[0].responses] == ["short", "long"]
    assert rows[0].turns == ("Boil 0 eggs?",)


def test_named_columns_are_compared(put: Any) -> None:
    folder = put({"r.json": json.dumps(evaluation(result(0, 0, "a"), result(0, 1, "b")))})
    (row,) = open_files([folder], ReadOptions(candidate="openai:m1", baseline="openai:m0")).rows
    assert (row.systems, row.compares) == (("openai:m1", "openai:m0"), True)
    with pytest.raises(BadUsage, match=r"no column 'gpt'; its columns: 'openai:m0', 'openai:m1'"):
        list(open_files([folder], ReadOptions(candidate="gpt", baseline="openai:m0")).rows)


def test_failed_calls_have_no_answer_and_failed_assertions_have_one(reading: Any) -> None:
    found = reading(
        [
            result(0, 0, "text", failureReason=2, error="timeout"),
            result(0, 1, "b", success=False, failureReason=1, error="assertion"),
        ]
    )
    assert [response.cells[0] for response in found.only.responses] == ["b"]
    assert found.warnings == ["openai:m0 gave no answer to test 0"]


def test_repeats_are_left_out_and_objects_are_kept_as_json(reading: Any) -> None:
    found = reading([result(0, 0, {"min": 8}), result(1, 0, "again", vars={"q": "Boil 0 eggs?"})])
    assert found.only.responses[0].cells == ({"min": 8},)
    assert "test 1 repeats test 0; the first one is kept" in found.warnings


def test_a_chat_prompt_gives_instruction_and_context(reading: Any) -> None:
    chat = json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Eggs?"}])
    row = reading([result(0, 0, "x", prompt={"raw": chat, "label": "v"})]).only
    assert (row.turns, row.context) == (("Eggs?",), "Be brief.")


def test_results_that_are_not_there_are_a_sentence(put: Any) -> None:
    with pytest.raises(BadFile, match="results are not where they should be"):
        list(open_files([put({"r.json": json.dumps({"evalId": "e", "results": {"table": {}}, "config": {}})})]).rows)
