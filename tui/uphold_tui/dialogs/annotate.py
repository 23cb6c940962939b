"""Dialogs that annotate a pair: a comment in words, and reasons with one key each."""

from collections.abc import Callable, Iterable, Mapping

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from uphold.records.reviews import PairView
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.rows import Field

_COMMENT_KEYS = (
    Key("comment.save", ("enter",), "save", "save"),
    Key("comment.line", ("ctrl+j",), "new_line", "new line"),
    Key("comment.close", ("escape",), "close", "leave it as it was"),
)

_COMMENT_ENTRIES = (("enter", "save"), ("ctrl+j", "new line"), ("esc", "leave it as it was"))

_REASON_KEYS = (
    Key("reasons.save", ("enter",), "save", "save"),
    Key("reasons.edit", ("+",), "edit", "add a reason"),
    Key("reasons.several", ("tab",), "several", "several"),
    Key("reasons.close", ("escape",), "close", "leave it as it was"),
)

_REASON_ENTRIES = (("enter", "save"), ("+", "change the list"), ("esc", "leave it"))

_ONE_KEY_ENTRIES = (("tab", "several"), ("+", "change the list"), ("esc", "leave it"))

_LONGEST_REASON = 40
"""Characters that are kept of a reason."""


class CommentField(TextArea):
    """A text area that makes pasted text safe to show, and posts `Entered` on enter instead of breaking the line."""

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
        # Textual calls the method of the base class too; what calls it here pastes twice.
        event.text = safe_text.safe(event.text)


class CommentScreen(Overlay[str | None], inherit_bindings=False):
    """Asks for a comment; returns it, or None when it is left as it was. An empty one removes the old comment."""

    AUTO_FOCUS = "TextArea"
    WIDTH = None
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
        yield Static(key_row(_COMMENT_ENTRIES), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """Put what is typed before the field has the focus into the field."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert(event.character)

    def on_paste(self, event: Paste) -> None:
        """Put what is pasted before the field has the focus into the field."""
        if not self.field.has_focus:
            self.field.insert(safe_text.safe(event.text))

    def on_comment_field_entered(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Close, returning the comment unless nothing changed."""
        text = self.field.text.strip()
        self.dismiss(None if text == self._before.strip() else text)

    def action_new_line(self) -> None:
        """Start a new line."""
        self.field.insert("\n")


class ReasonsScreen(Overlay[tuple[str, ...] | None], inherit_bindings=False):
    """Asks for reasons, each turned on and off by its key; returns those chosen, or None when they are left as they were.

    `reason_keys` maps a key to its reason; `save_reason_keys` is called with the whole map when the list is changed. With
    `one_key` the first reason chosen closes the dialog; tab lets several be chosen. `note` is shown below the reasons.
    """

    WIDTH = 72
    BINDINGS = bindings(_REASON_KEYS)

    def __init__(
        self,
        pair: PairView,
        reason_keys: Mapping[str, str],
        save_reason_keys: Callable[[dict[str, str]], None],
        *,
        one_key: bool = False,
        note: str = "",
    ) -> None:
        super().__init__()
        self._one_key, self._note = one_key, note
        self._pair, self._reason_keys, self._save_reason_keys = pair, dict(reason_keys), save_reason_keys
        self.chosen = list(pair.state.reasons)
        self.list = Static(markup=False)
        self.field = Field("a key and a reason: n wrong number; a key alone takes it away")
        self.field.display = False

    def parts(self) -> Iterable[Widget]:
        yield self.list
        yield self.field

    def fill(self) -> None:
        """Show the reasons, ticked where they are chosen."""
        head = Content.assemble(("Why, on ", BOLD), safe_text.line(self._pair.key, BOLD))
        how = "one key says why and goes on" if self._one_key else "a key each, several go together"
        rows = [Content.assemble(head, (f"   {how}", MUTED)), Content("")]
        reasons = self._reason_keys.values()
        without_key = [(" ", reason) for reason in self.chosen if reason not in reasons]
        for key, reason in [*self._reason_keys.items(), *without_key]:
            on = reason in self.chosen
            style = BOLD if on else MUTED
            tick = ("[x] " if on else "[ ] ", style)
            row = Content.assemble((f" {key} ", BOLD), " ", tick, safe_text.line(reason, style), " ")
            rows.append(row.stylize_before(TINT) if on else row)
        if self._note:
            rows += [Content(""), Content.styled(f" {self._note}", MUTED)]
        entries = _ONE_KEY_ENTRIES if self._one_key else _REASON_ENTRIES
        self.list.update(Content("\n").join([*rows, Content(""), key_row(entries)]))

    def on_key(self, event: KeyEvent) -> None:
        """Turn a reason on or off by its key."""
        reason = self._reason_keys.get(event.character or "")
        if reason is None or self.field.display:
            return
        event.stop()
        (self.chosen.remove if reason in self.chosen else self.chosen.append)(reason)
        if self._one_key and reason in self.chosen:
            self.action_save()
        else:
            self.fill()

    def action_several(self) -> None:
        """Let several reasons be chosen."""
        self._one_key = False
        self.fill()

    def action_save(self) -> None:
        """Close, returning the reasons chosen unless nothing changed."""
        now = tuple(self.chosen)
        self.dismiss(None if now == self._pair.state.reasons else now)

    def action_edit(self) -> None:
        """Show the field in which the list of reasons is changed."""
        self.field.display = True
        self.set_focus(self.field)

    def action_close(self) -> None:
        """Leave the field; outside it, close and leave the reasons as they were."""
        if self.field.display:
            self._end_edit()
        else:
            self.dismiss(None)

    def _end_edit(self) -> None:
        self.field.value, self.field.display = "", False
        self.set_focus(None)
        self.fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Change the list: a key and a reason add or change it, a key alone removes it."""
        event.stop()
        key, _, reason = event.value.strip().partition(" ")
        if len(key) == 1 and key not in "+ ":
            self._reason_keys.pop(key, None)
            if reason.strip():
                self._reason_keys[key] = reason.strip()[:_LONGEST_REASON]
            self._save_reason_keys(dict(self._reason_keys))
        self._end_edit()
