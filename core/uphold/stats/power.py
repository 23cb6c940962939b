"""Forecasts of the win rate's precision: half-widths after more verdicts, and verdicts needed for a half-width.

The present cells are scaled to the labels they will have: a cell gets its share of the new verdicts by the unread pairs
in it, so that with all pairs read every cell is full. Below 15 verdicts there is too little to scale, and Wilson's
interval around one half is used. From a pilot of 20 verdicts the real width is .87 to 1.27 of the forecast, from 30 it is
.91 to 1.17 (nine times in ten).
"""

import math
from dataclasses import replace

from uphold.records.statistics import ReachableWidth, ReviewPlan, WidthForecast, WidthTarget
from uphold.stats.assisted import HeadlineInputs
from uphold.stats.distributions import z_quantile
from uphold.stats.intervals import Bounds, finite_n, hull, is_extreme, not_narrower, wilson
from uphold.stats.poststratify import (
    WIN,
    ChainCell,
    LabelCounts,
    Moments,
    beta_interval,
    population_rate,
    this_set_rate,
)

MIN_PILOT = 15

FORECAST_STEPS = (10, 20)
"""Numbers of further verdicts that forecasts are made for, besides all that are left."""

TARGET_HALF_WIDTHS = (0.15, 0.12, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01)
"""The half-widths that are offered as the next target."""

MORE_INSTRUCTIONS = "more instructions needed, not more verdicts"

POWER = 0.8
"""The probability of finding a change that is said to show."""

POPULATION, THIS_SET = 0, 1
"""Indices of the two targets in `HalfWidths`."""

HalfWidths = tuple[float, float]
"""Half-widths of the win rate's intervals for the population and for this set."""


def half_widths(inputs: HeadlineInputs, more: int) -> HalfWidths:
    """Return the half-widths of the win rate that are expected after `more` verdicts."""
    bounds = _pilot_bounds(inputs, more) if is_pilot(inputs) else _scaled_bounds(inputs, more)
    population, this_set = bounds
    return (population[1] - population[0]) / 2, (this_set[1] - this_set[0]) / 2


def budget(inputs: HeadlineInputs) -> tuple[WidthForecast, ...]:
    """Return forecasts after 10 and 20 more verdicts and with all pairs read; none where the headline is refused."""
    left = inputs.pairs - inputs.n
    if inputs.state == "refused" or not inputs.pairs or inputs.has_few_examples:
        return ()
    steps = [more for more in FORECAST_STEPS if more < left] + ([left] if left else [])
    return tuple(WidthForecast(more, *half_widths(inputs, more)) for more in steps)


def nearest_target(inputs: HeadlineInputs) -> WidthTarget | None:
    """Return the next half-width that more verdicts can reach: for the population, else for this set, else None."""
    left = inputs.pairs - inputs.n
    if not inputs.has_rates or left <= 0 or inputs.has_few_examples:
        return None
    now, best = half_widths(inputs, 0), half_widths(inputs, left)
    for target in (POPULATION, THIS_SET):
        wanted = next((w for w in TARGET_HALF_WIDTHS if best[target] <= w < now[target] - 0.005), None)
        if wanted is not None:
            return WidthTarget(wanted, verdicts_needed(inputs, wanted, target), target == POPULATION)
    return None


def is_pilot(inputs: HeadlineInputs) -> bool:
    """Whether there are too few verdicts to scale."""
    return inputs.n < MIN_PILOT or not inputs.has_rates


def verdicts_needed(inputs: HeadlineInputs, half_width: float, target: int) -> int:
    """Return the least number of further verdicts that reaches a half-width for a target, by bisection."""
    low, high = 0, inputs.pairs - inputs.n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if half_widths(inputs, middle)[target] <= half_width else (middle + 1, high)
    return low


def _pilot_bounds(inputs: HeadlineInputs, more: int) -> tuple[Bounds, Bounds]:
    n = max(1, min(inputs.n + more, inputs.pairs))
    finite = finite_n(n, inputs.pairs)
    return wilson(n / 2, n), (0.5, 0.5) if math.isinf(finite) else wilson(finite / 2, finite)


def _scaled_bounds(inputs: HeadlineInputs, more: int) -> tuple[Bounds, Bounds]:
    effect = inputs.design_effect(WIN)
    cells = _cells_after(inputs, more)
    population, this_set = population_rate(cells, WIN), this_set_rate(cells, WIN)
    narrow = beta_interval(Moments(this_set.mean, this_set.variance * effect))
    wide = beta_interval(Moments(population.mean, population.variance * effect))
    n = inputs.n + more
    wins = inputs.spread(WIN).mean * n
    if is_extreme(wins, n):
        wide = hull(wide, wilson(wins / effect, n / effect))
        finite = finite_n(n, inputs.pairs) / effect
        narrow = narrow if math.isinf(finite) else hull(narrow, wilson(wins / n * finite, finite))
    return not_narrower(wide, narrow), narrow


