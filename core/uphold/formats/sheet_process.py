"""A program that prints the cells of a workbook's first sheet with rows as JSON lines; `spreadsheets` starts it.

It is a process of its own because python-calamine holds a sheet in memory as a rectangle: a file of a kilobyte with a cell
in the last row and column asks for a terabyte, and an allocation that fails aborts the process. Here the operating system
limits the memory. The program imports nothing of uphold, so that it starts fast and wherever uphold is installed.

Printed are `{"sheet": name, "rows": count, "others": [[name, rows], ...]}` and then for each row that is not empty
`[number, cells]`, a cell being a text, null where it is empty, or `{"problem": text}`; or else `{"error": text}`.
"""

import json
import posixpath
import re
import sys
import zipfile
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

_SECONDS = 300
"""Processor time after which reading is given up; a million cells take about four seconds."""

# No repeat goes on beyond the next "<", so that the time grows with the length of the sheet.
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*\bt=[\"']e[\"'][^<>]*)>(?:<(?:\w+:)?f\b[^<>]*>[^<]*</[^<>]*>)?(?:<[^<>]*>)([^<]*)"
)
_FORMULA_ALONE = re.compile(rb"<(?:\w+:)?c\b([^<>]*)><((?:\w+:)?)f\b[^<>]*>[^<]*</\2f>(?:<\2v ?/>|<\2v></\2v>)?</")
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)([0-9]+)[\"']")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Problems = dict[tuple[int, int], str]
"""What is wrong with a cell, by its row and column from 1."""


def main(path: str, memory: int) -> int:
    """Print the sheet of the workbook at `path`, using at most `memory` bytes; return the exit code."""
    _limit_resources(memory)
    import python_calamine

    try:
        _print_sheet(python_calamine.CalamineWorkbook.from_path(path), path)
    except (python_calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError) as error:
        _print({"error": str(error)})
    return 0


def _limit_resources(size: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    except (ImportError, ValueError, OSError):  # where there is no such limit, the sizes that the archive names must do
        return


def _print_sheet(workbook: Any, path: str) -> None:
    chosen, others = None, []
    for meta in workbook.sheets_metadata:
        if str(meta.typ) != "SheetTypeEnum.WorkSheet":
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if not sheet.height:
            continue
        if chosen is None and str(meta.visible) == "SheetVisibleEnum.Visible":
            chosen = sheet
        else:
            others.append((meta.name, sheet.height))
    if chosen is None:
        _print({"error": "there is no row in it"})
        return
    _print({"sheet": chosen.name, "rows": chosen.total_height, "others": others})
    problems = _problems(path, chosen.name)
    for number, row in enumerate(chosen.iter_rows(), 1):
        cells = [_text(value) for value in row]
        for column in range(len(cells)) if problems else ():
            if (number, column + 1) in problems:
                cells[column] = {"problem": problems[number, column + 1]}
        if any(cell is not None for cell in cells):
            _print([number, cells])


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _text(value: Any) -> Any:
    """Return a cell as text: whole numbers without a decimal point, dates and times in ISO 8601."""
    if type(value) is str:
        return value or None
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is float:
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep="T")
    return None if value is None else str(value)


def _problems(path: str, sheet: str) -> Problems:
    """Return the cells that python-calamine gives as empty ones: errors, and formulas that were never calculated."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read(_member(archive, sheet))
    found: Problems = {}
    if b't="e"' in data or b"t='e'" in data:
        for match in _ERROR_CELL.finditer(data):
            _note(found, match[1], f"the error {match[2].decode(errors='replace')}")
    if b"f>" in data:
        for match in _FORMULA_ALONE.finditer(data):
            _note(found, match[1], "a formula that was never calculated")
    return found


def _note(found: Problems, attributes: bytes, problem: str) -> None:
    place = _PLACE.search(attributes)
    if place is not None:
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        found[int(place[2]), column] = problem


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the path of a sheet within the archive."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next(node.get(_RELATION) for node in book.iter() if node.get("name") == sheet and node.get(_RELATION))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(node.get("Target", "") for node in links if node.get("Id") == relation)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
