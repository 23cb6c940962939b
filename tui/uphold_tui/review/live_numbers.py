"""The numbers shown during a review: one line at the foot, or the rail of a wide screen; counts below ten verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import count, count_noun, half_width, seconds
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.enums import EventKind
from uphold.records.reviews import ReviewProgress
from uphold.reports.rate_text import rate_interval, rate_or_interval, rate_percent, value_text
from uphold.reviewing.pace import Pace
from uphold.reviewing.receipts import Receipt
from uphold.workflows.review_session import ReviewSession
from uphold_tui import safe_text
from uphold_tui.review.verdict_strip import said, sign_of
from uphold_tui.themes import BOLD, DOUBT, MUTED, PLAIN, SIDE, Signs
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.rows import spread

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers

_JUDGE_NAME = 24
"""Cells of the judge's name in the line at the foot."""


def numbers_line(
    numbers: "LiveNumbers | None",
    candidate: str,
    width: int,
    before: Content | None = None,
    *,
    several_judges: bool = False,
) -> Content:
    """The whole line; `before` (what a mode has to say) takes the first place.

    The judge is named where there is room; of several before what more verdicts would bring.
    """
    if numbers is None:
        return before or Content("")
    if numbers.n < MIN_FOR_RATE:
        left = _counts(numbers, candidate)
        right = Content.styled(f"{MIN_FOR_RATE} verdicts needed for a rate", MUTED)
        left = Content("       ").join([part for part in (before, left, readers(numbers)) if part])
        return spread(left, right, width)
    right = target(numbers)
    beside = 3 + right.cell_length if right else 0
    for with_judge in (True, False):
        compared = agreement(numbers, with_judge=with_judge)
        groups = [part for part in (before, win_rate(numbers), compared, readers(numbers)) if part]
        if _room(groups) + (0 if with_judge and several_judges else beside) <= width:
            break
    while len(groups) > 1 and _room(groups) > width:
        groups.pop()
    left = Content("       ").join(groups)
    return spread(left, right, width) if right and left.cell_length + 3 + right.cell_length <= width else left


def _room(groups: list[Content]) -> int:
    return sum(group.cell_length for group in groups) + 7 * (len(groups) - 1)


def _counts(numbers: "LiveNumbers", candidate: str) -> Content:
    if not numbers.n:
        return Content.styled("nothing reviewed yet", MUTED)
    won, tied, lost = (
        count_noun(numbers.wins, "win"),
        count_noun(numbers.ties, "tie"),
        count_noun(numbers.losses, "loss"),
    )
    words = f"{count(numbers.n)} reviewed: {won}, {tied}, {lost} for "
    return Content.assemble((words, MUTED), safe_text.line(candidate, MUTED))


def win_rate(numbers: "LiveNumbers") -> Content:
    """`win rate 58 %  49–67 like these, 54–62 this set`; of the pairs read alone where there is no such rate.

    Where the judge has not read every pair it ends in `people alone`.
    """
    wide, narrow = numbers.population, numbers.this_set
    if wide is None or wide.rate is None:
        won = numbers.win_rate
        return Content.assemble(
            ("win rate ", MUTED), (rate_percent(won), BOLD), (f"  {rate_interval(won)}  of {count(won.n)}", MUTED)
        )
    here = f", {rate_or_interval(narrow)} this set" if narrow is not None and narrow.rate is not None else ""
    alone = ", people alone" if numbers.state == "human-only" and numbers.missing else ""
    return Content.assemble(
        ("win rate ", MUTED), (rate_percent(wide), BOLD), (f"  {rate_interval(wide)} like these{here}{alone}", MUTED)
    )


def target(numbers: "LiveNumbers") -> Content:
    """`22 more to ±8 like these`, or why nothing is said of the unread."""
    if numbers.target is not None:
        whom = "like these" if numbers.target.for_population else "this set"
        return Content.styled(
            f"{count(numbers.target.more)} more to {half_width(numbers.target.half_width)} {whom}", MUTED
        )
    return Content.styled(numbers.reason, MUTED) if numbers.state == "refused" and numbers.reason else Content("")


