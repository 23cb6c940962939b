"""The instruction of a pair in four rows: key and tags, the judged turn, the turn before, context and reference."""

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import count_noun
from uphold.records.reviews import PairView
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, FAINT, MUTED
from uphold_tui.widgets.highlight import highlighted
from uphold_tui.widgets.rows import ended, spread

_MIN_COLUMNS = 12
"""Columns that the instruction keeps beside the names of what there is no room for."""

_MAX_CHARACTERS = 6_000
"""Characters of an instruction that are wrapped for its few rows; the rest cannot be seen there."""


def meta(pair: PairView) -> Content:
    """Key, tags, and which turn of several was judged."""
    parts = [safe_text.key(pair.key, MUTED)]
    if pair.tags:
        parts.append(safe_text.tags(pair.tags, MUTED))
    turns = len(pair.text.turns)
    if turns > 1:
        before = "turn 1" if pair.turn == 2 else f"turns 1–{pair.turn - 1}"
        words = f"turn 1 of {turns}" if pair.turn == 1 else f"judged on turn {pair.turn}, with {before} as context"
        parts.append(Content.styled(words, MUTED))
    return Content("   ").join(parts)


def rows(pair: PairView, width: int, height: int) -> list[Content]:
    """The block as at most `height` rows; without room for `meta` (height below 4) only the instruction."""
    if width < 8:
        return []
    head = [meta(pair)] if height >= 4 else []
    room = height - len(head)
    reference = pair.text.reference(pair.turn) if head else None
    after = [_labelled_row("reference", reference, width)] if reference else []
    before = _earlier(pair, width) if room - len(after) > 1 else []
    text = _wrapped(pair, width)
    context = pair.text.context
    if head and context and len(text) + len(before) + len(after) < room:
        before = [_labelled_row("context", context, width), *before]
        context = None
    space = room - len(before) - len(after)
    cut = len(text) > space
    if cut:
        text = [*text[: space - 1], ended(text[space - 1], width)]
    if head:
        head = [_with_more(head[0], pair, width, cut=cut, context=bool(context))]
    else:
        text = _with_hidden(text, pair, width, space)
    return [*head, *before, *text, *after]


def whole(pair: PairView) -> Content:
    """Instruction, earlier turns, references and context at full length."""
    parts: list[Content | str | tuple[str, str]] = []
    for number, turn in enumerate(pair.text.turns[: pair.turn], 1):
        if len(pair.text.turns) > 1:
            parts.append((f"turn {number}\n", MUTED))
        parts += [safe_text.shown(turn), "\n\n"]
        if reference := pair.text.reference(number):
            parts += [("reference\n", MUTED), safe_text.shown(reference, MUTED), "\n\n"]
    if pair.text.context:
        parts += [("context\n", MUTED), safe_text.shown(pair.text.context)]
    return Content.assemble(*parts).rstrip()


def _wrapped(pair: PairView, width: int) -> list[Content]:
    """The judged turn, wrapped; with its number where there are several."""
    text = safe_text.running(pair.text.turns[pair.turn - 1][:_MAX_CHARACTERS])
    if pair.turn == 1:
        return text.wrap(width)
    label = Content.styled(f"turn {pair.turn}  ", MUTED)
    first, *rest = text.wrap(width - label.cell_length)
    return [Content.assemble(label, first), *(Content.assemble(" " * label.cell_length, line) for line in rest)]


def _earlier(pair: PairView, width: int) -> list[Content]:
    """The turn before the judged one, on one row."""
    if pair.turn == 1:
        return []
    label = f"turn {pair.turn - 1}"
    return [_labelled_row(label, pair.text.turns[pair.turn - 2], width)]


def _labelled_row(label: str, text: str, width: int) -> Content:
    row = Content.assemble((f"{label}  ", FAINT), safe_text.running(text[:_MAX_CHARACTERS], MUTED))
    return row.truncate(width, ellipsis=True)


def _with_more(head: Content, pair: PairView, width: int, *, cut: bool, context: bool) -> Content:
    """The first row, naming at its right what the block has no room for."""
    instruction, context_words = _words(pair.text.turns[pair.turn - 1]), _words(pair.text.context or "")
    parts = [f"all {instruction}"] if cut else []
    parts += [f"context, {context_words}"] if context else []
    if not parts:
        return head.truncate(width, ellipsis=True)
    rest = Content.assemble(("+", BOLD), (f" {' and '.join(parts)}", MUTED))
    gap = width - head.cell_length - rest.cell_length
    return Content.assemble(head, " " * gap, rest) if gap >= 3 else head.truncate(width, ellipsis=True)


def _with_hidden(text: list[Content], pair: PairView, width: int, space: int) -> list[Content]:
    """The instruction's rows where nothing else has a row: the last one names what else was given."""
    given = (("context", pair.text.context), ("reference", pair.text.reference(pair.turn)))
    names = [name for name, what in given if what]
    if not names or not text:
        return text
    mark = Content.assemble(("+", BOLD), (f" {' and '.join(names)}", MUTED))
    room = width - mark.cell_length - 3
    *rows, last = text
    if room < _MIN_COLUMNS:
        return text
    if last.cell_length <= room:
        return [*rows, spread(last, mark, width)]
    if len(text) < space:
        return [*text, spread(Content(""), mark, width)]
    return [*rows, spread(ended(last, room), mark, width)]


def _words(text: str) -> str:
    return count_noun(safe_text.words(text), "word")


class Instruction(Widget):
    """Widget for the instruction of a pair."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._pair: PairView | None = None
        self._find = ""

    def show(self, pair: PairView, find: str = "") -> None:
        """Show the instruction of a pair, with the text `find` highlighted."""
        self._pair, self._find = pair, find
        self.refresh()

    def render(self) -> Content:
        if self._pair is None:
            return Content("")
        made = rows(self._pair, self.size.width, self.size.height)
        return Content("\n").join([highlighted(row, self._find) for row in made])
