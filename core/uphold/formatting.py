"""Numbers as text for people: the only place that rounds them or writes their signs, separators and nouns.

Shares and differences of shares are passed in as fractions (0.62) and shown in percent or points (62). The rules:

- 0 and 100 percent are kept for exactly none and exactly all, in a percentage, in both ends of an interval and in large
  digits alike: .997 reads 99 and .003 reads 1 wherever it stands.
- A number below zero has the minus sign `−` (U+2212). JSON and CSV never come here: their numbers stay as Python has them.
- A coefficient has two decimals and no leading zero, rounded as usual: `.66`, `−.12`, `1.00`.
- Thousands are separated by commas, and a noun agrees with its number: `1 pair`, `1,000 pairs`.
"""

NONE = "–"
"""Shown in place of a number that does not exist."""

MINUS = "−"

_EXACT = 1e-9
"""A share this near to 0 or 1 is 0 or 1, give or take the rounding of floats; no share of fewer than 1e9 pairs is."""

_ZERO_WIDTH = 1e-6
"""A half-width below this is none."""


def percent(share: float) -> str:
    """Return a share in whole percent, such as `62 %`."""
    return f"{percent_number(share)} %"


def percent_number(share: float) -> str:
    """Return a share in whole percent without its sign, for columns and large digits: `62`."""
    whole = round(100 * share)
    if whole <= 0:
        return "0" if share < _EXACT else "1"
    if whole >= 100:
        return "100" if share > 1 - _EXACT else "99"
    return str(whole)


def interval(low: float, high: float) -> str:
    """Return the two ends of an interval of a share in whole percent, such as `49–73`.

    The ends follow the rule of percentages: 0 and 100 are kept for an interval that reaches none or all.
    """
    return f"{percent_number(low)}–{percent_number(high)}"


def coefficient(value: float) -> str:
    """Return a coefficient, such as kappa, with two decimals and no leading zero: `.66`, `−.12`, `1.00`."""
    text = f"{abs(value):.2f}"
    sign = MINUS if value < 0 and text != "0.00" else ""
    return sign + text.removeprefix("0")


def coefficient_interval(low: float, high: float) -> str:
    """Return the two ends of a coefficient's interval: `.44–.79`, or `−.08 to .30` so that no sign meets the dash."""
    ends = coefficient(low), coefficient(high)
    return (" to " if MINUS in "".join(ends) else "–").join(ends)


def share(value: float) -> str:
    """Return a number from 0 to 1 as `.66`, without trailing zeros; 1 and 0 as they are."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) or "0"


def p_value(p: float) -> str:
    """Return a p value with two decimals, three below .01: `.03`, `.004`, `< .001`."""
    if p < 0.001:
        return "< .001"
    return coefficient(p) if p >= 0.01 else f"{p:.3f}".removeprefix("0")


def points(difference: float, decimals: int = 0) -> str:
    """Return a difference of two shares in percentage points with its sign: `+12`, `−3`, `0`; `+12.4` with a decimal."""
    size = f"{abs(100 * difference):.{decimals}f}"
    if not size.strip("0."):
        return size
    return (MINUS if difference < 0 else "+") + size


def points_noun(difference: float, decimals: int = 0) -> str:
    """Return a difference with its unit: `+12 points`, `−1 point`, `+0.4 points`."""
    text = points(difference, decimals)
    return f"{text} {point_noun(text)}"


def point_noun(text: str) -> str:
    """Return the unit of a difference written by `points`: `point` after `+1`, `−1` and `1`, else `points`."""
    return "point" if text.lstrip(f"+{MINUS}") == "1" else "points"


def points_interval(low: float, high: float, decimals: int = 0) -> str:
    """Return the two ends of a difference's interval with the word between them: `−12 to +3`."""
    return f"{points(low, decimals)} to {points(high, decimals)}"


def margin(share: float) -> str:
    """Return a size in points as it was given, with its unit: `5 points`, `1 point`, `2.5 points`."""
    text = f"{100 * share:g}"
    return f"{text} {point_noun(text)}"


def size_in_points(share: float) -> str:
    """Return a size in points without sign: `8`, below 2 with a decimal as `1.5`; `0` for none alone."""
    if share < _ZERO_WIDTH:
        return "0"
    text = f"{max(100 * share, 0.1):.1f}"
    return f"{100 * share:.0f}" if float(text) >= 2 else text