def agreement(numbers: "LiveNumbers", *, with_judge: bool = False) -> Content:
    """`agreement 84 %  κ .66  of 35`, then `with haiku` where the judge is to be named, and what is certified of it.

    Nothing where no judge was compared.
    """
    if numbers.agreement.rate is None:
        return Content("")
    found = Content.assemble(
        ("agreement ", MUTED),
        (rate_percent(numbers.agreement), BOLD),
        (f"  κ {value_text(numbers.kappa)}  of {count(numbers.agreement.n)}", MUTED),
    )
    judge = safe_text.line(numbers.judge_name or "", MUTED).truncate(_JUDGE_NAME, ellipsis=True)
    if with_judge and numbers.judge_name:
        found = Content.assemble(found, (" with ", MUTED), judge)
    return Content.assemble(found, *_CERTIFICATE.get(numbers.certificate, ()))


_CERTIFICATE = {
    "stands": ((", certified", MUTED),),
    "lapsed": ((", certificate lapsed", DOUBT),),
    "not-shown": ((", not certified", MUTED),),
}


def readers(numbers: "LiveNumbers") -> Content:
    """Whose verdicts these are, where others read too: `3 by you, 14 by others, 2 unresolved`."""
    if not numbers.others and not numbers.unresolved:
        return Content("")
    parts = [(numbers.own, "by you"), (numbers.others, "by others"), (numbers.unresolved, "unresolved")]
    words = ", ".join(f"{count(number)} {whose}" for number, whose in parts if number or whose == "by you")
    return Content.styled(words, MUTED)


_KINDS = {EventKind.SKIP: "skipped", EventKind.FLAG: "flagged", EventKind.UNFLAG: "no flag"}


@dataclass(frozen=True, slots=True)
class RailView:
    """What the rail shows; `trail` is newest first, `resting` says why there are no rates."""

    numbers: "LiveNumbers | None" = None
    progress: ReviewProgress = field(default_factory=ReviewProgress)
    trail: Sequence[Receipt] = ()
    back: str = "←"
    signs: Signs = PLAIN
    queue: str = ""
    resting: str = ""
    pace: Pace = field(default_factory=Pace)


def rows(view: RailView, width: int, height: int) -> list[Content]:
    """The rail as rows."""
    resting = [Content.styled(view.resting, MUTED), Content("")]
    rates = resting if view.progress.rates_hidden else _rates(view.numbers, width)
    made = [*rates, *_to_go(view, width), *_session(view, width)]
    room = height - len(made) - 1
    if view.trail and room > 0:
        made.append(spread(_head("Before"), Content.styled(f"{view.back} goes back", MUTED), width))
        made += [_act(done, view, width) for done in view.trail[:room]]
    return made[:height]


def _rates(numbers: "LiveNumbers | None", width: int) -> list[Content]:
    if numbers is None:
        return []
    if numbers.n < MIN_FOR_RATE:
        counts = [("wins", numbers.wins), ("ties", numbers.ties), ("losses", numbers.losses)]
        rate = [
            spread(_head("Win rate"), Content.styled(f"{count(numbers.n)} reviewed", MUTED), width),
            *(_fact(word, count(number), width) for word, number in counts),
            *_readers(numbers, width),
            Content.styled(f"{MIN_FOR_RATE} verdicts needed for a rate", MUTED),
        ]
    else:
        rate = _headline(numbers, width)
    return [*rate, Content(""), Content(""), *_agreement(numbers, width)]


def _headline(numbers: "LiveNumbers", width: int) -> list[Content]:
    """The rate for instructions like these and for this set; of the pairs read alone where there is no such rate."""
    wide, narrow = numbers.population, numbers.this_set
    if wide is None or wide.rate is None:
        won = numbers.win_rate
        shown = [(rate_interval(won), f"of {count(won.n)}", won)]
    else:
        shown = [("like these", rate_interval(wide), wide)]
        if narrow is not None and narrow.rate is not None:
            shown.append(("this set", rate_or_interval(narrow), narrow))
    rows = [spread(_head("Win rate"), Content.styled(rate_percent(shown[0][2]), BOLD), width)]
    if numbers.state == "human-only" and numbers.missing:
        rows.append(Content.styled("people alone", MUTED))
    for word, value, rate in shown:
        rows += [_fact(word, value, width), interval(rate.rate, rate.low, rate.high, width)]
    return [*rows, axis(width), *_readers(numbers, width)]


def _readers(numbers: "LiveNumbers", width: int) -> list[Content]:
    """Whose verdicts these are; how many are unresolved on a row of its own where one is too short for all."""
    words = readers(numbers).plain
    rows = [words] if len(words) <= width else words.rsplit(", ", 1)
    return [Content.styled(row, MUTED) for row in rows if row]


