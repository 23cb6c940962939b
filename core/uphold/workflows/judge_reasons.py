"""The reasons and notes that people gave when they overturned a judge, in the development half of a set."""

from dataclasses import dataclass

from uphold.records.judge_clauses import NamedPair, ReasonCount
from uphold.records.judgments import JudgeRef
from uphold.store.database import Store
from uphold.store.overturned import OverturnedPair, overturned_pairs
from uphold.workflows.decided_half import PairScope, development_examples


@dataclass(frozen=True, slots=True)
class OverturnedReasons:
    """The reasons given against a judge, the most frequent first; `overturned` pairs in all, `without_reason` of them."""

    judge: JudgeRef
    reasons: tuple[ReasonCount, ...]
    overturned: int
    without_reason: int


def overturned_reasons(store: Store, scope: PairScope, judge: JudgeRef) -> OverturnedReasons:
    """Return why people overturned a judge on the development half of a scope, by reason."""
    found = overturned_in_development(store, scope, judge)
    pairs: dict[tuple[str, bool], dict[int, NamedPair]] = {}
    for one in found:
        for key in _said(one):
            pairs.setdefault(key, {})[one.pair_id] = NamedPair(one.run, one.key, one.turn)
    reasons = [ReasonCount(reason, tuple(named.values()), is_note) for (reason, is_note), named in pairs.items()]
    reasons.sort(key=lambda one: (one.is_note, -one.count, one.reason))
    everywhere = {one.pair_id for one in found}
    said = {one.pair_id for one in found if one.reasons or one.note}
    return OverturnedReasons(judge, tuple(reasons), len(everywhere), len(everywhere - said))


def overturned_in_development(store: Store, scope: PairScope, judge: JudgeRef) -> list[OverturnedPair]:
    """Return the decisions against a judge's verdicts in the development half."""
    examples = development_examples(store, scope.set_id)
    return overturned_pairs(store, scope.set_id, scope.run, judge.id, examples)


def _said(one: OverturnedPair) -> list[tuple[str, bool]]:
    """Return (reason, whether it is a note) of a decision."""
    reasons = [(reason, False) for reason in dict.fromkeys(one.reasons)]
    return [*reasons, (one.note, True)] if one.note else reasons
