"""The gate: how often it passes a run that is worse by the whole margin, and settles one that is not.

With decisions carried over; for a checkpoint that only loses; where examples were read unequally; and for one that is as
good as the one before.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.comparisons import GateResult
from uphold.records.enums import Choice
from uphold.workflows.comparison import GateRequest, gate_run

from .frame import Measures, Promise, Simulation
from .made_runs import MadeRuns, made_runs, redrawn

SHARES = (0.5, 0.15, 0.35)

ESTIMATE, PASSED, FAILED, HELD = "estimate", "PASS", "FAIL", "bounds hold"


def gated(runs: MadeRuns, truth: float, margin: float) -> Measures:
    """Return what the gate says of v2 against v1, whose true difference is `truth`."""
    found = gate_run(runs.store, GateRequest("v2-vs-base", "v1-vs-base", margin))
    gate, difference = found.gate, found.comparison.people.ties_half
    low, high = gate.bounds.low, gate.bounds.high
    return {
        ESTIMATE: difference.difference if low is not None else None,
        PASSED: gate.outcome is GateResult.PASS,
        FAILED: gate.outcome is GateResult.FAIL,
        HELD: None if low is None or high is None else low <= truth <= high,
        "width": None if low is None or high is None else high - low,
    }


def worse(words: Sequence[Choice], share: float, rng: random.Random) -> list[Choice]:
    """Return words of which a share of the wins has turned into losses, so that the mean score falls by `share`."""
    chance = share / SHARES[0]
    return [Choice.BASELINE if word is Choice.CANDIDATE and rng.random() < chance else word for word in words]


@dataclass(frozen=True)
class CarriedOver:
    """80 of 100 answers unchanged; after 50 reads of the old run, `further` reads of a `queue` of the new one."""

    truth: float
    further: int
    queue: str


def measure_carried(setting: CarriedOver, rng: random.Random) -> Measures:
    """Gate one made-up run whose changed answers are worse by five times the truth."""
    old = redrawn(SHARES, 100, rng)
    changed = [rng.random() < 0.2 for _ in old]
    anew = worse(redrawn(SHARES, 100, rng), -5 * setting.truth, rng)
    new = [then if change else word for word, then, change in zip(old, anew, changed, strict=True)]
    with made_runs(rng) as runs:
        runs.read(runs.add("v1", old), 50)
        answers = [f"{'v2' if change else 'v1'} {number}" for number, change in enumerate(changed)]
        runs.read(runs.add("v2", new, answers), setting.further, setting.queue)
        return gated(runs, setting.truth, 0.05)


@dataclass(frozen=True)
class OnlyLosses:
    """`pairs` examples, all read in both runs; the new run loses a share of them equal to the margin, and wins none."""

    pairs: int
    margin: float


def measure_losses(setting: OnlyLosses, rng: random.Random) -> Measures:
    """Gate one made-up run that lies at the margin."""
    old = redrawn((1.0, 0.0, 0.0), setting.pairs, rng)
    new = [Choice.BASELINE if rng.random() < setting.margin else word for word in old]
    with made_runs(rng) as runs:
        runs.add("v1", old, read=True)
        runs.add("v2", new, read=True)
        return gated(runs, -setting.margin, setting.margin)


@dataclass(frozen=True)
class Unequal:
    """Two runs read in the uncertain queue to two depths; pairs whose orders disagree are lost more often in the new run."""

    pairs: int
    before: int
    after: int
    queue_before: str = "uncertain"


FLIPS = 0.25

WORSE_FLIPPED, WORSE_REST = 0.3, 0.05


def measure_unequal(setting: Unequal, rng: random.Random) -> Measures:
    """Gate one made-up run in which what was read more often has changed more."""
    flipped = [rng.random() < FLIPS for _ in range(setting.pairs)]
    old = redrawn(SHARES, setting.pairs, rng)
    new = [
        worse([word], WORSE_FLIPPED if flip else WORSE_REST, rng)[0] for word, flip in zip(old, flipped, strict=True)
    ]
    truth = -(FLIPS * WORSE_FLIPPED + (1 - FLIPS) * WORSE_REST)
    judge = [(Choice.CANDIDATE, Choice.BASELINE) if flip else (Choice.CANDIDATE,) * 2 for flip in flipped]
    with made_runs(rng) as runs:
        runs.read(runs.add("v1", old, judge=judge), setting.before, setting.queue_before)
        runs.read(runs.add("v2", new, judge=judge), setting.after, "uncertain")
        return gated(runs, truth, 0.05)


@dataclass(frozen=True)
class Equal:
    """`pairs` examples, all read in both runs; as many changed for the better as for the worse, `churn` in all."""

    pairs: int
    churn: float
    margin: float


def measure_equal(setting: Equal, rng: random.Random) -> Measures:
    """Gate one made-up run that is as good as the one before."""
    old = redrawn((0.5, 0.0, 0.5), setting.pairs, rng)
    new = [
        (Choice.CANDIDATE, Choice.BASELINE)[word is Choice.CANDIDATE] if rng.random() < setting.churn else word
        for word in old
    ]
    with made_runs(rng) as runs:
        runs.add("v1", old, read=True)
        runs.add("v2", new, read=True)
        return gated(runs, 0.0, setting.margin)


def _carried_settings() -> dict[str, CarriedOver]:
    return {
        f"true {100 * truth:g}, {further} more, {queue}": CarriedOver(truth, further, queue)
        for truth in (-0.025, -0.05)
        for queue, further in (("random", 10), ("changed", 20))
    }


SIMULATIONS = (
    Simulation(
        "gate-carried",
        "100 examples, 80 % of the answers unchanged, 50 read in the old run, margin 5 points",
        _carried_settings(),
        measure_carried,
        (
            Promise(ESTIMATE, -0.03, -0.02, "true -2.5"),
            Promise(FAILED, most=0.02, where="true -2.5"),
            Promise(PASSED, most=0.075, where="true -5"),
        ),
        tiny=4,
    ),
    Simulation(
        "gate-losses",
        "a run that only loses, at the margin; all examples read",
        {
            f"{pairs} examples, margin {100 * margin:g}": OnlyLosses(pairs, margin)
            for margin in (0.05, 0.1)
            for pairs in (60, 100, 200)
        },
        measure_losses,
        (Promise(PASSED, most=0.075),),
        tiny=4,
    ),
    Simulation(
        "gate-unequal",
        "the 90 % interval between the gate's bounds, examples read unequally",
        {
            "200 examples, 60 and 60 read": Unequal(200, 60, 60),
            "200 examples, 100 and 100 read": Unequal(200, 100, 100),
            "200 examples, 120 and 60 read": Unequal(200, 120, 60),
            "200 examples, 100 at random and 80": Unequal(200, 100, 80, "random"),
        },
        measure_unequal,
        (Promise(HELD, 0.88, 0.96), Promise(ESTIMATE, -0.1225, -0.1025)),
        tiny=3,
    ),
    Simulation(
        "gate-power",
        "a run that is as good as the one before; all examples read",
        {
            f"{pairs} examples, {100 * churn:g} % changed, margin {100 * margin:g}": Equal(pairs, churn, margin)
            for margin in (0.05, 0.1)
            for pairs in (100, 200)
            for churn in (0.05, 0.1, 0.2)
        },
        measure_equal,
        runs=500,
        tiny=2,
    ),
)
