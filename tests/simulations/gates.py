"""The gate: how often it passes a run that is worse by the whole margin, and settles one that is not.

With decisions carried over; for a checkpoint that only loses; where examples were read unequally; and for one that is as
good as the one before.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.comparisons import GateResult, MatchedRuns
from uphold.records.enums import Choice, Verdict
from uphold.stats.distributions import t_quantile
from uphold.stats.gating import gate
from uphold.stats.run_difference import (
    Estimate,
    by_people,
    estimate,
    rated_difference,
    shared_units,
    with_ties_half,
)
from uphold.store.matched import matched_runs
from uphold.store.runs import find_run

from .frame import Measures, Promise, Simulation
from .made_runs import made_runs, redrawn
from .queued_runs import QueuedRun, all_read, matched

SHARES = (0.5, 0.15, 0.35)

ESTIMATE, PASSED, FAILED, HELD = "estimate", "PASS", "FAIL", "bounds hold"


def gated(runs: MatchedRuns, truth: float, margin: float) -> Measures:
    """Return what the gate says of the later of two runs, whose true difference is `truth`."""
    found, difference = gate(runs, margin), rated_difference(runs, by_people).ties_half
    low, high = found.bounds.low, found.bounds.high
    return {
        ESTIMATE: difference.difference if low is not None else None,
        PASSED: found.outcome is GateResult.PASS,
        FAILED: found.outcome is GateResult.FAIL,
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
        old_run, new_run = (find_run(runs.store, name) for name in ("v1-vs-base", "v2-vs-base"))
        return gated(matched_runs(runs.store, old_run, new_run), setting.truth, 0.05)


@dataclass(frozen=True)
class OnlyLosses:
    """`pairs` examples, all read in both runs; the new run loses a share of them equal to the margin, and wins none."""

    pairs: int
    margin: float


def measure_losses(setting: OnlyLosses, rng: random.Random) -> Measures:
    """Gate one made-up run that lies at the margin."""
    old = redrawn((1.0, 0.0, 0.0), setting.pairs, rng)
    new = [Choice.BASELINE if rng.random() < setting.margin else word for word in old]
    return gated(matched("", all_read(old), all_read(new)), -setting.margin, setting.margin)


@dataclass(frozen=True)
class Unequal:
    """Two runs read in the uncertain queue to two depths; pairs whose orders disagree are lost more often in the new run."""

    pairs: int
    before: int
    after: int
    queue_before: str = "uncertain"


FLIPS = 0.25

WORSE_FLIPPED, WORSE_REST = 0.3, 0.05

BETTER = 0.1

INTERVAL = "90 % interval holds"


def measure_unequal(setting: Unequal, rng: random.Random) -> Measures:
    """Gate one made-up run in which what was read more often has changed more."""
    flipped = [rng.random() < FLIPS for _ in range(setting.pairs)]
    old = redrawn(SHARES, setting.pairs, rng)
    new = [_changed(word, WORSE_FLIPPED if flip else WORSE_REST, rng) for word, flip in zip(old, flipped, strict=True)]
    truth = -(FLIPS * WORSE_FLIPPED + (1 - FLIPS) * WORSE_REST)
    judge = [Verdict.INCONSISTENT if flip else Verdict.CANDIDATE for flip in flipped]
    before = QueuedRun(old, judge, setting.before, setting.queue_before)
    runs = matched(rng.randbytes(16).hex(), before, QueuedRun(new, judge, setting.after, "uncertain"))
    found = estimate(shared_units(runs.pairs, by_people, with_ties_half))
    held = None
    if isinstance(found, Estimate):
        held = abs(found.mean - truth) <= t_quantile(found.df, 0.9) * found.standard_error
    return {INTERVAL: held, **gated(runs, truth, 0.05)}


def _changed(word: Choice, share: float, rng: random.Random) -> Choice:
    """Turn a tenth of the losses into wins, and so many wins into losses that the mean score falls by `share`."""
    if word is Choice.CANDIDATE and rng.random() < (share + BETTER * SHARES[2]) / SHARES[0]:
        return Choice.BASELINE
    return Choice.CANDIDATE if word is Choice.BASELINE and rng.random() < BETTER else word


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
    return gated(matched("", all_read(old), all_read(new)), 0.0, setting.margin)


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
        tiny=10,
    ),
    Simulation(
        "gate-unequal",
        "examples read unequally: the difference's interval at 90 %, and the gate's bounds",
        {
            "200 examples, 60 and 60 read": Unequal(200, 60, 60),
            "200 examples, 100 and 100 read": Unequal(200, 100, 100),
            "200 examples, 120 and 60 read": Unequal(200, 120, 60),
            "200 examples, 100 at random and 80": Unequal(200, 100, 80, "random"),
        },
        measure_unequal,
        (Promise(INTERVAL, 0.88, 0.96), Promise(HELD, least=0.88), Promise(ESTIMATE, -0.1225, -0.1025)),
        tiny=10,
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
        tiny=4,
    ),
)
