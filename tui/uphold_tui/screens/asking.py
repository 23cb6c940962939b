"""Asking for one line: the name of a judge, an amount."""

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, FAINT, MUTED
from uphold_tui.screens.commands import CommandField
from uphold_tui.screens.overlay import Overlay

_FOOT = (("enter", "take it"), ("esc", "leave it"))


class AskScreen(Overlay[str | None]):
    """Answers what was typed, or None when it was closed."""

    AUTO_FOCUS = "Input"
    BINDINGS = bindings((Key("ask.close", ("escape",), "close", "close"),), first=True)

    def __init__(self, question: str, why: str, before: str = "") -> None:
        super().__init__()
        self._question, self._why = question, why
        self.field = CommandField(showing.safe_line(before))
        self.field.cursor_blink = False

    def parts(self) -> Iterable[Widget]:
        yield Static(Content.assemble((self._question, BOLD), "   ", (self._why, MUTED)), markup=False)
        yield self.field
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in _FOOT]
        yield Static(Content("    ").join(entries), markup=False)

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        """Answer what stands in the field."""
        event.stop()
        self.dismiss(event.value.strip())


class AnswersScreen(Overlay[None]):
    """What a judge really answered on a pair, as it came."""

    BINDINGS = bindings((Key("answers.close", ("r",), "close", "close"),))

    def __init__(self, key: str, judge: str, answers: Iterable[tuple[str, str, str]]) -> None:
        super().__init__()
        self._key, self._judge, self._answers = key, judge, tuple(answers)

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(
            ("Raw answers of ", BOLD), showing.line(self._judge, BOLD), (" on ", BOLD), showing.line(self._key, BOLD)
        )
        rows = [
            Content("\n").join([Content.styled(order, BOLD), showing.shown(said, MUTED), showing.shown(raw)])
            for order, said, raw in self._answers
        ]
        foot = Content.styled("esc closes", FAINT)
        yield Static(Content("\n\n").join([head, *rows, foot]), markup=False)
