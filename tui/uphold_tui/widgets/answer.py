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
from uphold_tui.widgets.finding import lit, spans, telling_words

if TYPE_CHECKING:
    from rich.markdown import Markdown


_MUCH, _FEW_WORDS = 1.5, 30
"""An answer so many times as long as the other, and by so many words, says so."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answers are shown; `find` are words to light up, `reference` compares with the reference's words."""

    diff: bool = False
    markdown: bool = False
    earlier: bool = False
    names: bool = False
    find: str = ""
    reference: bool = False
    signs: Signs = PLAIN


@dataclass(frozen=True, slots=True)
class Answer:
    """One side ready to be drawn: plain content, or (as markdown) parts that are drawn one below the other.

    `changes` are the character offsets in plain content to go to: where the sides begin to differ, or what was found.
    """

    body: "Content | tuple[Content | Markdown, ...]"
    length: str
    changes: tuple[int, ...] = ()


def prepare(pair: PairView, side: Side, reading: Reading) -> Answer:
    """One side of a pair, as `reading` wants it."""
    cell = pair.cells(side)[pair.turn - 1]
    number = showing.words(cell)
    length = _beside(number, showing.words(pair.cells(side.other)[pair.turn - 1]))
    if reading.diff:
        return _compared(pair, side, reading)
    if reading.reference and pair.text.reference(pair.turn):
        return _held_against(pair, side, reading)
    if reading.markdown and number and not reading.find:
        return Answer(_markdown(pair, side, reading), length)
    text = showing.answer(cell)
    body = Content.assemble(earlier(pair, side, reading), text if text else _empty())
    if not reading.find:
        return Answer(body, length)
    return Answer(lit(body, reading.find), length, tuple(start for start, _ in spans(body.plain, reading.find)))


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


def _held_against(pair: PairView, side: Side, reading: Reading) -> Answer:
    """Which of the reference's words this answer has, on a tint of its side; above it those that it lacks."""
    text = showing.answer(pair.cells(side)[pair.turn - 1])
    wanted = telling_words(showing.shown(pair.text.reference(pair.turn) or "").plain)
    there = telling_words(text.plain)
    missed = [word for word in wanted if word not in there]
    for word in wanted:
        for start, end in there.get(word, ()):
            text = text.stylize(ONLY[side], start, end)
    said = f"lacks: {', '.join(missed)}" if missed else "has every telling word of the reference"
    head = Content.assemble((said, MUTED), "\n\n")
    body = Content.assemble(head, earlier(pair, side, reading), text if text else _empty())
    return Answer(body, f"{len(wanted) - len(missed)} of {len(wanted)} words of the reference")


def _beside(number: int, other: int) -> str:
    """The length, and how much longer it is than the other answer where that is much."""
    if number >= _MUCH * other and number - other >= _FEW_WORDS:
        if not other:
            return _counted(number)
        times = number / other
        return f"{_counted(number)}, {times:.{1 if times < 10 else 0}f} × the other"
    return _counted(number)


def _counted(number: int) -> str:
    return f"{number:,} word" if number == 1 else f"{number:,} words"


def _empty() -> Content:
    return Content.styled("empty response", MUTED)
