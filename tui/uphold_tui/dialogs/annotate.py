"""Writing a comment on a pair."""

from collections.abc import Callable, Iterable, Mapping

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from uphold.records.reviews import PairView
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.rows import Field

_COMMENT_KEYS = (
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
        event.text = safe_text.safe(event.text)
        await super()._on_paste(event)


class CommentScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the new comment, or None when it is left as it was; an empty one takes the old away."""

    AUTO_FOCUS = "TextArea"
    BINDINGS = bindings(_COMMENT_KEYS)

    def __init__(self, pair: PairView) -> None:
        super().__init__()
        self._pair = pair
        self._before = safe_text.safe(pair.state.comment or "")
        self.field = CommentField(self._before, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self.field.cursor_blink = False

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Comment on ", BOLD), safe_text.line(self._pair.key, BOLD))
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
            self.field.insert(safe_text.safe(event.text))

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


_REASON_KEYS = (
    Key("reasons.save", ("enter",), "save", "save"),
    Key("reasons.edit", ("+",), "edit", "add a reason"),
    Key("reasons.close", ("escape",), "close", "leave it as it was"),
)


LONGEST = 40


class ReasonsScreen(Overlay[tuple[str, ...] | None], inherit_bindings=False):
    """Answers the reasons chosen, or None when they are left as they were. A reason's key turns it on and off."""

    WIDTH = 72
    BINDINGS = bindings(_REASON_KEYS)

    def __init__(self, pair: PairView, words: Mapping[str, str], keep: Callable[[dict[str, str]], None]) -> None:
        super().__init__()
        self._pair, self._words, self._keep = pair, dict(words), keep
        self.chosen = list(pair.state.reasons)
        self.list = Static(markup=False)
        self.field = Field("a key and a reason: n wrong number; a key alone takes it away")
        self.field.display = False

    def parts(self) -> Iterable[Widget]:
        yield self.list
        yield self.field

    def fill(self) -> None:
        """Draw the list."""
        head = Content.assemble(("Why, on ", BOLD), safe_text.line(self._pair.key, BOLD))
        rows = [Content.assemble(head, ("   a key each, several go together", MUTED)), Content("")]
        known = [*self._words.items(), *((" ", word) for word in self.chosen if word not in self._words.values())]
        for key, word in known:
            on = word in self.chosen
            tick = ("[x] " if on else "[ ] ", BOLD if on else MUTED)
            row = Content.assemble((f" {key} ", BOLD), " ", tick, safe_text.line(word, BOLD if on else MUTED), " ")
            rows.append(row.stylize_before(TINT) if on else row)
        foot = (("enter", "save"), ("+", "change the list"), ("esc", "leave it"))
        rows += [Content(""), Content("    ").join([Content.assemble((k, BOLD), (f" {w}", MUTED)) for k, w in foot])]
        self.list.update(Content("\n").join(rows))

    def on_key(self, event: KeyEvent) -> None:
        """A reason's key turns it on, or off."""
        word = self._words.get(event.character or "")
        if word is None or self.field.display:
            return
        event.stop()
        (self.chosen.remove if word in self.chosen else self.chosen.append)(word)
        self.fill()

    def action_save(self) -> None:
        """Answer what is chosen, unless nothing changed."""
        now = tuple(self.chosen)
        self.dismiss(None if now == self._pair.state.reasons else now)

    def action_edit(self) -> None:
        """Write a reason of the set's own."""
        self.field.display = True
        self.field.focus()

    def action_close(self) -> None:
        """Leave the field, or everything as it was."""
        if self.field.display:
            self._end_edit()
        else:
            self.dismiss(None)

    def _end_edit(self) -> None:
        self.field.value, self.field.display = "", False
        self.set_focus(None)
        self.fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what was written: a key with a reason adds or changes it, a key alone takes it away."""
        event.stop()
        key, _, word = event.value.strip().partition(" ")
        if len(key) == 1 and key not in "+ ":
            self._words.pop(key, None)
            if word.strip():
                self._words[key] = word.strip()[:LONGEST]
            self._keep(dict(self._words))
        self._end_edit()
