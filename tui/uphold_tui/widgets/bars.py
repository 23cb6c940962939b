"""Intervals and shares, drawn with characters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from uphold_tui import safe_text
from uphold_tui.themes import BAND, BOLD, FAINT, MUTED, OVERTURNED, RULE, UPHELD

if TYPE_CHECKING:
    from uphold.workflows.comparison import RunPoint


def interval(rate: float | None, low: float | None, high: float | None, width: int) -> Content:
    """An interval on an axis from 0 to 100 with a mark at 50, which crosses the interval where that contains it."""
    middle = width // 2
    row = ["─"] * width
    styles = [RULE] * width
    row[middle], styles[middle] = "┊", FAINT
    if rate is not None and low is not None and high is not None:
        first, last = _place(low, width), _place(high, width)
        for column in range(first, last + 1):
            row[column], styles[column] = "━", ""
        if first <= middle <= last:
            row[middle], styles[middle] = "┿", ""
        point = _place(rate, width)
        row[point], styles[point] = "●", ""
    return Content.assemble(*zip(row, styles, strict=True))


def _place(share: float, width: int) -> int:
    return min(max(round(share * (width - 1)), 0), width - 1)


def axis(width: int) -> Content:
    """The words under an interval: 0, 50, 100."""
    row = [" "] * (width + 1)
    for column, word in ((0, "0"), (width // 2, "50"), (width - 3, "100")):
        row[column : column + len(word)] = word
    return Content.styled("".join(row)[:width], FAINT)


def shares(upheld: int, overturned: int, decided: int, width: int) -> Content:
    """Half blocks: what was upheld, what overturned, what was decided without a verdict."""
    whole = upheld + overturned + decided
    if not whole:
        return Content.styled("▄" * width, RULE)
    bad = round(width * overturned / whole)
    bad = max(bad, 1) if overturned else 0
    good = min(round(width * upheld / whole), width - bad)
    if not decided:
        good = width - bad
    return Content.assemble(("▄" * good, UPHELD), ("▄" * bad, OVERTURNED), ("▄" * (width - good - bad), FAINT))


_GLYPHS = {
    "0": ("┌─┐", "│ │", "└─┘"),
    "1": ("─┐ ", " │ ", "─┴─"),
    "2": ("──┐", "┌─┘", "└──"),
    "3": ("──┐", " ─┤", "──┘"),
    "4": ("│ │", "└─┤", "  │"),
    "5": ("┌──", "└─┐", "──┘"),
    "6": ("┌──", "├─┐", "└─┘"),
    "7": ("──┐", "  │", "  │"),
    "8": ("┌─┐", "├─┤", "└─┘"),
    "9": ("┌─┐", "└─┤", "──┘"),
}


def large(figure: str) -> tuple[str, str, str]:
    """The digits of `figure` side by side, as three rows."""
    top, middle, bottom = ("".join(_GLYPHS[digit][row] for digit in figure) for row in range(3))
    return top, middle, bottom


_ROWS = 9


_STEPS = (5, 10, 15, 20, 25)
"""Percent from one label to the next; there are four such steps."""


_MARGIN = 4


def chart(points: "Sequence[RunPoint]", here: str, width: int) -> list[Content]:
    """The runs from left to right, with the names of their candidates below; `here` is bold."""
    room = max(width - _MARGIN, len(points) * 2)
    places = [round(i * (room - 1) / (len(points) - 1)) for i in range(len(points))]
    ends = [(point.rate.low or 0, point.rate.rate or 0, point.rate.high or 0) for point in points]
    scale = _scale(min(low for low, _, _ in ends), max(high for _, _, high in ends))
    columns = [_between(places, ends, column) for column in range(room)]
    rows = [_row(row, scale, columns, set(places)) for row in range(_ROWS)]
    return [*rows, _names(points, places, here, room)]


class _Scale:
    """Shares to rows, from the top."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def row(self, share: float) -> int:
        """The row of a share."""
        return min(max(round((self.high - share) / (self.high - self.low) * (_ROWS - 1)), 0), _ROWS - 1)

    def share(self, row: int) -> float:
        """The share that a row stands for."""
        return self.high - row / (_ROWS - 1) * (self.high - self.low)


def _scale(lowest: float, highest: float) -> _Scale:
    """The closest scale with room for all whose rows with a label stand for round shares."""
    for step in _STEPS:
        low = int(100 * lowest / step) * step
        if low + 4 * step >= 100 * highest:
            break
    low = min(low, 100 - 4 * step)
    return _Scale(low / 100, (low + 4 * step) / 100)


def _between(places: Sequence[int], ends: Sequence[tuple[float, float, float]], column: int) -> tuple[float, ...]:
    """Low, rate and high at a column, on the straight lines between the runs."""
    after = next(i for i, place in enumerate(places) if place >= column)
    if places[after] == column:
        return ends[after]
    share = (column - places[after - 1]) / (places[after] - places[after - 1])
    return tuple(one + share * (other - one) for one, other in zip(ends[after - 1], ends[after], strict=True))


def _row(row: int, scale: _Scale, columns: Sequence[tuple[float, ...]], dots: set[int]) -> Content:
    label = f"{round(100 * scale.share(row)):>3} " if row % 2 == 0 else " " * _MARGIN
    parts: list[tuple[str, str]] = [(label, FAINT)]
    for column, (low, rate, high) in enumerate(columns):
        band = BAND if scale.row(high) <= row <= scale.row(low) else ""
        sign, style = (" ", "")
        if row == scale.row(rate):
            sign, style = ("●", BOLD) if column in dots else ("⠒", MUTED)
        elif row == scale.row(0.5) and scale.low <= 0.5 <= scale.high:
            sign, style = "╌", FAINT
        parts.append((sign, f"{style} {band}".strip()))
    return Content.assemble(*parts)


def _names(points: "Sequence[RunPoint]", places: Sequence[int], here: str, room: int) -> Content:
    """The candidates' names under their dots; those that would run into each other are left out."""
    row = Content(" " * _MARGIN)
    most = max(room // len(points) - 1, 3)
    for point, place in zip(points, places, strict=True):
        name = safe_text.line(point.run.candidate, BOLD if point.run.name == here else MUTED).truncate(
            most, ellipsis=True
        )
        start = min(max(place - name.cell_length // 2, 0), room - name.cell_length) + _MARGIN
        if start > row.cell_length - (row.cell_length == _MARGIN):
            row = Content.assemble(row, " " * (start - row.cell_length), name)
    return row
