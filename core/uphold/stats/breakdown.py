"""A judge's agreement with people on parts of the pairs: by tag, length, order, confidence, turn, and people's reasons.

Each part has the agreement of `stats.agreement`, weighted where the queue was. So many parts are looked at that some are low by
chance; nothing is tested here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from uphold.records.counts import MIN_FOR_RATE, JudgeGroups, PairGroup, Stratum
from uphold.records.judge_breakdown import BreakdownRow
from uphold.records.judge_parts import THIRDS, PartKind, RunPart
from uphold.records.statistics import Rate
from uphold.stats.agreement import ALL, observed_agreement, rated_pairs
from uphold.stats.intervals import no_rate

ONLY_COUNTED = "counts only: given where people disagree"

FEW = f"{MIN_FOR_RATE} needed for a rate"

_WHOLE = RunPart(PartKind.WHOLE, "all")


def compared_ids(groups: Mapping[int, PairGroup]) -> frozenset[int]:
    """Return the pairs on which judge and people are compared: those with a label and a readable verdict.

    `groups` has each pair by its id, as a group of its own.
    """
    return frozenset(pair_id for pair_id, group in groups.items() if rated_pairs([group]))


def breakdown(
    groups: Mapping[int, PairGroup], parts: Mapping[RunPart, Collection[int]], strata: Sequence[Stratum] = ALL
) -> dict[PartKind, tuple[BreakdownRow, ...]]:
    """Return the agreement on each part that has a compared pair, by kind; within a kind the worst first.

    Parts with enough pairs for a rate come first, by the rate; then the others, by how many pairs the judge is wrong on.
    """
    found: dict[PartKind, list[BreakdownRow]] = {}
    for part, ids in parts.items():
        row = part_row(part, [groups[number] for number in ids if number in groups], strata)
        if row.n:
            found.setdefault(part.kind, []).append(row)
    return {kind: tuple(sorted(rows, key=_worst_first)) for kind, rows in found.items()}


def whole_row(groups: Iterable[PairGroup], strata: Sequence[Stratum] = ALL) -> BreakdownRow:
    """Return the agreement on all pairs."""
    return part_row(_WHOLE, list(groups), strata)


def part_row(part: RunPart, groups: Sequence[PairGroup], strata: Sequence[Stratum]) -> BreakdownRow:
    """Return the agreement on the pairs of one part."""
    rated = rated_pairs(groups)
    right = sum(count for _, label, verdict, count in rated if label == verdict)
    n = sum(count for *_, count in rated)
    return BreakdownRow(part, right, n, _rate(part, n, groups, strata))


def _rate(part: RunPart, n: int, groups: Sequence[PairGroup], strata: Sequence[Stratum]) -> Rate:
    if part.kind is PartKind.REASON:
        return no_rate(n, ONLY_COUNTED, "wilson")
    if n < MIN_FOR_RATE:
        return no_rate(n, FEW, "wilson")
    return observed_agreement(JudgeGroups(0, "", "", "", tuple(groups)), strata)[0]


def _worst_first(row: BreakdownRow) -> tuple[bool, float, str]:
    if row.agreement.rate is None or row.n < MIN_FOR_RATE:
        return True, row.right - row.n, row.part.name
    return False, row.agreement.rate, row.part.name


def confidence_parts(confidences: Mapping[int, float], compared: Collection[int]) -> dict[RunPart, set[int]]:
    """Return thirds of the compared pairs by the judge's confidence; pairs of equal confidence are in one third.

    Pairs that are not compared are in the third in which their confidence lies. Empty without a compared pair that has one.
    """
    stated = Counter(confidences[pair_id] for pair_id in compared if pair_id in confidences)
    highest: dict[int, float] = {}
    below, total = 0, stated.total()
    for value, equal in sorted(stated.items()):
        highest[min(2, int(3 * (below + equal / 2) / total))] = value
        below += equal
    parts: dict[RunPart, set[int]] = {}
    for pair_id, value in confidences.items() if highest else ():
        third = next((at for at, bound in highest.items() if value <= bound), max(highest))
        parts.setdefault(RunPart(PartKind.CONFIDENCE, THIRDS[third]), set()).add(pair_id)
    return parts


def bounds_of(ids: Collection[int], confidences: Mapping[int, float]) -> tuple[float, float] | None:
    """Return the lowest and the highest confidence of some pairs, None where none has any."""
    stated = [confidences[pair_id] for pair_id in ids if pair_id in confidences]
    return (min(stated), max(stated)) if stated else None
