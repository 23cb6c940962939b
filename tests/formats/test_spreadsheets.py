"""Workbooks as input: the first sheet with rows, each cell as the text that CSV would have."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from support.workbooks import Raw, day, write_workbook
from uphold.errors import BadFile
from uphold.formats import spreadsheets
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import open_files

HEADER = ["key", "instruction", "response_candidate", "response_baseline", "preference"]


def read(path: Path, **options: Any) -> Any:
    found = open_files([path], ReadOptions(**options))
    return found, list(found.rows)


def told(path: Path, **options: Any) -> str:
    with pytest.raises(BadFile) as raised:
        read(path, **options)
    return str(raised.value)


def test_cells_come_as_csv_would_have_them(tmp_path: Path) -> None:
    rows = [
        [None],
        [*HEADER, "tags", None, "seen"],
        [1, "Boil an egg?\nPlease.", 8.0, 0.5, 0.25, "food, short", None, day(45000)],
        [None],
        [True, 'say "hi"', day(45000), "=1+1", None, None, "stray", None],
    ]
    found, (first, second) = read(write_workbook(tmp_path / "eggs.xlsx", {"Empty": [], "Eggs": rows}))
    assert [str(row.source) for row in (first, second)] == ["eggs.xlsx:3", "eggs.xlsx:5"]
    assert (first.key, first.turns, first.tags) == ("1", ("Boil an egg?\nPlease.",), ("food", "short"))
    assert [response.cells for response in first.responses] == [("8",), ("0.5",)]
    assert first.judgments[0].preference == 0.25
    assert (second.key, [r.cells for r in second.responses]) == ("true", [("2023-03-15",), ("=1+1",)])
    assert found.set_name == "eggs"
    assert set(found.unused_fields) == {"seen", "(column 7)"}
    assert found.warnings == []


def test_other_sheets_with_rows_are_named(tmp_path: Path) -> None:
    sheets = {"Eggs": [HEADER, ["a", "b", "c", "d"]], "Notes": [["x"], ["y"]], "Empty": []}
    found, rows = read(write_workbook(tmp_path / "eggs.xlsx", sheets))
    assert len(rows) == 1
    assert [str(one.message) for one in found.warnings] == ["the sheet 'Notes', of 2 rows, is not read; 'Eggs' is"]


def test_a_title_above_the_header_is_left_out_and_one_column_has_none(tmp_path: Path) -> None:
    titled = [["Results of May"], [None], HEADER, ["a", "b", "c", "d"]]
    found, (row,) = read(write_workbook(tmp_path / "e.xlsx", {"S": titled}))
    assert (row.key, str(row.source)) == ("a", "e.xlsx:4")
    assert [str(one.source) + " " + one.message for one in found.warnings] == [
        "e.xlsx:3 taken for the header; 1 row above it, of one cell each, left out"
    ]
    found, rows = read(write_workbook(tmp_path / "one.xlsx", {"S": [["instruction"], ["Boil?"], ["Fry?"]]}))
    assert ([row.turns for row in rows], found.warnings) == ([("Boil?",), ("Fry?",)], [])


def test_a_cell_without_a_value_is_told_at_its_row(tmp_path: Path) -> None:
    odd = [
        Raw('t="e"><v>#N/A</v>'),
        Raw('t="e"><f>1/0</f><v>#DIV/0!</v>'),
        Raw("><f>A1&amp;B1</f>"),
        Raw("><f>A1&amp;B1</f><v></v>"),
    ]
    rows = [HEADER, *(["x", "y", cell, "z"] for cell in odd), ["a", "b", Raw('t="str"><f>A1</f><v>key</v>'), "d"]]
    path = write_workbook(tmp_path / "e.xlsx", {"S": rows})
    assert told(path) == "e.xlsx:2: response_candidate is the error #N/A; mend the cell"
    found, (row,) = read(path, skip_bad=True)
    assert [response.cells for response in row.responses] == [("key",), ("d",)]
    assert [bad.reason.split(" is ")[1] for bad in found.skipped] == [
        "the error #N/A; mend the cell",
        "the error #DIV/0!; mend the cell",
        "a formula that was never calculated; mend the cell",
        "a formula that was never calculated; mend the cell",
    ]


@pytest.mark.parametrize(
    ("sheets", "problem"),
    [
        ({"S": []}, "there is no row in it"),
        ({"S": [["key", "key"], ["a", "b"]]}, 'e.xlsx:1: the header names the column "key" twice'),
        ({"S": [["name", "text"], ["a", "b"]]}, 'only "name", "text"'),
    ],
)
def test_a_sheet_without_rows_to_read_is_told(tmp_path: Path, sheets: dict[str, Any], problem: str) -> None:
    assert problem in told(write_workbook(tmp_path / "e.xlsx", sheets))


def test_a_cell_far_out_is_a_sentence_and_no_abort(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = write_workbook(tmp_path / "far.xlsx", {"S": [HEADER, ["a", "b", "c", "d"]]}, far)
    assert "or its cells take more than 2 GiB of memory; save the sheet as CSV" in told(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "LARGEST_WORKBOOK", 1024 * 1024)
    path = write_workbook(tmp_path / "big.xlsx", {"S": [HEADER, ["a", "x" * 2_000_000, "c", "d"]]})
    assert "big.xlsx: this workbook unpacks to" in told(path)
    assert "save the sheet as CSV" in told(path)


def test_a_damaged_workbook_is_a_sentence(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "e.xlsx", {"S": [HEADER, ["a", "b", "c", "d"]]})
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data = bytearray(path.read_bytes())
    data[place + 60 : place + 90] = b"\xff" * 30
    path.write_bytes(data)
    assert "e.xlsx: " in told(path)
    path.write_bytes(data[: len(data) // 2])
    assert "not a zip archive that can be read" in told(path)
