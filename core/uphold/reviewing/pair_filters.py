"""A list of pairs, narrowed and put in order: plain functions that know no store and no screen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from uphold.records.enums import Preference, QuickFilter, Ruling, SortOrder, Verdict
from uphold.records.pair_list import ListedPair, PairFilter

_TESTS: Mapping[QuickFilter, Callable[[ListedPair], bool]] = {
    QuickFilter.ALL: lambda pair: True,
    QuickFilter.UNREAD: lambda pair: not pair.read and not pair.broken,
    QuickFilter.READ: lambda pair: pair.read,
    QuickFilter.UPHELD: lambda pair: pair.ruling is Ruling.UPHELD,
    QuickFilter.OVERTURNED: lambda pair: pair.ruling is Ruling.OVERTURNED,
    QuickFilter.DECIDED: lambda pair: pair.ruling is Ruling.DECIDED,
    QuickFilter.INCONSISTENT: lambda pair: pair.verdict is Verdict.INCONSISTENT,
    QuickFilter.UNREADABLE: lambda pair: pair.verdict in (Verdict.UNREADABLE, Verdict.FAILED),
    QuickFilter.FLAGGED: lambda pair: pair.flagged,
    QuickFilter.NOTED: lambda pair: pair.note is not None,
    QuickFilter.SKIPPED: lambda pair: pair.skipped,
    QuickFilter.BROKEN: lambda pair: pair.broken,
    QuickFilter.JUDGE_LONGER: lambda pair: pair.read and _is_longer(_preferred(pair), pair.apart),
    QuickFilter.YOU_LONGER: lambda pair: pair.choice is not None and _is_longer(pair.choice.preference, pair.apart),
}


_OF_THE_JUDGE = (QuickFilter.INCONSISTENT, QuickFilter.UNREADABLE)


def selected(
    pairs: Iterable[ListedPair], wanted: PairFilter, found: AbstractSet[int] | None = None, *, blind: bool = False
) -> list[ListedPair]:
    """The pairs that are wanted; `found` are those that hold the text looked for (None: nothing is looked for).

    Where reviews are `blind`, nothing is known of what a judge says before the own decision.
    """
    test = _TESTS[wanted.only]
    kept = [pair for pair in pairs if test(pair) and (found is None or pair.pair_id in found)]
    if blind and wanted.only in _OF_THE_JUDGE:
        kept = [pair for pair in kept if pair.read]
    if wanted.judge is not None:
        kept = [pair for pair in kept if pair.read and _counted(pair.verdict) is wanted.judge]
    if wanted.you is not None:
        kept = [pair for pair in kept if pair.choice is wanted.you]
    if wanted.people is not None:
        kept = [pair for pair in kept if pair.read and not pair.broken and pair.label is wanted.people]
    if wanted.tag is not None:
        kept = [pair for pair in kept if wanted.tag in pair.tags]
    if wanted.reason is not None:
        kept = [pair for pair in kept if wanted.reason in pair.reasons]
    return kept


def behind(pairs: Iterable[ListedPair], wanted: PairFilter) -> int:
    """How many pairs a figure about `wanted.people` stands on, read by this reviewer or not."""
    return sum(
        (wanted.people is None or pair.label is wanted.people)
        and (wanted.judge is None or _counted(pair.verdict) is wanted.judge)
        and pair.label is not None
        and not pair.broken
        for pair in pairs
    )


def ordered(pairs: Sequence[ListedPair], order: SortOrder) -> list[ListedPair]:
    """The pairs in an order; pairs that the queue does not have yet come last."""
    if order is SortOrder.KEY:
        return sorted(pairs, key=lambda pair: (pair.key, pair.turn, pair.pair_id))
    if order is SortOrder.LATEST:
        return sorted(pairs, key=lambda pair: (-pair.rank, not pair.place, pair.place, pair.pair_id))
    if order is SortOrder.APART:
        return sorted(pairs, key=lambda pair: (-abs(pair.apart), pair.pair_id))
    return sorted(pairs, key=lambda pair: (not pair.place, pair.place, pair.pair_id))


def counts(pairs: Sequence[ListedPair], *, blind: bool = False) -> dict[QuickFilter, int]:
    """How many pairs each way of narrowing leaves."""
    return {only: len(selected(pairs, PairFilter(only), blind=blind)) for only in QuickFilter}


def _counted(verdict: Verdict | None) -> Preference | None:
    """The verdict as it is compared with people: inconsistent counts as a tie."""
    if verdict is Verdict.INCONSISTENT:
        return Preference.TIE
    return verdict.preference if verdict is not None else None


def _preferred(pair: ListedPair) -> Preference | None:
    return pair.verdict.preference if pair.verdict is not None else None


def _is_longer(preferred: Preference | None, apart: int) -> bool:
    """Is the answer preferred the longer one?"""
    return (preferred is Preference.CANDIDATE and apart > 0) or (preferred is Preference.BASELINE and apart < 0)
