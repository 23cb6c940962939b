"""A part of a wrapped text that is selected, and the characters of the text that it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rich.cells import get_character_cell_size
from textual.content import Content
from textual.strip import Strip


class Place(NamedTuple):
    """A place in a wrapped text: its row and the cell in it, from 0."""

    row: int
    cell: int


WHOLE_ROW = 10**6
"""A cell behind the end of every row."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected: from where it was begun to where it has got, both included, in either direction."""

    anchor: Place
    head: Place

    @classmethod
    def of_rows(cls, anchor: int, head: int) -> "Selection":
        """Return the selection of whole rows."""
        forward = anchor <= head
        return cls(Place(anchor, 0 if forward else WHOLE_ROW), Place(head, WHOLE_ROW if forward else 0))

    def to(self, head: Place) -> "Selection":
        """Return the selection from the same beginning to another place."""
        return replace(self, head=head)

    @property
    def ends(self) -> tuple[Place, Place]:
        """The first and the last place."""
        return (self.anchor, self.head) if self.anchor <= self.head else (self.head, self.anchor)

    @property
    def rows(self) -> int:
        """How many rows it touches."""
        first, last = self.ends
        return last.row - first.row + 1

    def span(self, number: int, row: str) -> tuple[int, int] | None:
        """Return the characters of a row that are selected, from and to; None where none are."""
        first, last = self.ends
        if not first.row <= number <= last.row:
            return None
        start = characters_before(row, first.cell) if number == first.row else 0
        end = characters_before(row, last.cell + 1) if number == last.row else len(row)
        return (start, end) if start < end else None


def characters_before(row: str, cell: int) -> int:
    """Return how many characters of a row lie before a cell; a wide character that begins before it is one of them."""
    taken = 0
    for number, character in enumerate(row):
        if taken >= cell:
            return number
        taken += get_character_cell_size(character)
    return len(row)


def selected_text(body: Content | None, rows: "Sequence[Content] | Sequence[Strip]", selection: Selection) -> str:
    """Return the characters that a selection stands for.

    `body` is the text that was wrapped into the rows: line ends that only come from wrapping are not in what is returned.
    Without it (markdown, which is laid out anew) the rows are returned as they are shown.
    """
    texts = [row.plain if isinstance(row, Content) else row.text for row in rows]
    first, last = selection.ends
    spans = [
        (number, selection.span(number, texts[number])) for number in range(first.row, min(last.row + 1, len(texts)))
    ]
    if body is None:
        return "\n".join(texts[number][slice(*span)].rstrip() if span else "" for number, span in spans).strip("\n")
    before = sum(_count_visible(text) for text in texts[: first.row])
    chosen = [(number, span) for number, span in spans if span]
    if not chosen:
        return ""
    start = before + _count_visible(
        texts[first.row][: chosen[0][1][0]] if chosen[0][0] == first.row else texts[first.row]
    )
    visible = sum(_count_visible(texts[row][slice(*span)]) for row, span in chosen)
    return _between(body.plain, start, visible, whole_line=chosen[0][1][0] == 0)


def _between(text: str, before: int, number: int, *, whole_line: bool) -> str:
    """Return the part of a text that begins behind `before` visible characters and holds `number` of them.

    Wrapping changes white space only, so visible characters are counted. `whole_line` takes the indentation before it too.
    """
    places = [place for place, character in enumerate(text) if not character.isspace()]
    if not number or before >= len(places):
        return ""
    start, end = places[before], places[min(before + number, len(places)) - 1] + 1
    if whole_line:
        line = text.rfind("\n", 0, start) + 1
        start = line if text[line:start].isspace() else start
    return text[start:end]


def _count_visible(text: str) -> int:
    return len("".join(text.split()))
