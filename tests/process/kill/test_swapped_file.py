"""A database that is taken away at random moments of a fast review: what was confirmed is in it, and nothing after that is."""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support import forked, forked_programs
from support.stores import new_store
from uphold.workflows.importing import ImportRequest, import_files

MOMENTS = 3

MANY_MOMENTS = 30


def _with_log(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(path.name + "-wal")


def moved(path: Path, keep: Path) -> None:
    path.rename(keep)


def deleted(path: Path, keep: Path) -> None:
    os.link(path, keep)
    path.unlink()


def replaced(path: Path, keep: Path) -> None:
    os.link(path, keep)
    path.with_name("new.db").replace(path)


def log_deleted(path: Path, keep: Path) -> None:
    os.link(path, keep)
    _with_log(path)[1].unlink()


def truncated(path: Path, keep: Path) -> None:
    os.truncate(path, 5 * 4096)


def damaged(path: Path, keep: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\x00" * 40)


def overwritten(path: Path, keep: Path) -> None:
    shutil.copyfile(path.with_name("new.db"), path)


SWAPS = (moved, deleted, replaced, log_deleted, truncated, damaged, overwritten)


def events(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as conn:
        return {row[0] for row in conn.execute("SELECT id FROM events WHERE source = 'app'")}


def swapped(path: Path, swap: Callable[[Path, Path], None], delay: float, seed: str) -> None:
    """Let the child review, take its database away after a moment, and compare what it said with what is there."""
    keep = path.with_name("keep.db")
    kept_log = _with_log(keep)[1]
    child = forked.start(forked_programs.review_until_lost, path, "mira", seed)
    assert child.heard() == ("open",)
    first = child.heard()
    assert first is not None
    # The log that the child goes on with; its name may be another file's soon.
    os.link(_with_log(path)[1], kept_log)
    time.sleep(delay)
    swap(path, keep)
    gone = time.monotonic_ns()
    said = [first, *child.rest()]
    assert child.end() == 0, "the loss was not noticed"
    *kept, (word, unsaved, why) = said
    assert word == "lost"
    assert {line[0] for line in kept} == {"kept"}
    confirmed = {line[1] for line in kept if len(line) == 3}
    assert unsaved not in confirmed
    assert all(line[-1] <= gone for line in kept), "an act that began when the file was gone was confirmed"
    assert "the database" in why
    if keep.exists():
        there = events(keep)
        assert confirmed <= there
        assert there - confirmed <= {unsaved}


def _prepared(folder: Path, pairs_file: Callable[[int], Path]) -> Path:
    """A database with pairs, and another one that may take its place."""
    folder.mkdir()
    for name, count in (("swapped.db", 80), ("new.db", 95)):
        with new_store(folder / name) as store:
            for _ in import_files(store, ImportRequest([pairs_file(count)], format="pairs", set="swapped")):
                pass
    return folder / "swapped.db"


def _attack(
    tmp_path: Path,
    pairs_file: Callable[[int], Path],
    rng: random.Random,
    swap: Callable[[Path, Path], None],
    times: int,
) -> None:
    path = _prepared(tmp_path / "prepared", pairs_file)
    for moment in range(times):
        folder = tmp_path / str(moment)
        shutil.copytree(path.parent, folder)
        swapped(folder / path.name, swap, rng.random() * 0.08, f"{rng.random()}")
        shutil.rmtree(folder)


@pytest.mark.parametrize("swap", SWAPS)
def test_what_was_confirmed_is_in_the_file_and_nothing_is_confirmed_after(
    tmp_path: Path, pairs_file: Callable[[int], Path], rng: random.Random, swap: Callable[[Path, Path], None]
) -> None:
    _attack(tmp_path, pairs_file, rng, swap, MOMENTS)


@pytest.mark.slow
@pytest.mark.parametrize("swap", SWAPS)
def test_the_same_at_many_moments(
    tmp_path: Path,
    pairs_file: Callable[[int], Path],
    rng: random.Random,
    swap: Callable[[Path, Path], None],
) -> None:
    _attack(tmp_path, pairs_file, rng, swap, MANY_MOMENTS)
