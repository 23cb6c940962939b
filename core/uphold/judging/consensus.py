"""From judgments to a verdict."""

from collections import Counter
from collections.abc import Iterable, Mapping

from uphold.records.judged import Judgment
from uphold.records.words import Order, Preference, Status, Verdict


def consensus(judgments: Iterable[Judgment], asked: Mapping[Order, int] | None) -> Verdict:
    """What one judge's judgments on one pair amount to.

    `asked` is the number of samples asked for in each order; None (a judge recorded elsewhere) takes the orders and
    samples that are there. Over the orders: any failed, else any unreadable, else any missing (pending), else the word
    that they all say, else inconsistent (a tie is a word like the others). A sample that failed and was settled later
    counts as settled.
    """
    by_order: dict[Order, dict[int, list[Judgment]]] = {}
    for judgment in judgments:
        by_order.setdefault(judgment.order, {}).setdefault(judgment.sample, []).append(judgment)
    if asked is None:
        asked = {order: len(samples) for order, samples in by_order.items()}
    verdicts = {_of_order(by_order.get(order, {}), samples) for order, samples in asked.items()}
    for outcome in (Verdict.FAILED, Verdict.UNREADABLE, Verdict.PENDING):
        if outcome in verdicts:
            return outcome
    if not verdicts:
        return Verdict.PENDING
    return verdicts.pop() if len(verdicts) == 1 else Verdict.INCONSISTENT


def _of_order(samples: Mapping[int, list[Judgment]], asked: int) -> Verdict:
    if len(samples) < max(asked, 1):
        return Verdict.PENDING
    settled = [_settled(judgments) for judgments in samples.values()]
    votes = Counter(judgment.verdict for judgment in settled if judgment.verdict is not None)
    if votes:
        return Verdict(_most(votes).value)
    failed = any(judgment.status is Status.FAILED for judgment in settled)
    return Verdict.FAILED if failed else Verdict.UNREADABLE


def _settled(judgments: list[Judgment]) -> Judgment:
    return next((judgment for judgment in judgments if judgment.status is not Status.FAILED), judgments[-1])


def _most(votes: Counter[Preference]) -> Preference:
    (first, most), *others = votes.most_common(2)
    drawn = bool(others) and others[0][1] == most
    return Preference.TIE if drawn else first
