"""A judge against an older one on the same decided pairs: McNemar, Bonett and Price, and the old judge's own unrest.

A difference counts where its interval leaves out 0 and it is larger than what the old judge moves when it is asked twice.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from uphold.records.comparisons import RunDifference
from uphold.records.counts import MIN_FOR_RATE, Reruns
from uphold.records.statistics import Rate
from uphold.records.trials import TrialCounts, TrialNumbers, TrialPair, TrialState, trial_counts
from uphold.stats.both_orders import rerun_spread
from uphold.stats.distributions import LEVEL, t_quantile, z_quantile
from uphold.stats.exact_tests import bonett_price, mcnemar
from uphold.stats.intervals import CLUSTERED, FEW_EXAMPLES, MIN_CLUSTERS, Bounds

METHOD = "bonett-price"

SIGNIFICANT = 0.05
"""With a larger p a difference is not shown, whatever its interval."""

FEW_PAIRS = f"{MIN_FOR_RATE} decided pairs needed"


def trial_numbers(pairs: Sequence[TrialPair], reruns: Reruns | None) -> TrialNumbers:
    """Return what a try on these pairs shows; `reruns` are those of the old judge, None where it was not asked again."""
    counts, rerun = trial_counts(pairs), rerun_spread(reruns)
    nets = cluster_nets(pairs)
    difference = _difference(counts, nets)
    p = None
    if counts.pairs:
        p = mcnemar(sum(net > 0 for net, _ in nets), sum(net < 0 for net, _ in nets))
    band = rerun_band(rerun, counts.pairs)
    return TrialNumbers(counts, difference, p, rerun, band, trial_state(difference, p, band))


def cluster_nets(pairs: Iterable[TrialPair]) -> list[tuple[int, int]]:
    """Return (fixed less broken, pairs) of each example."""
    nets: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        nets[pair.asked][0] += pair.change
        nets[pair.asked][1] += 1
    return [(net, size) for net, size in nets.values()]


def _difference(counts: TrialCounts, nets: Sequence[tuple[int, int]]) -> RunDifference:
    n = counts.pairs
    is_clustered = len(nets) < n
    method = METHOD + CLUSTERED * is_clustered
    mean = (counts.fixed - counts.broken) / n if n else None
    if n < MIN_FOR_RATE:
        return RunDifference(mean, None, None, n, LEVEL, method, FEW_PAIRS)
    if not is_clustered:
        return RunDifference(mean, *bonett_price(counts.fixed, counts.broken, n), n, LEVEL, method)
    if len(nets) < MIN_CLUSTERS:
        return RunDifference(mean, None, None, n, LEVEL, method, FEW_EXAMPLES)
    return RunDifference(mean, *clustered_bonett_price(nets), n, LEVEL, method)


def clustered_bonett_price(nets: Sequence[tuple[int, int]]) -> Bounds:
    """Return the interval of (fixed - broken) / pairs where several pairs share an example.

    As Bonett and Price (2012) add one pair that was fixed and one that was broken, this adds an example with each; the variance
    is that of a ratio of sums over K examples, K/(K - 1) sum (net - mean x size)^2 / n^2, with the t quantile of K - 1.
    """
    added = [*nets, (1, 1), (-1, 1)]
    n, examples = sum(size for _, size in added), len(added)
    mean = sum(net for net, _ in added) / n
    squares = math.fsum((net - mean * size) ** 2 for net, size in added)
    half = t_quantile(examples - 1) * math.sqrt(squares * examples / (examples - 1)) / n
    return max(-1.0, mean - half), min(1.0, mean + half)


def rerun_band(rerun: Rate, n: int) -> float | None:
    """Return how far a judge that is asked twice moves away from itself: 1.96 sqrt(r / n), r the share that changes.

    A changed verdict moves agreement by one pair at most, so that r bounds the variance of a pair's change.
    """
    if rerun.rate is None or not n:
        return None
    return min(1.0, z_quantile() * math.sqrt(rerun.rate / n))


def trial_state(difference: RunDifference, p: float | None, band: float | None) -> TrialState:
    """Return what a difference shows.

    It is shown where both its interval leaves out 0 and the exact test agrees, and it counts where it is larger than the band;
    without a band, the first alone decides.
    """
    mean, low, high = difference.difference, difference.low, difference.high
    if mean is None or low is None or high is None or p is None:
        return TrialState.TOO_FEW
    if low <= 0 <= high or p > SIGNIFICANT:
        return TrialState.NOT_SHOWN
    if band is not None and abs(mean) <= band:
        return TrialState.NOT_TOLD_APART
    return TrialState.BETTER if mean > 0 else TrialState.WORSE
