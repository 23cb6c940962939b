"""Draws a document as Markdown: what an HTML report says, for a pull request, a wiki or a text editor."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from uphold.reports.comparison_report import change_sentences
from uphold.reports.document import (
    Chart,
    Checkpoints,
    DividedBar,
    Document,
    DocumentItem,
    DocumentSection,
    Folded,
    MarkedLine,
    Property,
    RunPart,
    SideBySide,
    Statement,
)
from uphold.reports.document_words import checkpoint_cells, pair_heading, part_text, system_of, who_said_what
from uphold.reports.foreign_text import markdown_block, markdown_line
from uphold.reports.model import Item, ReportSection
from uphold.reports.number_text import number_text, row_name
from uphold.reports.text_tables import text_tables

_Row = Sequence[str]


def markdown_page(document: Document) -> str:
    """Return a document as the text of a Markdown file."""
    lines = [line for part in document.parts for line in _part(part, document.created_at[:10])]
    return "\n".join(lines).rstrip() + "\n"


def _part(part: RunPart, day: str) -> Iterator[str]:
    yield from (f"# {markdown_line(part.decision)}", "")
    yield from (f"**{markdown_line(part.set)}** · {markdown_line(part.about)} · {day}", "")
    for section in part.sections:
        if section.title:
            yield from (f"## {markdown_line(section.title)}", "")
        yield from _items(section)


def _items(section: DocumentSection) -> Iterator[str]:
    """Yield the items of a section; those of one kind that follow each other are one list or table."""
    for kind, group in groupby(section.items, type):
        found = list(group)
        if issubclass(kind, Property | MarkedLine):
            yield from (line for item in found for line in _list_item(item))
            yield ""
        elif issubclass(kind, Chart | DividedBar | Checkpoints | SideBySide | Statement | Folded):
            yield from (line for item in found for line in _drawn(item))
        else:
            yield from _plain([item for item in found if not isinstance(item, _OWN)])


_OWN = (Chart, DividedBar, Checkpoints, SideBySide, MarkedLine, Statement, Property, Folded)


def _list_item(item: DocumentItem) -> Iterator[str]:
    if isinstance(item, MarkedLine):
        lead = f"**{markdown_line(item.lead)}** " if item.lead else ""
        yield f"- {item.mark} {lead}{markdown_line(item.text)}"
    elif isinstance(item, Property):
        code = f" `{item.code}`" if item.code else ""
        yield f"- {markdown_line(item.name)}: {markdown_line(item.value)}{code}"
        if item.folded:
            yield from ("", *(f"  {row}" for row in markdown_block(item.folded).split("\n")), "")


def _drawn(item: DocumentItem) -> Iterator[str]:
    if isinstance(item, Chart):
        yield from _chart(item)
    elif isinstance(item, DividedBar):
        yield from (", ".join(part_text(part) for part in item.parts if part.number), "")
    elif isinstance(item, Checkpoints):
        yield from _checkpoints(item)
    elif isinstance(item, SideBySide):
        yield from _side_by_side(item)
    elif isinstance(item, Statement):
        yield from (f"**{markdown_line(item.lead)}** {markdown_line(item.text)}", "")
    elif isinstance(item, Folded):
        yield from _folded(item)


def _chart(item: Chart) -> Iterator[str]:
    rows: list[_Row] = [("", "rate", "95 %", "counts", "")]
    for row in item.rows:
        text = number_text(row)
        rows.append((row_name(row), text.figure + text.unit, text.ends, text.counts, text.note))
    yield from _table(rows)


def _checkpoints(item: Checkpoints) -> Iterator[str]:
    rows: list[_Row] = [("checkpoint", "date", "win rate", "95 %", "against blessed", "", "agreement")]
    changes = []
    for row in item.rows:
        cells = checkpoint_cells(row)
        name = f"{cells.name} (blessed)" if cells.blessed else cells.name
        difference = (cells.difference, cells.difference_ends)
        rows.append((name, cells.day, cells.figure, cells.ends, *difference, cells.agreement))
        if row.changes:
            since = "" if row.before is None else f", from {row.before.candidate} to {row.run.candidate}"
            changes += [f"- {markdown_line(sentence + since)}" for sentence in change_sentences(row.changes)]
    yield from _table(rows)
    if changes:
        yield from (*changes, "")


def _side_by_side(item: SideBySide) -> Iterator[str]:
    pair = item.pair
    yield from (f"### {markdown_line(pair_heading(pair))}", "")
    if pair.context:
        yield from ("Context", "", markdown_block(pair.context), "")
    yield from ("Instruction", "", markdown_block(pair.instruction), "")
    winner = system_of(pair.label.value, item)
    for name, answer in ((item.candidate, pair.candidate_answer), (item.baseline, pair.baseline_answer)):
        yield from (f"**{markdown_line(name)}**{' (chosen)' if name == winner else ''}", "", markdown_block(answer), "")
    yield from (f"- {markdown_line(said.text())}" for said in who_said_what(item))
    yield ""


def _folded(item: Folded) -> Iterator[str]:
    yield from (f"## {markdown_line(item.title)}", "")
    for section in item.sections:
        if section.title:
            yield from (f"### {markdown_line(section.title)}", "")
        yield from _plain(section.items)


def _plain(items: Sequence[Item]) -> Iterator[str]:
    """Yield sentences and tables of numbers, as the command line has them."""
    for table in text_tables(ReportSection("", "", tuple(items))):
        if all(len(row) == 1 for row in table.rows):
            yield from (line for row in table.rows for line in (markdown_line(row[0]), ""))
        else:
            yield from _table([("",) * max(map(len, table.rows)), *table.rows])


def _table(rows: Sequence[_Row]) -> Iterable[str]:
    """Return a table; its first row is the head, which Markdown has no table without."""
    columns = max(map(len, rows))
    lines = [f"| {' | '.join([*map(markdown_line, row), *[''] * (columns - len(row))])} |" for row in rows]
    return (lines[0], f"|{' --- |' * columns}", *lines[1:], "")
