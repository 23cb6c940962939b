"""The dialog with what the systems answered to an example; one key makes an answer its reference."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count_noun
from uphold.records.sets import SystemAnswer
from uphold.records.texts import cell_text
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, TINT

_KEYS = (
    Key("answers.next", ("tab", "right", "n"), "choose(1)", "next system"),
    Key("answers.previous", ("shift+tab", "left", "N"), "choose(-1)", "previous system"),
    Key("answers.take", ("R",), "take", "make it the reference"),
    Key("answers.down", ("j", "down"), "scroll(1)", "scroll"),
    Key("answers.up", ("k", "up"), "scroll(-1)", "scroll"),
    Key("answers.page", ("space", "pagedown"), "page(1)", "page"),
    Key("answers.page_back", ("-", "pageup"), "page(-1)", "page"),
    Key("answers.close", ("escape", "q", "a"), "close", "close"),
)


class SystemAnswersScreen(Overlay[SystemAnswer | None], inherit_bindings=False):
    """The systems' answers to an example, one at a time; returns the one that is to be its reference, or None."""

    BINDINGS = bindings(_KEYS)

    def __init__(self, key: str, answers: Sequence[SystemAnswer], references: Sequence[str | None]) -> None:
        super().__init__()
        self._key, self._answers, self._references = key, answers, tuple(references)
        self._at = 0
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    @property
    def answer(self) -> SystemAnswer | None:
        """The answer that is shown."""
        return self._answers[self._at] if self._answers else None

    def fill(self) -> None:
        """Show the answer of the chosen system below the names of all."""
        head = Content.assemble(("Answers to ", BOLD), safe_text.line(self._key, BOLD))
        answer = self.answer
        if answer is None:
            words = "No system has answered this text. uphold generate, or an import, brings answers."
            self.text.update(Content("\n\n").join([head, Content.styled(words, MUTED), key_row((("esc", "close"),))]))
            return
        names = [
            Content.assemble(" ", safe_text.line(one.system), " ").stylize_before(TINT if one is answer else MUTED)
            for one in self._answers
        ]
        texts = tuple(map(cell_text, answer.cells))
        is_reference = texts == self._references
        words = count_noun(sum(len(text.split()) for text in texts), "word")
        facts = Content.styled(f"{words}{', the reference as it is' if is_reference else ''}", MUTED)
        body = Content("\n\n").join([safe_text.shown(text) for text in texts])
        entries = [("tab", "next system"), ("R", "make it the reference"), ("esc", "close")]
        keys_row = key_row(entries, self.text_width)  # above the answer, whose end may be off the screen
        parts = [Content("   ").join([head, facts]), keys_row, Content(" ").join(names), body]
        self.text.update(Content("\n\n").join(parts))

    def action_choose(self, step: int) -> None:
        """Show the answer of the next system or the previous one, going round."""
        if self._answers:
            self._at = (self._at + step) % len(self._answers)
            self.panel.scroll_home(animate=False, immediate=True)
            self.fill()

    def action_take(self) -> None:
        """Close, returning the answer that is shown."""
        self.dismiss(self.answer)
