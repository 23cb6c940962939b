"""The files a person gave, and a first look into each: what shape it has and which fields its first row has."""

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
from typing import Any, BinaryIO

from uphold.errors import BadFile
from uphold.formats.json_values import (
    BOM,
    LONGEST_LINE,
    lenient,
    line_object,
    not_an_object,
    not_utf8,
    syntax,
    value_at,
)
from uphold.formats.reading import BadRow, ReadNotes
from uphold.records.rows import RowSource

_HEAD = 64 * 1024


_BLANK = " \t\r\n\v\f"


@dataclass(frozen=True)
class InputFile:
    """One file; `name` is what messages call it, `alone` is False where it was found in a folder."""

    path: Path
    name: str
    alone: bool
    size: int

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes after a BOM; raises BadFile where the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                if file.read(3) != BOM:
                    file.seek(0)
                yield file
        except OSError as error:
            raise BadFile(f"{self.name}: cannot be read: {error.strerror or error}") from None

    def text(self) -> str:
        """The whole file; raises BadFile with the line of what is not UTF-8 text."""
        with self.open() as file:
            data = file.read()
            start = file.tell() - len(data)
        if len(data) > LONGEST_LINE:
            self._refuse_long_lines(data)
        try:
            return data.decode()
        except UnicodeDecodeError as bad:
            line = 1 + data.count(b"\n", 0, bad.start)
            raise BadFile(f"{self.name}:{line}: {not_utf8(data, start + bad.start)}") from None

    def _refuse_long_lines(self, data: bytes) -> None:
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
            head = file.read(_HEAD).decode(errors="replace").lstrip(_BLANK)
            return head or file.read().decode(errors="replace").lstrip(_BLANK)

    @cached_property
    def shape(self) -> str:
        """`array`, `jsonl`, `csv` or `empty`, told by the first bytes.

        A file whose first line is no JSON is JSONL all the same where its second one is an object.
        """
        head = self._head
        if not head:
            return "empty"
        if head[0] in "[{":
            return "array" if head[0] == "[" else "jsonl"
        lines = [line for line in head.split("\n")[1:] if line.strip(_BLANK)]
        return "jsonl" if lines and _first_object(lines[0]) is not None else "csv"

    @cached_property
    def first(self) -> dict[str, Any] | None:
        """The first row where it is a JSON object that can be read, else None."""
        if self.shape not in ("array", "jsonl"):
            return None
        found = _first_object(self._head)
        if found is None and _HEAD < self.size <= 4 * LONGEST_LINE:
            with self.open() as file:
                found = _first_object(file.read().decode(errors="replace").lstrip(_BLANK))
        return found

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """The fields of the first row or of the CSV header; None where these cannot be made out."""
        if self.shape == "csv":
            return frozenset(_column_names_in(self._head))
        return None if self.first is None else frozenset(self.first)


def _first_object(text: str) -> dict[str, Any] | None:
    inner = text[1:].lstrip(_BLANK) if text.startswith("[") else text
    try:
        value, _ = lenient.raw_decode(inner)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def column_names(record: list[str]) -> list[str]:
    """A CSV header; a column without a name is called by its number."""
    return [name or f"(column {number})" for number, name in enumerate(record, 1)]


def _column_names_in(text: str) -> list[str]:
    try:
        return column_names(next(csv.reader(io.StringIO(text, newline="")), []))
    except csv.Error:
        return []


def expand(paths: Sequence[Path]) -> list[InputFile]:
    """The files behind `paths`, folders opened and sorted by name; what begins with a dot is passed over."""
    if not paths:
        raise BadFile("no file was given")
    files: list[InputFile] = []
    for path in paths:
        if path.is_dir():
            files.extend(_given(found, found.relative_to(path).as_posix(), False) for found in _inside(path))
        else:
            files.append(single(path))
    return _distinct(files)


def single(path: Path) -> InputFile:
    """One file that was named; raises BadFile where there is none."""
    if not path.exists():
        raise BadFile(f"{encodable(str(path))}: there is no such file")
    if not path.is_file():
        raise BadFile(f"{encodable(str(path))}: is no ordinary file; save it to one first")
    return _given(path, path.name, True)


def _given(path: Path, name: str, alone: bool) -> InputFile:
    try:
        return InputFile(path, encodable(name), alone, path.stat().st_size)
    except OSError as error:
        raise BadFile(f"{encodable(name)}: cannot be read: {error.strerror or error}") from None


def _inside(folder: Path) -> list[Path]:
    found: list[Path] = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(at, name) for name in sorted(names) if not name.startswith("."))
    return [path for path in found if path.is_file()]


def _distinct(files: list[InputFile]) -> list[InputFile]:
    names = [file.name for file in files]
    return [
        InputFile(file.path, encodable(str(file.path)), file.alone, file.size) if names.count(file.name) > 1 else file
        for file in files
    ]


