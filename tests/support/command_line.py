"""The command line, in this process (`uphold`, `done`, `told`, `data`) and as a program of its own (`started`, `ended`).

In this process a command takes a few milliseconds. A program is started where the process itself is what is tested:
signals, pipes, closed streams, encodings, what is imported. The working folder, the environment and the standard streams
belong to the whole process, so that commands in it run one at a time, in the main thread.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from unittest import mock

UPHOLD = (sys.executable, "-m", "uphold_tui")

SECONDS = 60
"""After so long a program that has not ended is stuck."""

_LEFT_OUT = ("UPHOLD_DB", "PYTHONIOENCODING", "PYTHONUTF8", "FORCE_COLOR", "TERMINAL_WIDTH")


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the outcome."""
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT} | more


def uphold(folder: Path, *arguments: str | Path, db: str = "x.db", **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, in a folder and on a database there; standard input is no terminal."""
    return uphold_alone(folder, "--db", db, *arguments, **env)


def uphold_alone(folder: Path, *arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The same without naming a database."""
    stdout, stderr = in_memory(), in_memory()
    given = [str(argument) for argument in arguments]
    code = uphold_into(stdout, stderr, folder, *given, **env)
    assert "an error of its own" not in written(stderr), written(stderr)
    return subprocess.CompletedProcess(given, code, written(stdout), written(stderr))


def uphold_into(stdout: TextIO, stderr: TextIO, folder: Path, *arguments: str, **env: str) -> int:
    """Run a command in this process that writes into these streams; returns its exit code."""
    from uphold_tui.cli import run

    with _surroundings(stdout, stderr, folder, env):
        return run(arguments)


def in_memory(encoding: str = "utf-8") -> io.TextIOWrapper:
    """A stream as a program has it, that keeps what is written."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@contextlib.contextmanager
def _surroundings(stdout: TextIO, stderr: TextIO, folder: Path, env: dict[str, str]) -> Iterator[None]:
    """Give this process a folder, an environment and standard streams."""
    from uphold_tui.commands.options import Context

    Context.opened.clear()
    with contextlib.ExitStack() as stack:
        stdin = stack.enter_context(Path(os.devnull).open(encoding="utf-8"))
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(mock.patch.dict(os.environ, environment(**env), clear=True))
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            stack.enter_context(mock.patch.object(sys, name, stream))
        stack.enter_context(mock.patch.object(sys, "excepthook", sys.excepthook))  # Typer sets its own
        yield


def written(stream: io.TextIOWrapper) -> str:
    """What was written, with line ends as a text file has them."""
    stream.seek(0)
    return stream.read()


def done(folder: Path, *arguments: str | Path, **options: Any) -> str:
    """What a command that succeeds prints on standard output."""
    found = uphold(folder, *arguments, **options)
    assert found.returncode == 0, found.stderr
    return found.stdout


def told(folder: Path, *arguments: str | Path, code: int = 2, **options: Any) -> str:
    """The one sentence of a command that fails: on standard error, without a traceback, and nothing on the other."""
    found = uphold(folder, *arguments, **options)
    assert found.returncode == code, found.stderr
    assert not found.stdout
    assert "Traceback" not in found.stderr
    assert not found.stderr.startswith("Error")
    assert found.stderr.endswith("\n")
    return found.stderr[:-1]


def data(folder: Path, *arguments: str | Path, **options: Any) -> Any:
    """What a command with `--json` prints: ASCII, and nothing else."""
    said = done(folder, *arguments, "--json", **options)
    assert said.isascii()
    return json.loads(said)


def started(
    folder: Path, *arguments: str | bytes, stdout: Any = subprocess.PIPE, **env: str
) -> subprocess.Popen[bytes]:
    """Start the program in a folder, on the database `x.db` there; its standard input is empty."""
    return subprocess.Popen(
        [*UPHOLD, "--db", "x.db", *arguments],
        cwd=folder,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def ended(
    folder: Path, *arguments: str | bytes, stdout: Any = subprocess.PIPE, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end."""
    with started(folder, *arguments, stdout=stdout, **env) as program:
        try:
            written = program.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            raise
    return subprocess.CompletedProcess(program.args, program.returncode, *written)
