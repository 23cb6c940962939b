"""Input files: finding them, detecting their shape, and iterating over their rows (JSONL, a JSON array, CSV or a workbook)."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO

from uphold.errors import BadFile
from uphold.formats.containers import Container, container_of
from uphold.formats.csv_rows import CsvLayout, csv_layout, header_of, iter_csv_rows
from uphold.formats.encodings import BadBytes, WrongEncoding, find_bad_bytes, text_lines, unicode_form
from uphold.formats.json_values import (
    LONGEST_LINE,
    describe_not_an_object,
    describe_syntax_error,
    lenient_decoder,
    parse_line,
    parse_value_at,
)
from uphold.formats.reading import BadRow, FileRow, ReadNotes
from uphold.formats.text_streams import HEAD_SIZE, TextStream, open_text, read_head
from uphold.records.rows import RowSource

__all__ = ["FileRow", "InputFile", "default_set_name", "escape_name", "find_file", "find_files", "iter_rows"]

LARGEST_UNPACKED = 512 * 1024 * 1024
"""Maximal size of what is read in one piece out of a compressed file, in bytes: a JSON array, a log."""

_BLANK = " \t\r\n\v\f"
_SPACE = re.compile(r"[ \t\r\n]*")
_SEPARATOR = re.compile(r"[ \t\r\n]*([,\]]?)[ \t\r\n]*")
_PROGRESS_MASK = 0xFF  # progress is reported every 256 rows


@dataclass(frozen=True)
class InputFile:
    """One file. `name` is used in messages; `named_directly` is False for a file found in a folder; `size` is in bytes.

    `encoding` is what the user says about the text; None for UTF-8.
    """

    path: Path
    name: str
    named_directly: bool
    size: int
    encoding: str | None = None

    def open(self) -> AbstractContextManager[TextStream]:
        """Open the text for reading: unpacked, as UTF-8, past a byte order mark. Raises BadFile if it cannot be read."""
        if self.problem is not None:
            raise BadFile(f"{self.name}: this is {self.problem}")
        return open_text(self.path, self.name, self.encoding)

    def read_text(self) -> str:
        """Return the whole file as text. Raises BadFile with the line of the first byte that is not UTF-8."""
        with self.open() as text:
            largest = LARGEST_UNPACKED if self._container[0] is Container.GZIP else -1
            data = text.content.read(largest)
            if text.content.read(1):
                raise BadFile(
                    f"{self.name}: unpacks to more than {LARGEST_UNPACKED // 1024**2} MiB, which is too much to be read"
                    " in one piece; write one row a line (JSONL)"
                )
        if len(data) > LONGEST_LINE:
            self._check_line_lengths(data)
        try:
            return data.decode()
        except UnicodeDecodeError:
            self.check_text()
            raise

    def check_text(self) -> None:
        """Raise BadFile with the line of the first byte that is not UTF-8, or of a NUL byte."""
        bad = self._bad_bytes
        if bad is not None:
            raise WrongEncoding(f"{self.name}:{bad.line}: {bad}", bad.guesses)
        with self.open() as text:
            for number, line in enumerate(iter(partial(text.content.readline, LONGEST_LINE), b""), 1):
                if b"\0" in line:
                    raise BadFile(f"{self.name}:{number}: a NUL byte; this is no text file, or a broken one")

    @cached_property
    def _bad_bytes(self) -> BadBytes | None:
        with self.open() as text:
            return find_bad_bytes(text.content, text.start)

    @property
    def advice_on_encoding(self) -> str:
        """What to do about bytes that are not UTF-8."""
        return self._bad_bytes.advice if self._bad_bytes is not None else "save the file as UTF-8"

    def wrong_encoding(self, error: BadFile) -> WrongEncoding:
        """Return the error of a row that is not UTF-8 as one that tells what the file may be in."""
        return WrongEncoding(str(error), self._bad_bytes.guesses if self._bad_bytes is not None else ())

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
    def _container(self) -> tuple[Container, str]:
        try:
            with self.path.open("rb") as file:
                return container_of(file.read(512), self.path)
        except OSError as error:
            raise BadFile(f"{self.name}: cannot be read: {error.strerror or error}") from None

    @property
    def problem(self) -> str | None:
        """What the file is, with what to do, if it is none whose rows can be read."""
        return self._container[1] or None

    @property
    def is_workbook(self) -> bool:
        """Whether the file is an .xlsx workbook."""
        return self._container[0] is Container.WORKBOOK

    @cached_property
    def _first_bytes(self) -> bytes:
        return read_head(self.path, self.name)

    @property
    def _is_short(self) -> bool:
        """Whether the first bytes are all there are."""
        return len(self._first_bytes) < HEAD_SIZE

    @cached_property
    def _head(self) -> str:
        """The beginning of the text, without blanks, in whatever encoding it seems to be."""
        encoding = self.encoding or unicode_form(self._first_bytes) or "utf-8"
        head = self._first_bytes.decode(encoding, errors="replace").lstrip("\ufeff" + _BLANK)
        if head or self._is_short:
            return head
        with self.open() as text:
            return text.content.read(LONGEST_LINE).decode(errors="replace").lstrip(_BLANK)

    @cached_property
    def shape(self) -> str:
        """`array`, `jsonl`, `csv`, `empty` or `binary`, detected from the first bytes; `csv` for a workbook's cells too.

        A file whose first line is not JSON still counts as JSONL if its second line is an object.
        """
        if self.is_workbook:
            return "csv"
        if self.problem is not None:
            return "binary"
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
        if found is None and not self._is_short:
            with self.open() as text:
                data = text.content.read(4 * LONGEST_LINE + 1)
            if len(data) <= 4 * LONGEST_LINE:
                found = _first_object(data.decode(errors="replace").lstrip(_BLANK))
        return found

    @cached_property
    def csv_layout(self) -> CsvLayout:
        """How the cells of a CSV file are separated."""
        return csv_layout(self._head, complete=self._is_short)

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """Field names of the first row or of the CSV header; None if they cannot be read."""
        if self.is_workbook:
            from uphold.formats.spreadsheets import read_sheet

            return frozenset(read_sheet(self.path, self.name).columns)
        if self.shape == "csv":
            return frozenset(header_of(self._head, self.csv_layout))
        return None if self.first_row is None else frozenset(self.first_row)


def _first_object(text: str) -> dict[str, Any] | None:
    inner = text[1:].lstrip(_BLANK) if text.startswith("[") else text
    try:
        value, _ = lenient_decoder.raw_decode(inner)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def find_files(paths: Sequence[Path], encoding: str | None = None, database: Path | None = None) -> list[InputFile]:
    """Return the files named by `paths` and those in folders, sorted by name; dot files are left out.

    `encoding` is what the user says about their text. The files of an open `database` are never opened, because closing
    them drops its locks; they are left out of folders. Raises BadFile.
    """
    if not paths:
        raise BadFile("no file was given")
    open_files = _identities(database)
    files: list[InputFile] = []
    for path in paths:
        if path.is_dir():
            files.extend(
                _input_file(inner, inner.relative_to(path).as_posix(), False, encoding)
                for inner in _files_in(path)
                if _identity(inner) not in open_files
            )
        elif _identity(path) in open_files:
            raise BadFile(f"{escape_name(str(path))}: this is the database itself, which is open")
        else:
            files.append(find_file(path, encoding))
    return _with_distinct_names(files)


def _identities(database: Path | None) -> frozenset[tuple[int, int] | None]:
    """Return what `_identity` returns for the files of a database: the file, its log and the log's index."""
    if database is None:
        return frozenset()
    base = database.resolve()
    return frozenset(_identity(base.with_name(base.name + ending)) for ending in ("", "-wal", "-shm")) - {None}


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def find_file(path: Path, encoding: str | None = None) -> InputFile:
    """Return one file that was named directly. Raises BadFile if it is missing or not a regular file."""
    if not path.exists():
        raise BadFile(f"{escape_name(str(path))}: there is no such file")
    if not path.is_file():
        raise BadFile(f"{escape_name(str(path))}: is no ordinary file; save it to one first")
    return _input_file(path, path.name, True, encoding)


