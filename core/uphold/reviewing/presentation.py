"""Which system stands on side A: drawn by seed, the same each time the same reviewer meets the same pair."""

import hashlib
from dataclasses import dataclass

from uphold.records.enums import BOTH_ORDERS, AnswerOrder, JudgmentStatus, Preference, Side, Verdict
from uphold.records.judgments import Judgment
from uphold.records.reviews import PairView
from uphold.records.texts import canonical


def side_a(seed: str, key: str, turn: int, contents: str, reviewer: str) -> Preference:
    """The system on side A for this reviewer."""
    drawn = hashlib.sha256(canonical([seed, key, turn, contents, reviewer]).encode()).digest()
    return Preference.CANDIDATE if drawn[0] & 1 else Preference.BASELINE


ITS_A_IS_YOUR_B = "its A is your B"


ORDER_NOT_RECORDED = "order not recorded"


@dataclass(frozen=True, slots=True)
class Reason:
    """A judge's own words, never rewritten; `side_of_a` is where its A stands on the screen."""

    text: str
    side_of_a: Side | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """What the judge row says: one reason (two where the orders disagree), and notes such as `its A is your B`."""

    reasons: tuple[Reason, ...]
    notes: tuple[str, ...] = ()


def first_shown(order: AnswerOrder) -> Preference | None:
    """The system that was the judge's A; None where that is not known."""
    return {AnswerOrder.CANDIDATE_FIRST: Preference.CANDIDATE, AnswerOrder.BASELINE_FIRST: Preference.BASELINE}.get(
        order
    )


def reason_shown(pair: PairView) -> ReasonShown:
    """The reason of the order whose A is the screen's A, else another with a note; both where the orders disagree."""
    if pair.judge is None:
        return ReasonShown(())
    said = [j for j in pair.judge.judgments if j.status is JudgmentStatus.READABLE and j.reason]
    if pair.judge.verdict is Verdict.INCONSISTENT:
        both = [_first(said, order) for order in _orders_by_screen(pair)]
        return ReasonShown(tuple(_reason(pair, j) for j in both if j is not None))
    fitting = [j for j in said if _agrees(j, pair.judge.verdict)] or said
    for order in _orders_by_screen(pair):
        found = _first(fitting, order)
        if found is not None:
            note = () if first_shown(order) is pair.side_a else (ITS_A_IS_YOUR_B,)
            return ReasonShown((_reason(pair, found),), note)
    if fitting:
        note = (ORDER_NOT_RECORDED,) if fitting[0].order is AnswerOrder.UNKNOWN else ()
        return ReasonShown((_reason(pair, fitting[0]),), note)
    return ReasonShown(())


def first_wins(pair: PairView) -> bool | None:
    """Of an inconsistent pair: did the answer shown first win in both orders? None where a tie is among its words."""
    words: dict[AnswerOrder, Preference | None] = {}
    for judgment in pair.judge.judgments if pair.judge else ():
        if judgment.status is JudgmentStatus.READABLE and judgment.order in BOTH_ORDERS:
            words.setdefault(judgment.order, judgment.verdict)
    if len(words) < 2 or Preference.TIE in words.values():
        return None
    return all(word is first_shown(order) for order, word in words.items())


def _orders_by_screen(pair: PairView) -> tuple[AnswerOrder, AnswerOrder]:
    """The order that showed the screen's A first, then the other."""
    return BOTH_ORDERS if pair.side_a is Preference.CANDIDATE else (BOTH_ORDERS[1], BOTH_ORDERS[0])


def _agrees(judgment: Judgment, verdict: Verdict) -> bool:
    return judgment.verdict is not None and judgment.verdict.value == verdict.value


def _first(said: list[Judgment], order: AnswerOrder) -> Judgment | None:
    return next((j for j in said if j.order is order), None)


def _reason(pair: PairView, judgment: Judgment) -> Reason:
    first = first_shown(judgment.order)
    return Reason(judgment.reason or "", pair.side_of(first) if first is not None else None)
