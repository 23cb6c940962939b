"""The row of quick filters above a list, each with how many it leaves."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from textual.content import Content

from uphold.formatting import count
from uphold_tui.themes import BOLD, FAINT, MUTED
from uphold_tui.widgets.rows import clickable

Filter = TypeVar("Filter", bound=StrEnum)


def next_filter(offered: Sequence[Filter], chosen: Filter, step: int) -> Filter:
    """Return the quick filter `step` entries after the chosen one, going round."""
    return offered[(offered.index(chosen) + step) % len(offered)]


def filter_row(offered: Sequence[Filter], counts: Mapping[Filter, int], chosen: Filter, width: int) -> Content:
    """Return `All 200   Unread 163 ...`, the chosen one bold and underlined, in at most `width` cells.

    Where there is too little room the last ones drop out. A click calls the screen's `quick_filter` with a filter's name.
    """
    kept = list(offered)
    entries = [_entry(only, counts, only is chosen) for only in kept]
    gap = next((gap for gap in (4, 3) if _length(entries, gap) <= width), 2)
    while len(kept) > 1 and _length(entries, gap) > width:
        last = next(index for index in reversed(range(len(kept))) if kept[index] is not chosen)
        del kept[last], entries[last]
    return Content(" " * gap).join(entries)


def _length(entries: Sequence[Content], gap: int) -> int:
    return sum(content.cell_length for content in entries) + gap * (len(entries) - 1)


def _entry(only: Filter, counts: Mapping[Filter, int], is_chosen: bool) -> Content:
    number = f" {count(counts[only])}" if only in counts else ""
    name = only.value.capitalize()
    if is_chosen:
        content = Content.assemble((name, f"{BOLD} underline"), (number, BOLD))
    else:
        content = Content.assemble((name, MUTED), (number, FAINT))
    return clickable(content, f"quick_filter('{only.name}')")
