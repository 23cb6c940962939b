"""The gate on a benchmark: how often it passes a score that is worse by the whole margin, and settles one that is not.

Documents are passed or failed by both systems; some change to either side. Paired where they are known one by one, unpaired
from the two values with their standard errors.
"""

import math
import random
from dataclasses import dataclass

from uphold.records.comparisons import GateResult
from uphold.records.scores import ItemCounts, Score
from uphold.stats.score_difference import compare_scores, gate_score

from .frame import Measures, Promise, Simulation

PASSED, FAILED = "PASS", "FAIL"

SHARE = 0.6
"""What the earlier system passes."""


@dataclass(frozen=True)
class Benchmark:
    """`documents`, of which the later system passes `truth` more; beside that `churn` of them change to either side."""

    documents: int
    truth: float
    churn: float
    margin: float
    paired: bool = True


def measure(setting: Benchmark, rng: random.Random) -> Measures:
    """Gate the score of one made-up system."""
    lost = (setting.churn / 2 - min(setting.truth, 0.0)) / SHARE
    won = (setting.churn / 2 + max(setting.truth, 0.0)) / (1 - SHARE)
    both = only_before = only_after = neither = 0
    for _ in range(setting.documents):
        if rng.random() < SHARE:
            only_before += (is_lost := rng.random() < lost)
            both += not is_lost
        else:
            only_after += (is_won := rng.random() < won)
            neither += not is_won
    before, after = (_score(passed, setting.documents) for passed in (both + only_before, both + only_after))
    items = ItemCounts(both, only_before, only_after, neither) if setting.paired else None
    compared = compare_scores("b:acc", before, after, items)
    gated, difference = gate_score(compared, setting.margin), compared.difference
    held = None
    if difference.low is not None and difference.high is not None:
        held = difference.low <= setting.truth <= difference.high
    return {
        "estimate": difference.difference,
        PASSED: gated.outcome is GateResult.PASS,
        FAILED: gated.outcome is GateResult.FAIL,
        "95 % interval holds": held,
    }


def _score(passed: int, n: int) -> Score:
    share = passed / n
    return Score(None, "b", "acc", "none", share, math.sqrt(share * (1 - share) / (n - 1)), n)


def _settings() -> dict[str, Benchmark]:
    found = {}
    for name, truth in (("at the margin", -1.0), ("as good", 0.0)):
        for documents, margin in ((100, 0.1), (500, 0.05), (2000, 0.02)):
            for churn in (0.0, 0.1):
                setting = Benchmark(documents, truth * margin, churn, margin)
                found[f"{name}, {documents} documents, {100 * churn:g} % changed, paired"] = setting
        found[f"{name}, 500 documents, 10 % changed, unpaired"] = Benchmark(500, truth * 0.05, 0.1, 0.05, paired=False)
    return found


SIMULATIONS = (
    Simulation(
        "gate-scores",
        "a benchmark whose score may be worse by a margin: 10, 5 and 2 points for 100, 500 and 2,000 documents",
        _settings(),
        measure,
        (
            Promise(PASSED, most=0.075, where="at the margin"),
            Promise(FAILED, most=0.01, where="as good"),
            Promise("95 % interval holds", least=0.925),
        ),
        tiny=10,
    ),
)
