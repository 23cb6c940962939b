"""Rates and coefficients of the statistics as short text: percent, interval, kappa."""

from uphold.records.statistics import Rate, Value


def percent(rate: Rate) -> str:
    """`58 %`, or `–` where there is no rate."""
    return "–" if rate.rate is None else f"{round(rate.rate * 100)} %"


def span(rate: Rate) -> str:
    """The interval as `42–71`; empty where there is none."""
    if rate.low is None or rate.high is None:
        return ""
    return f"{round(rate.low * 100)}–{round(rate.high * 100)}"


def kappa(value: Value) -> str:
    """Kappa as `.66`, a negative one with its sign; `–` where there is none."""
    if value.value is None:
        return "–"
    sign = "−" if value.value < 0 else ""
    return sign + f"{abs(value.value):.2f}".removeprefix("0")


def this_set(rate: Rate) -> str:
    """The interval for exactly these examples; one number where all are read."""
    return percent(rate) if rate.method == "exact" else span(rate)
