"""What more verdicts buy: the cells as they are, scaled to as many verdicts as there will be.

A cell gets its share of the new verdicts by the pairs in it that are unread, so that with all pairs read every cell is
full. Below 15 verdicts there is too little to scale: Wilson's interval around one half. From a pilot of 20 the real
width is .87 to 1.27 of the foretold one, from 30 .91 to 1.17 (nine in ten).
"""

import math

from uphold.records.statistics import ReachableWidth, ReviewPlan, WidthForecast, WidthTarget
from uphold.stats.assisted import HeadlineInputs
from uphold.stats.distributions import z_quantile
from uphold.stats.exact_tests import bonett_price
from uphold.stats.intervals import Bounds, finite_n, wilson
from uphold.stats.poststratify import WIN, ChainCell, Counts, Moments, beta_interval, not_narrower, population, this_set

LEAST_PILOT = 15


STEPS = (10, 20)


TARGETS = (0.15, 0.12, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01)
"""The half-widths that are worth naming."""


Widths = tuple[float, float]
"""Half-widths: for instructions like these, and for this set."""


def half_widths(found: HeadlineInputs, more: int) -> Widths:
    """The half-widths of the win rate after `more` verdicts."""
    wide, narrow = _guessed(found, more) if is_pilot(found) else _scaled(found, more)
    return (wide[1] - wide[0]) / 2, (narrow[1] - narrow[0]) / 2


def budget(found: HeadlineInputs) -> tuple[WidthForecast, ...]:
    """Half-widths after 10 and 20 more verdicts and with all pairs read; nothing where the headline refuses to speak."""
    left = found.pairs - found.n
    if found.state == "refused" or not found.pairs or found.has_few_examples:
        return ()
    steps = [more for more in STEPS if more < left] + ([left] if left else [])
    return tuple(WidthForecast(more, *half_widths(found, more)) for more in steps)


def nearest(found: HeadlineInputs) -> WidthTarget | None:
    """The next width worth naming that more verdicts can buy: like these, else for this set, else none."""
    left = found.pairs - found.n
    if not found.has_rates or left <= 0 or found.has_few_examples:
        return None
    now, best = half_widths(found, 0), half_widths(found, left)
    for place in (0, 1):
        wanted = next((width for width in TARGETS if best[place] <= width < now[place] - 0.005), None)
        if wanted is not None:
            return WidthTarget(wanted, fewest(found, wanted, place), place == 0)
    return None


def is_pilot(found: HeadlineInputs) -> bool:
    """Are there too few verdicts to foretell from?"""
    return found.n < LEAST_PILOT or not found.has_rates


def fewest(found: HeadlineInputs, half_width: float, place: int) -> int:
    """The least number of verdicts that brings a half-width (0 like these, 1 this set), found by halving."""
    low, high = 0, found.pairs - found.n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if half_widths(found, middle)[place] <= half_width else (middle + 1, high)
    return low


def _guessed(found: HeadlineInputs, more: int) -> tuple[Bounds, Bounds]:
    n = max(1, min(found.n + more, found.pairs))
    finite = finite_n(n, found.pairs)
    return wilson(n / 2, n), (0.5, 0.5) if math.isinf(finite) else wilson(finite / 2, finite)


def _scaled(found: HeadlineInputs, more: int) -> tuple[Bounds, Bounds]:
    effect = found.effect(WIN)
    cells = _later(found, more)
    like, this = population(cells, WIN), this_set(cells, WIN)
    narrow = beta_interval(Moments(this.mean, this.variance * effect))
    return not_narrower(beta_interval(Moments(like.mean, like.variance * effect)), narrow), narrow


def _later(found: HeadlineInputs, more: int) -> list[ChainCell]:
    left = found.pairs - found.n
    shares = _shares(found)
    later = []
    for cell in found.cells:
        n = sum(cell.read)
        added = more * (cell.pairs - n) / left if left else 0.0
        if not n:
            loss, tie, win = (share * added for share in shares)
            later.append(ChainCell(cell.pairs, (loss, tie, win)))
        else:
            grown = (n + added) / n
            source = None if cell.source is None else _times(cell.source, grown)
            rest = None if cell.rest is None else _times(cell.rest, grown)
            later.append(ChainCell(cell.pairs, _times(cell.read, grown), source, rest))
    return later


def _shares(found: HeadlineInputs) -> Counts:
    loss, tie, win = (sum(cell.read[place] for cell in found.cells) / found.n for place in range(3))
    return loss, tie, win


def _times(counts: Counts, factor: float) -> Counts:
    return counts[0] * factor, counts[1] * factor, counts[2] * factor


MORE_INSTRUCTIONS = "more instructions needed, not more verdicts"


def plan(
    found: HeadlineInputs, half_width: float, seconds: float | None = None, planned: int | None = None
) -> ReviewPlan:
    """What it takes to reach a half-width, for instructions like these and for this set."""
    rate = 0.5 if is_pilot(found) else population(found.cells, WIN).mean
    changed = rate * (1 - rate) * found.pairs
    low, high = bonett_price(round(changed), round(changed), max(1, found.pairs))
    refused = found.reason if found.state == "refused" or found.has_few_examples or not found.pairs else None
    return ReviewPlan(
        state=found.state,
        reason=found.reason,
        half_width=half_width,
        pairs=found.pairs,
        n=found.n,
        population=_reach(found, half_width, 0, refused),
        this_set=_reach(found, half_width, 1, refused),
        humans_alone=math.ceil(verdicts_for(half_width, rate)),
        smallest_change=(high - low) / 2,
        rows=budget(found),
        pilot=is_pilot(found),
        planned=planned,
        seconds=seconds,
    )


def verdicts_for(half_width: float, share: float = 0.5, of: int | None = None) -> float:
    """Verdicts that give a half-width without a judge: n0 = z^2 p(1 - p)/h^2; for exactly `of` pairs n0/(1 + (n0 - 1)/N)."""
    wanted = z_quantile() ** 2 * share * (1 - share) / half_width**2
    return wanted if of is None else wanted / (1 + (wanted - 1) / of)


def _reach(found: HeadlineInputs, half_width: float, place: int, refused: str | None) -> ReachableWidth:
    if refused is not None:
        return ReachableWidth(None, None, None, None, refused)
    left = found.pairs - found.n
    now = half_widths(found, 0)[place] if found.n else None
    best = half_widths(found, left)[place]
    if now is not None and now <= half_width:
        return ReachableWidth(0, now, best)
    if best > half_width:
        instructions = math.ceil(found.pairs * (best / half_width) ** 2)
        return ReachableWidth(None, now, best, instructions, MORE_INSTRUCTIONS)
    return ReachableWidth(fewest(found, half_width, place), now, best)
