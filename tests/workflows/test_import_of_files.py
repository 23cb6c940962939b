"""From files as people have them into the store: options reach the readers, and the database's own files are left alone."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from support.workbooks import write_workbook
from uphold.errors import BadFile
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import open_files
from uphold.records.rows import ImportSummary
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

HEADER = ["key", "instruction", "response_candidate", "response_baseline"]
CSV = "\r\n".join([";".join(HEADER), "a;Größe?;eins;zwei", "b;Weiß?;drei;vier", ""])

_ASK_FOR_LOCK = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN IMMEDIATE")
"""


def brought(folder: Path, request: ImportRequest) -> ImportSummary:
    with open_store(folder / "x.db", create=True) as store:
        *_, summary = import_files(store, request)
    assert isinstance(summary, ImportSummary)
    return summary


def test_the_same_rows_are_the_same_whatever_file_they_are_in(tmp_path: Path) -> None:
    packed, wide, book = tmp_path / "a.csv.gz", tmp_path / "wide.csv", tmp_path / "book.xlsx"
    packed.write_bytes(gzip.compress(CSV.encode()))
    wide.write_bytes(CSV.encode("utf-16"))
    write_workbook(book, {"S": [line.split(";") for line in CSV.split("\r\n") if line]})
    assert brought(tmp_path, ImportRequest([packed], set="s")).pairs == 2
    for request in (ImportRequest([wide], set="s", encoding="UTF-16"), ImportRequest([book], set="s")):
        summary = brought(tmp_path, request)
        assert (summary.rows, summary.already_there, summary.pairs) == (2, 2, 0)
    with pytest.raises(BadFile, match="import it with --encoding utf-16"):
        brought(tmp_path, ImportRequest([wide], set="s"))


def test_the_folder_of_the_database_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    summary = brought(tmp_path, ImportRequest([tmp_path], set="s"))
    assert (summary.pairs, summary.files, summary.ignored) == (2, ["a.csv"], [])


def test_looking_through_the_folder_of_a_database_keeps_its_lock(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    path = tmp_path / "x.db"
    with open_store(path, create=True) as store, store.writing():
        assert len(list(open_files([tmp_path], ReadOptions(database=store.path)).rows)) == 2
        asked = subprocess.run([sys.executable, "-c", _ASK_FOR_LOCK, path], capture_output=True, text=True, check=False)
    assert "database is locked" in asked.stderr
