NONE = "–"


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


def dollars(amount: float | None) -> str:
    """An amount as it is shown: cents for large ones, more digits for small ones, "-" where no price is known."""
    if amount is None:
        return "-"
    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.4f}"


def wait_time(seconds: float) -> str:
    """A time to wait, in its largest unit: 9 s, 3 min, 1 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def count_noun(number: int, what: str) -> str:
    """A count with its noun: 1 pair, 2 pairs, 2 batches."""
    ending = "" if number == 1 else "es" if what.endswith("ch") else "s"
    return f"{number:,} {what}{ending}"


def _whole(share: float) -> int:
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        return 1 if whole == 0 else 99
    return whole


def duration(seconds: float) -> str:
    """A time in words: seconds below two minutes, then minutes, then hours and minutes."""
    if seconds < 120:
        return "1 second" if round(seconds) == 1 else f"{round(seconds)} seconds"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours {minutes % 60} minutes"
