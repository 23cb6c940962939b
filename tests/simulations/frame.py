"""A simulation: many seeded runs of each of its settings, the mean of what they measured, and what that has to keep to."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from statistics import fmean, stdev
from typing import Any

Measures = Mapping[str, float | None]
"""What one run measured, by column; a truth value is 0 or 1, None is left out of the mean (nothing was shown)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Bounds that the mean of a column keeps to, in the settings whose names contain `where`."""

    column: str
    least: float = -math.inf
    most: float = math.inf
    where: str = ""

    @property
    def words(self) -> str:
        """The bounds as text, such as `at least .93`."""
        low = f"at least {_plain(self.least)}" if self.least > -math.inf else ""
        high = f"at most {_plain(self.most)}" if self.most < math.inf else ""
        return " and ".join(filter(None, (low, high)))


@dataclass(frozen=True, slots=True)
class Simulation:
    """`measure` makes up and measures one run of a setting with the random numbers it is given.

    `settings` are the rows of its table by name, in the order shown. `runs` is how many runs a setting has by default,
    `tiny` how many in the test suite. `measure` has to be a module's function, since several processes call it.
    """

    name: str
    title: str
    settings: Mapping[str, Any]
    measure: Callable[[Any, random.Random], Measures]
    promises: Sequence[Promise] = ()
    runs: int = 2000
    tiny: int = 20


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a column over the `n` runs that measured it, with its standard error."""

    mean: float
    n: int
    error: float


@dataclass(frozen=True, slots=True)
class Row:
    """A setting of a simulation, and the mean of each column over its runs."""

    setting: str
    runs: int
    means: Mapping[str, Mean]


def simulate(simulation: Simulation, runs: int, seed: int, pool: Pool | None = None) -> Iterator[Row]:
    """Yield the rows of a simulation's table; the same runs and seed give the same rows, in any number of processes."""
    for setting in simulation.settings:
        numbers = range(runs)
        call = partial(measure_one, simulation, setting, seed)
        measured = list(pool.imap(call, numbers, chunksize=max(1, runs // 40)) if pool else map(call, numbers))
        yield Row(setting, runs, _means(measured))


def measure_one(simulation: Simulation, setting: str, seed: int, number: int) -> Measures:
    """Return what one run of a setting measures; its random numbers depend on nothing but the arguments."""
    rng = random.Random(f"{seed} {simulation.name} {setting} {number}")
    return simulation.measure(simulation.settings[setting], rng)


def _means(measured: Sequence[Measures]) -> dict[str, Mean]:
    columns = list(dict.fromkeys(column for measures in measured for column in measures))
    found = {}
    for column in columns:
        values = [float(value) for measures in measured if (value := measures.get(column)) is not None]
        if values:
            error = stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.inf
            found[column] = Mean(fmean(values), len(values), error)
    return found


def broken_promises(simulation: Simulation, rows: Iterable[Row], slack: float = 0.0) -> list[str]:
    """Return a sentence for each mean that does not keep to its bounds.

    With `slack` a mean may miss them by so many of its standard errors, and by `slack` runs in a column of truth values:
    a few runs say little.
    """
    said = []
    for row in rows:
        for promise in simulation.promises:
            if promise.where not in row.setting:
                continue
            found = row.means.get(promise.column)
            if found is None:
                said.append(f"{simulation.name}, {row.setting}: no run measured {promise.column!r}")
                continue
            room = slack * max(found.error if found.n > 1 else 1.0, 1 / found.n) if slack else 0.0
            if not promise.least - room <= found.mean <= promise.most + room:
                said.append(
                    f"{simulation.name}, {row.setting}: {promise.column} {_plain(found.mean)}, promised {promise.words}"
                )
    return said


def table(simulation: Simulation, rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, with a column for every measure."""
    columns = list(dict.fromkeys(column for row in rows for column in row.means))
    lines = ["| " + " | ".join(("setting", *columns)) + " |", "| --- |" + " ---: |" * len(columns)]
    for row in rows:
        cells = (_plain(row.means[column].mean) if column in row.means else "–" for column in columns)
        lines.append("| " + " | ".join((row.setting, *cells)) + " |")
    return "\n".join(lines)


def _plain(value: float) -> str:
    """Return a number with three decimals and no leading zero: `.947`, `-.012`, `1.000`."""
    text = f"{value:.3f}"
    if text in ("0.000", "-0.000"):
        return "0"
    return text.replace("0.", ".", 1) if abs(value) < 1 and text.lstrip("-").startswith("0.") else text
