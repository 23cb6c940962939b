"""A report as rows of text cells, for faces that draw it as text: sentences, and tables whose columns are aligned."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from uphold.formatting import NONE, count
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.statistics import Rate, Value
from uphold.reports.model import (
    Cell,
    ConfusionMatrix,
    ForecastTable,
    Hits,
    Item,
    NumberRow,
    ReportSection,
    Sentence,
    Table,
)
from uphold.reports.number_text import count_text, number_text, row_name
from uphold.reports.rate_text import forecast_text, hits_of_n, rate_interval, rate_percent, value_text


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of cells; the columns whose indexes are in `right` are flush right. A sentence is a row of one cell."""

    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


def text_tables(section: ReportSection) -> Iterator[TextTable]:
    """Yield the sentences and tables of a section in order; adjacent numbers are one table."""
    shown = [item for item in section.items if not (isinstance(item, (Sentence, NumberRow)) and item.aside)]
    for is_numbers, group in groupby(shown, key=lambda item: isinstance(item, NumberRow)):
        if is_numbers:
            yield _number_table([item for item in group if isinstance(item, NumberRow)])
        else:
            yield from map(item_table, group)


def item_table(item: Item) -> TextTable:
    """Return one item of a section as a table of its own."""
    if isinstance(item, Sentence):
        return TextTable(((item.text,),))
    if isinstance(item, NumberRow):
        return _number_table([item])
    if isinstance(item, ConfusionMatrix):
        return _matrix_table(item)
    return _forecast_table(item) if isinstance(item, ForecastTable) else _table(item)


def _number_table(rows: list[NumberRow]) -> TextTable:
    cells = tuple(map(_number_cells, rows))
    return TextTable(cells, tuple(range(1, len(cells[0]) - 1)))


def _number_cells(row: NumberRow) -> tuple[str, ...]:
    """Return name, sizes, counts, figure, interval and note."""
    text = number_text(row)
    counts = f"{row.verb} {text.counts}" if row.verb and text.counts else text.counts
    return (row_name(row), *map(count_text, row.sizes), counts, text.figure + text.unit, text.ends, text.note)


def _matrix_table(matrix: ConfusionMatrix) -> TextTable:
    """Return the confusion matrix with the totals of its rows and columns."""
    totals = tuple(sum(column) for column in zip(*matrix.counts, strict=True))
    heads = ("", *matrix.names, "total")
    rows = [
        (name, *map(count, counts), count(sum(counts)))
        for name, counts in zip((*matrix.names, "total"), (*matrix.counts, totals), strict=True)
    ]
    return TextTable((heads, *rows), tuple(range(1, len(heads))))


def _forecast_table(table: ForecastTable) -> TextTable:
    rows = [(f"{count(forecast.more)} more", *forecast_text(forecast)) for forecast in table.forecasts]
    return TextTable((("after", "like these, about", "this set, about"), *rows), (1, 2))


def _table(table: Table) -> TextTable:
    rows = [tuple(text for cell in row for text in _cell_texts(cell)) for row in table.rows]
    right: list[int] = []
    for row in table.rows:
        column = 0
        for cell in row:
            width = len(_cell_texts(cell))
            if not isinstance(cell, str):
                right += range(column, column + width)
            column += width
    return TextTable((*((table.heads,) if table.heads else ()), *rows), tuple(sorted(set(right))))


def _cell_texts(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, str):
        return (cell,)
    if isinstance(cell, int):
        return (count(cell),)
    if isinstance(cell, Value):
        return (value_text(cell),)
    if isinstance(cell, Hits):
        return (hits_of_n(cell.rate) if cell.rate.n else NONE,)
    return _rate_cells(cell)


def _rate_cells(rate: Rate) -> tuple[str, str, str]:
    """Return counts, percent and interval; counts alone below ten pairs."""
    if rate.rate is None or rate.n < MIN_FOR_RATE:
        return hits_of_n(rate), NONE, ""
    return hits_of_n(rate), rate_percent(rate), rate_interval(rate)
