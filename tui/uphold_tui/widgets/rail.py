"""The rail of wide screens: the numbers as intervals, how far to go, and the trail of decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.content import Content
from textual.widget import Widget

from uphold.records.numbers import LEAST_FOR_RATE, LiveNumbers
from uphold.records.reviewed import Progress
from uphold.records.words import EventKind
from uphold.steps.reviewing import Receipt
from uphold_tui import showing
from uphold_tui.look import BOLD, FAINT, MUTED, PLAIN, SIDE, Signs
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.lines import spread
from uphold_tui.widgets.numbers import kappa, percent, span, target, this_set
from uphold_tui.widgets.receipts import said, sign_of

_KINDS = {EventKind.SKIP: "skipped", EventKind.FLAG: "flagged", EventKind.UNFLAG: "no flag"}


@dataclass(frozen=True, slots=True)
class RailView:
    """What the rail shows; `trail` is newest first."""

    numbers: LiveNumbers | None = None
    progress: Progress = field(default_factory=Progress)
    trail: Sequence[Receipt] = ()
    back: str = "←"
    signs: Signs = PLAIN
    queue: str = ""


def rows(view: RailView, width: int, height: int) -> list[Content]:
    """The rail as rows."""
    resting = [Content.styled("rates rest while it is blind", MUTED), Content("")]
    made = [*(resting if view.progress.resting else _rates(view.numbers, width)), *_to_go(view, width)]
    room = height - len(made) - 1
    if view.trail and room > 0:
        made.append(spread(_head("Before"), Content.styled(f"{view.back} goes back", MUTED), width))
        made += [_act(done, view.signs, width) for done in view.trail[:room]]
    return made[:height]


def _rates(numbers: LiveNumbers | None, width: int) -> list[Content]:
    if numbers is None:
        return []
    if numbers.n < LEAST_FOR_RATE:
        counts = [("wins", numbers.wins), ("ties", numbers.ties), ("losses", numbers.losses)]
        rate = [
            spread(_head("Win rate"), Content.styled(f"{numbers.n} reviewed", MUTED), width),
            *(_fact(word, str(number), width) for word, number in counts),
            Content.styled(f"{LEAST_FOR_RATE} verdicts needed for a rate", FAINT),
        ]
    else:
        rate = _headline(numbers, width)
    return [*rate, Content(""), Content(""), *_agreement(numbers, width)]


def _headline(numbers: LiveNumbers, width: int) -> list[Content]:
    """The rate for instructions like these and for this set; of the pairs read alone where there is no such rate."""
    wide, narrow = numbers.like_these, numbers.this_set
    if wide is None or wide.rate is None:
        won = numbers.win_rate
        shown = [(span(won), f"of {won.n}", won)]
    else:
        shown = [("like these", span(wide), wide)]
        if narrow is not None and narrow.rate is not None:
            shown.append(("this set", this_set(narrow), narrow))
    rows = [spread(_head("Win rate"), Content.styled(percent(shown[0][2]), BOLD), width)]
    for word, value, rate in shown:
        rows += [_fact(word, value, width), interval(rate.rate, rate.low, rate.high, width)]
    return [*rows, axis(width)]


def _agreement(numbers: LiveNumbers, width: int) -> list[Content]:
    agreed = numbers.agreement
    if agreed.rate is None:
        return []
    return [
        spread(_head("Agreement"), Content.styled(percent(agreed), BOLD), width),
        _fact(span(agreed), f"of {agreed.n}", width),
        _fact("κ", kappa(numbers.kappa), width),
        Content(""),
        Content(""),
    ]


def _to_go(view: RailView, width: int) -> list[Content]:
    progress, numbers = view.progress, view.numbers
    rows = [_head("To go")]
    if view.queue:
        what, worth = view.queue.rsplit(": ", 1)
        rows.append(spread(showing.line(what, MUTED), Content.styled(worth, MUTED), width))
    if progress.planned:
        rows.append(_fact("planned", f"{max(progress.planned - progress.read, 0)} more", width))
    rows.append(_fact("unread", f"{progress.total - progress.read}", width))
    if progress.skipped:
        rows.append(_fact("of them skipped", f"{progress.skipped}", width))
    if numbers is not None and numbers.target is not None:
        rows.append(target(numbers))
    return [*rows, Content(""), Content("")]


def _act(done: Receipt, signs: Signs, width: int) -> Content:
    """One act: its mark, the key, and what you said."""
    word = Content.styled(said(done), SIDE.get(said(done), MUTED)) if done.choice is not None else Content("")
    ruled = Content.styled("overturned", FAINT) if done.ruling is not None and done.ruling == "overturned" else None
    if done.choice is None:
        word = Content.styled(_KINDS.get(done.kind, done.kind.value), MUTED)
    left = Content.assemble(sign_of(done, signs), "  ", showing.line(done.key, MUTED).truncate(18), "  ", word)
    return spread(left, ruled or Content(""), width)


def _head(word: str) -> Content:
    return Content.styled(word, BOLD)


def _fact(word: str, value: str, width: int) -> Content:
    return spread(Content.styled(word, MUTED), Content.styled(value, MUTED), width)


class Rail(Widget):
    """The column at the right of wide screens."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._view = RailView()

    def put(self, view: RailView) -> None:
        """Show this state."""
        if view != self._view:
            self._view = view
            self.refresh()

    def render(self) -> Content:
        return Content("\n").join(rows(self._view, self.size.width, self.size.height))
