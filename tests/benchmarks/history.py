"""The checkpoints of a set in a pseudo-terminal: from a key to the next run, and to the examples that it lost."""

import json
import sys
from pathlib import Path

import made
from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import ESCAPE, Terminal
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.checkpoints import bless_run

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]


def database(path: Path, runs: int, examples: int) -> Path:
    """So many checkpoints against one baseline, a third of each read, all but the first lost; that one is blessed."""
    file = path.with_suffix(".jsonl")
    with file.open("w", encoding="utf-8") as out:
        for run in range(runs):
            for row in made.rows(examples, 700, repeated=False):
                own = {"candidate": f"ckpt-{run:02d}"}
                own |= {name: f"{row[name]} {run}" for name in ("response_candidate",) if name in row}
                own |= {name: "baseline" for name in ("review",) if name in row and run}
                out.write(json.dumps(row | own) + "\n")
    made.database(path, file)
    with open_store(path) as store:
        bless_run(store, all_runs(store)[0].name, None, "somebody")
    return path


def measure(rounds: int, path: Path, still: float) -> list[Line]:
    """Each key against a key in a hello world, both at rest before."""
    start = [*UPHOLD, "--db", str(path)]
    with Terminal(HELLO) as hello, Terminal(start) as shown:
        hello.wait("hello-world")
        shown.wait("ckpt-00")
        shown.quiet(still)
        shown.send("c")
        shown.wait("blessed: ckpt-00", "Lost by")
        with open_store(path, reading=True) as store:
            second = all_runs(store)[-2].candidate
        keys = [_pressed(hello, still, "a", "pressed-"), _next(shown, still, second), _lost(shown, still)]
        idle, following, lost = interleaved(rounds, *keys)
    return [
        ratio("checkpoints, next run", following, idle, 6, "idle key to frame"),
        ratio("checkpoints, to the lost examples", lost, idle, 6, "idle key to frame"),
    ]


def _pressed(terminal: Terminal, still: float, key: str, text: str) -> Timed:
    def press() -> float:
        terminal.quiet(still)
        terminal.send(key)
        return terminal.wait(text) - terminal.sent

    return press


def _next(shown: Terminal, still: float, name: str) -> Timed:
    """The next run and back; what it lost is read by then."""

    def press() -> float:
        shown.quiet(still)
        shown.send("j")
        taken = shown.wait(name) - shown.sent
        shown.quiet(still)
        shown.send("k")
        return taken

    return press


def _lost(shown: Terminal, still: float) -> Timed:
    def press() -> float:
        shown.quiet(still)
        shown.send("\r")
        taken = shown.wait("old and new answer") - shown.sent
        shown.quiet(still)
        shown.send(ESCAPE)
        return taken

    return press
