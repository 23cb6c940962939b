import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import forked, forked_programs
from support.stores import new_store
from support.terminal import UPHOLD, Terminal, without_holding
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import open_review

MOMENTS = 30

MOMENTS_IN_THE_APP = 3

MANY_MOMENTS_IN_THE_APP = 10


def filled(path: Path, file: Path) -> Path:
    with new_store(path) as store:
        for _ in import_files(store, ImportRequest([file], format="pairs", set="killed")):
            pass
    return path


def events(database: Path, reviewer: str) -> list[list[Any]]:
    """What the file holds of a reviewer, in order, as plain SQL sees it."""
    sql = "SELECT kind, pair_id, coalesce(choice, {}) FROM events v JOIN reviewers r ON r.id = v.reviewer_id WHERE r.name = ?"
    done = (
        "(SELECT choice FROM events d WHERE d.id = v.target_id)"  # an undo or redo tells the choice that it speaks of
    )
    with closing(sqlite3.connect(database)) as conn:
        return [list(row) for row in conn.execute(f"{sql.format(done)} ORDER BY v.seq", (reviewer,))]


def killed_after(database: Path, reviewer: str, acts: int, delay: float, seed: str) -> list[list[Any]]:
    """Run the child, kill it a moment after so many acts; what it had said by then."""
    child = forked.start(forked_programs.review_until_killed, database, reviewer, seed)
    assert child.heard() == ("open",)
    said = [child.heard() for _ in range(acts)]
    time.sleep(delay)
    child.kill()
    return [list(words) for words in (*said, *child.rest()) if words is not None]


def test_every_acknowledged_act_survives_a_kill_and_the_next_session_goes_on_from_there(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random
) -> None:
    database = filled(tmp_path / "killed.db", pairs_file(120))
    known: list[list[Any]] = [*events(database, "mira")]
    for moment in range(MOMENTS):
        acts, delay = rng.randrange(12), rng.random() * 0.004
        said = killed_after(database, "mira", acts, delay, f"{rng.random()}")

        there = events(database, "mira")
        sound(database)
        assert len(said) >= acts
        assert there[: len(known) + len(said)] == known + said, f"moment {moment}: an act that was acknowledged is lost"
        assert len(there) <= len(known) + len(said) + 1, f"moment {moment}: more acts than one were not acknowledged"
        known = there


def test_after_a_kill_undo_takes_back_what_was_done_last(
    tmp_path: Path, pairs_file: Callable[[int], Path], rng: random.Random
) -> None:
    database = filled(tmp_path / "killed.db", pairs_file(30))
    killed_after(database, "mira", 15, rng.random() * 0.004, f"{rng.random()}")
    before = events(database, "mira")
    with open_store(database) as store:
        session = open_review(store, find_run(store, None), reviewer="mira")
        undoable = len([act for act in before if act[0] not in ("undo", "redo")])
        undone = sum(act[0] == "undo" for act in before) - sum(act[0] == "redo" for act in before)
        taken_back = 0
        while session.progress.read or session.trail(1):
            session.undo()
            taken_back += 1
    assert taken_back == undoable - undone


@pytest.mark.parametrize("moments", [MOMENTS_IN_THE_APP, pytest.param(MANY_MOMENTS_IN_THE_APP, marks=pytest.mark.slow)])
def test_every_decision_that_the_app_showed_as_made_survives_a_kill(
    tmp_path: Path, pairs_file: Callable[[int], Path], sound: Callable[[Path], None], rng: random.Random, moments: int
) -> None:
    # Below 50 pairs nothing comes back as a repeat, so that every decision is one pair read.
    database = filled(tmp_path / "killed.db", pairs_file(49))
    read = 0
    for _ in range(moments):
        options = without_holding(tmp_path)
        with Terminal([*UPHOLD, *options, "--db", str(database), "review", "--reviewer", "mira"]) as review:
            review.wait(f"{read} of 49 read", "answer ", "reply ")
            for _ in range(rng.randrange(1, 4)):
                review.quiet(0.05)
                review.send(rng.choice("abt4"))
                read += 1
                review.wait(f"{read} of 49 read")
            review.quiet(0.05)
            review.send(rng.choice("abt4"))
            time.sleep(rng.random() * 0.05)
            review.kill()
            shown_too = f"{read + 1} of 49 read".encode() in bytes(review.stream[review.mark :])
        there = len(events(database, "mira"))
        sound(database)
        assert there in ((read + 1,) if shown_too else (read, read + 1))
        read = there
    assert read