def _cells_after(inputs: HeadlineInputs, more: int) -> list[ChainCell]:
    """Return the cells with their labels scaled to `more` verdicts; an empty cell gets labels in the overall shares."""
    left = inputs.pairs - inputs.n
    shares = _label_shares(inputs)
    cells = []
    for cell in inputs.cells:
        n = sum(cell.labels)
        added = more * (cell.pairs - n) / left if left else 0.0
        if not n:
            cells.append(ChainCell(cell.pairs, _scale(shares, added)))
            continue
        growth = (n + added) / n
        population, unread = cell.population_labels, cell.unread_labels
        cells.append(
            replace(
                cell,
                labels=_scale(cell.labels, growth),
                population_labels=None if population is None else _scale(population, growth),
                unread_labels=None if unread is None else _scale(unread, growth),
            )
        )
    return cells


def _label_shares(inputs: HeadlineInputs) -> LabelCounts:
    loss, tie, win = (sum(cell.labels[index] for cell in inputs.cells) / inputs.n for index in range(3))
    return loss, tie, win


def _scale(labels: LabelCounts, factor: float) -> LabelCounts:
    return labels[0] * factor, labels[1] * factor, labels[2] * factor


def plan(
    inputs: HeadlineInputs, half_width: float, seconds: float | None = None, planned: int | None = None
) -> ReviewPlan:
    """Return the verdicts needed to reach a half-width, for the population and for this set.

    `seconds` is the median time of a decision, `planned` the n that was declared beforehand; both are passed on.
    """
    rate = 0.5 if is_pilot(inputs) else population_rate(inputs.cells, WIN).mean
    refusal = inputs.reason if inputs.state == "refused" or inputs.has_few_examples or not inputs.pairs else None
    return ReviewPlan(
        state=inputs.state,
        reason=inputs.reason,
        half_width=half_width,
        pairs=inputs.pairs,
        n=inputs.n,
        population=_reachable_width(inputs, half_width, POPULATION, refusal),
        this_set=_reachable_width(inputs, half_width, THIS_SET, refusal),
        humans_alone=verdicts_alone(half_width, rate),
        smallest_change=smallest_change(rate, inputs.pairs),
        rows=budget(inputs),
        pilot=is_pilot(inputs),
        planned=planned,
        seconds=seconds,
    )


def verdicts_alone(half_width: float, rate: float) -> int:
    """Return the verdicts that give a half-width without a judge.

    z^2 p(1 - p)/h^2, and near 0 and 1 as many more as Wilson's interval needs.
    """
    n = math.ceil(verdicts_for(half_width, rate))
    low, high = max(1, n), max(1, n) + math.ceil(z_quantile() ** 2 / half_width)
    while low < high:
        middle = (low + high) // 2
        bounds = wilson(rate * middle, middle)
        low, high = (low, middle) if (bounds[1] - bounds[0]) / 2 <= half_width else (middle + 1, high)
    return low


def smallest_change(rate: float, pairs: int) -> float | None:
    """Return the least difference of two win rates that a two-sided test at .05 finds with a probability of .8.

    Both runs are read on all `pairs` and win independently; the second rate is the first moved towards one half, where the
    variance is larger. None where not even a move of all the way is found as often. The difference d solves
    d' = (z(.975) + z(.8)) sqrt((p12 + p21 - d'^2) / (N + 2)) with d' and the shares p12, p21 that change as Bonett & Price
    (2012) add to them: one pair of each.
    """
    if pairs < 1:
        return None
    direction = 1 if rate <= 0.5 else -1
    most = 1 - rate if direction > 0 else rate
    quantiles = z_quantile() + z_quantile(2 * POWER - 1)

    def is_found(difference: float) -> bool:
        other = rate + direction * difference
        changed = rate * (1 - other) + other * (1 - rate)
        estimate = difference * pairs / (pairs + 2)
        variance = (changed * pairs + 2) / (pairs + 2) - estimate**2
        return estimate >= quantiles * math.sqrt(variance / (pairs + 2))

    if not is_found(most):
        return None
    low, high = 0.0, most
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return high


def verdicts_for(half_width: float, share: float = 0.5, total: int | None = None) -> float:
    """Return the verdicts that give a half-width without a judge: n0 = z^2 p(1 - p)/h^2.

    For exactly `total` (N) pairs n0/(1 + (n0 - 1)/N).
    """
    n = z_quantile() ** 2 * share * (1 - share) / half_width**2
    return n if total is None else n / (1 + (n - 1) / total)


def _reachable_width(inputs: HeadlineInputs, half_width: float, target: int, refusal: str | None) -> ReachableWidth:
    if refusal is not None:
        return ReachableWidth(None, None, None, None, refusal)
    left = inputs.pairs - inputs.n
    now = half_widths(inputs, 0)[target] if inputs.n else None
    best = half_widths(inputs, left)[target]
    if now is not None and now <= half_width:
        return ReachableWidth(0, now, best)
    if best > half_width:
        instructions = math.ceil(inputs.pairs * (best / half_width) ** 2)
        return ReachableWidth(None, now, best, instructions, MORE_INSTRUCTIONS)
    return ReachableWidth(verdicts_needed(inputs, half_width, target), now, best)
