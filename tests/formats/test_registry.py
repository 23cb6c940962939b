import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import FORMATS, detect_format, open_files

PAIR = [{"key": "a", "response_candidate": "x"}]

QUESTION = [{"question_id": 81, "turns": ["x"]}]


def test_the_formats_are_known_by_name() -> None:
    assert {"pairs", "pandalm", "mt-bench", "alpaca-eval"} <= set(FORMATS)


def test_the_set_is_named_after_file_or_folder(put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put({"my.data.jsonl": PAIR, "deep/b.jsonl": PAIR})
    assert open_files([folder / "my.data.jsonl"]).set_name == "my.data"
    assert open_files([folder]).set_name == "bench"
    assert open_files([folder / "my.data.jsonl", folder / "deep" / "b.jsonl"]).set_name == "bench"
    monkeypatch.chdir(folder)
    assert open_files([Path()]).set_name == "bench"
    assert open_files([Path("my.data.jsonl"), Path("deep/b.jsonl")]).set_name == "bench"


def test_files_of_a_folder_that_no_format_knows_are_ignored_and_named(read_folder: Any) -> None:
    read_ = read_folder(
        {
            "a.jsonl": PAIR,
            "sub/b.csv": "key,instruction\nb,x\n",
            "README.md": "# A set\n\nof examples\n",
            "config.json": '{\n  "name": "x"\n}\n',
            "weights.bin": b"\x00\x01\xff",
            "empty.txt": "",
            ".hidden.jsonl": PAIR,
        }
    )
    assert [str(row.source) for row in read_.rows] == ["a.jsonl:1", "sub/b.csv:2 (item 1)"]
    assert read_.reading.ignored == ["README.md", "config.json", "empty.txt", "weights.bin"]


def test_a_broken_file_in_a_folder_is_told_not_ignored(read_folder: Any) -> None:
    with pytest.raises(BadFile, match=r"b\.jsonl:1: not JSON"):
        read_folder({"a.jsonl": PAIR, "b.jsonl": '{"key": "b", '})


def test_files_of_different_formats_need_a_name(put: Callable[..., Path]) -> None:
    folder = put({"a.jsonl": PAIR, "question.jsonl": QUESTION})
    with pytest.raises(BadFile, match=r"different formats \(pairs: a\.jsonl; mt-bench: question\.jsonl\).* --as"):
        open_files([folder])
    named = open_files([folder], ReadOptions("mt-bench"))
    assert (named.files, named.ignored) == (("question.jsonl",), ["a.jsonl"])


def test_a_file_in_no_format_is_told_what_to_do_in_two_short_lines(reading: Any) -> None:
    with pytest.raises(BadFile) as told:
        reading([{"count": 3, "ok": True}])
    what, then = str(told.value).splitlines()
    assert what == 'set.jsonl:1: in no format that uphold knows: the first row has "count", "ok"'
    assert "--map instruction=COLUMN" in then
    assert max(len(what), len(then)) < 140


def test_a_folder_without_a_known_file_is_told_so(read_folder: Any) -> None:
    with pytest.raises(BadFile, match="no file in the folder is in a format"):
        read_folder({"README.md": "hello"})


def test_what_does_not_fit_the_format_is_bad_usage(put: Callable[..., Path]) -> None:
    folder = put({"a.jsonl": PAIR, "question.jsonl": QUESTION})
    with pytest.raises(BadUsage, match=f'there is no format "mt"; the formats are {", ".join(FORMATS)}'):
        open_files([folder], ReadOptions("mt"))
    with pytest.raises(BadUsage, match="--map goes with the pairs format"):
        open_files([folder], ReadOptions("mt-bench", mapping={"key": "id"}))
    with pytest.raises(BadUsage, match="--baseline-file goes with the alpaca-eval format"):
        open_files([folder / "a.jsonl"], ReadOptions(baseline_file=folder / "a.jsonl"))
    with pytest.raises(BadUsage, match="names its systems itself"):
        open_files([folder / "question.jsonl"], ReadOptions(candidate="x"))


def test_a_named_format_that_a_file_is_not_in_is_told(put: Callable[..., Path]) -> None:
    folder = put({"a.jsonl": PAIR})
    with pytest.raises(BadFile, match="this is no file of mt-bench"):
        open_files([folder / "a.jsonl"], ReadOptions("mt-bench"))
    with pytest.raises(BadFile, match=r"a\.jsonl: nothing here to import as mt-bench"):
        open_files([folder], ReadOptions("mt-bench"))


def test_a_path_that_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"nothing\.jsonl: there is no such file"):
        open_files([tmp_path / "nothing.jsonl"])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadFile, match="is no ordinary file"):
        open_files([tmp_path / "pipe"])
    with pytest.raises(BadFile, match="no file was given"):
        open_files([])


def test_files_of_one_name_are_told_apart_by_their_paths(put: Callable[..., Path]) -> None:
    folder = put({"one/set.jsonl": PAIR, "two/set.jsonl": PAIR})
    places = [row.source.file for row in open_files([folder / "one/set.jsonl", folder / "two/set.jsonl"]).rows]
    assert places == [str(folder / "one/set.jsonl"), str(folder / "two/set.jsonl")]


def test_a_file_name_that_is_no_utf_8_can_still_be_written_down(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
    path.write_text('{"key": "a"}')
    found = open_files([path])
    assert found.files == ("caf\\udce9.jsonl",)
    assert next(found.rows).source.file.encode()
    assert found.set_name == "caf\\udce9"


def test_a_large_first_row_is_looked_into(put: Callable[..., Path]) -> None:
    long = "x" * 100_000
    folder = put({"annotations.json": [{"instruction": long, "output_1": "a", "output_2": "b", "preference": 1}]})
    assert detect_format(folder / "annotations.json") == "alpaca-eval"
    assert detect_format(folder) == "alpaca-eval"


def test_a_broken_file_in_a_known_format_is_told_at_its_line(reading: Any) -> None:
    rows = '{"question_id": 81, "turns": ["x"]}\n' * 3 + '{"question_id": 82, "turns": ['
    with pytest.raises(BadFile, match=r"question\.jsonl:4: not JSON"):
        reading(rows, "question.jsonl")
