"""What to read next, and why: one queue, opened by enter."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.steps.advising import Advice
from uphold.steps.queueing import in_words
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, MUTED
from uphold_tui.screens.overlay import Overlay

_KEYS = (
    Key("next.read", ("enter",), "read", "read it"),
    Key("next.close", ("escape", "q", "w"), "close", "leave it"),
)


class NextScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the queue that is to be read, or None."""

    WIDTH = 84
    BINDINGS = bindings(_KEYS)

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self.advice = advice

    def parts(self) -> Iterable[Widget]:
        queue = self.advice.queue
        title = "Nothing to read" if queue is None else "Read next"
        words = "" if queue is None else f"   {in_words(queue)}"
        yield Static(Content.assemble((title, BOLD), words), markup=False)
        yield Static(Content.styled(self.advice.why, MUTED), markup=False)
        foot = [("enter", "opens this queue")] if queue is not None else []
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in (*foot, ("esc", "leave it"))]
        yield Static(Content("    ").join(entries), markup=False)

    def action_read(self) -> None:
        """Answer the queue."""
        self.dismiss(self.advice.queue)
