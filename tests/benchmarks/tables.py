"""What was measured, and the one table that is printed of it."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

Timed = Callable[[], float]
"""Does something once and gives the seconds it took."""


@dataclass(frozen=True)
class Line:
    """One budget: `ours` against `bare` (seconds) as a ratio, or `ours` alone (bytes) against a number of megabytes.

    `spread` is the smallest and largest of ours. A budget of None is there to be known and nothing is asked of it.
    """

    what: str
    ours: float
    bare: float | None
    budget: float | None
    against: str
    runs: int
    spread: tuple[float, float]

    @property
    def figure(self) -> float:
        """The number that the budget speaks of: a ratio, or megabytes."""
        return self.ours / self.bare if self.bare is not None else self.ours / 1e6

    @property
    def holds(self) -> bool | None:
        """Is it within the budget?"""
        return None if self.budget is None else self.figure <= self.budget


def interleaved(rounds: int, *actions: Timed) -> list[list[float]]:
    """The times of each action, all of them in turn, after one turn that does not count; a single round has none before it."""
    if rounds > 1:
        for action in actions:
            action()
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for taken, action in zip(times, actions, strict=True):
            taken.append(action())
    return times


def ratio(what: str, ours: Sequence[float], bare: Sequence[float], budget: float | None, against: str) -> Line:
    """Ours against a comparison, both as medians."""
    spread = (min(ours), max(ours))
    return Line(what, statistics.median(ours), statistics.median(bare), budget, against, len(ours), spread)


def megabytes(what: str, ours: Sequence[float], budget: float | None) -> Line:
    """A size in bytes against megabytes."""
    return Line(what, statistics.median(ours), None, budget, "", len(ours), (min(ours), max(ours)))


def as_text(lines: Sequence[Line]) -> str:
    """The table."""
    head = ("what", "median", "smallest-largest", "of", "against", "ratio", "budget", "holds")
    rows = [head, *map(_cells, lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)).rstrip() for r in rows)


def _cells(line: Line) -> tuple[str, ...]:
    low, high = line.spread
    holds = {True: "yes", False: "NO", None: "-"}[line.holds]
    if line.bare is None:
        sizes = f"{line.ours / 1e6:.1f} MB", f"{low / 1e6:.1f}-{high / 1e6:.1f}"
        return line.what, *sizes, str(line.runs), "", f"{line.figure:.1f} MB", f"{line.budget or 0:g} MB", holds
    times = f"{line.ours * 1e3:.2f} ms", f"{low * 1e3:.2f}-{high * 1e3:.2f}"
    against = f"{line.against} {line.bare * 1e3:.2f} ms"
    budget = "-" if line.budget is None else f"{line.budget:g}"
    return line.what, *times, str(line.runs), against, f"{line.figure:.2f}", budget, holds


def as_data(lines: Sequence[Line]) -> list[dict[str, object]]:
    """The table for a program."""
    return [{**asdict(line), "figure": line.figure, "holds": line.holds} for line in lines]
