"""The gate: is a run no worse than another by more than a margin, and how many more examples would settle it.

A test of non-inferiority with ties as half and a margin declared beforehand: PASS where the one-sided 95 % lower bound of
the difference lies above - margin, FAIL where the upper bound lies below it, else INCONCLUSIVE. "No significant
difference" is never a pass, and a judge alone never decides.
"""

from dataclasses import replace

from uphold.formatting import count, points_noun
from uphold.formatting import margin as format_margin
from uphold.records.comparisons import Gate, GateBounds, GateResult, MatchedRuns
from uphold.stats.distributions import LEVEL, z_quantile
from uphold.stats.run_difference import (
    SharedUnits,
    by_judge,
    by_people,
    gate_bounds,
    over_parts,
    parts_of,
    plain_moments,
    refusal,
    shared_units,
    with_ties_half,
)

EQUAL = "not worse: every answer is equal in both runs"


def gate(runs: MatchedRuns, margin: float, planned: int | None = None) -> Gate:
    """Return whether the later run is no worse than the earlier one by more than the margin, by people's labels.

    Below the `planned` number of examples (no more than there are) it is INCONCLUSIVE; examples with equal answers count
    as read.
    """
    units = shared_units(runs.pairs, by_people, with_ties_half)
    found = _gate(units, margin)
    planned_here = None if planned is None else min(planned, units.total)
    found = replace(found, planned=planned)
    if planned_here is None or units.known >= planned_here or found.bounds.low is None:
        return found
    reason = f"{count(units.known)} of {count(planned_here)} planned"
    return replace(
        found,
        outcome=GateResult.INCONCLUSIVE,
        reason=reason,
        so_far=found.outcome,
        lacking=planned_here - units.known,
    )


def judge_gate(runs: MatchedRuns, margin: float, caveat: str) -> Gate:
    """Return what the verdicts of a judge alone would say; the outcome is INCONCLUSIVE whatever they are."""
    found = _gate(shared_units(runs.pairs, by_judge, with_ties_half), margin)
    reason = f"a judge alone decides nothing; it would say {found.outcome}: {found.reason}"
    return replace(
        found,
        outcome=GateResult.INCONCLUSIVE,
        reason=reason,
        so_far=found.outcome,
        judge_only=True,
        judge_caveat=caveat,
    )


def _gate(units: SharedUnits, margin: float) -> Gate:
    bounds = gate_bounds(units)
    outcome, reason = _outcome(bounds, units, margin)
    return Gate(outcome, reason, margin, bounds, None, units.known, None)


def _outcome(bounds: GateBounds, units: SharedUnits, margin: float) -> tuple[GateResult, str]:
    if bounds.low is None or bounds.high is None:
        return GateResult.INCONCLUSIVE, bounds.reason or ""
    allowed = format_margin(margin)
    low, high = (points_noun(value, 1) for value in (bounds.low, bounds.high))
    if bounds.low > -margin:
        if not units.open:
            return GateResult.PASS, EQUAL
        return GateResult.PASS, f"not worse by {allowed} or more: at least {low}, with 95 % confidence"
    if bounds.high < -margin:
        return GateResult.FAIL, f"worse by more than {allowed}: at most {high}, with 95 % confidence"
    are_allowed = "is allowed" if allowed == "1 point" else "are allowed"
    return GateResult.INCONCLUSIVE, f"not settled: between {low} and {high}; {allowed} {are_allowed}"


def examples_lacking(runs: MatchedRuns, margin: float | None = None) -> int | None:
    """Return about how many more examples have to be read in both runs.

    For a difference at all, where it is refused; else, with a margin, until the gate is settled if the difference stays
    what it is. None where reading all of them would not do; 0 where nothing is lacking.
    """
    units = shared_units(runs.pairs, by_people, with_ties_half)
    refused = refusal(units)
    unread = len(units.open) - len(units.rated)
    if refused is not None:
        return None if not unread else min(unread, refused.lacking or 0)
    if margin is None or _is_settled(units, margin, 0):
        return 0
    if not unread or not _is_settled(units, margin, unread):
        return None
    least, most = 0, unread
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if _is_settled(units, margin, middle) else (middle, most)
    return most


def _is_settled(units: SharedUnits, margin: float, more: int) -> bool:
    """Whether the bounds settle the gate if `more` units are read and mean and variances stay what they are."""
    if not units.open:
        return True
    grown = 1 + more / len(units.rated)
    parts = [plain_moments(part, added=True, grown=grown) for part in parts_of(units)]
    found = over_parts(parts, units.total, units.known, "")
    half = z_quantile(2 * LEVEL - 1) * found.standard_error
    return found.mean - half > -margin or found.mean + half < -margin
