"""The dialog that sets and takes tags: a digit for one that the set has, letters and enter for a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("tags.save", ("enter",), "save", "save"),
    Key("tags.close", ("escape",), "close", "leave them as they were"),
)

_ENTRIES = (("digits", "set or take"), ("letters", "find, or write a new one"), ("enter", "save"), ("esc", "leave it"))

_DIGITS = "1234567890"

_LONGEST_TAG = 60
"""Characters that are kept of a tag that is written here."""


@dataclass(frozen=True, slots=True)
class TagChange:
    """Tags to add to some examples and to remove from them."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class TagsScreen(Overlay[TagChange | None], inherit_bindings=False):
    """Asks for the tags of some examples; returns what changes, or None.

    `known` are the tags of the set, the most used first; `examples` the present tags of each example. A tag that only some
    of them have is shown as `[-]`, and set in all by its digit.
    """

    WIDTH = 96
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, title: str, known: Sequence[str], examples: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self.add_class("-form")
        self._title, self._known = title, list(known)
        self._examples = [frozenset(tags) for tags in examples]
        self.changed: dict[str, bool] = {}
        self.list = Static(markup=False)
        self.field = Field("")
        self.field.display = False
        self.field.select_on_focus = False  # the letter that brought the focus stays

    def parts(self) -> Iterable[Widget]:
        yield self.list
        yield self.field

    @property
    def _offered(self) -> list[str]:
        """The tags that have a digit now: those that hold what was typed."""
        typed = self.field.value.strip().casefold()
        return [tag for tag in self._known if typed in tag.casefold()][: len(_DIGITS)]

    def _state(self, tag: str) -> bool | None:
        """Whether the examples have a tag; None where only some of them do."""
        if tag in self.changed:
            return self.changed[tag]
        having = sum(tag in tags for tags in self._examples)
        return None if 0 < having < len(self._examples) else having > 0

    def fill(self) -> None:
        """Show the tags with their digits, ticked where they are set."""
        words = "   a digit each, several go together"
        rows = [Content.assemble(("Tags of ", BOLD), safe_text.line(self._title, BOLD), (words, MUTED)), Content("")]
        for digit, tag in zip(_DIGITS, self._offered, strict=False):
            state = self._state(tag)
            tick = {True: "[x] ", False: "[ ] ", None: "[-] "}[state]
            style = BOLD if state else MUTED
            row = Content.assemble((f" {digit} ", BOLD), " ", (tick, style), safe_text.line(tag, style), " ")
            rows.append(row.stylize_before(TINT) if state else row)
        if not self._known:
            rows.append(Content.styled(" no tag yet: write one", MUTED))
        more = len(self._known) - len(self._offered)
        if more > 0 and not self.field.value:
            rows.append(Content.styled(f" {more} more: letters find them", MUTED))
        self.list.update(Content("\n").join([*rows, Content(""), key_row(_ENTRIES, self.text_width)]))

    def on_key(self, event: KeyEvent) -> None:
        """Set or take a tag by its digit; put what else is typed into the field."""
        character = event.character if event.is_printable else None
        if character is None or self.field.has_focus:
            return
        event.stop()
        event.prevent_default()
        if character in _DIGITS:
            index = _DIGITS.index(character)
            if index < len(self._offered):
                tag = self._offered[index]
                self.changed[tag] = not self._state(tag)
            self.fill()
        elif character != " ":
            self.field.display = True
            self.set_focus(self.field)
            self.field.insert_text_at_cursor(character)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if not event.value and not self.field.value:  # digits set and take tags again
            self._leave_field()
        self.fill()

    def _leave_field(self) -> None:
        self.field.display = False
        self.set_focus(None)

    def action_save(self) -> None:
        """Close, returning what changes, with the tag that was typed."""
        typed = self.field.value.strip().strip(",")[:_LONGEST_TAG].strip()
        if typed:
            shown = {safe_text.safe_line(tag): tag for tag in self._known}
            self.changed[shown.get(typed, typed)] = True
        having = {tag: [tag in tags for tags in self._examples] for tag in self.changed}
        add = tuple(tag for tag, wanted in self.changed.items() if wanted and not all(having[tag]))
        remove = tuple(tag for tag, wanted in self.changed.items() if not wanted and any(having[tag]))
        self.dismiss(TagChange(add, remove) if add or remove else None)

    def action_close(self) -> None:
        """Leave the field; outside it, close and leave the tags as they were."""
        if self.field.display:
            self.field.value = ""
            self._leave_field()
            self.fill()
        else:
            self.dismiss(None)
