"""The half of an example follows from the seed of its set and its first text."""

from uphold.records.halves import Half, half_of
from uphold.records.texts import canonical_hash


def test_a_half_is_fixed_by_seed_and_text() -> None:
    assert half_of("0a", "ff") is half_of("0a", "ff")
    assert {half_of("0a", str(number)) for number in range(20)} == set(Half)
    assert [half_of("0a", str(number)) for number in range(20)] != [half_of("0b", str(number)) for number in range(20)]


def test_about_half_of_the_examples_are_locked() -> None:
    locked = sum(half_of("0f" * 16, canonical_hash(number)) is Half.LOCKED for number in range(4000))
    assert 1900 < locked < 2100
