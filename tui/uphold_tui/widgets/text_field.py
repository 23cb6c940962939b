"""A field for text of several lines."""

from textual.events import Paste
from textual.widgets import TextArea

from uphold_tui import safe_text


class TextField(TextArea):
    """A text area that shows foreign text made safe, typed, pasted or given; tab leaves it.

    `result` puts what was changed into the text as it was given, so that control characters and line ends that nobody
    touched stay as they were.
    """

    def __init__(self, text: str = "", *, name: str | None = None) -> None:
        super().__init__(
            safe_text.in_field(text),
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            id=name,
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self._given = text

    def give(self, text: str) -> None:
        """Hold another text, with the cursor at its beginning; what was undone in the one before is forgotten."""
        self._given = text
        self.load_text(safe_text.in_field(text))

    async def _on_paste(self, event: Paste) -> None:
        # Textual calls the method of the base class too; what calls it here pastes twice.
        event.text = safe_text.in_field(event.text)

    @property
    def result(self) -> str:
        """The text given, with what was changed here."""
        return safe_text.with_changes(self._given, self.text)
