"""A dialog that asks for one line: what to search for, a name, an amount, a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.rows import Field

_KEYS = (
    Key("ask.answer", ("enter",), "answer", "take it"),
    Key("ask.close", ("escape",), "close", "leave it"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question for one line of text.

    `hint` stands in the field while it is empty, `initial` is what the field holds at first, `keys` are the entries of the
    last row. `placement` is a CSS class for another size or place of the panel. With `goes_on` what is typed goes on behind
    `initial` in place of replacing it.
    """

    title: str
    explanation: str = ""
    initial: str = ""
    hint: str = ""
    keys: tuple[tuple[str, str], ...] = (("enter", "take it"), ("esc", "leave it"))
    placement: str = ""
    goes_on: bool = False


class AskScreen(Overlay[str | None], inherit_bindings=False):
    """Returns what was typed, without blanks around it, or None when it was closed."""

    WIDTH = None
    AUTO_FOCUS = "Input"
    BINDINGS = bindings(_KEYS, first=True)

    def __init__(self, question: Question) -> None:
        super().__init__()
        if question.placement:
            self.add_class(question.placement)
        self._question = question
        self.field = Field(question.hint, question.initial)
        self.field.select_on_focus = not question.goes_on

    def parts(self) -> Iterable[Widget]:
        question = self._question
        yield Static(Content.assemble((question.title, BOLD), "   ", (question.explanation, MUTED)), markup=False)
        yield self.field
        yield Static(key_row(question.keys), markup=False)

    def on_key(self, event: KeyEvent) -> None:
        """Put what is typed before the field has the focus into the field."""
        if event.is_printable and event.character and not self.field.has_focus:
            event.stop()
            self.field.insert_text_at_cursor(event.character)

    def action_answer(self) -> None:
        """Close, returning what the field holds."""
        self.dismiss(self.field.value.strip())


def ask_search(initial: str = "") -> AskScreen:
    """Return a dialog that asks what to search for in the run."""
    return AskScreen(
        Question(
            "Find in this run",
            initial=initial,
            hint="instructions, contexts, responses, reasons, comments",
            keys=(("enter", "find"), ("n N", "next, previous match"), ("esc", "leave it")),
            placement="-bottom",
        )
    )


def ask_reviewer(initial: str) -> AskScreen:
    """Return a dialog that asks who reviews."""
    return AskScreen(
        Question(
            "Who reviews",
            initial=initial,
            hint="a name",
            keys=(("enter", "review under this name"), ("esc", "leave it")),
            placement="-small",
        )
    )
