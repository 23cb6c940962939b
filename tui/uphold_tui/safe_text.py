"""The one door through which foreign text comes into the app.

Prompts, answers, names, keys, tags, reasons, notes, file names and messages that quote them are foreign: they may hold
escape sequences, markup and direction marks. Whatever a screen or widget draws of them was made here, as Content (or as
a Rich renderable of text made safe), which is drawn as it is and never interpreted.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.records.enums import Side
from uphold.records.reviews import PairView
from uphold.records.texts import AnswerCell, cell_text
from uphold.text import one_line, terminal_safe

if TYPE_CHECKING:
    from rich.markdown import Markdown

LONGEST = 64_000
"""More characters than this are cut on screen; `e` opens the whole text."""


def shown(text: str, style: str = "") -> Content:
    """Foreign text with its line breaks."""
    return Content.styled(_bounded(terminal_safe(text)), style)


def line(text: str, style: str = "") -> Content:
    """Foreign text on one line: names, keys, tags; line breaks become signs."""
    return Content.styled(one_line(text), style)


def running(text: str, style: str = "") -> Content:
    """Foreign prose on one line: white space of any kind becomes one blank."""
    return Content.styled(one_line(" ".join(text.split())), style)


def tail(key: str, style: str = "") -> Content:
    """The end of a key, as it is named where room is scarce: `desk-0112` is `0112`."""
    return line(key.rsplit("-", 1)[-1][-8:], style)


def tags(names: Iterable[str], style: str = "") -> Content:
    """Tags in one line."""
    return line(", ".join(names), style)


def quoted(text: str, style: str = "") -> Content:
    """A note or reason inside quotation marks, on one line."""
    return Content.assemble(("“", style), running(text, style), ("”", style))


def answer(cell: AnswerCell, style: str = "") -> Content:
    """One turn's answer; other JSON than text is shown as JSON."""
    return shown(cell_text(cell), style)


def safe(text: str) -> str:
    """Foreign text with its line breaks, as plain text: for an editor field or the terminal after leaving."""
    return terminal_safe(text)


def safe_line(text: str) -> str:
    """Foreign text on one line, as plain text."""
    return one_line(text)


def markdown(text: str) -> "Markdown":
    """Foreign text drawn as markdown; links are words, not places to go."""
    from rich.markdown import Markdown

    return Markdown(_bounded(terminal_safe(text)), hyperlinks=False, code_theme="bw")


def words(cell: AnswerCell) -> int:
    """How many words an answer has."""
    return len(cell_text(cell).split())


def cause(message: str) -> str:
    """Why saving failed, out of an error's message: without the file before it and the advice behind it."""
    said = message.rsplit(": ", 1)[-1] if ": " in message else message
    return one_line(said.split("; ", 1)[0])


def as_text(pair: PairView) -> str:
    """The pair as plain text for a pager, an editor or the clipboard, without the systems' names."""
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
    """`text` up to the longest that is drawn, saying how much is left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n\n… {len(text) - LONGEST:,} more characters; e opens the whole"
