"""Writing who reviews."""

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
    Key("who.keep", ("enter",), "keep", "keep"),
    Key("who.close", ("escape",), "close", "leave it"),
)
_FOOT = (("enter", "review under this name"), ("esc", "leave it"))


class WhoScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the reviewer's name, or None."""

    AUTO_FOCUS = "Input"
    WIDTH = 60
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, before: str) -> None:
        super().__init__()
        self.field = CommandField(showing.safe_line(before), placeholder="a name", compact=True)
        self.field.cursor_blink = False

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.styled("Who reviews", BOLD), markup=False)
        yield self.field
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in _FOOT]
        yield Static(Content("    ").join(entries), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """What is typed before the field has the focus is not lost."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def action_keep(self) -> None:
        """Answer the name, unless there is none."""
        self.dismiss(self.field.value.strip() or None)
