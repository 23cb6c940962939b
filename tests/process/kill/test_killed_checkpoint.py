"""A checkpoint that is killed in each of its steps and called again: nothing is asked twice but what was in flight."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import checkpoint_process
from support.checkpoints import keys, project, read
from support.forkserver import PROCESSES
from support.model_server import Asked, Reply, Server, answer_to, said, serving
from uphold.records.checkpoints import CheckpointResult
from uphold.records.enums import Choice
from uphold.store.database import Store, open_store

KEYS = keys(8)

NEW = 3
"""So many answers of the second checkpoint differ from those of the first."""

WHOLE = len(KEYS) + 2 * NEW
"""Requests for the second checkpoint: its answers, then both orders of the pairs that are new."""


@pytest.fixture(autouse=True)
def environment_with_a_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")


class Model:
    """A checkpoint and a judge in one; the request with the number `held` is never answered."""

    def __init__(self, new: int = 0, held: int | None = None) -> None:
        self.new, self.held = new, held

    async def __call__(self, asked: Asked) -> Reply:
        if asked.number == self.held:
            await asyncio.Event().wait()
        if asked.body["model"] == "judge":
            return answer_to(asked, said("A" if "again" in asked.user else "B"))
        is_new = any(key in asked.user for key in KEYS[: self.new])
        return answer_to(asked, f"{asked.user} again" if is_new else asked.user)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first checkpoint, judged and read."""
    path = tmp_path_factory.mktemp("first") / "x.db"
    with open_store(path, create=True) as store:
        project(store, len(KEYS))
    with pytest.MonkeyPatch.context() as patch, serving(Model()) as server:
        patch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")
        first = checkpoint_process.bring_in(path, server.url, "v1")
    with open_store(path) as store:
        read(store, first.run, dict.fromkeys(KEYS, Choice.TIE), len(KEYS))
    return path


def outcome(path: Path, result: CheckpointResult) -> list[Any]:
    """What came of a checkpoint, whenever it was made."""
    with open_store(path, reading=True) as store:
        return [result.reading, result.progress.flipped, *map(_rows(store, result.run.id), _QUERIES)]


_QUERIES = (
    "SELECT e.key, j.answer_order, j.verdict, j.reused_id IS NOT NULL FROM judgments j JOIN pairs p ON p.id = j.pair_id"
    " JOIN examples e ON e.id = p.example_id WHERE p.run_id = ? ORDER BY 1, 2",
    "SELECT e.key, i.stratum FROM queues q JOIN queue_items i ON i.queue_id = q.id JOIN pairs p ON p.id = i.pair_id"
    " JOIN examples e ON e.id = p.example_id WHERE q.run_id = ? ORDER BY i.position",
    "SELECT e.key, v.kind, v.choice FROM events v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id"
    " WHERE p.run_id = ? ORDER BY 1",
)


def _rows(store: Store, run_id: int) -> Callable[[str], list[Any]]:
    return lambda sql: store.rows(sql, (run_id,)).fetchall()


def killed_at(database: Path, request: int) -> Server:
    """Have a process killed while it waits for the answer to a request; the server, with what it was asked."""
    with serving(Model(NEW, request)) as server:
        child = PROCESSES.Process(target=checkpoint_process.run, args=(str(database), server.url, "v2"), daemon=True)
        child.start()
        assert server.wait_for(request + 1)
        assert child.is_alive()
        child.kill()
        child.join()
    return server


def test_killed_in_each_step_and_called_again_it_ends_the_same_and_repeats_only_what_was_in_flight(
    read_once: Path, tmp_path: Path, sound: Callable[[Path], None]
) -> None:
    alone = Path(shutil.copy(read_once, tmp_path / "alone.db"))
    with serving(Model(NEW)) as server:
        never_killed = outcome(alone, checkpoint_process.bring_in(alone, server.url, "v2"))
        assert len(server.asked) == WHOLE
    database = Path(shutil.copy(read_once, tmp_path / "killed.db"))
    # Its third answer; its first verdict, when the pairs are made and decisions carried; its third verdict.
    moments = (2, len(KEYS) - 2, 2)
    answered = 0
    for moment in moments:
        killed_at(database, moment)
        answered += moment
        sound(database)
    with serving(Model(NEW)) as server:
        result = checkpoint_process.bring_in(database, server.url, "v2")
        asked = len(server.asked)
    assert result.work.left == ()
    assert outcome(database, result) == never_killed
    # Of the judgments one reply may not have been written when the process was killed.
    assert WHOLE - answered <= asked <= WHOLE - answered + 1
    sound(database)
