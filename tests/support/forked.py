"""Processes forked from one that has loaded uphold and an SDK already: each is there in milliseconds, not in a second.

`start(function, *arguments)` calls a function of `support.forked_programs` in a process of its own, which a test may kill
or wait for. What the process says with `say` the test reads with `heard`.
"""

import multiprocessing
import multiprocessing.connection
import multiprocessing.forkserver
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest import mock

_FORKING = multiprocessing.get_context("forkserver")

_LOADED = ["support.forked_programs", "uphold_tui.cli", "uphold.endpoints.anthropic_batches"]
"""Modules that every process has from the start."""

SECONDS = 60.0
"""After so long a process that has not ended, or not said a word, is stuck."""


@dataclass(frozen=True)
class Forked:
    """A process, and what comes from it."""

    process: BaseProcess
    _words: multiprocessing.connection.Connection

    def heard(self) -> tuple[Any, ...] | None:
        """The next values that were said; None where the process has ended and said nothing more."""
        if not self._words.poll(SECONDS):
            self.end()
            raise AssertionError("the process neither says a word nor ends")
        try:
            values: tuple[Any, ...] = self._words.recv()
        except (EOFError, OSError):
            return None
        return values

    def rest(self) -> list[tuple[Any, ...]]:
        """All that was said and not read yet, once the process has ended."""
        said = []
        while (values := self.heard()) is not None:
            said.append(values)
        return said

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def kill(self) -> bool:
        """Kill it; whether it was still there."""
        living = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return living

    def end(self) -> int | None:
        """Wait until it has ended by itself, and return its exit code (negative: the signal that ended it)."""
        self.process.join(SECONDS)
        if self.process.is_alive():
            self.kill()
            raise AssertionError("the process does not end")
        return self.process.exitcode


@cache
def _ensure_running() -> None:
    """Start the process that all others are forked from."""
    _FORKING.set_forkserver_preload(_LOADED)
    # It looks for what it loads beforehand in its own path, before it is told that of this process.
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    with mock.patch.dict(os.environ, PYTHONPATH=path):
        multiprocessing.forkserver.ensure_running()


def start(function: Callable[..., None], *arguments: Any) -> Forked:
    """Call a function in a forked process, in the environment of this one; it is given `say` and the arguments.

    An error that ends it is said too: `raised` and the traceback.
    """
    _ensure_running()
    heard, said = _FORKING.Pipe(duplex=False)
    process = _FORKING.Process(target=_run, args=(function, said, dict(os.environ), arguments), daemon=True)
    process.start()
    said.close()
    return Forked(process, heard)


def _run(
    function: Callable[..., None],
    words: multiprocessing.connection.Connection,
    environment: dict[str, str],
    arguments: tuple[Any, ...],
) -> None:
    os.environ.clear()
    os.environ.update(environment)

    def say(*values: Any) -> None:
        words.send(values)

    try:
        function(say, *arguments)
    except Exception:
        say("raised", traceback.format_exc())
        raise
