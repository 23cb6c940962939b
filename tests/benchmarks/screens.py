"""The app in a pseudo-terminal: time to the first frame, from a key to the next pair, and memory."""

import re
import shutil
import sys
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, megabytes, ratio

from support.terminal import Terminal, without_holding

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

_SHOWN = re.compile(rb"(candidate|baseline)-(\d{5})")


def reviewing(database: Path) -> list[str]:
    """The command that opens a review in which the next pair comes at once, also after an overturned one."""
    return [*UPHOLD, *without_holding(database.parent), "--db", str(database), "review", "--reviewer", "measuring"]


def first_frame(rounds: int, big: Path, still: float) -> list[Line]:
    """From spawning the program to its text in the stream: both answers, against a hello world."""
    undrawn = big.with_name("undrawn.db")

    def hello() -> float:
        return _opened(HELLO, "hello-world", still=still, leave="\x11")

    def drawn() -> float:
        return _opened(reviewing(big), "candidate-", "baseline-", still=still, leave="Q")

    def anew() -> float:
        shutil.copy(big.with_name("untouched.db"), undrawn)
        return _opened(reviewing(undrawn), "candidate-", "baseline-", still=still, leave="Q")

    shutil.copy(big, big.with_name("untouched.db"))
    bare, again, first = interleaved(rounds, hello, drawn, anew)
    return [
        ratio("uphold review, first frame", again, bare, 2.0, "Textual hello"),
        ratio("uphold review, the run's first", first, bare, 2.4, "Textual hello"),
    ]


def _opened(argv: list[str], *texts: str, still: float, leave: str) -> float:
    with Terminal(argv) as terminal:
        taken = terminal.wait(*texts) - terminal.began
        terminal.quiet(still)
        terminal.send(leave)
        terminal.rest()
    return taken


def next_pair(rounds: int, long: Path, still: float) -> list[Line]:
    """From a key to the next pair's answers in the stream, against a key in a hello world.

    Once with both at rest before the key: then the hello world paints at once. And once in a row, each key as soon as
    what the one before it did was painted: then both wait for the next of the 60 frames that Textual paints in a second.
    """
    with Terminal(HELLO) as hello, Terminal(reviewing(long)) as review:
        hello.wait("hello-world")
        review.wait("candidate-", "baseline-")
        rest = [_rested(hello, _hello_key(hello), still)]
        rest += [_rested(review, _next_pair(review, key), still) for key in "aJ"]
        idle, deciding, moving = interleaved(rounds, *rest)
        in_a_row = [_averaged(action) for action in (_hello_key(hello), _next_pair(review, "J"))]
        idle_row, moving_row = interleaved(max(rounds // 4, 1), *in_a_row)
    return [
        ratio("decision to next pair, 2 x 8,000", deciding, idle, 6, "idle key to frame"),
        ratio("J to next pair, 2 x 8,000", moving, idle, 6, "idle key to frame"),
        ratio("J in a row, 2 x 8,000", moving_row, idle_row, 6, "keys in a row"),
    ]


def _rested(terminal: Terminal, press: Timed, still: float) -> Timed:
    """A key that is pressed when nothing has moved for a while."""

    def run() -> float:
        terminal.quiet(still)
        return press()

    return run


def _averaged(press: Timed, times: int = 4) -> Timed:
    """The mean of some keys pressed one after the other."""
    return lambda: sum(press() for _ in range(times)) / times


def _hello_key(terminal: Terminal) -> Timed:
    def press() -> float:
        terminal.send("a")
        return terminal.wait("pressed-") - terminal.sent

    return press


def _next_pair(terminal: Terminal, key: str) -> Timed:
    def press() -> float:
        old = _SHOWN.findall(terminal.stream)[-1][1]
        terminal.send(key)
        return terminal.until(lambda came: _both(came, old), "the next pair") - terminal.sent

    return press


def _both(came: bytes, old: bytes) -> bool:
    """Have both answers of another pair come?"""
    return len({side for side, number in _SHOWN.findall(came) if number != old}) == 2


def memory(rounds: int, big: Path, decisions: int, still: float) -> list[Line]:
    """The largest memory of a review in which some pairs were decided."""
    sizes = []
    for _ in range(rounds):
        with Terminal(reviewing(big)) as review:
            review.wait("candidate-", "baseline-")
            for _ in range(decisions):
                _rested(review, _next_pair(review, "a"), still)()
            review.quiet(still)
            review.send("Q")
            review.rest()
        sizes.append(float(review.max_rss))
    return [megabytes("memory of a review", sizes, 150)]
