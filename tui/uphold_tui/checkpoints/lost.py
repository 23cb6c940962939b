"""The strip below the checkpoints: what one lost or won against the blessed run, who says so and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from uphold.formatting import count
from uphold.records.checkpoints import CheckpointRow, LostExample, Opinion
from uphold_tui import safe_text
from uphold_tui.checkpoints.rows import day
from uphold_tui.themes import BOLD, MUTED, TINT, Signs
from uphold_tui.widgets.rows import spread
from uphold_tui.widgets.said import opinion_reasons

_KEY, _WHO = 14, 13

_WIDTH_WITH_REASONS = 60
"""From this width on there is a column of reasons."""


@dataclass(frozen=True, slots=True)
class LostStrip:
    """What the strip shows of the run under the cursor.

    `examples` are None while they are read; `cursor` is the index of one of them, None while the cursor is above. `won`:
    they are the won ones. `reviewer` is the one who looks.
    """

    row: CheckpointRow | None
    blessed: CheckpointRow | None
    examples: Sequence[LostExample] | None
    cursor: int | None
    won: bool
    reviewer: str
    signs: Signs

    def rows(self, width: int, height: int) -> list[Content]:
        """Return the strip: a title, and as many examples as there is room for."""
        row, blessed = self.row, self.blessed
        if row is None:
            return []
        if blessed is None:
            return [
                Content.styled("No run is blessed", BOLD),
                Content.styled("b blesses a run: every other one is held against it, example by example.", MUTED),
            ]
        if row.blessed is not None:
            return self._blessed(row)
        name, other = safe_text.line(row.run.candidate, BOLD), safe_text.line(blessed.run.candidate, MUTED)
        word = "Won" if self.won else "Lost"
        title = Content.assemble((f"{word} by ", BOLD), name, (" what ", MUTED), other)
        title = Content.assemble(title, (" had lost" if self.won else " had won", MUTED))
        number, known = row.won if self.won else row.lost, row.difference.n
        if self.examples is None:
            return [title, Content.styled("reading …", MUTED)]
        if not self.examples:
            reason = row.difference.reason if not known else None
            return [title, safe_text.running(reason or f"none of the {count(known)} known in both", MUTED)]
        right = Content.styled(f"{count(number or 0)} of the {count(known)} known in both", MUTED)
        return [spread(title, right, width), *self._examples(self.examples, width, height - 1)]

    def _blessed(self, row: CheckpointRow) -> list[Content]:
        found = row.blessed
        assert found is not None
        who = (
            Content.assemble((" by ", MUTED), safe_text.line(found.reviewer, MUTED)) if found.reviewer else Content("")
        )
        title = Content.assemble(
            safe_text.line(row.run.candidate, BOLD), (f" is blessed since {day(found.created_at)}", MUTED), who
        )
        note = safe_text.quoted(found.note) if found.note else Content.styled("without a note; b adds one", MUTED)
        return [title, note, Content.styled("The others are held against it.", MUTED)]

    def _examples(self, examples: Sequence[LostExample], width: int, height: int) -> list[Content]:
        room = height if len(examples) <= height else height - 1
        first = min(max((self.cursor or 0) - room + 1, 0), max(len(examples) - room, 0))
        rows, whys = [], self._reason_width(examples, width)
        for index, example in enumerate(examples[first : first + room], first):
            row = spread(self._example(example, width, whys), Content(""), width)
            rows.append(row.stylize_before(TINT) if index == self.cursor else row)
        if (others := len(examples) - room) > 0:
            rows.append(Content.styled(f"{self.signs.more} {count(others)} others", MUTED))
        return rows

    def _reason_width(self, examples: Sequence[LostExample], width: int) -> int:
        """Width of the column of reasons: what the longest takes, up to a share of the row; the instructions have the rest."""
        if width < _WIDTH_WITH_REASONS:
            return 0
        whys = (who_and_why(example.by, self.reviewer, self.signs)[1] for example in examples)
        longest = max((why.cell_length for why in whys), default=0)
        return min(longest + 2 if longest else 0, max(width // 4, 10), 60)

    def _example(self, example: LostExample, width: int, reason: int) -> Content:
        who, why = who_and_why(example.by, self.reviewer, self.signs)
        style = "" if example.by else MUTED
        asked = safe_text.running(example.instruction, style)
        turn = f" turn {example.turn}" if example.turn > 1 else ""
        key = Content.assemble(safe_text.key(example.key, MUTED, _KEY - 2 - len(turn)), (turn, MUTED))
        asked_width = max(width - _KEY - _WHO - reason, 8)
        return Content.assemble(
            _cell(key, _KEY), _cell(asked, asked_width), _cell(who, _WHO), _cell(why, reason) if reason else ""
        )


def who_and_why(by: Sequence[Opinion], reviewer: str, signs: Signs) -> tuple[Content, Content]:
    """Return who decided a pair and why; nobody: the judge, whose opinion is not counted."""
    if not by:
        return Content.styled("judge", MUTED), Content.styled("unread, not counted", MUTED)
    first = next((one for one in by if one.reviewer == reviewer), by[0])
    others = Content.styled(f" +{count(len(by) - 1)}", MUTED) if len(by) > 1 else Content("")
    said = opinion_reasons(first)
    if first.carried_from is not None:
        source = Content.assemble(("from ", MUTED), safe_text.line(first.carried_from, MUTED))
        return Content.assemble((f"{signs.carried} carried", MUTED), others), Content("  ").join(
            filter(None, (said, source))
        )
    who = Content.styled("you", BOLD) if first.reviewer == reviewer else safe_text.line(first.reviewer)
    return Content.assemble(who, others), said


def _cell(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    return Content.assemble(cut, " " * max(width - cut.cell_length, 0))
