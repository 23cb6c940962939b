"""The eval set in a pseudo-terminal: from a key to the next example, another filter, another order, and a search."""

import sys
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import Terminal

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_STILL = 0.3

_SOUGHT = "instruction-00012"


def measure(rounds: int, big: Path) -> list[Line]:
    """Each key against a key in a hello world, both at rest before; the set has been read."""
    review = [*UPHOLD, "--db", str(big), "review", "--reviewer", "somebody"]
    with Terminal(HELLO) as hello, Terminal(review) as opened:
        hello.wait("hello-world")
        opened.wait("candidate-", "baseline-")
        opened.quiet(_STILL)
        opened.send("E")
        opened.wait("Active", "instruction-")
        opened.quiet(_STILL)
        keys = [
            _pressed(hello, "a", "pressed-"),
            _pressed(opened, "j", "instruction-", back="k"),
            _pressed(opened, "\t", "instruction-", back="\x1b"),
            _pressed(opened, "o", "latest first", "instruction-", back="oo"),
            _search(opened),
        ]
        idle, down, narrowed, order, search = interleaved(rounds, *keys)
    return [
        ratio("set, next example", down, idle, 6, "idle key to frame"),
        ratio("set, another filter", narrowed, idle, 6, "idle key to frame"),
        ratio("set, another order", order, idle, 6, "idle key to frame"),
        ratio("set, search", search, idle, None, "idle key to frame"),
    ]


def _pressed(terminal: Terminal, key: str, *texts: str, back: str = "") -> Timed:
    """A key until these texts are in the stream; then the keys that lead back."""

    def press() -> float:
        terminal.quiet(_STILL)
        terminal.send(key)
        taken = terminal.wait(*texts) - terminal.sent
        for one in back:
            terminal.quiet(_STILL)
            terminal.send(one)
        return taken

    return press


def _search(opened: Terminal) -> Timed:
    def press() -> float:
        opened.quiet(_STILL)
        opened.send("/")
        opened.wait("leave it")
        opened.send(f"\x1b[200~{_SOUGHT}\x1b[201~")
        opened.quiet(_STILL)
        opened.send("\r")
        taken = opened.wait("in 1 of", _SOUGHT) - opened.sent
        opened.quiet(_STILL)
        opened.send("\x1b")
        return taken

    return press
