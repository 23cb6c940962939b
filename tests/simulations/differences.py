"""The difference that `compare` shows: bias, and how often its 95 % interval holds the truth, by how examples were read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.comparisons import RatedDifference, RunDifference
from uphold.records.enums import Choice, Verdict
from uphold.stats.run_difference import by_people, rated_difference
from uphold.workflows.comparison import compare_runs

from .frame import Measures, Promise, Simulation
from .made_runs import WORDS, made_runs, redrawn
from .queued_runs import QueuedRun, matched

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


@dataclass(frozen=True)
class _Made:
    """What people would say in both runs, what the judge says, and which answers are equal."""

    old: list[Choice]
    new: list[Choice]
    judge_old: list[Verdict]
    judge_new: list[Verdict]
    equal: list[bool]


def _make(setting: Compared, rng: random.Random) -> _Made:
    flipped = [rng.random() < setting.flips for _ in range(setting.examples)]
    equal = [rng.random() < setting.equal for _ in flipped]
    old = redrawn(SHARES, setting.examples, rng)
    new = [
        word if same else _worse(word, setting.flipped if flip else setting.rest, rng)
        for word, flip, same in zip(old, flipped, equal, strict=True)
    ]
    said = _judged(old, flipped, rng)
    anew = _judged(new, flipped, rng)
    return _Made(
        old, new, said, [one if same else other for one, other, same in zip(said, anew, equal, strict=True)], equal
    )


def measure(setting: Compared, rng: random.Random) -> Measures:
    """Compare two made-up runs, without a file."""
    made = _make(setting, rng)
    before = QueuedRun(made.old, made.judge_old, setting.before, setting.queue_before or setting.queue)
    after = QueuedRun(made.new, made.judge_new, setting.after, setting.queue)
    runs = matched(rng.randbytes(16).hex(), before, after, made.equal)
    return compared(rated_difference(runs, by_people), setting.truth)


def measure_file(setting: Compared, rng: random.Random) -> Measures:
    """Compare two made-up runs in a file of their own, imported, carried over, drawn and read."""
    made = _make(setting, rng)
    answers = [f"{'v1' if same else 'v2'} {number}" for number, same in enumerate(made.equal)]
    with made_runs(rng) as runs:
        name = runs.add("v1", made.old, judge=[_orders(verdict) for verdict in made.judge_old])
        runs.read(name, setting.before, setting.queue_before or setting.queue)
        name = runs.add("v2", made.new, answers, judge=[_orders(verdict) for verdict in made.judge_new])
        runs.read(name, setting.after, setting.queue)
        return compared(compare_runs(runs.store, "v1-vs-base", "v2-vs-base").people, setting.truth)


def _worse(word: Choice, share: float, rng: random.Random) -> Choice:
    """Turn wins into losses and a few losses into wins, so that the mean falls by `share` where half are wins."""
    if word is Choice.CANDIDATE:
        return Choice.BASELINE if rng.random() < share / SHARES[0] + 0.08 else word
    return Choice.CANDIDATE if word is Choice.BASELINE and rng.random() < 0.1 else word


def _judged(words: Sequence[Choice], flipped: Sequence[bool], rng: random.Random) -> list[Verdict]:
    right = (rng.random() < JUDGE_RIGHT for _ in words)
    said = [Verdict(word if hit else rng.choice(WORDS)) for word, hit in zip(words, right, strict=False)]
    return [Verdict.INCONSISTENT if flip else verdict for flip, verdict in zip(flipped, said, strict=True)]


def _orders(verdict: Verdict) -> tuple[Choice, Choice]:
    if verdict is Verdict.INCONSISTENT:
        return Choice.CANDIDATE, Choice.BASELINE
    return Choice(verdict.value), Choice(verdict.value)


def compared(people: RatedDifference, truth: float) -> Measures:
    """Return what is shown of the difference; all changes of score are changes of wins too."""
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


RANDOM = {
    "random, 60 and 60 of 200": Compared(200, 60, 60, "random"),
    "random, 100 and 100 of 100": Compared(100, 100, 100, "random"),
    "random, 80 % equal, 100 and 60 of 200": Compared(200, 100, 60, "random", equal=0.8),
}

UNCERTAIN = {
    "uncertain, 40 and 40 of 200": Compared(200, 40, 40, "uncertain"),
    "uncertain, 60 and 60 of 200": Compared(200, 60, 60, "uncertain"),
    "uncertain, 100 and 100 of 200": Compared(200, 100, 100, "uncertain"),
    "uncertain, 120 and 60 of 200": Compared(200, 120, 60, "uncertain"),
    "uncertain, half equal, 80 and 60 of 200": Compared(200, 80, 60, "uncertain", equal=0.5),
    "random 100, uncertain 60 of 200": Compared(200, 100, 60, "uncertain", queue_before="random"),
}

IN_FILES = {
    "uncertain, 60 and 60 of 200": UNCERTAIN["uncertain, 60 and 60 of 200"],
    "random 100, half carried over, changed 40 of 200": Compared(200, 100, 40, "changed", 0.5, queue_before="random"),
    "uncertain 100, half carried over, changed 40 of 200": Compared(
        200, 100, 40, "changed", 0.5, queue_before="uncertain"
    ),
}

PROMISES = (
    *(Promise(column, -0.01, 0.01) for column in (BIAS, BIAS_WINS)),
    *(Promise(column, least=0.93) for column in (HELD, HELD_WINS)),
)

SIMULATIONS = (
    Simulation(
        "compare",
        "the difference that `compare` shows, its 95 % interval",
        RANDOM | UNCERTAIN,
        measure,
        PROMISES,
        tiny=10,
    ),
    Simulation(
        "compare-files",
        "the same in files: imported, carried over, drawn, read",
        IN_FILES,
        measure_file,
        PROMISES,
        500,
        2,
    ),
)
