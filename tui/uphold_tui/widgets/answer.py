"""What stands in a pane: earlier turns folded, then the judged turn; plain, compared by words, or as markdown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.records.reviewed import PairView
from uphold.records.texts import cell_text
from uphold.records.words import Side
from uphold_tui import showing
from uphold_tui.look import BOLD, FAINT, MUTED, ONLY, PLAIN, Signs
from uphold_tui.widgets.diff import WordDiff, word_diff

if TYPE_CHECKING:
    from rich.markdown import Markdown


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answers are shown."""

    diff: bool = False
    markdown: bool = False
    earlier: bool = False
    names: bool = False
    signs: Signs = PLAIN


@dataclass(frozen=True, slots=True)
class Answer:
    """One side ready to be drawn: plain content, or (as markdown) parts that are drawn one below the other.

    `changes` are the character offsets in plain content where the sides begin to differ.
    """

    body: "Content | tuple[Content | Markdown, ...]"
    length: str
    changes: tuple[int, ...] = ()


def prepare(pair: PairView, side: Side, reading: Reading) -> Answer:
    """One side of a pair, as `reading` wants it."""
    cell = pair.cells(side)[pair.turn - 1]
    number = showing.words(cell)
    length = _counted(number)
    if reading.diff:
        return _compared(pair, side, reading)
    if reading.markdown and number:
        return Answer(_markdown(pair, side, reading), length)
    text = showing.answer(cell)
    return Answer(Content.assemble(earlier(pair, side, reading), text if text else _empty()), length)


def compare(pair: PairView) -> WordDiff:
    """How the two answers to the judged turn differ."""
    texts = (showing.answer(pair.cells(side)[pair.turn - 1]).plain for side in Side)
    return word_diff(*texts)


def earlier(pair: PairView, side: Side, reading: Reading) -> Content:
    """The turns before the judged one: one line each, or in full; then the heading of the judged turn."""
    if pair.turn == 1:
        return Content("")
    parts: list[Content | tuple[str, str]] = []
    for number, cell in enumerate(pair.cells(side)[: pair.turn - 1], 1):
        length = _counted(showing.words(cell))
        sign = reading.signs.more if reading.earlier else reading.signs.folded
        parts += [(f"{sign} turn {number}", MUTED), (f"   {length}{'' if reading.earlier else ', folded'}\n\n", FAINT)]
        if reading.earlier:
            parts += [showing.answer(cell, MUTED) or _empty(), ("\n\n", "")]
    parts.append((f"turn {pair.turn}", f"{BOLD} {MUTED}"))
    return Content.assemble(*parts, "\n\n")


def _compared(pair: PairView, side: Side, reading: Reading) -> Answer:
    """What differs stands on a tint of its side, what is the same is muted."""
    diff = compare(pair)
    ranges = diff.only_a if side is Side.A else diff.only_b
    number = diff.words_a if side is Side.A else diff.words_b
    before = earlier(pair, side, reading)
    text = showing.answer(pair.cells(side)[pair.turn - 1])
    if not text:
        return Answer(Content.assemble(before, _empty()), f"{_counted(number)} only here")
    pieces: list[Content] = []
    position = 0
    for start, end in ranges:
        pieces += [text[position:start].stylize(MUTED), text[start:end].stylize(ONLY[side])]
        position = end
    pieces.append(text[position:].stylize(MUTED))
    changes = tuple(len(before) + start for start, _ in ranges)
    return Answer(Content.assemble(before, *pieces), f"{_counted(number)} only here", changes)


def _markdown(pair: PairView, side: Side, reading: Reading) -> "tuple[Content | Markdown, ...]":
    before = earlier(pair, side, reading)
    text = showing.markdown(cell_text(pair.cells(side)[pair.turn - 1]))
    return (Content.assemble(before.rstrip(), "\n"), text) if before else (text,)


def _counted(number: int) -> str:
    return f"{number:,} word" if number == 1 else f"{number:,} words"


def _empty() -> Content:
    return Content.styled("empty response", MUTED)
