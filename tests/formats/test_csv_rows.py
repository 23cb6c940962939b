"""CSV as spreadsheet programs write it: separators and line ends told apart by content."""

from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats import csv_rows
from uphold.formats.csv_rows import CsvLayout, csv_layout


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("key,instruction\na,b\n", ","),
        ("key;instruction\na;b\n", ";"),
        ("key\tinstruction\na\tb\n", "\t"),
        ('key;instruction;preference\na;"one, two, three";0,5\nb;x, y;1,0\n', ";"),
        ('key,instruction\na,"one; two; three"\n', ","),
        ('"key, or id";instruction\n"a, b";c\n', ";"),
        ("key;text, given;answer\na;b;c\n", ";"),
        ("key\tinstruction\na\tone, two; three\n", "\t"),
        ("instruction\none; two\n", ","),
        ("instruction\none, two\n", ","),
        ("key;instruction;tags", ";"),
        ("key;instruction\na\nb;c;d\n", ";"),
        ('key;instruction\na;"not closed\n', ";"),
        ("", ","),
    ],
)
def test_the_separator_is_told_by_content(text: str, separator: str) -> None:
    assert csv_layout(text, complete=True) == CsvLayout(separator, 0)
    assert csv_layout(text.replace("\n", "\r"), complete=True).separator == separator


def test_a_record_that_the_head_cuts_off_does_not_count() -> None:
    assert csv_layout('k;a,b\n1;"x, y"\n2;"z, ', complete=False).separator == ";"


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_first_line_that_excel_writes_is_no_header(reading: Any, hint: str) -> None:
    row = reading(f"{hint}\r\nkey;instruction\r\na;b\r\n", "set.csv").only
    assert (row.key, row.turns, str(row.source)) == ("a", ("b",), "set.csv:3 (item 1)")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_have_their_lines_whatever_ends_them(reading: Any, end: str, separator: str) -> None:
    lines = ["", "key|preference|instruction", 'a|"0,5"|"one', "", 'two; three"', "", "b|1|four", ""]
    text = end.join(lines).replace("|", separator)
    first, second = reading(text, "set.csv").rows
    assert [str(row.source) for row in (first, second)] == ["set.csv:3 (item 1)", "set.csv:7 (item 2)"]
    assert first.turns == (f"one{end}{end}two; three",)
    assert first.judgments[0].preference == 0.5


def test_one_column_is_read(reading: Any) -> None:
    rows = reading("instruction\none; two\n\nthree\n", "set.csv").rows
    assert [row.turns for row in rows] == [("one; two",), ("three",)]


def test_a_record_over_64_mib_is_refused_and_not_kept(reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "LONGEST_LINE", 64_000)
    line = "x" * 1000 + "\n"
    with pytest.raises(BadFile, match=r"set\.csv:3 \(item 2\): the record is longer than 64 MiB"):
        reading('key,instruction\na,b\nc,"' + line * 65, "set.csv")
