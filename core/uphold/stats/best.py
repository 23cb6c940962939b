"""Which of several runs is the best: comparisons with the best (Hsu 1984), never a bare ranking."""

from collections.abc import Mapping, Sequence

from uphold.records.comparisons import BestState, MatchedRuns, RunDifference
from uphold.stats.distributions import LEVEL, t_quantile
from uphold.stats.run_difference import ALL_EQUAL, Estimate, Refusal, by_people, estimate, shared_units, with_ties_half

METHOD = "comparisons with the best"


def difference_of(runs: MatchedRuns) -> Estimate | Refusal:
    """Return the difference of two runs by people, ties as half, with what its interval rests on.

    Where every answer is equal in both runs it is known to be 0: beside such a run another can still be told apart.
    """
    found = estimate(shared_units(runs.pairs, by_people, with_ties_half))
    if isinstance(found, Refusal) and found.reason == ALL_EQUAL:
        return Estimate(0.0, 0.0, 1, found.n, METHOD)
    return found


def with_the_best(
    runs: Sequence[str], pairs: Mapping[tuple[str, str], Estimate | Refusal]
) -> list[tuple[BestState, RunDifference]]:
    """Return for each run its difference to the best of the others with its interval, and what that says.

    `pairs` has the estimate of (a, b), a less b, for every two runs in one of the two orders. Bounds are those of the
    pairwise differences, one-sided at .05/(k - 1) for k runs: the interval of a run reaches from the smallest of its
    lower bounds to the smallest of its upper ones. It is the best where that lies above 0, not the best where it lies below.
    """
    level = 1 - 2 * (1 - LEVEL) / (len(runs) - 1)
    return [_one(run, [_seen_from(run, other, pairs) for other in runs if other != run], level) for run in runs]


def _seen_from(
    run: str, other: str, pairs: Mapping[tuple[str, str], Estimate | Refusal]
) -> tuple[float, Estimate | Refusal]:
    """Return the sign with which an estimate speaks of the run less the other, and the estimate."""
    return (1.0, pairs[run, other]) if (run, other) in pairs else (-1.0, pairs[other, run])


def _one(run: str, others: Sequence[tuple[float, Estimate | Refusal]], level: float) -> tuple[BestState, RunDifference]:
    known = [
        (sign * found.mean, t_quantile(found.df, level) * found.standard_error, found.n)
        for sign, found in others
        if isinstance(found, Estimate)
    ]
    refused = [found for _, found in others if isinstance(found, Refusal)]
    n = min((found.n for _, found in others), default=0)
    high = min((mean + half for mean, half, _ in known), default=0.0)
    if refused:
        reason = f"not every two of the runs can be compared: {refused[0].reason}"
        if high < 0:
            return BestState.NOT_THE_BEST, RunDifference(None, None, max(-1.0, high), n, LEVEL, METHOD, reason)
        return BestState.MAY_BE_BEST, RunDifference(None, None, None, n, LEVEL, METHOD, reason)
    low = min(mean - half for mean, half, _ in known)
    state = BestState.BEST if low > 0 else BestState.NOT_THE_BEST if high < 0 else BestState.MAY_BE_BEST
    mean = min(mean for mean, *_ in known)
    return state, RunDifference(mean, max(-1.0, low), min(1.0, high), n, LEVEL, METHOD)
