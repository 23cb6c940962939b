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
    lines = [[safe_text.line(cell) for cell in row] for row in table.rows]
    last = max(map(len, lines)) - 1
    heads = [[cell.truncate(_WIDEST, ellipsis=True) for cell in line[:last]] for line in lines]
    widths = [max((head[at].cell_length for head in heads if at < len(head)), default=0) for at in range(last)]
    before, beside = sum(widths) + 2 * last, width - sum(widths) - 2 * last >= _NARROWEST
    for head, line in zip(heads, lines, strict=True):
        padded = [_padded(cell, widths[at], right=at in table.right) for at, cell in enumerate(head)]
        first = Content.assemble(*(part for cell in padded for part in (cell, "  ")))
        note = line[last] if len(line) > last else Content("")
        if note.cell_length <= max(width - before, 0):
            yield Content.assemble(first, note)
            continue
        edge = " " * (before if beside else 4)
        notes = note.wrap(max(width - len(edge), 1))
        yield Content.assemble(first, notes.pop(0)) if beside else first.truncate(width, ellipsis=True)
        yield from (Content.assemble(edge, rest) for rest in notes)


def _padded(cell: Content, width: int, *, right: bool) -> Content:
    parts: Sequence[Content | str] = (" " * (width - cell.cell_length), cell)
    return Content.assemble(*(parts if right else reversed(parts)))
