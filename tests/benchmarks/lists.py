"""The list of pairs in a pseudo-terminal: from a key to its first page, in another order, narrowed, and searched."""

import sys
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.terminal import Terminal

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_STILL = 0.3

_SOUGHT = "instruction-00012"


def measure(rounds: int, big: Path) -> list[Line]:
    """Each key against a key in a hello world, both at rest before; the full-text index is made beforehand."""
    review = [*UPHOLD, "--db", str(big), "review", "--reviewer", "somebody"]
    with Terminal(HELLO) as hello, Terminal(review) as listed:
        hello.wait("hello-world")
        listed.wait("candidate-", "baseline-")
        _index(listed)
        keys = [_idle(hello), _page(listed), _order(listed), _filter(listed), _search(listed)]
        idle, page, order, narrowed, search = interleaved(rounds, *keys)
    return [
        ratio("pairs, first page", page, idle, 6, "idle key to frame"),
        ratio("pairs, another order", order, idle, 6, "idle key to frame"),
        ratio("pairs, another filter", narrowed, idle, 6, "idle key to frame"),
        ratio("pairs, search", search, idle, 6, "idle key to frame"),
    ]


def _index(listed: Terminal) -> None:
    """Open the list, and search once, so that the index is there."""
    _open(listed)
    _write(listed)
    listed.send("\r")
    listed.wait("in 1 of")
    _leave(listed)


def _open(listed: Terminal) -> float:
    listed.quiet(_STILL)
    listed.send("l")
    taken = listed.wait("as reviewed", "instruction-") - listed.sent
    listed.wait("Unread")
    listed.quiet(_STILL)
    return taken


def _leave(listed: Terminal) -> None:
    listed.send("\x1b")
    listed.quiet(_STILL)
    listed.send("q")
    listed.wait("candidate-")
    listed.quiet(_STILL)


def _write(listed: Terminal) -> None:
    listed.send("/")
    listed.wait("leave it")
    for character in _SOUGHT:
        listed.send(character)
        listed.quiet(0.03)
    listed.quiet(_STILL)


def _idle(hello: Terminal) -> Timed:
    def press() -> float:
        hello.quiet(_STILL)
        hello.send("a")
        return hello.wait("pressed-") - hello.sent

    return press


def _page(listed: Terminal) -> Timed:
    def press() -> float:
        taken = _open(listed)
        _leave(listed)
        return taken

    return press


def _order(listed: Terminal) -> Timed:
    def press() -> float:
        _open(listed)
        listed.send("o")
        taken = listed.wait("by key", "instruction-") - listed.sent
        for _ in range(3):
            listed.quiet(_STILL)
            listed.send("o")
        listed.wait("as reviewed")
        _leave(listed)
        return taken

    return press


def _filter(listed: Terminal) -> Timed:
    def press() -> float:
        _open(listed)
        listed.send("\t")
        taken = listed.wait("esc", "instruction-") - listed.sent
        _leave(listed)
        return taken

    return press


def _search(listed: Terminal) -> Timed:
    def press() -> float:
        _open(listed)
        _write(listed)
        listed.send("\r")
        taken = listed.wait("in 1 of", _SOUGHT) - listed.sent
        _leave(listed)
        return taken

    return press
