"""`uphold export` in the formats of other programs: their fields, whose word is in them, and what is left out."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from support.command_line import data, done, environment, told, uphold
from support.hostile_texts import BIDI, CONTROLS
from support.imports import bring_files, compared, judged, reviewed, values, write
from support.stores import new_store
from uphold.store.database import open_store
from uphold.workflows.file_writing import FileExists
from uphold.workflows.handing_on import EXPORT_FORMS, HandOnForm, HandOnRequest, hand_on
from uphold.workflows.lookup import find_run


def both_orders(key: str, first: str, second: str, **fields: Any) -> list[dict[str, Any]]:
    """A pair that the judge has read in both orders."""
    again = {"key": key, "judge": "j", "verdict": second, "order": "baseline-first", "reason": "B it is."}
    return [judged(key, first, reason="A it is.", **fields), again]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pairs: a won and b lost in people's eyes, c undecided, d and e read by the judge alone, f by nobody."""
    rows = [
        *both_orders("a", "candidate", "candidate", context="be kind", tags=["x", "y"], reference="yes"),
        *both_orders("b", "candidate", "candidate"),
        *both_orders("c", "baseline", "baseline"),
        *both_orders("d", "baseline", "baseline"),
        *both_orders("e", "candidate", "baseline"),
        compared("f"),
        {"key": "a", "reviewer": "ada", "review": "candidate"},
        {"key": "b", "reviewer": "ada", "review": "baseline"},
        {"key": "c", "reviewer": "ada", "review": "baseline"},
        {"key": "c", "reviewer": "mira", "review": "candidate"},
    ]
    named = [{"candidate": "new", "baseline": "old", **row} for row in rows]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *named))
    return tmp_path


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """An example of two turns, with different answers to the first, and one of a single turn."""
    turns = {"key": "two", "turns": ["Hello?", "And then?"], "context": "be brief", "instruction": None}
    rows = [
        compared(**turns, response_candidate=["Hi.", "Bye."], response_baseline=["Ho.", "Go."]),
        {"key": "two", "turn": 1, "reviewer": "ada", "review": "baseline"},
        {"key": "two", "turn": 2, "reviewer": "ada", "review": "candidate"},
        reviewed("one", "candidate"),
    ]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
    return tmp_path


def exported(folder: Path, form: str, *options: str) -> str:
    return done(folder, "export", form, *options)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def hidden(folder: Path) -> list[str]:
    """What an export has left under a temporary name."""
    return [name for name in names_in(folder) if name.startswith(".uphold-")]


# alpaca-eval


def test_annotations_are_one_array_in_which_the_baseline_is_output_1(folder: Path) -> None:
    first, *others = json.loads(exported(folder, "alpaca-eval"))
    assert first == {
        "instruction": "be kind\n\nSay a.",
        "output_1": "a, says the baseline",
        "generator_1": "old",
        "dataset": "s",
        "output_2": "a, says the candidate",
        "generator_2": "new",
        "annotator": "human",
        "preference": 2.0,
        "by": "human",
        "key": "a",
    }
    assert [(one["key"], one["annotator"], one["preference"]) for one in others] == [
        ("b", "human", 1.0),
        ("d", "j", 1.0),
        ("e", "j", 1.5),
    ]


@pytest.mark.parametrize(
    ("by", "said", "left_out"),
    [
        ("human", {"a": 2.0, "b": 1.0}, "1 on which reviewers disagree, 3 without a label"),
        ("judge", {"a": 2.0, "b": 2.0, "c": 1.0, "d": 1.0, "e": 1.5}, "1 without a label"),
    ],
)
def test_whose_word_it_is_can_be_chosen(folder: Path, by: str, said: dict[str, float], left_out: str) -> None:
    found = uphold(folder, "export", "alpaca-eval", "--by", by)
    assert {one["key"]: one["preference"] for one in json.loads(found.stdout)} == said
    assert set(found.stderr.rpartition("left out: ")[2].strip().split(", ")) == set(left_out.split(", "))


