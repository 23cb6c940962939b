"""The script of docs/ci.md, called by a shell as a job of a pipeline calls it."""

import asyncio
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkpoints import brought, keys, project, read
from support.documents import Page
from support.imports import write
from uphold.records.enums import Choice
from uphold.store.database import open_store
from uphold.workflows.checkpoints import bless_run

KEYS = keys(12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose first checkpoint was read and blessed, the script, and `uphold` on the path."""
    with open_store(tmp_path / "uphold.db", create=True) as store:
        project(store, len(KEYS), baseline="base-7b")
        first = asyncio.run(brought(store, "v1", {key: f"it is {key}" for key in KEYS}))
        read(store, first.run, dict.fromkeys(KEYS, Choice.CANDIDATE), len(KEYS))
        bless_run(store, first.run.name, None, "ada")
    (tmp_path / "ci.sh").write_text(Page("docs/ci.md").files()["ci.sh"], "utf-8")
    program = tmp_path / "bin" / "uphold"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m uphold_tui "$@"\n')
    program.chmod(0o755)
    return tmp_path


def called(folder: Path, system: str, text: str) -> subprocess.CompletedProcess[str]:
    """Call the script for a checkpoint that answers everything with this text."""
    file = write(folder / f"{system}.jsonl", *({"key": key, "response_candidate": text.format(key)} for key in KEYS))
    env = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "ci.sh", system, file.name], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_script_passes_what_is_known_and_writes_a_summary_of_what_is_not_settled(folder: Path) -> None:
    same = called(folder, "v2", "it is {}")
    assert (same.returncode, same.stdout) == (0, "not worse, or nothing to hold it against\n")
    assert not (folder / "summary.md").exists()
    new = called(folder, "v3", "perhaps {}")
    assert (new.returncode, new.stdout, new.stderr) == (3, "not settled: pairs have to be read\n", "")
    assert (
        (folder / "summary.md")
        .read_text("utf-8")
        .startswith("## INCONCLUSIVE: `v3-vs-base-7b` against `v1-vs-base-7b`")
    )