def half_width(share: float) -> str:
    """Return half the width of an interval in points, such as `±8` or `±1.5`; `exact` for none."""
    return "exact" if share < _ZERO_WIDTH else f"±{size_in_points(share)}"


def standard_error(share: float) -> str:
    """Return the standard error of a share in points with one decimal: `3.4`."""
    return f"{100 * share:.1f}"


def count(number: float) -> str:
    """Return a count, with commas between thousands and a half where there is one: `1,200`, `34.5`."""
    halves = round(2 * number)
    return f"{halves // 2:,}" + (".5" if halves % 2 else "")


def signed_count(number: int) -> str:
    """Return a difference of two counts with its sign: `+1,204`, `−3`, `0`."""
    return f"{number:+,}".replace("-", MINUS) if number else "0"


def of_n(hits: float, n: int) -> str:
    """Return a count out of another, such as `31 of 50`; ties may count half."""
    return f"{count(hits)} of {count(n)}"


def noun(number: int, singular: str, plural: str | None = None) -> str:
    """Return the form of a noun or verb that goes with a number; `plural` is needed where rules do not give it."""
    if number == 1:
        return singular
    if plural is not None:
        return plural
    if singular.endswith("y") and singular[-2:-1] not in "aeiou":
        return singular[:-1] + "ies"
    return singular + ("es" if singular.endswith(("ch", "s", "x")) else "s")


def count_noun(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun: `1 pair`, `1,200 pairs`, `2 batches`, `3 losses`, `2 entries`."""
    return f"{count(number)} {noun(number, singular, plural)}"


def decimal(value: float) -> str:
    """Return a number with two decimals, such as a perplexity: `1,204.50`."""
    return f"{value:,.2f}".replace("-", MINUS)


def signed_decimal(value: float) -> str:
    """Return a difference of two numbers with two decimals and its sign: `+0.31`, `−1.20`, `0.00`."""
    text = decimal(value)
    if not text.strip(f"{MINUS}0."):
        return text.removeprefix(MINUS)
    return f"+{text}" if value > 0 else text


def score(value: float, *, is_share: bool) -> str:
    """Return a score of a benchmark: a share in percent with one decimal, `61.2`; another number with two."""
    if not is_share:
        return decimal(value)
    text = f"{100 * value:.1f}"
    if text == "0.0" and value > _EXACT:
        return "0.1"
    return "99.9" if text == "100.0" and value < 1 - _EXACT else text


def ratio(value: float) -> str:
    """Return how many times one number is another, with one decimal below 10: `2.4`, `12`."""
    return f"{value:,.{1 if value < 10 else 0}f}"


def dollars(amount: float | None) -> str:
    """Return an amount in dollars: cents from $0.10 on, four decimals below or two digits, `–` where no price is known."""
    if amount is None:
        return NONE
    if amount >= 0.1 or amount == 0:
        return f"${amount:,.2f}"
    decimals = 4
    while decimals < 9 and float(f"{amount:.{decimals}f}") < 10 ** (1 - decimals):
        decimals += 1
    return f"${amount:.{decimals}f}"


def exact_dollars(amount: float) -> str:
    """Return a limit in dollars as it was given, with at least two decimals: `$2.50`, `$0.005`."""
    text = f"{amount:,.9f}".rstrip("0")
    return f"${text}{'0' * max(2 - len(text.partition('.')[2]), 0)}"


def seconds(time: float) -> str:
    """Return a time spent on one thing in whole seconds: `41 s`."""
    return f"{count(round(time))} s"


def wait_time(time: float) -> str:
    """Return a time still to wait in seconds, with abbreviated units: `9 s`, `3 min`, `1 h 50 min`."""
    if time < 100:
        return f"{time:.0f} s"
    minutes = round(time / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def duration(time: float) -> str:
    """Return a time spent in seconds, in words: `90 seconds`, `3 minutes`, `2 hours 5 minutes`."""
    if time < 120:
        return count_noun(round(time), "second")
    minutes = round(time / 60)
    if minutes < 120:
        return count_noun(minutes, "minute")
    return f"{count_noun(minutes // 60, 'hour')} {count_noun(minutes % 60, 'minute')}"
