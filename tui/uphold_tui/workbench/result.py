"""Rows of the result of a try: the change of agreement with its interval and the band, fixed and broken, then the pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Region

from uphold.formatting import count, points, points_interval, size_in_points
from uphold.records.enums import Verdict
from uphold.records.trials import Trial, TrialPair, TrialState
from uphold.reports.trial_report import agreement_change, band_text, lean_sentence, notes, state_sentence
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, FAINT, MUTED, OVERTURNED, RULE, TINT, UPHELD, Signs
from uphold_tui.widgets.bars import SignedInterval, large_change, signed_interval
from uphold_tui.widgets.rows import spread
from uphold_tui.workbench.rubric import winner_name

_NAME = 14

_KEY = 13

_VERDICT = 12

_LEAST_PAIRS = 12
"""Pairs that are shown of many, however low the screen is; it scrolls then."""

_BELOW = 4
"""Rows below the pairs."""

_MEASURED = 100
"""Pairs whose keys are measured for the width of their column: all of them would be for each frame."""

_SCALES = (0.1, 0.2, 0.3, 0.5, 1.0)
"""Ends of the axis, in shares."""


@dataclass(frozen=True, slots=True)
class PairRows:
    """The rows of the pairs that changed, and of these that of the pair under the cursor."""

    rows: tuple[Content, ...]
    at: Region | None = None


@dataclass(frozen=True, slots=True)
class TrialView:
    """A try as it is shown, with the pairs that changed.

    `new` and `old` are its name and the old judge's for the axis, `names` those of candidate and baseline.
    """

    trial: Trial
    changed: Sequence[TrialPair]
    new: str
    old: str
    names: tuple[str, str]
    signs: Signs


def changed_pairs(trial: Trial) -> tuple[TrialPair, ...]:
    """Return the pairs that changed, broken ones first."""
    return (*trial.broken, *trial.fixed)


def trial_rows(view: TrialView, width: int) -> list[Content]:
    """Return what a try came to as rows of `width` cells, without the pairs that changed."""
    return [*_figure(view, width), Content(""), *_intervals(view, width), Content(""), *_shares(view, width)]


def pair_rows(view: TrialView, cursor: int | None, width: int, height: int) -> PairRows:
    """Return the pairs that changed, and what else is to be said, as rows of `width` cells; the pair at `cursor` is tinted.

    Where more pairs changed than have room in `height` rows, those round the cursor are shown.
    """
    pairs, columns = view.changed, _columns(view)
    at: Region | None = None
    rows = [Content(""), _heads(columns, width)] if pairs else []
    first, last = _window(len(pairs), cursor or 0, height - len(rows) - _BELOW)
    for place, pair in enumerate(pairs[first:last], first):
        row = _pair(view, pair, columns, width)
        if place == cursor:
            row, at = row.stylize_before(TINT), Region(0, len(rows), width, 1)
        rows.append(row)
    if pairs:
        which = "" if last - first == len(pairs) else f"{count(first + 1)}–{count(last)} of {count(len(pairs))}"
        bold = Content.styled("Bold is what people had said.", MUTED)
        rows += [Content(""), spread(bold, Content.styled(which, MUTED), width)]
    for sentence in notes(view.trial):
        rows += safe_text.running(sentence, MUTED).wrap(max(width, 1))
    return PairRows(tuple(rows), at)


def _window(pairs: int, cursor: int, room: int) -> tuple[int, int]:
    """Return the first of the pairs to show, and the one behind the last: as many as have room, the cursor in the middle."""
    room = max(room, _LEAST_PAIRS)
    first = min(max(cursor - room // 2, 0), max(pairs - room, 0))
    return first, min(first + room, pairs)


def _figure(view: TrialView, width: int) -> list[Content]:
    """Return the change in large digits, and beside it what it is and what it shows."""
    trial = view.trial
    difference, n = trial.numbers.difference, trial.numbers.counts.pairs
    change, from_to = agreement_change(trial)
    interval = ""
    if difference.low is not None and difference.high is not None:
        interval = f"{points_interval(difference.low, difference.high)} "
    state = trial.numbers.state
    tone = {TrialState.BETTER: UPHELD, TrialState.WORSE: OVERTURNED}.get(state, MUTED)
    words = [
        Content.assemble((f"points of agreement, {from_to}", BOLD)),
        Content.styled(f"{interval}on the {count(n)} pairs of this half", MUTED),
        Content.styled(state_sentence(trial), tone),
    ]
    return [
        spread(Content.assemble((digit, BOLD), "   ", line), Content(""), width)
        for digit, line in zip(large_change(change), words, strict=True)
    ]


def _intervals(view: TrialView, width: int) -> list[Content]:
    """Return the interval of the change and the band of the old judge on one axis."""
    numbers = view.trial.numbers
    difference, band = numbers.difference, numbers.band
    ends = [abs(end) for end in (difference.low, difference.high, difference.difference, band) if end is not None]
    scale = next((end for end in _SCALES if end >= max(ends, default=0.1)), 1.0)
    figures = 18
    room = max(width - _NAME - figures - 4, 11)
    label = f"{'−' + size_in_points(scale):<{room // 2}}0{'+' + size_in_points(scale):>{room - room // 2 - 1}}"
    rows = [Content.assemble(" " * (_NAME + 2), (label, FAINT))]
    interval = ""
    if difference.low is not None and difference.high is not None:
        interval = points_interval(difference.low, difference.high)
    change = points(difference.difference) if difference.difference is not None else ""
    rows.append(
        _interval_row(
            Content.assemble(safe_text.line(view.new, BOLD), (" for ", MUTED), safe_text.line(view.old, BOLD)),
            signed_interval(SignedInterval(difference.difference, difference.low, difference.high, band), scale, room),
            Content.assemble((f"{change:>4}", BOLD), (f"  {interval}", MUTED)),
        )
    )
    twice = Content.assemble(safe_text.line(view.old, MUTED), (" twice", MUTED))
    own = SignedInterval(None, None, None) if band is None else SignedInterval(0.0, -band, band, band)
    rows.append(
        _interval_row(twice, signed_interval(own, scale, room), Content.styled(f"{band_text(view.trial):>4}", MUTED))
    )
    words = "The band is what the same judge, asked twice, moves."
    if band is None:
        why = view.trial.rerun_reason or numbers.rerun.reason or ""
        words = f"What the same judge, asked twice, moves is not known: {why}"
    lean = lean_sentence(view.trial)
    said = (words, lean) if lean else (words,)
    return [*rows, *(line for text in said for line in safe_text.running(text, MUTED).wrap(max(width, 1)))]


def _interval_row(name: Content, bar: Content, figures: Content) -> Content:
    name = name.truncate(_NAME, ellipsis=True)
    return Content.assemble(name, " " * (_NAME + 2 - name.cell_length), bar, "  ", figures)


def _shares(view: TrialView, width: int) -> list[Content]:
    """Return fixed, broken and the same as a bar with their counts."""
    counts, signs = view.trial.numbers.counts, view.signs
    total = max(counts.pairs, 1)
    fixed = max(round(width * counts.fixed / total), 1) if counts.fixed else 0
    broken = max(round(width * counts.broken / total), 1) if counts.broken else 0
    bar = Content.assemble(("▄" * fixed, UPHELD), ("▄" * broken, OVERTURNED), ("▄" * (width - fixed - broken), RULE))
    left = Content.assemble(
        (signs.upheld, UPHELD),
        " fixed ",
        (count(counts.fixed), BOLD),
        "    ",
        (signs.overturned, OVERTURNED),
        " broken ",
        (count(counts.broken), BOLD),
    )
    same = Content.assemble(
        ("same ", MUTED),
        (count(counts.right + counts.wrong), BOLD),
        (f"  {count(counts.right)} right, {count(counts.wrong)} wrong", MUTED),
    )
    return [bar, spread(left, same, width)]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells of the name of a pair and of a verdict, each with the gap behind it."""

    name: int
    verdict: int


