"""Advises which queue to read next, and why; from verdicts and labels alone, without any text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.formatting import count, count_noun, noun, of_n
from uphold.records.counts import MIN_FOR_ASSISTED
from uphold.records.enums import Preference, QueueKind, Verdict
from uphold.reviewing.queue_order import DOUBTFUL, FLIPPED_ORDERS, Stratum

MIN_LABELLED = 5
"""With fewer labelled pairs it does not count how often people differ from the judge there."""


@dataclass(frozen=True, slots=True)
class PairOutlook:
    """What advice takes from one pair; `label` is what all reviewers' decisions amount to, `read`: by this reviewer."""

    stratum: Stratum
    verdict: Verdict | None
    label: Preference | None
    read: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """A queue to read next (None: nothing is left to read), the reason as a sentence, and how many pairs are unread."""

    queue: str | None
    why: str
    unread: int = 0


def advice(pairs: Sequence[PairOutlook], disputes: int, *, judged: bool) -> Advice:
    """Return which queue to read next; `disputes` counts open ones, `judged` says whether a judge has read the run."""
    unread = [pair for pair in pairs if not pair.read]
    if not unread:
        if disputes:
            return Advice(QueueKind.DISPUTED, f"Every pair is read; people differ on {_count_pairs(disputes)}.")
        return Advice(None, "Every pair is read, and no dispute is open.")
    labelled = sum(pair.label is not None for pair in pairs)
    if not judged:
        return Advice(QueueKind.RANDOM, "No judge has read this run: any sample brings the same.", len(unread))
    if labelled < MIN_FOR_ASSISTED:
        missing = count_noun(MIN_FOR_ASSISTED - labelled, "more verdict")
        return Advice(QueueKind.RANDOM, f"{missing} and the judge helps: a plain sample gets there.", len(unread))
    return _by_doubt(pairs, unread)


def _by_doubt(pairs: Iterable[PairOutlook], unread: Sequence[PairOutlook]) -> Advice:
    """Advise the uncertain queue, unless people differ from the judge no more often on doubtful pairs than elsewhere."""
    flipped = sum(pair.stratum is FLIPPED_ORDERS for pair in unread)
    doubtful = sum(pair.stratum is DOUBTFUL for pair in unread)
    if not flipped + doubtful:
        why = "No unread pair is in doubt: a plain sample brings as much as any."
        return Advice(QueueKind.RANDOM, why, len(unread))
    inside, outside = _count_differing(pairs, in_doubt=True), _count_differing(pairs, in_doubt=False)
    if _is_no_worse(inside, outside):
        why = f"Where the judge is in doubt people differ no more: {of_n(*inside)}, elsewhere {of_n(*outside)}."
        return Advice(QueueKind.RANDOM, why, len(unread))
    differing = f": people part with the judge on {of_n(*inside)} such, elsewhere on {of_n(*outside)}"
    return Advice(
        QueueKind.UNCERTAIN, f"{_unread_in_doubt(flipped, doubtful)}{differing if inside[1] else ''}.", len(unread)
    )


def _unread_in_doubt(flipped: int, doubtful: int) -> str:
    """Return how many unread pairs are in doubt, and why they are."""
    if not doubtful:
        return f"{_count_pairs(flipped)} whose orders disagree {noun(flipped, 'is', 'are')} unread"
    unsure = "where the judge is unsure or judges split"
    if not flipped:
        return f"{_count_pairs(doubtful)} {unsure} {noun(doubtful, 'is', 'are')} unread"
    return f"{_count_pairs(flipped)} whose orders disagree and {count(doubtful)} {unsure} are unread"


def _count_differing(pairs: Iterable[PairOutlook], *, in_doubt: bool) -> tuple[int, int]:
    """Return (pairs on which label and verdict differ, pairs that have both) among those in doubt, or the others."""
    compared = [
        (pair.label, pair.verdict.compared_preference)
        for pair in pairs
        if pair.label is not None
        and pair.verdict is not None
        and (pair.stratum in (FLIPPED_ORDERS, DOUBTFUL)) is in_doubt
        and pair.verdict.compared_preference is not None
    ]
    return sum(label is not preference for label, preference in compared), len(compared)


def _is_no_worse(inside: tuple[int, int], outside: tuple[int, int]) -> bool:
    """Whether the share of differing pairs is no higher inside; False where either has too few pairs to tell."""
    if min(inside[1], outside[1]) < MIN_LABELLED:
        return False
    return inside[0] * outside[1] <= outside[0] * inside[1]


def _count_pairs(number: int) -> str:
    return count_noun(number, "pair")
