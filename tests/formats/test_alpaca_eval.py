from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import open_files
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference

ANNOTATION = {
    "instruction": "Name a colour.",
    "output_1": "Red.",
    "generator_1": "davinci",
    "output_2": "Blue, the colour of the sky.",
    "generator_2": "ft-3",
    "dataset": "helpful_base",
    "annotator": "weighted_gpt4",
    "preference": 1.75,
    "raw_completion": {"logprobs": [0.1]},
    "price_per_example": 0.01,
    "time_per_example": 2,
}

MINE = [{"instruction": "Name a colour.", "output": "Blue.", "generator": "ft-3", "dataset": "helpful_base"}]

THEIRS = [{"instruction": "Name a colour.", "output": "Red.", "generator": "davinci", "dataset": "helpful_base"}]


def preference(reading: Any, value: object) -> Any:
    return reading([ANNOTATION | {"preference": value}], "annotations.json").only.judgments[0]


def test_an_annotation_compares_output_2_with_output_1(reading: Any) -> None:
    read = reading([ANNOTATION], "annotations.json")
    row = read.only
    assert read.reading.format == "alpaca-eval"
    assert row.systems == ("ft-3", "davinci")
    assert [given.cells for given in row.responses] == [("Blue, the colour of the sky.",), ("Red.",)]
    assert row.tags == ("helpful_base",)
    (judgment,) = row.judgments
    assert (judgment.judge, judgment.verdict, judgment.preference) == ("weighted_gpt4", Preference.CANDIDATE, 0.75)
    assert (judgment.cost, judgment.seconds, judgment.raw) == (0.01, 2.0, '{"logprobs": [0.1]}')
    assert judgment.order is AnswerOrder.UNKNOWN
    assert read.reading.unused_fields == []


@pytest.mark.parametrize(
    ("recorded", "share", "verdict"),
    [
        (1, 0.0, "baseline"),
        (2, 1.0, "candidate"),
        (1.0000001, pytest.approx(1e-7, rel=1e-3), "baseline"),
        (2.0000001, 1.0, "candidate"),
        (0.9999999, 0.0, "baseline"),
        (1.5, 0.5, "tie"),
        (0, 0.5, "tie"),
    ],
)
def test_preferences_are_the_candidates_share(reading: Any, recorded: float, share: float, verdict: str) -> None:
    judgment = preference(reading, recorded)
    assert (judgment.preference, judgment.verdict) == (share, verdict)


@pytest.mark.parametrize("recorded", [None, -1])
def test_a_failed_annotation_is_unreadable(reading: Any, recorded: object) -> None:
    judgment = preference(reading, recorded)
    assert (judgment.status, judgment.verdict, judgment.preference) == (JudgmentStatus.UNREADABLE, None, None)
    assert judgment.problem


@pytest.mark.parametrize("recorded", [2.1, 0.5, 0.99, -2, True, "1"])
def test_a_number_that_is_no_preference_is_bad_input(reading: Any, recorded: object) -> None:
    with pytest.raises(BadFile, match=r"annotations.json:1 \(item 1\): preference must be"):
        preference(reading, recorded)


def test_annotations_in_csv_have_numbers(reading: Any) -> None:
    header = "instruction;output_1;output_2;generator_1;generator_2;preference;price_per_example"
    (judgment,) = reading(f"{header}\nq;a;b;old;new;1,75;0.5\n", "annotations.csv").only.judgments
    assert (judgment.preference, judgment.cost) == (0.75, 0.5)


def test_newer_files_put_preference_before_the_details(reading: Any) -> None:
    newer = {field: value for field, value in ANNOTATION.items() if not field.endswith(("completion", "example"))}
    newer |= {"preference_price_per_example": 0.5, "preference_time_per_example": 3, "preference_raw_completion": "m"}
    read = reading([newer], "annotations.json")
    judgment = read.only.judgments[0]
    assert (judgment.cost, judgment.seconds, judgment.raw) == (0.5, 3.0, "m")
    assert read.reading.unused_fields == []


