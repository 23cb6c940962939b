"""What an eval set asks of its judges and reviewers."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, FAINT, MUTED
from uphold_tui.screens.overlay import Overlay


class GuidelinesScreen(Overlay[None]):
    """`I` or esc closes."""

    BINDINGS = bindings((Key("guidelines.close", ("I",), "close", "close"),))

    def __init__(self, set_name: str, text: str | None) -> None:
        super().__init__()
        self._set, self._guidelines = set_name, text

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Guidelines of ", BOLD), showing.line(self._set, BOLD))
        if self._guidelines:
            body = showing.shown(self._guidelines.strip())
        else:
            body = Content.styled("None are written down for this set. Judges are given none either.", MUTED)
        yield Static(Content("\n\n").join([head, body, Content.styled("esc closes", FAINT)]), markup=False)
