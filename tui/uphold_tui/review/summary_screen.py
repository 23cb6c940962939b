"""The summary of a session, shown before leaving, as rows, as plain text for the terminal, and as the screen that asks."""

from collections.abc import Iterable
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Literal

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import NONE, count, count_noun, of_n
from uphold.reports.rate_text import rate_interval, rate_percent
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.review.summary import SessionSummary
from uphold_tui.themes import BOLD, MUTED, OVERTURNED, PLAIN, UPHELD, Signs
from uphold_tui.widgets.bars import shares
from uphold_tui.widgets.rows import spread

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers, Rate

_KEYS = (
    Key("leaving.leave", ("enter", "q", "Q"), "leave", "leave"),
    Key("leaving.numbers", ("i",), "numbers", "numbers"),
    Key("leaving.stay", ("escape",), "close", "stay"),
)

SummaryAnswer = Literal["leave", "numbers"]

_LABEL = 25

_COLUMN = 25


def blind_rows(summary: SessionSummary, width: int) -> list[Content]:
    """The summary of a blind session that goes on: nothing that tells what the judge says."""
    totals = summary.totals
    words = [f"{count(totals.skipped)} skipped"] if totals.skipped else []
    words += [f"{count(totals.flagged)} flagged"] if totals.flagged else []
    return [
        spread(Content.styled(summary.pairs, BOLD), Content.styled("   ".join([*words, summary.pace]), MUTED), width),
        Content(""),
        Content.styled("Upheld, overturned and the rates come when you have left.", MUTED),
        *_closing_rows(summary),
    ]


def rows(summary: SessionSummary, width: int, signs: Signs = PLAIN) -> list[Content]:
    """The summary as rows."""
    run, totals = summary.run, summary.totals
    what = Content.assemble(
        safe_text.line(run.set, MUTED),
        (", ", MUTED),
        safe_text.line(run.candidate, MUTED),
        (" against ", MUTED),
        safe_text.line(run.baseline, MUTED),
    )
    shown = [
        spread(Content.styled(summary.pairs, BOLD), what, width),
        Content(""),
        shares(totals.upheld, totals.overturned, totals.without_verdict, width),
        spread(_ruling_counts(summary, signs), _other_counts(summary), width),
        Content(""),
        _cells("", Content.styled("before", MUTED), Content.styled("now", MUTED)),
        _cells("win rate", _win_rate(summary.before), _win_rate(summary.now)),
        _cells("agreement", _agreement(summary.before), _agreement(summary.now)),
    ]
    if parting := _pattern_rows(summary):
        shown += [Content(""), Content.styled("Where you and the judge part", BOLD), *parting]
    return [*shown, *_closing_rows(summary)]


def _closing_rows(summary: SessionSummary) -> list[Content]:
    """Whether all is saved and what is left; of open disputes the command stands alone, so that it can be pasted."""
    shown = [Content(""), safe_text.running(summary.closing, MUTED)]
    number, command = summary.disputes
    if number:
        words = f"{count_noun(number, 'pair is', 'pairs are')} in dispute; this settles them:"
        shown += [Content(""), Content.styled(words, MUTED), safe_text.line(command)]
    return shown


def _ruling_counts(summary: SessionSummary, signs: Signs) -> Content:
    totals = summary.totals
    parts = [
        Content.assemble((signs.upheld, UPHELD), (f" {count(totals.upheld)}", BOLD), " upheld"),
        Content.assemble((signs.overturned, OVERTURNED), (f" {count(totals.overturned)}", BOLD), " overturned"),
    ]
    if totals.without_verdict:
        parts.append(Content.assemble((signs.decided, MUTED), (f" {count(totals.without_verdict)}", BOLD), " decided"))
    return Content("     ").join(parts)


def _other_counts(summary: SessionSummary) -> Content:
    totals = summary.totals
    words = [f"{count(totals.skipped)} skipped"] if totals.skipped else []
    words += [f"{count(totals.flagged)} flagged"] if totals.flagged else []
    return Content.styled("   ".join([*words, summary.pace]), MUTED)


def _cells(label: str, before: Content, now: Content) -> Content:
    gap = " " * max(_COLUMN - before.cell_length, 2)
    return Content.assemble((label.ljust(_LABEL), MUTED), before, gap, now)


def _win_rate(numbers: "LiveNumbers | None") -> Content:
    if numbers is None:
        return Content(NONE)
    if numbers.population is not None and numbers.population.rate is not None:
        like = numbers.population
        return Content.assemble((rate_percent(like), BOLD), f"  {rate_interval(like)}", (" like these", MUTED))
    if numbers.win_rate.rate is None:
        return Content.styled(f"{count_noun(numbers.wins, 'win')} of {count(numbers.n)}", "")
    return _rate(numbers.win_rate)


def _agreement(numbers: "LiveNumbers | None") -> Content:
    return Content(NONE) if numbers is None or numbers.agreement.rate is None else _rate(numbers.agreement)


def _rate(rate: "Rate") -> Content:
    return Content.assemble(
        (rate_percent(rate), BOLD), (f"  {rate_interval(rate)}", ""), (f"  of {count(rate.n)}", MUTED)
    )


def _pattern_rows(summary: SessionSummary) -> list[Content]:
    whole = summary.totals.overturned
    shown = [
        Content.assemble((of_n(number, whole).ljust(9), BOLD), (text, MUTED)) for number, text in summary.patterns[:3]
    ]
    if summary.reason is not None:
        reason, number = summary.reason
        given = Content.assemble(safe_text.line(reason, MUTED), (", the reason given most", MUTED))
        shown.append(Content.assemble((count(number).ljust(9), BOLD), given))
    return shown


def as_plain(summary: SessionSummary, width: int | None = None) -> str:
    """The summary as plain text for the terminal, as wide as the terminal is."""
    width = width or min(84, get_terminal_size().columns - 1)
    return "\n".join(row.plain.rstrip() for row in rows(summary, width))


class SummaryScreen(Overlay[SummaryAnswer]):
    """The summary before leaving: enter leaves, so that q enter leaves; i opens the numbers, esc stays."""

    BINDINGS = bindings(_KEYS)
    WIDTH = 90

    def __init__(self, summary: SessionSummary, signs: Signs = PLAIN) -> None:
        super().__init__()
        self.summary = summary
        self._signs = signs
        self.text = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.text

    def fill(self) -> None:
        """Fill in the summary and the keys."""
        numbers = [] if self.summary.rates_hidden else [("i", "numbers")]
        foot = key_row([("enter", "leave"), *numbers, ("esc", "stay")])
        width = self.text_width
        said = blind_rows(self.summary, width) if self.summary.rates_hidden else rows(self.summary, width, self._signs)
        self.text.update(Content("\n").join([*said, Content(""), foot]))

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss("leave")

    def action_numbers(self) -> None:
        """Stay, and open the numbers, where they do not rest."""
        if not self.summary.rates_hidden:
            self.dismiss("numbers")
