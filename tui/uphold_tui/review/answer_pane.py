"""The pane of one answer, and its text prepared for showing: plain, as markdown, as a word diff, or beside the reference."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from uphold.formatting import count, count_noun, ratio
from uphold.records.enums import Side
from uphold.records.reviews import PairView
from uphold.records.texts import cell_text
from uphold_tui import safe_text
from uphold_tui.review.reading import ReadingState
from uphold_tui.themes import BOLD, CHOSEN, DIVIDER, FAINT, HAIR, HAIR_OF, MUTED, ONLY, SIDE, THICK, TINT
from uphold_tui.widgets import badges
from uphold_tui.widgets.highlight import content_words, highlighted, spans
from uphold_tui.widgets.rows import SplitRow, spread
from uphold_tui.widgets.text_body import Margins, PreparedAnswer, TextBody
from uphold_tui.widgets.word_diff import WordDiff, word_diff

if TYPE_CHECKING:
    from rich.markdown import Markdown

_KEPT = 24
"""So many prepared pairs are kept."""

_MUCH_LONGER, _MIN_MORE_WORDS = 1.5, 30
"""An answer so many times as long as the other, and longer by so many words, says so."""


def prepare(pair: PairView, side: Side, reading: ReadingState) -> PreparedAnswer:
    """One side of a pair, as `reading` wants it."""
    cell = pair.cells(side)[pair.turn - 1]
    number = safe_text.words(cell)
    length = "identical answers, " if number and pair.has_identical_answers else ""
    length += _length_words(number, safe_text.words(pair.cells(side.other)[pair.turn - 1]))
    if reading.diff:
        return _diff(pair, side, reading)
    if reading.reference and pair.text.reference(pair.turn):
        return _with_reference(pair, side, reading)
    if reading.markdown and number and not reading.find:
        return PreparedAnswer(_markdown(pair, side, reading), length)
    text = safe_text.answer(cell)
    body = Content.assemble(earlier(pair, side, reading), text if text.plain.strip() else _empty(text))
    if not reading.find:
        return PreparedAnswer(body, length)
    return PreparedAnswer(
        highlighted(body, reading.find), length, tuple(start for start, _ in spans(body.plain, reading.find))
    )


class PreparedAnswers:
    """Answers ready to be drawn, by pair and reading state; the latest ones are kept for when they are met again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, bool, ReadingState], dict[Side, PreparedAnswer]] = {}

    def both(self, pair: PairView, reading: ReadingState) -> dict[Side, PreparedAnswer]:
        """Both sides of a pair."""
        known = (pair.pair_id, pair.is_repeat, reading)
        found = self._kept.get(known)
        if found is None:
            found = self._kept[known] = {side: prepare(pair, side, reading) for side in Side}
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
        return found


def compare(pair: PairView) -> WordDiff:
    """How the two answers to the judged turn differ."""
    texts = (safe_text.answer(pair.cells(side)[pair.turn - 1]).plain for side in Side)
    return word_diff(*texts)


def earlier(pair: PairView, side: Side, reading: ReadingState) -> Content:
    """The turns before the judged one: one line each, or in full; then the heading of the judged turn."""
    if pair.turn == 1:
        return Content("")
    parts: list[Content | tuple[str, str]] = []
    for number, cell in enumerate(pair.cells(side)[: pair.turn - 1], 1):
        length = _word_count(safe_text.words(cell))
        sign = reading.signs.more if reading.earlier else reading.signs.folded
        parts += [(f"{sign} turn {number}", MUTED), (f"   {length}{'' if reading.earlier else ', folded'}\n\n", FAINT)]
        if reading.earlier:
            text = safe_text.answer(cell, MUTED)
            parts += [text if text.plain.strip() else _empty(text), ("\n\n", "")]
    parts.append((f"turn {pair.turn}", f"{BOLD} {MUTED}"))
    return Content.assemble(*parts, "\n\n")


def _diff(pair: PairView, side: Side, reading: ReadingState) -> PreparedAnswer:
    """What differs stands on a tint of its side, what is the same is muted."""
    diff = compare(pair)
    ranges = diff.only_a if side is Side.A else diff.only_b
    number = diff.words_a if side is Side.A else diff.words_b
    before = earlier(pair, side, reading)
    text = safe_text.answer(pair.cells(side)[pair.turn - 1])
    if not text:
        return PreparedAnswer(Content.assemble(before, _empty(text)), f"{_word_count(number)} only here")
    pieces: list[Content] = []
    position = 0
    for start, end in ranges:
        pieces += [text[position:start].stylize(MUTED), text[start:end].stylize(ONLY[side])]
        position = end
    pieces.append(text[position:].stylize(MUTED))
    changes = tuple(len(before) + start for start, _ in ranges)
    return PreparedAnswer(Content.assemble(before, *pieces), f"{_word_count(number)} only here", changes)


def _markdown(pair: PairView, side: Side, reading: ReadingState) -> "tuple[Content | Markdown, ...]":
    before = earlier(pair, side, reading)
    text = safe_text.markdown(cell_text(pair.cells(side)[pair.turn - 1]))
    return (Content.assemble(before.rstrip(), "\n"), text) if before else (text,)


