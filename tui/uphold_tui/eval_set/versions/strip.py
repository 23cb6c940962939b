"""The panel that says what a change of the set did to the pairs of its runs."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import count, count_noun, noun
from uphold.records.set_history import EffectCounts, VersionDiff, VersionEffects
from uphold_tui.themes import BOLD, DOUBT, MUTED, RULE, THICK, UPHELD, Signs
from uphold_tui.widgets.rows import spread

NOW = "now"
"""Name of the set as it is, where that is no version yet."""

_KEPT = "nothing is deleted; an old text brings its reviews back"


def effect_rows(
    names: tuple[str, str], diff: VersionDiff, did: VersionEffects, width: int, signs: Signs
) -> list[Content]:
    """Return a head and a row each for what turned stale, what retired, and what stands; `names` as `v4`, `v5`.

    The three add up to the pairs that were current with the first.
    """
    before, after = names
    pairs = did.stale.pairs + did.retired.pairs + did.stand.pairs
    if not pairs:
        return [
            Content.styled(f"No pair of a run is about {before}", BOLD),
            Content.styled("nothing rests on what was changed", MUTED),
        ]
    what = after if after != NOW else "what was changed since"
    title = f"What {what} did to the {count_noun(pairs, 'pair')} made on {before}"
    stale_note = f"{count(len(diff.edited))} edited; not counted until read again"
    if not did.stale.pairs and did.stale.judgments:
        stale_note = "verdicts that saw an older reference; decisions stand"
    rows = (
        (signs.stale, DOUBT, "stale", did.stale, stale_note),
        (
            signs.retired,
            MUTED,
            "retired",
            did.retired,
            f"{count_noun(len(diff.retired), 'example')}; out of every number",
        ),
        (signs.upheld, UPHELD, "stand", did.stand, f"{count_noun(diff.same, 'example')}; they count as before"),
    )
    digits = max(len(count(one.pairs)) for *_, one, _ in rows) + 2
    made = [_row(sign, style, word, one, note, digits, width) for sign, style, word, one, note in rows]
    return [spread(Content.styled(title, BOLD), Content.styled(_KEPT, MUTED), width, least=len(title)), *made]


def _row(sign: str, style: str, word: str, one: EffectCounts, note: str, digits: int, width: int) -> Content:
    numbers = [
        ((f"{count(number):>{digits}}", BOLD if number else MUTED), (f" {noun(number, name):<{len(name) + 3}}", MUTED))
        for number, name in ((one.pairs, "pair"), (one.judgments, "judgment"), (one.decisions, "review"))
    ]
    left = Content.assemble(
        (sign, style if one.pairs or one.judgments else MUTED),
        f"  {word:<9}",
        *[cell for cells in numbers for cell in cells],
    )
    has_any = one.pairs or one.judgments
    if not has_any or left.cell_length + len(note) + 1 > width:
        return left.truncate(width)
    return Content.assemble(left, " ", (note, MUTED))


class EffectsPanel(Widget):
    """The panel, with a row of keys at its foot; it draws the bar at its left itself: sand where something is stale.

    A class on the screen in place of that would have every style worked out again with each key.
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._rows: tuple[Content, ...] = ()
        self._keys = (Content(""), Content(""))
        self.is_stale = False

    @property
    def room(self) -> int:
        """Cells for a row."""
        return max(self.size.width - 1 - self._margin - (3 if self._margin > 1 else 1), 1)

    @property
    def _margin(self) -> int:
        return 1 if self.size.width < 100 else 2

    def show(self, rows: Sequence[Content], *, is_stale: bool) -> None:
        """Show these rows."""
        self._rows, self.is_stale = tuple(rows), is_stale
        self.refresh()

    def show_keys(self, left: Content, right: Content) -> None:
        """Show these at the two ends of the last row."""
        self._keys = (left, right)
        self.refresh()

    def render(self) -> Content:
        height = max(self.size.height - 1, 0)
        rows = [*self._rows[:height], *[Content("")] * (height - len(self._rows)), spread(*self._keys, self.room)]
        edge = Content.assemble((THICK, DOUBT if self.is_stale else RULE), " " * self._margin)
        return Content("\n").join([Content.assemble(edge, row) for row in rows])
