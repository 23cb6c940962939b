"""A run that carries decisions over: bias of its rates, and how often their intervals hold the truth.

200 pairs, 60 of them read in an old run; 80 % of the new run's answers are unchanged, so that their decisions are carried
over; then further reads in the order of the queue. On pairs whose answers changed the candidate wins more rarely, so that
reading only those first would show.
"""

import random

from uphold.records.statistics import Rate
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics

from .frame import Measures, Promise, Simulation
from .made_runs import WORDS, made_runs, redrawn

PAIRS, READ_BEFORE, UNCHANGED = 200, 60, 0.8

SHARES, SHARES_CHANGED = (0.55, 0.15, 0.30), (0.25, 0.15, 0.60)

JUDGE_RIGHT = 0.75

COLUMNS = ("people", "like these", "this set")


def measure(further: int, rng: random.Random) -> Measures:
    """Return error and coverage of a new run's win rates after so many further reads."""
    old = redrawn(SHARES, PAIRS, rng)
    changed = [rng.random() >= UNCHANGED for _ in old]
    anew = redrawn(SHARES_CHANGED, PAIRS, rng)
    new = [then if change else word for word, then, change in zip(old, anew, changed, strict=True)]
    verdicts = [
        [(word if rng.random() < JUDGE_RIGHT else rng.choice(WORDS),) for word in words] for words in (old, new)
    ]
    with made_runs(rng) as runs:
        runs.read(runs.add("v1", old, judge=verdicts[0]), READ_BEFORE)
        answers = [f"{'v2' if change else 'v1'} {number}" for number, change in enumerate(changed)]
        runs.read(runs.add("v2", new, answers, judge=verdicts[1]), further)
        numbers = read_run_statistics(runs.store, "v2-vs-base", StatisticsOptions())
    expected = UNCHANGED * SHARES[0] + (1 - UNCHANGED) * SHARES_CHANGED[0]
    assisted = numbers.judges[0].assisted
    rates = (numbers.human.rates.win_rate, assisted.population.win_rate, assisted.this_set.win_rate)
    truths = (expected, expected, new.count(WORDS[0]) / PAIRS)
    found: dict[str, float | None] = {}
    for column, rate, truth in zip(COLUMNS, rates, truths, strict=True):
        found |= {f"bias, {column}": _error(rate, truth), f"held, {column}": _held(rate, truth)}
    return found


def _error(rate: Rate, truth: float) -> float | None:
    return None if rate.rate is None else rate.rate - truth


def _held(rate: Rate, truth: float) -> float | None:
    return None if rate.low is None or rate.high is None else float(rate.low <= truth <= rate.high)


SIMULATIONS = (
    Simulation(
        "headline-carried",
        "a run that carries decisions over, after further reads",
        {f"{further} further reads": further for further in (12, 30, 60)},
        measure,
        (
            *(Promise(f"bias, {column}", -0.01, 0.01) for column in COLUMNS),
            *(Promise(f"held, {column}", least=0.93) for column in COLUMNS),
        ),
        runs=500,
        tiny=2,
    ),
)
