"""Writing a comment on a pair."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from uphold.records.reviewed import PairView
from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, MUTED
from uphold_tui.screens.overlay import Overlay

_KEYS = (
    Key("comment.save", ("enter",), "save", "save"),
    Key("comment.line", ("ctrl+j",), "new_line", "new line"),
    Key("comment.close", ("escape",), "close", "leave it as it was"),
)


class CommentField(TextArea):
    """A field whose text can be shown: what is pasted is made harmless on its way in. Enter is for its screen."""

    class Entered(Message):
        """Enter was pressed."""

    async def _on_key(self, event: KeyEvent) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Entered())
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: Paste) -> None:
        event.text = showing.safe(event.text)
        await super()._on_paste(event)


class CommentScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the new comment, or None when it is left as it was; an empty one takes the old away."""

    AUTO_FOCUS = "TextArea"
    BINDINGS = bindings(_KEYS)

    def __init__(self, pair: PairView) -> None:
        super().__init__()
        self._pair = pair
        self._before = showing.safe(pair.stand.comment or "")
        self.field = CommentField(self._before, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self.field.cursor_blink = False

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Comment on ", BOLD), showing.line(self._pair.key, BOLD))
        yield Static(head, markup=False)
        yield self.field
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in _FOOT]
        yield Static(Content("    ").join(entries), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """What is typed before the field has the focus is not lost."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert(event.character)

    def on_paste(self, event: Paste) -> None:
        """What is pasted before the field has the focus is not lost either."""
        if not self.field.has_focus:
            self.field.insert(showing.safe(event.text))

    def on_comment_field_entered(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Answer what is written, unless nothing changed."""
        text = self.field.text.strip()
        self.dismiss(None if text == self._before.strip() else text)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.field.insert("\n")


_FOOT = (("enter", "save"), ("ctrl+j", "new line"), ("esc", "leave it as it was"))
