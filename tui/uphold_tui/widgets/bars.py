"""Intervals and shares, drawn with characters."""

from textual.content import Content

from uphold_tui.look import FAINT, OVERTURNED, RULE, UPHELD


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
