"""A dialog that says what an act spends or changes, and asks whether to do it."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED

_KEYS = (
    Key("confirm.yes", ("enter",), "answer", "do it"),
    Key("confirm.close", ("escape", "q"), "close", "leave it"),
)


class ConfirmScreen(Overlay[bool], inherit_bindings=False):
    """Shows a title and sentences, made safe; returns True where `yes` was chosen, None where it was closed."""

    WIDTH = 84
    BINDINGS = bindings(_KEYS)

    def __init__(self, title: str, sentences: Sequence[str], yes: str) -> None:
        super().__init__()
        self._title, self._sentences, self._yes = title, sentences, yes

    def parts(self) -> Iterable[Widget]:
        rows = [
            safe_text.line(self._title, BOLD),
            Content(""),
            *(safe_text.line(sentence, MUTED) for sentence in self._sentences),
            Content(""),
            key_row((("enter", self._yes), ("esc", "leave it"))),
        ]
        yield Static(Content("\n").join(rows), markup=False)

    def action_answer(self) -> None:
        """Close, returning that it is to be done."""
        self.dismiss(True)
