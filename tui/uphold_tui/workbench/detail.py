"""The lower part of the workbench on large terminals: the pair under the cursor with both answers, or what the draft asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from uphold.formatting import count, count_noun
from uphold.records.texts import AnswerCell, cell_text
from uphold.workflows.tried_pair import TriedPair
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, MUTED, Signs
from uphold_tui.widgets.rows import first_rows, spread
from uphold_tui.widgets.said import Names, opinion_words, verdict_words
from uphold_tui.widgets.side_by_side import column_width, two_columns

_ASKED_ROWS = 3
"""Rows of what was asked."""

_SAID_ROWS = 2
"""Rows of what one person or judge said."""

_MOST_SAID = 4
"""People whose words are shown."""

_LEAST = 3
"""Rows of an answer that are worth showing."""


@dataclass(frozen=True, slots=True)
class PairShown:
    """A decided pair, the names of the old and the new judge's versions, who looks, and which of the two judges was right."""

    pair: TriedPair
    old: str
    new: str
    reviewer: str
    signs: Signs
    change: str = ""


def pair_detail(shown: PairShown, width: int, height: int) -> list[Content]:
    """Return a pair on at most `height` rows: what was asked, what people and judges said, both answers side by side.

    To somebody who has not decided it, only what was asked: the rest would decide for them, and give its sides away.
    """
    texts = shown.pair.texts
    turn = f" t{texts.turn}" if texts.turn > 1 else ""
    head = Content.assemble(safe_text.key(texts.key, BOLD), (turn, MUTED), "   ", safe_text.tags(texts.tags, MUTED))
    rows = [spread(head, Content.styled(shown.change, MUTED), width)]
    rows += first_rows(
        safe_text.running(_part(texts.text.turns[texts.turn - 1], width, _ASKED_ROWS)), width, _ASKED_ROWS
    )
    rows.append(Content(""))
    if not shown.pair.is_read_by(shown.reviewer):
        words = "You have not decided this pair: what was said on it and its answers are shown once you have."
        return [*rows, Content.styled(words, MUTED)][:height]
    names, room = (texts.candidate, texts.baseline), column_width(width)
    rows += [*_said_rows(shown, names, width), Content("")]
    below = max(height - len(rows), _LEAST)
    left, right = (
        _answer(name, cells, room, below, shown.signs)
        for name, cells in zip(names, (texts.candidate_cells, texts.baseline_cells), strict=True)
    )
    return [*rows, *two_columns(left, right, room)][:height]


def prompt_detail(title: str, asked: str, signs: Signs, width: int, height: int) -> list[Content]:
    """Return what a judge is asked on at most `height` rows, in two columns one after the other."""
    head = spread(
        Content.assemble(("What it is asked", BOLD), (f"   {title}, but for the texts of a pair", MUTED)),
        Content.styled(count_noun(len(asked.split()), "word"), MUTED),
        width,
    )
    below, room = max(height - 2, 1), column_width(width)
    lines = _fitted(asked, room, 2 * below, signs)
    return [head, Content(""), *two_columns(lines[:below], lines[below:], room)]


def _said_rows(shown: PairShown, names: Names, width: int) -> list[Content]:
    rows: list[Content] = []
    for opinion in shown.pair.said[:_MOST_SAID]:
        rows += first_rows(opinion_words(opinion, names, shown.reviewer, shown.signs), width, _SAID_ROWS)
    if len(shown.pair.said) > _MOST_SAID:
        rows.append(Content.styled(f"and {count(len(shown.pair.said) - _MOST_SAID)} more people", MUTED))
    for judge, verdict in ((shown.old, shown.pair.old), (shown.new, shown.pair.new)):
        if verdict is not None:
            rows += first_rows(verdict_words(verdict, names, safe_text.line(judge)), width, _SAID_ROWS)
    return rows


def _answer(name: str, cells: Sequence[AnswerCell], width: int, height: int, signs: Signs) -> list[Content]:
    """Return one answer at its turn below the name of its system."""
    text = cell_text(cells[-1]) if cells else ""
    title = spread(safe_text.line(name, BOLD), Content.styled(count_noun(len(text.split()), "word"), MUTED), width)
    if not text:
        return [title, Content.styled("empty response", MUTED)]
    return [title, *_fitted(text, width, max(height - 1, 1), signs)]


def _fitted(text: str, width: int, height: int, signs: Signs) -> list[Content]:
    """Return a text on at most so many rows; the last one says where it goes on."""
    part = _part(text, width, height)
    lines = safe_text.shown(part).wrap(max(width, 1))
    if len(lines) <= height and len(part) == len(text):
        return lines
    return [*lines[: height - 1], Content.styled(f"{signs.more} more", MUTED)]


def _part(text: str, width: int, rows: int) -> str:
    """Return as much of a text as so many rows can hold, and a row more: a long one is not wrapped whole for each key."""
    return text[: width * (rows + 1)]
