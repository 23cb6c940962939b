"""Bars of coverage by tag: examples in the set, taken now, and wanted, the thin tags first."""

from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import count
from uphold.records.proposals import TagCoverage
from uphold.workflows.proposal_session import SetCounts, Tally
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, MID, MUTED, RULE
from uphold_tui.widgets.rows import spread

_NAME = 14
"""Cells of a tag's name and the blanks behind it."""

_NUMBERS = 18
"""Cells of `  6  +1 of 12`."""

_GAP = 5

_LEGEND = Content.assemble(
    ("━", ""), (" in the set   ", MUTED), ("━", MID), (" taken now   ", MUTED), ("─", RULE), (" wanted", MUTED)
)


@dataclass(frozen=True, slots=True)
class CoverageState:
    """What the panel shows: the set as it was opened, what was taken now by tag, and the tags of the proposal at hand."""

    counts: SetCounts
    taken: tuple[tuple[str, int], ...]
    tags: tuple[str, ...]
    tally: Tally


class CoveragePanel(Widget):
    """The panel below the proposal; its tags keep their places from one proposal to the next."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._state = CoverageState(SetCounts(), (), (), Tally())

    def show(self, state: CoverageState) -> None:
        """Show this coverage."""
        if state != self._state:
            self._state = state
            self.refresh()

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        rows = [self._head(width), *self._tags(width, height - 1)]
        return Content("\n").join(rows[:height])

    def _head(self, width: int) -> Content:
        lacking, tally = self._lacking(), self._state.tally
        words = "   by tag" if lacking is None else f"   by tag: {count(lacking) if lacking else 'no'} more wanted"
        left = Content.assemble(("Coverage", BOLD), (words, MUTED))
        facts = f"{count(tally.taken)} taken   {count(tally.left)} left out   {count(tally.waiting)} to go"
        return spread(left, Content.styled(facts, MUTED), width)

    def _lacking(self) -> int | None:
        """Return how many the tags lack, without what was taken now; None where nothing is said to be wanted."""
        counts, taken = self._state.counts, dict(self._state.taken)
        if counts.lacking is None:
            return None
        filled = (min(taken.get(one.tag, 0), max((one.wanted or 0) - one.have, 0)) for one in counts.tags)
        return max(counts.lacking - sum(filled), 0)

    def _tags(self, width: int, height: int) -> list[Content]:
        """Return the tags in as many columns as there is room for, from top to bottom, then from left to right."""
        tags, taken = self._state.counts.tags, dict(self._state.taken)
        if not tags:
            words = "neither the set nor the pool has a tag"
            return [Content.styled(words, MUTED)] if height > 0 else []
        columns = 1 if width < 60 else 2 if width < 150 else 3
        room = (width - _GAP * (columns - 1)) // columns
        slots = max(columns * height, 1)
        shown = tags[:slots] if len(tags) <= slots else tags[: slots - 1]
        bar_room = room - _NAME - _NUMBERS if width >= 90 else 0
        largest = max((max(one.have + taken.get(one.tag, 0), one.wanted or 0) for one in shown), default=1)
        scale = min(bar_room / max(largest, 1), 1.0)
        cells = [self._tag(one, taken.get(one.tag, 0), bar_room, scale) for one in shown]
        if len(tags) > len(shown):
            cells.append(Content.styled(f"{count(len(tags) - len(shown))} more tags", MUTED))
        by_row = [[cells[at] for at in range(row, len(cells), height)] for row in range(height)]
        rows = [self._row(row, room) for row in by_row]
        if bar_room and rows and rows[-1].cell_length + _LEGEND.cell_length + 2 <= width:
            rows[-1] = spread(rows[-1], _LEGEND, width)
        return rows

    def _row(self, cells: list[Content], room: int) -> Content:
        padded = [spread(cell, Content(""), room) for cell in cells]
        return Content(" " * _GAP).join(padded).rstrip()

    def _tag(self, one: TagCoverage, taken: int, bar_room: int, scale: float) -> Content:
        is_here = one.tag in self._state.tags
        name = safe_text.line(one.tag, BOLD if is_here else MUTED).truncate(_NAME - 2, ellipsis=True)
        parts: list[Content | str | tuple[str, str]] = [name, " " * (_NAME - name.cell_length)]
        if bar_room:
            parts.append(_bar(one, taken, bar_room, scale))
        more = f"+{count(taken)}" if taken else ""
        wanted = f" of {count(one.wanted):>3}" if one.wanted else ""
        parts += [(f"{count(one.have):>5}", BOLD if is_here else ""), (f"  {more:>4}{wanted}", MUTED)]
        return Content.assemble(*parts)


def _bar(one: TagCoverage, taken: int, width: int, scale: float) -> Content:
    """Return a bar: one cell an example where there is room, bright in the set, mid taken now, faint wanted."""
    ends = [_cells(number, scale) for number in (one.have, one.have + taken, max(one.wanted or 0, one.have + taken))]
    there, with_taken, whole = (min(end, width) for end in ends)
    return Content.assemble(
        ("━" * there, ""),
        ("━" * (with_taken - there), MID),
        ("─" * (whole - with_taken), RULE),
        " " * (width - whole),
    )


def _cells(number: int, scale: float) -> int:
    return max(round(number * scale), 1) if number else 0
