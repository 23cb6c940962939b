"""The difference of two models on PandaLM's real votes: how often the interval holds, with a judge's help and without.

Two models against one baseline on one task, with the label of three people and the verdict of `pandalm-7b` on both pairs: all
such triples are the population. A run draws 200 of them and reads some. Without the data set there is nothing to simulate.
"""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import combinations

from support.run_counts import PANDALM, VERDICTS, votes
from uphold.records.comparisons import MatchedExample, RatedExample
from uphold.records.counts import Votes
from uphold.records.enums import Verdict
from uphold.stats.distributions import t_quantile
from uphold.stats.run_difference import Estimate, by_people, estimate, shared_units, with_ties_half

from .frame import Measures, Promise, Simulation

EXAMPLES = 200

HELD, HELD_ALONE = "90 % interval holds", "holds, people alone"

_LETTER, _MIRRORED = {1: "W", 2: "L", 0: "T"}, {1: "L", 2: "W", 0: "T"}

Seen = tuple[Votes, Verdict]
"""What people and the judge say of one pair."""


@cache
def triples() -> Sequence[tuple[Seen, Seen]]:
    """Return what is said of two models against one baseline on one task, for every such three."""
    items = json.loads((PANDALM / "testset-v1.json").read_text("utf-8"))
    judged = json.loads((PANDALM / "pandalm-7b-testset-v1.json").read_text("utf-8"))
    found: dict[tuple[str, str, str], dict[str, Seen]] = defaultdict(dict)
    for item, verdict in zip(items, judged, strict=True):
        first, second = item["cmp_key"].split("_")
        for model, baseline, letters in ((first, second, _LETTER), (second, first, _MIRRORED)):
            people = "".join(letters[item[f"annotator{reader}"]] for reader in (1, 2, 3))
            seen = votes(people), VERDICTS[letters[verdict["pandalm_result"]]]
            found[item["instruction"], item["input"], baseline][model] = seen
    return [
        (models[before], models[after])
        for models in found.values()
        for before, after in combinations(sorted(models), 2)
    ]


def _matched(drawn: Sequence[tuple[Seen, Seen]], read: int) -> list[MatchedExample]:
    sides = [
        [RatedExample(people if place < read else (), verdict, read / len(drawn)) for people, verdict in seen]
        for place, seen in enumerate(drawn)
    ]
    return [MatchedExample("", 1, place, False, before, after) for place, (before, after) in enumerate(sides)]


@cache
def truth() -> float:
    """Return the mean change of all triples."""
    found = estimate(shared_units(_matched(triples(), len(triples())), by_people, with_ties_half), cells=False)
    assert isinstance(found, Estimate)
    return found.mean


def measure(read: int, rng: random.Random) -> Measures:
    """Compare the two runs of one draw with the judge's changes as cells where they allow it, and without."""
    units = shared_units(_matched(rng.choices(triples(), k=EXAMPLES), read), by_people, with_ties_half)
    helped, alone = estimate(units), estimate(units, cells=False)
    assert isinstance(helped, Estimate)
    assert isinstance(alone, Estimate)
    half, half_alone = (t_quantile(found.df, 0.9) * found.standard_error for found in (helped, alone))
    return {
        HELD: abs(helped.mean - truth()) <= half,
        HELD_ALONE: abs(alone.mean - truth()) <= half_alone,
        "bias": helped.mean - truth(),
        "width": 2 * half,
        "width, people alone": 2 * half_alone,
        "judge helps": "judge" in helped.method,
    }


SIMULATIONS = (
    Simulation(
        "compare-pandalm",
        "PandaLM's votes: two models against one baseline, 200 tasks drawn, some read",
        {f"{read} read": read for read in (40, 60, 100)} if PANDALM.exists() else {},
        measure,
        (Promise(HELD, 0.87, 0.93), Promise("bias", -0.01, 0.01)),
        runs=4000,
        tiny=20,
    ),
)