def _with_reference(pair: PairView, side: Side, reading: ReadingState) -> PreparedAnswer:
    """Which of the reference's words this answer has, on a tint of its side; above it those that it lacks."""
    text = safe_text.answer(pair.cells(side)[pair.turn - 1])
    wanted = content_words(safe_text.shown(pair.text.reference(pair.turn) or "").plain)
    there = content_words(text.plain)
    missed = [word for word in wanted if word not in there]
    for word in wanted:
        for start, end in there.get(word, ()):
            text = text.stylize(ONLY[side], start, end)
    said = f"lacks: {', '.join(missed)}" if missed else "has every telling word of the reference"
    head = Content.assemble((said, MUTED), "\n\n")
    body = Content.assemble(head, earlier(pair, side, reading), text if text.plain.strip() else _empty(text))
    return PreparedAnswer(
        body, f"{count(len(wanted) - len(missed))} of {count_noun(len(wanted), 'word')} of the reference"
    )


def _length_words(number: int, other: int) -> str:
    """The length, and how much longer it is than the other answer where that is much."""
    if number >= _MUCH_LONGER * other and number - other >= _MIN_MORE_WORDS:
        if not other:
            return _word_count(number)
        times = number / other
        return f"{_word_count(number)}, {ratio(times)} × the other"
    return _word_count(number)


def _word_count(number: int) -> str:
    return count_noun(number, "word")


def _empty(text: Content) -> Content:
    """What stands in place of an answer without a word; white space cannot be seen, so its length is said."""
    if not text:
        return Content.styled("empty response", MUTED)
    return Content.styled(f"empty response: {count_noun(len(text), 'character')} of white space", MUTED)


class TitleRow(SplitRow):
    """Badge, whose choice, and length; tinted from edge to edge when the pane is chosen or scrolls alone."""

    fill = ""
    bar = Content("")

    def render(self) -> Content:
        width = self.size.width - self.bar.cell_length
        right = self._right
        if self._left.cell_length + 2 + right.cell_length > width:
            right = _brief(right)
        return Content.assemble(self.bar, spread(self._left, right, width).stylize_before(self.fill))

    def dress(self, bar: Content, fill: str) -> None:
        """Give it the bar at its left and the tint of the whole row."""
        if fill != self.fill or not bar.is_same(self.bar):
            self.bar, self.fill = bar, fill
            self.refresh()


def _brief(length: Content) -> Content:
    """A length without what stands behind it: whose choice an answer is matters more."""
    words = length.plain.rstrip()
    first = words.split(", ")[0]
    return Content.assemble(length[: len(first)], " " * (len(length.plain) - len(words)))


class ResponsePane(Vertical):
    """One side of a pair."""

    def __init__(self, side: Side) -> None:
        super().__init__(id=f"pane-{side.lower()}")
        self.side = side
        self.title_row = TitleRow(classes="title")
        self.body = TextBody()
        self._here: tuple[int, bool] | None = None

    def compose(self) -> ComposeResult:
        yield self.title_row
        yield self.body

    def show(
        self,
        pair: PairView,
        answer: PreparedAnswer,
        reading: ReadingState,
        *,
        alone: bool,
        tinted: bool,
        margins: Margins,
    ) -> None:
        """Show this side of `pair`; `alone` says that only this pane scrolls, `tinted` that title rows are borders."""
        yours, judges = badges.your_side(pair), badges.judge_side(pair)
        decided = badges.your_choice(pair) is not None
        in_force = (yours if decided else None if pair.reviewer_decisions else judges) is self.side
        bar = Content.styled(THICK, SIDE[self.side]) if in_force else Content.styled(HAIR, HAIR_OF[self.side])
        fill = CHOSEN[self.side] if yours is self.side else TINT if alone else DIVIDER if tinted else ""
        self.title_row.dress(bar, fill)
        left = title(pair, self.side, reading, in_force=in_force)[2 - margins.left :]
        # Muted text would hardly be read on the tint of a chosen side.
        self.title_row.show(
            left, Content.styled(answer.length + " " * margins.left, "" if yours is self.side else MUTED)
        )
        here = (pair.pair_id, pair.is_repeat)
        self.body.show(answer, margins, bar, reading.signs.more, stay=here == self._here)
        self._here = here

    def to_change(self, answer: PreparedAnswer, step: int) -> bool:
        """Scroll to the next change or match, or to the one before, leaving one line above it; was there one to go to?"""
        if not isinstance(answer.body, Content):
            return False
        above, here = self.body.margins.above, self.body.top
        rows = sorted({max(self.body.row_of(answer.body, offset) + above - 1, 0) for offset in answer.changes})
        beyond = [row for row in rows if (row > here if step > 0 else row < here)]
        if beyond:
            self.body.scroll_rows(beyond[0 if step > 0 else -1])
        return self.body.top != here

    def to_match(self, answer: PreparedAnswer) -> None:
        """Scroll to the next match where none is in sight."""
        if isinstance(answer.body, Content):
            rows = [self.body.row_of(answer.body, offset) for offset in answer.changes]
            if not any(map(self.body.is_in_sight, rows)):
                self.to_change(answer, 1)


def title(pair: PairView, side: Side, reading: ReadingState, *, in_force: bool) -> Content:
    """` A  judge’s pick`: the badge is filled where the verdict in force is."""
    who = []
    if badges.your_side(pair) is side:
        who.append("your choice")
    if badges.judge_side(pair) is side:
        who.append("judge’s pick")
    there = [one.reviewer for one in pair.reviewer_decisions if pair.side_of(one.choice.preference) is side]
    people = [safe_text.line(person, style_of(side)) for person in there]
    style = f"{BOLD} {SIDE[side]}" if in_force else MUTED
    name = Content.assemble(safe_text.line(pair.name_on(side), BOLD), "   ") if reading.names else Content("")
    words = Content(", ").join([*people, *(Content.styled(word, style) for word in who)])
    return Content.assemble(" ", badges.badge(side, filled=in_force), "  ", name, words)


def style_of(side: Side) -> str:
    """The colour of a side, bold."""
    return f"{BOLD} {SIDE[side]}"
