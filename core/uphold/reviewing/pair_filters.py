"""Filters and sorts the pairs of a list; without a store or a screen."""

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
    QuickFilter.STALE: lambda pair: pair.stale,
    QuickFilter.BROKEN: lambda pair: pair.broken,
    QuickFilter.JUDGE_LONGER: lambda pair: pair.read and _is_longer(_preference(pair.verdict), pair),
    QuickFilter.YOU_LONGER: lambda pair: pair.choice is not None and _is_longer(pair.choice.preference, pair),
}

_REVEALS_VERDICT = (QuickFilter.INCONSISTENT, QuickFilter.UNREADABLE)


def selected(
    pairs: Iterable[ListedPair],
    wanted: PairFilter,
    found: AbstractSet[int] | None = None,
    *,
    behind: AbstractSet[int] = frozenset(),
    blind: bool = False,
) -> list[ListedPair]:
    """Return the pairs that a filter lets through; `found` are the ids of a text search (None: there is no search).

    `behind` are the ids of the pairs behind the filter's number, if it has one. In a blind review (`blind`) no filter tells
    anything about the verdict of an unread pair.
    """
    test = _TESTS[wanted.only]
    kept = [pair for pair in pairs if test(pair) and (found is None or pair.pair_id in found)]
    if wanted.behind is not None:
        kept = [pair for pair in kept if pair.pair_id in behind]
    if blind and (wanted.only in _REVEALS_VERDICT or wanted.behind is not None):
        kept = [pair for pair in kept if pair.read]
    if wanted.verdict is not None:
        kept = [pair for pair in kept if pair.read and _compared(pair.verdict) is wanted.verdict]
    if wanted.choice is not None:
        kept = [pair for pair in kept if pair.choice is wanted.choice]
    if wanted.tag is not None:
        kept = [pair for pair in kept if wanted.tag in pair.tags]
    if wanted.reason is not None:
        kept = [pair for pair in kept if wanted.reason in pair.reasons]
    return kept


def ordered(pairs: Sequence[ListedPair], order: SortOrder) -> list[ListedPair]:
    """Return the pairs sorted; pairs that are not drawn into the queue yet come last in the order of the review."""
    if order is SortOrder.KEY:
        return sorted(pairs, key=lambda pair: (pair.key, pair.turn, pair.pair_id))
    if order is SortOrder.LATEST:
        return sorted(pairs, key=lambda pair: (-pair.rank, not pair.place, pair.place, pair.pair_id))
    if order is SortOrder.LENGTH_DIFFERENCE:
        return sorted(pairs, key=lambda pair: (-abs(pair.length_difference), pair.pair_id))
    return sorted(pairs, key=lambda pair: (not pair.place, pair.place, pair.pair_id))


def counts(pairs: Sequence[ListedPair], *, blind: bool = False) -> dict[QuickFilter, int]:
    """Return how many pairs each quick filter lets through."""
    return {only: len(selected(pairs, PairFilter(only), blind=blind)) for only in QuickFilter}


def _compared(verdict: Verdict | None) -> Preference | None:
    return verdict.compared_preference if verdict is not None else None


def _preference(verdict: Verdict | None) -> Preference | None:
    return verdict.preference if verdict is not None else None


def _is_longer(preferred: Preference | None, pair: ListedPair) -> bool:
    """Whether the preferred answer of a pair is the longer one."""
    if preferred is Preference.CANDIDATE:
        return pair.length_difference > 0
    return preferred is Preference.BASELINE and pair.length_difference < 0
