"""Writing what to find in the run."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, MUTED
from uphold_tui.screens.commands import CommandField
from uphold_tui.screens.overlay import Overlay

_KEYS = (
    Key("find.find", ("enter",), "find", "find"),
    Key("find.close", ("escape",), "close", "leave it"),
)
_FOOT = (("enter", "find"), ("n N", "next, previous match"), ("esc", "leave it"))


class FindScreen(Overlay[str | None], inherit_bindings=False):
    """Answers what is to be found, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self.field = CommandField(
            showing.safe_line(before), placeholder="instructions, responses, reasons, comments", compact=True
        )
        self.field.cursor_blink = False

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.styled("Find in this run", BOLD), markup=False)
        yield self.field
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in _FOOT]
        yield Static(Content("    ").join(entries), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """What is typed before the field has the focus is not lost."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def action_find(self) -> None:
        """Answer what is written, unless that is nothing."""
        self.dismiss(self.field.value.strip() or None)
