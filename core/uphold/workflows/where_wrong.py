"""A judge's agreement with people on a run by tag, length, order, confidence, turn and people's reasons.

Examples of the half of the set that is kept for tests are left out, unless a test has spent the pair: what is seen here is
what a judge is improved by.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from uphold.records.counts import PairGroup
from uphold.records.halves import Half
from uphold.records.judge_breakdown import JudgeBreakdown
from uphold.records.judge_parts import (
    BASELINE_LONGER,
    CANDIDATE_LONGER,
    ONE_ORDER,
    ORDERS_AGREE,
    ORDERS_DISAGREE,
    SAME_LENGTH,
    PartKind,
    RunPart,
)
from uphold.records.judgments import JudgeRef
from uphold.records.labels import VERDICT_CLASS
from uphold.records.runs import Run
from uphold.stats.breakdown import bounds_of, breakdown, compared_ids, confidence_parts, whole_row
from uphold.store import pair_parts
from uphold.store.certificates import spent_pairs
from uphold.store.counts import run_condition
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, run_judges
from uphold.store.overturned import overturned_pairs
from uphold.store.pair_columns import PairColumns, pair_groups, read_length_differences, read_pairs, read_verdicts
from uphold.store.runs import find_run
from uphold.workflows.halves import set_halves

_ALONE = (PartKind.TAG, PartKind.REASON)
"""Kinds whose parts say something even where there is a single one."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """The pairs of a run that may be looked at, each as a group of its own, and the parts they are taken into."""

    columns: PairColumns
    groups: Mapping[int, PairGroup]
    parts: Mapping[RunPart, Collection[int]]
    confidences: Mapping[int, float]
    locked: int


def breakdown_of(store: Store, run: Run, judge: JudgeRef | str | None = None) -> JudgeBreakdown | None:
    """Return where a judge is wrong on a run: that of the headline, or the one that is named; None where none has judged it.

    Raises BadUsage for a name that no judge has.
    """
    meant = judge if isinstance(judge, JudgeRef) else headline_judge(store, run, judge).shown
    if meant is None:
        return None
    taken = _take_apart(store, run, meant)
    strata = taken.columns.strata
    rows = {
        kind: tuple(replace(row, bounds=_bounds(taken, row.part)) for row in found)
        for kind, found in breakdown(taken.groups, taken.parts, strata).items()
        if len(found) > 1 or kind in _ALONE
    }
    return JudgeBreakdown(meant, whole_row(taken.groups.values(), strata), rows, taken.locked)


def breakdowns(store: Store, run: str) -> dict[int, JudgeBreakdown]:
    """Return where each judge of a run is wrong, by the judge's id."""
    found = find_run(store, run)
    each = ((judge.id, breakdown_of(store, found, judge)) for judge in run_judges(store, found.id))
    return {judge_id: one for judge_id, one in each if one is not None}


def pairs_of_part(store: Store, run: Run, judge: JudgeRef, part: RunPart) -> frozenset[int]:
    """Return the pairs that a row of the breakdown counts."""
    taken = _take_apart(store, run, judge)
    compared = compared_ids(taken.groups)
    return compared if part.kind is PartKind.WHOLE else compared & frozenset(taken.parts.get(part, ()))


def _bounds(taken: _Taken, part: RunPart) -> tuple[float, float] | None:
    if part.kind is not PartKind.CONFIDENCE:
        return None
    return bounds_of(compared_ids(taken.groups) & frozenset(taken.parts[part]), taken.confidences)


def _take_apart(store: Store, run: Run, judge: JudgeRef) -> _Taken:
    columns = read_pairs(store, run_condition(run))
    span = (columns.ids[0], columns.ids[-1]) if columns.ids else (0, -1)
    found = dict(pair_groups(columns, read_verdicts(store, judge, span)))
    locked = _locked(store, run, columns)
    groups = {pair_id: group for pair_id, group in found.items() if pair_id not in locked}
    confidences = pair_parts.mean_confidences(store, run, judge.id)
    confidences = {pair_id: value for pair_id, value in confidences.items() if pair_id in groups}
    compared = compared_ids(groups)
    parts = {**dict(_parts(store, run, groups)), **confidence_parts(confidences, compared)}
    parts |= _reasons(store, run, judge, columns, locked)
    return _Taken(columns, groups, parts, confidences, len(compared_ids(found)) - len(compared))


def _locked(store: Store, run: Run, columns: PairColumns) -> set[int]:
    """Return the pairs of the locked half that no test has spent."""
    halves = set_halves(store, run.set_id)
    spent = spent_pairs(store, run.set_id)
    rows = zip(columns.ids, columns.example_ids, strict=True)
    return {pair for pair, example in rows if halves[example] is Half.LOCKED and pair not in spent}


def _parts(store: Store, run: Run, groups: Mapping[int, PairGroup]) -> Iterable[tuple[RunPart, set[int]]]:
    """Yield the parts by tag, length, order and turn."""
    for tag, ids in pair_parts.pairs_by_tag(store, run).items():
        yield RunPart(PartKind.TAG, tag), ids
    lengths = read_length_differences(store, list(groups)) if groups else {}
    for name, sign in ((CANDIDATE_LONGER, 1), (BASELINE_LONGER, -1), (SAME_LENGTH, 0)):
        ids = {pair for pair, length in lengths.items() if (length > 0) - (length < 0) == sign}
        yield RunPart(PartKind.LENGTH, name), ids
    for name in (ORDERS_AGREE, ORDERS_DISAGREE, ONE_ORDER):
        yield RunPart(PartKind.ORDER, name), {pair for pair, group in groups.items() if _orders(group) == name}
    for turn, ids in pair_parts.pairs_by_turn(store, run).items():
        yield RunPart(PartKind.TURN, f"turn {turn}"), ids


def _orders(group: PairGroup) -> str | None:
    if group.verdict not in VERDICT_CLASS:
        return None
    if group.orders is None:
        return ONE_ORDER
    return ORDERS_AGREE if group.orders[0] == group.orders[1] else ORDERS_DISAGREE


def _reasons(
    store: Store, run: Run, judge: JudgeRef, columns: PairColumns, locked: Collection[int]
) -> dict[RunPart, set[int]]:
    """Return the pairs on which people overturned the judge, by the reason they gave."""
    rows = zip(columns.ids, columns.example_ids, strict=True)
    examples = {example for pair, example in rows if pair not in locked}
    found: dict[RunPart, set[int]] = {}
    for one in overturned_pairs(store, run.set_id, run, judge.id, examples):
        for reason in one.reasons:
            found.setdefault(RunPart(PartKind.REASON, reason), set()).add(one.pair_id)
    return found
