"""Scores measured elsewhere: rows of system, name and value."""

from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.registry import detect_format


def row(**fields: Any) -> dict[str, Any]:
    return {"system": "sft", "name": "toxicity:rate", "value": 0.25} | fields


def test_json_and_csv_are_read_alike(reading: Any, put: Any) -> None:
    rows = [row(error=0.05, n=80), row(name="perplexity", value=11.5), row(system="base", higher_is_better=False)]
    csv = "system,name,value,error,n,higher_is_better\nsft,toxicity:rate,.25,0.05,80,\nsft,perplexity,11.5,,,\n"
    found = reading(rows)
    assert (found.reading.format, found.rows, found.reading.scores_only) == ("scores", [], True)
    numbers = [(s.system, s.name, s.value, s.error, s.n, s.higher_is_better) for s in found.reading.scores]
    assert numbers == [
        ("sft", "toxicity:rate", 0.25, 0.05, 80, True),
        ("sft", "perplexity", 11.5, None, None, False),
        ("base", "toxicity:rate", 0.25, None, None, False),
    ]
    of_csv = reading(csv.replace(".25", "0.25") + "base,toxicity:rate,0.25,,,no\n", "s.csv").reading.scores
    assert [(s.system, s.name, s.value, s.error, s.n, s.higher_is_better) for s in of_csv] == numbers


def test_one_system_of_all_rows(reading: Any) -> None:
    rows = [{"name": "a", "value": 1}]
    assert [s.system for s in reading(rows, system="mine").reading.scores] == ["mine"]
    with pytest.raises(BadFile, match=r"set.jsonl:1: system is missing; --system NAME names the one of all rows"):
        reading(rows)


def test_a_file_of_answers_is_none(put: Any) -> None:
    folder = put({"a.jsonl": [row()], "b.jsonl": [row(key="k", response="x")]})
    assert [detect_format(folder / name) for name in ("a.jsonl", "b.jsonl")] == ["scores", "pairs"]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (row(value="high"), 'value must be a number, found the text "high"'),
        (row(value=True), "value must be a number, found true"),
        ({"system": "s", "name": "n", "value": None}, "value is missing"),
        (row(name=""), "name must be text that is not empty"),
        (row(error=-1), "error must be a standard error, 0 or more"),
        (row(n=0.5), "n must be a whole number from 1"),
        (row(higher_is_better="maybe"), "higher_is_better must be true or false"),
        (row(value=0.3), "toxicity:rate of 'sft' is another number at set.jsonl:1; keep one"),
    ],
)
def test_a_row_that_is_none_is_told_at_its_line(reading: Any, bad: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadFile, match=r"set\.jsonl:2: ") as raised:
        reading([row(), bad], as_="scores")
    assert problem in str(raised.value)