def test_a_mixed_file_says_that_its_rate_is_neither_of_both(folder: Path) -> None:
    said = uphold(folder, "export", "alpaca-eval").stderr
    assert "2 by people, 2 by a judge: a rate over both is neither's" in said
    assert "neither" not in uphold(folder, "export", "alpaca-eval", "--by", "judge").stderr


def test_a_soft_preference_comes_back_as_it_was_imported(tmp_path: Path) -> None:
    rows = [
        judged(key, verdict, preference=share)
        for key, verdict, share in (("a", "candidate", 0.9), ("b", "baseline", 0.25))
    ]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
    done(tmp_path, "export", "alpaca-eval", "-o", "annotations.json")
    assert [one["preference"] for one in json.loads((tmp_path / "annotations.json").read_text())] == [1.9, 1.25]
    done(tmp_path, "import", "annotations.json", db="other.db")
    with open_store(tmp_path / "other.db") as store:
        assert values(store, "SELECT preference FROM judgments ORDER BY id") == pytest.approx([0.9, 0.25])


def test_model_outputs_are_those_of_one_system(folder: Path) -> None:
    first, *_ = found = json.loads(exported(folder, "alpaca-eval", "--outputs", "baseline"))
    assert len(found) == 6
    assert (first["instruction"], first["output"], first["generator"]) == (
        "be kind\n\nSay a.",
        "a, says the baseline",
        "old",
    )


def test_later_turns_have_no_place_in_it_and_nothing_to_write_is_an_empty_array(talks: Path) -> None:
    found = uphold(talks, "export", "alpaca-eval")
    assert {one["key"] for one in json.loads(found.stdout)} == {"two", "one"}
    assert found.stderr.startswith("2 pairs written; left out: 1 of a later turn")
    assert json.loads(exported(talks, "alpaca-eval", "--by", "judge")) == []


# mt-bench


def lines(path: Path) -> list[dict[str, Any]]:
    text = path.read_text("ascii")
    return [json.loads(line) for line in text.splitlines()]


def test_the_folder_has_the_three_kinds_of_files_that_fastchat_has(folder: Path) -> None:
    done(folder, "export", "mt-bench", "-o", "bench")
    names = sorted(str(path.relative_to(folder / "bench")) for path in (folder / "bench").rglob("*.jsonl"))
    assert names == [
        "model_answer/new.jsonl",
        "model_answer/old.jsonl",
        "model_judgment/human_pair.jsonl",
        "model_judgment/j_pair.jsonl",
        "question.jsonl",
    ]
    first, *_ = lines(folder / "bench" / "question.jsonl")
    assert first == {"question_id": "a", "category": "x", "turns": ["be kind\n\nSay a."], "reference": ["yes"]}
    answer, *_ = lines(folder / "bench" / "model_answer" / "new.jsonl")
    assert answer["choices"] == [{"index": 0, "turns": ["a, says the candidate"]}]
    assert (answer["question_id"], answer["model_id"], len(answer["answer_id"])) == ("a", "new", 22)
    judgments = lines(folder / "bench" / "model_judgment" / "j_pair.jsonl")
    winners = [(one["question_id"], one["g1_winner"], one["g2_winner"]) for one in judgments]
    assert winners[0] == ("a", "model_1", "model_1")
    assert winners[3:] == [("d", "model_2", "model_2"), ("e", "model_1", "model_2")]
    assert (judgments[4]["g1_judgment"], judgments[4]["g2_judgment"]) == ("A it is.", "B it is.")
    assert {(one["model_1"], one["model_2"], *one["judge"], one["turn"]) for one in judgments} == {
        ("new", "old", "j", "uphold", 1)
    }
    human = lines(folder / "bench" / "model_judgment" / "human_pair.jsonl")
    assert [(one["question_id"], one["g1_winner"], one["g2_winner"]) for one in human] == [
        ("a", "model_1", "model_1"),
        ("b", "model_2", "model_2"),
    ]


