"""A merge, a pack or a backup that is killed at any moment: the database is as before or whole, and no half file is left."""

import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support import forked, forked_programs
from support.imports import bring, compared
from support.packs import pack, read_pack
from support.stores import new_store

DECISIONS = 30

MOMENTS, MANY_MOMENTS = 4, 60

moments_of_each = pytest.mark.parametrize("most", [MOMENTS, pytest.param(MANY_MOMENTS, marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database and a pack of it in which a reviewer has decided."""
    folder = tmp_path_factory.mktemp("prepared")
    with new_store(folder / "x.db") as store:
        bring(store, *[compared(f"k{number:02}") for number in range(DECISIONS)])
        read_pack(pack(store).path, "bob", DECISIONS)
    return folder


def merged(database: Path) -> tuple[int, int, int]:
    """How many events, labels and reviewers there are."""
    with closing(sqlite3.connect(database)) as conn:
        counts = [
            conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("events", "human_labels", "reviewers")
        ]
    return counts[0], counts[1], counts[2]


def copied(prepared: Path, to: Path) -> Path:
    to.mkdir()
    for name in ("x.db", "pack.db"):
        shutil.copy(prepared / name, to / name)
    return to


def moments_of(prepared: Path, to: Path, arguments: tuple[str, ...]) -> int:
    """How many moments a command has that runs to its end."""
    ended = forked.start(forked_programs.command_killed_at, copied(prepared, to), arguments, None).heard()
    assert ended is not None
    code, moments = ended
    assert code == 0
    return int(moments)


@moments_of_each
def test_a_merge_that_is_killed_leaves_the_file_as_it_was_or_whole(
    tmp_path: Path, prepared: Path, sound: Callable[[Path], None], most: int
) -> None:
    arguments = ("merge", "pack.db")
    moments = moments_of(prepared, tmp_path / "model", arguments)
    states = set()
    for moment in (*range(1, moments, max(moments // most, 1)), moments):
        folder = copied(prepared, tmp_path / f"at-{moment}")
        assert forked.start(forked_programs.command_killed_at, folder, arguments, moment).end() == -signal.SIGKILL
        sound(folder / "x.db")
        states.add(merged(folder / "x.db"))
    assert states == {(0, 0, 0), (DECISIONS, DECISIONS, 1)}


@moments_of_each
@pytest.mark.parametrize("arguments", [("pack", "-o", "new.db"), ("backup", "new.db")])
def test_a_new_file_that_is_killed_in_the_making_is_not_there_and_the_next_one_sweeps_what_is_left(
    tmp_path: Path, prepared: Path, sound: Callable[[Path], None], arguments: tuple[str, ...], most: int
) -> None:
    moments = moments_of(prepared, tmp_path / "model", arguments)
    for moment in range(1, moments + 1, max(2 * moments // most, 1)):
        folder = copied(prepared, tmp_path / f"at-{moment}")
        assert forked.start(forked_programs.command_killed_at, folder, arguments, moment).end() == -signal.SIGKILL
        sound(folder / "x.db")
        if (folder / "new.db").exists():
            sound(folder / "new.db")
            continue
        assert forked.start(forked_programs.command, folder, arguments).heard() == (0, forked_said(folder, arguments))
        assert [file.name for file in folder.glob(".uphold-*")] == []


def forked_said(folder: Path, arguments: tuple[str, ...]) -> str:
    """What the command says on standard error when nothing is in its way."""
    if arguments[0] == "backup":
        return ""
    return (
        f"{DECISIONS} pairs of candidate-vs-baseline, with verdicts and decisions\n"
        "there: uphold --db new.db review\nback here: uphold merge new.db\n"
    )
