"""Saying why: one key a reason, the set's own where it has some."""

from collections.abc import Callable, Iterable, Mapping

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold.records.reviewed import PairView
from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, MUTED, TINT
from uphold_tui.screens.overlay import Overlay
from uphold_tui.widgets.field import Field

_KEYS = (
    Key("reasons.save", ("enter",), "save", "save"),
    Key("reasons.edit", ("+",), "edit", "add a reason"),
    Key("reasons.close", ("escape",), "close", "leave it as it was"),
)
LONGEST = 40


class ReasonsScreen(Overlay[tuple[str, ...] | None], inherit_bindings=False):
    """Answers the reasons chosen, or None when they are left as they were. A reason's key turns it on and off."""

    WIDTH = 72
    BINDINGS = bindings(_KEYS)

    def __init__(self, pair: PairView, words: Mapping[str, str], keep: Callable[[dict[str, str]], None]) -> None:
        super().__init__()
        self._pair, self._words, self._keep = pair, dict(words), keep
        self.chosen = list(pair.stand.reasons)
        self.list = Static(markup=False)
        self.field = Field("a key and a reason: n wrong number; a key alone takes it away")
        self.field.display = False

    def parts(self) -> Iterable[Widget]:
        yield self.list
        yield self.field

    def fill(self) -> None:
        """Draw the list."""
        head = Content.assemble(("Why, on ", BOLD), showing.line(self._pair.key, BOLD))
        rows = [Content.assemble(head, ("   a key each, several go together", MUTED)), Content("")]
        known = [*self._words.items(), *((" ", word) for word in self.chosen if word not in self._words.values())]
        for key, word in known:
            on = word in self.chosen
            tick = ("[x] " if on else "[ ] ", BOLD if on else MUTED)
            row = Content.assemble((f" {key} ", BOLD), " ", tick, showing.line(word, BOLD if on else MUTED), " ")
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
        self.dismiss(None if now == self._pair.stand.reasons else now)

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
