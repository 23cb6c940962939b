"""The best of three checkpoints: how often one is called the best that is not, and how often a better one is told apart."""

import random
from dataclasses import dataclass

from uphold.records.comparisons import BestState
from uphold.records.enums import Choice
from uphold.workflows.comparison import compare_several

from .frame import Measures, Promise, Simulation
from .made_runs import made_runs, redrawn

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
    names = ("v1", "v2", "v3")
    with made_runs(rng) as runs:
        for name in names:
            own = redrawn((0.45, 0.1, 0.45), setting.examples, rng)
            words = [word if rng.random() < setting.alike else other for word, other in zip(common, own, strict=True)]
            if name == "v1":
                chance = setting.better / 0.5
                words = [Choice.CANDIDATE if rng.random() < chance else word for word in words]
            runs.add(name, words, read=True)
        found = compare_several(runs.store, [f"{name}-vs-base" for name in names])
    states = [ranked.state for ranked in found.best]
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
        (Promise(ANY_BEST, most=0.05, where="equal"), Promise(TOLD_APART, least=0.5, where="better, 0.6 alike")),
        tiny=3,
    ),
)
