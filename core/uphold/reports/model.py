"""A page of text as it is meant, not as it is drawn: the command line and the app each draw it in their own way.

Foreign text in it is raw; whoever shows a page makes it harmless first.
"""

from dataclasses import dataclass
from enum import StrEnum

from uphold.formatting import NONE, coefficient, interval, percent
from uphold.records.statistics import MIN_FOR_RATE, Rate, Value


class Role(StrEnum):
    """What a span is, so that it can be given its strength and its side."""

    TEXT = "text"
    BOLD = "bold"
    MUTED = "muted"
    NUMBER = "number"
    STRONG_NUMBER = "strong-number"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """A piece of text with its role; a number stands at the right of its column."""

    text: str
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One span is a sentence of its own; several are the columns of a table row."""

    spans: tuple[ReportSpan, ...]


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Lines under one heading; the columns of neighbouring table rows line up."""

    title: str
    lines: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A title, a line of what it is about, and sections in reading order."""

    title: str
    subtitle: str
    sections: tuple[ReportSection, ...]


LITTLE = f"{MIN_FOR_RATE} needed for a rate"


def part_of(rate: Rate) -> str:
    """The counts behind a rate: `31 of 50`."""
    return f"of {rate.n}" if rate.rate is None else f"{round(2 * rate.rate * rate.n) / 2:g} of {rate.n}"


def sentence(text: str, role: Role = Role.TEXT) -> ReportRow:
    """A line of running text."""
    return ReportRow((ReportSpan(text, role),))


def row(*spans: ReportSpan) -> ReportRow:
    """A row of a table."""
    return ReportRow(spans)


def rate_row(name: str, rate: Rate, role: Role = Role.TEXT) -> ReportRow:
    """Name, counts, percent, interval, and why one of them is missing; no percent below 10."""
    if rate.rate is None:
        return _row(name, role, NONE, "", "", rate.reason or "")
    if rate.n < MIN_FOR_RATE:
        return _row(name, role, part_of(rate), "", "", LITTLE)
    if rate.low is None or rate.high is None:
        why = "votes, no interval" if rate.method == "votes" else rate.reason or ""
        return _row(name, role, part_of(rate), percent(rate.rate), "", why)
    return _row(name, role, part_of(rate), percent(rate.rate), interval(rate.low, rate.high), "")


def share_row(name: str, hits: float, n: int, note: str) -> ReportRow:
    """A share that has no interval, with a word on what it is."""
    enough = n >= MIN_FOR_RATE
    return _row(
        name, Role.TEXT, f"{hits:g} of {n}", percent(hits / n) if enough else "", "", note if enough else LITTLE
    )


def value_row(name: str, value: Value) -> ReportRow:
    """A coefficient in the columns of `rate_row`."""
    if value.value is None:
        return _row(name, Role.TEXT, "", NONE, "", value.reason or "")
    ends = (
        f"{coefficient(value.low)}–{coefficient(value.high)}"
        if value.low is not None and value.high is not None
        else ""
    )
    return _row(name, Role.TEXT, "", coefficient(value.value), ends, value.reason or "")


def _row(name: str, role: Role, counts: str, figure: str, ends: str, note: str) -> ReportRow:
    return row(
        ReportSpan(name, role),
        ReportSpan(counts, Role.NUMBER),
        ReportSpan(figure, Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )
