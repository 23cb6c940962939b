"""Where figures stand on the page of numbers, and what each opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Region

from uphold.records.listed import Wanted
from uphold_tui.widgets.figures import Row


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands on the page, and what it opens."""

    region: Region
    wanted: Wanted


def laid(columns: Sequence[Sequence[Row]], widths: Sequence[int]) -> tuple[list[list[Content]], list[Place]]:
    """Columns side by side as rows of parts, and the places of those that open something, column by column."""
    height = max(map(len, columns), default=0)
    rows: list[list[Content]] = [[] for _ in range(height)]
    places: list[Place] = []
    left = 0
    for rows_of, width in zip(columns, widths, strict=True):
        for y in range(height):
            x = left
            for part, wanted in rows_of[y] if y < len(rows_of) else ():
                if wanted is not None:
                    places.append(Place(Region(x, y, part.cell_length, 1), wanted))
                rows[y].append(part)
                x += part.cell_length
            rows[y].append(Content(" " * (left + width - x)))
        left += width
    return rows, places
