"""Dialogs about an eval set as a whole: a new one, and its purpose and guidelines."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets.rows import Field
from uphold_tui.widgets.text_field import TextField


@dataclass(frozen=True, slots=True)
class NewSet:
    """A name and a purpose, which may be empty."""

    name: str
    purpose: str


_NEW_KEYS = (
    Key("new_set.next", ("tab", "down", "up", "shift+tab"), "other_field", "other field"),
    Key("new_set.close", ("escape",), "close", "leave it"),
)


class NewSetScreen(Overlay[NewSet | None], inherit_bindings=False):
    """Asks for the name and purpose of a new eval set; `taken` are the names that are in use."""

    AUTO_FOCUS = "#name"
    BINDINGS = bindings(_NEW_KEYS, first=True)

    def __init__(self, taken: Iterable[str]) -> None:
        super().__init__()
        self.add_class("-form")
        self._taken = frozenset(taken)
        self.name_field = Field("a name: support-desk", name="name")
        self.purpose_field = Field("what it is to show, if you like: replies to customers", name="purpose")
        self.message = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.assemble(("A new eval set", BOLD), ("   instructions of your own", MUTED)), markup=False)
        yield self.name_field
        yield self.purpose_field
        yield self.message

    def fill(self) -> None:
        """Show the keys."""
        self.message.update(key_row((("enter", "make it"), ("tab", "other field"), ("esc", "leave it"))))

    def action_other_field(self) -> None:
        """Go to the other field."""
        self.set_focus(self.purpose_field if self.name_field.has_focus else self.name_field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the name go on to the purpose; from there make the set, unless its name is missing or in use."""
        event.stop()
        name = self.name_field.value.strip()
        if not name or name in self._taken:
            words = "there is a set of this name already" if name else "a set needs a name"
            self.message.update(Content.styled(words, DOUBT))
            self.set_focus(self.name_field)
        elif self.name_field.has_focus:
            self.fill()
            self.set_focus(self.purpose_field)
        else:
            self.dismiss(NewSet(name, self.purpose_field.value.strip()))


@dataclass(frozen=True, slots=True)
class SetTexts:
    """The purpose and the guidelines of an eval set."""

    purpose: str
    guidelines: str


_TEXT_KEYS = (
    Key("set_texts.save", ("ctrl+s",), "save", "save"),
    Key("set_texts.next", ("tab", "shift+tab"), "other_field", "other field"),
    Key("set_texts.close", ("escape",), "close", "leave them as they were"),
)


class SetTextsScreen(Overlay[SetTexts | None], inherit_bindings=False):
    """Asks for the purpose and the guidelines of an eval set; returns both, or None where they are left as they were."""

    AUTO_FOCUS = "TextField"
    BINDINGS = bindings(_TEXT_KEYS, first=True)

    def __init__(self, set_name: str, texts: SetTexts) -> None:
        super().__init__()
        self.add_class("-form")
        self._set, self._before = set_name, texts
        self._purpose = texts.purpose
        self.purpose_field = Field("none", texts.purpose)
        self.guidelines_field = TextField(texts.guidelines)

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.assemble(("Purpose of ", BOLD), safe_text.line(self._set, BOLD)), markup=False)
        yield self.purpose_field
        words = "   reviewers read them with I; a judge gets them as its rubric where it has none"
        yield Static(Content.assemble(("Guidelines", BOLD), (words, MUTED)), markup=False)
        yield self.guidelines_field
        entries = (("ctrl+s", "save"), ("tab", "other field"), ("esc", "leave them as they were"))
        yield Static(key_row(entries), markup=False)

    def action_other_field(self) -> None:
        """Go to the other field."""
        self.set_focus(self.guidelines_field if self.purpose_field.has_focus else self.purpose_field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the purpose go on to the guidelines."""
        event.stop()
        self.set_focus(self.guidelines_field)

    def action_save(self) -> None:
        """Close, returning both unless nothing changed."""
        changed = self.purpose_field.value != safe_text.safe_line(self._before.purpose)
        purpose = self.purpose_field.value.strip() if changed else self._before.purpose
        now = SetTexts(purpose, self.guidelines_field.result)
        self.dismiss(None if now == self._before else now)
