"""A run in three parts that people read at their own pace: bias of its rates, and how often their intervals hold the truth.

200 pairs in three packs with 20 pairs in common; the first reviewer reads many, the second some, the third none, then all comes
together by merging the files. Beside it the same count read in one order, which the parts have to equal.
"""

import random

from uphold.records.packs import Share
from uphold.records.statistics import Rate
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold.workflows.merging import merge_file
from uphold.workflows.packing import PackRequest, pack_run
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics

from .frame import Measures, Promise, Simulation
from .made_runs import WORDS, MadeRuns, made_runs, redrawn

PAIRS, OVERLAP, PARTS = 200, 20, 3

SHARES = (0.55, 0.15, 0.30)

JUDGE_RIGHT = 0.75

COLUMNS = ("people", "like these", "this set")

READ = {"40 and 0 and 0": (40, 0, 0), "50 and 30 and 0": (50, 30, 0), "70 and 40 and 25": (70, 40, 25)}


def measure(read: tuple[int, ...], rng: random.Random) -> Measures:
    """Return error and coverage of a run's win rates after these numbers of reads in its parts, and the sampled share."""
    words = redrawn(SHARES, PAIRS, rng)
    verdicts = [(word if rng.random() < JUDGE_RIGHT else rng.choice(WORDS),) for word in words]
    with made_runs(rng) as runs:
        name = runs.add("v1", words, judge=verdicts)
        for part, count in enumerate(read, 1):
            _read_part(runs, name, Share(part, PARTS, OVERLAP), count)
        numbers = read_run_statistics(runs.store, name, StatisticsOptions())
    assisted = numbers.judges[0].assisted
    rates = (numbers.human.rates.win_rate, assisted.population.win_rate, assisted.this_set.win_rate)
    truths = (SHARES[0], SHARES[0], words.count(WORDS[0]) / PAIRS)
    found: dict[str, float | None] = {"refused": float(assisted.state in ("refused", "opinion", "counts"))}
    for column, rate, truth in zip(COLUMNS, rates, truths, strict=True):
        found |= {f"bias, {column}": _error(rate, truth), f"held, {column}": _held(rate, truth)}
    return found


def _read_part(runs: MadeRuns, name: str, share: Share, count: int) -> None:
    """Pack a part, read it in its own file and merge it."""
    path = runs.store.path.with_name(f"part-{share.part}.db")
    pack_run(runs.store, find_run(runs.store, name), PackRequest(path, blind=True, share=share))
    with open_store(path) as pack:
        runs.read(name, count, pack=pack, reviewer=f"reader {share.part}")
    merge_file(runs.store, path)


def _error(rate: Rate, truth: float) -> float | None:
    return None if rate.rate is None else rate.rate - truth


def _held(rate: Rate, truth: float) -> float | None:
    return None if rate.low is None or rate.high is None else float(rate.low <= truth <= rate.high)


SIMULATIONS = (
    Simulation(
        "headline-packed",
        "a run in three parts with 20 pairs in common, read at different paces and merged",
        READ,
        measure,
        (
            Promise("refused", most=0.0),
            *(Promise(f"bias, {column}", -0.01, 0.01) for column in COLUMNS),
            *(Promise(f"held, {column}", least=0.93) for column in COLUMNS),
        ),
        runs=400,
        tiny=1,
    ),
)
