"""Rows of a file as they stand: JSONL, a JSON array of objects, or CSV, each with the place it was found."""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from json import JSONDecodeError
from typing import Any, BinaryIO

from uphold.errors import BadFile
from uphold.formats.decoding import LONGEST_LINE, lenient, line_object, not_an_object, syntax, value_at
from uphold.formats.given import GivenFile, column_names
from uphold.formats.notes import BadRow, Notes
from uphold.records.rows import Where

Item = tuple[Where, dict[str, Any]]

_SPACE = re.compile(r"[ \t\r\n]*")
_AFTER = re.compile(r"[ \t\r\n]*([,\]]?)[ \t\r\n]*")
_OFTEN = 0xFF  # progress is told every 256 rows


def items(file: GivenFile, notes: Notes) -> Iterator[Item]:
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


def _lines(file: GivenFile, notes: Notes) -> Iterator[Item]:
    name, reached = file.name, notes.meter.reached
    with file.open() as lines:
        done = lines.tell()
        for number, raw in enumerate(iter(partial(lines.readline, LONGEST_LINE + 2), b""), 1):
            start, done = done, done + len(raw)
            if raw.isspace():
                continue
            where = Where(name, number)
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


def _array(file: GivenFile, notes: Notes) -> Iterator[Item]:
    text = file.text()
    position = _SPACE.match(text, text.index("[") + 1).end()  # type: ignore[union-attr]
    line = 1 + text.count("\n", 0, position)
    if text.startswith("]", position):
        _refuse_rest(file, text, position + 1)
        return
    number = 0
    while True:
        number += 1
        where = Where(file.name, line, number)
        found, end = _element(text, position, where)
        if isinstance(found, str):
            notes.refuse(where, found)
        else:
            yield where, found
        after = _AFTER.match(text, end)
        mark, start = (after[1], after.end()) if after else ("", end)
        line += text.count("\n", position, start)
        if not mark:
            raise BadFile(f'{Where(file.name, line, number)}: not JSON: "," or "]" expected after this item')
        position = start
        if mark == "]":
            return _refuse_rest(file, text, position)
        if not number & _OFTEN:
            notes.meter.reached(file.size * position // len(text))


def _element(text: str, position: int, where: Where) -> tuple[dict[str, Any] | str, int]:
    """The object at `position`, or the sentence that says what is wrong with it; and where it ends."""
    try:
        try:
            value, end = value_at(text, position)
        except BadRow as bad:
            return str(bad), lenient.raw_decode(text, position)[1]
    except JSONDecodeError as bad:
        raise BadFile(f"{Where(where.file, bad.lineno, where.item)}: {syntax(bad)}") from None
    except RecursionError:
        raise BadFile(f"{where}: nested too deeply to be read") from None
    except ValueError as bad:
        raise BadFile(f"{where}: not JSON that can be read: {bad}") from None
    return (value if type(value) is dict else not_an_object(value)), end


def _refuse_rest(file: GivenFile, text: str, position: int) -> None:
    start = _SPACE.match(text, position).end()  # type: ignore[union-attr]
    if start < len(text):
        line = 1 + text.count("\n", 0, start)
        raise BadFile(f"{file.name}:{line}: something follows after the end of the array")


def _records(file: GivenFile, notes: Notes) -> Iterator[Item]:
    csv.field_size_limit(LONGEST_LINE)
    text = file.text()
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, strict=True)
    header: list[str] | None = None
    number = 0
    while True:
        where = Where(file.name, reader.line_num + 1, number + 1 if header else None)
        try:
            record = next(reader)
            if len(record) < 2 and not "".join(record).strip():
                continue
            if header is None:
                header = _header(record)
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


def _header(record: list[str]) -> list[str]:
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
