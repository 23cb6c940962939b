"""Single rates, coefficients and widths as short text, the same for every face."""

from typing import TYPE_CHECKING

from uphold.formatting import NONE, coefficient, coefficient_interval, count, half_width, interval, of_n, percent

if TYPE_CHECKING:  # the review shows rates from its first frame on without loading the records of all statistics
    from uphold.records.statistics import Rate, Value, WidthForecast


def rate_percent(rate: "Rate") -> str:
    """Return a rate as `58 %`, or `–` where there is none."""
    return NONE if rate.rate is None else percent(rate.rate)


def rate_interval(rate: "Rate") -> str:
    """Return the interval of a rate as `42–71`; nothing where there is none."""
    return "" if rate.low is None or rate.high is None else interval(rate.low, rate.high)


def rate_or_interval(rate: "Rate") -> str:
    """Return the interval of a rate, or the rate itself where it is exact."""
    return rate_percent(rate) if rate.method == "exact" else rate_interval(rate)


def hits_of_n(rate: "Rate") -> str:
    """Return the counts behind a rate, such as `31 of 50`; without a rate `of 50`, of a weighted one `n 50`."""
    if rate.is_weighted:
        return f"n {count(rate.n)}"
    return f"of {count(rate.n)}" if rate.rate is None else of_n(rate.rate * rate.n, rate.n)


def value_text(value: "Value") -> str:
    """Return a coefficient as `.66`, or `–` where there is none."""
    return NONE if value.value is None else coefficient(value.value)


def value_interval(value: "Value") -> str:
    """Return the interval of a coefficient as `.44–.79`; nothing where there is none."""
    return "" if value.low is None or value.high is None else coefficient_interval(value.low, value.high)


def width_text(rate: "Rate") -> str:
    """Return half the width of a rate's interval as `±8`; `–` where there is none."""
    return NONE if rate.half_width is None else half_width(rate.half_width)


def forecast_text(forecast: "WidthForecast") -> tuple[str, str]:
    """Return the expected half-widths as `±8`: for instructions like these, and for this set."""
    return half_width(forecast.population_half_width), half_width(forecast.this_set_half_width)
