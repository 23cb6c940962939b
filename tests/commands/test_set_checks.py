"""`uphold set check`, `wanted`, `propose`, `take` and `leave`: JSON for programs, lines for people, hostile texts harmless."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.imports import write
from uphold_tui.cli import run

HOSTILE = "\x1b]0;pwned\x07\u202eDescribe how a heat pump takes warmth from cold outside air into an old house"

Uphold = Callable[..., str]


@pytest.fixture
def uphold(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Uphold:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, code: int = 0) -> str:
        assert run(["--db", "x.db", *arguments]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    command("set", "new", "desk")
    rows = [{"key": "a", "instruction": HOSTILE}, {"key": "b", "instruction": HOSTILE, "context": "c"}]
    rows += [{"key": "c", "instruction": HOSTILE.replace("cold", "icy")}, {"key": "d", "instruction": " "}]
    write(tmp_path / "f.jsonl", *rows)
    command("set", "add", "desk", "--from", "f.jsonl")
    return command


def test_check_prints_findings_as_json_and_leaves_with_0(uphold: Uphold, tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", {"text": "nothing of it"}, {"rows": ["x", HOSTILE]})
    found = json.loads(uphold("set", "check", "desk", "--against", "train.jsonl", "--json"))
    kinds = [(one["kind"], one["keys"], one["where"]) for one in found["findings"] if one["kind"] != "no-reference"]
    assert kinds == [
        ("empty", ["d"], None),
        ("leaked", ["a"], "train.jsonl:2"),
        ("leaked", ["b"], "train.jsonl:2"),
        ("leaked", ["c"], "train.jsonl:2"),
        ("near-duplicate", ["a", "c"], None),
    ]
    assert (found["effective"], found["active"], found["lines"], found["templates"]) == (4, 4, 2, [])


def test_rows_with_bytes_that_are_no_text_are_counted(uphold: Uphold, tmp_path: Path) -> None:
    rows = [{"text": "plain"}, {"text": "caf\xe9"}, {"deep": [{"text": "Stra\xdfe"}]}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "' + b"x" * 70_000 + b'"}\n' + lines.encode("latin-1"))
    found = json.loads(uphold("set", "check", "desk", "--against", "latin.jsonl", "--json"))
    assert (found["lines"], found["undecoded"]) == (4, 2)
    found = json.loads(uphold("set", "check", "desk", "--against", "latin.jsonl", "--encoding", "latin-1", "--json"))
    assert (found["lines"], found["undecoded"]) == (4, 0)


def test_what_people_read_holds_no_control_characters(uphold: Uphold, tmp_path: Path) -> None:
    write(tmp_path / "train\x1b[31m.jsonl", {"text": HOSTILE})
    write(tmp_path / "logs.jsonl", {"id": HOSTILE, "prompt": HOSTILE.replace("heat", "water"), "tags": [HOSTILE]})
    printed = uphold("set", "check", "desk", "--against", "train\x1b[31m.jsonl")
    printed += uphold("set", "propose", "desk", "logs.jsonl", "--n", "3") + uphold("set", "propose", "desk")
    printed += uphold("set", "take", "desk") + uphold("set", "wanted", "desk")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", printed)
    assert "3 leaked:" in printed
    assert re.search(r"^  no reference +a, b, c, d$", printed, re.MULTILINE)


def test_proposals_are_made_taken_and_left(uphold: Uphold, tmp_path: Path) -> None:
    logs = ("Where is my parcel from Monday?", "Can I return worn boots to the shop?", "Who repairs a broken zip?")
    write(tmp_path / "logs.jsonl", *[{"id": n, "question": text, "answer": "Yes."} for n, text in enumerate(logs)])
    made: dict[str, Any] = json.loads(uphold("set", "propose", "desk", "logs.jsonl", "--json"))
    assert (made["waiting"], made["rows"], made["columns"]["instruction"]) == (3, 3, "question")
    assert {one["where"] for one in made["proposals"]} == {f"logs.jsonl:{line}" for line in (1, 2, 3)}
    assert made["proposals"][0]["answers"] == {"logged": ["Yes."]}
    assert json.loads(uphold("set", "take", "desk", "1", "--json")) == {"set": "desk", "taken": ["1"]}
    assert sorted(json.loads(uphold("set", "leave", "desk", "--json"))["left"]) == ["0", "2"]
    assert json.loads(uphold("set", "propose", "desk", "--json"))["waiting"] == 0
    assert json.loads(uphold("set", "wanted", "desk", "boots=3", "--json")) == [
        {"tag": "boots", "have": 0, "taken": 0, "wanted": 3}
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("set", "check", "desk", "--against", "none.jsonl"), "none.jsonl: there is no such file"),
        (("set", "propose", "desk", "f.jsonl", "--by", "size"), "--by must be tag or cluster, not 'size'"),
        (("set", "propose", "desk", "f.jsonl", "--n", "0"), "--n must be at least 1"),
        (
            ("set", "propose", "desk", "--review"),
            "--review wants a terminal; `uphold set take` and `uphold set leave` do without one",
        ),
        (
            ("set", "propose", "desk", "--review", "--json"),
            "--review goes through proposals in a terminal, --json prints them; give one of them",
        ),
        (("set", "wanted", "desk", "boots"), "'boots' is no TAG=N, such as boots=12; N is 0 for no longer wanted"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(
    uphold: Uphold, arguments: tuple[str, ...], sentence: str
) -> None:
    assert uphold(*arguments, code=2).strip() == sentence
