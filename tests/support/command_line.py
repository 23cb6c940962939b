"""The command line as another program runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

UPHOLD = (sys.executable, "-m", "uphold_tui")

_LEFT_OUT = ("UPHOLD_DB", "PYTHONIOENCODING", "PYTHONUTF8", "FORCE_COLOR", "TERMINAL_WIDTH")


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the outcome."""
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT} | more


def uphold(
    folder: Path, *arguments: str | Path, db: str = "x.db", stdout: Any = subprocess.PIPE, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, on a database there; standard input is no terminal."""
    return uphold_alone(folder, "--db", db, *arguments, stdout=stdout, **env)


def uphold_alone(
    folder: Path, *arguments: str | Path, stdout: Any = subprocess.PIPE, **env: str
) -> subprocess.CompletedProcess[str]:
    """The same without naming a database."""
    return subprocess.run(
        [*UPHOLD, *map(str, arguments)],
        cwd=folder,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def done(folder: Path, *arguments: str | Path, **options: Any) -> str:
    """What a command that succeeds prints on standard output."""
    ended = uphold(folder, *arguments, **options)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def told(folder: Path, *arguments: str | Path, code: int = 2, **options: Any) -> str:
    """The one sentence of a command that fails: on standard error, without a traceback, and nothing on the other."""
    ended = uphold(folder, *arguments, **options)
    assert ended.returncode == code, ended.stderr
    assert not ended.stdout
    assert "Traceback" not in ended.stderr
    assert not ended.stderr.startswith("Error")
    assert ended.stderr.endswith("\n")
    return ended.stderr[:-1]


def data(folder: Path, *arguments: str | Path, **options: Any) -> Any:
    """What a command with `--json` prints: ASCII, and nothing else."""
    said = done(folder, *arguments, "--json", **options)
    assert said.isascii()
    return json.loads(said)
