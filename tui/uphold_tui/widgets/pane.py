"""One response: a title row that says whose choice it is, and the text."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from uphold.records.reviewed import PairView
from uphold.records.words import Side
from uphold_tui import showing
from uphold_tui.look import BOLD, CHOSEN, HAIR, HAIR_OF, MUTED, SIDE, THICK, TINT
from uphold_tui.widgets import verdicts
from uphold_tui.widgets.answer import Answer, Reading
from uphold_tui.widgets.body import Body, Margins
from uphold_tui.widgets.lines import Line, spread


class TitleRow(Line):
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
        self.body = Body()
        self._here: tuple[int, bool] | None = None

    def compose(self) -> ComposeResult:
        yield self.title_row
        yield self.body

    def put(
        self, pair: PairView, answer: Answer, reading: Reading, *, alone: bool, tinted: bool, margins: Margins
    ) -> None:
        """Show this side of `pair`; `alone` says that only this pane scrolls, `tinted` that title rows are borders."""
        yours, judges = verdicts.your_side(pair), verdicts.judge_side(pair)
        decided = verdicts.your_choice(pair) is not None
        in_force = (yours if decided else None if pair.people else judges) is self.side
        bar = Content.styled(THICK, SIDE[self.side]) if in_force else Content.styled(HAIR, HAIR_OF[self.side])
        fill = CHOSEN[self.side] if yours is self.side else TINT if alone or tinted else ""
        self.title_row.dress(bar, fill)
        left = title(pair, self.side, reading, in_force=in_force)[2 - margins.left :]
        self.title_row.put(left, Content.styled(answer.length + " " * margins.left, MUTED))
        here = (pair.pair_id, pair.again)
        self.body.put(answer, margins, bar, reading.signs.more, stay=here == self._here)
        self._here = here

    def to_change(self, answer: Answer, step: int) -> bool:
        """Scroll to the next change or match, or to the one before, leaving one line above it; was there one to go to?"""
        if not isinstance(answer.body, Content):
            return False
        above, here = self.body.margins.above, self.body.top
        rows = sorted({max(self.body.row_of(answer.body, offset) + above - 1, 0) for offset in answer.changes})
        beyond = [row for row in rows if (row > here if step > 0 else row < here)]
        if beyond:
            self.body.scroll_rows(beyond[0 if step > 0 else -1])
        return self.body.top != here


def title(pair: PairView, side: Side, reading: Reading, *, in_force: bool) -> Content:
    """` A  judge’s pick`: the badge is filled where the verdict in force is."""
    who = []
    if verdicts.your_side(pair) is side:
        who.append("your choice")
    if verdicts.judge_side(pair) is side:
        who.append("judge’s pick")
    there = [one.reviewer for one in pair.people if pair.side_of(one.choice.preference) is side]
    people = [showing.line(person, style_of(side)) for person in there]
    style = f"{BOLD} {SIDE[side]}" if in_force else MUTED
    name = Content.assemble(showing.line(pair.name_on(side), BOLD), "   ") if reading.names else Content("")
    words = Content(", ").join([*people, *(Content.styled(word, style) for word in who)])
    return Content.assemble(" ", verdicts.badge(side, filled=in_force), "  ", name, words)


def style_of(side: Side) -> str:
    """The colour of a side, bold."""
    return f"{BOLD} {SIDE[side]}"
