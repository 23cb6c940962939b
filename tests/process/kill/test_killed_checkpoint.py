"""A checkpoint that is killed in each of its steps and called again: nothing is asked twice but what was in flight."""

import asyncio
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import forked, forked_programs
from support.checkpoints import brought, keys, project, read
from support.imports import write
from support.model_server import Asked, Reply, answer_to, said, serving
from support.stores import new_store
from uphold.records.enums import Choice
from uphold.store.database import open_store
from uphold.store.runs import find_run

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
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set with the answers of its baseline."""
    path = tmp_path_factory.mktemp("begun") / "x.db"
    with new_store(path) as store:
        project(store, len(KEYS))
    return path


_QUERIES = (
    "SELECT e.key, j.answer_order, j.verdict, j.reused_id IS NOT NULL FROM judgments j JOIN pairs p ON p.id = j.pair_id"
    " JOIN examples e ON e.id = p.example_id WHERE p.run_id = ? ORDER BY 1, 2",
    "SELECT e.key, i.stratum FROM queues q JOIN queue_items i ON i.queue_id = q.id JOIN pairs p ON p.id = i.pair_id"
    " JOIN examples e ON e.id = p.example_id WHERE q.run_id = ? ORDER BY i.position",
    "SELECT e.key, v.kind, v.choice FROM events v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id"
    " WHERE p.run_id = ? ORDER BY 1",
    "SELECT number FROM judged_versions WHERE run_id = ?",
)


def outcome(path: Path, run: str) -> list[list[Any]]:
    """What the database holds of a run, whenever it was written."""
    with open_store(path, reading=True) as store:
        return [store.rows(sql, (find_run(store, run).id,)).fetchall() for sql in _QUERIES]


def brought_in(database: Path, model: Model, system: str) -> tuple[int, tuple[Any, ...]]:
    """Bring a checkpoint in from a server; how many requests it took, and what the process said."""
    with serving(model) as server:
        child = forked.start(forked_programs.bring_checkpoint, database, server.url, system)
        said = child.heard()
        assert child.end() == 0, said
        assert said is not None
        return len(server.asked), said


def test_killed_in_each_step_and_called_again_it_ends_the_same_and_repeats_only_what_was_in_flight(
    begun: Path, tmp_path: Path, sound: Callable[[Path], None]
) -> None:
    database = Path(shutil.copy(begun, tmp_path / "killed.db"))
    brought_in(database, Model(), "v1")
    with open_store(database) as store:
        read(store, find_run(store, "v1-vs-base"), dict.fromkeys(KEYS, Choice.TIE), len(KEYS))
    alone = Path(shutil.copy(database, tmp_path / "alone.db"))
    asked, never_killed = brought_in(alone, Model(NEW), "v2")
    assert asked == WHOLE
    # Its third answer; its first verdict, when the pairs are made and decisions carried; its third verdict.
    moments = (2, len(KEYS) - 2, 2)
    for moment in moments:
        with serving(Model(NEW, moment)) as server:
            child = forked.start(forked_programs.bring_checkpoint, database, server.url, "v2")
            assert server.wait_for(moment + 1)
            assert child.kill()
        sound(database)
    asked, said = brought_in(database, Model(NEW), "v2")
    assert said == never_killed
    assert outcome(database, "v2-vs-base") == outcome(alone, "v2-vs-base")
    # Of the judgments one reply may not have been written when the process was killed.
    assert asked - (WHOLE - sum(moments)) in (0, 1)
    sound(database)


def test_killed_at_any_moment_a_checkpoint_from_files_ends_the_same(
    begun: Path, tmp_path: Path, sound: Callable[[Path], None], rng: random.Random
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    with open_store(Path(shutil.copy(begun, folder / "x.db"))) as store:
        first = asyncio.run(brought(store, "v1", {key: f"it is {key}" for key in KEYS}))
        read(store, first.run, dict.fromkeys(KEYS, Choice.TIE), len(KEYS))
    texts = {key: f"it is {key}" for key in KEYS} | dict.fromkeys(KEYS[:NEW], "no clue")
    write(folder / "v2.jsonl", *({"key": key, "response_candidate": text} for key, text in texts.items()))
    command = ("run", "v2", "--answers", "v2.jsonl", "--set", "desk", "--no-review")
    alone, killed = (Path(shutil.copytree(folder, tmp_path / name)) for name in ("alone", "killed"))
    ended = forked.start(forked_programs.command_killed_at, alone, command, None).heard()
    assert ended is not None
    code, moments = ended
    assert code == 0
    for fatal in sorted(rng.sample(range(1, moments), 8)):
        child = forked.start(forked_programs.command_killed_at, killed, command, fatal)
        child.end()
        sound(killed / "x.db")
    assert forked.start(forked_programs.command, killed, command).heard() is not None
    assert outcome(killed / "x.db", "v2-vs-base") == outcome(alone / "x.db", "v2-vs-base")
