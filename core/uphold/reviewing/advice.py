"""Which queue brings most just now, and why: from what is known of the pairs, without a look at any text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold.records.enums import Preference, Verdict
from uphold.records.statistics import MIN_FOR_ASSISTED
from uphold.reviewing.queue_order import DOUBTFUL, FLIPPED_ORDERS, Stratum

RANDOM, UNCERTAIN, DISPUTED = "random", "uncertain", "disputed"


LEAST_SEEN = 5
"""From so many labelled pairs on it counts whether people part with the judge where it is in doubt."""


@dataclass(frozen=True, slots=True)
class PairOutlook:
    """One pair, as far as it matters here; `verdict` is the judge's, `label` what people say together."""

    stratum: Stratum
    verdict: Verdict | None
    label: Preference | None
    read: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """A queue to read next (None: nothing is left to read), the reason in a sentence, and the pairs unread in the run."""

    queue: str | None
    why: str
    unread: int = 0


def advice(pairs: Sequence[PairOutlook], disputes: int, *, judged: bool) -> Advice:
    """What to read next; `disputes` are open ones, `judged` says whether a judge has read the run."""
    unread = [pair for pair in pairs if not pair.read]
    if not unread:
        if disputes:
            return Advice(DISPUTED, f"Every pair is read; people differ on {_pairs(disputes)}.")
        return Advice(None, "Every pair is read, and no dispute is open.")
    there = sum(pair.label is not None for pair in pairs)
    if not judged:
        return Advice(RANDOM, "No judge has read this run: any sample brings the same.", len(unread))
    if there < MIN_FOR_ASSISTED:
        more = MIN_FOR_ASSISTED - there
        words = f"{more} more {'verdict' if more == 1 else 'verdicts'} and the judge helps: a plain sample gets there."
        return Advice(RANDOM, words, len(unread))
    return _by_doubt(pairs, unread)


def _by_doubt(pairs: Iterable[PairOutlook], unread: Sequence[PairOutlook]) -> Advice:
    flipped = sum(pair.stratum is FLIPPED_ORDERS for pair in unread)
    doubtful = sum(pair.stratum is DOUBTFUL for pair in unread)
    if not flipped + doubtful:
        return Advice(RANDOM, "No unread pair is in doubt: a plain sample brings as much as any.", len(unread))
    inside, outside = _parted(pairs, in_doubt=True), _parted(pairs, in_doubt=False)
    if _is_no_worse(inside, outside):
        words = f"Where the judge is in doubt people differ no more: {_share(inside)}, elsewhere {_share(outside)}."
        return Advice(RANDOM, words, len(unread))
    seen = f": people part with the judge on {_share(inside)} such, elsewhere on {_share(outside)}" if inside[1] else ""
    return Advice(UNCERTAIN, f"{_waiting(flipped, doubtful)}{seen}.", len(unread))


def _waiting(flipped: int, doubtful: int) -> str:
    """How many unread pairs are in doubt, and in which."""
    if not doubtful:
        return f"{_pairs(flipped)} whose orders disagree {'is' if flipped == 1 else 'are'} unread"
    unsure = "where the judge is unsure or judges split"
    if not flipped:
        return f"{_pairs(doubtful)} {unsure} {'is' if doubtful == 1 else 'are'} unread"
    return f"{_pairs(flipped)} whose orders disagree and {doubtful:,} {unsure} are unread"


def _parted(pairs: Iterable[PairOutlook], *, in_doubt: bool) -> tuple[int, int]:
    """(pairs on which people and the judge differ, labelled pairs) where it was in doubt, or elsewhere."""
    labelled = [
        pair
        for pair in pairs
        if pair.label is not None
        and pair.verdict is not None
        and _is_in_doubt(pair) is in_doubt
        and _said(pair.verdict)
    ]
    return sum(_said(pair.verdict) is not pair.label for pair in labelled), len(labelled)


def _is_in_doubt(pair: PairOutlook) -> bool:
    return pair.stratum in (FLIPPED_ORDERS, DOUBTFUL)


def _said(verdict: Verdict | None) -> Preference | None:
    """A verdict as it is compared with people: inconsistent counts as a tie."""
    if verdict is Verdict.INCONSISTENT:
        return Preference.TIE
    return verdict.preference if verdict is not None else None


def _is_no_worse(inside: tuple[int, int], outside: tuple[int, int]) -> bool:
    if min(inside[1], outside[1]) < LEAST_SEEN:
        return False
    return inside[0] * outside[1] <= outside[0] * inside[1]


def _share(counts: tuple[int, int]) -> str:
    return f"{counts[0]:,} of {counts[1]:,}"


def _pairs(number: int) -> str:
    return f"{number:,} {'pair' if number == 1 else 'pairs'}"
