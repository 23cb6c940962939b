"""Rows for a pair with several verdicts: the other judges, and the reviewers of a pair in dispute."""

from textual.content import Content

from uphold.formatting import seconds
from uphold.records.enums import Verdict
from uphold.records.judgments import PairVerdict
from uphold.records.reviews import PairView, ReviewerDecision
from uphold.reviewing.presentation import reason_shown
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, MUTED, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.rows import spread

_MIN_LABEL, _MAX_LABEL = 9, 16
"""Width of the column of names: as wide as the longest, within these."""

_NARROW = 90
"""In fewer columns the orders are told in two words."""

_LEAST_REASON = 20
"""A reason that would have fewer columns is left out: so few tell nothing."""


def other_judges(pair: PairView, signs: Signs) -> list[Content]:
    """The other judges' verdicts, each as a letter behind the judge's name, and whether the judges disagree."""
    if not pair.other_verdicts:
        return []
    rows = [
        Content.assemble(safe_text.line(judge.name, MUTED), " ", _letter(pair, judge, signs))
        for judge in pair.other_verdicts
    ]
    words = {judge.verdict.preference for judge in (*pair.other_verdicts, pair.judge) if judge is not None}
    split = [Content.styled("judges split", DOUBT)] if len(words - {None}) > 1 else []
    return [*rows, *split]


def _letter(pair: PairView, judge: PairVerdict, signs: Signs) -> Content:
    preferred = judge.verdict.preference
    side = pair.side_of(preferred) if preferred is not None else None
    if side is not None:
        return badges.badge(side, filled=False)
    sign = {
        Verdict.TIE: signs.tie,
        Verdict.INCONSISTENT: signs.inconsistent,
        Verdict.UNREADABLE: signs.unreadable,
        Verdict.FAILED: signs.failed,
    }.get(judge.verdict, signs.undecided)
    return Content.styled(f" {sign} ", MUTED)


def label_width(pair: PairView) -> int:
    """Width of the column of names on a pair in dispute."""
    longest = max((safe_text.line(one.reviewer).cell_length for one in pair.reviewer_decisions), default=0)
    return min(max(longest + 2, _MIN_LABEL), _MAX_LABEL)


def dispute_rows(pair: PairView, signs: Signs, width: int, height: int) -> list[Content]:
    """One row for each reviewer, then the judge; the last row says how many there was no room for."""
    if height - (pair.judge is not None) <= 1 < len(pair.reviewer_decisions):
        return [
            _all_on_one_row(pair, signs, width),
            *([_judge_row(pair, signs, width)] if pair.judge is not None else []),
        ]
    rows = [_reviewer_row(pair, one, signs, width) for one in pair.reviewer_decisions]
    judge = [_judge_row(pair, signs, width)] if pair.judge is not None else []
    room = max(height - len(judge), 1)
    if len(rows) > room:
        more = len(rows) - room + 1
        rows = [
            *rows[: room - 1],
            Content.styled(f"and {more} more people; their words are in the list of pairs", MUTED),
        ]
    return [*rows, *judge]


def _all_on_one_row(pair: PairView, signs: Signs, width: int) -> Content:
    """All reviewers on one row: names with the letters of their decisions."""
    rows = [
        Content.assemble(safe_text.line(one.reviewer, MUTED), " ", badges.choice_badge(pair, one.choice, signs))
        for one in pair.reviewer_decisions
    ]
    return Content("   ").join(rows).truncate(width, ellipsis=True)


def _reviewer_row(pair: PairView, one: ReviewerDecision, signs: Signs, width: int) -> Content:
    left = Content.assemble(
        _label(safe_text.line(one.reviewer, MUTED), label_width(pair)),
        badges.choice_badge(pair, one.choice, signs),
        "  ",
        (badges.choice_words(one.choice).ljust(14), BOLD),
    )
    remarks = [safe_text.quoted(one.note)] if one.note else []
    remarks += [safe_text.line(", ".join(one.reasons), MUTED)] if one.reasons else []
    swapped = one.note is not None and one.side_a is not None and one.side_a is not pair.side_a
    notes = ["their A is your B"] if swapped else []
    notes += [one.mode] if one.mode else []
    notes += [seconds(one.seconds)] if one.seconds is not None else []
    right = Content.styled("   ".join(notes), MUTED)
    room = max(width - left.cell_length - right.cell_length - 2, 0)
    return spread(Content.assemble(left, Content("   ").join(remarks).truncate(room, ellipsis=True)), right, width)


def _judge_row(pair: PairView, signs: Signs, width: int) -> Content:
    judge = pair.judge
    if judge is None:
        return Content("")
    left = Content.assemble(
        ("Judge".ljust(label_width(pair)), MUTED),
        badges.judge_badge(pair, signs, filled=True),
        "  ",
        (badges.verdict_words(judge).ljust(14), BOLD),
    )
    orders = badges.brief_orders(pair) if width < _NARROW else badges.orders_words(pair)
    right = Content("   ").join([Content.styled(word, MUTED) for word in (orders, badges.confidence(judge)) if word])
    room = width - left.cell_length - right.cell_length - 2
    return spread(Content.assemble(left, _reason(pair, room)), right, width)


def _reason(pair: PairView, room: int) -> Content:
    """The judge's first reason, and whose letters it speaks of, in `room` cells; nothing where hardly a word fits."""
    shown = reason_shown(pair)
    notes = Content("").join([Content.assemble(note, "   ") for note in shown.notes])
    reasons = [safe_text.running(reason.text, MUTED) for reason in shown.reasons[:1]]
    if room - notes.cell_length < _LEAST_REASON:
        return Content("")
    return Content.assemble(notes, *reasons).rstrip().truncate(room, ellipsis=True)


def _label(name: Content, width: int) -> Content:
    cut = name.truncate(width - 2, ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))
