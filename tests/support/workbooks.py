"""Small .xlsx workbooks, written as spreadsheet programs write them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

_STYLES = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'

TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)


class Raw(str):
    """A cell as XML, from its attributes on: `t="e"><v>#N/A</v>`."""


def day(number: int) -> Raw:
    """A date, as a spreadsheet counts days: 45000 is 2023-03-15."""
    return Raw(f's="1"><v>{number}</v>')


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], more_xml: str = "") -> Path:
    """Write a workbook of the named sheets: rows of cells, a cell being a text, number, bool, Raw, or None.

    `more_xml` is put behind the rows of each sheet.
    """
    names = list(sheets)
    texts: dict[str, int] = {}
    contents = [_rows(rows, texts) + more_xml for rows in sheets.values()]
    links = "".join(
        f'<Relationship Id="s{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(names) + 1)
    )
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(names, 1))
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="b" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="st" '
        f'Type="{_OFFICE}/styles" Target="styles.xml"/><Relationship Id="sh" Type="{_OFFICE}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{"".join(map(_shared, texts))}</sst>',
    }
    for number, xml in enumerate(contents, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{xml}</sheetData></worksheet>'
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def _rows(rows: Sequence[Sequence[Any]], texts: dict[str, int]) -> str:
    return "".join(
        f'<row r="{number}">{"".join(_cell(number, column, cell, texts) for column, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
        if any(cell is not None for cell in row)
    )


def _shared(text: str) -> str:
    return f'<si><t xml:space="preserve">{escape(text)}</t></si>'


def _cell(row: int, column: int, value: Any, texts: dict[str, int]) -> str:
    """A cell as XML; a text is put among the shared `texts`, as spreadsheet programs do."""
    if value is None:
        return ""
    place = f'<c r="{_letters(column)}{row}" '
    if isinstance(value, Raw):
        return f"{place}{value}</c>"
    if isinstance(value, str):
        return f'{place}t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    if isinstance(value, bool):
        return f'{place}t="b"><v>{int(value)}</v></c>'
    return f"{place}><v>{value!r}</v></c>"


def _letters(column: int) -> str:
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
