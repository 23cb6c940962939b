"""Cells of an export that would act in a spreadsheet: the apostrophe before them, and the way back."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from uphold.formats.files import find_file, iter_rows
from uphold.formats.reading import ByteMeter, ReadNotes
from uphold.formats.writers.pairs_csv import column_names, csv_lines, escape_formula
from uphold.formats.writers.pairs_jsonl import json_lines
from uphold.records.rows import ExportedAnnotators, ExportedPair
from uphold.records.texts import ExampleText

SIGNS = "=+-@\t\r\n＝＋－＠"

TEXTS = st.text(st.sampled_from(SIGNS + "'\",;ab \x00\x0b\x1b\x7f\x85\u2028é"), max_size=8) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=20
)


def pair(text: str, key: str = "k") -> ExportedPair:
    return ExportedPair(
        "run",
        "set",
        key,
        1,
        "0" * 64,
        (),
        ExampleText((text,), text, (text,)),
        "x",
        "y",
        (text,),
        (text,),
        (),
        (),
        None,
        0,
        False,
    )


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_any_text_comes_back_out_of_both_files(texts: list[str]) -> None:
    file = "".join(csv_lines(ExportedAnnotators(), map(pair, texts)))
    read = list(csv.DictReader(io.StringIO(file, newline="")))
    assert [row["instruction"] for row in read] == [escape_formula(text) for text in texts]
    assert [row["context"] for row in read] == [escape_formula(text) for text in texts]
    lines = list(json_lines(map(pair, texts)))
    assert all(line.isascii() and line.isprintable() is False and line.count("\n") == 1 for line in lines)
    assert [json.loads(line)["turns"] for line in lines] == [[text] for text in texts]


def test_numbers_are_numbers_and_no_cell_of_them_gets_an_apostrophe() -> None:
    assert escape_formula(-1.5) == -1.5
    assert escape_formula(None) is None


def test_a_hostile_name_makes_no_formula_of_a_column() -> None:
    header = next(iter(csv_lines(ExportedAnnotators(["j;=cmd()"], ["\t=1"]), [])))
    assert "judge:j;'=cmd():verdict" in header
    assert "reviewer:\t'=1:comment" in header


@given(TEXTS.filter(lambda text: "\0" not in text))
def test_importing_an_export_reads_the_texts_that_were_exported(text: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        lines = csv_lines(ExportedAnnotators(["j;=1"], []), [pair(text)])
        file.write_text("".join(lines), encoding="utf-8", newline="")
        notes = ReadNotes(ByteMeter(file.stat().st_size, None))
        ((_, row),) = iter_rows(find_file(file), notes)
    assert row.get("instruction", "") == text
    assert row.get("response_candidate", "") == text


def test_every_judge_and_reviewer_has_the_same_columns() -> None:
    names = column_names(ExportedAnnotators(["a:b"], ["mira"]))
    assert "judge:a:b:verdict" in names
    assert "reviewer:mira:reasons" in names
    assert len(names) == len(set(names))
