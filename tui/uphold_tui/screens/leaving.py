"""A look back at the sitting, before leaving; the same text goes to the terminal afterwards."""

from collections.abc import Iterable
from shutil import get_terminal_size

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.records.numbers import LiveNumbers, Rate
from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, MUTED, OVERTURNED, PLAIN, UPHELD, Signs
from uphold_tui.screens.overlay import Overlay
from uphold_tui.sitting import LookBack
from uphold_tui.widgets.bars import shares
from uphold_tui.widgets.lines import spread
from uphold_tui.widgets.numbers import percent, span

_KEYS = (
    Key("leaving.leave", ("enter", "q", "Q"), "leave", "leave"),
    Key("leaving.stay", ("escape",), "close", "stay"),
)
_LABEL = 25
_COLUMN = 25


def resting_rows(back: LookBack, width: int) -> list[Content]:
    """The look back while a blind session goes on: nothing of what the judge says."""
    sitting = back.sitting
    words = [f"{sitting.skipped} skipped"] if sitting.skipped else []
    words += [f"{sitting.flagged} flagged"] if sitting.flagged else []
    return [
        spread(Content.styled(back.pairs, BOLD), Content.styled("   ".join([*words, back.pace]), MUTED), width),
        Content(""),
        Content.styled("Upheld, overturned and the rates come when you have left.", MUTED),
        showing.running(back.closing, MUTED),
    ]


def rows(back: LookBack, width: int, signs: Signs = PLAIN) -> list[Content]:
    """The look back as rows."""
    run, sitting = back.run, back.sitting
    what = Content.assemble(
        showing.line(run.set, MUTED), (", ", MUTED), showing.line(run.candidate, MUTED),
        (" against ", MUTED), showing.line(run.baseline, MUTED),
    )  # fmt: skip
    made = [
        spread(Content.styled(back.pairs, BOLD), what, width),
        Content(""),
        shares(sitting.upheld, sitting.overturned, sitting.plain, width),
        spread(_kinds(back, signs), _aside(back), width),
        Content(""),
        _cells("", Content.styled("before", MUTED), Content.styled("now", MUTED)),
        _cells("win rate", _won(back.before), _won(back.now)),
        _cells("agreement", _agreed(back.before), _agreed(back.now)),
    ]
    if back.partings:
        made += [Content(""), Content.styled("Where you and the judge part", BOLD), *_partings(back)]
    return [*made, Content(""), showing.running(back.closing, MUTED)]


def _kinds(back: LookBack, signs: Signs) -> Content:
    sitting = back.sitting
    parts = [
        Content.assemble((signs.upheld, UPHELD), (f" {sitting.upheld}", BOLD), " upheld"),
        Content.assemble((signs.overturned, OVERTURNED), (f" {sitting.overturned}", BOLD), " overturned"),
    ]
    if sitting.plain:
        parts.append(Content.assemble((signs.decided, MUTED), (f" {sitting.plain}", BOLD), " decided"))
    return Content("     ").join(parts)


def _aside(back: LookBack) -> Content:
    sitting = back.sitting
    words = [f"{sitting.skipped} skipped"] if sitting.skipped else []
    words += [f"{sitting.flagged} flagged"] if sitting.flagged else []
    return Content.styled("   ".join([*words, back.pace]), MUTED)


def _cells(label: str, before: Content, now: Content) -> Content:
    gap = " " * max(_COLUMN - before.cell_length, 2)
    return Content.assemble((label.ljust(_LABEL), MUTED), before, gap, now)


def _won(numbers: LiveNumbers | None) -> Content:
    if numbers is None:
        return Content("–")
    if numbers.like_these is not None and numbers.like_these.rate is not None:
        like = numbers.like_these
        return Content.assemble((percent(like), BOLD), f"  {span(like)}", (" like these", MUTED))
    if numbers.win_rate.rate is None:
        return Content.styled(f"{numbers.wins} {'win' if numbers.wins == 1 else 'wins'} of {numbers.n}", "")
    return _rate(numbers.win_rate)


def _agreed(numbers: LiveNumbers | None) -> Content:
    return Content("–") if numbers is None or numbers.agreement.rate is None else _rate(numbers.agreement)


def _rate(rate: Rate) -> Content:
    return Content.assemble((percent(rate), BOLD), (f"  {span(rate)}", ""), (f"  of {rate.n}", MUTED))


def _partings(back: LookBack) -> list[Content]:
    whole = back.sitting.overturned
    return [
        Content.assemble((f"{count} of {whole}".ljust(9), BOLD), (text, MUTED)) for count, text in back.partings[:3]
    ]


def as_plain(back: LookBack, width: int | None = None) -> str:
    """The look back for the terminal as wide as it is, where no colour is sure."""
    width = width or min(84, get_terminal_size().columns - 1)
    return "\n".join(row.plain.rstrip() for row in rows(back, width))


class LeavingScreen(Overlay[bool]):
    """Enter leaves, so that q enter leaves; esc stays."""

    BINDINGS = bindings(_KEYS)
    WIDTH = 90

    def __init__(self, back: LookBack, signs: Signs = PLAIN) -> None:
        super().__init__()
        self.back = back
        self._signs = signs
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Lay out the look back, and what the keys do."""
        keys = [("enter", "leave"), ("esc", "stay")]
        foot = Content("    ").join([Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in keys])
        width = self.text_width
        said = resting_rows(self.back, width) if self.back.resting else rows(self.back, width, self._signs)
        self.text.update(Content("\n").join([*said, Content(""), foot]))

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(True)
