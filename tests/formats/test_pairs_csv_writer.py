"""Cells of an export that would act in a spreadsheet: the apostrophe before them, and the way back."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

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


@given(TEXTS)
def test_no_text_begins_like_a_formula_and_taking_off_the_apostrophe_gives_it_back(text: str) -> None:
    made = escape_formula(text)
    assert isinstance(made, str)
    assert made[:1] not in set(SIGNS) or not made
    after = made.lstrip("'")
    assert (made[1:] if after != made and after[:1] in set(SIGNS) and after else made) == text


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


def test_every_judge_and_reviewer_has_the_same_columns() -> None:
    names = column_names(ExportedAnnotators(["a:b"], ["mira"]))
    assert "judge:a:b:verdict" in names
    assert "reviewer:mira:reasons" in names
    assert len(names) == len(set(names))
