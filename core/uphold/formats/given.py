"""The files a person gave, and a first look into each: what shape it has and which fields its first row has."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from uphold.errors import BadFile
from uphold.formats.decoding import BOM, LONGEST_LINE, lenient, not_utf8

_HEAD = 64 * 1024
_BLANK = " \t\r\n\v\f"


@dataclass(frozen=True)
class GivenFile:
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
            return frozenset(_header(self._head))
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


def _header(text: str) -> list[str]:
    try:
        return column_names(next(csv.reader(io.StringIO(text, newline="")), []))
    except csv.Error:
        return []


def expand(paths: Sequence[Path]) -> list[GivenFile]:
    """The files behind `paths`, folders opened and sorted by name; what begins with a dot is passed over."""
    if not paths:
        raise BadFile("no file was given")
    files: list[GivenFile] = []
    for path in paths:
        if path.is_dir():
            files.extend(_given(found, found.relative_to(path).as_posix(), False) for found in _inside(path))
        else:
            files.append(single(path))
    return _distinct(files)


def single(path: Path) -> GivenFile:
    """One file that was named; raises BadFile where there is none."""
    if not path.exists():
        raise BadFile(f"{encodable(str(path))}: there is no such file")
    if not path.is_file():
        raise BadFile(f"{encodable(str(path))}: is no ordinary file; save it to one first")
    return _given(path, path.name, True)


def _given(path: Path, name: str, alone: bool) -> GivenFile:
    try:
        return GivenFile(path, encodable(name), alone, path.stat().st_size)
    except OSError as error:
        raise BadFile(f"{encodable(name)}: cannot be read: {error.strerror or error}") from None


def _inside(folder: Path) -> list[Path]:
    found: list[Path] = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(at, name) for name in sorted(names) if not name.startswith("."))
    return [path for path in found if path.is_file()]


def _distinct(files: list[GivenFile]) -> list[GivenFile]:
    names = [file.name for file in files]
    return [
        GivenFile(file.path, encodable(str(file.path)), file.alone, file.size) if names.count(file.name) > 1 else file
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
