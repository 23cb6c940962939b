"""The headline: how often its intervals hold the truth, for instructions like these and for this set.

Runs are made up. A judge's errors favour `win` four to one; it flips with the order on some pairs. People are right.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, product

from uphold.records.counts import Stratum
from uphold.stats.assisted import inputs_from_cells, win_rates
from uphold.stats.poststratify import VerdictCell

from .frame import Measures, Promise, Simulation

TIES = 0.12

FLIPS = {0.65: 0.21, 0.75: 0.16, 0.85: 0.10, 0.94: 0.04}
"""By a judge's agreement with people (an order flip being a tie): how often it flips with the order."""

WEIGHT = 3.0
"""In the weighted queue a pair whose orders disagree is so much likelier to come early."""

HELD, HELD_SET, WIDTH, WIDTH_SET, SHOWN = "held, like these", "held, this set", "width", "width, this set", "shown"

STRATA = (Stratum("rest"), Stratum("orders disagree"))

_WIN, _TIE, _LOSS = range(3)

_FLIPPED = 3

Kind = tuple[int, int]
"""What people say, and what the judge says (3: it flips with the order)."""


@dataclass(frozen=True)
class Setting:
    """One kind of run: how many pairs, how many of them read, how good the candidate and the judge are, which queue."""

    pairs: int
    read: int
    wins: float
    judge: float
    weighted: bool

    @property
    def name(self) -> str:
        """Short, for tables."""
        queue = "weighted" if self.weighted else "random"
        return f"{queue} n={self.read} N={self.pairs} win {self.wins} judge {self.judge}"


def settings(*queues: bool) -> Iterator[Setting]:
    """Every setting of these queues."""
    for weighted, read, pairs, wins, judge in product(queues, (20, 40, 60), (100, 200), (0.5, 0.6, 0.7), FLIPS):
        yield Setting(pairs, read, wins, judge, weighted)


def chances(setting: Setting) -> dict[Kind, float]:
    """How likely each kind of pair is, so that the judge agrees with people as often as the setting says."""
    wins, losses, flips = setting.wins, 1 - TIES - setting.wins, FLIPS[setting.judge]
    error = (wins + losses) * (1 - flips - setting.judge) / (wins + 4 * losses)
    found = {(truth, _FLIPPED): share * flips for truth, share in ((_WIN, wins), (_LOSS, losses))}
    found |= {(_WIN, _WIN): wins * (1 - flips - error), (_WIN, _LOSS): wins * error}
    found |= {(_LOSS, _LOSS): losses * (1 - flips - 4 * error), (_LOSS, _WIN): losses * 4 * error}
    found |= {(_TIE, _FLIPPED): TIES * flips, (_TIE, _TIE): TIES * (setting.judge - flips)}
    return found | {(_TIE, _WIN): TIES * (1 - setting.judge) * 0.8, (_TIE, _LOSS): TIES * (1 - setting.judge) * 0.2}


def measure(setting: Setting, rng: random.Random) -> Measures:
    """Return whether the win rate's two intervals hold their truth in one made-up run, and how wide they are."""
    likely = chances(setting)
    everything = rng.choices(list(likely), cum_weights=list(accumulate(likely.values())), k=setting.pairs)
    table, scored = _read(everything, _drawn(everything, setting, rng), setting.weighted)
    found = inputs_from_cells(table, STRATA if setting.weighted else STRATA[:1], scored)
    if not found.has_rates:
        return {SHOWN: 0.0}
    like, this = win_rates(found)
    truth = sum(kind[0] == _WIN for kind in everything) / setting.pairs
    return {
        HELD: like.low <= setting.wins <= like.high,
        HELD_SET: this.low - 1e-12 <= truth <= this.high + 1e-12,
        WIDTH: like.high - like.low,
        WIDTH_SET: this.high - this.low,
        SHOWN: 1.0,
    }


def _drawn(everything: list[Kind], setting: Setting, rng: random.Random) -> list[Kind]:
    """The pairs at the front of the queue; made-up pairs come in random order already."""
    if not setting.weighted:
        return everything[: setting.read]
    keys = [(rng.random() / (WEIGHT if kind[1] == _FLIPPED else 1.0), at) for at, kind in enumerate(everything)]
    return [everything[at] for _, at in sorted(keys)[: setting.read]]


def _read(
    everything: list[Kind], drawn: list[Kind], weighted: bool
) -> tuple[list[VerdictCell], list[tuple[int, float, int]]]:
    there, read = Counter(everything), Counter(drawn)
    rows: dict[tuple[int, int], list[int]] = {}
    for (truth, said), count in there.items():
        place = (0 if said == _WIN else 1 if said == _LOSS else 2, int(weighted and said == _FLIPPED))
        row = rows.setdefault(place, [0, 0, 0, 0])
        row[0] += count
        row[3 - truth] += read[truth, said]
    table = [VerdictCell(kind, stratum, row[0], (row[1], row[2], row[3])) for (kind, stratum), row in rows.items()]
    scored = [
        (0, 1 - truth / 2, sum(n for kind, n in read.items() if kind[0] == truth)) for truth in (_WIN, _TIE, _LOSS)
    ]
    return table, scored


def _simulation(weighted: bool) -> Simulation:
    queue = "weighted" if weighted else "random"
    return Simulation(
        f"headline-{queue}",
        f"the headline's 95 % intervals of the win rate, {queue} queue",
        {setting.name: setting for setting in settings(weighted)},
        measure,
        (Promise(HELD, least=0.91), Promise(HELD_SET, least=0.90)),
        runs=3000,
        tiny=10,
    )


SIMULATIONS = (_simulation(False), _simulation(True))
