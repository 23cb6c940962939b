"""Writer of pairs as an Excel workbook: the columns of the CSV, one row per pair, row by row from a file on the disk.

Texts are texts whatever they begin with: no formula, number or link is made of one. Excel takes up to 32,767 characters
a cell and 1,048,576 rows a sheet; a longer text is cut, and says so at its end.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from uphold.errors import BadUsage
from uphold.formats.writers.pairs_csv import Value, column_names, row_values
from uphold.formatting import count, count_noun
from uphold.records.exports import ExportCounts
from uphold.records.rows import ExportedAnnotators, ExportedPair

LONGEST_CELL = 32_767
"""Code units of UTF-16 that a cell takes."""

MOST_PAIRS = 1_048_575
"""Rows of a sheet below its header."""

MOST_COLUMNS = 16_384

_WIDE = {"context", "instruction", "reference", "response_candidate", "response_baseline", "earlier_turns"}

_ANOTHER = "write csv or jsonl, which have no such limit"


def check_fits(annotators: ExportedAnnotators, pairs: int) -> None:
    """Raise BadUsage for more columns, or more rows, than a sheet has."""
    columns = len(column_names(annotators))
    if columns > MOST_COLUMNS:
        raise BadUsage(f"a sheet has {count(MOST_COLUMNS)} columns, and these pairs need {count(columns)}; {_ANOTHER}")
    if pairs > MOST_PAIRS:
        raise BadUsage(
            f"a sheet has room for {count_noun(MOST_PAIRS, 'pair')}, and here are {count(pairs)}; {_ANOTHER}"
        )


def write_workbook(
    path: Path, annotators: ExportedAnnotators, pairs: Iterable[ExportedPair], counts: ExportCounts, scratch: Path
) -> None:
    """Write a workbook with one sheet; what does not stay in memory is kept in the folder `scratch` meanwhile.

    Raises OSError where the file cannot be written, or would be larger than 4 GiB.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxFileError

    options = {
        "constant_memory": True,
        "tmpdir": str(scratch),
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    try:
        with Workbook(str(path), options) as workbook:
            _write_sheet(workbook, column_names(annotators), pairs, counts)
    except XlsxFileError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error


def _write_sheet(workbook: Any, names: list[str], pairs: Iterable[ExportedPair], counts: ExportCounts) -> None:
    sheet, bold = workbook.add_worksheet("pairs"), workbook.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.set_column(column, column, 40 if name in _WIDE else 16)
    for column, name in enumerate(names):
        sheet.write_string(0, column, _fitted(name, counts), bold)
    for row, pair in enumerate(pairs, 1):
        counts.write()
        values = row_values(pair)
        for column, name in enumerate(names):
            _write_cell(sheet, row, column, values.get(name), counts)


def _write_cell(sheet: Any, row: int, column: int, value: Value, counts: ExportCounts) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, _fitted(value, counts))


def _fitted(text: str, counts: ExportCounts) -> str:
    """Return a text as a cell takes it: half a surrogate pair is written out, and a text that is too long is cut."""
    text = text.encode("utf-8", "backslashreplace").decode()
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * LONGEST_CELL:
        return text
    counts.cut += 1
    mark = f" … [cut: {count(len(text))} characters]"
    return encoded[: 2 * (LONGEST_CELL - len(mark))].decode("utf-16-le", "ignore") + mark
