"""The formatter of numbers: each rule as a table of cases, and what holds of every number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold import formatting
from uphold.formatting import (
    coefficient,
    coefficient_interval,
    count,
    count_noun,
    decimal,
    dollars,
    duration,
    exact_dollars,
    half_width,
    interval,
    margin,
    noun,
    of_n,
    p_value,
    percent,
    percent_number,
    points,
    points_interval,
    points_noun,
    ratio,
    score,
    seconds,
    share,
    signed_count,
    signed_decimal,
    size_in_points,
    standard_error,
    wait_time,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(0.997), "99 %"),
        (percent(0.003), "1 %"),
        (percent(1 - 1e-12), "100 %"),
        (percent_number(0.997), "99"),
        (percent_number(1), "100"),
        (interval(0.493, 0.667), "49–67"),
        (interval(0.62, 0.996), "62–99"),
        (interval(0.004, 0.2), "1–20"),
        (interval(0, 1), "0–100"),
        (coefficient(0.664), ".66"),
        (coefficient(-0.12), "−.12"),
        (coefficient(-0.001), ".00"),
        (coefficient(1), "1.00"),
        (coefficient(-1), "−1.00"),
        (coefficient_interval(0.44, 0.79), ".44–.79"),
        (coefficient_interval(-0.08, 0.3), "−.08 to .30"),
        (share(0.5), ".5"),
        (share(0.914), ".91"),
        (share(1), "1"),
        (share(0), "0"),
        (p_value(0.0004), "< .001"),
        (p_value(0.004), ".004"),
        (p_value(0.034), ".03"),
        (points(0.124), "+12"),
        (points(-0.03), "−3"),
        (points(-0.001), "0"),
        (points(0.1239, 1), "+12.4"),
        (points(-0.0001, 1), "0.0"),
        (points_noun(-0.01), "−1 point"),
        (points_noun(0.12), "+12 points"),
        (points_noun(0), "0 points"),
        (points_noun(0.01, 1), "+1.0 points"),
        (points_interval(-0.12, 0.03), "−12 to +3"),
        (margin(0.01), "1 point"),
        (margin(0.025), "2.5 points"),
        (margin(0.05), "5 points"),
        (half_width(0.083), "±8"),
        (half_width(0.0196), "±2"),
        (half_width(0.0154), "±1.5"),
        (half_width(0.0001), "±0.1"),
        (half_width(0), "exact"),
        (size_in_points(0.3), "30"),
        (size_in_points(0), "0"),
        (standard_error(0.0341), "3.4"),
        (count(1), "1"),
        (count(1000), "1,000"),
        (count(34.5), "34.5"),
        (count(1_234_567.5), "1,234,567.5"),
        (signed_count(1204), "+1,204"),
        (signed_count(-3), "−3"),
        (signed_count(0), "0"),
        (of_n(31, 50), "31 of 50"),
        (of_n(34.5, 1000), "34.5 of 1,000"),
        (count_noun(1, "pair"), "1 pair"),
        (count_noun(1000, "pair"), "1,000 pairs"),
        (count_noun(0, "pair"), "0 pairs"),
        (count_noun(2, "batch"), "2 batches"),
        (count_noun(2, "loss"), "2 losses"),
        (count_noun(2, "entry"), "2 entries"),
        (count_noun(1, "person", "people"), "1 person"),
        (count_noun(2, "person", "people"), "2 people"),
        (noun(1, "is", "are"), "is"),
        (noun(2, "day"), "days"),
        (decimal(1204.5), "1,204.50"),
        (decimal(-0.5), "−0.50"),
        (signed_decimal(0.31), "+0.31"),
        (signed_decimal(-1.2), "−1.20"),
        (signed_decimal(0.001), "0.00"),
        (signed_decimal(-0.001), "0.00"),
        (score(0.612, is_share=True), "61.2"),
        (score(0.0001, is_share=True), "0.1"),
        (score(0.9999, is_share=True), "99.9"),
        (score(0, is_share=True), "0.0"),
        (score(1, is_share=True), "100.0"),
        (score(6.214, is_share=False), "6.21"),
        (ratio(2.36), "2.4"),
        (ratio(12.4), "12"),
        (dollars(None), "–"),
        (dollars(0), "$0.00"),
        (dollars(0.0312), "$0.0312"),
        (dollars(0.00002), "$0.000020"),
        (dollars(1234.5), "$1,234.50"),
        (exact_dollars(0.005), "$0.005"),
        (exact_dollars(0.05), "$0.05"),
        (exact_dollars(1234.5), "$1,234.50"),
        (seconds(41.2), "41 s"),
        (wait_time(9), "9 s"),
        (wait_time(110 * 60), "1 h 50 min"),
        (duration(1), "1 second"),
        (duration(90), "90 seconds"),
        (duration(125 * 60), "2 hours 5 minutes"),
        (duration(121 * 60), "2 hours 1 minute"),
    ],
)
def test_a_number_is_written(written: str, expected: str) -> None:
    assert written == expected


def shares() -> st.SearchStrategy[tuple[int, int]]:
    """Hits and n of a share of pairs."""
    return st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(shares())
def test_0_and_100_are_kept_for_none_and_all(counted: tuple[int, int]) -> None:
    hits, n = counted
    text = percent_number(hits / n)
    assert (text == "0") == (hits == 0)
    assert (text == "100") == (hits == n)
    assert percent(hits / n) == f"{text} %"


@given(shares())
def test_a_percentage_is_the_nearest_whole_one_but_for_none_and_all(counted: tuple[int, int]) -> None:
    exact = 100 * counted[0] / counted[1]
    assert abs(int(percent_number(exact / 100)) - exact) <= (0.5 if 0.5 <= exact <= 99.5 else 1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_ends_of_an_interval_are_written_as_percentages_are(one: float, other: float) -> None:
    assert interval(one, other).split("–") == [percent_number(one), percent_number(other)]


@given(st.floats(-1, 1))
def test_negative_numbers_have_one_minus_sign_and_no_hyphen(value: float) -> None:
    for text in (coefficient(value), points(value), points(value, 1), decimal(value), signed_count(round(1e5 * value))):
        assert "-" not in text
        assert text.count("−") <= 1
    assert coefficient(value).lstrip("−") == coefficient(-value).lstrip("−")


@given(st.integers(0, 10**9))
def test_thousands_have_commas_and_one_is_singular(number: int) -> None:
    text, word = count_noun(number, "pair").split(" ")
    assert int(text.replace(",", "")) == number
    assert all(len(part) == 3 for part in text.split(",")[1:])
    assert word == ("pair" if number == 1 else "pairs")


@given(st.floats(0, 0.5))
def test_a_half_width_is_exact_for_none_alone(width: float) -> None:
    assert (half_width(width) == "exact") == (width < 1e-6)
    assert half_width(width) not in ("±0", "±0.0")


def test_every_function_has_cases_here() -> None:
    functions = [name for name, value in vars(formatting).items() if callable(value) and not name.startswith("_")]
    assert set(functions) - {"point_noun"} <= set(globals())
