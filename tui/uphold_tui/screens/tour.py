"""A tour of two minutes: a few sentences on the screen as it is, one at a time; it changes nothing."""

from collections.abc import Iterable, Mapping

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold_tui.keys import Key, bindings, label
from uphold_tui.look import BOLD, FAINT, MUTED
from uphold_tui.screens.overlay import Overlay

_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Two systems answered the same instruction. Which is which stays hidden, and the sides change from pair to pair. "
        "Long answers scroll.",
        ("down", "up", "diff"),
    ),
    (
        "Below, a judge says which answer is better, and why. Where you see it the same way, uphold it: that is saved at "
        "once, and the next pair comes.",
        ("uphold",),
    ),
    ("Where you do not, say what you think instead. Nothing else is to be done.", ("a", "b", "tie", "both_bad")),
    ("Nothing is final: every step can be taken back, today or next week.", ("undo", "skip", "comment", "flag")),
    (
        "From what you uphold and overturn come numbers that say how far they can be trusted. Twenty pairs are a beginning.",
        ("figures", "pairs", "help", "back"),
    ),
)
_KEYS = (
    Key("tour.next", ("enter", "space", "right"), "step(1)", "next"),
    Key("tour.before", ("left", "-"), "step(-1)", "before"),
    Key("tour.close", ("escape", "q"), "close", "end"),
)


class TourScreen(Overlay[None], inherit_bindings=False):
    """enter goes on, esc ends it."""

    WIDTH = 76
    BINDINGS = bindings(_KEYS)

    def __init__(self, table: Mapping[str, Key]) -> None:
        super().__init__()
        self._table = table
        self.at = 0
        self.page = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.page

    def fill(self) -> None:
        """Draw the step at hand; what it speaks of is not covered."""
        self.set_class(self.at == 0, "-below")
        words, named = _STEPS[self.at]
        keys = [self._table[f"review.{name}"] for name in named]
        entries = [Content.assemble((label(key), BOLD), (f" {key.word}", MUTED)) for key in keys]
        last = self.at == len(_STEPS) - 1
        foot = Content.assemble(
            (f"{self.at + 1} of {len(_STEPS)}    ", FAINT), ("enter", BOLD), (f" {'begin' if last else 'go on'}    ", MUTED),
            ("esc", BOLD), (" end", MUTED),
        )  # fmt: skip
        self.page.update(Content("\n\n").join([Content(words), Content("    ").join(entries), foot]))

    def action_step(self, step: int) -> None:
        """On, or back; after the last step the tour ends."""
        if self.at + step >= len(_STEPS):
            self.dismiss(None)
            return
        self.at = max(self.at + step, 0)
        self.fill()
