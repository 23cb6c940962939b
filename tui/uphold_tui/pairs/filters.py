"""The ways to narrow a list of pairs: in one row with their counts, and all of them to choose from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from textual.content import Content

from uphold.records.enums import Choice, Preference, QuickFilter
from uphold.records.pair_list import ListedPair, PairFilter
from uphold.reviewing.pair_filters import selected
from uphold_tui import safe_text
from uphold_tui.dialogs.commands import Command
from uphold_tui.pairs.rows import SystemNames
from uphold_tui.themes import BOLD, FAINT, MUTED
from uphold_tui.widgets.rows import clickable

IN_ROW = (
    QuickFilter.ALL,
    QuickFilter.UNREAD,
    QuickFilter.UPHELD,
    QuickFilter.OVERTURNED,
    QuickFilter.DECIDED,
    QuickFilter.INCONSISTENT,
    QuickFilter.FLAGGED,
    QuickFilter.NOTED,
    QuickFilter.SKIPPED,
    QuickFilter.UNREADABLE,
    QuickFilter.BROKEN,
)
"""Those of the row, in its order; from the end on they drop out where there is no room."""


_ALWAYS = (QuickFilter.ALL, QuickFilter.UNREAD)


def offered(counts: Mapping[QuickFilter, int], chosen: QuickFilter) -> list[QuickFilter]:
    """Those that leave something, and the chosen one."""
    return [only for only in IN_ROW if only in _ALWAYS or only is chosen or counts.get(only)] + (
        [chosen] if chosen not in IN_ROW else []
    )


def next_only(counts: Mapping[QuickFilter, int], chosen: QuickFilter, step: int) -> QuickFilter:
    """The neighbour of the chosen one."""
    there = offered(counts, chosen)
    return there[(there.index(chosen) + step) % len(there)]


def filter_row(counts: Mapping[QuickFilter, int], chosen: QuickFilter, width: int) -> Content:
    """`All 200   Unread 163`, the chosen one bold and underlined; the last ones drop out where there is no room."""
    there = offered(counts, chosen)
    for gap in (4, 3, 2):
        made = [_entry(only, counts, only is chosen) for only in there]
        if _length(made, gap) <= width:
            break
    while len(there) > 1 and _length(made, gap) > width:
        last = next(place for place in reversed(range(len(there))) if there[place] is not chosen)
        del there[last], made[last]
    return Content(" " * gap).join(made)


def _length(made: Sequence[Content], gap: int) -> int:
    return sum(one.cell_length for one in made) + gap * (len(made) - 1)


def _entry(only: QuickFilter, counts: Mapping[QuickFilter, int], is_chosen: bool) -> Content:
    number = f" {counts[only]:,}" if only in counts else ""
    word = only.value.capitalize()
    if is_chosen:
        made = Content.assemble((word, f"{BOLD} underline"), (number, BOLD))
    else:
        made = Content.assemble((word, MUTED), (number, FAINT))
    return clickable(made, f"narrow('{only.name}')")


def chips(wanted: PairFilter, names: SystemNames) -> Iterator[str]:
    """What else is wanted, in words."""
    if wanted.judge is not None:
        yield f"judge: {names.of_preference(wanted.judge)}"
    if wanted.you is not None:
        yield f"you: {names.of_choice(wanted.you)}"
    if wanted.people is not None:
        yield f"people: {names.of_preference(wanted.people)}"
    if wanted.tag is not None:
        yield safe_text.safe_line(wanted.tag)
    if wanted.reason is not None:
        yield f"why: {safe_text.safe_line(wanted.reason)}"


def choices(
    pairs: Sequence[ListedPair], wanted: PairFilter, names: SystemNames, *, blind: bool = False
) -> list[tuple[Command, PairFilter]]:
    """Every way to narrow, with how many pairs it leaves of all; one that is chosen already is taken off again."""
    ways: list[tuple[str, PairFilter, PairFilter]] = []
    for only in QuickFilter:
        ways.append((f"{only} pairs" if only in _ALWAYS else str(only), PairFilter(only), replace(wanted, only=only)))
    for preferred in Preference:
        turned = replace(wanted, judge=None if wanted.judge is preferred else preferred)
        ways.append((f"judge says {names.of_preference(preferred)}", PairFilter(judge=preferred), turned))
    for choice in Choice:
        turned = replace(wanted, you=None if wanted.you is choice else choice)
        ways.append((f"I say {names.of_choice(choice)}", PairFilter(you=choice), turned))
    for tag in sorted({tag for pair in pairs for tag in pair.tags}):
        turned = replace(wanted, tag=None if wanted.tag == tag else tag)
        ways.append((f"tag {safe_text.safe_line(tag)}", PairFilter(tag=tag), turned))
    for reason in sorted({reason for pair in pairs for reason in pair.reasons}):
        turned = replace(wanted, reason=None if wanted.reason == reason else reason)
        ways.append((f"reason {safe_text.safe_line(reason)}", PairFilter(reason=reason), turned))
    counted = [(words, len(selected(pairs, alone, blind=blind)), turned) for words, alone, turned in ways]
    kept = [(words, number, turned) for words, number, turned in counted if number]
    return [
        (Command(words, f"want({place})", (f"{number:,}",)), turned)
        for place, (words, number, turned) in enumerate(kept)
    ]
