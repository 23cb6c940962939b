"""The best of three checkpoints: how often one is called the best that is not, and how often a better one is told apart."""

import random
from dataclasses import dataclass
from itertools import combinations

from uphold.records.comparisons import BestState
from uphold.records.enums import Choice
from uphold.stats.best import difference_of, with_the_best

from .frame import Measures, Promise, Simulation
from .made_runs import redrawn
from .queued_runs import all_read, matched

ANY_BEST, TOLD_APART, RIGHT = "any called best", "others not the best", "the better one best"


@dataclass(frozen=True)
class Three:
    """Three checkpoints over `examples`, all read; the first wins `better` of the examples more. An answer is as good as
    the same example's in another run with the chance `alike`."""

    examples: int
    better: float
    alike: float


def measure(setting: Three, rng: random.Random) -> Measures:
    """Compare three made-up runs."""
    common = redrawn((0.45, 0.1, 0.45), setting.examples, rng)
    runs = []
    for place in range(3):
        own = redrawn((0.45, 0.1, 0.45), setting.examples, rng)
        words = [word if rng.random() < setting.alike else other for word, other in zip(common, own, strict=True)]
        if place == 0:
            chance = setting.better / 0.5
            words = [Choice.CANDIDATE if rng.random() < chance else word for word in words]
        runs.append(all_read(words))
    names = ("v1", "v2", "v3")
    pairs = {
        (names[later], names[earlier]): difference_of(matched("", runs[earlier], runs[later]))
        for earlier, later in combinations(range(3), 2)
    }
    states = [state for state, _ in with_the_best(names, pairs)]
    return {
        ANY_BEST: BestState.BEST in states,
        TOLD_APART: states[1:].count(BestState.NOT_THE_BEST) == 2,
        RIGHT: states[0] is BestState.BEST,
        "best kept": states[0] is not BestState.NOT_THE_BEST,
    }


SIMULATIONS = (
    Simulation(
        "best-of-three",
        "three checkpoints, all examples read in all",
        {
            f"100 read, {words}, {alike:g} alike": Three(100, better, alike)
            for better, words in ((0.0, "equal"), (0.16, "one 16 points better"))
            for alike in (0.3, 0.6)
        },
        measure,
        (Promise(ANY_BEST, most=0.05, where="equal"), Promise(TOLD_APART, least=0.5, where="better")),
        tiny=20,
    ),
)
