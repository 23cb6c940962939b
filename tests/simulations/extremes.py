"""The headline at any win rate, from nearly none to nearly all: how often its intervals hold the truth.

People are right; a pair they do not win is a tie in one of five. The judge names the winner with a probability of .9, or it
throws a coin ("useless").
"""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product

from uphold.records.counts import PairGroup, Stratum
from uphold.records.enums import Choice, Verdict
from uphold.records.statistics import Rate
from uphold.stats.assisted import headline, inputs_from_cells
from uphold.stats.human import label_scores
from uphold.stats.poststratify import verdict_cells

from .frame import Measures, Promise, Simulation

PAIRS = 200

RATES = (0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98)

READ = (20, 40, 60, 100)

TIES = 0.2

HELD, HELD_SET, HALF, HALF_SET, WIDTH = (
    *("win rate, like these", "win rate, this set"),
    *("ties half, like these", "ties half, this set", "width, like these"),
)

VERDICTS = (Verdict.CANDIDATE, Verdict.TIE, Verdict.BASELINE)


Pair = tuple[Choice, Verdict]
"""What people say, and what the judge says."""


@dataclass(frozen=True)
class Setting:
    """A win rate, how many pairs are read, and how often the judge is right (None: it throws a coin)."""

    wins: float
    read: int
    right: float | None


def made(setting: Setting, rng: random.Random) -> Pair:
    """Make up a pair: what people say, and what the judge says."""
    not_won = Choice.TIE if rng.random() < TIES else Choice.BASELINE
    truth = Choice.CANDIDATE if rng.random() < setting.wins else not_won
    if setting.right is None:
        return truth, rng.choice((Verdict.CANDIDATE, Verdict.BASELINE))
    said = Verdict(truth.value)
    if rng.random() >= setting.right:
        said = rng.choice([verdict for verdict in VERDICTS if verdict is not said])
    return truth, said


def _held(rate: Rate, truth: float) -> bool:
    return rate.low - 1e-12 <= truth <= rate.high + 1e-12


def measure(setting: Setting, rng: random.Random) -> Measures:
    """Return which of the headline's intervals hold their truth in one made-up run that is read in random order."""
    pairs = [made(setting, rng) for _ in range(PAIRS)]
    alike = Counter((at < setting.read, *pair) for at, pair in enumerate(pairs))
    groups = [
        PairGroup(((1, truth),) if is_read else (), said, None, 0, count)
        for (is_read, truth, said), count in alike.items()
    ]
    found = headline(inputs_from_cells(verdict_cells(groups), (Stratum("all"),), label_scores(groups)))
    half = setting.wins + (1 - setting.wins) * TIES / 2
    wins = sum(truth is Choice.CANDIDATE for truth, _ in pairs) / PAIRS
    half_set = wins + sum(truth is Choice.TIE for truth, _ in pairs) / PAIRS / 2
    return {
        HELD: _held(found.population.win_rate, setting.wins),
        HELD_SET: _held(found.this_set.win_rate, wins),
        HALF: _held(found.population.ties_half, half),
        HALF_SET: _held(found.this_set.ties_half, half_set),
        WIDTH: found.population.win_rate.high - found.population.win_rate.low,
        "assisted": found.state == "assisted",
    }


SIMULATIONS = (
    Simulation(
        "headline-extremes",
        f"the headline at any win rate, {PAIRS} pairs in random order",
        {
            f"win {wins} n={read} {'useless judge' if right is None else f'judge {right}'}": Setting(wins, read, right)
            for wins, read, right in product(RATES, READ, (None, 0.9))
        },
        measure,
        (
            *(Promise(column, least=0.93) for column in (HELD, HALF)),
            *(Promise(column, least=0.90) for column in (HELD_SET, HALF_SET)),
        ),
        runs=2000,
        tiny=6,
    ),
)
