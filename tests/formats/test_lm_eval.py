"""Samples of lm-evaluation-harness as answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import detect_format, open_files

TIME = "2026-11-25T10-00-00.123456"
RESULTS = {
    "results": {"gsm": {"alias": "gsm", "exact_match,strict-match": 0.5, "exact_match_stderr,strict-match": "N/A"}},
    "configs": {"gsm": {"task": "gsm"}},
    "versions": {"gsm": 3.0},
    "config": {"model": "hf", "model_args": "pretrained=org/sft"},
    "model_name": "org/sft",
}


def sample(number: int, answer: Any = "It is 4.", **fields: Any) -> dict[str, Any]:
    return {
        "doc_id": number,
        "doc": {"q": f"{number}+2?"},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": f"Q: {number}+2?", "arg_1": {"until": ["\n"]}}},
        "resps": [[answer]],
        "filtered_resps": ["[invalid]"],
        "filter": "strict-match",
        "metrics": ["exact_match"],
        "doc_hash": f"{number:02}cd" * 16,
        "prompt_hash": "p",
        "target_hash": "t",
        "exact_match": 1.0,
    } | fields


def choice(number: int) -> dict[str, Any]:
    two = {f"gen_args_{n}": {"arg_0": "Q", "arg_1": f" {n}"} for n in range(2)}
    return sample(number, arguments=two, resps=[[["-0.79", "False"]], [["-1.2", "True"]]], filter="none")


def folder_of(*rows: dict[str, Any], task: str = "gsm", time: str = TIME, results: Any = RESULTS) -> dict[str, Any]:
    files: dict[str, Any] = {f"org__sft/samples_{task}_{time}.jsonl": list(rows)}
    return files | ({f"org__sft/results_{time}.json": json.dumps(results, indent=2)} if results else {})


def test_an_output_folder_is_the_answers_of_one_system(read_folder: Any, put: Any) -> None:
    found = read_folder(folder_of(sample(1), sample(2, "Four.")))
    assert found.reading.format == "lm-eval"
    assert [(row.key, row.turns, row.references, row.tags) for row in found.rows] == [
        ("gsm-01cd01cd01", ("Q: 1+2?",), ("4",), ("gsm",)),
        ("gsm-02cd02cd02", ("Q: 2+2?",), ("4",), ("gsm",)),
    ]
    assert [(r.system, r.cells[0]) for row in found.rows for r in row.responses] == [
        ("org/sft", "It is 4."),
        ("org/sft", "Four."),
    ]
    (score,) = found.reading.scores
    assert (score.system, score.name, score.filter, score.error) == ("org/sft", "gsm:exact_match", "strict-match", None)
    assert found.reading.unused_fields == []


def test_one_filter_is_read_so_that_answers_do_not_multiply(read_folder: Any) -> None:
    rows = [sample(n, filter=name) for name in ("strict-match", "flexible-extract") for n in (1, 2)]
    for order in (rows, sorted(rows, key=lambda row: row["doc_id"])):
        found = read_folder(folder_of(*order))
        assert len(found.rows) == 2
        assert (
            "lines of the filter 'flexible-extract' have the answers of 'strict-match' again; left out"
            in found.warnings
        )


def test_the_name_of_the_system(put: Any) -> None:
    def system(path: Path, **options: Any) -> str:
        return next(open_files([path], ReadOptions(**options)).rows).responses[0].system

    folder = put(folder_of(sample(1)))
    alone = folder / f"org__sft/samples_gsm_{TIME}.jsonl"
    assert system(alone) == "org/sft"
    assert system(alone, system="mine") == "mine"
    put({f"org__sft/results_{TIME}.json": json.dumps(RESULTS | {"model_name": "other"})})
    put({"org__sft/results_2027-01-01T00-00-00.json": json.dumps(RESULTS | {"model_name": "later"})})
    assert system(alone) == "other"
    for results in alone.parent.glob("results_*"):
        results.unlink()
    assert system(alone) == "org/sft"
    moved = alone.rename(folder / "samples.jsonl")
    with pytest.raises(BadFile, match=r"samples\.jsonl: there is no results_\*\.json .* add --system NAME"):
        system(moved)
    assert system(moved, system="mine") == "mine"


def test_two_models_are_two_systems_and_of_two_runs_the_later_is_read(read_folder: Any) -> None:
    later = folder_of(sample(1, "later"), time="2026-12-01T00-00-00.5")
    other = {name.replace("sft", "base"): rows for name, rows in folder_of(sample(1), results=None).items()}
    found = read_folder(folder_of(sample(1)) | later | other)
    assert sorted((row.responses[0].system, row.responses[0].cells[0]) for row in found.rows) == [
        ("org/base", "It is 4."),
        ("org/sft", "later"),
    ]
    assert len({row.key for row in found.rows}) == 1
    assert any("a later run of gsm is in" in warning for warning in found.warnings)
    with pytest.raises(BadUsage, match="--system names one system, but"):
        read_folder(folder_of(sample(1)) | other, system="x")


def test_choices_hold_no_answers_but_scores(read_folder: Any) -> None:
    found = read_folder(folder_of(sample(1)) | folder_of(choice(1), choice(2), task="arc"))
    what = (
        "the samples of arc are choices with log-probabilities, not answers that can be compared: they are scores only"
    )
    assert (len(found.rows), what in found.warnings) == (1, True)
    assert [(score.name, score.value, score.n) for score in found.reading.scores if score.task == "arc"] == [
        ("arc:exact_match", 1.0, 2)
    ]


@pytest.mark.parametrize(
    "prompt",
    [
        json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}]),
        [json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}])],
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}],
    ],
)
def test_messages_are_prompt_and_context(read_folder: Any, prompt: Any) -> None:
    row = read_folder(folder_of(sample(1, arguments={"gen_args_0": {"arg_0": prompt, "arg_1": {}}}))).only
    assert (row.turns, row.context) == (("2+2?",), "Be brief.")


def test_odd_samples_are_kept_or_named(read_folder: Any) -> None:
    rows = [
        sample(1, resps=[["first", "second"]], doc_hash=None),
        sample(2, arguments=[["Q: old?", {}]], resps=["flat"]),
        sample(3, ""),
        sample(4, doc_hash=sample(3)["doc_hash"]),
    ]
    found = read_folder(folder_of(*rows, results=RESULTS | {"results": {}}))
    assert [(row.key, row.turns[0], row.responses[0].cells[0]) for row in found.rows] == [
        ("gsm-1", "Q: 1+2?", "first"),
        ("gsm-02cd02cd02", "Q: old?", "flat"),
        ("gsm-03cd03cd03", "Q: 3+2?", ""),
    ]
    assert found.warnings == [
        "resps: empty response",
        "the document stands in the task as 3 too; the first is kept",
        "2 answers to a document; the first is kept",
        "1 line without doc_hash, which no other run can be matched by",
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (sample(2, resps=[]), "resps must hold the model's answer as text"),
        (sample(2, resps=[[["-1", "True"]]]), "resps must hold the model's answer as text"),
        (sample(2, arguments={}), "arguments must hold the prompt as text"),
        (sample(2, doc_hash=None, doc_id=None), "doc_id is missing"),
    ],
)
def test_a_sample_that_is_none_is_told_at_its_line(read_folder: Any, row: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as raised:
        read_folder(folder_of(sample(1), row))
    assert f"samples_gsm_{TIME}.jsonl:2: " in str(raised.value)


def test_results_alone_are_scores(put: Any) -> None:
    folder = put(folder_of(sample(1)))
    (folder / f"org__sft/samples_gsm_{TIME}.jsonl").unlink()
    assert detect_format(folder) == "lm-eval"
    reading = open_files([folder])
    assert (list(reading.rows), [score.name for score in reading.scores]) == ([], ["gsm:exact_match"])


def test_a_file_without_scores_and_answers_is_refused(put: Any) -> None:
    folder = put({f"org__sft/results_{TIME}.json": json.dumps(RESULTS | {"results": {"g": {" ": " ", "alias": "g"}}})})
    with pytest.raises(BadFile, match="neither a score nor an answer in words"):
        list(open_files([folder]).rows)


def test_the_option_goes_with_this_format_alone(reading: Any) -> None:
    with pytest.raises(BadUsage, match="--system goes with the lm-eval and scores formats, not with pairs"):
        reading([{"key": "a", "response_candidate": "x"}], system="x")