def _agreement(numbers: "LiveNumbers", width: int) -> list[Content]:
    agreed = numbers.agreement
    if agreed.rate is None:
        return []
    return [
        spread(_head("Agreement"), Content.styled(rate_percent(agreed), BOLD), width),
        _fact(rate_interval(agreed), f"of {count(agreed.n)}", width),
        _fact("κ", value_text(numbers.kappa), width),
        spread(Content.styled("judge", MUTED), _judge(numbers, width - 8), width),
        *(
            [
                Content.styled(words.removeprefix(", "), style)
                for words, style in _CERTIFICATE.get(numbers.certificate, ())
            ]
        ),
        Content(""),
        Content(""),
    ]


def _judge(numbers: "LiveNumbers", width: int) -> Content:
    return safe_text.line(numbers.judge_name or "", MUTED).truncate(max(width, 1), ellipsis=True)


def _to_go(view: RailView, width: int) -> list[Content]:
    progress, numbers = view.progress, view.numbers
    what, _, worth = view.queue.rpartition(": ")
    queue = what if what.endswith(" first") else f"{what} queue"
    rows = [spread(_head("To go"), safe_text.line(queue, MUTED) if what else Content(""), width)]
    if worth:
        rows.append(Content.styled(worth, MUTED))
    if progress.planned:
        rows.append(_fact("planned", f"{count(max(progress.planned - progress.read, 0))} more", width))
    rows.append(_fact("unread", count(progress.total - progress.read), width))
    if progress.skipped:
        rows.append(_fact("of them skipped", count(progress.skipped), width))
    if numbers is not None and numbers.target is not None:
        more, _, width_words = target(numbers).plain.partition(" to ")
        rows.append(_fact(width_words, more, width))
    return [*rows, Content(""), Content("")]


def _session(view: RailView, width: int) -> list[Content]:
    """What was decided since the session began and at what pace; now and then, that this is a place to pause."""
    pace = view.pace
    if not pace.decided:
        return []
    rows = [spread(_head("This session"), Content.styled(f"{count(pace.decided)} decided", MUTED), width)]
    if pace.median_seconds is not None:
        rows.append(_fact("median", f"{seconds(pace.median_seconds)} a pair", width))
    if pace.may_pause:
        rows.append(Content.styled("a place to pause: all is kept", MUTED))
    return [*rows, Content(""), Content("")]


def _act(done: Receipt, view: RailView, width: int) -> Content:
    """One act: its mark, the key, what you said, and what the judge had said where that is another word.

    While rates rest it is not told how the judge is doing: a list of that is a rate too.
    """
    sign, judge = sign_of(done, view.signs), ""
    if done.choice is None:
        word = Content.styled(_KINDS.get(done.kind, done.kind.value), MUTED)
    else:
        word = Content.styled(said(done), SIDE.get(said(done), MUTED))
        if view.progress.rates_hidden:
            sign = Content.styled(view.signs.decided, MUTED)
        elif done.judge_said is not None and done.judge_said != said(done):
            judge = f"judge {done.judge_said}"
    room = width - 5 - word.cell_length - (len(judge) + 2 if judge else 0)
    left = Content.assemble(sign, "  ", safe_text.key(done.key, MUTED, max(min(room, 18), 5)), "  ", word)
    return spread(left, Content.styled(judge, MUTED), width)


def _head(word: str) -> Content:
    return Content.styled(word, BOLD)


def _fact(word: str, value: str, width: int) -> Content:
    return spread(Content.styled(word, MUTED), Content.styled(value, MUTED), width)


class NumbersFeed:
    """The numbers of a review: the first ones after it was opened, and the latest."""

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self.first: LiveNumbers | None = None
        self.latest: LiveNumbers | None = None

    def refresh(self) -> "LiveNumbers":
        """Count anew."""
        self.latest = self._session.numbers()
        self.first = self.first or self.latest
        return self.latest


class Rail(Widget):
    """The column at the right of wide screens."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._view = RailView()

    def show(self, view: RailView) -> None:
        """Show this state."""
        if view != self._view:
            self._view = view
            self.refresh()

    def render(self) -> Content:
        return Content("\n").join(rows(self._view, self.size.width, self.size.height))
