"""Inspect AI's logs: JSON, and .eval archives with either compression."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from uphold.errors import BadFile
from uphold.formats import zipped
from uphold.formats.registry import detect_format, open_files

HEADER = {"version": 2, "status": "success", "eval": {"task": "eggs", "model": "p/m1"}, "plan": {}, "results": {}}


def sample(key: Any, answer: str = "8 min", **fields: Any) -> dict[str, Any]:
    return {
        "id": key,
        "epoch": 1,
        "input": "Boil an egg?",
        "target": "8",
        "messages": [],
        "output": {"model": "p/m1", "choices": [], "completion": answer},
        "scores": {"includes": {"value": "C"}},
        "metadata": {"topic": "food", "tags": ["food"]},
    } | fields


def archive(path: Path, members: dict[str, Any], *, zstd: bool = False) -> Path:
    """An .eval file; with `zstd` its members are compressed as Inspect does today."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in members.items():
            data = json.dumps(value).encode()
            if zstd:
                # zipfile cannot write the method: store the compressed bytes and name the method afterwards.
                info = zipfile.ZipInfo(name)
                file.writestr(info, zstandard.compress(data), zipfile.ZIP_STORED)
            else:
                file.writestr(name, data)
    if zstd:
        _mark_as_zstandard(path)
    return path


def _mark_as_zstandard(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset : place + offset + 2] = (93).to_bytes(2, "little")
            place = data.find(signature, place + 4)
    path.write_bytes(data)


def members(*samples: dict[str, Any]) -> dict[str, Any]:
    return {"header.json": HEADER, **{f"samples/{s['id']}_epoch_{s['epoch']}.json": s for s in samples}}


def test_a_json_log_is_one_system(read_folder: Any) -> None:
    found = read_folder({"log.json": json.dumps(HEADER | {"samples": [sample(1), sample("two", "9 min")]}, indent=1)})
    assert [(row.key, row.turns, row.references, row.tags) for row in found.rows] == [
        ("1", ("Boil an egg?",), ("8",), ("food",)),
        ("two", ("Boil an egg?",), ("8",), ("food",)),
    ]
    assert [(r.system, r.cells[0]) for row in found.rows for r in row.responses] == [
        ("p/m1", "8 min"),
        ("p/m1", "9 min"),
    ]
    assert found.reading.unused_fields == []


@pytest.mark.parametrize("zstd", [False, True])
def test_an_archive_is_read_as_the_log_is(tmp_path: Path, zstd: bool) -> None:
    path = archive(tmp_path / "2026_eggs.eval", members(sample(1), sample(2, "9 min")), zstd=zstd)
    assert detect_format(path) == "inspect"
    assert [row.responses[0].cells[0] for row in open_files([path]).rows] == ["8 min", "9 min"]


def test_a_sample_whose_messages_are_split_off_is_one_sample(tmp_path: Path) -> None:
    split = {"samples/2_epoch_1/sample.json": sample(2), "samples/2_epoch_1/messages/0.json": [{"role": "user"}]}
    path = archive(tmp_path / "x.eval", members(sample(1)) | split)
    assert [row.key for row in open_files([path]).rows] == ["1", "2"]


def test_epochs_after_the_first_are_left_out(read_folder: Any) -> None:
    found = read_folder({"log.json": json.dumps(HEADER | {"samples": [sample(1), sample(1, "other", epoch=2)]})})
    assert found.only.responses[0].cells == ("8 min",)
    assert found.warnings == ["sample 1 ran in several epochs; the first is kept"]


def test_messages_attachments_targets_and_choices(read_folder: Any) -> None:
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "attachment://h"}]},
    ]
    output = {"choices": [{"message": {"role": "assistant", "content": "8"}}], "completion": ""}
    given = sample(1, input=chat, target=["8", "eight"], output=output, attachments={"h": "A long question"})
    row = read_folder({"log.json": json.dumps(HEADER | {"samples": [given]})}).only
    assert (row.turns, row.context, row.references) == (("A long question",), "Be brief.", ("8\neight",))
    assert row.responses[0].cells == ("8",)


def test_a_sample_without_an_answer_is_kept_and_named(read_folder: Any) -> None:
    found = read_folder({"log.json": json.dumps(HEADER | {"samples": [sample(1, output={"choices": []})]})})
    assert found.only.responses == ()
    assert found.warnings == ["sample 1 has no answer"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"samples/1_epoch_1.json": sample(1)}, "the run was not finished"),
        ({"header.json": HEADER}, "this log has no samples"),
        ({"header.json": {"eval": {}}, "samples/1_epoch_1.json": sample(1)}, "does not name its model"),
        (members(sample(1, input=3)), "input must be a list of messages"),
        (members(sample(1.5)), "id must be text or a whole number"),
    ],
)
def test_an_archive_that_cannot_be_read_is_a_sentence(tmp_path: Path, given: dict[str, Any], problem: str) -> None:
    path = archive(tmp_path / "x.eval", given)
    with pytest.raises(BadFile, match=problem):
        list(open_files([path]).rows)


@pytest.mark.parametrize("zstd", [False, True])
def test_a_member_that_unpacks_to_more_than_is_allowed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zstd: bool
) -> None:
    monkeypatch.setattr(zipped, "LARGEST_MEMBER", 10_000)
    path = archive(tmp_path / "x.eval", members(sample(1, "x" * 100_000)), zstd=zstd)
    with pytest.raises(BadFile, match="larger than"):
        list(open_files([path]).rows)


def test_a_damaged_archive_is_a_sentence(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.eval", members(sample(1)), zstd=True)
    data = bytearray(path.read_bytes())
    place = data.find(b"\x28\xb5\x2f\xfd", data.find(b"samples/"))
    data[place + 6 : place + 30] = b"\xff" * 24
    path.write_bytes(data)
    with pytest.raises(BadFile, match="cannot be read"):
        list(open_files([path]).rows)


def test_zip_of_anything_is_no_log(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a.txt", "hello")
    (tmp_path / "x.eval").write_bytes(stream.getvalue())
    with pytest.raises(BadFile, match=r"no header\.json"):
        list(open_files([tmp_path / "x.eval"]).rows)
