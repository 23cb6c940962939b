"""Files in files: gzip is read as it comes, everything else that is no text is named."""

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile
from uphold.formats import files
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import detect_format, open_files

GOOD = '{"key": "a", "response_candidate": "x"}\n'
CSV = "key;response_candidate\na;x\n"


def told(reading: Any, content: bytes, name: str = "set.jsonl", **options: Any) -> str:
    with pytest.raises(BadFile) as raised:
        reading(content, name, **options)
    return str(raised.value)


@pytest.mark.parametrize("content", [GOOD, f"[{GOOD}]", CSV, "\ufeff" + CSV])
@pytest.mark.parametrize("name", ["set.jsonl.gz", "set.csv", "set"])
def test_gzip_is_told_by_its_bytes_and_read(reading: Any, content: str, name: str) -> None:
    read = reading(gzip.compress(content.encode()), name)
    assert (read.only.key, read.reading.set_name) == ("a", "set")


def test_gzip_of_another_encoding_is_read_with_its_name(reading: Any) -> None:
    packed = gzip.compress(CSV.encode("utf-16"))
    assert "import it with --encoding utf-16," in told(reading, packed)
    assert reading(packed, encoding="utf-16").only.key == "a"


def test_progress_counts_the_bytes_of_the_compressed_file(reading: Any) -> None:
    row = json.dumps({"key": "a", "response_candidate": "x" * 400}) + "\n"
    packed = gzip.compress(row.encode() * 2000, compresslevel=0)
    steps: list[tuple[int, int]] = []
    assert len(reading(packed, progress=lambda done, total: steps.append((done, total))).rows) == 2000
    assert steps == sorted(steps)
    assert steps[-1] == (len(packed), len(packed))
    assert len({done for done, _ in steps}) > 2


def test_a_gzip_file_that_is_cut_off_or_damaged_is_a_sentence(reading: Any) -> None:
    packed = gzip.compress(b"".join(b'{"key": "%d", "response_candidate": "x"}\n' % n for n in range(2000)))
    assert "set.jsonl: a gzip file that is cut off before its end" in told(reading, packed[:-20])
    assert "set.jsonl: a gzip file that is damaged (" in told(reading, packed[:-8] + bytes(8))
    assert "set.jsonl: a gzip file that is damaged (" in told(reading, packed[:30] + b"\xff" * 99 + packed[129:])


def test_an_array_that_unpacks_to_too_much_is_refused(reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 1024 * 1024)
    packed = gzip.compress(b"[" + GOOD.encode() + b" " * 2_000_000 + b"]")
    assert "unpacks to more than 1 MiB, which is too much" in told(reading, packed)


def database(path: Path, application: int) -> Path:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id={application}")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    return path


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.jsonl"), io.BytesIO(b""))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PAR1" + bytes(50), "this is a Parquet file; pandas turns it into JSONL: pandas.read_parquet(FILE).to_json("),
        (b"%PDF-1.7\n", "this is a PDF; uphold reads tables as .xlsx or CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "this is an old Excel file (.xls) or one with a password"),
        (zipped("a.jsonl", "b.jsonl"), "this is a zip archive; unpack it and import the folder"),
        (zipped("xl/workbook.bin"), "this is a spreadsheet in another format than .xlsx; save it"),
        (zipped("word/document.xml"), "this is a Word document"),
        (zipped("a")[:40], "this is not a zip archive that can be read"),
        (tar(), "this is a tar archive; unpack it"),
        (gzip.compress(tar()), "this is a tar archive; unpack it"),
        (gzip.compress(gzip.compress(GOOD.encode())), "this is packed twice; unpack it first"),
        (gzip.compress(zipped("xl/workbook.xml")), "this is packed twice; unpack it first"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "this is compressed with zstd; unpack it first"),
    ],
    ids=lambda given: "" if isinstance(given, bytes) else given,  # the bytes of an archive hold the time it was made
)
def test_what_is_no_text_is_named_with_what_to_do(reading: Any, content: bytes, problem: str) -> None:
    for options in ({}, {"as_": "pairs"}, {"as_": "mt-bench"}, {"mapping": {"instruction": "q"}}):
        refusal = told(reading, content, "set.data", **options)
        assert refusal.startswith("set.data: ")
        assert problem in refusal


def test_databases_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"a\.db: this is an uphold database; open it with --db"):
        open_files([database(tmp_path / "a.db", 0x75_70_68_64)])
    with pytest.raises(BadFile, match=r"b\.db: this is an SQLite database; export its table"):
        open_files([database(tmp_path / "b.db", 0)])


def test_the_open_database_is_never_opened_as_a_file(tmp_path: Path) -> None:
    path = database(tmp_path / "uphold.db", 0)
    (tmp_path / "a.jsonl").write_text(GOOD)
    (tmp_path / "link.db").symlink_to(path)
    path.chmod(0)  # whoever opened it would be refused, or be root and list it as ignored
    found = open_files([tmp_path], ReadOptions(database=path))
    assert (found.files, found.ignored) == (("a.jsonl",), [])
    with pytest.raises(BadFile, match="this is the database itself, which is open"):
        open_files([tmp_path / "link.db"], ReadOptions(database=path))


def test_a_folder_ignores_them_unless_there_is_nothing_else(put: Any) -> None:
    folder = put({"train.parquet": b"PAR1" + bytes(50), "a.jsonl.gz": gzip.compress(GOOD.encode())})
    found = open_files([folder])
    assert (found.files, found.ignored) == (("a.jsonl.gz",), ["train.parquet"])
    (folder / "a.jsonl.gz").unlink()
    with pytest.raises(BadFile, match=r"train\.parquet: this is a Parquet file"):
        open_files([folder])


def test_a_file_in_another_encoding_is_told_in_a_folder_if_a_format_knows_it(put: Any) -> None:
    rows = json.dumps({"key": "a", "response_candidate": "x"})
    folder = put({"a.jsonl": GOOD, "notes.txt": "Dear reader".encode("utf-16")})
    assert open_files([folder]).ignored == ["notes.txt"]
    put({"b.jsonl": rows.encode("utf-16")})
    with pytest.raises(
        BadFile, match=r"b\.jsonl:1: not UTF-8 at byte 0; it is UTF-16: import it with --encoding utf-16"
    ):
        list(open_files([folder]).rows)
    assert detect_format(folder / "b.jsonl") == "pairs"
