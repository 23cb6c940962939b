"""The finer numbers of a judge: length, confidence, blind decisions and what seeing the verdict does to people."""

from collections.abc import Iterator

from uphold.records.numbers import LEAST_FOR_RATE, Rate
from uphold.records.page import Line, Role
from uphold.records.results import Agreement, Anchoring, Confidence, Length
from uphold.reports.wording import coefficient, points, rate_row, sentence


def length_lines(length: Length) -> Iterator[Line]:
    """How often the longer answer wins, beside people's own taste for it."""
    judge, people = length.judge_longer, length.human_longer
    if judge.n < LEAST_FOR_RATE:
        return
    yield sentence("when the two answers differ in length", Role.MUTED)
    yield rate_row("judge picks the longer", judge)
    yield rate_row("people pick the longer", people)
    yield sentence(_lean(judge, people))


def _lean(judge: Rate, people: Rate) -> str:
    if None in (judge.low, judge.high, people.low, people.high) or people.n < LEAST_FOR_RATE:
        return "Without people's own choices beside it this says nothing about the judge: longer answers can be better."
    if (judge.low or 0) > (people.high or 0):
        return "The judge leans to longer answers more than people do."
    if (judge.high or 0) < (people.low or 0):
        return "The judge leans to longer answers less than people do."
    return "The judge is not shown to lean to length otherwise than people."


def finer(same: Agreement) -> Iterator[Line]:
    """Blind decisions, anchoring, confidence: each only where it was recorded."""
    if same.blind.n:
        yield rate_row("decided before the verdict", same.blind)
    if same.anchoring is not None:
        yield sentence(_anchoring(same.anchoring))
    yield from _confidence(same.confidence)


def _anchoring(found: Anchoring) -> str:
    both = f"{found.open_n} open and {found.blind_n} blind"
    if found.difference is None or found.low is None or found.high is None:
        return f"What seeing the verdict does to people: {found.reason}, {both} are there."
    measured = f"{points(found.difference)} points ({points(found.low)} to {points(found.high)}; {both} votes)"
    if found.low > 0:
        return f"Seeing the verdict draws people to it: {measured}."
    return f"Seeing the verdict is not shown to draw people to it: {measured}."


def _confidence(found: Confidence) -> Iterator[Line]:
    if not found.n:
        return
    yield sentence("by the judge's own confidence", Role.MUTED)
    for band in found.bands:
        yield rate_row(f"{coefficient(band.low)} to {coefficient(band.high)}", band.agreement)
    if found.brier is not None and found.auroc is not None and found.n >= LEAST_FOR_RATE:
        tells = f"Its confidence tells right from wrong with AUROC {coefficient(found.auroc)} (.50 is chance)"
        yield sentence(f"{tells}; Brier score {coefficient(found.brier)} (0 is best), n {found.n}.")
