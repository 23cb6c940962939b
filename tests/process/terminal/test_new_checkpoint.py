"""`uphold run` in a terminal: its screen, and what stands in the terminal after it was left."""

import asyncio
from pathlib import Path

from support.checkpoints import SETTINGS, brought, keys, project
from support.imports import write
from support.terminal import UPHOLD, Terminal
from uphold.store.database import open_store
from uphold.workflows.checkpoints import bless_run


def test_run_shows_its_steps_and_leaves_the_gate_in_the_terminal(tmp_path: Path) -> None:
    first = {key: f"it is {key}" for key in keys(3)}
    path = tmp_path / "uphold.db"
    with open_store(path, create=True) as store:
        project(store, len(first))
        bless_run(store, asyncio.run(brought(store, "v1", first)).run.name, None, "ada")
    assert SETTINGS.project.margin == 0.05
    file = write(tmp_path / "v2.jsonl", *({"key": key, "response_candidate": f"so {key}"} for key in first))
    call = [*UPHOLD, "--db", str(path), "run", "v2", "--reviewer", "ada", "--answers", str(file), "--margin", ".05"]
    with Terminal(call, cwd=tmp_path) as terminal:
        terminal.see("enter review the 3")
        terminal.send("q")
        told = terminal.rest().decode()
        assert "to read" in told
        assert "INCONCLUSIVE" in told
        assert terminal.code == 3
    with Terminal([*call, "--set", "nowhere"], cwd=tmp_path) as terminal:
        told = terminal.rest().decode()
        assert "nowhere" in told
        assert "\x1b[?1049h" not in told
        assert terminal.code == 2
