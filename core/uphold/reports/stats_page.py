"""The numbers of a run as a page to read: what was compared, people, each judge, reviewers, what stands outside."""

from collections.abc import Iterator

from uphold.records.numbers import LEAST_FOR_RATE
from uphold.records.page import Line, Page, Role, Section, Span
from uphold.records.results import HumanNumbers, RunNumbers, TagNumbers
from uphold.reports.headline import headline_section, standing
from uphold.reports.judge_section import judge_section
from uphold.reports.outside import outside_section
from uphold.reports.reviewer_section import reviewer_section
from uphold.reports.wording import counted, interval, part_of, percent, rate_row, row, sentence, small

_NAMED = 8
_LEVEL = 0.05


def stats_page(numbers: RunNumbers, full: bool = False) -> Page:
    """The page of one run, or of all runs of a set pooled; `full` has the finer numbers as well."""
    sections = [
        headline_section(numbers),
        _people(numbers, full),
        *(judge_section(judge, numbers, full) for judge in numbers.judges),
        _others(numbers.others),
        reviewer_section(numbers.reviewers, full),
        _tags(numbers),
        _budget(numbers) if full else Section("", ()),
        outside_section(numbers),
    ]
    return Page(*_titles(numbers), tuple(section for section in sections if section.lines))


def _titles(numbers: RunNumbers) -> tuple[str, str]:
    pairs = counted(numbers.pairs, "pair")
    only = "" if numbers.tag is None else f", only those with the tag {numbers.tag!r}"
    if numbers.run is None:
        return numbers.set, f"all runs of the set pooled, {pairs}{only}"
    return numbers.run, f"{numbers.candidate} against {numbers.baseline}, {pairs} of {numbers.set}{only}"


def _budget(numbers: RunNumbers) -> Section:
    from uphold.reports.plan_page import budget_section

    return budget_section(numbers)


def _others(names: tuple[str, ...]) -> Section:
    if not names:
        return Section("", ())
    listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return Section("Other judges", (sentence(f"{listed}: `uphold judges` shows them side by side."),))


def _people(numbers: RunNumbers, full: bool) -> Section:
    human = numbers.human
    if not human.reviewed:
        return Section("People", (sentence("No pair has a human verdict yet."),))
    read = f"{human.reviewed} of {counted(numbers.pairs, 'pair')} read: {counted(human.wins, 'win')}, "
    read += f"{counted(human.ties, 'tie')}{_both_bad(human)}, {counted(human.losses, 'loss', 'losses')}"
    read += f", {human.unresolved} unresolved" if human.unresolved else ""
    return Section("People", (sentence(read), *_rates(numbers), *(_peek_safe(numbers) if full else ())))


def _peek_safe(numbers: RunNumbers) -> Iterator[Line]:
    found = numbers.human.peek_safe
    if found is None or numbers.run is None or found.population.n < LEAST_FOR_RATE:
        return
    if found.population.rate is None:
        yield sentence(f"No interval that holds at every look: {found.population.reason}.", Role.MUTED)
        return
    yield sentence("if you look after every verdict, only these wider intervals hold", Role.MUTED)
    yield rate_row("win rate, like these", found.population)
    yield rate_row("win rate, this set", found.this_set)


def _both_bad(human: HumanNumbers) -> str:
    return f" ({human.both_bad} both bad)" if human.both_bad else ""


def _rates(numbers: RunNumbers) -> Iterator[Line]:
    human = numbers.human
    three = human.rates
    if numbers.run is None:
        yield sentence("No rate: the runs have no one candidate in common.", Role.MUTED)
    elif three.win_rate.n < LEAST_FOR_RATE:
        yield sentence(f"{LEAST_FOR_RATE} verdicts needed for a rate", Role.MUTED)
    else:
        yield rate_row("win rate", three.win_rate, Role.BOLD)
        yield rate_row("win and tie", three.win_tie_rate)
        yield rate_row("ties half", three.ties_half)
        yield rate_row("without ties", human.without_ties)
        if numbers.headline is None or numbers.headline.state not in ("assisted", "human-only"):
            yield sentence(standing(three.ties_half, str(numbers.candidate), str(numbers.baseline)))
        if "clustered" in (three.win_rate.method or ""):
            yield sentence("Several pairs share an example; the intervals allow for it.", Role.MUTED)


def _tags(numbers: RunNumbers) -> Section:
    if not numbers.tags:
        return Section("By tag", ())
    lines = [_tag(tag) for tag in numbers.tags]
    lines += [sentence(text) for tag in numbers.tags for text in _differs(tag, numbers)]
    return Section("By tag", (*lines, sentence("Tags may overlap: one pair can stand in several rows.", Role.MUTED)))


def _differs(tag: TagNumbers, numbers: RunNumbers) -> Iterator[str]:
    """A sentence where a tag is shown to differ, after allowing for how many tags were asked about."""
    if tag.win_rate.adjusted is not None and tag.win_rate.adjusted < _LEVEL:
        yield f"{tag.tag}: wins differ from the rest (p {small(tag.win_rate.adjusted)} after Holm)."
    for judge, found in zip(numbers.judges, tag.agreements, strict=True):
        if found.adjusted is not None and found.adjusted < _LEVEL:
            p = f"(p {small(found.adjusted)} after Holm)"
            yield f"{tag.tag}: {judge.name} agrees with people otherwise than on the rest {p}."


def _tag(tag: TagNumbers) -> Line:
    win = tag.human.rates.win_rate
    figure = ends = ""
    note = f"{LEAST_FOR_RATE} verdicts needed for a rate" if win.n < LEAST_FOR_RATE else win.reason or ""
    if win.rate is not None and win.n >= LEAST_FOR_RATE:
        figure = percent(win.rate)
        ends = interval(win.low, win.high) if win.low is not None and win.high is not None else ""
    return row(
        Span(tag.tag),
        Span(counted(tag.pairs, "pair"), Role.NUMBER),
        Span(f"{tag.human.reviewed} read", Role.NUMBER),
        Span(f"won {part_of(win)}" if win.rate is not None else "", Role.NUMBER),
        Span(figure, Role.STRONG_NUMBER),
        Span(ends, Role.NUMBER),
        Span(note, Role.MUTED),
    )
