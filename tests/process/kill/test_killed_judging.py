import asyncio
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support import forked, forked_programs
from support.batch_server import BatchDesk, succeeded
from support.faulty_endpoint import right
from support.model_server import Asked, Reply, serving
from support.stores import new_store
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

MOMENTS = 10

MANY_MOMENTS = 30

CONCURRENCY = 4

PAIRS = 60

PAIRS_A_KILL = 8
"""More than are judged between two kills."""


@pytest.fixture(autouse=True)
def environment_with_a_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")


def filled(database: Path, count: int) -> Path:
    file = database.with_suffix(".jsonl")
    rows = [
        {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
        for n in range(count)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with new_store(database) as store:
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
            pass
    return database


def judgments(database: Path) -> tuple[int, int, int]:
    """(judgments in force, different ones, all that were ever written)."""
    with open_store(database, reading=True) as store:
        in_force, different = store.one(
            "SELECT count(*), count(DISTINCT pair_id || answer_order || sample) FROM judgments WHERE superseded_by IS NULL"
        )
        return in_force, different, store.one("SELECT count(*) FROM judgments")[0]


BOTH_SIZES = [MOMENTS, pytest.param(MANY_MOMENTS, marks=pytest.mark.slow)]


@pytest.mark.parametrize("moments", BOTH_SIZES)
def test_a_judge_that_is_killed_again_and_again_repeats_no_more_than_was_in_flight(
    tmp_path: Path, rng: random.Random, sound: Callable[[Path], None], moments: int
) -> None:
    pairs = PAIRS_A_KILL * moments
    database = filled(tmp_path / "uphold.db", pairs)
    kills = 0
    with serving(right) as server:
        for _ in range(moments):
            seen = len(server.asked)
            child = forked.start(forked_programs.judge, database, server.url, "live")
            server.wait_for(seen + rng.randint(1, 9))
            kills += child.kill()
            sound(database)
        asyncio.run(forked_programs.judging(database, server.url, "live"))
        asked = len(server.asked)
    assert judgments(database) == (2 * pairs, 2 * pairs, 2 * pairs)
    # Of each worker one request in flight, and one reply that was not written yet.
    assert asked <= 2 * pairs + kills * 2 * CONCURRENCY
    assert kills == moments


@pytest.mark.parametrize("moments", BOTH_SIZES)
def test_a_batch_is_asked_once_wherever_its_process_is_killed(
    tmp_path: Path, rng: random.Random, sound: Callable[[Path], None], moments: int
) -> None:
    model = filled(tmp_path / "model.db", 5)
    for moment in range(moments):
        database = Path(shutil.copy(model, tmp_path / f"killed-{moment}.db"))
        desk, killed_at = BatchDesk(lambda number, params: succeeded(right, params)), rng.randint(0, 3)
        arrives, held = rng.random() < 0.7, rng.random() < 0.7

        async def until_killed(
            asked: Asked, desk: BatchDesk = desk, killed_at: int = killed_at, arrives: bool = arrives, held: bool = held
        ) -> Reply:
            if asked.number != killed_at:
                return desk(asked)
            reply = desk(asked) if arrives or not held else Reply(dropped=True)
            if held:
                await asyncio.Event().wait()
            return reply

        with serving(until_killed) as server:
            child = forked.start(forked_programs.judge, database, server.url, "batch")
            server.wait_for(killed_at + 1)
            child.kill()
        sound(database)
        with serving(desk) as server:
            asyncio.run(forked_programs.judging(database, server.url, "batch"))
        assert judgments(database) == (10, 10, 10)
        assert len(desk.batches) == 1, f"moment {moment}: the batch was handed in twice"
        sound(database)


def test_two_processes_at_once_judge_nothing_twice(tmp_path: Path, sound: Callable[[Path], None]) -> None:
    database = filled(tmp_path / "uphold.db", PAIRS)
    with serving(right) as server:
        both = [forked.start(forked_programs.judge, database, server.url, "live", 15.0) for _ in range(2)]
        assert [child.rest() for child in both] == [[("done",)]] * 2
        assert len(server.asked) == 2 * PAIRS
    assert judgments(database) == (2 * PAIRS, 2 * PAIRS, 2 * PAIRS)
    sound(database)