def _input_file(path: Path, name: str, named_directly: bool, encoding: str | None) -> InputFile:
    try:
        return InputFile(path, escape_name(name), named_directly, path.stat().st_size, encoding)
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
    return [replace(file, name=escape_name(str(file.path))) if names.count(file.name) > 1 else file for file in files]


def escape_name(name: str) -> str:
    """Return a file name that can be encoded as UTF-8: other bytes become backslash escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def default_set_name(paths: Sequence[Path]) -> str:
    """Return the name of the file (without suffix) or folder; for several paths, that of their common folder."""
    whole = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  (resolve() would follow links)
    if len(whole) == 1:
        return escape_name(_stem(whole[0]) if whole[0].is_file() else whole[0].name) or "imported"
    return escape_name(Path(os.path.commonpath([path.parent for path in whole])).name) or "imported"


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix == ".gz" else path.stem


def iter_rows(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    """Yield every row of `file` with its source. Raises BadFile, also if there are no rows."""
    reader = _iter_workbook if file.is_workbook else _READERS.get(file.shape, _iter_lines)
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
    with file.open() as text:
        lines = text.content
        position = text.start
        for number, raw in enumerate(iter(partial(lines.readline, LONGEST_LINE + 2), b""), 1):
            start, position = position, position + len(raw)
            if raw.isspace():
                continue
            source = RowSource(name, number)
            try:
                record = parse_line(raw, start)
            except UnicodeDecodeError as error:
                try:
                    notes.skip_or_raise(source, f"not UTF-8 at byte {start + error.start}; {file.advice_on_encoding}")
                except BadFile as refused:
                    raise file.wrong_encoding(refused) from None
            except BadRow as error:
                hint = _one_line_hint(raw) if number == 1 else ""
                notes.skip_or_raise(source, f"{error}{hint}")
                position += _skip_rest_of_line(lines, raw)
            else:
                yield source, record
            if not number & _PROGRESS_MASK:
                report(text.position)


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


def _iter_csv(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    with file.open() as text:
        lines = _lines_or_bad_file(file, text)
        yield from iter_csv_rows(file.name, lines, file.csv_layout, notes, lambda: notes.meter.update(text.position))


def _lines_or_bad_file(file: InputFile, text: TextStream) -> Iterator[str]:
    lines = 0
    try:
        for lines, line in enumerate(text_lines(text.content), 1):  # noqa: B007  (the count is for the message)
            yield line
    except UnicodeDecodeError:
        file.check_text()
        raise
    except ValueError as error:
        raise BadFile(f"{file.name}:{lines + 1}: {error}") from None


def _iter_workbook(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    from uphold.formats.spreadsheets import iter_sheet_rows

    yield from iter_sheet_rows(file.path, file.name, notes)


_READERS = {"array": _iter_array, "csv": _iter_csv}
"""By shape; `_iter_lines` reads the others."""
