"""How numbers are written: percent without decimals, intervals as `49–67`, kappa as `.66`, never a share without its n."""

from uphold.records.numbers import LEAST_FOR_RATE, Rate, Value
from uphold.records.page import Line, Role, Span

NONE = "–"
LITTLE = f"{LEAST_FOR_RATE} needed for a rate"


def percent(share: float) -> str:
    """A share as whole percent; 0 and 100 are kept for none and all."""
    return f"{_whole(share)} %"


def interval(low: float, high: float) -> str:
    """Both ends in whole percent."""
    return f"{round(100 * low)}–{round(100 * high)}"


def coefficient(value: float) -> str:
    """A kappa or confidence with two decimals and no leading zero."""
    written = f"{value:.2f}"
    return ".00" if written == "-0.00" else written.replace("0.", ".", 1)


def small(p: float) -> str:
    """A p value: `.03`, `.004`, `< .001`."""
    if p < 0.001:
        return "< .001"
    return coefficient(p) if p >= 0.01 else f"{p:.3f}".replace("0.", ".", 1)


def points(difference: float) -> str:
    """A difference of shares in points, with its sign."""
    written = f"{100 * difference:+.0f}".replace("-", "−")
    return "0" if written in ("+0", "−0") else written


def counted(n: int, what: str, several: str | None = None) -> str:
    """`1 pair`, `2 pairs`."""
    return f"{n} {what if n == 1 else several or what + 's'}"


def part_of(rate: Rate) -> str:
    """The counts behind a rate: `31 of 50`."""
    return f"of {rate.n}" if rate.rate is None else f"{round(2 * rate.rate * rate.n) / 2:g} of {rate.n}"


def sentence(text: str, role: Role = Role.TEXT) -> Line:
    """A line of running text."""
    return Line((Span(text, role),))


def row(*spans: Span) -> Line:
    """A row of a table."""
    return Line(spans)


def rate_row(name: str, rate: Rate, role: Role = Role.TEXT) -> Line:
    """Name, counts, percent, interval, and why one of them is missing; no percent below 10."""
    if rate.rate is None:
        return _row(name, role, NONE, "", "", rate.reason or "")
    if rate.n < LEAST_FOR_RATE:
        return _row(name, role, part_of(rate), "", "", LITTLE)
    if rate.low is None or rate.high is None:
        why = "votes, no interval" if rate.method == "votes" else rate.reason or ""
        return _row(name, role, part_of(rate), percent(rate.rate), "", why)
    return _row(name, role, part_of(rate), percent(rate.rate), interval(rate.low, rate.high), "")


def share_row(name: str, hits: float, n: int, note: str) -> Line:
    """A share that has no interval, with a word on what it is."""
    enough = n >= LEAST_FOR_RATE
    return _row(
        name, Role.TEXT, f"{hits:g} of {n}", percent(hits / n) if enough else "", "", note if enough else LITTLE
    )


def value_row(name: str, value: Value) -> Line:
    """A coefficient in the columns of `rate_row`."""
    if value.value is None:
        return _row(name, Role.TEXT, "", NONE, "", value.reason or "")
    ends = (
        f"{coefficient(value.low)}–{coefficient(value.high)}"
        if value.low is not None and value.high is not None
        else ""
    )
    return _row(name, Role.TEXT, "", coefficient(value.value), ends, value.reason or "")


def _row(name: str, role: Role, counts: str, figure: str, ends: str, note: str) -> Line:
    return row(
        Span(name, role),
        Span(counts, Role.NUMBER),
        Span(figure, Role.STRONG_NUMBER),
        Span(ends, Role.NUMBER),
        Span(note, Role.MUTED),
    )


def _whole(share: float) -> int:
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        return 1 if whole == 0 else 99
    return whole
