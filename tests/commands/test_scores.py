"""Benchmarks beside the runs, as commands: import, `scores`, `compare`, `gate --no-worse`, `runs`."""

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.command_line import data, done, told, uphold
from support.imports import write
from support.lm_eval_output import LEAVES, TIME, write_output

SIZES = dict(zip(LEAVES, (60, 90, 150), strict=True))

OLD = {leaf: [number % 5 > 1 for number in range(size)] for leaf, size in SIZES.items()}

LOST = 4
"""Documents of each leaf that the newer checkpoint fails and the older passed; it wins none."""

NEW = {
    leaf: [(value and number >= 5 * (LOST - 1) - 1) or number % 5 > 3 for number, value in enumerate(OLD[leaf])]
    for leaf in OLD
}


def lost(leaf: str) -> int:
    """How many documents of a leaf were passed and are not."""
    return sum(old and not new for old, new in zip(OLD[leaf], NEW[leaf], strict=True))


def runs(folder: Path, *systems: str) -> None:
    """A run over one set for each checkpoint, all read and alike."""
    for system in systems:
        rows = [
            {
                "key": f"q{n}",
                "instruction": f"Question {n}?",
                "response_candidate": "same",
                "response_baseline": "b",
                "candidate": system,
                "baseline": "base",
                "reviewer": "ann",
                "review": "candidate",
            }
            for n in range(12)
        ]
        done(folder, "import", write(folder / f"{system}.jsonl", *rows), "--set", "desk")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two checkpoints' runs and benchmarks, imported."""
    folder = tmp_path_factory.mktemp("scores")
    runs(folder, "sft-1", "sft-2")
    write_output(folder / "out", "sft-1", OLD, [True] * 20 + [False] * 20)
    write_output(folder / "out", "sft-2", NEW, [True] * 21 + [False] * 19)
    done(folder, "import", "out", "--as", "lm-eval")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


GATE = ("gate", "sft-2-vs-base", "--against", "sft-1-vs-base", "--margin", ".1")


def test_an_import_of_benchmarks_makes_no_set_and_twice_adds_nothing(folder: Path) -> None:
    assert [one["set"] for one in data(folder, "set", "list")] == ["desk"]
    again = data(folder, "import", "out")
    assert (again["scores"], again["items"], again["scores_there"], again["number"]) == (0, 0, 16, None)
    assert again["systems"] == ["sft-1", "sft-2"]
    assert again["score_names"] == [
        "mmlu:acc",
        "gsm8k:exact_match",
        "gsm8k:exact_match,flexible-extract",
        "wikitext:word_perplexity",
    ]
    assert "nothing new: all of it is there already" in done(folder, "import", "out", "--dry-run")


def test_documents_come_later_to_a_score_that_is_there(folder: Path) -> None:
    out = write_output(folder / "more", "sft-3", OLD)
    first = data(folder, "import", out / f"results_{TIME}.json")
    assert (first["scores"], first["items"]) == (6, 0)
    then = data(folder, "import", out)
    assert (then["scores"], then["items"], then["scores_there"]) == (0, 300, 3)


def test_another_number_of_the_same_score_is_refused_and_taken_with_update(folder: Path) -> None:
    out = write_output(folder / "other", "sft-1", NEW)
    said = told(folder, "import", out)
    assert "mmlu:acc of 'sft-1' is 0.54 here and 0.6 in the database" in said
    assert said.endswith("--update takes the new one, --system NAME keeps both under two names")
    found = data(folder, "import", out, "--update")
    assert (found["scores"], found["scores_replaced"], found["scores_there"]) == (5, 5, 1)
    assert data(folder, "import", "out")["scores_there"] == 16  # what was superseded is there too
    (system,) = data(folder, "scores", "sft-1")["systems"]
    assert system["scores"]["mmlu:acc"]["value"] == pytest.approx(sum(map(sum, NEW.values())) / 300)


def test_scores_of_a_system_that_no_run_has_are_said_to_be(folder: Path) -> None:
    out = write_output(folder / "more", "/data/sft-3", OLD)
    said = uphold(folder, "import", out)
    assert "6 scores read as lm-eval, into no set" in said.stdout
    assert "no run has '/data/sft-3': an import with --system NAME gives scores to the system of one" in said.stderr
    assert "next: uphold --db x.db scores\n" in said.stderr


def test_an_import_of_scores_can_be_taken_back(folder: Path) -> None:
    assert done(folder, "imports", "drop", "3") == "import 3 is taken back: 16 scores\n"
    assert data(folder, "scores") == {"systems": []}
    assert data(folder, "import", "out")["items"] == 2 * (300 + 2 * 40)


