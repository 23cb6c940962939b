"""Pools: logs with the columns that logs have, conversations, and files in known formats."""

import json
from pathlib import Path

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.pool_rows import PoolReading, PoolRow, open_pool


def read(path: Path, content: str, **mapping: str) -> tuple[list[PoolRow], PoolReading]:
    path.write_text(content, encoding="utf-8")
    reading = open_pool([path], mapping)
    return list(reading.rows), reading


def test_a_log_is_read_by_the_names_that_logs_have(tmp_path: Path) -> None:
    (row,), reading = read(tmp_path / "a.csv", "id,prompt,system,response,category\n7,Why?,Be brief.,Because.,tone\n")
    assert (row.turns, row.context, row.answers) == (("Why?",), "Be brief.", {"logged": ("Because.",)})
    assert (row.tags, row.key, row.source.line) == (("tone",), "7", 2)
    assert reading.columns == {
        "instruction": "prompt",
        "context": "system",
        "response": "response",
        "tags": "category",
        "key": "id",
    }


def test_columns_are_named_with_a_mapping(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "a.jsonl", json.dumps({"frage": "Warum?", "prompt": "no"}), instruction="frage")
    assert rows[0].turns == ("Warum?",)
    with pytest.raises(BadUsage, match='a pool has no field "verdict"; its fields: instruction, '):
        read(tmp_path / "a.jsonl", "{}", verdict="x")


@pytest.mark.parametrize(
    ("row", "turns", "context", "answers"),
    [
        ({"messages": [{"role": "user", "content": "Hi"}]}, ("Hi",), None, {}),
        (
            {
                "messages": [
                    {"role": "system", "content": "S"},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Ho"},
                ],
                "model": "m",
            },
            ("Hi",),
            "S",
            {"m": ("Ho",)},
        ),
        (
            {"instruction": "Translate.", "input": "Hallo", "output": "Hello"},
            ("Translate.\n\nHallo",),
            None,
            {"logged": ("Hello",)},
        ),
    ],
)
def test_conversations_and_instructions_with_an_input_are_read(
    tmp_path: Path, row: dict[str, object], turns: tuple[str, ...], context: str | None, answers: dict[str, object]
) -> None:
    (found,), _ = read(tmp_path / "a.jsonl", json.dumps(row))
    assert (found.turns, found.context, found.answers) == (turns, context, answers)


def test_rows_that_cannot_be_read_are_listed_and_a_pool_without_any_is_an_error(tmp_path: Path) -> None:
    rows, reading = read(tmp_path / "a.jsonl", '{"prompt": "a"}\n{"prompt": 3}\nnothing\n{"other": "b"}\n')
    assert [row.turns for row in rows] == [("a",)]
    assert [str(one.source) for one in reading.skipped] == ["a.jsonl:2", "a.jsonl:3", "a.jsonl:4"]
    assert reading.skipped[2].reason == (
        'what was asked is in no column that is known ("other"): name it with --map instruction=COLUMN'
    )
    with pytest.raises(BadFile, match=r"a.jsonl:1: what was asked is in no column .* no row of the pool can be read"):
        read(tmp_path / "a.jsonl", '{"other": "b"}\n')
