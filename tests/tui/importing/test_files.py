"""Paths as they are typed and pasted, and the files of a folder."""

import os
from pathlib import Path

import pytest

from uphold_tui.importing.files import (
    PathText,
    common_beginning,
    folder_words,
    list_folder,
    paths_in,
    quoted_lines,
    size_text,
)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (" answers of june.csv ", ["answers of june.csv"]),
        ("'/a/it'\\''s b.csv' ", ["/a/it's b.csv"]),
        ("/a/two\\ words.csv", ["/a/two words.csv"]),
        ("file:///a/two%20words.csv", ["/a/two words.csv"]),
        ("'/a/1.csv' '/a/2.csv'", ["/a/1.csv", "/a/2.csv"]),
        ("it's.csv", ["it's.csv"]),
        ("'unclosed", ["'unclosed"]),
        ("", []),
    ],
)
def test_paths_are_read_as_terminals_paste_them(text: str, paths: list[str]) -> None:
    assert paths_in(text) == paths


def test_pasted_lines_are_several_paths() -> None:
    assert paths_in(quoted_lines("/a/1 b.csv\n/a/2.csv\n")) == ["/a/1 b.csv", "/a/2.csv"]
    assert paths_in(quoted_lines("a.csv\nb.csv\n")) == ["a.csv", "b.csv"]
    assert paths_in(quoted_lines("it's.csv\nb.csv\n")) == ["it's.csv", "b.csv"]
    assert quoted_lines("/a/1 b.csv\n") == "/a/1 b.csv"


def test_a_folder_is_named_as_a_shell_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "logs").mkdir()
    monkeypatch.chdir(tmp_path / "logs")
    assert folder_words(Path()) == "~/logs"
    assert folder_words(tmp_path) == "~"
    assert folder_words(Path("/usr")) == "/usr"


def test_what_can_be_read_comes_first_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    for name in ("b.csv", "a.png", "z.JSONL", ".hidden.csv"):
        (tmp_path / name).touch()
    (tmp_path / "runs").mkdir()
    assert [one.name for one in list_folder(tmp_path).entries] == ["b.csv", "z.JSONL", "runs/", "a.png"]
    assert [one.name for one in list_folder(tmp_path, ".h").entries] == [".hidden.csv"]
    assert [one.name for one in list_folder(tmp_path, "Z").entries] == ["z.JSONL"]
    assert list_folder(tmp_path, whole=True).entries[0].is_whole


def test_the_very_name_comes_before_longer_ones(tmp_path: Path) -> None:
    for name in ("log", "log.csv", "my log"):
        (tmp_path / name).touch()
    assert [one.name for one in list_folder(tmp_path, "log").entries] == ["log", "log.csv", "my log"]


def test_a_huge_folder_is_cut_off_and_a_missing_one_told(tmp_path: Path) -> None:
    for number in range(501):
        (tmp_path / f"{number:03}.csv").touch()
    listing = list_folder(tmp_path)
    assert len(listing.entries) == 500
    assert listing.is_cut
    assert not list_folder(tmp_path, "500").is_cut
    assert list_folder(tmp_path / "none").problem == "No such file or directory"


@pytest.mark.parametrize("name", ["\x1b]0;title\x07.csv", "a\nb.csv", os.fsdecode(b"\xff.csv")])
def test_a_name_that_cannot_be_shown_is_still_found_by_its_text(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    known = PathText()
    text = known.folder_text(tmp_path / name)
    assert text.endswith("/")
    assert text.isprintable()
    assert known.split(text + "x") == (tmp_path / name, "x")
    assert known.path(text + "x") == tmp_path / name / "x"


def test_completion_goes_as_far_as_all_names_agree() -> None:
    assert common_beginning(["answers-1.csv", "answers-2.csv", "other"], "An") == "answers-"
    assert common_beginning(["one"], "x") == "x"


def test_sizes_are_short() -> None:
    assert [size_text(size) for size in (0, 999, 1000, 12_345, 999_999, 3_400_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "12 kB",
        "1000 kB",
        "3.4 GB",
    ]