def test_with_a_set_answers_in_words_come_in_and_choices_are_scores_only(folder: Path) -> None:
    found = data(folder, "import", "out/sft-1", "--set", "gsm", "--update", db="y.db")
    assert (found["set"], found["examples"], found["responses"], found["scores"]) == ("gsm", 40, 40, 8)
    assert data(folder, "import", "out/sft-1", "--set", "gsm", db="y.db")["number"] is None
    shutil.copytree(folder / "out/sft-1", folder / "choices", ignore=shutil.ignore_patterns("*gsm8k*"))
    only = data(folder, "import", "choices", "--set", "none", db="z.db")
    assert (only["examples"], only["scores"]) == (0, 8)
    assert data(folder, "set", "list", db="z.db") == []


def test_the_projects_set_is_for_answers_and_not_for_benchmarks(folder: Path) -> None:
    (folder / "uphold.toml").write_text('[project]\nset = "desk"\n')
    found = data(folder, "import", "out/sft-1", db="y.db")
    assert (found["set"], found["examples"], found["scores"]) == ("", 0, 8)


def test_scores_of_a_group_are_compared_document_by_document(folder: Path) -> None:
    found = data(folder, "scores", "sft-1", "sft-2")
    (group,) = [one for one in found["comparisons"] if one["name"] == "mmlu:acc"]
    missing = sum(map(lost, LEAVES))
    assert group["items"] == {
        "shared": 300,
        "both": sum(map(sum, NEW.values())),
        "lost": missing,
        "won": 0,
        "neither": 300 - sum(map(sum, OLD.values())),
    }
    assert group["p"] == pytest.approx(2 * 0.5**missing)  # exact McNemar of `missing` against 0
    p12, p21 = 1 / 302, (missing + 1) / 302
    half = 1.959963984540054 * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / 302)
    difference = group["difference"]
    assert difference["difference"] == pytest.approx(-missing / 300)
    assert (difference["low"], difference["high"]) == (pytest.approx(p12 - p21 - half), pytest.approx(p12 - p21 + half))
    assert {one["task"] for one in group["lost"]} == set(LEAVES)
    assert len(group["lost"]) == missing
    (unpaired,) = [one for one in found["comparisons"] if one["name"].startswith("wikitext")]
    assert (unpaired["paired"], unpaired["items"], unpaired["p"]) == (False, None, None)
    assert unpaired["difference"]["reason"] == "no standard error is known"


def test_the_table_names_groups_and_with_all_their_tasks(folder: Path) -> None:
    said = done(folder, "scores")
    assert "mmlu:acc " in said
    assert "mmlu_law" not in said
    assert "8 scores of tasks within groups: --all lists them" in said
    assert "mmlu_law:acc" in done(folder, "scores", "--all")
    two = done(folder, "scores", "sft-1-vs-base", "sft-2-vs-base")
    assert f"Lost in mmlu:acc: {sum(map(lost, LEAVES))} documents" in two
    assert "mmlu_law question 2?" in two
    assert "there is no system 'x'; with scores: 'sft-1', 'sft-2'" in told(folder, "scores", "x")
    assert "Benchmarks and other scores" in done(folder, "compare", "1", "2")


def test_of_three_runs_the_scores_of_every_two_are_shown(folder: Path) -> None:
    runs(folder, "sft-3")
    said = done(folder, "compare", "1", "2", "3")
    assert "Benchmarks and other scores: sft-2 after sft-1" in said
    assert "sft-3 after" not in said  # it has none
    compared_pairs = data(folder, "compare", "1", "2", "3")["pairs"]
    assert [len(pair["scores"]) > 0 for pair in compared_pairs] == [True, False, False]


def gated(folder: Path, code: int, *no_worse: str, margin: Sequence[str] = GATE) -> dict[str, Any]:
    """The gate's JSON, with the scores that may be no worse."""
    options = [word for one in no_worse for word in ("--no-worse", one)]
    found = uphold(folder, *margin, *options, "--json")
    assert found.returncode == code, found.stderr
    return dict(json.loads(found.stdout))


