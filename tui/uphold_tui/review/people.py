"""Several judges side by side, and several people on a pair in dispute."""

from textual.content import Content

from uphold.records.enums import Verdict
from uphold.records.judgments import PairVerdict
from uphold.records.reviews import PairView, ReviewerDecision
from uphold.reviewing.presentation import reason_shown
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, MUTED, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.rows import spread

_LABEL, _LONGEST = 9, 16
"""Columns of the names before what they said: as many as the longest takes, within these."""


def panel(pair: PairView, signs: Signs) -> list[Content]:
    """The other judges' verdicts, each a letter behind its name; a word where judges split."""
    if not pair.other_verdicts:
        return []
    said = [
        Content.assemble(safe_text.line(judge.name, MUTED), " ", _letter(pair, judge, signs))
        for judge in pair.other_verdicts
    ]
    words = {judge.verdict.preference for judge in (*pair.other_verdicts, pair.judge) if judge is not None}
    split = [Content.styled("judges split", DOUBT)] if len(words - {None}) > 1 else []
    return [*said, *split]


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
    """Columns of the names of those who said something about a pair in dispute."""
    longest = max((safe_text.line(one.reviewer).cell_length for one in pair.reviewer_decisions), default=0)
    return min(max(longest + 2, _LABEL), _LONGEST)


def people_rows(pair: PairView, signs: Signs, width: int, height: int) -> list[Content]:
    """One row a person, then the judge; where there is no room for all, the last row says how many more."""
    if height - (pair.judge is not None) <= 1 < len(pair.reviewer_decisions):
        return [_everybody(pair, signs, width), *([_judge(pair, signs, width)] if pair.judge is not None else [])]
    said = [_person(pair, one, signs, width) for one in pair.reviewer_decisions]
    judge = [_judge(pair, signs, width)] if pair.judge is not None else []
    room = max(height - len(judge), 1)
    if len(said) > room:
        more = len(said) - room + 1
        said = [
            *said[: room - 1],
            Content.styled(f"and {more} more people; their words are in the list of pairs", MUTED),
        ]
    return [*said, *judge]


def _everybody(pair: PairView, signs: Signs, width: int) -> Content:
    """All on one row: names with their letters."""
    said = [
        Content.assemble(safe_text.line(one.reviewer, MUTED), " ", badges.choice_badge(pair, one.choice, signs))
        for one in pair.reviewer_decisions
    ]
    return Content("   ").join(said).truncate(width, ellipsis=True)


def _person(pair: PairView, one: ReviewerDecision, signs: Signs, width: int) -> Content:
    left = Content.assemble(
        _label(safe_text.line(one.reviewer, MUTED), label_width(pair)),
        badges.choice_badge(pair, one.choice, signs),
        "  ",
        (badges.choice_words(one.choice).ljust(14), BOLD),
    )
    why = [safe_text.quoted(one.note)] if one.note else []
    why += [safe_text.line(", ".join(one.reasons), MUTED)] if one.reasons else []
    swapped = one.note is not None and one.side_a is not None and one.side_a is not pair.side_a
    aside = ["their A is your B"] if swapped else []
    aside += [one.mode] if one.mode else []
    aside += [f"{round(one.seconds)} s"] if one.seconds is not None else []
    right = Content.styled("   ".join(aside), MUTED)
    room = max(width - left.cell_length - right.cell_length - 2, 0)
    return spread(Content.assemble(left, Content("   ").join(why).truncate(room, ellipsis=True)), right, width)


def _judge(pair: PairView, signs: Signs, width: int) -> Content:
    judge = pair.judge
    if judge is None:
        return Content("")
    left = Content.assemble(
        ("Judge".ljust(label_width(pair)), MUTED),
        badges.judge_badge(pair, signs, filled=True),
        "  ",
        (badges.verdict_words(judge).ljust(14), BOLD),
    )
    right = Content.assemble((badges.orders_words(pair), MUTED), "   ", (badges.confidence(judge), MUTED))
    shown = reason_shown(pair)
    room = max(width - left.cell_length - right.cell_length - 2, 0)
    words = [*map(Content, shown.notes), *(safe_text.running(reason.text, MUTED) for reason in shown.reasons[:1])]
    return spread(Content.assemble(left, Content("   ").join(words).truncate(room, ellipsis=True)), right, width)


def _label(name: Content, width: int) -> Content:
    cut = name.truncate(width - 2, ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))
