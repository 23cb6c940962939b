"""Detects by its first bytes what a file is: text, gzip, a spreadsheet, or what cannot be read, and what to do about it."""

import zipfile
from enum import Enum
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b\x08"

_UPHOLD = b"uphd"
"""What an uphold database has as SQLite's application id, at byte 68."""

_COMPRESSED = {b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"7z\xbc\xaf": "7-Zip"}

_AS_JSONL = '.to_json("rows.jsonl", orient="records", lines=True)'

_BY_MAGIC = {
    b"PAR1": f"a Parquet file; pandas turns it into JSONL: pandas.read_parquet(FILE){_AS_JSONL}",
    b"ARROW1": f"an Arrow file; pandas turns it into JSONL: pandas.read_feather(FILE){_AS_JSONL}",
    b"%PDF-": "a PDF; uphold reads tables as .xlsx or CSV and rows as JSONL",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "an old Excel file (.xls) or one with a password; save it as .xlsx without one, or as CSV"
    ),
}


class Container(Enum):
    """How a file holds its rows."""

    TEXT = "text"
    GZIP = "gzip"
    WORKBOOK = "workbook"
    OTHER = "other"


def container_of(head: bytes, path: Path) -> tuple[Container, str]:
    """Return what a file that begins with `head` is; for OTHER, with a sentence on what it is and what to do."""
    if head.startswith(GZIP_MAGIC):
        return Container.GZIP, ""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path)
    problem = describe_binary(head)
    return (Container.OTHER, problem) if problem else (Container.TEXT, "")


def describe_binary(head: bytes) -> str | None:
    """Return what a file is and what to do about it, if its first bytes say that it holds no text."""
    if head.startswith(b"SQLite format 3\0"):
        if head[68:72] == _UPHOLD:
            return "an uphold database; open it with --db"
        return "an SQLite database; export its table as CSV or JSONL first"
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it and import the folder"
    if head.startswith((GZIP_MAGIC, b"PK\x03\x04")):
        return "packed twice; unpack it first"
    for magic, kind in _COMPRESSED.items():
        if head.startswith(magic):
            return f"compressed with {kind}; unpack it first (gzip is read as it is)"
    return next((problem for magic, problem in _BY_MAGIC.items() if head.startswith(magic)), None)


def _archive(path: Path) -> tuple[Container, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        return Container.OTHER, f"not a zip archive that can be read ({error})"
    if "xl/workbook.xml" in names:
        return Container.WORKBOOK, ""
    if "xl/workbook.bin" in names or "content.xml" in names:
        return Container.OTHER, "a spreadsheet in another format than .xlsx; save it as .xlsx or CSV"
    if "word/document.xml" in names:
        return Container.OTHER, "a Word document; uphold reads tables as .xlsx or CSV"
    return Container.OTHER, "a zip archive; unpack it and import the folder"
