"""Two texts side by side: two columns with a line between them, and the words that only one text has on a tint."""

from collections.abc import Sequence

from textual.content import Content

from uphold_tui.themes import MUTED, RULE, TINT
from uphold_tui.widgets.word_diff import Span

LONGEST_COMPARED = 20_000
"""Characters of a text that are compared."""

_BETWEEN = " │ "


def column_width(width: int) -> int:
    """Return the cells of each of two columns in `width` cells."""
    return (width - len(_BETWEEN)) // 2


def two_columns(left: Sequence[Content], right: Sequence[Content], width: int) -> list[Content]:
    """Return the rows of two columns beside each other; `width` is that of the left column."""
    high = max(len(left), len(right))
    padded = [[*column, *[Content("")] * (high - len(column))] for column in (left, right)]
    return [
        Content.assemble(a, " " * max(width - a.cell_length, 0), (_BETWEEN, RULE), b)
        for a, b in zip(padded[0], padded[1], strict=True)
    ]


def words_marked(text: Content, only_here: Sequence[Span]) -> Content:
    """Return a text whose own words stand on a tint, the others being muted."""
    pieces, position = [], 0
    for start, end in only_here:
        pieces += [text[position:start].stylize(MUTED), text[start:end].stylize(TINT)]
        position = end
    return Content.assemble(*pieces, text[position:].stylize(MUTED))
