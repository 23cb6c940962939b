"""The difference that `compare` shows: bias, and how often its 95 % interval holds the truth, by how examples were read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.comparisons import RunDifference
from uphold.records.enums import Choice
from uphold.workflows.comparison import compare_runs

from .frame import Measures, Promise, Simulation
from .made_runs import MadeRuns, made_runs, redrawn

BIAS, HELD, BIAS_WINS, HELD_WINS, SHOWN = "bias", "held", "bias, wins", "held, wins", "shown"

JUDGE_RIGHT = 0.75


@dataclass(frozen=True)
class Compared:
    """Two runs over `examples`, read to two depths in one queue; a share of the answers is `equal` in both.

    The judge is right in three of four and contradicts itself in `flips` of them; there the new run is worse by `flipped`
    of the examples, elsewhere by `rest`.
    """

    examples: int
    before: int
    after: int
    queue: str
    equal: float = 0.0
    flips: float = 0.2
    flipped: float = 0.35
    rest: float = 0.05
    queue_before: str = ""

    @property
    def truth(self) -> float:
        """The true mean change of score, and of the win rate: all changes are from a win to a loss or back."""
        return -(1 - self.equal) * (self.flips * self.flipped + (1 - self.flips) * self.rest)


SHARES = (0.5, 0.1, 0.4)


def measure(setting: Compared, rng: random.Random) -> Measures:
    """Compare two made-up runs."""
    flipped = [rng.random() < setting.flips for _ in range(setting.examples)]
    equal = [rng.random() < setting.equal for _ in flipped]
    old = redrawn(SHARES, setting.examples, rng)
    new = [
        word if same else _worse(word, setting.flipped if flip else setting.rest, rng)
        for word, flip, same in zip(old, flipped, equal, strict=True)
    ]
    answers = [f"{'v1' if same else 'v2'} {number}" for number, same in enumerate(equal)]
    with made_runs(rng) as runs:
        name = runs.add("v1", old, judge=_judged(old, flipped, rng))
        runs.read(name, setting.before, setting.queue_before or setting.queue)
        runs.read(runs.add("v2", new, answers, judge=_judged(new, flipped, rng)), setting.after, setting.queue)
        return compared(runs, setting.truth)


def _worse(word: Choice, share: float, rng: random.Random) -> Choice:
    """Turn wins into losses and a few losses into wins, so that the mean falls by `share` where half are wins."""
    if word is Choice.CANDIDATE:
        return Choice.BASELINE if rng.random() < share / SHARES[0] + 0.08 else word
    return Choice.CANDIDATE if word is Choice.BASELINE and rng.random() < 0.1 else word


def _judged(words: Sequence[Choice], flipped: Sequence[bool], rng: random.Random) -> list[tuple[Choice, ...]]:
    said = []
    for word, flip in zip(words, flipped, strict=True):
        verdict = word if rng.random() < JUDGE_RIGHT else rng.choice(tuple(Choice)[:3])
        said.append((Choice.CANDIDATE, Choice.BASELINE) if flip else (verdict, verdict))
    return said


def compared(runs: MadeRuns, truth: float) -> Measures:
    """Return what `compare` shows of v2 less v1; all changes of score are changes of wins too."""
    people = compare_runs(runs.store, "v1-vs-base", "v2-vs-base").people
    half, wins = people.ties_half, people.win_rate
    return {
        SHOWN: half.low is not None,
        BIAS: None if half.low is None or half.difference is None else half.difference - truth,
        HELD: _held(half, truth),
        "width": None if half.low is None or half.high is None else half.high - half.low,
        BIAS_WINS: None if wins.low is None or wins.difference is None else wins.difference - truth,
        HELD_WINS: _held(wins, truth),
    }


def _held(found: RunDifference, truth: float) -> float | None:
    return None if found.low is None or found.high is None else float(found.low <= truth <= found.high)


SETTINGS = {
    "random, 60 and 60 of 200": Compared(200, 60, 60, "random"),
    "random, 100 and 100 of 100": Compared(100, 100, 100, "random"),
    "random, 80 % equal, 60 and 30 of 200": Compared(200, 60, 30, "random", equal=0.8, rest=0.15),
    "uncertain, 60 and 60 of 200": Compared(200, 60, 60, "uncertain"),
    "uncertain, 100 and 100 of 200": Compared(200, 100, 100, "uncertain"),
    "uncertain, 120 and 60 of 200": Compared(200, 120, 60, "uncertain"),
    "uncertain, half equal, 80 and 40 of 200": Compared(200, 80, 40, "uncertain", equal=0.5),
    "random 100, uncertain 60 of 200": Compared(200, 100, 60, "uncertain", queue_before="random"),
    "random 100, changed 60 of 200, half equal": Compared(200, 100, 60, "changed", equal=0.5, queue_before="random"),
    "uncertain 100, changed 60 of 200, half equal": Compared(
        200, 100, 60, "changed", equal=0.5, queue_before="uncertain"
    ),
}

SIMULATIONS = (
    Simulation(
        "compare",
        "the difference that `compare` shows, its 95 % interval",
        SETTINGS,
        measure,
        (
            Promise(BIAS, -0.01, 0.01),
            Promise(BIAS_WINS, -0.01, 0.01),
            Promise(HELD, least=0.93),
            Promise(HELD_WINS, least=0.93),
        ),
        tiny=2,
    ),
)
