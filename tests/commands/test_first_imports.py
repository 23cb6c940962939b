"""The first half hour: files as people have them come in with at most one refused try, whose message is run as it stands."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.imports import compared, judged, write
from uphold_tui.cli import run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def uphold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in an empty folder; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UPHOLD_DB", raising=False)

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_command


FILES: dict[str, Any] = {
    "systems.jsonl": [
        {"id": n, "prompt": f"Say {n}.", "base": f"b {n}", "sft": f"s {n}", "topic": "x"} for n in range(3)
    ],
    "systems.csv": "prompt;base;sft\nSay a.;b a;s a\nSay b.;b b;s b\n",
    "votes.jsonl": [
        {
            "question_id": n,
            "question": f"Say {n}.",
            "model_a": "m-1",
            "model_b": "m-2",
            "answer_a": "x",
            "answer_b": "y",
        }
        | {"winner": winner, "annotator": "ann"}
        for n, winner in enumerate(("model_a", "tie", "model_b"))
    ],
    "sides.csv": "prompt,model_a,model_b,winner\nSay a.,It is a.,It is b.,model_b\nSay b.,Oh b.,Oh a.,tie\n",
    "long.jsonl": [
        {"id": n, "instruction": f"Say {n}.", "model": system, "output": f"{system} {n}"}
        for n in range(3)
        for system in ("base", "sft")
    ],
    "long.csv": "uid,question,engine,completion\n1,Say a.,base,a b\n1,Say a.,sft,b a\n2,Say b.,base,c\n",
    "one.jsonl": [{"question": f"Say {n}.", "gold": f"{n}", "generated_text": f"It is {n}."} for n in range(3)],
    "beside.csv": "instruction,response_candidate,response_baseline,response_dpo\nSay a.,x,y,z\n",
    "our words.csv": "instruction,response_candidate,response_baseline,verdict\nSay a.,x,y,A\nSay b.,x,y,B\n",
    "excel.csv": (
        "Frage;SFT Modell;Basis\nGröße ändern?;Bis zum Versand.;Nein.\nWo ist es?;Beim Nachbarn.;Weiß ich nicht.\n"
    ).encode("cp1252"),
    "wide.csv": "prompt\tbase\tsft\nSay é.\tb a\ts a\nSay b.\tb b\ts b\n".encode("utf-16"),
    "nested/answers.jsonl": [{"prompt": f"Say {n}.", "base": f"b {n}", "sft": f"s {n}"} for n in range(3)],
}


@pytest.mark.parametrize("name", FILES)
def test_a_newcomers_file_comes_in_whole_with_at_most_one_refused_try(uphold: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    content = FILES[name]
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content)
    else:
        write(path, *content)
    given = str(Path(name).parent if "/" in name else name)
    code, out, err = uphold("import", given, "--json")
    if code:
        assert (code, out) == (2, "")
        assert not (tmp_path / "uphold.db").exists()
        what, command = err.splitlines()
        assert command.startswith("uphold import ")
        assert len(what) < 160
        code, out, err = uphold(*shlex.split(command)[1:])
    assert (code, err) == (0, "")
    summary = json.loads(out)
    rows = summary["examples"]
    assert summary["responses"] >= rows > 0
    assert summary["unused_fields"] == []


def test_the_next_step_is_a_command_with_real_names_that_works(uphold: Run, tmp_path: Path) -> None:
    def next_of(*arguments: str) -> tuple[list[str], str]:
        code, _, err = uphold("import", *arguments)
        assert code == 0, err
        line, _, rest = err.partition("\n")
        return (shlex.split(line.removeprefix("next: ")), rest) if line.startswith("next: ") else ([], err)

    write(tmp_path / "judged.jsonl", judged("a"))
    assert next_of("judged.jsonl")[0] == ["uphold", "review", "candidate-vs-baseline"]

    write(tmp_path / "plain.jsonl", compared("b"))
    command, rest = next_of("plain.jsonl", "--candidate", "my sft")
    assert command == ["uphold", "review", "my sft-vs-baseline"]
    assert rest == "or first have a model judge: uphold judge 'my sft-vs-baseline' --judge anthropic:MODEL\n"

    write(tmp_path / "known.jsonl", compared("c", reference="c"))
    command, _ = next_of("known.jsonl", "--candidate", "sft")
    assert command == ["uphold", "judge", "sft-vs-baseline", "--judge", "rules:closer"]
    assert uphold(*command[1:])[0] == 0

    write(
        tmp_path / "two.jsonl", *({"id": "d", "instruction": "x", "system": s, "response": s} for s in ("base", "sft"))
    )
    assert next_of("two.jsonl")[0] == shlex.split("uphold review --set two --candidate sft --baseline base")

    write(
        tmp_path / "one.jsonl",
        {"key": "e", "instruction": "Say e.", "reference": "y", "system": "sft", "response": "z"},
    )
    command, rest = next_of("one.jsonl")
    assert command == shlex.split(
        "uphold judge --set one --candidate sft --baseline reference --judge rules:reference-overlap"
    )
    assert uphold(*command[1:])[0] == 0

    write(tmp_path / "none.jsonl", {"key": "f", "instruction": "Say f."})
    assert next_of("none.jsonl")[1].startswith("no answers yet: uphold generate --set none --system NAME")


def test_the_name_of_a_set_stands_for_its_run_or_names_the_command_that_makes_one(uphold: Run, tmp_path: Path) -> None:
    answers = [{"id": "d", "instruction": "x", "reference": "x", "system": s, "response": s} for s in ("base", "sft")]
    write(tmp_path / "desk.jsonl", *answers)
    assert uphold("import", "desk.jsonl")[0] == 0
    for command in (("stats", "desk"), ("stats",), ("judge", "desk", "--judge", "rules:closer"), ("review", "desk")):
        code, _, err = uphold(*command)
        assert code == 2
        if command[0] != "review":  # which wants a terminal first
            assert err == (
                "there is no run yet over the set 'desk'; this makes one:\n"
                "uphold review --set desk --candidate sft --baseline base\n"
            )
    sides = ("--set", "desk", "--candidate", "sft", "--baseline", "base")
    assert uphold("judge", *sides, "--judge", "rules:closer")[0] == 0
    code, out, _ = uphold("stats", "desk")
    assert code == 0
    assert "sft" in out
    assert uphold("judge", *sides[:2], "--candidate", "base", "--baseline", "sft", "--judge", "rules:closer")[0] == 0
    code, _, err = uphold("stats", "desk")
    assert code == 2
    assert err.splitlines() == [
        "the set 'desk' has several runs; name one of them, by name or number:",
        "  1  sft-vs-base",
        "  2  base-vs-sft",
    ]


def test_the_next_checkpoints_answers_find_their_set_or_ask_for_it(uphold: Run, tmp_path: Path) -> None:
    write(tmp_path / "desk.jsonl", *(compared(str(n)) for n in range(3)))
    assert uphold("import", "desk.jsonl")[0] == 0
    write(tmp_path / "next.jsonl", *({"key": str(n), "response_candidate": f"new {n}"} for n in range(3)))
    code, out, _ = uphold("import", "next.jsonl", "--candidate", "ft-2")
    assert code == 0
    assert out.startswith("3 rows read as pairs into the set 'desk', the only set there is\n")

    write(tmp_path / "full.jsonl", *(compared(str(n), response_candidate=f"newer {n}") for n in range(3)))
    code, _, err = uphold("import", "full.jsonl", "--candidate", "ft-3")
    assert code == 2
    what, command = err.splitlines()
    assert what == (
        "full.jsonl: the set 'desk' has 3 of the first 3 instructions; name the set that these answers go into"
        " (there is no 'full' yet)"
    )
    assert command == "uphold import full.jsonl --set desk --candidate ft-3"
    assert uphold(*shlex.split(command)[1:])[0] == 0
    assert uphold("import", "full.jsonl", "--candidate", "ft-3", "--set", "full")[0] == 0

    code, _, err = uphold("import", "next.jsonl", "--candidate", "ft-4")
    assert code == 2
    assert err.splitlines()[0] == "next.jsonl: the sets 'desk' and 'full' have these keys; say which is meant"
    assert err.splitlines()[1].endswith("--set desk --candidate ft-4")


def test_a_dry_run_shows_the_rows_and_writes_nothing(uphold: Run, tmp_path: Path) -> None:
    write(tmp_path / "desk.jsonl", *(judged(str(n), tags=["t"], reference="r", extra=1) for n in range(7)))
    code, out, err = uphold("import", "desk.jsonl", "--dry-run", "--candidate", "ft")
    assert (code, err) == (0, "")
    assert [entry.name for entry in tmp_path.iterdir()] == ["desk.jsonl"]
    for line in (
        "the first 5 rows as understood:",
        "       ft says        0, says the candidate",
        "       verdict        candidate by j",
        "7 rows would be read as pairs into the set 'desk'",
        "would be added",
        "columns not used: 'extra'",
        "the set 'desk' would be new",
        "nothing has been written",
    ):
        assert line in out.splitlines()
    told = json.loads(uphold("import", "desk.jsonl", "--dry-run", "--json")[1])
    done = json.loads(uphold("import", "desk.jsonl", "--json")[1])
    assert {name: told[name] for name in done if name not in ("number", "carried")} == {
        name: value for name, value in done.items() if name not in ("number", "carried")
    }
    assert (told["dry_run"], told["new_set"], len(told["first_rows"])) == (True, True, 5)
    assert {"name": "extra", "field": None, "system": None} in done["columns"]
    assert done["columns"][0] == {"name": "key", "field": "key", "system": None}


def test_a_refused_dry_run_shows_the_columns_and_the_command(uphold: Run, tmp_path: Path) -> None:
    write(tmp_path / "desk.jsonl", {"prompt": "Say it.", "base": "a b", "sft": "c d"})
    code, out, err = uphold("import", "desk.jsonl", "--dry-run")
    assert code == 2
    assert err.endswith("uphold import desk.jsonl --map instruction=prompt --systems base,sft --dry-run\n")
    assert out.splitlines() == [
        "  column  taken for         first value",
        "  prompt  instruction?      Say it.",
        "  base    answers of base?  a b",
        "  sft     answers of sft?   c d",
    ]
    assert [entry.name for entry in tmp_path.iterdir()] == ["desk.jsonl"]
