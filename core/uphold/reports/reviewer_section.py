"""Reviewers on the page: who read, and how far each two of them agree."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.records.numbers import LEAST_FOR_RATE
from uphold.records.page import Line, Role, Section, Span
from uphold.records.results import ReviewerLean, ReviewerNumbers, ReviewerPair
from uphold.reports.wording import (
    LITTLE,
    coefficient,
    counted,
    interval,
    part_of,
    percent,
    rate_row,
    row,
    sentence,
    value_row,
)

_MOST = 10
_NAMED = 12
_FAR_APART = 0.2


def reviewer_section(reviewers: ReviewerNumbers, full: bool = False) -> Section:
    """The pairs of reviewers with most shared pairs first; the rest are counted. `full` adds each one's own habits."""
    if not reviewers.names:
        return Section("Reviewers", ())
    lines = [sentence(_who(reviewers.names))]
    if not reviewers.pairs:
        lines.append(sentence("No pair was read by two people: their agreement is not known.", Role.MUTED))
    lines += [*_pairs(reviewers), *_together(reviewers)]
    return Section("Reviewers", (*lines, *(_leans(reviewers.leans) if full else ())))


def _together(reviewers: ReviewerNumbers) -> Iterator[Line]:
    """Alpha, which allows for chance, where enough pairs are shared."""
    if reviewers.items_shared >= LEAST_FOR_RATE:
        alpha = reviewers.alpha
        hint = replace(alpha, reason="interval with --full") if alpha.reason == "--full" else alpha
        yield value_row("all of them, above chance (α)", hint)
        kappas = (reviewers.alpha.value, reviewers.ac1.value)
        if None in kappas or abs((kappas[0] or 0) - (kappas[1] or 0)) > _FAR_APART:
            yield value_row("all of them, above chance (AC1)", reviewers.ac1)


def _leans(leans: tuple[ReviewerLean, ...]) -> Iterator[Line]:
    for lean in leans:
        yield sentence(f"{lean.name}, by themselves", Role.MUTED)
        yield rate_row("winner stood on side A", lean.first)
        yield rate_row("winner was the longer", lean.longer)
        if lean.self_agreement.n:
            yield rate_row("the same word twice", lean.self_agreement)


def _who(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{counted(len(names), 'person', 'people')}: {shown}{more}"


def _pairs(reviewers: ReviewerNumbers) -> Iterator[Line]:
    ordered = sorted(reviewers.pairs, key=lambda pair: -pair.n)
    yield from map(_pair, ordered[:_MOST])
    if len(ordered) > _MOST:
        yield sentence(f"and {counted(len(ordered) - _MOST, 'pair')} of reviewers with fewer shared pairs", Role.MUTED)
    if reviewers.items_shared:
        yield sentence(f"{counted(reviewers.items_shared, 'pair')} read by two or more", Role.MUTED)


def _pair(pair: ReviewerPair) -> Line:
    same, kappa = pair.agreement, pair.kappa
    figure = ends = ""
    note = LITTLE
    if same.rate is not None and pair.n >= LEAST_FOR_RATE:
        figure = percent(same.rate)
        ends = interval(same.low, same.high) if same.low is not None and same.high is not None else ""
        note = f"κ {coefficient(kappa.value) if kappa.value is not None else kappa.reason}"
    return row(
        Span(f"{pair.a} and {pair.b}"),
        Span(part_of(same), Role.NUMBER),
        Span(figure, Role.STRONG_NUMBER),
        Span(ends, Role.NUMBER),
        Span(note, Role.MUTED),
    )
