"""Training files of any kind as rows of texts, one row at a time: JSONL, a JSON array, CSV or plain lines.

Nothing is asked of the rows: every text in them counts, under whatever name, and a line that is no JSON is a text itself.
"""

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from uphold.errors import BadFile
from uphold.formats.encodings import text_lines
from uphold.formats.files import InputFile, escape_name
from uphold.formats.json_values import LONGEST_LINE
from uphold.formats.reading import ByteMeter, ReadNotes
from uphold.formats.text_streams import TextStream

_CHUNK = 1024 * 1024
_PLAIN_ENDINGS = (".txt", ".text", ".md", ".log")
_BLANK = " \t\r\n"

_decode = json.JSONDecoder().decode
_decode_at = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """The texts of a row in their order; `line` is where it begins, from 1."""

    line: int
    texts: list[str]


def iter_training_rows(file: InputFile, report: Callable[[int], None]) -> Iterator[TrainingRow]:
    """Yield every row of a file; calls `report` with the bytes read so far. Raises BadFile where it cannot be read at all.

    Memory is that of the longest row. A line of more than 64 MiB is an error.
    """
    if file.is_workbook:
        yield from _workbook_rows(file)
        return
    shape = file.shape
    with file.open() as text:
        if shape == "array":
            rows = _array_rows(file, text)
        elif shape == "csv" and _is_table(file):
            rows = _csv_rows(file, text)
        else:
            rows = _line_rows(file, text.content)
        for row in rows:
            yield row
            if not row.line & 0x3F:
                report(text.position)


def texts_in(value: Any) -> list[str]:
    """Return every text in a JSON value, in its order; the names of fields are none."""
    if type(value) is str:
        return [value]
    found = []
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if type(value) is str:
            found.append(value)
        elif type(value) is dict:
            waiting.extend(reversed(value.values()))
        elif type(value) is list:
            waiting.extend(reversed(value))
    return found


def _is_table(file: InputFile) -> bool:
    """Whether a file that is no JSON has columns; of a plain text, the first line is no header."""
    name = file.path.name.lower().removesuffix(".gz")
    return not name.endswith(_PLAIN_ENDINGS) and (name.endswith((".csv", ".tsv")) or len(file.fields or ()) > 1)


def _line_rows(file: InputFile, content: BinaryIO) -> Iterator[TrainingRow]:
    for number, raw in enumerate(iter(partial(content.readline, LONGEST_LINE + 2), b""), 1):
        if len(raw) > LONGEST_LINE:
            raise _too_long(file, number)
        if raw.isspace():
            continue
        line = raw.decode(errors="replace")
        yield TrainingRow(number, _line_texts(line))


def _line_texts(line: str) -> list[str]:
    if line.lstrip(_BLANK)[:1] in ("{", "[", '"'):
        try:
            return texts_in(_decode(line))
        except (ValueError, RecursionError):
            pass  # a line that only looks like JSON is a text
    return [line]


def _csv_rows(file: InputFile, text: TextStream) -> Iterator[TrainingRow]:
    csv.field_size_limit(LONGEST_LINE)
    layout = file.csv_layout
    reader = csv.reader(_checked_lines(file, text.content), delimiter=layout.separator)
    line = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise BadFile(f"{file.name}:{line}: not CSV: {error}") from None
        if record is None:
            return
        if cells := [cell for cell in record if cell]:
            yield TrainingRow(line, cells)
        line = reader.line_num + 1


def _checked_lines(file: InputFile, content: BinaryIO) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(text_lines(content), 1):  # noqa: B007  (the number is for the message)
            yield line.replace("\0", "")
    except UnicodeDecodeError:
        file.check_text()
        raise
    except ValueError as error:
        raise BadFile(f"{file.name}:{number + 1}: {error}") from None


def _workbook_rows(file: InputFile) -> Iterator[TrainingRow]:
    from uphold.formats.spreadsheets import iter_sheet_rows

    for source, row in iter_sheet_rows(file.path, file.name, ReadNotes(ByteMeter(file.size, None), skip_bad=True)):
        yield TrainingRow(source.line or source.item or 0, texts_in(row))


def _array_rows(file: InputFile, text: TextStream) -> Iterator[TrainingRow]:
    """Yield the items of a JSON array, of which only one at a time is in memory."""
    items = _ArrayReader(file, text.content)
    items.skip("[")
    while not items.at("]"):
        line = items.line
        yield TrainingRow(line, texts_in(items.item()))
        if not items.at("]"):
            items.skip(",")


class _ArrayReader:
    """Reads the items of an array from a stream; `line` is that of the next character that is no blank."""

    def __init__(self, file: InputFile, content: BinaryIO) -> None:
        self._file, self._content = file, content
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._place = 0
        self.line = 1

    def at(self, sign: str) -> bool:
        """Whether the next character is `sign`; that of an end of the file is none."""
        self._skip_blanks()
        return self._text.startswith(sign, self._place)

    def skip(self, sign: str) -> None:
        """Go past `sign`. Raises BadFile if something else is there."""
        if not self.at(sign):
            raise BadFile(f'{self._file.name}:{self.line}: not JSON: "{sign}" expected here')
        self._place += 1

    def item(self) -> Any:
        """Read an item. Raises BadFile for one that is no JSON, or longer than 64 MiB."""
        self._skip_blanks()
        wanted = _CHUNK
        while True:
            try:
                value, end = _decode_at(self._text, self._place)
                # A number at the end of what was read may go on.
                if end < len(self._text) or not self._read(wanted):
                    self.line += self._text.count("\n", self._place, end)
                    self._place = end
                    return value
            except RecursionError:
                raise BadFile(f"{self._file.name}:{self.line}: nested too deeply to be read") from None
            except ValueError as error:
                if not self._read(wanted):
                    raise BadFile(f"{self._file.name}:{self.line}: not JSON: {error}") from None
            if len(self._text) > LONGEST_LINE:
                raise _too_long(self._file, self.line)
            wanted *= 2

    def _skip_blanks(self) -> None:
        while True:
            rest = self._text[self._place : self._place + 64]
            blank = len(rest) - len(rest.lstrip(_BLANK))
            self.line += rest.count("\n", 0, blank)
            self._place += blank
            if blank < len(rest) or (not rest and not self._read(_CHUNK)):
                return

    def _read(self, size: int) -> bool:
        """Read on; what was gone past is dropped. Returns whether there was more."""
        data = self._content.read(size)
        if data:
            self._text = self._text[self._place :] + self._decoder.decode(data)
            self._place = 0
        return bool(data)


def _too_long(file: InputFile, line: int) -> BadFile:
    return BadFile(f"{file.name}:{line}: the line is longer than 64 MiB; write one row a line (JSONL)")


def where_text(file: InputFile, line: int) -> str:
    """Return PATH:LINE."""
    return f"{escape_name(str(file.path))}:{line}"
