"""The question before a change that takes pairs, verdicts or decisions out of the numbers."""

from collections.abc import Iterable
from enum import Enum

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.records.sets import StaleCounts, stale_sentence
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED, Signs


class Answer(Enum):
    """What to do with a change."""

    SAVE = "save"
    LEAVE = "leave"


_KEYS = (
    Key("stale.save", ("enter",), "answer('save')", "save"),
    Key("stale.leave", ("x",), "answer('leave')", "leave it as it was"),
    Key("stale.back", ("escape",), "close", "go on writing"),
)


class StaleScreen(Overlay[Answer | None], inherit_bindings=False):
    """Says what a change of an example makes stale; returns what to do, None to go on writing."""

    WIDTH = 84
    BINDINGS = bindings(_KEYS)

    def __init__(self, key: str, stale: StaleCounts, signs: Signs) -> None:
        super().__init__()
        self._key, self._stale, self._signs = key, stale, signs

    def parts(self) -> Iterable[Widget]:
        sentence = stale_sentence(self._stale)
        rows = [
            Content.assemble(("Save the change of ", BOLD), safe_text.line(self._key, BOLD), ("?", BOLD)),
            Content(""),
            Content.assemble((f"{self._signs.stale} ", DOUBT), sentence, (".", "")),
            Content.styled("They stay with the old text, and count again when it comes back.", MUTED),
            Content(""),
            key_row((("enter", "save"), ("x", "leave it as it was"), ("esc", "go on writing"))),
        ]
        yield Static(Content("\n").join(rows), markup=False)

    def action_answer(self, answer: str) -> None:
        """Close with this answer."""
        self.dismiss(Answer(answer))
