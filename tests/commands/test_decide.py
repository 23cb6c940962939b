"""`uphold next` and `uphold decide` as a script runs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import done, told, uphold
from support.imports import judged, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [judged(f"k{number}", reason="B is longer") for number in range(6)]
    done(tmp_path, "import", write(tmp_path / "s.jsonl", *rows))
    return tmp_path


def answer(folder: Path, *arguments: str | Path) -> Any:
    return json.loads(done(folder, *arguments, "--json"))


def test_a_script_reads_pairs_decides_them_and_takes_the_call_back(folder: Path) -> None:
    found = answer(folder, "next", "1", "--count", "3", "--reviewer", "ada")
    assert (found["run"], found["reviewer"], found["queue"], found["unread"]) == (
        "candidate-vs-baseline",
        "ada",
        "random",
        6,
    )
    for pair in found["pairs"]:
        assert {pair["a"], pair["b"]} == {f"{pair['key']}, says the {who}" for who in ("candidate", "baseline")}
        assert (pair["turn"], pair["instruction"]) == (1, f"Say {pair['key']}.")
        assert pair["verdict"]["verdict"] == ("a" if pair["a"].endswith("candidate") else "b")
    file = write(
        folder / "d.jsonl", *[{"key": pair["key"], "choice": "a", "reasons": ["style"]} for pair in found["pairs"]]
    )
    written = answer(folder, "decide", "--from", file, "--reviewer", "ada")
    assert [item["chosen"] for item in written["decided"]] == [False] * 3
    assert answer(folder, "stats")["human"]["reviewed"] == 3
    assert len(answer(folder, "next", "--count", "9", "--reviewer", "ada")["pairs"]) == 3
    undone = answer(folder, "decide", "--undo", "--reviewer", "ada")
    assert undone == {
        "run": "candidate-vs-baseline",
        "reviewer": "ada",
        "undone": [pair["key"] for pair in found["pairs"]],
    }
    assert answer(folder, "stats")["human"]["reviewed"] == 0


def test_one_decision_on_the_command_line(folder: Path) -> None:
    ended = uphold(folder, "decide", "1", "k2", "TIE", "--note", "both fine", "--reviewer", "ada")
    assert ended.stdout == "k2  turn 1  tie  overturned (verdict: a)\n" or ended.stdout.endswith("(verdict: b)\n")
    assert ended.stderr == "1 decision written; 1 on pairs that `next` had not shown: chosen, not drawn\n"
    assert "both fine" in done(folder, "show", "1", "k2")
    assert done(folder, "decide", "k3", "candidate", "--reviewer", "ada").startswith("k3  turn 1  candidate  upheld")


def test_a_program_is_a_judge(folder: Path) -> None:
    assert answer(folder, "decide", "k1", "a", "--as-program", "bot")["program"] == "bot"
    assert {judge["judge"] for judge in answer(folder, "stats")["judges"]} == {"j", "bot"}
    assert answer(folder, "stats")["human"]["reviewed"] == 0
    assert answer(folder, "next", "--as-program", "bot")["unread"] == 5


def test_text_for_people(folder: Path) -> None:
    ended = uphold(folder, "next", "--reviewer", "ada")
    assert "\ninstruction\n  Say k" in ended.stdout
    assert "verdict of j: " in ended.stdout
    assert ended.stderr == "6 pairs unread in the queue random\n"
    assert "verdict: shown after the decision" in done(folder, "next", "--blind", "--reviewer", "bo")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["decide"], "say which pair and what"),
        (["decide", "1", "k1", "a", "--undo"], "give one of KEY CHOICE, --from FILE and --undo"),
        (["decide", "--undo", "--note", "n"], "--turn, --reason and --note belong to KEY CHOICE"),
        (["decide", "k1", "a", "--as-program", "bot", "--reviewer", "ada"], "--reviewer or --as-program, not both"),
        (["decide", "k9", "a"], "no pair of an example 'k9'"),
        (["next", "--queue", "nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(folder: Path, arguments: list[str], problem: str) -> None:
    assert problem in told(folder, *arguments)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"key": "k1"}', "d.jsonl:2: choice is missing"),
        ('{"key": "k1", "choice": "left"}', "d.jsonl:2: choice must be a or b"),
        ('{"key": "k0", "choice": "b"}', "d.jsonl:2: 'k0' has a decision in d.jsonl:1 already"),
        ('{"key": "nope", "choice": "b"}', "d.jsonl:2: run 'candidate-vs-baseline' has no pair"),
        ('{"key": "k1", "choice": "a", "verdict": "a"}', 'd.jsonl:2: there is no field "verdict"'),
        ("nonsense", "d.jsonl:2: not JSON"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(folder: Path, line: str, problem: str) -> None:
    (folder / "d.jsonl").write_text('{"key": "k0", "choice": "a"}\n' + line + "\n", "utf-8")
    assert problem in told(folder, "decide", "--from", "d.jsonl")
    assert answer(folder, "stats")["human"]["reviewed"] == 0


def test_a_file_of_decisions_may_be_in_another_encoding(folder: Path) -> None:
    (folder / "d.jsonl").write_text('{"key": "k0", "choice": "a", "note": "später"}\n', "utf-16")
    assert "--encoding" in told(folder, "decide", "1", "k0", "a", "--encoding", "utf-16")
    written = answer(folder, "decide", "--from", "d.jsonl", "--encoding", "utf-16", "--reviewer", "ada")
    assert [item["key"] for item in written["decided"]] == ["k0"]
    assert "später" in done(folder, "show", "1", "k0")
