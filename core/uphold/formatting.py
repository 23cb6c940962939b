"""Numbers as text for people: shares, intervals, coefficients, p values, differences, counts, money and times.

Shares and differences of shares are passed in as fractions (0.62) and shown in percent or points (62).
"""

NONE = "–"
"""Shown in place of a number that does not exist."""


def percent(share: float) -> str:
    """Return a share in whole percent, such as `62 %`; `0 %` and `100 %` are kept for exactly none and all."""
    return f"{_whole_percent(share)} %"


def interval(low: float, high: float) -> str:
    """Return the two ends of an interval of a share in whole percent, such as `49–73`."""
    return f"{round(100 * low)}–{round(100 * high)}"


def coefficient(value: float) -> str:
    """Return a coefficient, such as kappa, with two decimals and no leading zero: `.66`, `-.12`, `1.00`."""
    text = f"{value:.2f}"
    return ".00" if text == "-0.00" else text.replace("0.", ".", 1)


def p_value(p: float) -> str:
    """Return a p value with two decimals, three below .01: `.03`, `.004`, `< .001`."""
    if p < 0.001:
        return "< .001"
    return coefficient(p) if p >= 0.01 else f"{p:.3f}".replace("0.", ".", 1)


def points(difference: float, decimals: int = 0) -> str:
    """Return a difference of two shares in percentage points with its sign: `+12`, `−3`, `0`; `+12.4` with a decimal."""
    text = f"{100 * difference:+.{decimals}f}"
    return text.replace("-", "−") if text.strip("+-0.") else text[1:]


def count_noun(count: int, noun: str, plural: str | None = None, *, thousands: bool = False) -> str:
    """Return a count with its noun: `1 pair`, `2 pairs`, `2 batches`; with `thousands` also `1,200 pairs`.

    `plural` is needed where the noun takes neither -s nor, after -ch, -es.
    """
    if count != 1:
        noun = plural or noun + ("es" if noun.endswith("ch") else "s")
    return f"{count:,} {noun}" if thousands else f"{count} {noun}"


def dollars(amount: float | None) -> str:
    """Return an amount in dollars: cents from $0.10 on, four decimals below, `-` where no price is known."""
    if amount is None:
        return "-"
    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.4f}"


def wait_time(seconds: float) -> str:
    """Return a time still to wait, with abbreviated units: `9 s`, `3 min`, `1 h 50 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def duration(seconds: float) -> str:
    """Return a time spent, in words: `90 seconds`, `3 minutes`, `2 hours 5 minutes`."""
    if seconds < 120:
        return "1 second" if round(seconds) == 1 else f"{round(seconds)} seconds"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours {minutes % 60} minutes"


def _whole_percent(share: float) -> int:
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        return 1 if whole == 0 else 99
    return whole
