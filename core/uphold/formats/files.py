"""Input files: finding them, detecting their shape, and iterating over their rows (JSONL, a JSON array or CSV)."""

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from uphold.errors import BadFile
from uphold.formats.csv_cells import is_export, restore
from uphold.formats.json_values import (
    BOM,
    LONGEST_LINE,
    describe_bad_utf8,
    describe_not_an_object,
    describe_syntax_error,
    lenient_decoder,
    parse_line,
    parse_value_at,
)
from uphold.formats.reading import BadRow, ReadNotes
from uphold.records.rows import RowSource

_HEAD_SIZE = 64 * 1024
"""Bytes that are read to detect a file's shape and fields."""

_BLANK = " \t\r\n\v\f"
FileRow = tuple[RowSource, dict[str, Any]]
_SPACE = re.compile(r"[ \t\r\n]*")
_SEPARATOR = re.compile(r"[ \t\r\n]*([,\]]?)[ \t\r\n]*")
_PROGRESS_MASK = 0xFF  # progress is reported every 256 rows


@dataclass(frozen=True)
class InputFile:
    """One file. `name` is used in messages; `named_directly` is False for a file found in a folder; `size` is in bytes."""

    path: Path
    name: str
    named_directly: bool
    size: int

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the file for binary reading, past a BOM. Raises BadFile if it cannot be read."""
        try:
            with self.path.open("rb") as file:
                if file.read(3) != BOM:
                    file.seek(0)
                yield file
        except OSError as error:
            raise BadFile(f"{self.name}: cannot be read: {error.strerror or error}") from None

    def read_text(self) -> str:
        """Return the whole file as text. Raises BadFile with the line of the first byte that is not UTF-8."""
        with self.open() as file:
            data = file.read()
            start = file.tell() - len(data)
        if len(data) > LONGEST_LINE:
            self._check_line_lengths(data)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            line = 1 + data.count(b"\n", 0, error.start)
            raise BadFile(f"{self.name}:{line}: {describe_bad_utf8(data, start + error.start)}") from None

    def _check_line_lengths(self, data: bytes) -> None:
        line = start = 0
        while start < len(data):
            line += 1
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            if end - start > LONGEST_LINE:
                raise BadFile(f"{self.name}:{line}: the line is longer than 64 MiB; write one row a line (JSONL)")
            start = end + 1

    @cached_property
    def _head(self) -> str:
        with self.open() as file:
            head = file.read(_HEAD_SIZE).decode(errors="replace").lstrip(_BLANK)
            return head or file.read().decode(errors="replace").lstrip(_BLANK)

    @cached_property
    def shape(self) -> str:
        """`array`, `jsonl`, `csv` or `empty`, detected from the first bytes.

        A file whose first line is not JSON still counts as JSONL if its second line is an object.
        """
        head = self._head
        if not head:
            return "empty"
        if head[0] in "[{":
            return "array" if head[0] == "[" else "jsonl"
        lines = [line for line in head.split("\n")[1:] if line.strip(_BLANK)]
        return "jsonl" if lines and _first_object(lines[0]) is not None else "csv"

    @cached_property
    def first_row(self) -> dict[str, Any] | None:
        """The first row if it is a readable JSON object, else None."""
        if self.shape not in ("array", "jsonl"):
            return None
        found = _first_object(self._head)
        if found is None and _HEAD_SIZE < self.size <= 4 * LONGEST_LINE:
            with self.open() as file:
                found = _first_object(file.read().decode(errors="replace").lstrip(_BLANK))
        return found

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """Field names of the first row or of the CSV header; None if they cannot be read."""
        if self.shape == "csv":
            return frozenset(_column_names_in(self._head))
        return None if self.first_row is None else frozenset(self.first_row)


def _first_object(text: str) -> dict[str, Any] | None:
    inner = text[1:].lstrip(_BLANK) if text.startswith("[") else text
    try:
        value, _ = lenient_decoder.raw_decode(inner)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def column_names(record: list[str]) -> list[str]:
    """Return the column names of a CSV header; a column without a name is called by its number."""
    return [name or f"(column {number})" for number, name in enumerate(record, 1)]


def _column_names_in(text: str) -> list[str]:
    try:
        return column_names(next(csv.reader(io.StringIO(text, newline="")), []))
    except csv.Error:
        return []


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """Return the files named by `paths` and those in folders, sorted by name; dot files are left out. Raises BadFile."""
    if not paths:
        raise BadFile("no file was given")
    files: list[InputFile] = []
    for path in paths:
        if path.is_dir():
            files.extend(_input_file(found, found.relative_to(path).as_posix(), False) for found in _files_in(path))
        else:
            files.append(find_file(path))
    return _with_distinct_names(files)


def find_file(path: Path) -> InputFile:
    """Return one file that was named directly. Raises BadFile if it is missing or not a regular file."""
    if not path.exists():
        raise BadFile(f"{escape_name(str(path))}: there is no such file")
    if not path.is_file():
        raise BadFile(f"{escape_name(str(path))}: is no ordinary file; save it to one first")
    return _input_file(path, path.name, True)


def _input_file(path: Path, name: str, named_directly: bool) -> InputFile:
    try:
        return InputFile(path, escape_name(name), named_directly, path.stat().st_size)
    except OSError as error:
        raise BadFile(f"{escape_name(name)}: cannot be read: {error.strerror or error}") from None


def _files_in(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(parent, name) for name in sorted(names) if not name.startswith("."))
    return [path for path in found if path.is_file()]


def _with_distinct_names(files: list[InputFile]) -> list[InputFile]:
    """Replace names that occur twice by paths."""
    names = [file.name for file in files]
    return [
        InputFile(file.path, escape_name(str(file.path)), file.named_directly, file.size)
        if names.count(file.name) > 1
        else file
        for file in files
    ]


def escape_name(name: str) -> str:
    """Return a file name that can be encoded as UTF-8: other bytes become backslash escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def default_set_name(paths: Sequence[Path]) -> str:
    """Return the name of the file (without suffix) or folder; for several paths, that of their common folder."""
    whole = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  (resolve() would follow links)
    if len(whole) == 1:
        return escape_name(whole[0].stem if whole[0].is_file() else whole[0].name) or "imported"
    return escape_name(Path(os.path.commonpath([path.parent for path in whole])).name) or "imported"


