"""What more verdicts buy, as a page and as JSON."""

from collections.abc import Iterator

from uphold.formatting import counted
from uphold.records.statistics import ReachableWidth, ReviewPlan, RunStatistics, WidthForecast
from uphold.reports.model import Report, ReportRow, ReportSection, ReportSpan, Role, row, sentence

_EXACT = 1e-6


_LIKE, _THIS = "for instructions like these", "for this set"


def budget_section(numbers: RunStatistics) -> ReportSection:
    """Half-widths after more verdicts; nothing where there is nothing left to read or the headline refuses."""
    if not numbers.budget:
        return ReportSection("", ())
    return ReportSection("What more verdicts buy", tuple(_rows(numbers.budget)))


def plan_report(plan: ReviewPlan, run: str) -> Report:
    """How many more verdicts for the wanted width, what cannot be reached and why."""
    there = f"{counted(plan.n, 'verdict')} on {counted(plan.pairs, 'pair')}"
    title = f"{there}; wanted: the win rate to ±{_points(plan.half_width)}"
    lines = [
        sentence(_reach(plan.population, plan, _LIKE)),
        sentence(_reach(plan.this_set, plan, _THIS)),
        *_rows(plan.rows),
        *_beside(plan),
    ]
    return Report(run, title, (ReportSection("", tuple(lines)),))


def _reach(reach: ReachableWidth, plan: ReviewPlan, target: str) -> str:
    wanted = f"±{_points(plan.half_width)} {target}"
    if reach.more == 0:
        return f"{wanted}: there already (now ±{_points(reach.now or 0)})."
    if reach.more is not None:
        return f"{wanted}: about {reach.more} more verdicts{_time(plan, reach.more)}."
    if reach.at_best is None:
        return f"{wanted}: cannot be said. {_sentence(reach.reason)}"
    best = f"with all {plan.pairs} pairs read it is still ±{_points(reach.at_best)}"
    return f"{wanted}: {reach.reason}; {best}. About {reach.instructions} instructions would do."


def _time(plan: ReviewPlan, more: int) -> str:
    if plan.seconds is None:
        return ""
    return f", some {max(1, round(plan.seconds * more / 60))} minutes at {plan.seconds:.0f} seconds a pair"


def _rows(rows: tuple[WidthForecast, ...]) -> Iterator[ReportRow]:
    if rows:
        yield row(ReportSpan("after"), ReportSpan("like these", Role.NUMBER), ReportSpan("this set", Role.NUMBER))
    for one in rows:
        exact = one.this_set_half_width < _EXACT
        widths = (
            f"±{_points(one.population_half_width)}",
            "exact" if exact else f"±{_points(one.this_set_half_width)}",
        )
        yield row(ReportSpan(f"{one.more} more"), *(ReportSpan(width, Role.NUMBER) for width in widths))


def _beside(plan: ReviewPlan) -> Iterator[ReportRow]:
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


def _sentence(text: str | None) -> str:
    return f"{(text or '')[:1].upper()}{(text or '')[1:]}."


def _points(half_width: float) -> str:
    """Half a width in points, without decimals unless it is below 2."""
    points = 100 * half_width
    return f"{points:.0f}" if points >= 2 else f"{points:.1f}"
