"""Rows of CSV text under a header; comma, semicolon and tab are told apart by content."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile
from uphold.formats.csv_cells import is_export, restore
from uphold.formats.json_values import LONGEST_LINE
from uphold.formats.reading import BadRow, FileRow, ReadNotes
from uphold.records.rows import RowSource

_SEPARATORS = ",\t;"
_EXCEL_HINT = re.compile(r'"?sep=([^"\r\n])"?(?:\r\n?|\n)', re.IGNORECASE)
_PROGRESS_MASK = 0xFF  # progress is reported every 256 rows


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """What separates the cells, and how many characters come before the header (Excel's `sep=;`)."""

    separator: str
    skipped: int


def csv_layout(head: str, *, complete: bool) -> CsvLayout:
    """Return the layout of a CSV text from its beginning; `complete` if that is all of it.

    Of the separators that divide the header the one is taken with which all rows have as many cells as the header; of
    several such the one with most cells.
    """
    hint = _EXCEL_HINT.match(head)
    if hint:
        return CsvLayout(hint[1], hint.end())
    best, separator = (False, 1), _SEPARATORS[0]
    for candidate in _SEPARATORS:
        counts = _cell_counts(head, candidate, complete=complete)
        score = (len(set(counts)) == 1, counts[0]) if counts else (False, 1)
        if score[1] > 1 and score > best:
            best, separator = score, candidate
    return CsvLayout(separator, 0)


def _cell_counts(head: str, separator: str, *, complete: bool) -> list[int]:
    """Return the number of cells of each record in `head`; 0 for what is no CSV with this separator."""
    counts: list[int] = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=separator, strict=True):
            text = "".join(record)
            if len(record) > 1 or text.strip():
                # A cell with one quotation mark is a piece of a quoted one, which this separator has cut.
                is_cut = '"' in text and any(cell.count('"') % 2 for cell in record)
                counts.append(0 if is_cut and counts else len(record))
    except csv.Error:
        return [*counts, 0] if complete or not counts else counts
    return counts if complete or len(counts) < 2 else counts[:-1]  # the last record may be cut off


def header_of(head: str, layout: CsvLayout) -> list[str]:
    """Return the names of the columns, none if the header cannot be read."""
    try:
        reader = csv.reader(io.StringIO(head[layout.skipped :], newline=""), delimiter=layout.separator)
        return column_names(next((record for record in reader if "".join(record).strip()), []))
    except csv.Error:
        return []


def column_names(record: list[str]) -> list[str]:
    """Return the column names of a header; a column without a name is called by its number."""
    return [name or f"(column {number})" for number, name in enumerate(record, 1)]


class _LineKeeper:
    """Iterates over lines; `last` is the one that was read last. Raises BadRow for a record that is too long."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last = ""
        self.record_size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        self.record_size += len(self.last)
        if self.record_size > LONGEST_LINE:
            raise BadRow("the record is longer than 64 MiB; a quote in it may not be closed")
        return self.last


def iter_csv_rows(
    name: str, lines: Iterator[str], layout: CsvLayout, notes: ReadNotes, report: Callable[[], None]
) -> Iterator[FileRow]:
    """Yield every row of the file `name` with its source. Raises BadFile; calls `report` now and then.

    `header_of` and this read the same header: `lines` are those of the whole text, `sep=;` among them.
    """
    csv.field_size_limit(LONGEST_LINE)
    before = 1 if layout.skipped else 0
    for _ in range(before):
        next(lines, None)
    keeper = _LineKeeper(lines)
    reader = csv.reader(keeper, delimiter=layout.separator, strict=True)
    header: list[str] | None = None
    restores = False
    number = 0
    while True:
        source = RowSource(name, reader.line_num + 1 + before, number + 1 if header else None)
        keeper.record_size = 0
        try:
            record = next(reader)
            # A blank line is no row; a single quoted cell of white space is one.
            if len(record) < 2 and not ("".join(record) and keeper.last.strip()):
                continue
            if header is None:
                header, restores = _read_header(record), is_export(record)
                continue
            number += 1
            row = _csv_row(header, [restore(cell) for cell in record] if restores else record)
        except StopIteration:
            return
        except (csv.Error, BadRow) as error:
            if header is None:
                raise BadFile(f"{source}: {_describe_csv_error(error)}") from None
            number = source.item or number
            notes.skip_or_raise(source, _describe_csv_error(error))
        else:
            yield source, row
        if not number & _PROGRESS_MASK:
            report()


def _read_header(record: list[str]) -> list[str]:
    names = column_names([restore(name) for name in record] if is_export(record) else record)
    check_header(names)
    return names


def check_header(names: list[str]) -> None:
    """Raise BadRow for names that cannot be a header's."""
    seen: set[str] = set()
    for name in names:
        if "\0" in name:
            raise BadRow("a NUL byte in the header; this is no text file, or a broken one")
        if name in seen:
            raise BadRow(f'the header names the column "{name}" twice')
        seen.add(name)


def _csv_row(header: list[str], record: list[str]) -> dict[str, Any]:
    if len(record) != len(header):
        raise BadRow(f"{len(record)} cells where the header has {len(header)}")
    row = {name: cell for name, cell in zip(header, record, strict=True) if cell}  # an empty cell is a missing field
    for name, cell in row.items():
        if "\0" in cell:
            raise BadRow(f"a NUL byte in {name}; this is no text file, or a broken one")
    return row


def _describe_csv_error(error: Exception) -> str:
    if "unexpected end of data" in str(error):
        return "a quote that is opened in this record never closes"
    return f"not CSV: {error}" if isinstance(error, csv.Error) else str(error)
