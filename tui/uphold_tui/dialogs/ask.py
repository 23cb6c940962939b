"""Asking for one line: what to find, a name, an amount; and the answers of a judge as they came."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.dialogs.overlay import Overlay
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("ask.answer", ("enter",), "answer", "take it"),
    Key("ask.close", ("escape",), "close", "leave it"),
)


class AskScreen(Overlay[str | None], inherit_bindings=False):
    """Answers what was typed, without blanks around it, or None when it was closed."""

    AUTO_FOCUS = "Input"
    BINDINGS = bindings(_KEYS, first=True)
    FOOT: Sequence[tuple[str, str]] = (("enter", "take it"), ("esc", "leave it"))

    def __init__(self, question: str, why: str = "", before: str = "", *, hint: str = "") -> None:
        super().__init__()
        self._question, self._why = question, why
        self.field = Field(hint, before)

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.assemble((self._question, BOLD), "   ", (self._why, MUTED)), markup=False)
        yield self.field
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in self.FOOT]
        yield Static(Content("    ").join(entries), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """What is typed before the field has the focus is not lost."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def action_answer(self) -> None:
        """Answer what stands in the field."""
        self.dismiss(self.field.value.strip())


class FindScreen(AskScreen):
    """What to find in the run."""

    WIDTH = 104
    FOOT = (("enter", "find"), ("n N", "next, previous match"), ("esc", "leave it"))

    def __init__(self, before: str = "") -> None:
        hint = "instructions, contexts, responses, reasons, comments"
        super().__init__("Find in this run", before=before, hint=hint)


class WhoScreen(AskScreen):
    """Who reviews."""

    FOOT = (("enter", "review under this name"), ("esc", "leave it"))

    def __init__(self, before: str) -> None:
        super().__init__("Who reviews", before=before, hint="a name")
