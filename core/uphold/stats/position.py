"""What the order of the two answers did to a judge."""

from collections.abc import Iterable

from uphold.records.numbers import LEAST_FOR_RATE, Cell
from uphold.records.results import Position
from uphold.records.words import Preference
from uphold.stats.intervals import sign_test
from uphold.stats.shares import no_rate, share

ONE_ORDER = "no pair is readable in both orders: position bias cannot be measured"
FEW_OPPOSITE = f"{LEAST_FOR_RATE} pairs whose orders name opposite winners needed for a rate"


def position(cells: Iterable[Cell]) -> Position:
    """Flips over the pairs readable in both orders; first-position preference over those with opposite winners."""
    both = [(cell.cluster, cell.orders, cell.count) for cell in cells if cell.orders is not None]
    flipped = [(cluster, float(one != other), count) for cluster, (one, other), count in both]
    opposite = [
        (cluster, float(one == Preference.CANDIDATE), count)
        for cluster, (one, other), count in both
        if one != other and Preference.TIE not in (one, other)
    ]
    first = sum(count for _, chosen, count in opposite if chosen)
    second = sum(count for _, chosen, count in opposite if not chosen)
    enough = first + second >= LEAST_FOR_RATE
    return Position(
        pairs_in_both_orders=sum(count for *_, count in both),
        flips=sum(count for _, differs, count in flipped if differs),
        flip_rate=share(flipped, ONE_ORDER),
        first=first,
        second=second,
        first_rate=share(opposite, FEW_OPPOSITE) if enough else no_rate(first + second, FEW_OPPOSITE, "wilson"),
        p=sign_test(first, second) if enough else None,
    )