def test_the_worst_outcome_counts(folder: Path) -> None:
    passed = gated(folder, 0, "mmlu:acc:.1", "gsm8k:exact_match:.1")
    assert (passed["outcome"], [one["outcome"] for one in passed["no_worse"]]) == ("PASS", ["PASS", "PASS"])
    open_ = gated(folder, 3, "mmlu:acc:.1", "wikitext:word_perplexity:1")
    assert (open_["outcome"], open_["review"]["outcome"]) == ("INCONCLUSIVE", "PASS")
    assert open_["reason"] == "wikitext:word_perplexity: no standard error is known"
    failed = gated(folder, 1, "wikitext:word_perplexity:1", "mmlu:acc:.001")
    assert failed["outcome"] == "FAIL"
    assert failed["reason"].startswith("mmlu:acc: worse by more than 0.1 points: at most −")
    missing = sum(map(lost, LEAVES))
    change = -missing / 300
    half = 1.6448536269514722 * math.sqrt((missing + 2 - missing**2 / 302) / 302 / 302)
    (score,) = passed["no_worse"][:1]
    assert (score["bound"], score["upper_bound"]) == (pytest.approx(change - half), pytest.approx(change + half))


def test_a_filter_can_be_named(folder: Path) -> None:
    (score,) = gated(folder, 0, "gsm8k:exact_match,flexible-extract:.2")["no_worse"]
    assert (score["filter"], score["items"]["won"]) == ("flexible-extract", 1)


def test_a_task_that_was_not_measured_is_refused_with_those_that_were(folder: Path) -> None:
    said = told(folder, *GATE, "--no-worse", "arc:acc:.01")
    assert "arc:acc was not measured for 'sft-1' and 'sft-2'; measured for both: mmlu:acc, mmlu_stem:acc" in said
    write(folder / "one.jsonl", {"system": "sft-2", "name": "arc:acc", "value": 0.5})
    done(folder, "import", "one.jsonl", "--as", "scores")
    assert "arc:acc was not measured for 'sft-1'; measured" in told(folder, *GATE, "--no-worse", "arc:acc:.01")
    for bad in ("mmlu:acc", "mmlu:acc:-1", "mmlu:acc:nan", ":.1"):
        assert "--no-worse wants TASK:METRIC:MARGIN" in told(folder, *GATE, "--no-worse", bad)


def test_the_summary_for_a_pull_request_names_each_score(folder: Path) -> None:
    uphold(folder, *GATE, "--no-worse", "mmlu:acc:.001", "--markdown", "s.md")
    text = (folder / "s.md").read_text()
    assert text.startswith("## FAIL: `sft-2-vs-base`")
    assert "- PASS: win rate: not worse" in text
    assert "- FAIL  `mmlu:acc`: worse by more than 0.1 points" in text


def test_runs_have_the_scores_of_their_candidates(folder: Path) -> None:
    rows = [{"system": "sft-1", "name": "toxicity", "value": 0.02, "error": 0.01, "n": 200}]
    done(folder, "import", write(folder / "t.jsonl", *rows))
    first, second = data(folder, "runs")
    assert first["scores"]["toxicity"] == {"value": 0.02, "error": 0.01, "n": 200}
    assert "toxicity" not in second["scores"]
    assert second["scores"]["mmlu:acc"]["n"] == 300
    assert second["scores"]["mmlu:acc"]["value"] == pytest.approx(sum(map(sum, NEW.values())) / 300)
    assert "mmlu:acc " in done(folder, "runs")


def test_names_and_documents_of_strangers_do_nothing(folder: Path) -> None:
    evil = "\x1b]0;x\x07[red]`@me`"
    results = {evil: {"acc,none": 0.5, "acc_stderr,none": 0.05}}
    for system in ("sft-1", "sft-2"):
        out = folder / "evil" / system
        out.mkdir(parents=True)
        content = {"results": results, "configs": {}, "versions": {}, "model_name": system, "n-samples": {evil: 5}}
        (out / f"results_{TIME}.json").write_text(json.dumps(content))
        sample = {"doc_id": 1, "doc": {"question": evil}, "arguments": {}, "resps": [], "filter": "none"}
        sample |= {"metrics": ["acc"], "doc_hash": evil, "acc": float(system == "sft-1")}
        (out / f"samples_{evil.replace('/', '')}_{TIME}.jsonl").write_text(json.dumps(sample) + "\n")
    done(folder, "import", "evil")
    for words in (("scores",), ("scores", "sft-1", "sft-2"), ("runs",), ("compare", "1", "2")):
        said = done(folder, *words)
        assert "\x1b" not in said
        assert "[red]" in said or words == ("runs",)
    uphold(folder, *GATE, "--no-worse", f"{evil}:acc:.1", "--markdown", "s.md")
    lines = (folder / "s.md").read_text().splitlines()
    assert all("``" in line for line in lines if "[red]" in line)  # a code span that a backtick does not end