def test_an_unreadable_verdict_is_in_no_file(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", judged("a"), {**judged("b"), "verdict": None}))
    found = uphold(tmp_path, "export", "mt-bench", "-o", "bench")
    assert found.stderr == "1 pair written to bench; left out: 1 with an unreadable or failed verdict\n"
    assert len(lines(tmp_path / "bench" / "model_judgment" / "j_pair.jsonl")) == 1
    assert lines(tmp_path / "bench" / "model_judgment" / "j_pair.jsonl")[0]["orders"] == ["candidate-first"]


def test_what_was_imported_from_mt_bench_goes_back_under_its_numbers_and_comes_in_again_alike(talks: Path) -> None:
    with open_store(talks / "x.db") as store, store.writing() as conn:
        conn.execute("UPDATE examples SET key = 'mt-' || (80 + id)")
    done(talks, "export", "mt-bench", "-o", "bench")
    assert [one["question_id"] for one in lines(talks / "bench" / "question.jsonl")] == [81, 82]
    done(talks, "import", "bench", "--set", "s", db="other.db")
    both = [sorted(keys_and_labels(talks / name)) for name in ("x.db", "other.db")]
    assert both[0] == both[1]


def keys_and_labels(path: Path) -> list[tuple[Any, ...]]:
    with open_store(path) as store:
        return store.rows(
            "SELECT e.key, p.turn, h.label FROM current_pairs p JOIN examples e ON e.id = p.example_id"
            " LEFT JOIN human_labels h ON h.pair_id = p.id"
        ).fetchall()


def test_names_that_are_no_file_names_become_some_that_are_free(tmp_path: Path) -> None:
    names = {"candidate": "../org/m", "baseline": ".._org_m"}
    with new_store(tmp_path / "x.db") as store:
        rows = [judged(judge="human", **names), judged("b", judge="a/b", **names), reviewed("b", **names)]
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
    done(tmp_path, "export", "mt-bench", "-o", "bench")
    assert sorted(path.name for path in (tmp_path / "bench" / "model_answer").iterdir()) == [
        "_org_m-2.jsonl",
        "_org_m.jsonl",
    ]
    assert {one["model_id"] for path in (tmp_path / "bench" / "model_answer").iterdir() for one in lines(path)} == set(
        names.values()
    )
    assert sorted(path.name for path in (tmp_path / "bench" / "model_judgment").iterdir()) == [
        "a_b_pair.jsonl",
        "human-2_pair.jsonl",
        "human_pair.jsonl",
    ]
    judges = {tuple(lines(path)[0]["judge"]) for path in (tmp_path / "bench" / "model_judgment").iterdir()}
    assert judges == {("a/b", "uphold"), ("human", "judge"), ("human", "uphold")}


def test_a_folder_is_replaced_only_where_it_holds_nothing_else_and_force_says_so(folder: Path) -> None:
    done(folder, "export", "mt-bench", "-o", "bench")
    assert told(folder, "export", "mt-bench", "-o", "bench") == (
        "bench: is there already; name another folder, or replace it with --force"
    )
    (folder / "bench" / "model_answer" / "gone.jsonl").write_text("{}")
    done(folder, "export", "mt-bench", "-o", "bench", "--force")
    assert not (folder / "bench" / "model_answer" / "gone.jsonl").exists()
    (folder / "bench" / "notes.txt").write_text("mine")
    assert "something else in this folder (notes.txt)" in told(folder, "export", "mt-bench", "-o", "bench", "--force")
    assert (folder / "bench" / "notes.txt").read_text() == "mine"
    assert "there is no folder" in told(folder, "export", "mt-bench", "-o", "none/bench")
    assert "is there and no folder" in told(folder, "export", "mt-bench", "-o", "s.jsonl", "--force")
    (folder / "empty").mkdir()
    done(folder, "export", "mt-bench", "-o", "empty")
    assert (folder / "empty" / "question.jsonl").exists()
    assert not hidden(folder)


# trl


def training_rows(folder: Path, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(folder, "trl", "--for-training", *options).splitlines()]


def test_without_the_option_nothing_becomes_training_data(folder: Path) -> None:
    said = told(folder, "export", "trl", "-o", "train.jsonl")
    assert "stops being an evaluation set" in said
    assert "--for-training" in said
    assert not (folder / "train.jsonl").exists()
    assert "goes with trl, not with csv" in told(folder, "export", "csv", "--for-training")


def test_a_row_prefers_what_people_preferred_and_says_where_it_comes_from(folder: Path) -> None:
    found = training_rows(folder)
    assert found == [
        {
            "prompt": "be kind\n\nSay a.",
            "chosen": "a, says the candidate",
            "rejected": "a, says the baseline",
            "source": {"set": "s", "version": 1, "key": "a", "turn": 1, "by": "human"},
            "judge": None,
        },
        {
            "prompt": "Say b.",
            "chosen": "b, says the baseline",
            "rejected": "b, says the candidate",
            "source": {"set": "s", "version": 1, "key": "b", "turn": 1, "by": "human"},
            "judge": None,
        },
    ]


def test_a_judges_word_is_taken_only_when_asked_for_and_ties_never(folder: Path) -> None:
    found = training_rows(folder, "--by", "both")
    assert [(row["source"]["key"], row["source"]["by"], row["judge"]) for row in found] == [
        ("a", "human", None),
        ("b", "human", None),
        ("d", "judge", "j"),
    ]
    said = uphold(folder, "export", "trl", "--for-training", "--by", "judge").stderr
    assert said.startswith("4 pairs written; left out: 1 tied, 1 without a label\n")


def test_where_there_are_several_turns_every_row_is_a_list_of_messages(talks: Path) -> None:
    single, second, first = sorted(training_rows(talks), key=lambda row: (row["source"]["key"], -row["source"]["turn"]))
    system, hello = {"role": "system", "content": "be brief"}, {"role": "user", "content": "Hello?"}
    assert first["prompt"] == [system, hello]
    assert (first["chosen"], first["rejected"]) == (
        [{"role": "assistant", "content": "Ho."}],
        [{"role": "assistant", "content": "Hi."}],
    )
    assert (second["source"]["turn"], second["prompt"]) == (2, [system, hello])
    assert [message["content"] for message in second["chosen"]] == ["Hi.", "And then?", "Bye."]
    assert [message["role"] for message in second["rejected"]] == ["assistant", "user", "assistant"]
    assert single["prompt"] == [{"role": "user", "content": "Say one."}]


def test_messages_can_be_asked_for(folder: Path) -> None:
    first, *_ = training_rows(folder, "--messages")
    assert first["prompt"][0] == {"role": "system", "content": "be kind"}


def test_the_set_remembers_and_says_it_wherever_its_numbers_are(folder: Path) -> None:
    done(folder, "export", "trl", "--for-training", "-o", "train.jsonl")
    sentence = "2 examples of version 1; what is trained on them is not measured by them"
    assert sentence in done(folder, "set", "show", "s")
    assert sentence in " ".join(done(folder, "stats").split())
    assert sentence in uphold(folder, "export", "csv").stderr
    again = uphold(folder, "export", "trl", "--for-training", "--by", "judge")
    assert sentence in again.stderr
    use = data(folder, "stats")["training_data"]
    assert use["active_examples"] == 4
    assert [(one["labels"], one["pairs"], one["examples"], one.get("file")) for one in use["files"]] == [
        ("human", 2, 2, "train.jsonl"),
        ("judge", 4, 4, None),
    ]
    assert data(folder, "set", "show", "s")["training_data"] == use
    assert "2 files with 4 active examples in all" in done(folder, "set", "show", "s")


def test_a_set_that_never_was_says_nothing(folder: Path) -> None:
    assert "training_data" not in data(folder, "stats")
    assert data(folder, "set", "show", "s")["training_data"] is None


def test_where_nobody_prefers_anything_nothing_is_written_and_nothing_remembered(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", judged(), reviewed("t", "tie")))
    said = told(tmp_path, "export", "trl", "--for-training", "-o", "train.jsonl")
    assert said == (
        "no pair has a human label that prefers one of two different answers: there is nothing to train on; --by judge takes"
        " the judge's verdicts"
    )
    assert not (tmp_path / "train.jsonl").exists()
    assert data(tmp_path, "set", "show", "s")["training_data"] is None


def test_equal_answers_teach_nothing(tmp_path: Path) -> None:
    same = {"response_candidate": "same", "response_baseline": "same"}
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", reviewed("a", **same), reviewed("b")))
    found = uphold(tmp_path, "export", "trl", "--for-training")
    assert [json.loads(line)["source"]["key"] for line in found.stdout.splitlines()] == ["b"]
    assert "1 with equal answers" in found.stderr


def test_an_import_whose_examples_were_trained_on_is_not_taken_back(folder: Path) -> None:
    done(folder, "export", "trl", "--for-training")
    assert "training data made of its" in told(folder, "imports", "drop", "1")


# xlsx

_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(path: Path) -> list[dict[str, tuple[str, str]]]:
    """(type, content) of the cells of each row below the header, by the name of their column."""
    with zipfile.ZipFile(path) as parts:
        root = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    rows = [
        {
            re.sub(r"[0-9]", "", cell.attrib["r"]): (cell.get("t", "n"), unescaped("".join(cell.itertext())))
            for cell in row.iter(f"{_SPREADSHEET}c")
        }
        for row in root.iter(f"{_SPREADSHEET}row")
    ]
    head = {column: content for column, (_, content) in rows[0].items()}
    return [{head[column]: cell for column, cell in row.items()} for row in rows[1:]]


def unescaped(text: str) -> str:
    """A text with what the format writes as _xHHHH_ as Excel shows it."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_a_workbook_has_the_cells_of_the_csv_and_no_formula_link_or_number_made_of_a_text(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "@SUM(A1)", "http://evil.example", "007", "{=1}", "mailto:a@b.c", "internal:Sheet1!A1"]
    hostile = CONTROLS + BIDI + "_x0041_ é😀\r\n"
    rows = [
        reviewed(f"k{number}", instruction=text, response_candidate=text)
        for number, text in enumerate([*texts, hostile])
    ]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
    done(tmp_path, "export", "xlsx", "-o", "out.xlsx")
    cells = sheet(tmp_path / "out.xlsx")
    assert [row["instruction"] for row in cells] == [("inlineStr", text) for text in [*texts, hostile]]
    assert (cells[0]["human_votes"], cells[0]["adjudicated"]) == (("n", "1"), ("b", "0"))
    with zipfile.ZipFile(tmp_path / "out.xlsx") as parts:
        written = parts.read("xl/worksheets/sheet1.xml")
    assert b'topLeftCell="A2" activePane="bottomLeft" state="frozen"' in written
    assert not [part for part in (b"<f>", b"<hyperlink") if part in written]


def test_a_text_that_no_cell_takes_is_cut_and_counted(tmp_path: Path) -> None:
    long = "😀" * 20_000
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", compared(response_candidate=long)))
    found = uphold(tmp_path, "export", "xlsx", "-o", "out.xlsx")
    assert "1 text cut: a cell of a workbook takes 32,767 characters; csv has all" in found.stderr
    ((_, cell),) = [row["response_candidate"] for row in sheet(tmp_path / "out.xlsx")]
    assert cell.endswith("😀 … [cut: 20,000 characters]")
    assert len(cell.encode("utf-16-le")) <= 2 * 32_767


def test_more_pairs_than_a_sheet_has_rows_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uphold.formats.writers.workbook.MOST_PAIRS", 3)
    said = told(folder, "export", "xlsx", "-o", "out.xlsx")
    assert said == "a sheet has room for 3 pairs, and here are 6; write csv or jsonl, which have no such limit"
    assert names_in(folder) == ["s.jsonl", "x.db"]


# all of them


def test_options_that_a_format_does_not_take_are_told(folder: Path) -> None:
    for options, said in (
        (("xlsx",), "xlsx is no text: name it with -o FILE"),
        (("mt-bench",), "mt-bench is a folder of several files: name it with -o FOLDER"),
        (("csv", "--by", "human"), "--by goes with alpaca-eval and trl, not with csv"),
        (("alpaca-eval", "--reviewer", "ada"), "--reviewer goes with csv and jsonl and xlsx, not with alpaca-eval"),
        (("alpaca-eval", "--by", "me"), "--by 'me': it is one of human, judge, both"),
        (("alpaca-eval", "--outputs", "new"), "--outputs 'new': it is candidate or baseline"),
        (("trl", "--for-training", "--outputs", "candidate"), "--outputs goes with alpaca-eval, not with trl"),
        (("csv", "--json"), "--json goes with -o FILE: without it the export itself is printed"),
        (("csv", "s.csv"), "a file to write is named with -o s.csv"),
        (("alpaca-eval", "--judge", "nobody"), "judge 'nobody' has not judged this run; judges that have: j"),
    ):
        assert said in told(folder, "export", *options)


def test_what_was_written_is_told_as_json_too(folder: Path) -> None:
    found = data(folder, "export", "alpaca-eval", "-o", "annotations.json")
    assert found == {
        "format": "alpaca-eval",
        "file": "annotations.json",
        "pairs": 4,
        "by": {"human": 2, "judge": 2},
        "left_out": {"unresolved": 1, "unlabelled": 1},
        "cut": 0,
        "answers_left_out": 0,
    }


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("mt-bench", "bench"),
        pytest.param("xlsx", "out.xlsx", marks=pytest.mark.slow),
        pytest.param("alpaca-eval", "a.json", marks=pytest.mark.slow),
    ],
)
def test_a_killed_export_leaves_nothing_that_the_next_does_not_sweep(folder: Path, form: str, name: str) -> None:
    program = (
        "import os, sys; from uphold.workflows import exporting; pairs = exporting.Export.pairs\n"
        "def die(self):\n for pair in pairs(self):\n  yield pair\n  os.kill(os.getpid(), 9)\n"
        "exporting.Export.pairs = die\nfrom uphold_tui.cli import main; main()"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, "--db", "x.db", "export", form, "-o", name],
        cwd=folder,
        env=environment(),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not (folder / name).exists()
    assert hidden(folder)
    done(folder, "export", form, "-o", name)
    assert names_in(folder) == sorted(["s.jsonl", "x.db", name])


def test_a_read_only_database_is_exported_and_not_turned_into_training_data(folder: Path) -> None:
    (folder / "x.db").chmod(0o444)
    folder.chmod(0o555)
    try:
        assert json.loads(done(folder, "export", "alpaca-eval"))
        if os.geteuid() != 0:
            assert "x.db" in told(folder, "export", "trl", "--for-training")
    finally:
        folder.chmod(0o755)


def contents(path: Path) -> dict[str, bytes]:
    """What is in a file, or in the files of a folder."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return {str(one.relative_to(path)): one.read_bytes() for one in files}


@pytest.mark.parametrize("form", EXPORT_FORMS, ids=lambda form: str(form.format))
def test_the_app_hands_on_the_same_files(folder: Path, form: HandOnForm) -> None:
    assert form.format is not None
    path, command = (folder / f"{name}{form.ending}" for name in ("app", "command"))
    with open_store(folder / "x.db") as store:
        run = find_run(store, None)
    said = hand_on(folder / "x.db", HandOnRequest((run,), form, path))
    found = data(folder, "export", form.format, "-o", command)
    assert said == f"{found['pairs']} pairs written"
    if form.format != "xlsx":  # a workbook has the time it was made
        assert contents(path) == contents(command)
    with pytest.raises(FileExists):
        hand_on(folder / "x.db", HandOnRequest((run,), form, path))
    done(folder, "export", "trl", "--for-training", "-o", "train.jsonl")
    again = hand_on(folder / "x.db", HandOnRequest((run,), form, path, replace=True))
    assert "the set was turned into training data on" in again