def _columns(view: TrialView) -> _Columns:
    """Return columns as wide as the longest key and name in them, within limits."""
    keys = max((_key(pair).cell_length for pair in view.changed[:_MEASURED]), default=0)
    names = max(safe_text.line(name).cell_length for name in (*view.names, Verdict.INCONSISTENT.value[:9]))
    return _Columns(min(keys, _KEY) + 2, min(max(names, 4), _VERDICT) + 2)


def _key(pair: TrialPair) -> Content:
    turn = f" t{pair.turn}" if pair.turn > 1 else ""
    return Content.assemble(safe_text.line(pair.key, MUTED), (turn, MUTED))


def _heads(columns: _Columns, width: int) -> Content:
    verdicts = f"{'was':<{columns.verdict}}{'is':<{columns.verdict}}"
    head = f"  {'key':<{columns.name}}instruction"
    return spread(Content.styled(head, FAINT), Content.styled(verdicts, FAINT), width)


def _pair(view: TrialView, pair: TrialPair, columns: _Columns, width: int) -> Content:
    """Return a pair that changed, with what the old and the new judge said; what people said is bold."""
    sign, style = (view.signs.upheld, UPHELD) if pair.change > 0 else (view.signs.overturned, OVERTURNED)
    key = _key(pair).truncate(columns.name - 2, ellipsis=True)
    left = Content.assemble(
        (sign, style), " ", key, " " * (columns.name - key.cell_length), safe_text.running(pair.instruction)
    )
    said = ((pair.was, pair.was_right), (pair.is_now, pair.is_right_now))
    verdicts = [_verdict(view, verdict, columns.verdict, is_right=right) for verdict, right in said]
    return spread(left, Content.assemble(*verdicts), width, least=_KEY)


def _verdict(view: TrialView, verdict: Verdict, width: int, *, is_right: bool) -> Content:
    style = BOLD if is_right else MUTED
    preferred = verdict.compared_preference
    name = Content.styled(verdict.value, style) if preferred is None else winner_name(preferred, view.names, style)
    name = name.truncate(width - 2, ellipsis=True)
    return Content.assemble(name, " " * (width - name.cell_length))
