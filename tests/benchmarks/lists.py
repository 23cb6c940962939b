"""The list of pairs in a pseudo-terminal: from a key to its first page, in another order, narrowed, and searched."""

import sys
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import ESCAPE, Terminal

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_ALL_PAIRS = "esc all"
"""What the list offers while it is narrowed."""

_SOUGHT = "instruction-00012"


def measure(rounds: int, big: Path, still: float) -> list[Line]:
    """Each key against a key in a hello world, both at rest before; the full-text index is made beforehand."""
    review = [*UPHOLD, "--db", str(big), "review", "--reviewer", "somebody"]
    with Terminal(HELLO) as hello, Terminal(review) as listed:
        hello.wait("hello-world")
        listed.wait("candidate-", "baseline-")
        _index(listed, still)
        keys = [_idle(hello, still), *(do(listed, still) for do in (_page, _order, _filter, _search))]
        idle, page, order, narrowed, search = interleaved(rounds, *keys)
    return [
        ratio("pairs, first page", page, idle, 6, "idle key to frame"),
        ratio("pairs, another order", order, idle, 6, "idle key to frame"),
        ratio("pairs, another filter", narrowed, idle, 6, "idle key to frame"),
        ratio("pairs, search", search, idle, 6, "idle key to frame"),
    ]


def _index(listed: Terminal, still: float) -> None:
    """Open the list, and search once, so that the index is there."""
    _open(listed, still)
    _write(listed, still)
    listed.send("\r")
    listed.wait("1 of ")
    _leave(listed, still)


def _open(listed: Terminal, still: float) -> float:
    listed.quiet(still)
    listed.send("l")
    taken = listed.wait("as reviewed", "instruction-") - listed.sent
    listed.wait("Unread")
    listed.quiet(still)
    return taken


def _leave(listed: Terminal, still: float) -> None:
    if _ALL_PAIRS in "\n".join(listed.display):
        listed.send(ESCAPE)
        listed.see(without=_ALL_PAIRS)
    listed.send("q")
    listed.wait("candidate-")
    listed.quiet(still)


def _write(listed: Terminal, still: float) -> None:
    listed.send("/")
    listed.wait("leave it")
    listed.send(_SOUGHT)
    listed.see(_SOUGHT)
    listed.quiet(still)


def _idle(hello: Terminal, still: float) -> Timed:
    def press() -> float:
        hello.quiet(still)
        hello.send("a")
        return hello.wait("pressed-") - hello.sent

    return press


def _page(listed: Terminal, still: float) -> Timed:
    def press() -> float:
        taken = _open(listed, still)
        _leave(listed, still)
        return taken

    return press


def _order(listed: Terminal, still: float) -> Timed:
    def press() -> float:
        _open(listed, still)
        listed.send("o")
        taken = listed.wait("by key", "instruction-") - listed.sent
        for _ in range(3):
            listed.quiet(still)
            listed.send("o")
        listed.wait("as reviewed")
        _leave(listed, still)
        return taken

    return press


def _filter(listed: Terminal, still: float) -> Timed:
    def press() -> float:
        _open(listed, still)
        listed.send("\t")
        taken = listed.wait("esc", "instruction-") - listed.sent
        _leave(listed, still)
        return taken

    return press


def _search(listed: Terminal, still: float) -> Timed:
    def press() -> float:
        _open(listed, still)
        _write(listed, still)
        listed.send("\r")
        taken = listed.wait("1 of ", _SOUGHT) - listed.sent
        _leave(listed, still)
        return taken

    return press
