"""The dialog with two examples that are alike, side by side with a word diff; one key keeps one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count, count_noun
from uphold.records.sets import ExampleRow
from uphold.records.texts import ExampleText
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.eval_set.rows import status_sign
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, Signs
from uphold_tui.widgets.rows import spread
from uphold_tui.widgets.side_by_side import LONGEST_COMPARED, column_width, two_columns, words_marked
from uphold_tui.widgets.word_diff import word_diff

_KEYS = (
    Key("alike.left", ("1", "left"), "keep(0)", "keep the left one"),
    Key("alike.right", ("2", "right"), "keep(1)", "keep the right one"),
    Key("alike.next", ("n", "tab"), "next(1)", "next two"),
    Key("alike.previous", ("N", "shift+tab"), "next(-1)", "previous two"),
    Key("alike.down", ("j", "down"), "scroll(1)", "scroll"),
    Key("alike.up", ("k", "up"), "scroll(-1)", "scroll"),
    Key("alike.page", ("space", "pagedown"), "page(1)", "page"),
    Key("alike.page_back", ("-", "pageup"), "page(-1)", "page"),
    Key("alike.close", ("escape", "q", "d"), "close", "keep both"),
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Two examples that are alike, and how: `the same`, or what the check said."""

    left: ExampleRow
    right: ExampleRow
    how: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Which of two examples was kept, and which is to be retired."""

    kept: ExampleRow
    retired: ExampleRow


class AlikeScreen(Overlay[Kept | None], inherit_bindings=False):
    """Two examples that are alike, of several such twos; returns which one is kept, or None to keep both."""

    WIDTH = 160
    BINDINGS = bindings(_KEYS)

    def __init__(self, twos: Sequence[Alike], signs: Signs) -> None:
        super().__init__()
        self._twos, self._signs, self._at = twos, signs, 0
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    @property
    def shown(self) -> Alike:
        """The two examples that are shown."""
        return self._twos[self._at]

    def fill(self) -> None:
        """Show both, what only one of them has on a tint."""
        two = self.shown
        place = f"   {count(self._at + 1)} of {count(len(self._twos))}" if len(self._twos) > 1 else ""
        head = Content.assemble(("Alike", BOLD), ("   ", ""), safe_text.line(two.how, MUTED), (place, MUTED))
        same_context = two.left.text.context == two.right.text.context
        left, right = (_whole_text(one.text, with_context=not same_context) for one in (two.left, two.right))
        diff = word_diff(left.plain, right.plain)
        width = column_width(self.text_width)
        rows = two_columns(
            self._column(two.left, words_marked(left, diff.only_a), diff.words_a, width),
            self._column(two.right, words_marked(right, diff.only_b), diff.words_b, width),
            width,
        )
        if same_context and two.left.text.context:
            length = count_noun(len(two.left.text.context.split()), "word")
            rows += [Content(""), Content.styled(f"{self._signs.folded} the same context, {length}", MUTED)]
        self.text.update(Content("\n").join([head, Content(""), self._keys_row(two), Content(""), *rows]))

    def _keys_row(self, two: Alike) -> Content:
        keep = [f"keep {safe_text.key(one.key, width=24).plain}" for one in (two.left, two.right)]
        entries = [("1", keep[0]), ("2", keep[1]), ("esc", "keep both")]
        if len(self._twos) > 1:
            entries.append(("n", "next two"))
        row, note = key_row(entries, self.text_width), "the other one is retired; u takes it back"
        gap = "    " if row.cell_length + 4 + len(note) <= self.text_width else "\n"
        return Content.assemble(row, gap, (note, MUTED))

    def _column(self, example: ExampleRow, text: Content, only_here: int, width: int) -> list[Content]:
        sign = status_sign(example.status, self._signs)
        key = Content.assemble(sign if sign.plain.strip() else "", safe_text.line(example.key, BOLD))
        facts = [f"{count_noun(only_here, 'word')} only here"]
        if pairs := example.wins + example.ties + example.losses + example.unread:
            facts.append(count_noun(pairs, "pair"))
        if key.cell_length + 2 + len("   ".join(facts)) > width:
            facts = facts[:1]
        title = spread(key, Content.styled("   ".join(facts), MUTED), width, least=len(example.key))
        tags = safe_text.tags(example.tags, MUTED, width)
        return [title, tags, Content(""), *text.wrap(max(width, 1))]

    def action_next(self, step: int) -> None:
        """Show the next two, or the previous ones, going round."""
        self._at = (self._at + step) % len(self._twos)
        self.panel.scroll_home(animate=False, immediate=True)
        self.fill()

    def action_keep(self, which: int) -> None:
        """Close, keeping the left one (0) or the right one (1)."""
        two = (self.shown.left, self.shown.right)
        self.dismiss(Kept(two[which], two[1 - which]))


def _whole_text(text: ExampleText, *, with_context: bool) -> Content:
    """Return the turns of an example below each other, and its context."""
    parts = [*text.turns, *(["context: " + text.context] if with_context and text.context else [])]
    return safe_text.shown("\n\n".join(parts)[:LONGEST_COMPARED])
