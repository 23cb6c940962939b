"""A try of a judge: fixed and broken, their interval, by example where pairs share one, the band, and what is said."""

import math

import pytest

from uphold.records.comparisons import RunDifference
from uphold.records.counts import Reruns
from uphold.records.enums import Verdict
from uphold.records.trials import TrialPair, TrialState
from uphold.stats.exact_tests import bonett_price, mcnemar
from uphold.stats.trials import clustered_bonett_price, trial_numbers, trial_state

RIGHT, WRONG = Verdict.CANDIDATE, Verdict.BASELINE

FIXED, BROKEN, BOTH, NONE = (WRONG, RIGHT), (RIGHT, WRONG), (RIGHT, RIGHT), (WRONG, WRONG)


def pairs(*kinds: tuple[tuple[Verdict, Verdict], int], each: int = 1) -> list[TrialPair]:
    """So many pairs of each kind, `each` of them an example; people prefer the candidate on all."""
    verdicts = [kind for kind, count in kinds for _ in range(count)]
    return [
        TrialPair(place, "r", f"k{place}", 1, "", place // each + 1, 0, *both) for place, both in enumerate(verdicts)
    ]


def reruns(changed: int, asked: int) -> Reruns:
    return Reruns(tuple((place + 1, float(place < changed), 1) for place in range(asked)))


def test_a_try_counts_who_is_right_and_gives_the_interval_of_the_difference() -> None:
    found = trial_numbers(pairs((FIXED, 7), (BROKEN, 2), (BOTH, 39), (NONE, 2)), reruns(2, 50))
    counts = found.counts
    assert (counts.fixed, counts.broken, counts.right, counts.wrong, counts.pairs) == (7, 2, 39, 2, 50)
    difference = found.difference
    assert difference.difference == pytest.approx(0.1)
    assert (difference.low, difference.high) == bonett_price(7, 2, 50)
    assert difference.method == "bonett-price"
    assert found.p == mcnemar(7, 2)
    assert found.band == pytest.approx(1.959964 * math.sqrt(0.04 / 50), abs=1e-5)
    assert found.state is TrialState.NOT_SHOWN


def test_inconsistent_is_a_tie_and_unreadable_is_wrong() -> None:
    odd = ((Verdict.INCONSISTENT, Verdict.UNREADABLE), 1), ((Verdict.UNREADABLE, RIGHT), 1)
    counts = trial_numbers(pairs(*odd), None).counts
    assert (counts.fixed, counts.wrong) == (1, 1)


def test_below_ten_pairs_nothing_is_said() -> None:
    found = trial_numbers(pairs((FIXED, 9)), reruns(0, 9))
    assert (found.difference.difference, found.difference.low, found.state) == (1.0, None, TrialState.TOO_FEW)
    assert trial_numbers([], None).p is None


def test_pairs_of_one_example_are_one_cluster() -> None:
    found = trial_numbers(pairs((FIXED, 8), (BROKEN, 2), (BOTH, 50), each=2), reruns(0, 60))
    assert found.difference.method == "bonett-price, clustered by example"
    assert found.p == mcnemar(4, 1)
    low, high = found.difference.low, found.difference.high
    plain = bonett_price(8, 2, 60)
    assert low is not None
    assert high is not None
    assert high - low > plain[1] - plain[0]
    few = trial_numbers(pairs((FIXED, 8), (BOTH, 8), each=2), None)
    assert few.difference.reason is not None
    assert "10 examples needed" in few.difference.reason


def test_the_clustered_interval_by_hand() -> None:
    """Ten examples of two pairs; with the two that are added 22 pairs, 12 examples, mean 2 / 22."""
    nets = [(2, 2)] + [(0, 2)] * 9
    mean = 2 / 22
    squares = (2 - 2 * mean) ** 2 + 9 * (2 * mean) ** 2 + (1 - mean) ** 2 + (-1 - mean) ** 2
    half = 2.200985 * math.sqrt(squares * 12 / 11) / 22  # t of 11 degrees of freedom, .975
    assert clustered_bonett_price(nets) == pytest.approx((mean - half, mean + half), abs=1e-5)


@pytest.mark.parametrize(
    ("low", "high", "p", "band", "state"),
    [
        (0.02, 0.3, 0.01, 0.05, TrialState.BETTER),
        (0.02, 0.3, 0.01, None, TrialState.BETTER),
        (0.02, 0.3, 0.01, 0.16, TrialState.NOT_TOLD_APART),
        (0.02, 0.3, 0.07, 0.05, TrialState.NOT_SHOWN),
        (-0.02, 0.3, 0.04, 0.05, TrialState.NOT_SHOWN),
        (-0.3, -0.02, 0.01, 0.05, TrialState.WORSE),
        (None, None, 0.01, 0.05, TrialState.TOO_FEW),
    ],
)
def test_what_a_difference_shows(
    low: float | None, high: float | None, p: float, band: float | None, state: TrialState
) -> None:
    mean = 0.16 if low is None or low > -0.1 else -0.16
    assert trial_state(RunDifference(mean, low, high, 60, 0.95, "bonett-price"), p, band) is state
