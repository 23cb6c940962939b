"""A judge tried against an older one: how often it is said to be better when it is not, and when it is.

Judges are stubs of known quality: on each pair both are right, one of them is, or none, with the shares of the setting.
"""

import random
from dataclasses import dataclass

from uphold.records.counts import Reruns
from uphold.records.enums import Verdict
from uphold.records.trials import TrialPair, TrialState
from uphold.stats.trials import trial_numbers

from .frame import Measures, Promise, Simulation

BETTER, WORSE, HELD, APART = "said better", "said worse", "interval holds", "not told apart"

RERUN_PAIRS = 60

_RIGHT, _WRONG = Verdict.CANDIDATE, Verdict.BASELINE


@dataclass(frozen=True)
class Tried:
    """Two judges on `pairs` decided pairs, `turns` of them an example; the old one agrees with people on .78 of them.

    They differ in who is right on the share `discordant`, the new one agreeing on the share `gain` more. All turns of an
    example come out alike with the chance `alike`. The old judge changes the share `rerun` of its verdicts when asked again.
    """

    pairs: int
    gain: float = 0.0
    discordant: float = 0.2
    rerun: float = 0.05
    turns: int = 1
    alike: float = 0.5


def _outcome(setting: Tried, rng: random.Random) -> tuple[bool, bool]:
    """Return whether the old and the new judge are right on a pair."""
    fixed, broken = (setting.discordant + setting.gain) / 2, (setting.discordant - setting.gain) / 2
    drawn = rng.random()
    if drawn < fixed:
        return False, True
    if drawn < fixed + broken:
        return True, False
    both = drawn < fixed + broken + 0.78 - broken
    return both, both


def measure(setting: Tried, rng: random.Random) -> Measures:
    """Try a made-up judge once."""
    pairs = []
    for example in range(setting.pairs // setting.turns):
        common, alike = _outcome(setting, rng), rng.random() < setting.alike
        for turn in range(1, setting.turns + 1):
            was, now = common if alike else _outcome(setting, rng)
            verdicts = _RIGHT if was else _WRONG, _RIGHT if now else _WRONG
            pairs.append(TrialPair(len(pairs), "r", f"k{example}", turn, "", example + 1, 0, *verdicts))
    again = pairs[:RERUN_PAIRS]
    reruns = Reruns(tuple((pair.asked, float(rng.random() < setting.rerun), 1) for pair in again))
    found = trial_numbers(pairs, reruns)
    low, high = found.difference.low, found.difference.high
    return {
        BETTER: found.state is TrialState.BETTER,
        WORSE: found.state is TrialState.WORSE,
        APART: found.state is TrialState.NOT_TOLD_APART,
        HELD: None if low is None or high is None else low <= setting.gain <= high,
        "width": None if low is None or high is None else high - low,
    }


_NULL = {
    f"no better, {pairs} pairs, {100 * discordant:.0f} % discordant": Tried(pairs, discordant=discordant)
    for pairs in (20, 40, 60, 100)
    for discordant in (0.05, 0.2)
}

_TURNS = {
    f"no better, {pairs} pairs in examples of {turns}, rerun {rerun:g}": Tried(pairs, turns=turns, rerun=rerun)
    for pairs, turns in ((40, 2), (100, 2), (120, 4))
    for rerun in (0.0, 0.05)
}

_GAINS = {
    f"{100 * gain:.0f} points better, {pairs} pairs": Tried(pairs, gain)
    for pairs in (40, 60, 100)
    for gain in (0.1, 0.15)
}

SIMULATIONS = (
    Simulation(
        "judge-trials",
        "a judge tried against an older one on decided pairs",
        {
            **_NULL,
            **_TURNS,
            "no better, 60 pairs, no rerun changes": Tried(60, rerun=0.0),
            "no better, 60 pairs, rerun 0.2": Tried(60, rerun=0.2),
            "worse by 10 points, 60 pairs": Tried(60, -0.1),
            **_GAINS,
            "15 points better, 100 pairs in examples of 2": Tried(100, 0.15, turns=2),
        },
        measure,
        (
            Promise(BETTER, most=0.05, where="no better"),
            Promise(BETTER, most=0.01, where="worse by"),
            Promise(BETTER, least=0.6, where="15 points better, 60 pairs"),
            Promise(BETTER, least=0.75, where="15 points better, 100 pairs"),
            Promise(HELD, least=0.92),
        ),
        runs=10_000,
    ),
)
