"""`--db` and `--config` behind the command, and words that stand for what they are not."""

import json
from pathlib import Path

import pytest

from support.command_line import done, told, uphold_alone
from support.imports import compared, judged, write
from uphold_tui.cli import global_options_first


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "first.jsonl", judged("a"), compared("b"))
    done(tmp_path, "import", "first.jsonl")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["runs", "--db", "x.db"], ["--db", "x.db", "runs"]),
        (["stats", "1", "--db=x.db", "--json"], ["--db=x.db", "stats", "1", "--json"]),
        (["runs", "--config", "c.toml", "--db", "x.db"], ["--config", "c.toml", "--db", "x.db", "runs"]),
        (["show", "--", "--db", "x"], ["show", "--", "--db", "x"]),
        (["runs", "--db"], ["runs", "--db"]),
        ([], []),
    ],
)
def test_options_of_the_program_are_put_in_front(given: list[str], read: list[str]) -> None:
    assert global_options_first(given) == read


def test_the_database_may_be_named_behind_the_command(folder: Path) -> None:
    ended = uphold_alone(folder, "runs", "--json", "--db", "x.db")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)[0]["pairs"] == 2


def test_with_one_run_a_pair_is_shown_by_its_key_alone(folder: Path) -> None:
    assert done(folder, "show", "a").startswith("a   turn 1 of 1")
    assert "say which pair: uphold show RUN KEY; keys of" in told(folder, "show", "1")
    assert "no pair of an example 'zzz'" in told(folder, "show", "zzz")


def test_a_file_in_place_of_a_run_is_told_apart(folder: Path) -> None:
    assert "a file to write is named with -o out.csv" in told(folder, "export", "csv", "out.csv")
