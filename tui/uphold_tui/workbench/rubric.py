"""The rubric of a draft as rows: its clauses, each with where it comes from, and the decisions that the judge is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Region

from uphold.formatting import count, count_noun, of_n
from uphold.records.enums import Preference
from uphold.records.judge_clauses import Clause, ClauseSource, JudgePrompt, ShownPair
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, MUTED, TINT
from uphold_tui.widgets.header import chip
from uphold_tui.widgets.rows import spread

_EDGE = 2
"""Cells before and behind the text, which the tint of the row under the cursor fills too."""

_NUMBER = 3

_KEY = 12


@dataclass(frozen=True, slots=True)
class RubricRows:
    """Rows, and the rows of each item that the cursor goes to: the clauses, then the shown pairs."""

    rows: tuple[Content, ...]
    items: tuple[Region, ...]


def rubric_rows(draft: JudgePrompt, number: int, names: tuple[str, str], cursor: int | None, width: int) -> RubricRows:
    """Return a draft as rows of `width` cells; `number` is the version being written, `names` candidate and baseline.

    The item at `cursor` is tinted; None: the keys that write clauses do nothing here.
    """
    text = width - 2 * _EDGE
    on, new = sum(clause.is_on for clause in draft.clauses), sum(_is_new(one.since, number) for one in draft.clauses)
    said = f"{of_n(on, len(draft.clauses))} on{f', {count(new)} new' if new else ''}" if draft.clauses else ""
    rows = [_inset(spread(Content.styled("Rubric", BOLD), Content.styled(said, MUTED), text)), Content("")]
    items: list[Region] = []
    for place, clause in enumerate(draft.clauses):
        block = _clause(place, clause, number, text)
        items.append(Region(0, len(rows), width, len(block)))
        rows += [*_tinted(block, width, is_on=place == cursor), Content("")]
    if not draft.clauses:
        how = ": n writes one, w takes one from the reasons that were given" if cursor is not None else ""
        words = f"No clause yet{how}"
        rows += [*map(_inset, Content.styled(words, MUTED).wrap(max(text, 8))), Content("")]
    if draft.shown:
        what = f"   {count_noun(len(draft.shown), 'decision')}, all of this half"
        rows.append(_inset(Content.assemble(("Shown to it", BOLD), (what, MUTED)).truncate(text, ellipsis=True)))
    for place, pair in enumerate(draft.shown, len(draft.clauses)):
        items.append(Region(0, len(rows), width, 1))
        rows += _tinted([_shown(pair, names, number, text)], width, is_on=place == cursor)
    return RubricRows(tuple(rows), tuple(items))


def _is_new(since: int, number: int) -> bool:
    return since == number


def _inset(row: Content) -> Content:
    return Content.assemble(" " * _EDGE, row)


def _tinted(block: Sequence[Content], width: int, *, is_on: bool) -> list[Content]:
    rows = [spread(_inset(row), Content(""), width) for row in block]
    return [row.stylize_before(TINT) for row in rows] if is_on else rows


def _clause(place: int, clause: Clause, number: int, width: int) -> list[Content]:
    """Return a clause and where it comes from; one that is off is muted and says so."""
    style, edge = ("" if clause.is_on else MUTED), " " * (_NUMBER + 1)
    lines = safe_text.running(clause.text, style).wrap(max(width - _NUMBER - 1, 8))
    head = Content.styled(f"{place + 1:<{_NUMBER}} ", BOLD if clause.is_on else MUTED)
    origin = Content.styled(clause_origin(clause), MUTED)
    if clause.source is ClauseSource.REASON:
        pairs = count_noun(len(clause.pairs), "overturned", "overturned")
        origin = Content.assemble(
            (f"from {pairs}: ", MUTED), safe_text.running(clause.reason, MUTED), (_since(clause), MUTED)
        )
    room = width - _NUMBER - 1
    if _is_new(clause.since, number) and clause.is_on:
        mark = chip("new")
        origin = Content.assemble(origin.truncate(max(room - mark.cell_length - 2, 0), ellipsis=True), "  ", mark)
    return [
        Content.assemble(head, lines[0]),
        *(Content.assemble(edge, line) for line in lines[1:]),
        Content.assemble(edge, origin.truncate(max(room, 0), ellipsis=True)),
    ]


def clause_origin(clause: Clause) -> str:
    """Return where a clause comes from, without the words of a reason: `written by you, v1; off since v3`."""
    return ("in the rubric it had" if clause.source is ClauseSource.RUBRIC else "written") + _since(clause)


def _since(clause: Clause) -> str:
    since = "" if clause.source is ClauseSource.RUBRIC else f", v{count(clause.since)}"
    return since if clause.off_since is None else f"{since}; off since v{count(clause.off_since)}"


def _shown(pair: ShownPair, names: tuple[str, str], number: int, width: int) -> Content:
    key = safe_text.line(pair.key, MUTED).truncate(_KEY, ellipsis=True)
    left = Content.assemble(
        key, " " * (_KEY + 2 - key.cell_length), safe_text.running(pair.reason or "no reason", MUTED)
    )
    mark = [Content("  "), chip("new")] if _is_new(pair.since, number) else []
    return spread(left, Content.assemble(winner_name(pair.winner, names), *mark), width)


def winner_name(winner: Preference, names: tuple[str, str], style: str = "") -> Content:
    """Return the system that was preferred by its name, or `tie`."""
    if winner is Preference.TIE:
        return Content.styled("tie", style)
    return safe_text.line(names[winner is Preference.BASELINE], style).truncate(16, ellipsis=True)