def test_outputs_alone_are_answers(reading: Any) -> None:
    row = reading(MINE, "model_outputs.json").only
    assert (row.turns, row.responses[0].system, row.responses[0].cells) == (("Name a colour.",), "ft-3", ("Blue.",))
    assert not row.compares
    assert row.systems is None


def test_an_output_without_generator_has_the_name_from_the_option(reading: Any) -> None:
    nameless = [{"instruction": "x", "output": "y"}]
    assert reading(nameless, candidate="ft-9").only.responses[0].system == "ft-9"
    assert reading(nameless).only.responses[0].system == "candidate"


def test_a_baseline_file_makes_pairs_by_instruction_and_input(put: Callable[..., Path]) -> None:
    with_input = {"instruction": "Shorten.", "input": "Long.", "output": "L.", "generator": "ft-3"}
    folder = put(
        {"model_outputs.json": [*MINE, with_input], "base.json": [*THEIRS, {**with_input, "generator": "davinci"}]}
    )
    found = open_files([folder / "model_outputs.json"], ReadOptions(baseline_file=folder / "base.json"))
    rows = list(found.rows)
    assert [row.systems for row in rows] == [("ft-3", "davinci")] * 2
    assert rows[1].turns == ("Shorten.\n\nLong.",)
    assert all(row.compares for row in rows)
    assert found.warnings == []
    assert found.files == ("model_outputs.json", "base.json")


def test_what_only_one_side_answers_makes_no_pair_and_is_listed(put: Callable[..., Path]) -> None:
    folder = put(
        {
            "mine.json": [*MINE, {"instruction": "Only mine.", "output": "a", "generator": "ft-3"}],
            "base.json": [*THEIRS, {"instruction": "Only theirs.", "output": "b", "generator": "davinci"}],
        }
    )
    found = open_files([folder / "mine.json"], ReadOptions(baseline_file=folder / "base.json"))
    rows = list(found.rows)
    assert [(row.turns, row.compares, len(row.responses)) for row in rows] == [
        (("Name a colour.",), True, 2),
        (("Only mine.",), False, 1),
        (("Only theirs.",), False, 1),
    ]
    assert [str(odd.source) for odd in found.warnings] == ["mine.json:1 (item 2)", "base.json:1 (item 2)"]


def test_duplicates_keep_the_last_and_are_listed(reading: Any) -> None:
    outputs = reading([*MINE, MINE[0] | {"output": "Green."}], "model_outputs.json")
    assert outputs.only.responses[0].cells == ("Green.",)
    assert "again in model_outputs.json:1 (item 2)" in outputs.warnings[0]
    annotations = reading([ANNOTATION, ANNOTATION | {"preference": 1}], "annotations.json")
    assert annotations.only.judgments[0].verdict is Preference.BASELINE
    assert "annotated again" in annotations.warnings[0]


def test_outputs_and_annotations_together_are_checked_against_each_other(read_folder: Any) -> None:
    read = read_folder(
        {
            "model_outputs.json": [*MINE, {"instruction": "Not annotated.", "output": "a", "generator": "ft-3"}],
            "annotations.json": [ANNOTATION, ANNOTATION | {"instruction": "Not answered."}],
            "leaderboard.csv": "name,win_rate\nft-3,50\n",
        }
    )
    assert [row.compares for row in read.rows] == [False, False, True, True]
    assert sorted(read.warnings) == [
        "ft-3 answers otherwise in model_outputs.json:1 (item 1); both are kept",
        "no annotation speaks of this output of ft-3",
        "the outputs of ft-3 do not have this instruction",
    ]
    assert read.reading.ignored == ["leaderboard.csv"]


def test_empty_outputs_are_odd_and_missing_ones_bad(reading: Any) -> None:
    assert reading([MINE[0] | {"output": ""}]).warnings == ["output: empty response"]
    with pytest.raises(BadFile, match="output is missing"):
        reading([MINE[0] | {"output": None}])


def test_the_baseline_file_must_hold_outputs(put: Callable[..., Path]) -> None:
    folder = put({"mine.json": MINE, "base.json": [ANNOTATION]})
    with pytest.raises(BadFile, match="the baseline file must hold outputs"):
        list(open_files([folder / "mine.json"], ReadOptions(baseline_file=folder / "base.json")).rows)
