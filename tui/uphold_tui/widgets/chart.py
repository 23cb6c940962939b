"""Win rates of several runs, one after the other: dots, a dotted line between them, and their intervals as a band."""

from collections.abc import Sequence

from textual.content import Content

from uphold.steps.history import RunPoint
from uphold_tui import showing
from uphold_tui.look import BAND, BOLD, FAINT, MUTED

_ROWS = 9
_STEPS = (5, 10, 15, 20, 25)
"""Percent from one label to the next; there are four such steps."""
_MARGIN = 4


def chart(points: Sequence[RunPoint], here: str, width: int) -> list[Content]:
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


def _names(points: Sequence[RunPoint], places: Sequence[int], here: str, room: int) -> Content:
    """The candidates' names under their dots; those that would run into each other are left out."""
    row = Content(" " * _MARGIN)
    most = max(room // len(points) - 1, 3)
    for point, place in zip(points, places, strict=True):
        name = showing.line(point.run.candidate, BOLD if point.run.name == here else MUTED).truncate(
            most, ellipsis=True
        )
        start = min(max(place - name.cell_length // 2, 0), room - name.cell_length) + _MARGIN
        if start > row.cell_length - (row.cell_length == _MARGIN):
            row = Content.assemble(row, " " * (start - row.cell_length), name)
    return row
