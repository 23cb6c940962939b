"""Scores of lm-evaluation-harness: groups, filters, standard errors, documents one by one."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.lm_eval_output import LEAVES, TIME, choice_sample, text_sample, write_output
from uphold.errors import BadFile, BadUsage
from uphold.formats.reading import FileReading, ReadOptions
from uphold.formats.registry import open_files

MMLU = {leaf: [True] * size + [False] * 4 for leaf, size in zip(LEAVES, (6, 9, 15), strict=True)}


def read(path: Path, **options: Any) -> FileReading:
    reading = open_files([path], ReadOptions(answers=False, **options))
    assert list(reading.rows) == []
    return reading


def named(reading: FileReading) -> dict[str, Any]:
    return {f"{one.name},{one.filter}": one for one in reading.scores}


def test_every_task_and_group_has_its_metrics_and_a_group_the_documents_of_its_leaves(tmp_path: Path) -> None:
    scores = named(read(write_output(tmp_path, "org/sft", MMLU, [True, False] * 10)))
    assert {name: (one.n, len(one.items)) for name, one in scores.items()} == {
        "mmlu:acc,none": (42, 0),
        "mmlu_stem:acc,none": (23, 0),
        "mmlu_algebra:acc,none": (10, 10),
        "mmlu_biology:acc,none": (13, 13),
        "mmlu_law:acc,none": (19, 19),
        "gsm8k:exact_match,strict-match": (20, 20),
        "gsm8k:exact_match,flexible-extract": (20, 20),
        "wikitext:word_perplexity,none": (62, 0),
    }
    group = scores["mmlu:acc,none"]
    assert (group.system, group.value, sorted(group.leaves)) == ("org/sft", 30 / 42, sorted(LEAVES))
    assert group.error == pytest.approx((30 / 42 * 12 / 42 / 41) ** 0.5)
    perplexity = scores["wikitext:word_perplexity,none"]
    assert (perplexity.error, perplexity.higher_is_better, perplexity.leaves) == (None, False, ())
    first = scores["mmlu_law:acc,none"].items[0]
    assert (first.occurrence, first.place, first.asked, first.passed) == (1, "0", "mmlu_law question 0?", True)


def test_a_groups_metric_is_that_of_the_tasks_that_have_it(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results = {
        "g": {"acc,none": 0.5, "f1,none": 0.5, "sample_count": {"acc,none": 30, "f1,none": 20}},
        "a": {"acc,none": 0.5, "sample_len": 10},
        "b": {"acc,none": 0.5, "f1,none": 0.5},
    }
    tree = {"g": ["a", "b"], "a": [], "b": []}
    path.write_text(json.dumps({"results": results, "group_subtasks": tree, "model_name": "m"}))
    scores = {one.name: one for one in read(path).scores}
    assert (scores["g:acc"].leaves, scores["g:acc"].n) == (("a", "b"), 30)
    assert (scores["g:f1"].leaves, scores["g:f1"].n) == (("b",), 20)


def test_results_alone_have_no_documents_and_say_that_there_are_some(tmp_path: Path) -> None:
    folder = write_output(tmp_path, "org/sft", MMLU)
    reading = read(folder / f"results_{TIME}.json")
    assert not any(one.items for one in reading.scores)
    assert [warning.message for warning in reading.warnings] == [
        "its samples beside it were not named; import the folder for a comparison document by document"
    ]


def test_samples_alone_come_to_the_share_passed(tmp_path: Path) -> None:
    folder = write_output(tmp_path, "org/sft", MMLU)
    (score,) = read(folder / f"samples_mmlu_law_{TIME}.jsonl").scores
    assert (score.system, score.name, score.value, score.n) == ("org/sft", "mmlu_law:acc", 15 / 19, 19)


def test_a_document_that_stands_twice_is_two(tmp_path: Path) -> None:
    rows = [choice_sample("t", 1, True), choice_sample("t", 1, False) | {"doc_id": 2}]
    path = tmp_path / "samples_t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (score,) = read(path, system="s").scores
    assert [(one.doc_hash, one.occurrence, one.passed) for one in score.items] == [
        (rows[0]["doc_hash"], 1, True),
        (rows[0]["doc_hash"], 2, False),
    ]


def test_a_metric_that_no_document_passes_or_fails_has_none(tmp_path: Path) -> None:
    rows = [text_sample("t", n, True, "none") | {"metrics": ["exact_match", "f1"], "f1": 0.5} for n in range(3)]
    path = tmp_path / "samples_t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [one.name for one in read(path, system="s").scores] == ["t:exact_match"]


def test_of_two_runs_the_later_counts_and_older_documents_are_not_taken_for_its(tmp_path: Path) -> None:
    write_output(tmp_path, "org/sft", MMLU)
    worse = {leaf: [False] * len(passed) for leaf, passed in MMLU.items()}
    folder = write_output(tmp_path, "org/sft", worse, time="2026-12-01T10-00-00.5", samples=False)
    reading = read(folder)
    assert {one.value for one in reading.scores if one.metric == "acc"} == {0.0}
    assert not any(one.items for one in reading.scores)
    said = [warning.message for warning in reading.warnings]
    assert sum("they are of another run" in one for one in said) == 3
    assert any("a later run of mmlu is in" in one for one in said)


def test_two_models_in_one_folder_are_two_systems(tmp_path: Path) -> None:
    one = write_output(tmp_path, "org/a", MMLU)
    other = write_output(tmp_path, "org/b", MMLU, time="2026-12-01T10-00-00.5")
    for path in other.iterdir():
        path.rename(one / path.name)
    scores = read(one).scores
    assert {system: sum(len(s.items) for s in scores if s.system == system) for system in ("org/a", "org/b")} == {
        "org/a": 42,
        "org/b": 42,
    }
    with pytest.raises(BadUsage, match=r"results of several \(org/a, org/b\); import each by itself"):
        read(one, system="x")


def test_a_name_for_the_system(tmp_path: Path) -> None:
    folder = write_output(tmp_path, "sft", MMLU, model_name=None)
    with pytest.raises(BadFile, match="does not name its model"):
        read(folder / f"results_{TIME}.json")
    assert {one.system for one in read(folder, system="mine").scores} == {"mine"}


def test_odd_results_are_named_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results = {
        "g": {" ": " ", "alias": "g"},
        "t": {"alias": "t", "acc,none": float("nan"), "f1,none": 0.5, "f1_stderr,none": -1},
        "old": {"acc": 0.5, "acc_stderr": 0.1},
        "bad": "text",
    }
    tree = {"g": ["t", "g"], "h": ["g", "h"]}
    path.write_text(json.dumps({"results": results, "group_subtasks": tree, "model_name": "m"}))
    reading = read(path)
    assert [(one.name, one.value, one.error) for one in reading.scores] == [("t:f1", 0.5, None), ("old:acc", 0.5, 0.1)]
    assert [warning.message for warning in reading.warnings] == ["t: acc,none is no number; left out"]


@pytest.mark.parametrize("content", ["{", '{"results": [1]}', '{"results": {"a"}'])
def test_broken_results_are_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "results_x.json"
    path.write_text(content)
    with pytest.raises(BadFile, match=r"results_x\.json"):
        read(path, format="lm-eval")