def iter_rows(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    """Yield every row of `file` with its source. Raises BadFile, also if there are no rows."""
    reader = {"array": _iter_array, "csv": _iter_csv}.get(file.shape, _iter_lines)
    skipped_before = len(notes.skipped)
    is_empty = True
    for row in reader(file, notes):
        is_empty = False
        yield row
    if is_empty and len(notes.skipped) == skipped_before:
        raise BadFile(f"{file.name}: there is no row in it")
    notes.meter.finish_file(file.size)


def _iter_lines(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    name, report = file.name, notes.meter.update
    with file.open() as lines:
        position = lines.tell()
        for number, raw in enumerate(iter(partial(lines.readline, LONGEST_LINE + 2), b""), 1):
            start, position = position, position + len(raw)
            if raw.isspace():
                continue
            source = RowSource(name, number)
            try:
                record = parse_line(raw, start)
            except BadRow as error:
                hint = _one_line_hint(raw) if number == 1 else ""
                notes.skip_or_raise(source, f"{error}{hint}")
                position += _skip_rest_of_line(lines, raw)
            else:
                yield source, record
            if not number & _PROGRESS_MASK:
                report(position)


def _one_line_hint(raw: bytes) -> str:
    return "; an object over several lines is read only within a JSON array" if raw.strip() == b"{" else ""


def _skip_rest_of_line(lines: BinaryIO, raw: bytes) -> int:
    """Read to the end of a line that is longer than the limit; return the number of bytes."""
    skipped = 0
    while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
        raw = lines.readline(LONGEST_LINE + 2)
        skipped += len(raw)
    return skipped


def _iter_array(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    text = file.read_text()
    position = _SPACE.match(text, text.index("[") + 1).end()  # type: ignore[union-attr]
    line = 1 + text.count("\n", 0, position)
    if text.startswith("]", position):
        _check_end(file, text, position + 1)
        return
    number = 0
    while True:
        number += 1
        source = RowSource(file.name, line, number)
        record, end = _parse_element(text, position, source)
        if isinstance(record, str):
            notes.skip_or_raise(source, record)
        else:
            yield source, record
        match = _SEPARATOR.match(text, end)
        separator, start = (match[1], match.end()) if match else ("", end)
        line += text.count("\n", position, start)
        if not separator:
            raise BadFile(f'{RowSource(file.name, line, number)}: not JSON: "," or "]" expected after this item')
        position = start
        if separator == "]":
            return _check_end(file, text, position)
        if not number & _PROGRESS_MASK:
            notes.meter.update(file.size * position // len(text))


def _parse_element(text: str, position: int, source: RowSource) -> tuple[dict[str, Any] | str, int]:
    """Return the object at `position`, or a message if it is not a valid row; and the position of its end."""
    try:
        try:
            value, end = parse_value_at(text, position)
        except BadRow as error:
            return str(error), lenient_decoder.raw_decode(text, position)[1]
    except JSONDecodeError as error:
        raise BadFile(f"{RowSource(source.file, error.lineno, source.item)}: {describe_syntax_error(error)}") from None
    except RecursionError:
        raise BadFile(f"{source}: nested too deeply to be read") from None
    except ValueError as error:
        raise BadFile(f"{source}: not JSON that can be read: {error}") from None
    return (value if type(value) is dict else describe_not_an_object(value)), end


def _check_end(file: InputFile, text: str, position: int) -> None:
    start = _SPACE.match(text, position).end()  # type: ignore[union-attr]
    if start < len(text):
        line = 1 + text.count("\n", 0, start)
        raise BadFile(f"{file.name}:{line}: something follows after the end of the array")


class _LineKeeper:
    """Iterates over the lines of a stream; `last` is the one that was read last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._stream)
        return self.last


def _iter_csv(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    csv.field_size_limit(LONGEST_LINE)
    text = file.read_text()
    stream = io.StringIO(text, newline="")
    lines = _LineKeeper(stream)
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    number = 0
    while True:
        source = RowSource(file.name, reader.line_num + 1, number + 1 if header else None)
        try:
            record = next(reader)
            # A blank line is no row; a single quoted cell of white space is one.
            if len(record) < 2 and not ("".join(record) and lines.last.strip()):
                continue
            if header is None:
                header = _read_header(record)
                continue
            number += 1
            row = _csv_row(header, [restore(cell) for cell in record] if is_export(header) else record)
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
            notes.meter.update(file.size * stream.tell() // len(text))


def _read_header(record: list[str]) -> list[str]:
    names = column_names([restore(name) for name in record] if is_export(record) else record)
    for name in names:
        if "\0" in name:
            raise BadRow("a NUL byte in the header; this is no text file, or a broken one")
        if names.count(name) > 1:
            raise BadRow(f'the header names the column "{name}" twice')
    return names


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
