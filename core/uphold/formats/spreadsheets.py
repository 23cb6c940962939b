"""Rows of .xlsx workbooks: the first sheet that has any, under its header row, every cell as text.

Reading is done by `sheet_process`, a program with limited memory; cells come as they would in CSV.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from uphold.errors import BadFile
from uphold.formats import sheet_process
from uphold.formats.csv_rows import check_header, column_names
from uphold.formats.json_values import LONGEST_LINE
from uphold.formats.reading import BadRow, FileRow, ReadNotes
from uphold.formatting import count_noun
from uphold.records.rows import RowSource

LARGEST_WORKBOOK = 512 * 1024 * 1024
"""Maximal size of a workbook's sheets and texts when unpacked, in bytes."""

MEMORY = 2 * 1024**3
"""Address space of the process that reads a workbook, in bytes."""

_PROGRESS_MASK = 0xFF  # progress is reported every 256 rows
_MEDIA = ("xl/media/", "xl/embeddings/")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that is read: name, header with the row it is in, the number of title rows above, name and height of
    other sheets, and its height."""

    name: str
    header_row: int
    header: tuple[str | None, ...]
    titles: int
    others: tuple[tuple[str, int], ...]
    rows: int

    @property
    def columns(self) -> list[str]:
        """The names of the columns up to the last that has one; one without a name is called by its number."""
        width = max((number for number, name in enumerate(self.header, 1) if name is not None), default=0)
        return column_names([name or "" for name in self.header[:width]])


Cell = str | dict[str, str] | None
"""A text, None where the cell is empty, or a `problem` in place of a value."""


def read_sheet(path: Path, name: str) -> Sheet:
    """Return what is to be read of a workbook. Raises BadFile, naming the file `name`."""
    status = path.stat()
    return _read_sheet(path, name, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)  # an import looks at a file several times, and each time costs as much as reading the sheet
def _read_sheet(path: Path, name: str, modified: int, size: int) -> Sheet:
    with _printed(path, name) as lines:
        return _header(lines, name)[0]


def iter_sheet_rows(path: Path, name: str, notes: ReadNotes) -> Iterator[FileRow]:
    """Yield every row under the header of the file `name` with its place. Raises BadFile."""
    with _printed(path, name) as lines:
        sheet, rows = _header(lines, name)
        for other, height in sheet.others:
            notes.warn(
                RowSource(name), f"the sheet {other!r}, of {count_noun(height, 'row')}, is not read; {sheet.name!r} is"
            )
        if sheet.titles:
            above = count_noun(sheet.titles, "row")
            notes.warn(
                RowSource(name, sheet.header_row), f"taken for the header; {above} above it, of one cell each, left out"
            )
        columns = _checked_columns(sheet, name)
        size = path.stat().st_size
        for number, cells in rows:
            if not number & _PROGRESS_MASK:
                notes.meter.update(size * number // max(sheet.rows, number))
            source = RowSource(name, number)
            try:
                yield source, _row(columns, cells)
            except BadRow as error:
                notes.skip_or_raise(source, str(error))


def _checked_columns(sheet: Sheet, name: str) -> list[str]:
    columns = sheet.columns
    try:
        check_header(columns)
    except BadRow as error:
        raise BadFile(f"{RowSource(name, sheet.header_row)}: {error}") from None
    return columns


def _row(columns: Sequence[str], cells: Sequence[Cell]) -> dict[str, Any]:
    """Return a row without its empty cells. Raises BadRow for a cell that has no value, though it is not empty."""
    row = {}
    for index, cell in enumerate(cells):
        if cell is not None:
            row[columns[index] if index < len(columns) else f"(column {index + 1})"] = cell
    for column, cell in row.items():
        if type(cell) is dict:
            raise BadRow(f"{column} is {cell['problem']}; mend the cell")
    return row


def _header(lines: Iterator[Any], name: str) -> tuple[Sheet, Iterator[Any]]:
    """Return the sheet, and the rows under its header. Raises BadFile, naming the file `name`.

    The header is the first row that is not empty, but rows of one cell above it are titles where the sheet has more columns.
    """
    opening = next(lines)
    above: list[Any] = []
    for number, cells in lines:
        above.append((number, cells))
        if len(cells) == 1 or sum(cell is not None for cell in cells) > 1:
            header, titles, rows = (number, cells), above[:-1], lines
            break
    else:
        if not above:
            raise BadFile(f"{name}: there is no row in it")
        header, titles, rows = above[0], [], iter(above[1:])
    names = [cell if type(cell) is str else None for cell in header[1]]
    others = tuple((other, height) for other, height in opening["others"])
    return Sheet(opening["sheet"], header[0], tuple(names), len(titles), others, opening["rows"]), rows


@contextmanager
def _printed(path: Path, name: str) -> Iterator[Iterator[Any]]:
    _check_size(path, name)
    program = [sys.executable, "-P", sheet_process.__file__, str(path), str(MEMORY)]
    with subprocess.Popen(
        program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            yield _values(process, process.stdout, name)
        finally:
            process.kill()


def _values(process: "subprocess.Popen[bytes]", stdout: IO[bytes], name: str) -> Iterator[Any]:
    while line := stdout.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            break
        value = json.loads(line)
        if type(value) is dict and "error" in value:
            raise BadFile(f"{name}: {_sentence(value['error'])}")
        yield value
    if line or process.wait():
        raise BadFile(
            f"{name}: this workbook is damaged, or its cells take more than {MEMORY // 1024**3} GiB of memory; save the sheet"
            " as CSV"
        )


def _sentence(error: str) -> str:
    if "password" in error.lower():
        return "this workbook has a password; save it without one"
    return error if error.startswith("there is") else f"not a workbook that can be read ({error})"


def _check_size(path: Path, name: str) -> None:
    """Raise BadFile for an archive that says it unpacks to too much; what does not say so meets the limit of memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist() if not member.filename.startswith(_MEDIA))
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise BadFile(f"{name}: not a workbook that can be read ({error})") from None
    if size > LARGEST_WORKBOOK:
        raise BadFile(
            f"{name}: this workbook unpacks to {size // 1024**2:,} MiB, more than the {LARGEST_WORKBOOK // 1024**2} MiB"
            " that are read; save the sheet as CSV"
        )
