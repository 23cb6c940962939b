"""Two systems compared by a score of a benchmark, and the test that a score is no worse.

Where both were scored on the same documents these are paired: exact McNemar, Bonett-Price's interval. Else the two values
are compared by their standard errors, which is wider than it need be, since the documents are mostly the same.
"""

import math
from dataclasses import replace

from uphold.formatting import count, margin, points_noun, signed_decimal
from uphold.records.comparisons import GateBounds, GateResult, RunDifference, ScoreComparison, ScoreGate
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.scores import BenchmarkItem, ItemCounts, Score
from uphold.stats.distributions import LEVEL, z_quantile
from uphold.stats.exact_tests import bonett_price, mcnemar

PAIRED = "bonett-price"
UNPAIRED = "standard errors, unpaired"

NO_ERROR = "no standard error is known"
FEW_DOCUMENTS = f"fewer than {MIN_FOR_RATE} documents"

NONE_SHARED = "both were scored on known documents, but not on the same: the versions of the task may differ"

_ALIKE = 0.005
"""A group's own value and the share over all its documents that differ by less are the same but for rounding."""

_BERNOULLI = 0.02
"""A standard error within this share of that of n yes-or-no outcomes is one of them, give or take n and n - 1."""


def compare_scores(
    name: str,
    before: Score,
    after: Score,
    items: ItemCounts | None,
    lost: tuple[BenchmarkItem, ...] = (),
    won: tuple[BenchmarkItem, ...] = (),
) -> ScoreComparison:
    """Return the difference of a score between two systems, by the documents they share if there are any."""
    if items is None or not items.shared:
        note = NONE_SHARED if before.items and after.items else ""
        return ScoreComparison(name, before, after, None, _unpaired(before, after), note=note)
    n, gained, missed = items.shared, items.only_after, items.only_before
    low, high = bonett_price(gained, missed, n)
    difference = RunDifference((gained - missed) / n, low, high, n, LEVEL, PAIRED)
    note = _note(before, after, items)
    return ScoreComparison(name, before, after, items, difference, mcnemar(gained, missed), lost, won, note)


def _unpaired(before: Score, after: Score) -> RunDifference:
    difference = after.value - before.value
    n = min((score.n for score in (before, after) if score.n is not None), default=0)
    error = _error_of_difference(before, after)
    if error is None:
        return RunDifference(difference, None, None, n, LEVEL, None, _no_error(before, after))
    half = z_quantile() * error
    return RunDifference(difference, difference - half, difference + half, n, LEVEL, UNPAIRED)


def _no_error(before: Score, after: Score) -> str:
    known = [score.n for score in (before, after) if score.n is not None]
    return FEW_DOCUMENTS if known and min(known) < MIN_FOR_RATE else NO_ERROR


def _error_of_difference(before: Score, after: Score) -> float | None:
    """Return the standard error of the difference of two scores, None where one has none or is of too few documents."""
    errors = [_error(score) for score in (before, after)]
    return None if None in errors else math.hypot(*(error for error in errors if error is not None))


def _error(score: Score) -> float | None:
    """Return the standard error that a score counts with, None where none is known.

    One of yes-or-no outcomes has a success and a failure added (Agresti & Caffo 2000), so that it is not 0 for all or none.
    """
    if score.error is None or (score.n is not None and score.n < MIN_FOR_RATE):
        return None
    if score.n is None or not 0 <= score.value <= 1:
        return score.error or None
    plain = math.sqrt(score.value * (1 - score.value) / (score.n - 1))
    if abs(score.error - plain) > _BERNOULLI * max(plain, score.error):
        return score.error or None
    share = (score.value * score.n + 1) / (score.n + 2)
    return math.sqrt(share * (1 - share) / (score.n + 2))


def _note(before: Score, after: Score, items: ItemCounts) -> str:
    """Return what to bear in mind of documents compared one by one: that there are others, or that they weigh otherwise."""
    most = max(before.n or 0, after.n or 0, before.items, after.items)
    if items.shared < most:
        return f"on the {count(items.shared)} of {count(most)} documents that both were scored on"
    shares = ((items.both + items.only_before) / items.shared, (items.both + items.only_after) / items.shared)
    pairs = zip(shares, (before.value, after.value), strict=True)
    if before.leaves and any(abs(share - value) > _ALIKE for share, value in pairs):
        return "the group's own value is a mean over tasks; the difference counts every document alike"
    return ""


def gate_score(found: ScoreComparison, allowed: float) -> ScoreGate:
    """Return whether a score is no worse by more than a margin: one-sided 95 % bounds of the gain.

    Of shared documents mean and variance are those of the gate: the raw mean; a change of +1 and one of -1 added to the
    variance, n + 2 (Bonett & Price 2012). A score of which less is better gains where it falls.
    """
    bounds = _bounds(found)
    outcome, reason = _outcome(found, bounds, allowed)
    return ScoreGate(found, allowed, bounds, outcome, reason)


def _bounds(found: ScoreComparison) -> GateBounds:
    items, difference = found.items, found.difference
    if items is not None and items.shared < MIN_FOR_RATE:
        return GateBounds(None, None, LEVEL, f"{FEW_DOCUMENTS} were scored in both")
    error = _paired_error(items) if items is not None else _error_of_difference(found.before, found.after)
    if error is None or difference.difference is None:
        return GateBounds(None, None, LEVEL, difference.reason or NO_ERROR)
    gain = difference.difference if found.after.higher_is_better else -difference.difference
    half = z_quantile(2 * LEVEL - 1) * error
    bounds = GateBounds(gain - half, gain + half, LEVEL)
    return replace(bounds, low=max(-1.0, gain - half), high=min(1.0, gain + half)) if items is not None else bounds


def _paired_error(items: ItemCounts) -> float:
    n, changed, gain = items.shared + 2, items.only_after + items.only_before, items.only_after - items.only_before
    return math.sqrt((changed + 2 - gain**2 / n) / n / n)


def _outcome(found: ScoreComparison, bounds: GateBounds, allowed: float) -> tuple[GateResult, str]:
    if bounds.low is None or bounds.high is None:
        return GateResult.INCONCLUSIVE, bounds.reason or NO_ERROR
    is_share = found.is_share
    size = margin(allowed) if is_share else f"{allowed:g}"
    low, high = (points_noun(end, 1) if is_share else signed_decimal(end) for end in (bounds.low, bounds.high))
    way = "" if found.after.higher_is_better else " (less is better: a gain is a fall)"
    if bounds.low > -allowed:
        return GateResult.PASS, f"not worse by {size} or more: at least {low}, with 95 % confidence{way}"
    if bounds.high < -allowed:
        return GateResult.FAIL, f"worse by more than {size}: at most {high}, with 95 % confidence{way}"
    verb = "is allowed" if size == "1 point" else "are allowed"
    return GateResult.INCONCLUSIVE, f"not settled: between {low} and {high}; {size} {verb}{way}"
