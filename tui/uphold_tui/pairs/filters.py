"""The filters of a list of pairs: quick filters in one row with their counts, and all filters to choose from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from uphold.formatting import count
from uphold.records.enums import Choice, Preference, QuickFilter
from uphold.records.judge_parts import PartKind
from uphold.records.pair_list import Behind, ListedPair, PairFilter, PairsBehind
from uphold.reviewing.pair_filters import selected
from uphold_tui import safe_text
from uphold_tui.dialogs.commands import Command
from uphold_tui.pairs.rows import SystemNames

_IN_ROW = (
    QuickFilter.ALL,
    QuickFilter.UNREAD,
    QuickFilter.UPHELD,
    QuickFilter.OVERTURNED,
    QuickFilter.DECIDED,
    QuickFilter.INCONSISTENT,
    QuickFilter.FLAGGED,
    QuickFilter.NOTED,
    QuickFilter.SKIPPED,
    QuickFilter.STALE,
    QuickFilter.UNREADABLE,
    QuickFilter.BROKEN,
)
"""The quick filters of the row, in its order; the last ones drop out where there is no room."""

_REVIEWER_NAME = 16
"""Characters of a reviewer's name in a description."""

_ALWAYS = (QuickFilter.ALL, QuickFilter.UNREAD)
"""Offered even where they leave no pair."""


def offered_filters(counts: Mapping[QuickFilter, int], chosen: QuickFilter) -> list[QuickFilter]:
    """Return the quick filters that leave some pair, and the chosen one."""
    in_row = [only for only in _IN_ROW if only in _ALWAYS or only is chosen or counts.get(only)]
    return in_row if chosen in _IN_ROW else [*in_row, chosen]


def chips(pair_filter: PairFilter, names: SystemNames) -> Iterator[str]:
    """Describe what the filter asks for beside its quick filter, one part at a time."""
    if pair_filter.behind is not None:
        yield from _behind_chips(pair_filter.behind, names)
    if pair_filter.verdict is not None:
        yield f"judge: {names.of_preference(pair_filter.verdict)}"
    if pair_filter.choice is not None:
        yield f"you: {names.of_choice(pair_filter.choice)}"
    if pair_filter.tag is not None:
        yield safe_text.safe_line(pair_filter.tag)
    if pair_filter.reason is not None:
        yield f"why: {safe_text.safe_line(pair_filter.reason)}"


def _behind_chips(behind: PairsBehind, names: SystemNames) -> Iterator[str]:
    """Describe the pairs behind a number: what it counts, or the cell of people against judge."""
    if behind.label is not None and behind.verdict is not None:
        yield f"people: {names.of_preference(behind.label)}"
        yield f"judge: {names.of_preference(behind.verdict)}"
    elif behind.part is not None:
        whole = behind.part.kind is PartKind.WHOLE
        yield str(Behind.COMPARED) if whole else f"{behind.part.kind}: {safe_text.safe_line(behind.part.name)}"
    elif behind.reviewers:
        who = " and ".join(safe_text.safe_line(name)[:_REVIEWER_NAME] for name in behind.reviewers)
        yield f"read by {who}" if behind.kind is Behind.SHARED else f"{who}: {behind.kind}"
    elif behind.kind is not Behind.COUNTED:
        yield str(behind.kind)


def choices(
    pairs: Sequence[ListedPair],
    current: PairFilter,
    names: SystemNames,
    *,
    blind: bool = False,
    tags_only: bool = False,
) -> list[tuple[Command, PairFilter]]:
    """Return every filter that leaves some pair, as a command with that number, and the whole filter once it is chosen.

    A criterion is combined with those of the current filter; one that is there already is taken off. `tags_only` leaves
    out all but the tags.
    """
    tags = list(_tag_criteria(pairs, current))
    offered = tags if tags_only else [*_criteria(current, names), *tags, *_reason_criteria(pairs, current)]
    counted = [(words, len(selected(pairs, alone, blind=blind)), toggled) for words, alone, toggled in offered]
    useful = [(words, number, toggled) for words, number, toggled in counted if number]
    return [
        (Command(words, f"apply_filter({index})", (count(number),)), toggled)
        for index, (words, number, toggled) in enumerate(useful)
    ]


Criterion = tuple[str, PairFilter, PairFilter]
"""Words, the criterion alone, and the whole filter once it is chosen."""


def _criteria(current: PairFilter, names: SystemNames) -> Iterator[Criterion]:
    """Yield quick filters, verdicts and decisions."""
    for only in QuickFilter:
        words = f"{only} pairs" if only in _ALWAYS else str(only)
        yield words, PairFilter(only), replace(current, only=only)
    for preferred in Preference:
        toggled = replace(current, verdict=None if current.verdict is preferred else preferred)
        yield f"judge says {names.of_preference(preferred)}", PairFilter(verdict=preferred), toggled
    for choice in Choice:
        toggled = replace(current, choice=None if current.choice is choice else choice)
        yield f"you say {names.of_choice(choice)}", PairFilter(choice=choice), toggled


def _tag_criteria(pairs: Sequence[ListedPair], current: PairFilter) -> Iterator[Criterion]:
    for tag in sorted({tag for pair in pairs for tag in pair.tags}):
        toggled = replace(current, tag=None if current.tag == tag else tag)
        yield f"tag {safe_text.safe_line(tag)}", PairFilter(tag=tag), toggled


def _reason_criteria(pairs: Sequence[ListedPair], current: PairFilter) -> Iterator[Criterion]:
    for reason in sorted({reason for pair in pairs for reason in pair.reasons}):
        toggled = replace(current, reason=None if current.reason == reason else reason)
        yield f"reason {safe_text.safe_line(reason)}", PairFilter(reason=reason), toggled
