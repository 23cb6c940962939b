"""The report of `uphold plan`: verdicts needed for a half-width, and half-widths after more verdicts."""

from collections.abc import Iterator

from uphold.formatting import count_noun
from uphold.records.statistics import ReachableWidth, ReviewPlan, RunStatistics, WidthForecast
from uphold.reports.model import Report, ReportRow, ReportSection, ReportSpan, Role, row, sentence

_EXACT = 1e-6
"""A half-width below this is zero up to rounding."""

_POPULATION, _THIS_SET = "for instructions like these", "for this set"


def budget_section(numbers: RunStatistics) -> ReportSection:
    """Return the section of half-widths after more verdicts; empty where there are no forecasts."""
    if not numbers.budget:
        return ReportSection("", ())
    return ReportSection("What more verdicts buy", tuple(_forecast_rows(numbers.budget)))


def plan_report(plan: ReviewPlan, run: str) -> Report:
    """Return the report of a plan: how many more verdicts reach the half-width, or why none do."""
    present = f"{count_noun(plan.n, 'verdict')} on {count_noun(plan.pairs, 'pair')}"
    subtitle = f"{present}; wanted: the win rate to ±{_points(plan.half_width)}"
    rows = [
        sentence(_reachable(plan.population, plan, _POPULATION)),
        sentence(_reachable(plan.this_set, plan, _THIS_SET)),
        *_forecast_rows(plan.rows),
        *_notes(plan),
    ]
    return Report(run, subtitle, (ReportSection("", tuple(rows)),))


def _reachable(width: ReachableWidth, plan: ReviewPlan, target: str) -> str:
    wanted = f"±{_points(plan.half_width)} {target}"
    if width.more == 0:
        return f"{wanted}: there already (now ±{_points(width.now or 0)})."
    if width.more is not None:
        return f"{wanted}: about {width.more} more verdicts{_time(plan, width.more)}."
    if width.at_best is None:
        return f"{wanted}: cannot be said. {_capitalised(width.reason)}"
    best = f"with all {plan.pairs} pairs read it is still ±{_points(width.at_best)}"
    return f"{wanted}: {width.reason}; {best}. About {width.instructions} instructions would do."


def _time(plan: ReviewPlan, more: int) -> str:
    if plan.seconds is None:
        return ""
    return f", some {max(1, round(plan.seconds * more / 60))} minutes at {plan.seconds:.0f} seconds a pair"


def _forecast_rows(forecasts: tuple[WidthForecast, ...]) -> Iterator[ReportRow]:
    if forecasts:
        yield row(ReportSpan("after"), ReportSpan("like these", Role.NUMBER), ReportSpan("this set", Role.NUMBER))
    for forecast in forecasts:
        exact = forecast.this_set_half_width < _EXACT
        yield row(
            ReportSpan(f"{forecast.more} more"),
            ReportSpan(f"±{_points(forecast.population_half_width)}", Role.NUMBER),
            ReportSpan("exact" if exact else f"±{_points(forecast.this_set_half_width)}", Role.NUMBER),
        )


def _notes(plan: ReviewPlan) -> Iterator[ReportRow]:
    yield sentence(
        f"People alone would need about {plan.humans_alone} verdicts for ±{_points(plan.half_width)} like these."
    )
    change = _points(plan.smallest_change)
    yield sentence(
        f"Two checkpoints with all {plan.pairs} pairs read: a change of about {change} points shows, less where they win the"
        " same pairs."
    )
    if plan.pilot:
        yield sentence(
            "Too few verdicts to foretell from: this assumes a win rate of one half and no judge.", Role.MUTED
        )
    else:
        yield sentence(
            "Foretold from what was read so far; the real width is within a quarter of it as a rule.", Role.MUTED
        )
    if plan.planned is not None:
        yield sentence(f"planned: {plan.planned}, now {plan.n}")


def _capitalised(text: str | None) -> str:
    return f"{(text or '')[:1].upper()}{(text or '')[1:]}."


def _points(half_width: float) -> str:
    """Return a half-width in points, without decimals from 2 on, else with one."""
    points = 100 * half_width
    return f"{points:.0f}" if points >= 2 else f"{points:.1f}"
