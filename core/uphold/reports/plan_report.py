"""The report of `uphold plan`: verdicts needed for a half-width, and half-widths after more verdicts."""

from collections.abc import Iterator

from uphold.formatting import count, count_noun, half_width, point_noun, size_in_points
from uphold.records.pair_list import Behind, behind
from uphold.records.statistics import ReachableWidth, ReviewPlan, RunStatistics, WidthForecast
from uphold.reports.model import ForecastTable, Item, Report, ReportSection, RowId, SectionId, Sentence, Tone

_POPULATION, _THIS_SET = "for instructions like these", "for this set"


def forecast_section(numbers: RunStatistics) -> ReportSection:
    """Return the section of half-widths after more verdicts; empty where there are no forecasts."""
    return ReportSection(SectionId.FORECAST, "What more verdicts buy", tuple(_forecasts(numbers.budget)))


def plan_report(plan: ReviewPlan, run: str) -> Report:
    """Return the report of a plan: how many more verdicts reach the half-width, or why none do."""
    present = f"{count_noun(plan.n, 'verdict')} on {count_noun(plan.pairs, 'pair')}"
    subtitle = f"{present}; wanted: the win rate to {half_width(plan.half_width)}"
    items = (
        Sentence(_reachable(plan.population, plan, _POPULATION)),
        Sentence(_reachable(plan.this_set, plan, _THIS_SET)),
        *_forecasts(plan.rows),
        *_notes(plan),
    )
    return Report(run, subtitle, (ReportSection(SectionId.PLAN, "", items),))


def _reachable(width: ReachableWidth, plan: ReviewPlan, target: str) -> str:
    wanted = f"{half_width(plan.half_width)} {target}"
    if width.more == 0:
        return f"{wanted}: there already (now {half_width(width.now or 0)})."
    if width.more is not None:
        return f"{wanted}: about {count_noun(width.more, 'more verdict')}{_time(plan, width.more)}."
    if width.at_best is None:
        return f"{wanted}: cannot be said. {_capitalised(width.reason)}"
    best = f"with all {count_noun(plan.pairs, 'pair')} read it is still {half_width(width.at_best)}"
    instructions = count_noun(width.instructions or 0, "instruction")
    return f"{wanted}: {width.reason}; {best}. About {instructions} would do."


def _smallest_change(plan: ReviewPlan) -> str:
    """Return what change of the win rate shows, and what that means."""
    if plan.smallest_change is None:
        return "too few for any change to show in four of five cases"
    change = size_in_points(plan.smallest_change)
    shows = (
        f"a change of {change} {point_noun(change)} shows (in four of five cases, at 95 %) where they win independently"
    )
    return f"{shows}, a smaller one where they win the same pairs"


def _time(plan: ReviewPlan, more: int) -> str:
    if plan.seconds is None:
        return ""
    minutes = count_noun(max(1, round(plan.seconds * more / 60)), "minute")
    return f", some {minutes} at {count_noun(round(plan.seconds), 'second')} a pair"


def _forecasts(forecasts: tuple[WidthForecast, ...]) -> Iterator[Item]:
    if forecasts:
        yield ForecastTable(RowId.FORECAST, forecasts, behind(Behind.UNLABELLED))


def _notes(plan: ReviewPlan) -> Iterator[Sentence]:
    verdicts = count_noun(plan.humans_alone, "verdict")
    yield Sentence(f"People alone would need about {verdicts} for {half_width(plan.half_width)} like these.")
    yield Sentence(f"Two checkpoints with all {count_noun(plan.pairs, 'pair')} read: {_smallest_change(plan)}.")
    if plan.pilot:
        why = "No rate is known here" if plan.state == "refused" else "Too few verdicts to foretell from"
        yield Sentence(f"{why}: this assumes a win rate of one half and no judge.", Tone.MUTED)
    else:
        yield Sentence(
            "Foretold from what was read so far: about, since what is read next may differ from it.", Tone.MUTED
        )
    if plan.planned is not None:
        yield Sentence(f"planned: {count(plan.planned)}, now {count(plan.n)}")


def _capitalised(text: str | None) -> str:
    return f"{(text or '')[:1].upper()}{(text or '')[1:]}."
