"""Dialogs about what the database could not take: the question before leaving, and the file to save to instead."""

from collections.abc import Iterable
from enum import Enum

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui import safe_text
from uphold_tui.dialogs.ask import AskScreen, Question
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, OVERTURNED


class Choice(Enum):
    """What to do about something that is not saved."""

    SAVE = "save"
    LEAVE = "leave"


_KEYS = (
    Key("not_kept.save", ("s", "S"), "choose('save')", "save elsewhere"),
    Key("not_kept.leave", ("x",), "choose('leave')", "leave without it"),
    Key("not_kept.stay", ("escape",), "close", "stay"),
)

_ENTRIES = (("s", "save it elsewhere"), ("x", "leave without it"), ("esc", "stay"))


class NotKeptScreen(Overlay[Choice | None], inherit_bindings=False):
    """Says what leaving would lose; returns the choice, None to stay. No key that leaves elsewhere leaves here.

    `can_save` says whether there is something that another file could take.
    """

    BINDINGS = bindings(_KEYS)
    WIDTH = 90

    def __init__(self, trouble: str, *, can_save: bool = True) -> None:
        super().__init__()
        self._trouble, self._can_save = trouble, can_save

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.styled("Not everything is kept", f"{BOLD} {OVERTURNED}"), markup=False)
        yield Static(safe_text.shown(f"{self._trouble[:1].upper()}{self._trouble[1:]}.\n"), markup=False)
        if self._can_save:
            yield Static(Content.styled("As long as this stays open it can be saved elsewhere.\n", MUTED), markup=False)
        yield Static(key_row(_ENTRIES if self._can_save else _ENTRIES[1:]), markup=False)

    def action_choose(self, choice: str) -> None:
        """Close with this choice."""
        if self._can_save or choice != Choice.SAVE.value:
            self.dismiss(Choice(choice))


def ask_file(suggested: str) -> AskScreen:
    """Return a dialog that asks for a file to save to."""
    return AskScreen(
        Question(
            "Save to",
            "a new file: NAME.db for everything, NAME.jsonl for decisions that `uphold import` takes in",
            initial=suggested,
            hint="a file",
            keys=(("enter", "save"), ("esc", "leave it")),
        )
    )
