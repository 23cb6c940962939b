"""Foreign text made safe to show in the app; every screen and widget gets it through these functions.

Prompts, answers, names, keys, tags, reasons, notes, file names and messages that quote them are foreign: they may hold
escape sequences, markup and direction marks. These functions return Content (or a Rich renderable) of text made safe,
which Textual draws as it is and does not interpret, or plain text made safe where the name or docstring says so.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.formatting import count
from uphold.records.enums import Side
from uphold.records.reviews import PairView
from uphold.records.texts import AnswerCell, cell_text
from uphold.text import one_line, terminal_safe

if TYPE_CHECKING:
    from rich.markdown import Markdown

_UNITS = re.compile(r"\r\n|.", re.DOTALL)
"""Characters as `in_field` shows them, one by one; it shows the two of a line end as one."""

_KEY_WIDTH = 40
"""Cells of a key where nothing else says how many there are."""

_TAG_WIDTH = 20
"""Cells of a tag where a row says how many there are."""

LONGEST = 64_000
"""Characters of a text that are shown on screen; `e` opens the whole text."""


def shown(text: str, style: str = "") -> Content:
    """Return foreign text with its line breaks."""
    return Content.styled(_bounded(terminal_safe(text)), style)


def line(text: str, style: str = "") -> Content:
    """Return foreign text on one line, for names, keys and tags; line breaks become signs."""
    return Content.styled(one_line(text), style)


def running(text: str, style: str = "") -> Content:
    """Return foreign prose on one line; white space of any kind becomes one blank."""
    return Content.styled(one_line(" ".join(text.split())), style)


def key(text: str, style: str = "", width: int = _KEY_WIDTH) -> Content:
    """Return a key on one line, cut in its middle to `width` cells: `desk-returns…0112`.

    What keys have in common stands at their beginning, what tells them apart often at their end.
    """
    return _cut_middle(line(text, style), width)


def _cut_middle(whole: Content, width: int) -> Content:
    if whole.cell_length <= width:
        return whole
    if width < 6:
        return whole.truncate(max(width, 0), ellipsis=True)
    start = len(whole)
    while whole[start - 1 :].cell_length <= max(width // 4, 3):
        start -= 1
    end = whole[start:]
    return Content.assemble(whole.truncate(width - 1 - end.cell_length), "…", end)


def tail(key: str, style: str = "") -> Content:
    """Return the end of a key for narrow places: `0112` of `desk-0112`."""
    return line(key.rsplit("-", 1)[-1][-8:], style)


def tags(names: Sequence[str], style: str = "", width: int | None = None) -> Content:
    """Return tags on one line: in `width` cells as many as fit, a long one cut in its middle, and how many more there are."""
    if width is None:
        return line(", ".join(names), style)
    shown_tags = [_cut_middle(line(name, style), _TAG_WIDTH) for name in names]
    for number in range(len(shown_tags), 1, -1):
        row = Content.assemble(Content.styled(", ", style).join(shown_tags[:number]), _more(len(names) - number, style))
        if row.cell_length <= width:
            return row
    if not shown_tags:
        return Content("")
    more = _more(len(names) - 1, style)
    return Content.assemble(_cut_middle(shown_tags[0], width - more.cell_length), more).truncate(max(width, 0))


def _more(number: int, style: str) -> Content:
    return Content.styled(f" +{count(number)}" if number else "", style)


def quoted(text: str, style: str = "") -> Content:
    """Return a note or reason inside quotation marks, on one line."""
    return Content.assemble(("“", style), running(text, style), ("”", style))


def answer(cell: AnswerCell, style: str = "") -> Content:
    """Return the answer of one turn; JSON other than a string is shown as JSON."""
    return shown(cell_text(cell), style)


def whole_answer(cell: AnswerCell) -> str:
    """Return the answer of one turn as plain text, whatever its length."""
    return terminal_safe(cell_text(cell))


def safe(text: str) -> str:
    """Return foreign text with its line breaks as plain text, for an editor field or for the terminal after leaving."""
    return terminal_safe(text)


def safe_line(text: str) -> str:
    """Return foreign text on one line as plain text."""
    return one_line(text)


def in_field(text: str) -> str:
    """Return foreign text made safe for a field of several lines, in which every line break is a plain one."""
    return terminal_safe(text).replace("\u2028", "\n").replace("\u2029", "\n")


def with_changes(raw: str, edited: str) -> str:
    """Return foreign text as it was, with the changes that somebody made to `in_field(raw)`.

    What is before the first change and behind the last one comes from `raw`, so that characters which are shown as signs
    are kept where nobody touched them.
    """
    if edited == in_field(raw):
        return raw
    units = _UNITS.findall(raw)
    shown_units = [in_field(unit) for unit in units]
    first = start = 0
    while first < len(units) and edited.startswith(shown_units[first], start):
        start += len(shown_units[first])
        first += 1
    last, end = len(units), len(edited)
    while last > first and end - len(shown_units[last - 1]) >= start and edited.endswith(shown_units[last - 1], 0, end):
        end -= len(shown_units[last - 1])
        last -= 1
    return "".join(units[:first]) + edited[start:end] + "".join(units[last:])


def markdown(text: str) -> "Markdown":
    """Return foreign text to be drawn as markdown; links are shown as words and cannot be followed."""
    from rich.markdown import Markdown

    return Markdown(_bounded(terminal_safe(text)), hyperlinks=False, code_theme="bw")


def words(cell: AnswerCell) -> int:
    """Return how many words an answer has."""
    return len(cell_text(cell).split())


def cause(message: str) -> str:
    """Return the cause in an error's message as plain text: without the file before it and the advice behind it."""
    return one_line(message.rsplit(": ", 1)[-1].split("; ", 1)[0])


def as_text(pair: PairView) -> str:
    """Return the pair as plain text for a pager, an editor or the clipboard, without the systems' names."""
    parts = [f"{one_line(pair.key)}  turn {pair.turn}"]
    if pair.text.context:
        parts += ["CONTEXT", terminal_safe(pair.text.context)]
    for number, turn in enumerate(pair.text.turns[: pair.turn], 1):
        parts += [f"INSTRUCTION, turn {number}", terminal_safe(turn)]
        for side in Side:
            parts += [f"{side}, turn {number}", terminal_safe(cell_text(pair.cells(side)[number - 1]))]
        if reference := pair.text.reference(number):
            parts += [f"REFERENCE, turn {number}", terminal_safe(reference)]
    return "\n\n".join(parts) + "\n"


def _bounded(text: str) -> str:
    """Return `text` cut to `LONGEST` characters, followed by how many are left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n\n… {count(len(text) - LONGEST)} more characters; e opens the whole"
