"""A checkpoint as two rows: interval, difference to the blessed run, lost and won; below them set, judge, what is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from textual.content import Content

from uphold.formatting import NONE, count, of_n, percent_number, points, points_interval, score
from uphold.records.checkpoints import CheckpointRow
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.headline_judge import words_behind_name
from uphold.records.scores import ScoreChange
from uphold.reports.comparison_report import change_sentences
from uphold.reports.rate_text import rate_interval
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, Signs
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.header import chip

_RATE, _DIFFERENCE, _CHANGED, _AGREEMENT = 14, 22, 7, 12
"""Widths of columns in cells."""

_BAR = 22

_SCORE = 13


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells, 0 for those that have no room; `changed` is that of lost, and of won."""

    name: int
    bar: int
    rate: int
    difference: int
    changed: int = 0
    agreement: int = 0

    def fit(self, scores: Sequence[str]) -> Sequence[str]:
        """Return the scores that have room below the difference and what follows it; none where that is narrow."""
        if not self.changed:
            return ()
        return scores[: (self.difference + 2 * self.changed + self.agreement) // _SCORE]

    @classmethod
    def fitting(cls, width: int) -> "Columns":
        """Return columns for rows of `width` cells: first agreement goes, then lost and won, then the bar."""
        if width >= 108:
            bar = _BAR + 2 + (width - 112) // 4 * 2 if width >= 120 else _BAR + 2
            rest = bar + _RATE + _DIFFERENCE + 2 * _CHANGED + _AGREEMENT
            return cls(width - rest, bar, _RATE, _DIFFERENCE, _CHANGED, _AGREEMENT)
        if width >= 96:
            rest = _BAR + 2 + _RATE + _DIFFERENCE + 2 * _CHANGED
            return cls(width - rest, _BAR + 2, _RATE, _DIFFERENCE, _CHANGED)
        if width >= 76:
            return cls(width - _BAR - _RATE - _DIFFERENCE + 4, _BAR, _RATE, _DIFFERENCE - 4)
        if width >= 48:
            return cls(width - _RATE - _DIFFERENCE + 4, 0, _RATE, _DIFFERENCE - 4)
        return cls(max(width - _RATE, 1), 0, _RATE, 0)


def heads(columns: Columns, scores: Sequence[str], *, some_blessed: bool, carried: str) -> tuple[Content, Content]:
    """Return the two rows of column heads; `scores` have one, and where no run is blessed a head says which key blesses one."""
    against = "against blessed" if some_blessed else "b blesses a run"
    first = [
        _left(_faint("checkpoint"), columns.name),
        _left(Content.assemble(axis(max(columns.bar - 2, 0)) if columns.bar else ""), columns.bar),
        _left(_faint("win rate"), columns.rate),
        _left(_faint(against), columns.difference),
        _right(_faint("lost"), columns.changed),
        _right(_faint("won"), columns.changed),
        _right(_faint("agreement"), columns.agreement),
    ]
    second = [
        _left(_faint("set and judge"), columns.name),
        _left(_faint(f"read   {carried} carried"), columns.bar),
        _left(_faint("pairs"), columns.rate),
        *(
            _right(safe_text.line(name, FAINT).truncate(_SCORE - 2, ellipsis=True), _SCORE)
            for name in columns.fit(scores)
        ),
    ]
    return Content.assemble(*first), Content.assemble(*second)


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """A checkpoint as it is listed; `marked` for a comparison. `baseline` is shown where the set's runs have several."""

    row: CheckpointRow
    marked: bool = False
    with_baseline: bool = False
    scores: Mapping[str, ScoreChange] = field(default_factory=dict)

    def rows(self, columns: Columns, scores: Sequence[str], signs: Signs) -> tuple[Content, Content]:
        """Return its two rows; `scores` are the names of those that have a column."""
        return self._first(columns), self._second(columns, scores, signs)

    def _first(self, columns: Columns) -> Content:
        row = self.row
        bar = Content("")
        if columns.bar:
            rate = row.rate
            bar = interval(rate.rate, rate.low, rate.high, columns.bar - 2)
        lost, won = (
            Content.styled(NONE if number is None else count(number), FAINT if number is None else "")
            for number in ((row.lost, row.won) if row.difference.n else (None, None))
        )
        cells = [
            _left(self._name(columns.name - 2), columns.name),
            _left(bar, columns.bar),
            _left(_rate(row), columns.rate),
            _left(_difference(row), columns.difference),
            _right(lost, columns.changed),
            _right(won, columns.changed),
            _right(_agreement(row), columns.agreement),
        ]
        return Content.assemble(*cells)

    def _name(self, width: int) -> Content:
        """Return the candidate's name with its date, or that it is blessed; the name is cut before those."""
        row = self.row
        behind = Content.styled(f"  {day(row.created_at)}", MUTED)
        if row.blessed is not None:
            behind = Content.assemble(" ", chip("blessed"))
        if self.marked:
            behind = Content.assemble(" ", chip("marked"), behind if row.blessed is not None else "")
        name = safe_text.line(row.run.candidate, BOLD)
        if name.cell_length + behind.cell_length > width and row.blessed is None and not self.marked:
            behind = Content("")
        return Content.assemble(name.truncate(max(width - behind.cell_length, 4), ellipsis=True), behind)

    def _second(self, columns: Columns, scores: Sequence[str], signs: Signs) -> Content:
        row, reading = self.row, self.row.reading
        version = "" if row.set_version is None else f"v{row.set_version}  "
        judge = _judge(row, columns.name - 2 - len(version))
        against = Content.assemble(("  against ", FAINT), safe_text.line(row.run.baseline, MUTED))
        read = Content.assemble((f"{count(reading.read)} read", MUTED))
        if reading.carried_pairs:
            read = Content.assemble(read, (f"   {signs.carried} {count(reading.carried_pairs)}", MUTED))
        of = _muted(f"of {count(reading.pairs)}")
        if not columns.bar:
            of = Content.assemble(read, " ", of)
        cells = [
            _left(Content.assemble((version, MUTED), judge, against if self.with_baseline else ""), columns.name),
            _left(read, columns.bar),
            _left(of, columns.rate),
            *(_right(_score(self.scores.get(name), signs), _SCORE) for name in columns.fit(scores)),
        ]
        return Content.assemble(*cells)


def change_rows(row: CheckpointRow, follows: bool, signs: Signs) -> list[Content]:
    """Return a row for each thing that changed since the run before beside the candidate: the judge, the set.

    That run is named unless it `follows` in the list.
    """
    if not row.changes:
        return []
    since = "" if follows or row.before is None else f"   since {safe_text.safe_line(row.before.candidate)}"
    found = []
    for sentence in change_sentences(row.changes, safe_text.safe_line):
        head, _, rest = sentence.partition(": ")
        found.append(Content.assemble((f"{signs.stale} {head}", DOUBT), f"   {rest}", (since, MUTED)))
    return found


def day(stored: str) -> str:
    """Return the day of a stored UTC time in the local time zone, such as `3 March`; nothing where it is no such time."""
    try:
        when = datetime.fromisoformat(stored.replace("Z", "+00:00")).astimezone()
    except ValueError:
        return ""
    return f"{when.day} {when:%B}"


def _judge(row: CheckpointRow, width: int) -> Content:
    """Return the judge of the headline; one that has not read every pair with how many it has read, and its name cut for it."""
    found = row.judge
    if found.shown is None:
        return _muted("pinned judge is not here" if found.unknown else "not judged")
    behind = words_behind_name(found, with_pin=False)
    name = safe_text.line(found.shown.name, MUTED)
    if behind:
        name = name.truncate(max(width - len(behind), 3), ellipsis=True)
    return Content.assemble(name, (behind, DOUBT))


def _rate(row: CheckpointRow) -> Content:
    """Return the win rate with its interval; one that carried decisions alone give has none, and says so."""
    rate = row.rate
    if rate.rate is None:
        decided = row.row.wins + row.row.ties + row.row.losses
        return _muted(f"{of_n(row.row.wins, decided)} won" if decided else "unread")
    ends = rate_interval(rate)
    if not ends and row.reading.carried_pairs and not row.reading.read:
        return Content.assemble((f"{percent_number(rate.rate):>3}", MUTED), ("  carried", MUTED))
    return Content.assemble((f"{percent_number(rate.rate):>3}", BOLD if ends else MUTED), (f"  {ends}", MUTED))


def _difference(row: CheckpointRow) -> Content:
    found = row.difference
    if found.difference is None or not found.n:
        return Content.assemble(_right(_faint(NONE), 4))
    ends = "" if found.low is None or found.high is None else f"  {points_interval(found.low, found.high)}"
    return Content.assemble((f"{points(found.difference):>4}", BOLD if ends else MUTED), (ends, MUTED))


def _score(found: ScoreChange | None, signs: Signs) -> Content:
    """Return a score as its difference to the baseline's, marked where that is worse by more than its own error.

    Without one, and where it is no share, the score itself stands there.
    """
    if found is None:
        return Content("")
    if found.change is None or not found.is_share:
        text = _muted(score(found.score.value, is_share=found.is_share))
    else:
        text = _muted(points(found.change, 1))
    return Content.assemble(text, (f" {signs.broken}" if found.is_worse else "  ", DOUBT))


def _agreement(row: CheckpointRow) -> Content:
    """Return the judge's agreement with people in percent; a count where too few pairs are known."""
    found = row.agreement
    if found.rate is None or not found.n:
        return _faint(NONE)
    if found.n < MIN_FOR_RATE:
        return _muted(of_n(found.rate * found.n, found.n))
    return Content(percent_number(found.rate))


def _left(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 1, 0), ellipsis=True) if content.cell_length >= width else content
    return Content.assemble(cut, " " * max(width - cut.cell_length, 0)) if width else Content("")


def _right(content: Content, width: int) -> Content:
    return Content.assemble(" " * max(width - content.cell_length, 0), content) if width else Content("")


def _faint(words: str) -> Content:
    return Content.styled(words, FAINT)


def _muted(words: str) -> Content:
    return Content.styled(words, MUTED)
