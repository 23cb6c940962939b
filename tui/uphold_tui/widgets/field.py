"""One line that one types into: still, compact, and what is pasted is made harmless on its way in."""

from textual.events import Paste
from textual.widgets import Input

from uphold_tui import showing


class Field(Input):
    """A line to type into; `hint` stands in it while it is empty, `before` is what it holds at first."""

    def __init__(self, hint: str = "", before: str = "", *, name: str | None = None) -> None:
        super().__init__(showing.safe_line(before), placeholder=hint, compact=True, id=name)
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        event.text = showing.safe_line(event.text)
        super()._on_paste(event)
