"""Agreement of a judge with people, for both targets, and precision and recall, from the queues of the review.

A quarter of the pairs flips with the order; there the judge is nearly always wrong. On the others it is right in `right` of
the cases. The queue is the program's own: seeded, by strata in the uncertainty-first one.
"""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product

from uphold.records.counts import CLASSES, JudgeGroups, PairGroup, Stratum
from uphold.records.enums import Choice, Verdict
from uphold.records.statistics import PerClass
from uphold.reviewing.queue_order import VerdictSummary, draw_weighted, uncertain_strata
from uphold.stats.agreement import agreement

from .frame import Measures, Promise, Simulation

PAIRS = 200

FLIPS, TIE_ON_FLIPPED = 0.25, 0.1

TRUTHS = (Choice.CANDIDATE,) * 5 + (Choice.BASELINE,) * 4 + (Choice.TIE,)

_OTHER = {Choice.CANDIDATE: Verdict.BASELINE, Choice.BASELINE: Verdict.CANDIDATE, Choice.TIE: Verdict.CANDIDATE}

HELD, HELD_SET, BIAS, WIDTH, WIDTH_SET = "like these", "this set", "bias", "width", "width, this set"

PRECISION, RECALL = "precision bias, candidate", "recall bias, candidate"

PRECISION_TIE, RECALL_TIE = "precision bias, tie", "recall bias, tie"

PRECISION_BASELINE, RECALL_BASELINE = "precision bias, baseline", "recall bias, baseline"

Pair = tuple[Choice, Verdict]
"""What people say, and the judge's verdict."""


@dataclass(frozen=True)
class Setting:
    """How many pairs are read, how often the judge is right on a pair that does not flip, and in which queue."""

    read: int
    right: float
    uncertain: bool


def _made(setting: Setting, rng: random.Random) -> Pair:
    if rng.random() < FLIPS:
        truth = Choice.TIE if rng.random() < TIE_ON_FLIPPED else rng.choice(TRUTHS[:9])
        return truth, Verdict.INCONSISTENT
    truth = rng.choice(TRUTHS)
    return truth, Verdict(truth.value) if rng.random() < setting.right else _OTHER[truth]


def _category(word: Choice | Verdict) -> int:
    return CLASSES.index(word.preference) if word is not Verdict.INCONSISTENT else 1


def _per_class_truth(pairs: list[Pair], category: int) -> tuple[float, float]:
    """Return precision and recall of a class over all pairs."""
    both = sum(_category(truth) == _category(said) == category for truth, said in pairs)
    told = sum(_category(said) == category for _, said in pairs)
    meant = sum(_category(truth) == category for truth, _ in pairs)
    return both / told, both / meant


def _errors(
    precision: PerClass, recall: PerClass, pairs: list[Pair], category: int
) -> tuple[float | None, float | None]:
    truth = _per_class_truth(pairs, category)
    name = CLASSES[category].value
    found = (getattr(precision, name).rate, getattr(recall, name).rate)
    one, other = (None if rate is None else rate - wanted for rate, wanted in zip(found, truth, strict=True))
    return one, other


def measure(setting: Setting, rng: random.Random) -> Measures:
    """Return whether the two intervals of agreement hold their truth, and what the estimates are off by."""
    pairs = [_made(setting, rng) for _ in range(PAIRS)]
    keys = [(at, f"k{at}", 1) for at in range(PAIRS)]
    strata = dict.fromkeys(range(PAIRS), ("all", 1.0))
    if setting.uncertain:
        strata = uncertain_strata({at: VerdictSummary(said) for at, (_, said) in enumerate(pairs)})
    read = {pair for pair, *_ in draw_weighted(f"seed {rng.random()}", keys, strata)[: setting.read]}
    names = sorted({name for name, _ in strata.values()})
    alike = Counter((at in read, *pairs[at], names.index(strata[at][0])) for at in range(PAIRS))
    cells = tuple(
        PairGroup(((1, truth),) if is_read else (), said, None, 0, count, stratum)
        for (is_read, truth, said, stratum), count in alike.items()
    )
    found = agreement(JudgeGroups(1, "judge", "version", "llm", cells), tuple(map(Stratum, names)))
    in_set = sum(_category(truth) == _category(said) for truth, said in pairs) / PAIRS
    expected = FLIPS * TIE_ON_FLIPPED + (1 - FLIPS) * setting.right
    like, this = found.observed, found.this_set
    if like.rate is None or this.rate is None:
        return {"shown": 0.0}
    precision, recall = _errors(found.precision, found.recall, pairs, 0)
    precision_tie, recall_tie = _errors(found.precision, found.recall, pairs, 1)
    precision_baseline, recall_baseline = _errors(found.precision, found.recall, pairs, 2)
    return {
        HELD: like.low <= expected <= like.high,
        HELD_SET: this.low - 1e-12 <= in_set <= this.high + 1e-12,
        WIDTH: like.high - like.low,
        WIDTH_SET: this.high - this.low,
        BIAS: this.rate - in_set,
        PRECISION: precision,
        RECALL: recall,
        PRECISION_TIE: precision_tie,
        RECALL_TIE: recall_tie,
        PRECISION_BASELINE: precision_baseline,
        RECALL_BASELINE: recall_baseline,
        "shown": 1.0,
    }


def _settings(uncertain: bool, reads: tuple[int, ...]) -> dict[str, Setting]:
    return {f"n={n} judge {right}": Setting(n, right, uncertain) for n, right in product(reads, (0.7, 0.85, 0.95))}


_PROMISES = (
    Promise(HELD, least=0.93),
    Promise(HELD_SET, least=0.93),
    *(Promise(name, -0.02, 0.02) for name in (BIAS, PRECISION, RECALL, PRECISION_BASELINE, RECALL_BASELINE)),
    # Ties are one in ten: of fewer pairs read there are too few for an estimate without bias.
    *(Promise(name, -0.02, 0.02, f"n={n} ") for name in (PRECISION_TIE, RECALL_TIE) for n in (60, 100)),
)

SIMULATIONS = (
    Simulation(
        "agreement-random",
        f"agreement with people, {PAIRS} pairs in random order",
        _settings(False, (20, 40, 60, 100)),
        measure,
        _PROMISES,
        runs=2000,
        tiny=20,
    ),
    Simulation(
        "agreement-uncertain",
        f"agreement with people, {PAIRS} pairs, uncertainty first",
        _settings(True, (40, 60, 100)),
        measure,
        _PROMISES,
        runs=2000,
        tiny=20,
    ),
)
