"""The fields of one example: as they are shown beside the list, and as a form to write in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import safe_text
from uphold_tui.themes import HAIR, MUTED, RULE
from uphold_tui.widgets.rows import Field, ended
from uphold_tui.widgets.text_field import TextField

_LONGEST = 6_000
"""Characters of a field that are wrapped where it is only shown."""

_LEAST, _MOST = 2, 40
"""Rows of a field for text."""

_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class FieldValues:
    """What the fields of an example hold; `references` has one text a turn, empty where there is none."""

    key: str = ""
    turns: tuple[str, ...] = ("",)
    context: str = ""
    references: tuple[str, ...] = ("",)
    tags: tuple[str, ...] = ()

    @property
    def filled(self) -> "FieldValues":
        """The same without empty turns at the end."""
        number = max((index for index, turn in enumerate(self.turns, 1) if turn.strip()), default=1)
        return replace(self, turns=self.turns[:number], references=self.references[:number])


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its name, what it holds, and whether that is one line."""

    name: str
    text: str
    one_line: bool = False
    hint: str = ""


def field_specs(values: FieldValues, *, with_key: bool = False) -> list[FieldSpec]:
    """Return the fields in their order; the key is one only while an example is new."""
    several = len(values.turns) > 1
    specs = [FieldSpec("key", values.key, True, "made from the text when left empty")] if with_key else []
    for number, (turn, reference) in enumerate(zip(values.turns, values.references, strict=True), 1):
        specs.append(FieldSpec(f"turn {number}" if several else "instruction", turn))
        if several:
            specs.append(FieldSpec(f"reference {number}", reference))
    specs.append(FieldSpec("context", values.context))
    if not several:
        specs.append(FieldSpec("reference", values.references[0]))
    return [*specs, FieldSpec("tags", ", ".join(values.tags), True, "with commas between them")]


def split_tags(typed: str) -> tuple[str, ...]:
    """Return the tags of a line, each once, in its order."""
    return tuple(dict.fromkeys(tag for tag in _COMMA.split(typed.strip()) if tag))


def changed_tags(before: tuple[str, ...], typed: str) -> tuple[str, ...]:
    """Return the tags of a line that was made from `before` and perhaps changed; those that nobody touched are as they were."""
    if typed == safe_text.safe_line(", ".join(before)):
        return before
    raw = {safe_text.safe_line(tag): tag for tag in before}
    return tuple(raw.get(tag, tag) for tag in split_tags(typed))


def shared_heights(wanted: Sequence[int], room: int, weights: Sequence[int]) -> list[int]:
    """Return rows for fields that would like `wanted` rows each.

    Where there are too few, those give way first that have the most rows for their weight.
    """
    heights = list(wanted)
    while sum(heights) > room and max(heights, default=0) > 1:
        shrinkable = [index for index, high in enumerate(heights) if high > 1]
        heights[max(shrinkable, key=lambda index: heights[index] / weights[index])] -= 1
    return heights


def _weight(name: str) -> int:
    """Return how much a field may hold on to its rows: what is asked comes before what it stands in."""
    return 3 if name.startswith(("instruction", "turn")) else 2 if name.startswith("reference") else 1


