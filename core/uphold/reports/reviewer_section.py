"""Reviewers on the page: who read, and how far each two of them agree."""

from collections.abc import Iterator

from uphold.records.numbers import LEAST_FOR_RATE
from uphold.records.page import Line, Role, Section, Span
from uphold.records.results import ReviewerNumbers, ReviewerPair
from uphold.reports.wording import LITTLE, coefficient, counted, interval, part_of, percent, row, sentence

_MOST = 10
_NAMED = 12


def reviewer_section(reviewers: ReviewerNumbers) -> Section:
    """The pairs of reviewers with most shared pairs first; the rest are counted."""
    if not reviewers.names:
        return Section("Reviewers", ())
    lines = [sentence(_who(reviewers.names))]
    if not reviewers.pairs:
        lines.append(sentence("No pair was read by two people: their agreement is not known.", Role.MUTED))
    return Section("Reviewers", (*lines, *_pairs(reviewers)))


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
