"""The eval set in a pseudo-terminal: from a key to the next example, another filter, another order, and a search."""

import sys
from collections.abc import Sequence
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import ESCAPE, Terminal

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_SOUGHT = "instruction-00012"


def measure(rounds: int, big: Path, still: float) -> list[Line]:
    """Each key against a key in a hello world, both at rest before; the set has been read."""
    review = [*UPHOLD, "--db", str(big), "review", "--reviewer", "somebody"]
    with Terminal(HELLO) as hello, Terminal(review) as opened:
        hello.wait("hello-world")
        opened.wait("candidate-", "baseline-")
        opened.quiet(still)
        opened.send("E")
        opened.wait("Active", "instruction-")
        opened.quiet(still)
        keys = [
            _pressed(hello, still, "a", "pressed-"),
            _pressed(opened, still, "j", "instruction-", back=("k",)),
            _pressed(opened, still, "\t", "instruction-", back=(ESCAPE,)),
            _pressed(opened, still, "o", "latest first", "instruction-", back=("o", "o")),
            _search(opened, still),
        ]
        idle, down, narrowed, order, search = interleaved(rounds, *keys)
    return [
        ratio("set, next example", down, idle, 6, "idle key to frame"),
        ratio("set, another filter", narrowed, idle, 6, "idle key to frame"),
        ratio("set, another order", order, idle, 6, "idle key to frame"),
        ratio("set, search", search, idle, None, "idle key to frame"),
    ]


def _pressed(terminal: Terminal, still: float, key: str, *texts: str, back: Sequence[str] = ()) -> Timed:
    """A key until these texts are in the stream; then the keys that lead back."""

    def press() -> float:
        terminal.quiet(still)
        terminal.send(key)
        taken = terminal.wait(*texts) - terminal.sent
        for one in back:
            terminal.quiet(still)
            terminal.send(one)
        return taken

    return press


def _search(opened: Terminal, still: float) -> Timed:
    def press() -> float:
        opened.quiet(still)
        opened.send("/")
        opened.wait("leave it")
        opened.send(f"\x1b[200~{_SOUGHT}\x1b[201~")
        opened.quiet(still)
        opened.send("\r")
        taken = opened.wait("in 1 of", _SOUGHT) - opened.sent
        opened.quiet(still)
        opened.send(ESCAPE)
        return taken

    return press
