"""Charts made of characters: intervals on an axis, shares of a bar, large digits, and rates over a run's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.formatting import percent_number
from uphold_tui import safe_text
from uphold_tui.themes import BAND, BOLD, DOUBT, FAINT, MUTED, OVERTURNED, RULE, UPHELD

if TYPE_CHECKING:
    # The review draws bars too, and is not to load statistics at its start.
    from uphold.workflows.history import RunPoint


def interval(rate: float | None, low: float | None, high: float | None, width: int) -> Content:
    """Return an interval (shares from 0 to 1) on an axis of `width` cells from 0 to 1, with a mark at one half.

    The mark crosses the interval where that contains one half, and stays free where it does not, however near it ends.
    Without an interval only the axis is drawn.
    """
    middle = width // 2
    row = ["─"] * width
    styles = [RULE] * width
    row[middle], styles[middle] = "┊", FAINT
    if rate is not None and low is not None and high is not None:
        first, point, last = (_beside_half(share, width) for share in (low, rate, high))
        for column in range(first, last + 1):
            row[column], styles[column] = "━", ""
        if low <= 0.5 <= high:
            row[middle], styles[middle] = "┿", ""
        row[point], styles[point] = "●", ""
    return Content.assemble(*zip(row, styles, strict=True))


def _column(share: float, width: int) -> int:
    return min(max(round(share * (width - 1)), 0), width - 1)


def _beside_half(share: float, width: int) -> int:
    """Return the column of a share, on its own side of the mark at one half; only one half itself stands on the mark."""
    middle, column = width // 2, _column(share, width)
    if share == 0.5:
        return middle
    return max(column, min(middle + 1, width - 1)) if share > 0.5 else min(column, max(middle - 1, 0))


def axis(width: int) -> Content:
    """Return the labels 0, 50 and 100 of an interval's axis."""
    row = [" "] * (width + 1)
    for column, label in ((0, "0"), (width // 2, "50"), (width - 3, "100")):
        row[column : column + len(label)] = label
    return Content.styled("".join(row)[:width], FAINT)


@dataclass(frozen=True, slots=True)
class SignedInterval:
    """A difference of two shares with its interval, -1 to 1; the ground is tinted within `band` of 0. None is not drawn."""

    value: float | None
    low: float | None
    high: float | None
    band: float | None = None


def signed_interval(shown: SignedInterval, scale: float, width: int) -> Content:
    """Return a difference on an axis of `width` cells from -scale to scale; the mark at 0 crosses an interval that holds it."""

    def column(share: float) -> int:
        return _column((share / scale + 1) / 2, width)

    row, styles = ["─"] * width, [RULE] * width
    row[column(0)], styles[column(0)] = "┊", FAINT
    if shown.low is not None and shown.high is not None:
        for place in range(column(shown.low), column(shown.high) + 1):
            row[place], styles[place] = "━", ""
        if shown.low <= 0 <= shown.high:
            row[column(0)], styles[column(0)] = "┿", ""
    if shown.value is not None:
        row[column(shown.value)], styles[column(shown.value)] = "●", ""
    if shown.band is not None:
        for place in range(column(-shown.band), column(shown.band) + 1):
            styles[place] = f"{styles[place]} {BAND}".strip()
    return Content.assemble(*zip(row, styles, strict=True))


def shares(upheld: int, overturned: int, decided: int, width: int) -> Content:
    """Return a bar of the shares upheld, overturned, and decided without a verdict; some overturned show in any case."""
    total = upheld + overturned + decided
    if not total:
        return Content.styled("▄" * width, RULE)
    overturned_width = max(round(width * overturned / total), 1) if overturned else 0
    upheld_width = width - overturned_width
    if decided:
        upheld_width = min(round(width * upheld / total), upheld_width)
    rest = width - upheld_width - overturned_width
    return Content.assemble(("▄" * upheld_width, UPHELD), ("▄" * overturned_width, OVERTURNED), ("▄" * rest, FAINT))


_DIGITS = {
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


def large_digits(number: str) -> tuple[str, str, str]:
    """Return the digits of `number` side by side, as three rows."""
    top, middle, bottom = ("".join(_DIGITS[digit][row] for digit in number) for row in range(3))
    return top, middle, bottom


_CHANGE_SIGNS = {"+": (" ", "+", " "), "−": (" ", "−", " ")}


def large_change(number: str) -> tuple[str, str, str]:
    """Return a number with its sign as three rows, as `large_digits` does."""
    sign = _CHANGE_SIGNS.get(number[:1])
    rows = large_digits(number if sign is None else number[1:])
    if sign is None:
        return rows
    top, middle, bottom = (f"{own} {row}" for own, row in zip(sign, rows, strict=True))
    return top, middle, bottom


_CHART_ROWS = 9

_LABEL_STEPS = (5, 10, 15, 20, 25)
"""Percent from one label of the chart to the next; there are four such steps."""

_LABEL_WIDTH = 4


def chart(points: "Sequence[RunPoint]", current: str, width: int, changes: Sequence[int] = ()) -> list[Content]:
    """Return a chart of the runs' rates and intervals from left to right, over the names of their candidates.

    There must be two points at least; the candidate of the run `current` is bold. A last row has an arrow under
    each point at an index of `changes`, where the judge changed.
    """
    room = max(width - _LABEL_WIDTH, len(points) * 2)
    columns = [round(i * (room - 1) / (len(points) - 1)) for i in range(len(points))]
    rates = [(point.rate.low or 0, point.rate.rate or 0, point.rate.high or 0) for point in points]
    scale = _scale(min(low for low, _, _ in rates), max(high for _, _, high in rates))
    curve = [_interpolated(columns, rates, column) for column in range(room)]
    rows = [_chart_row(row, scale, curve, set(columns)) for row in range(_CHART_ROWS)]
    names = _candidate_names(points, columns, current, room)
    if not changes:
        return [*rows, names]
    places = {columns[index] + _LABEL_WIDTH for index in changes}
    arrows = "".join("↑" if place in places else " " for place in range(max(places) + 1))
    return [*rows, names, Content.styled(arrows, DOUBT)]


class _Scale:
    """The vertical axis of the chart: shares from `low` to `high`, rows counted from the top."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def row(self, share: float) -> int:
        """Return the row of a share."""
        row = round((self.high - share) / (self.high - self.low) * (_CHART_ROWS - 1))
        return min(max(row, 0), _CHART_ROWS - 1)

    def share(self, row: int) -> float:
        """Return the share that a row stands for."""
        return self.high - row / (_CHART_ROWS - 1) * (self.high - self.low)


def _scale(lowest: float, highest: float) -> _Scale:
    """Return the narrowest scale from `lowest` to `highest` whose labels are round."""
    for step in _LABEL_STEPS:
        low = int(100 * lowest / step) * step
        if low + 4 * step >= 100 * highest:
            break
    low = min(low, 100 - 4 * step)
    return _Scale(low / 100, (low + 4 * step) / 100)


def _interpolated(
    columns: Sequence[int], rates: Sequence[tuple[float, float, float]], column: int
) -> tuple[float, ...]:
    """Return low, rate and high at a column, on the straight lines between the runs."""
    after = next(i for i, run_column in enumerate(columns) if run_column >= column)
    if columns[after] == column:
        return rates[after]
    share = (column - columns[after - 1]) / (columns[after] - columns[after - 1])
    return tuple(start + share * (end - start) for start, end in zip(rates[after - 1], rates[after], strict=True))


def _chart_row(row: int, scale: _Scale, curve: Sequence[tuple[float, ...]], run_columns: set[int]) -> Content:
    label = f"{percent_number(scale.share(row)):>3} " if row % 2 == 0 else " " * _LABEL_WIDTH
    parts: list[tuple[str, str]] = [(label, FAINT)]
    for column, (low, rate, high) in enumerate(curve):
        band = BAND if scale.row(high) <= row <= scale.row(low) else ""
        sign, style = (" ", "")
        if row == scale.row(rate):
            sign, style = ("●", BOLD) if column in run_columns else ("⠒", MUTED)
        elif row == scale.row(0.5) and scale.low <= 0.5 <= scale.high:
            sign, style = "╌", FAINT
        parts.append((sign, f"{style} {band}".strip()))
    return Content.assemble(*parts)


def _candidate_names(points: "Sequence[RunPoint]", columns: Sequence[int], current: str, room: int) -> Content:
    """Return the candidates' names under their points; a name that would run into the one before is left out."""
    row = Content(" " * _LABEL_WIDTH)
    longest = max(room // len(points) - 1, 3)
    for point, column in zip(points, columns, strict=True):
        style = BOLD if point.run.name == current else MUTED
        name = safe_text.line(point.run.candidate, style).truncate(longest, ellipsis=True)
        start = min(max(column - name.cell_length // 2, 0), room - name.cell_length) + _LABEL_WIDTH
        if start > row.cell_length - (row.cell_length == _LABEL_WIDTH):
            row = Content.assemble(row, " " * (start - row.cell_length), name)
    return row
