"""Proposals and versions in a pseudo-terminal: from a key to the next proposal, and to another version's difference."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import Terminal

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_PROPOSED = 60

_KINDS = (
    "Where is the {thing} that I ordered {number} days ago?",
    "My {thing} broke after {number} months, is that under warranty?",
    "I return the {thing} of order {number}, when does the money arrive?",
)

_THINGS = ("sofa", "stove", "clock", "lamp", "kettle", "carpet", "mirror", "shelf")


def measure(rounds: int, big: Path, logs: int, still: float) -> list[Line]:
    """Each key against a key in a hello world, both at rest before; every difference has been read once."""
    path = _prepared(big, logs)
    propose = [*UPHOLD, "--db", str(path), "set", "propose", "measured", "--review", "--reviewer", "somebody"]
    review = [*UPHOLD, "--db", str(path), "review", "--reviewer", "somebody"]
    with Terminal(HELLO) as hello, Terminal(propose) as proposals, Terminal(review) as versions:
        hello.wait("hello-world")
        proposals.wait("proposed", "Coverage")
        versions.wait("candidate-", "baseline-")
        for key, text in (("E", "Active"), ("V", "the same"), ("j", "compare")):
            versions.quiet(still)
            versions.send(key)
            versions.wait(text)
        versions.quiet(still)
        versions.send("k")
        keys = [
            _pressed(hello, still, "a", "pressed-"),
            _pressed(proposals, still, "]", "proposal "),
            _pressed(proposals, still, "\r", "before:"),
            _pressed(versions, still, "j", "nothing to compare", back="k"),
            _pressed(versions, still, "k", "the same", before="j"),
        ]
        idle, moved, taken, first, other = interleaved(rounds, *keys)
    return [
        ratio("proposals, next one", moved, idle, 6, "idle key to frame"),
        ratio("proposals, one taken and the next", taken, idle, 6, "idle key to frame"),
        ratio("versions, the first", first, idle, 6, "idle key to frame"),
        ratio("versions, another difference", other, idle, 6, "idle key to frame"),
    ]


def _prepared(big: Path, logs: int) -> Path:
    """A copy of the database, with proposals, and its set in two versions that differ in one example."""
    path = big.with_name("curated.db")
    if path.exists():
        return path
    shutil.copy(big, path)
    pool, exported = big.with_name("logs.jsonl"), str(big.with_name("exported.jsonl"))
    with pool.open("w", encoding="utf-8") as file:
        for number in range(logs):
            asked = _KINDS[number % 3].format(thing=_THINGS[number // 3 % 8], number=number)
            row = {"prompt": asked, "response": f"Answer {number}.", "category": f"tag-{number % 3}"}
            file.write(json.dumps(row) + "\n")
    for command in (
        ("export", "measured", "-o", exported),
        ("edit", "measured", "item-00007", "--instruction", "Another one."),
        ("export", "measured", "-o", exported),
        ("propose", "measured", str(pool), "--n", str(_PROPOSED)),
    ):
        whole = [*UPHOLD, "--db", str(path), "set", *command]
        subprocess.run(whole, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def _pressed(terminal: Terminal, still: float, key: str, text: str, *, before: str = "", back: str = "") -> Timed:
    """A key until a text is in the stream; other keys before it, and back."""

    def press() -> float:
        for one in before:
            terminal.quiet(still)
            terminal.send(one)
        terminal.quiet(still)
        terminal.send(key)
        taken = terminal.wait(text) - terminal.sent
        for one in back:
            terminal.quiet(still)
            terminal.send(one)
        return taken

    return press
