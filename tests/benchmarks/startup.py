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


def measure(big: Path, panel: Path, rounds: int) -> list[Line]:
    """All of them in turn; `big` has one judge, `panel` five and three reviewers."""
    nothing = [sys.executable, "-c", "pass"]
    help_, stats, many = (
        [*UPHOLD, "--help"],
        [*UPHOLD, "--db", str(big), "stats"],
        [*UPHOLD, "--db", str(panel), "stats"],
    )
    measured = [
        ("uphold --help", help_, 18),
        ("uphold stats", stats, 35),
        ("uphold stats --json", [*stats, "--json"], 35),
        ("uphold stats --full", [*stats, "--full"], 120),
        ("uphold stats, 5 judges, 3 reviewers", many, 35),
        ("uphold stats --full, 5 judges, 3 reviewers", [*many, "--full"], 120),
    ]
    bare, *ours = interleaved(rounds, process(nothing), *(process(command) for _, command, _ in measured))
    return [
        ratio(what, times, bare, budget, "python -c pass")
        for (what, _, budget), times in zip(measured, ours, strict=True)
    ]
