"""The report model: titled sections of text rows and table rows, and the rows that rates and coefficients become.

A report says what each piece of text is, not how it is drawn; the command line and the app each draw it their own way.
Text from users (names, tags, keys) is in it as it came; whoever draws a report escapes it.
"""

from dataclasses import dataclass
from enum import StrEnum

from uphold.formatting import NONE, coefficient, interval, percent
from uphold.records.statistics import MIN_FOR_RATE, Rate, Value

SIGNIFICANCE = 0.05
"""Adjusted p values below this are reported as a difference."""

TOO_FEW = f"{MIN_FOR_RATE} needed for a rate"


class Role(StrEnum):
    """The role of a span, which decides its style; numbers are aligned right in their column."""

    TEXT = "text"
    BOLD = "bold"
    MUTED = "muted"
    NUMBER = "number"
    STRONG_NUMBER = "strong-number"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """A piece of text with its role."""

    text: str
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A sentence (one span), or a row of a table (a span for each column)."""

    spans: tuple[ReportSpan, ...]


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Rows under a heading; adjacent table rows share their column widths. A section without rows is left out."""

    title: str
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A title, a subtitle that says what the report is about, and sections in reading order."""

    title: str
    subtitle: str
    sections: tuple[ReportSection, ...]


def hits_of_n(rate: Rate) -> str:
    """Return the counts behind a rate, such as `31 of 50`; without a rate `of 50`."""
    return f"of {rate.n}" if rate.rate is None else f"{round(2 * rate.rate * rate.n) / 2:g} of {rate.n}"


def rate_text(rate: Rate) -> str:
    """Return a rate in percent, or nothing where there is none or it rests on fewer than 10 pairs."""
    return "" if rate.rate is None or rate.n < MIN_FOR_RATE else percent(rate.rate)


def interval_text(rate: Rate) -> str:
    """Return the interval of a rate in percent, or nothing where there is none or it rests on fewer than 10 pairs."""
    if rate.low is None or rate.high is None or not rate_text(rate):
        return ""
    return interval(rate.low, rate.high)


def sentence(text: str, role: Role = Role.TEXT) -> ReportRow:
    """Return a row of running text."""
    return ReportRow((ReportSpan(text, role),))


def row(*spans: ReportSpan) -> ReportRow:
    """Return a table row."""
    return ReportRow(spans)


def number_row(name: ReportSpan, counts: str, figure: str, ends: str = "", note: str = "") -> ReportRow:
    """Return a table row with the usual columns: name, counts, number, interval, note."""
    return row(
        name,
        ReportSpan(counts, Role.NUMBER),
        ReportSpan(figure, Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )


def rate_row(name: str, rate: Rate, role: Role = Role.TEXT) -> ReportRow:
    """Return the row of a rate: name, counts, percent, interval, and a note where one of them is missing."""
    span = ReportSpan(name, role)
    if rate.rate is None:
        return number_row(span, NONE, "", "", rate.reason or "")
    if rate.n < MIN_FOR_RATE:
        return number_row(span, hits_of_n(rate), "", "", TOO_FEW)
    if rate.low is None or rate.high is None:
        note = "votes, no interval" if rate.method == "votes" else rate.reason or ""
        return number_row(span, hits_of_n(rate), percent(rate.rate), "", note)
    return number_row(span, hits_of_n(rate), percent(rate.rate), interval(rate.low, rate.high))


def share_row(name: str, hits: float, n: int, note: str) -> ReportRow:
    """Return the row of a share that has no interval, with a note on what it is; no percent below 10 pairs."""
    enough = n >= MIN_FOR_RATE
    figure = percent(hits / n) if enough else ""
    return number_row(ReportSpan(name), f"{hits:g} of {n}", figure, "", note if enough else TOO_FEW)


def value_row(name: str, value: Value) -> ReportRow:
    """Return the row of a coefficient, in the columns of `rate_row`."""
    if value.value is None:
        return number_row(ReportSpan(name), "", NONE, "", value.reason or "")
    ends = ""
    if value.low is not None and value.high is not None:
        ends = f"{coefficient(value.low)}–{coefficient(value.high)}"
    return number_row(ReportSpan(name), "", coefficient(value.value), ends, value.reason or "")