class FieldsView(Widget):
    """The fields of the example under the cursor, to be read; a click begins to write in them."""

    class Clicked(Message):
        """The fields were clicked."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._values: FieldValues | None = None
        self._note = Content("")

    def show(self, values: FieldValues | None, note: Content) -> None:
        """Show these fields with a note below them; None shows the note alone."""
        if values == self._values and note.is_same(self._note):
            return
        self._values, self._note = values, note
        self.refresh()

    def render(self) -> Content:
        width, height = self.size.width, self.size.height
        if width < 4 or not height:
            return Content("")
        note = [Content.assemble("  ", row) for row in self._note.wrap(width - 2)] if self._note else []
        if self._values is None:
            return Content("\n").join(note)
        specs = [
            spec for spec in field_specs(self._values) if spec.text or spec.name in ("instruction", "reference", "tags")
        ]
        texts = [list(self._wrapped(spec, width - 3)) for spec in specs]
        wanted = [1 if spec.one_line else max(len(rows), _LEAST) for spec, rows in zip(specs, texts, strict=True)]
        heights = shared_heights(wanted, height - 2 * len(specs) - len(note), [_weight(spec.name) for spec in specs])
        rows: list[Content] = []
        for spec, text, high in zip(specs, texts, heights, strict=True):
            rows.append(Content.styled(f"  {spec.name}", MUTED))
            rows += [_box(row, width) for row in _cut(text, high, width - 3)]
            rows.append(Content(""))
        return Content("\n").join([*rows, *note][:height])

    def _wrapped(self, spec: FieldSpec, width: int) -> Iterable[Content]:
        if not spec.text:
            return (
                [Content.styled("none", MUTED)] if spec.one_line or spec.name.startswith("reference") else [Content("")]
            )
        if spec.one_line:
            return [safe_text.line(spec.text).truncate(width, ellipsis=True)]
        return safe_text.shown(spec.text[:_LONGEST]).wrap(max(width, 1))

    def on_click(self) -> None:
        self.post_message(self.Clicked())


def _cut(rows: list[Content], height: int, width: int) -> list[Content]:
    """Return exactly `height` rows; a text that goes on says so."""
    if len(rows) > height:
        last = rows[height - 1]
        return [*rows[: height - 1], ended(last, width) if last.plain.strip() else Content.styled("…", MUTED)]
    return rows + [Content("")] * (height - len(rows))


def _box(row: Content, width: int) -> Content:
    """Return one row of a field: a thin bar at its left, and the ground of what is read or typed into."""
    padded = Content.assemble((HAIR, RULE), " ", row, " " * max(width - 2 - row.cell_length, 0))
    return padded.stylize_before("on $surface")


class _Labelled:
    """A field with its name above it; both are hidden while the example has no such field.

    Fields are kept and filled anew, never removed: Textual may paint a removed text area once more, and that fails.
    """

    def __init__(self, field: TextField | Field) -> None:
        self.label = Static(classes="label", markup=False)
        self.field = field
        if isinstance(field, Field):
            field.select_on_focus = False
        self.hide()

    def hide(self) -> None:
        """Show neither."""
        self.label.display = self.field.display = False

    def show(self, spec: FieldSpec, height: int) -> None:
        """Show both, the field so high and with what it is to hold."""
        self.label.update(Content.styled(f"  {spec.name}", MUTED))
        if isinstance(self.field, TextField):
            self.field.give(spec.text)
        else:
            self.field.value = safe_text.safe_line(spec.text)
            self.field.placeholder = spec.hint
            self.field.cursor_position = len(self.field.value)
        self.field.styles.height = height
        self.label.display = self.field.display = True


class FieldsForm(VerticalScroll):
    """The fields of an example to write in; `values` is what they hold now."""

    class Done(Message):
        """Enter was pressed in a field of one line."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name, can_focus=False)
        self._given = FieldValues()
        self._with_key = False
        self._room = Size(0, 0)
        self._key, self._tags = _Labelled(Field()), _Labelled(Field())
        self._texts: list[_Labelled] = []
        self._fields: dict[str, TextField | Field] = {}

    def compose(self) -> ComposeResult:
        for one in (self._key, self._tags):
            yield one.label
            yield one.field

    async def begin(self, values: FieldValues, room: Size, *, with_key: bool = False, focus: str = "") -> None:
        """Show the fields with what they hold, the cursor in the one named `focus`, else in the first text.

        Their rows are shared out to fit into `room`; the form scrolls where that is too small.
        """
        self._given, self._with_key, self._room = values, with_key, room
        specs = field_specs(values, with_key=with_key)
        await self._make_texts(sum(not spec.one_line for spec in specs))
        wanted = [1 if spec.one_line else _wanted_rows(spec.text, room.width - 3) for spec in specs]
        weights = [_weight(spec.name) for spec in specs]
        heights = shared_heights(wanted, room.height - 2 * len(specs), weights)
        free = iter(self._texts)
        self._fields = {}
        for spec, high in zip(specs, heights, strict=True):
            one = next(free) if not spec.one_line else self._key if spec.name == "key" else self._tags
            one.show(spec, 1 if spec.one_line else max(high, _LEAST))
            self._fields[spec.name] = one.field
        for unused in (*free, *(() if with_key else (self._key,))):
            unused.hide()
        self.screen.set_focus(self._fields.get(focus, self._first_text()))

    async def _make_texts(self, number: int) -> None:
        """Make fields for text until there are so many: an example may have any number of turns."""
        new = [_Labelled(TextField()) for _ in range(number - len(self._texts))]
        if new:
            self._texts += new
            await self.mount(*(widget for one in new for widget in (one.label, one.field)), before=self._tags.label)

    def _first_text(self) -> TextField | Field:
        return next(field for field in self._fields.values() if isinstance(field, TextField))

    @property
    def values(self) -> FieldValues:
        """What the fields hold now; control characters that nobody touched are as they were."""
        several = len(self._given.turns) > 1
        numbers = range(1, len(self._given.turns) + 1)
        return FieldValues(
            self._line("key").strip() if self._with_key else self._given.key,
            tuple(self._text(f"turn {number}" if several else "instruction") for number in numbers),
            self._text("context"),
            tuple(self._text(f"reference {number}" if several else "reference") for number in numbers),
            changed_tags(self._given.tags, self._line("tags")),
        )

    def _text(self, name: str) -> str:
        field = self._fields[name]
        assert isinstance(field, TextField)
        return field.result

    def _line(self, name: str) -> str:
        field = self._fields[name]
        assert isinstance(field, Field)
        return field.value

    def go(self, step: int) -> None:
        """Go to the next field or the previous one, going round."""
        fields = list(self._fields.values())
        at = next((index for index, field in enumerate(fields) if field.has_focus), 0)
        self.screen.set_focus(fields[(at + step) % len(fields)])

    async def add_turn(self) -> None:
        """Add an empty turn behind the last one, and go to it."""
        values = self.values
        more = replace(values, turns=(*values.turns, ""), references=(*values.references, ""))
        number = len(self._given.turns) + 1
        await self.begin(more, self._room, with_key=self._with_key, focus=f"turn {number}")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done())


def _wanted_rows(text: str, width: int) -> int:
    """Return the rows that a text needs, and one more to go on writing."""
    lines = text[: _MOST * 400].split("\n")
    return min(max(sum(1 + len(line) // max(width, 1) for line in lines) + 1, _LEAST), _MOST)
