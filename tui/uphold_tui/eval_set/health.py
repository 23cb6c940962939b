"""The health panel of an eval set: what may be wrong, the worst first; each line leads to its examples."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from uphold.formatting import count, count_noun
from uphold.records.example_list import ExampleFilter
from uphold.records.set_checks import Finding, FindingKind
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, MUTED, RULE, THICK, TINT, UPHELD, Signs
from uphold_tui.widgets.rows import spread

WORDS = {
    FindingKind.EMPTY: "without an instruction",
    FindingKind.BROKEN: "marked broken",
    FindingKind.LEAKED: "leaked",
    FindingKind.DUPLICATE: "with the same text",
    FindingKind.NEAR_DUPLICATE: "nearly the same",
    FindingKind.SPLIT: "split the reviewers",
    FindingKind.FLIPS: "flip with the order",
    FindingKind.NO_REFERENCE: "without reference",
    FindingKind.LONG: "far longer than others",
    FindingKind.THIN_TAG: "tags with few examples",
    FindingKind.ALWAYS_LOST: "always lost",
    FindingKind.ALWAYS_TIE: "always tie",
    FindingKind.ALWAYS_WON: "always won",
}
"""What may be wrong, the worst first; the words stand behind a number of examples."""

FILTERS = {
    FindingKind.LEAKED: ExampleFilter.LEAKED,
    FindingKind.EMPTY: ExampleFilter.EMPTY,
    FindingKind.BROKEN: ExampleFilter.BROKEN,
    FindingKind.DUPLICATE: ExampleFilter.DUPLICATE,
    FindingKind.NEAR_DUPLICATE: ExampleFilter.DUPLICATE,
    FindingKind.SPLIT: ExampleFilter.SPLIT,
    FindingKind.FLIPS: ExampleFilter.FLIPS,
    FindingKind.NO_REFERENCE: ExampleFilter.NO_REFERENCE,
    FindingKind.ALWAYS_LOST: ExampleFilter.ALWAYS_LOST,
    FindingKind.ALWAYS_WON: ExampleFilter.ALWAYS_WON,
    FindingKind.ALWAYS_TIE: ExampleFilter.ALWAYS_TIE,
}
"""The quick filter with the examples of a line, where there is one; else they are shown by their keys."""


_COUNTED_ALONE = (FindingKind.THIN_TAG,)
"""Kinds of which the findings are counted and not the examples."""

_LISTED_KEYS = 3


@dataclass(frozen=True, slots=True)
class HealthLine:
    """All findings of one kind: how many examples they are about, the keys of these, and a detail in words."""

    kind: FindingKind
    number: int
    keys: tuple[str, ...]
    detail: str = ""

    @property
    def words(self) -> str:
        """What is wrong, in words that stand behind a number of examples."""
        return WORDS[self.kind]


def health_lines(findings: Iterable[Finding]) -> list[HealthLine]:
    """Return one line for each kind of finding, the worst first."""
    by_kind: dict[FindingKind, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_kind[finding.kind].append(finding)
    lines = []
    for kind in (kind for kind in WORDS if kind in by_kind):
        found = by_kind[kind]
        keys = tuple(dict.fromkeys(key for finding in found for key in finding.keys))
        number = len(found) if kind in _COUNTED_ALONE else len(keys)
        lines.append(HealthLine(kind, number, keys, _detail(found, keys)))
    return lines


def _detail(found: Sequence[Finding], keys: Sequence[str]) -> str:
    """Return the detail of the first, with its examples and where it stands; else the first keys."""
    first = next((finding for finding in found if finding.detail), None)
    if first is None:
        return ", ".join(keys[:_LISTED_KEYS]) + (", …" if len(keys) > _LISTED_KEYS else "")
    named = "" if first.kind in _COUNTED_ALONE else f"{' and '.join(first.keys[:2])}: "
    where = f"{first.where.rsplit('/', 1)[-1]}, " if first.where else ""
    return f"{named}{where}{first.detail}"


def what_is_fine(lines: Iterable[HealthLine], *, checked: bool) -> str:
    """Return what was looked for and not found."""
    kinds = {line.kind for line in lines}
    looked_for = {
        "no two alike" if checked else "no text twice": (FindingKind.DUPLICATE, FindingKind.NEAR_DUPLICATE),
        "no instruction empty": (FindingKind.EMPTY,),
        "none marked broken": (FindingKind.BROKEN,),
    }
    looked_for |= {"none in another set": (FindingKind.LEAKED,)} if checked else {}
    return ", ".join(words for words, bad in looked_for.items() if kinds.isdisjoint(bad))


@dataclass(frozen=True, slots=True)
class HealthState:
    """What the panel shows: the lines, what was checked, and the line under the cursor (None: the list has the keys)."""

    lines: tuple[HealthLine, ...] = ()
    checked: str = ""
    good: str = ""
    cursor: int | None = None


class HealthPanel(Widget):
    """A panel with a bar at its left: sand where something may be wrong."""

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, name: str, signs: Signs) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._signs = signs
        self._state = HealthState()
        self._top = 0

    def show(self, state: HealthState) -> None:
        """Show these lines."""
        if state != self._state:
            self._state = state
            self.refresh()

    @property
    def _room(self) -> int:
        """Rows for lines below the head."""
        return max(self.size.height - 1, 0)

    def render(self) -> Content:
        state, width = self._state, self.size.width
        margin = 0 if width < 100 else 2
        inner = max(width - 1 - margin - (3 if margin else 1), 1)
        edge = Content.assemble((THICK, DOUBT if state.lines else RULE), " " * margin)
        rows = [spread(Content.styled("Health", BOLD), Content.styled(state.checked, MUTED), inner)]
        rows += self._lines(inner)
        rows = [*rows, *[Content("")] * self.size.height][: self.size.height]
        return Content("\n").join([Content.assemble(edge, row) for row in rows])

    def _lines(self, width: int) -> list[Content]:
        state, room = self._state, self._room
        digits = max((len(count(line.number)) for line in state.lines), default=1)
        words_width = max((len(line.words) for line in state.lines), default=0) + 3
        rows = [self._line(line, digits, words_width, width) for line in state.lines]
        if state.cursor is not None and rows:
            rows[state.cursor] = rows[state.cursor].stylize_before(TINT)
        if state.good:
            sign = Content.styled(self._signs.upheld, UPHELD)
            rows.append(Content.assemble(sign, " " * (digits + 4), (state.good, MUTED)).truncate(width, ellipsis=True))
        self._top = min(max((state.cursor or 0) - room + 1, 0), max(len(rows) - room, 0))
        shown = rows[self._top : self._top + room]
        below = len(rows) - self._top - len(shown)
        if below > 0 and shown:
            shown[-1] = Content.styled(f"{self._signs.more} {count_noun(below + 1, 'more line')}", MUTED)
        return shown

    def _line(self, line: HealthLine, digits: int, words_width: int, width: int) -> Content:
        row = Content.assemble(
            (self._signs.broken, DOUBT),
            f"   {count(line.number):>{digits}}",
            f" {line.words:<{words_width}}",
            safe_text.running(line.detail, MUTED),
        )
        return spread(row, Content(""), width)

    def on_click(self, event: Click) -> None:
        """Go to the examples of the line that was clicked."""
        index = event.y - 1 + self._top
        if 0 <= index < len(self._state.lines):
            self.post_message(self.Chosen(index))
