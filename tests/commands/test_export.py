"""`uphold export`: what is in the files, what is left out, and that no file is ever half written."""

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from support.command_line import ended, told, uphold
from support.control_sequences import kinds
from support.hostile_texts import BIDI, CONTROLS, SEQUENCES, short
from support.imports import bring_files, compared, judged, reviewed, write
from support.sessions import on_screen
from support.stores import new_store
from uphold.formats.csv_cells import restore
from uphold.records.enums import Choice
from uphold.store.database import open_store
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import open_review

FORMULAS = ('=HYPERLINK("http://evil.example")', "+1+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1")

TEXT = 'She said "no",\r\nthen\nleft; ' + CONTROLS + BIDI + "é😀"


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def written(folder: Path, form: str, *arguments: str) -> str:
    """What is in the file that the command writes."""
    found = uphold(folder, "export", form, *arguments, "-o", f"out.{form}", "--force")
    assert found.returncode == 0, found.stderr
    return (folder / f"out.{form}").read_bytes().decode("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pairs judged in both orders, of which mira has read two in the app and ada one in the file."""
    rows: list[dict[str, Any]] = []
    for key in "abc":
        rows += [
            judged(key, confidence=0.75, reason="A is right.", tags=["x", "y"], context="be kind", reference="yes"),
            {"key": key, "judge": "j", "verdict": "candidate", "order": "baseline-first", "reason": "B is right."},
        ]
    rows.append(reviewed("a", "baseline", note="too stiff"))
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
        session = open_review(store, find_run(store, None), reviewer="mira")
        session.go_to(session.place_of(1) + 1)
        session.reasons(["wrong fact", "style"], on_screen(session))
        session.comment("see the second line", on_screen(session))
        session.flag(on_screen(session))
        session.decide(Choice.BOTH_BAD, on_screen(session), 12.5)
        session.go_to(session.place_of(2) + 1)
        session.uphold(on_screen(session), 3.0)
    return tmp_path


def test_a_row_of_csv_holds_the_pair_its_verdicts_and_what_everybody_said(folder: Path) -> None:
    first, second, third = csv_rows(written(folder, "csv"))
    assert (first["run"], first["set"], first["key"], first["turn"]) == ("candidate-vs-baseline", "s", "a", "1")
    assert (first["tags"], first["context"], first["reference"]) == ("x,y", "be kind", "yes")
    assert first["instruction"] == "Say a."
    assert first["response_candidate"] == "a, says the candidate"
    assert (first["judge:j:verdict"], first["judge:j:confidence"]) == ("candidate", "0.75")
    assert (first["judge:j:reason"], first["judge:j:reason_order"]) == ("A is right.", "candidate-first")
    assert (first["human_label"], first["human_votes"]) == ("unresolved", "2")
    assert (first["reviewer:ada:decision"], first["reviewer:ada:ruling"]) == ("baseline", "decided")
    assert first["reviewer:ada:comment"] == "too stiff"
    said = {name.removeprefix("reviewer:mira:"): cell for name, cell in first.items() if ":mira:" in name}
    assert said == {
        "decision": "both-bad",
        "first_decision": "both-bad",
        "ruling": "overturned",
        "reasons": "wrong fact,style",
        "comment": "see the second line",
        "flag": "True",
        "mode": "open",
        "seconds": "12.5",
    }
    assert (second["reviewer:mira:ruling"], second["human_label"]) == ("upheld", "candidate")
    assert (third["human_label"], third["reviewer:mira:flag"], third["human_votes"]) == ("", "", "0")


def test_a_line_of_jsonl_holds_the_same_and_every_judgment(folder: Path) -> None:
    text = written(folder, "jsonl")
    assert text.isascii()
    first, *others = map(json.loads, text.splitlines())
    assert len(others) == 2
    assert first["turns"] == ["Say a."]
    assert first["reference"] == ["yes"]
    assert first["response_baseline"] == ["a, says the baseline"]
    (judge,) = first["judges"]
    assert (judge["verdict"], [one["order"] for one in judge["judgments"]]) == (
        "candidate",
        ["candidate-first", "baseline-first"],
    )
    assert first["human"] == {"label": "unresolved", "votes": 2, "adjudicated": False}
    ada, mira = first["reviewers"]
    assert (ada["source"], ada["mode"]) == ("import", None)
    assert (mira["reasons"], mira["ruling"], mira["flag"]) == (["wrong fact", "style"], "overturned", True)


def test_the_jsonl_of_an_export_brings_the_same_pairs_into_another_file(folder: Path) -> None:
    written(folder, "jsonl")
    done = uphold(folder, "import", "out.jsonl", "--as", "pairs", "--set", "s", db="other.db")
    assert done.returncode == 0, done.stderr
    contents = "SELECT contents FROM pairs ORDER BY 1"
    old, new = (sqlite3.connect(folder / name).execute(contents).fetchall() for name in ("x.db", "other.db"))
    assert old == new


def test_one_reviewer_is_exported_alone_and_the_label_stays_everybodys(folder: Path) -> None:
    first, *_ = csv_rows(written(folder, "csv", "--reviewer", "mira"))
    assert not [name for name in first if ":ada:" in name]
    assert first["human_label"] == "unresolved"
    assert "those who have: ada, mira" in told(folder, "export", "csv", "--reviewer", "nobody")


def test_what_is_stale_retired_or_broken_is_left_out_and_counted(folder: Path) -> None:
    with open_store(folder / "x.db") as store:
        session = open_review(store, find_run(store, None), reviewer="mira")
        session.go_to(session.place_of(3) + 1)
        session.broken(on_screen(session))
        with store.writing() as conn:
            conn.execute("UPDATE examples SET status = 'retired' WHERE key = 'b'")
    write(folder / "edit.jsonl", compared("a", response_candidate="another answer"))
    assert uphold(folder, "import", "edit.jsonl", "--set", "s", "--update").returncode == 0
    found = uphold(folder, "export", "jsonl")
    assert [json.loads(line)["response_candidate"] for line in found.stdout.splitlines()] == [["another answer"]]
    assert found.stderr == "1 pair written; left out: 1 stale, 1 retired, 1 broken\n"


def test_texts_that_want_to_be_formulas_are_quoted_in_csv_and_raw_in_jsonl(tmp_path: Path) -> None:
    rows = [
        judged(
            f"k{number}",
            instruction=text,
            response_candidate=text,
            reason=text,
            tags=[text.strip()],
            judge=text.strip(),
        )
        for number, text in enumerate((*FORMULAS, TEXT, *SEQUENCES))
    ]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
    found = csv_rows(written(tmp_path, "csv"))
    for row, given in zip(found, rows, strict=True):
        assert not any(str(cell)[:1] in set("=+-@\t\r\n") for cell in row.values())
        assert restore(row["instruction"]) == given["instruction"]
        assert restore(row["response_candidate"]) == given["response_candidate"]
        assert restore(row[f"judge:{given['judge']}:reason"]) == given["reason"]
    raw = [json.loads(line) for line in written(tmp_path, "jsonl").splitlines()]
    assert [pair["turns"] for pair in raw] == [[row["instruction"]] for row in rows]
    assert [pair["response_candidate"] for pair in raw] == [[row["response_candidate"]] for row in rows]


def test_turns_before_the_pairs_own_stand_in_a_column_of_their_own(tmp_path: Path) -> None:
    row = judged("k", turns=["one", "two"], response_candidate=["c1", True], response_baseline=["b1", "b2"])
    del row["instruction"]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", row))
    (found,) = csv_rows(written(tmp_path, "csv"))
    assert (found["instruction"], found["response_candidate"], found["response_baseline"]) == ("two", "true", "b2")
    assert json.loads(found["earlier_turns"]) == [
        {"instruction": "one", "response_candidate": "c1", "response_baseline": "b1"}
    ]
    (line,) = map(json.loads, written(tmp_path, "jsonl").splitlines())
    assert line["response_candidate"] == ["c1", True]


def test_an_export_of_a_set_holds_all_its_runs(folder: Path) -> None:
    write(folder / "next.jsonl", judged("a", candidate="next", response_candidate="n"))
    assert uphold(folder, "import", "next.jsonl", "--set", "s").returncode == 0
    rows = csv_rows(written(folder, "csv", "--set", "s"))
    assert [row["run"] for row in rows] == ["candidate-vs-baseline"] * 3 + ["next-vs-baseline"]
    assert "there are several runs" in told(folder, "export", "csv")
    assert "not both" in told(folder, "export", "csv", "1", "--set", "s")


def test_a_file_that_is_there_is_replaced_only_by_force(folder: Path) -> None:
    target = folder / "out.csv"
    target.write_text("mine")
    assert "--force" in told(folder, "export", "csv", "-o", "out.csv")
    assert target.read_text() == "mine"
    assert uphold(folder, "export", "csv", "-o", "out.csv", "--force").returncode == 0
    assert len(csv_rows(target.read_text())) == 3
    assert not list(folder.glob(".uphold-*"))


@pytest.mark.parametrize("target", ["x.db", "link.db", "sub", "none/out.csv", "/dev/null", "s.jsonl/x"])
def test_no_place_but_a_files_own_is_written_to(folder: Path, target: str) -> None:
    (folder / "sub").mkdir()
    (folder / "link.db").symlink_to(folder / "x.db")
    before = (folder / "x.db").read_bytes()
    assert "name another" in told(folder, "export", "csv", "-o", target, "--force")
    assert (folder / "x.db").read_bytes() == before
    assert not list(folder.glob("**/.uphold-*"))


def test_a_form_that_does_not_exist_is_told_with_those_that_do(folder: Path) -> None:
    formats = "csv, jsonl, xlsx, alpaca-eval, mt-bench, trl, uphold"
    assert told(folder, "export", "parquet") == f"there is no export format 'parquet'; formats are {formats}"
    assert not (folder / "out.xlsx").exists()


def test_a_read_only_database_is_exported(folder: Path) -> None:
    (folder / "x.db").chmod(0o400)
    folder.chmod(0o500)
    try:
        found = uphold(folder, "export", "jsonl")
    finally:
        folder.chmod(0o700)
    assert found.returncode == 0, found.stderr
    assert len(found.stdout.splitlines()) == 3


def test_standard_output_is_utf_8_whatever_the_terminal_would_want(folder: Path) -> None:
    write(folder / "more.jsonl", judged("d", instruction="naïve 😀"))
    assert uphold(folder, "import", "more.jsonl", "--set", "s").returncode == 0
    said = ended(folder, "export", "csv", PYTHONIOENCODING="ascii")
    assert "naïve 😀".encode() in said.stdout
    assert kinds(said.stderr) == {"U+000A"}


def test_names_with_escape_sequences_are_harmless_in_what_is_said(folder: Path) -> None:
    name = short("out") + ".csv"
    name = name.replace("/", "")
    found = uphold(folder, "export", "csv", "-o", name)
    assert found.returncode == 0, found.stderr
    assert kinds(found.stderr.encode()) == {"U+000A"}
    assert (folder / name).exists()
