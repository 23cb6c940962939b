"""A dialog with a report: its sentences and tables as the command line prints them."""

from collections.abc import Iterable, Iterator, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.reports.model import Report
from uphold.reports.text_tables import TextTable, text_tables
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.themes import BOLD, MUTED

_WIDEST = 48
"""Cells of a column of a table but the last, which goes on in the next row."""

_NARROWEST = 20
"""Cells from which the last column goes on beside the others; with less room it stands below them."""


class ReportScreen(Overlay[None]):
    """A report over the screen; esc closes it."""

    WIDTH = 160

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.add_class("-large")
        self._report = report
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Show the report as wide as the panel is."""
        report = self._report
        title = Content.assemble(safe_text.line(report.title, BOLD), "   ", safe_text.line(report.subtitle, MUTED))
        rows = [title]
        for section in report.sections:
            rows.append(Content(""))
            if section.title:
                rows.append(safe_text.line(section.title, BOLD))
            for table in text_tables(section):
                rows += _table_rows(table, self.text_width)
        rows += [Content(""), key_row((("esc", "close"),))]
        self.text.update(Content("\n").join(rows))


def _table_rows(table: TextTable, width: int) -> Iterator[Content]:
    """Yield the rows of a table with aligned columns; a sentence goes on in the next row where it has no room."""
    if all(len(row) == 1 for row in table.rows):
        for row in table.rows:
            yield from safe_text.line(row[0]).wrap(width)
        return
    cells = [[safe_text.line(cell) for cell in row] for row in table.rows]
    last = max(map(len, cells)) - 1
    cells = [
        [cell if at == last else cell.truncate(_WIDEST, ellipsis=True) for at, cell in enumerate(row)] for row in cells
    ]
    widths = [max((row[at].cell_length for row in cells if at < len(row)), default=0) for at in range(last)]
    before = sum(widths) + 2 * last
    for row in cells:
        first = [_padded(cell, widths[at], right=at in table.right) for at, cell in enumerate(row[:last])]
        line = Content.assemble(*(part for cell in first for part in (cell, "  ")))
        note = row[last] if len(row) > last else Content("")
        if note.cell_length <= max(width - before, 0):
            yield Content.assemble(line, note)
            continue
        beside = width - before >= _NARROWEST
        edge = " " * (before if beside else 4)
        notes = note.wrap(max(width - len(edge), 1))
        yield Content.assemble(line, notes.pop(0)) if beside else line.truncate(width, ellipsis=True)
        yield from (Content.assemble(edge, rest) for rest in notes)


def _padded(cell: Content, width: int, *, right: bool) -> Content:
    parts: Sequence[Content | str] = (" " * (width - cell.cell_length), cell)
    return Content.assemble(*(parts if right else reversed(parts)))
