"""The dialog with the old and the new answer to one example side by side: a word diff, and why who says what."""

import asyncio
from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun
from uphold.records.checkpoints import LostExample, Opinion
from uphold.records.runs import Run
from uphold.records.texts import cell_text
from uphold.reports.comparison_report import OUTCOMES
from uphold.workflows.pair_records import PairRecord
from uphold_tui import safe_text
from uphold_tui.checkpoints.source import CheckpointsSource, OldAndNew
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED, Signs
from uphold_tui.widgets.rows import spread
from uphold_tui.widgets.said import opinion_words, verdict_words
from uphold_tui.widgets.side_by_side import LONGEST_COMPARED, column_width, two_columns, words_marked
from uphold_tui.widgets.word_diff import word_diff

_KEYS = (
    Key("old_new.next", ("n", "right"), "next(1)", "next example"),
    Key("old_new.previous", ("N", "left"), "next(-1)", "previous example"),
    Key("old_new.down", ("j", "down"), "scroll(1)", "scroll"),
    Key("old_new.up", ("k", "up"), "scroll(-1)", "scroll"),
    Key("old_new.page", ("space", "pagedown"), "page(1)", "page"),
    Key("old_new.page_back", ("-", "pageup"), "page(-1)", "page"),
    Key("old_new.close", ("escape", "q", "enter"), "leave", "close"),
)

_ASKED_ROWS = 4
"""Rows of what was asked."""

_SIDE_BY_SIDE = 64
"""Cells from which two columns have room; below that the new answer stands under the old one."""


class OldAndNewScreen(Overlay[int], inherit_bindings=False):
    """Old and new answer to one of several examples; returns the index of the one that was shown last."""

    WIDTH = 160
    BINDINGS = bindings(_KEYS)

    def __init__(
        self, before: Run, after: Run, examples: Sequence[LostExample], at: int, source: CheckpointsSource, signs: Signs
    ) -> None:
        super().__init__()
        self._runs, self._examples, self._at = (before, after), examples, at
        self._source, self._signs = source, signs
        self._both: OldAndNew | None = None
        self._error = ""
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def on_mount(self) -> None:
        self._start_reading()

    def _start_reading(self) -> None:
        self._both = None
        self.run_worker(self._read(), exclusive=True)

    async def _read(self) -> None:
        example = self._examples[self._at]
        try:
            self._both = await asyncio.to_thread(self._source.both, *self._runs, example)
        except UpholdError as error:
            self._error = str(error)
        self.fill()

    def fill(self) -> None:
        """Show both answers, what only one of them has on a tint."""
        example, width = self._examples[self._at], self.text_width
        place = f"   {count(self._at + 1)} of {count(len(self._examples))}" if len(self._examples) > 1 else ""
        turn = f"   turn {example.turn}" if example.turn > 1 else ""
        outcome = f"   {OUTCOMES[example.before]} to {OUTCOMES[example.after]}"
        outcome += "" if example.by else ", only the judge says so"
        head = Content.assemble(safe_text.line(example.key, BOLD), (turn + outcome + place, MUTED))
        entries = [("esc", "close"), *([("n N", "next, previous")] if len(self._examples) > 1 else [])]
        asked = safe_text.running(example.instruction[:LONGEST_COMPARED], MUTED).wrap(width)
        keys_row = key_row(entries, width)  # above the answers, whose end may be off the screen
        rows = [head, Content(""), keys_row, Content(""), *asked[:_ASKED_ROWS]]
        if len(asked) > _ASKED_ROWS:
            rows.append(Content.styled(f"{self._signs.more} {count(len(asked) - _ASKED_ROWS)} more lines", MUTED))
        rows.append(Content(""))
        if self._both is not None:
            rows += self._answers(self._both, width)
        else:
            rows.append(safe_text.running(self._error, DOUBT) if self._error else Content.styled("reading …", MUTED))
        self.text.update(Content("\n").join(rows))

    def _answers(self, both: OldAndNew, width: int) -> list[Content]:
        old, new = _answer(both.old), _answer(both.new)
        diff = word_diff(old.plain, new.plain)
        is_wide = width >= _SIDE_BY_SIDE
        room = column_width(width) if is_wide else width
        columns = [
            self._column(self._runs[0], both.old, both.old_said, words_marked(old, diff.only_a), diff.words_a, room),
            self._column(self._runs[1], both.new, both.new_said, words_marked(new, diff.only_b), diff.words_b, room),
        ]
        if not is_wide:
            return [*columns[0], Content(""), *columns[1]]
        return two_columns(columns[0], columns[1], room)

    def _column(
        self, run: Run, pair: PairRecord | None, said: Sequence[Opinion], text: Content, only_here: int, width: int
    ) -> list[Content]:
        facts = f"{count_noun(only_here, 'word')} only here"
        title = spread(safe_text.line(run.candidate, BOLD), Content.styled(facts, MUTED), width)
        if pair is None:
            return [title, Content.styled("no current pair of this example", MUTED)]
        rows, names = [title], (run.candidate, run.baseline)
        for opinion in said:
            rows += opinion_words(opinion, names, self._source.reviewer, self._signs).wrap(width)
        if pair.verdicts:
            judge = safe_text.line(pair.verdicts[0].name, MUTED)
            rows += verdict_words(pair.verdicts[0], names, judge).wrap(width)
        return [*rows, Content(""), *text.wrap(max(width, 1))]

    def action_next(self, step: int) -> None:
        """Show the next example, or the previous one, going round."""
        self._at = (self._at + step) % len(self._examples)
        self.panel.scroll_home(animate=False, immediate=True)
        self._start_reading()

    def action_leave(self) -> None:
        """Close, returning which example is shown."""
        self.dismiss(self._at)


def _answer(pair: PairRecord | None) -> Content:
    """Return the candidate's answer of a pair at its turn."""
    if pair is None or not pair.texts.candidate_cells:
        return Content("")
    return safe_text.shown(cell_text(pair.texts.candidate_cells[-1])[:LONGEST_COMPARED])
