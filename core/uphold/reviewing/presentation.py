"""The presentation of a pair: which system is on side A, and which of a judge's reasons fit the sides on the screen."""

import hashlib
import re
from dataclasses import dataclass

from uphold.records.enums import BOTH_ORDERS, REFERENCE, AnswerOrder, JudgmentStatus, Preference, Side, Verdict
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.reviews import PairView
from uphold.records.texts import canonical

ITS_A_IS_YOUR_B = "its A is your B"

ORDER_NOT_RECORDED = "order not recorded"

WITH_NAMES = "its scores come with the names"
"""What stands in place of a rule's reason that would say which system is on which side."""

_SCORES_OF_BOTH = re.compile(r"\bcandidate (?P<candidate>[^,;]+), baseline (?P<baseline>[^,;]+)")
"""Where the reason of a rule names the scores of both systems."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A judge's reason, never rewritten; `side_of_a` is the side on the screen of what the judge calls A."""

    text: str
    side_of_a: Side | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """What is shown of a judge's reasons: one (two where the orders disagree), and notes such as `its A is your B`."""

    reasons: tuple[Reason, ...]
    notes: tuple[str, ...] = ()


def side_a(seed: str, key: str, turn: int, contents: str, reviewer: str) -> Preference:
    """Return the system on side A: drawn by hash, so that the same reviewer always has it on the same side."""
    digest = hashlib.sha256(canonical([seed, key, turn, contents, reviewer]).encode()).digest()
    return Preference.CANDIDATE if digest[0] & 1 else Preference.BASELINE


def first_shown(order: AnswerOrder) -> Preference | None:
    """Return the system that was shown to the judge first, as A; None where that is not known."""
    return {AnswerOrder.CANDIDATE_FIRST: Preference.CANDIDATE, AnswerOrder.BASELINE_FIRST: Preference.BASELINE}.get(
        order
    )


def rule_reason(pair: PairView, text: str) -> str | None:
    """Return the reason of a rule in the sides of the screen, A first; None where it cannot be told without the names.

    A rule speaks of candidate and baseline, and where one of the systems is the reference, its score says which one that is.
    """
    if REFERENCE in (pair.candidate, pair.baseline):
        return None
    found = _SCORES_OF_BOTH.search(text)
    if found is None:
        return None
    first, second = (found[pair.system_on(side).value] for side in (Side.A, Side.B))
    return f"{text[: found.start()]}A {first}, B {second}{text[found.end() :]}"


def reason_shown(pair: PairView, *, names_shown: bool = False) -> ReasonShown:
    """Return the reason of the order whose A is the screen's A, else another with a note; both where orders disagree.

    The reason of a rule is told in sides, or not at all, unless the names of the systems are shown (`names_shown`).
    """
    if pair.judge is None:
        return ReasonShown(())
    if pair.judge.kind == "rules" and not names_shown:
        return _rule_shown(pair, pair.judge)
    reasoned = [j for j in pair.judge.judgments if j.status is JudgmentStatus.READABLE and j.reason]
    if pair.judge.verdict is Verdict.INCONSISTENT:
        both = [_first_of(reasoned, order) for order in _orders_by_screen(pair)]
        return ReasonShown(tuple(_reason(pair, j) for j in both if j is not None))
    candidates = [j for j in reasoned if _agrees(j, pair.judge.verdict)] or reasoned
    for order in _orders_by_screen(pair):
        found = _first_of(candidates, order)
        if found is not None:
            notes = () if first_shown(order) is pair.side_a else (ITS_A_IS_YOUR_B,)
            return ReasonShown((_reason(pair, found),), notes)
    if candidates:
        notes = (ORDER_NOT_RECORDED,) if candidates[0].order is AnswerOrder.UNKNOWN else ()
        return ReasonShown((_reason(pair, candidates[0]),), notes)
    return ReasonShown(())


def _rule_shown(pair: PairView, judge: PairVerdict) -> ReasonShown:
    text = next((judgment.reason for judgment in judge.judgments if judgment.reason), None)
    if text is None:
        return ReasonShown(())
    told = rule_reason(pair, text)
    return ReasonShown((), (WITH_NAMES,)) if told is None else ReasonShown((Reason(told, None),))


def first_answer_won(pair: PairView) -> bool | None:
    """Whether the answer shown first won in both orders of an inconsistent pair; None where one verdict is a tie."""
    verdicts: dict[AnswerOrder, Preference | None] = {}
    for judgment in pair.judge.judgments if pair.judge else ():
        if judgment.status is JudgmentStatus.READABLE and judgment.order in BOTH_ORDERS:
            verdicts.setdefault(judgment.order, judgment.verdict)
    if len(verdicts) < 2 or Preference.TIE in verdicts.values():
        return None
    return all(verdict is first_shown(order) for order, verdict in verdicts.items())


def _orders_by_screen(pair: PairView) -> tuple[AnswerOrder, AnswerOrder]:
    """Return the order that showed the screen's A first, then the other."""
    return BOTH_ORDERS if pair.side_a is Preference.CANDIDATE else (BOTH_ORDERS[1], BOTH_ORDERS[0])


def _agrees(judgment: Judgment, verdict: Verdict) -> bool:
    return judgment.verdict is not None and judgment.verdict.value == verdict.value


def _first_of(judgments: list[Judgment], order: AnswerOrder) -> Judgment | None:
    return next((j for j in judgments if j.order is order), None)


def _reason(pair: PairView, judgment: Judgment) -> Reason:
    first = first_shown(judgment.order)
    return Reason(judgment.reason or "", pair.side_of(first) if first is not None else None)
