"""Runs and eval sets as rows of the start screen."""

from dataclasses import dataclass

from textual.content import Content

from uphold.records.numbers import LEAST_FOR_RATE
from uphold.records.runs import RunRow, SetRow
from uphold.stats.intervals import wilson
from uphold_tui import showing
from uphold_tui.look import BOLD, DOUBT, FAINT, MUTED, RULE, STRONG
from uphold_tui.widgets.bars import axis, interval


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand, and how wide they are; without room the bars go."""

    name: int
    done: int
    bar: int
    rate: int
    axis: int

    @classmethod
    def fitting(cls, width: int) -> "Columns":
        """Columns for a width: three, or names and words only."""
        if width >= 104:
            spare = max(width - 114, 0)
            return cls(name=42 + spare // 2, done=35, bar=18, rate=width - 77 - spare // 2, axis=22)
        if width >= 60:
            return cls(name=width - 38, done=18, bar=0, rate=20, axis=0)
        return cls(name=max(width - 14, 1), done=14, bar=0, rate=0, axis=0)


def heads(at: Columns) -> Content:
    """The words over the runs."""
    scale = Content.assemble(axis(at.axis), "  ") if at.axis else Content("")
    rate = Content.assemble(scale, _faint("win rate"))
    return _row(at, _faint("candidate against baseline"), _faint("reviewed"), rate)


def set_heads(at: Columns) -> Content:
    """The words over the eval sets."""
    return _row(at, _faint("eval sets"), _faint("examples"), _faint("reviewed"))


def run_block(row: RunRow, at: Columns) -> tuple[Content, Content]:
    """A run on two rows: who, how far and how well; below it the set, the judge and the agreement."""
    run = row.run
    who = Content.assemble(showing.line(run.candidate, BOLD), (" against ", FAINT), showing.line(run.baseline))
    done = Content.assemble(
        _bar(row, at.bar), (f"{row.reviewed:>5}" if at.bar else f"{row.reviewed}", ""), (f" of {row.pairs}", MUTED)
    )
    first = _row(at, who, done, _rate(row, at))
    pairs = f", {row.pairs} {_plural(row.pairs, 'pair')}" if at.bar or not row.disputed else ""
    where = Content.assemble(showing.line(run.set, MUTED), (pairs, MUTED))
    if row.disputed:
        where = Content.assemble(where, (f"   {row.disputed} in dispute", DOUBT))
    return first, _row(at, where, _judge(row, short=not at.bar), _agreement(row))


def _bar(row: RunRow, width: int) -> Content:
    if not width:
        return Content("")
    read = round(width * row.reviewed / row.pairs) if row.pairs else 0
    read = max(read, 1) if row.reviewed else 0
    return Content.assemble(("━" * read, STRONG), ("─" * (width - read), RULE))


def _rate(row: RunRow, at: Columns) -> Content:
    """The win rate of the humans' labels with its interval; below ten the count."""
    n = row.wins + row.ties + row.losses
    if n < LEAST_FOR_RATE:
        words = f"{row.wins} {_plural(row.wins, 'win')} of {n}" if n else ""
        return Content.assemble(
            interval(None, None, None, at.axis) if at.axis else "", ("  " if at.axis else "", ""), (words, MUTED)
        )
    low, high = wilson(row.wins, n)
    rate = row.wins / n
    bar = Content.assemble(interval(rate, low, high, at.axis), "  ") if at.axis else Content("")
    return Content.assemble(bar, (f"{round(rate * 100)}", BOLD), (f"  {round(low * 100)}–{round(high * 100)}", MUTED))


def _judge(row: RunRow, *, short: bool) -> Content:
    """Who judged it, and how much of it; `short`: not in which orders."""
    if row.judge is None:
        return Content.styled("not judged", MUTED)
    words = "" if row.judged >= row.pairs else f", {row.judged} of {row.pairs}"
    if row.orders == 1 and not words and not short:
        words = ", one order"
    return Content.assemble(showing.line(row.judge, MUTED), (words, MUTED))


def _agreement(row: RunRow) -> Content:
    if row.compared >= LEAST_FOR_RATE:
        return Content.styled(f"agreement {round(100 * row.agree / row.compared)}", MUTED)
    if row.reviewed:
        return Content.styled(f"{LEAST_FOR_RATE} needed for a rate", MUTED)
    return Content.styled("opinion only" if row.judge is not None else "", MUTED)


def set_row(row: SetRow, at: Columns) -> Content:
    """An eval set on one row."""
    name = showing.line(row.name)
    if row.purpose:
        name = Content.assemble(name, "  ", showing.running(row.purpose, FAINT))
    examples = f"{row.active} active"
    examples += f", {row.draft} draft" if row.draft else ""
    examples += f", {row.turns} turns" if row.turns > 1 else ""
    people = f" by {row.reviewers} people" if row.reviewers > 1 else ""
    return _row(at, name, _muted(examples), _muted(f"{row.reviewed}{people}"))


def _row(at: Columns, first: Content, second: Content, third: Content) -> Content:
    cells = [_cell(first, at.name), _cell(second, at.done)]
    return Content.assemble(*cells, third if at.rate else "")


def _cell(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _faint(words: str) -> Content:
    return Content.styled(words, FAINT)


def _muted(words: str) -> Content:
    return Content.styled(words, MUTED)
