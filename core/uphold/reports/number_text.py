"""Numbers of the statistics as short text, the same for every face: rates, coefficients, and the rows of a report."""

from dataclasses import dataclass

from uphold.formatting import (
    NONE,
    coefficient,
    count,
    count_noun,
    of_n,
    p_value,
    percent_number,
    point_noun,
    points,
    points_interval,
    standard_error,
)
from uphold.records.comparisons import Change, RunDifference
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.statistics import MeanPreference, Rate, Share, Value
from uphold.reports.model import Count, NumberRow
from uphold.reports.rate_text import hits_of_n, rate_interval, value_interval, value_text


@dataclass(frozen=True, slots=True)
class NumberText:
    """The text of a report's number: counts behind it, figure and unit, both ends of its interval, and a note.

    What does not exist is empty.
    """

    counts: str = ""
    figure: str = ""
    unit: str = ""
    ends: str = ""
    note: str = ""


def number_text(row: NumberRow) -> NumberText:
    """Return the text of a row's number."""
    number = row.number
    if isinstance(number, Rate):
        text = _estimate_text(row, number) if row.estimate else _rate_text(row, number)
    elif isinstance(number, Share):
        text = _share_text(row, number)
    elif isinstance(number, Value):
        text = NumberText("", value_text(number), "", value_interval(number), row.note or number.reason or "")
    elif isinstance(number, Change):
        text = _change_text(row, number)
    elif isinstance(number, RunDifference):
        text = _difference_text(number)
    else:
        text = _preference_text(number)
    return text


def row_name(row: NumberRow) -> str:
    """Return the name of a row with the number of pairs that it speaks of: `for this set of 200`."""
    return row.name if row.of is None else f"{row.name} of {count(row.of)}"


def count_text(size: Count) -> str:
    """Return a count with its noun: `12 pairs`."""
    return count_noun(size.number, size.singular, size.plural)


def _rate_text(row: NumberRow, rate: Rate) -> NumberText:
    """Return the text of a share of its own n: a note stands where the rate or its interval is missing."""
    counts = hits_of_n(rate) if row.hits is None else of_n(row.hits, rate.n)
    if rate.rate is None:
        shown = counts if row.hits is not None and rate.n else "" if row.verb else NONE
        return NumberText(shown, note=_too_few(row, rate.n) or rate.reason or "")
    if rate.n < MIN_FOR_RATE:
        return NumberText(counts, note=row.too_few)
    ends = rate_interval(rate)
    note = row.note
    if not note and not ends:
        note = "votes, no interval" if rate.method == "votes" else rate.reason or ""
    if row.kappa is not None:
        note = f"κ {row.kappa.reason if row.kappa.value is None else coefficient(row.kappa.value)}"
    return NumberText(counts, percent_number(rate.rate), " %", ends, note)


def _too_few(row: NumberRow, n: int) -> str:
    """Return what is said of a rate that is missing, where a row says it in words of its own."""
    return row.too_few if row.verb and n < MIN_FOR_RATE else ""


def _estimate_text(row: NumberRow, rate: Rate) -> NumberText:
    """Return the text of a rate that is estimated from n verdicts; no interval where a note stands."""
    counts = f"n {count(rate.n)}"
    if rate.n < MIN_FOR_RATE:
        return NumberText(counts, note=row.too_few)
    note = "exact" if rate.method == "exact" else "votes, no interval" if rate.method == "votes" else rate.reason or ""
    if rate.rate is None:
        return NumberText(counts, note=note)
    return NumberText(counts, percent_number(rate.rate), " %", "" if note else rate_interval(rate), note)


def _share_text(row: NumberRow, share: Share) -> NumberText:
    if share.rate is None:
        return NumberText(NONE, note=share.reason or "")
    counts = of_n(round(share.rate * share.n), share.n)
    if share.n < MIN_FOR_RATE:
        return NumberText(counts, note=row.too_few)
    return NumberText(counts, percent_number(share.rate), " %", "", row.note)


def _change_text(row: NumberRow, change: Change) -> NumberText:
    figure = points(change.difference or 0.0)
    ends = "" if change.low is None or change.high is None else points_interval(change.low, change.high)
    note = change.reason or (f"p {p_value(change.p)}" if change.p is not None else "")
    return NumberText(f"n {count(row.n or 0)}", figure, f" {point_noun(figure)}", ends, note)


def _difference_text(difference: RunDifference) -> NumberText:
    if difference.difference is None:
        return NumberText(f"n {count(difference.n)}", note=difference.reason or "")
    figure = points(difference.difference, 1)
    ends = (
        "" if difference.low is None or difference.high is None else points_interval(difference.low, difference.high, 1)
    )
    return NumberText(f"n {count(difference.n)}", figure, f" {point_noun(figure)}", ends, difference.reason or "")


def _preference_text(preference: MeanPreference) -> NumberText:
    error = preference.standard_error
    note = "" if error is None else f"standard error {standard_error(error)}"
    return NumberText(f"n {count(preference.n)}", percent_number(preference.rate), " %", "", note)
