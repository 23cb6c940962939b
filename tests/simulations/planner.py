"""What `uphold plan` promises: the half-widths after more verdicts, and the change of two runs that shows.

Runs are made up as in `extremes`. A promise is made after `read` verdicts and held against the interval that the same run has
after `more` further ones.
"""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product

from uphold.records.counts import PairGroup, Stratum
from uphold.stats.assisted import HeadlineInputs, inputs_from_cells, win_rates
from uphold.stats.exact_tests import bonett_price
from uphold.stats.human import label_scores
from uphold.stats.poststratify import verdict_cells
from uphold.stats.power import half_widths, smallest_change

from . import extremes
from .frame import Measures, Promise, Simulation

QUARTER = 0.25

SHOWN = "change shows"


@dataclass(frozen=True)
class Forecast:
    """Pairs of a run, those read when the promise is made, how many more it speaks of, and the run as in `extremes`."""

    pairs: int
    read: int
    more: int
    wins: float
    right: float


def _inputs(pairs: list[extremes.Pair], read: int) -> HeadlineInputs:
    alike = Counter((at < read, *pair) for at, pair in enumerate(pairs))
    groups = [
        PairGroup(((1, truth),) if is_read else (), said, None, 0, count)
        for (is_read, truth, said), count in alike.items()
    ]
    return inputs_from_cells(verdict_cells(groups), (Stratum("all"),), label_scores(groups))


def forecast(setting: Forecast, rng: random.Random) -> Measures:
    """Return the real half-widths over the promised ones, and whether they are within a quarter of each other."""
    made = extremes.Setting(setting.wins, setting.read, setting.right)
    pairs = [extremes.made(made, rng) for _ in range(setting.pairs)]
    promised = half_widths(_inputs(pairs, setting.read), setting.more)
    later = _inputs(pairs, setting.read + setting.more)
    if not later.has_rates:
        return {}
    ratios = [rate.half_width / width for rate, width in zip(win_rates(later), promised, strict=True)]
    like, this = ratios
    return {
        "real over promised, like these": like,
        "within a quarter, like these": abs(like - 1) <= QUARTER,
        "real over promised, this set": this,
        "within a quarter, this set": abs(this - 1) <= QUARTER,
    }


@dataclass(frozen=True)
class Change:
    """A win rate and the number of pairs, all read in both runs."""

    wins: float
    pairs: int


def change(setting: Change, rng: random.Random) -> Measures:
    """Return whether the change that `plan` names shows between two runs that win independently, and whether none does."""
    size = smallest_change(setting.wins, setting.pairs)
    assert size is not None
    other = setting.wins + size if setting.wins <= 0.5 else setting.wins - size

    def shows(rate: float) -> bool:
        rows = [(rng.random() < setting.wins, rng.random() < rate) for _ in range(setting.pairs)]
        only_before = sum(before and not after for before, after in rows)
        only_after = sum(after and not before for before, after in rows)
        low, high = bonett_price(only_after, only_before, setting.pairs)
        return low > 0 or high < 0

    return {"points": 100 * size, SHOWN: shows(other), "no change shows": shows(setting.wins)}


SIMULATIONS = (
    Simulation(
        "plan-widths",
        "real half-widths against those that `plan` foretells",
        {
            f"N={pairs} {read}+{more} win {wins} judge {right}": Forecast(pairs, read, more, wins, right)
            for (pairs, read, more), wins, right in product(
                ((100, 20, 20), (100, 40, 40), (200, 20, 40), (200, 60, 60)), (0.5, 0.8), (0.7, 0.9)
            )
        },
        forecast,
        tuple(Promise("within a quarter, like these", least=0.9, where=read) for read in ("40+40", "60+60")),
        runs=1000,
        tiny=20,
    ),
    Simulation(
        "plan-change",
        "the change of the win rate that `plan` says shows, all pairs read in both runs",
        {f"win {wins} N={pairs}": Change(wins, pairs) for wins, pairs in product((0.2, 0.5, 0.8), (60, 100, 200))},
        change,
        (Promise(SHOWN, 0.78, 0.86), Promise("no change shows", most=0.06)),
        runs=4000,
        tiny=50,
    ),
)