def encodable(name: str) -> str:
    """A file name that can be written anywhere: bytes that are no UTF-8 become backslash escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def set_name(paths: Sequence[Path]) -> str:
    """The file's or folder's name without ending; for several, that of the folder that holds them all."""
    whole = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  (resolve() would follow links)
    if len(whole) == 1:
        return encodable(whole[0].stem if whole[0].is_file() else whole[0].name) or "imported"
    return encodable(Path(os.path.commonpath([path.parent for path in whole])).name) or "imported"


FileRow = tuple[RowSource, dict[str, Any]]


_SPACE = re.compile(r"[ \t\r\n]*")


_AFTER = re.compile(r"[ \t\r\n]*([,\]]?)[ \t\r\n]*")


_OFTEN = 0xFF  # progress is told every 256 rows


def iter_rows(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    """Every row of `file` with its place; raises BadFile, also where there is no row at all."""
    reader = {"array": _array, "csv": _records}.get(file.shape, _lines)
    before = len(notes.skipped)
    empty = True
    for item in reader(file, notes):
        empty = False
        yield item
    if empty and len(notes.skipped) == before:
        raise BadFile(f"{file.name}: there is no row in it")
    notes.meter.finished(file.size)


def _lines(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    name, reached = file.name, notes.meter.reached
    with file.open() as lines:
        done = lines.tell()
        for number, raw in enumerate(iter(partial(lines.readline, LONGEST_LINE + 2), b""), 1):
            start, done = done, done + len(raw)
            if raw.isspace():
                continue
            where = RowSource(name, number)
            try:
                found = line_object(raw, start)
            except BadRow as bad:
                hint = _one_line_hint(raw) if number == 1 else ""
                notes.refuse(where, f"{bad}{hint}")
                done += _finish_line(lines, raw)
            else:
                yield where, found
            if not number & _OFTEN:
                reached(done)


def _one_line_hint(raw: bytes) -> str:
    return "; an object over several lines is read only within a JSON array" if raw.strip() == b"{" else ""


def _finish_line(lines: BinaryIO, raw: bytes) -> int:
    passed = 0
    while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
        raw = lines.readline(LONGEST_LINE + 2)
        passed += len(raw)
    return passed


def _array(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    text = file.text()
    position = _SPACE.match(text, text.index("[") + 1).end()  # type: ignore[union-attr]
    line = 1 + text.count("\n", 0, position)
    if text.startswith("]", position):
        _refuse_rest(file, text, position + 1)
        return
    number = 0
    while True:
        number += 1
        where = RowSource(file.name, line, number)
        found, end = _element(text, position, where)
        if isinstance(found, str):
            notes.refuse(where, found)
        else:
            yield where, found
        after = _AFTER.match(text, end)
        mark, start = (after[1], after.end()) if after else ("", end)
        line += text.count("\n", position, start)
        if not mark:
            raise BadFile(f'{RowSource(file.name, line, number)}: not JSON: "," or "]" expected after this item')
        position = start
        if mark == "]":
            return _refuse_rest(file, text, position)
        if not number & _OFTEN:
            notes.meter.reached(file.size * position // len(text))


def _element(text: str, position: int, where: RowSource) -> tuple[dict[str, Any] | str, int]:
    """The object at `position`, or the sentence that says what is wrong with it; and where it ends."""
    try:
        try:
            value, end = value_at(text, position)
        except BadRow as bad:
            return str(bad), lenient.raw_decode(text, position)[1]
    except JSONDecodeError as bad:
        raise BadFile(f"{RowSource(where.file, bad.lineno, where.item)}: {syntax(bad)}") from None
    except RecursionError:
        raise BadFile(f"{where}: nested too deeply to be read") from None
    except ValueError as bad:
        raise BadFile(f"{where}: not JSON that can be read: {bad}") from None
    return (value if type(value) is dict else not_an_object(value)), end


def _refuse_rest(file: InputFile, text: str, position: int) -> None:
    start = _SPACE.match(text, position).end()  # type: ignore[union-attr]
    if start < len(text):
        line = 1 + text.count("\n", 0, start)
        raise BadFile(f"{file.name}:{line}: something follows after the end of the array")


def _records(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    csv.field_size_limit(LONGEST_LINE)
    text = file.text()
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, strict=True)
    header: list[str] | None = None
    number = 0
    while True:
        where = RowSource(file.name, reader.line_num + 1, number + 1 if header else None)
        try:
            record = next(reader)
            if len(record) < 2 and not "".join(record).strip():
                continue
            if header is None:
                header = _read_header(record)
                continue
            number += 1
            found = _named(header, record)
        except StopIteration:
            return
        except (csv.Error, BadRow) as bad:
            if header is None:
                raise BadFile(f"{where}: {_csv_said(bad)}") from None
            number = where.item or number
            notes.refuse(where, _csv_said(bad))
        else:
            yield where, found
        if not number & _OFTEN:
            notes.meter.reached(file.size * source.tell() // len(text))


def _read_header(record: list[str]) -> list[str]:
    names = column_names(record)
    for name in names:
        if "\0" in name:
            raise BadRow("a NUL byte in the header; this is no text file, or a broken one")
        if names.count(name) > 1:
            raise BadRow(f'the header names the column "{name}" twice')
    return names


def _named(header: list[str], record: list[str]) -> dict[str, Any]:
    if len(record) != len(header):
        raise BadRow(f"{len(record)} cells where the header has {len(header)}")
    found = {name: cell for name, cell in zip(header, record, strict=True) if cell}
    for name, cell in found.items():
        if "\0" in cell:
            raise BadRow(f"a NUL byte in {name}; this is no text file, or a broken one")
    return found


def _csv_said(bad: Exception) -> str:
    if "unexpected end of data" in str(bad):
        return "a quote that is opened in this record never closes"
    return f"not CSV: {bad}" if isinstance(bad, csv.Error) else str(bad)
