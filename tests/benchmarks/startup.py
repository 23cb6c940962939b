"""Whole processes: `uphold --help` and `uphold stats` against an interpreter that does nothing."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio


def process(argv: Sequence[str]) -> Timed:
    """Run a program to its end, its output thrown away."""

    def run() -> float:
        began = time.perf_counter()
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - began

    return run


def measure(big: Path, rounds: int) -> list[Line]:
    """All of them in turn."""
    nothing = [sys.executable, "-c", "pass"]
    help_, stats = [*UPHOLD, "--help"], [*UPHOLD, "--db", str(big), "stats"]
    commands = [nothing, help_, stats, [*stats, "--json"], [*stats, "--full"]]
    bare, helped, said, as_json, full = interleaved(rounds, *map(process, commands))
    against = "python -c pass"
    return [
        ratio("uphold --help", helped, bare, 18, against),
        ratio("uphold stats", said, bare, 35, against),
        ratio("uphold stats --json", as_json, bare, 35, against),
        ratio("uphold stats --full", full, bare, 120, against),
    ]
