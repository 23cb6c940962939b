"""The numbers of a run as a page to read: what was compared, people, each judge, reviewers, what stands outside."""

from collections.abc import Iterator

from uphold.records.numbers import LEAST_FOR_RATE, Rate
from uphold.records.page import Line, Page, Role, Section, Span
from uphold.records.results import HumanNumbers, RunNumbers, TagNumbers
from uphold.reports.judge_section import judge_section
from uphold.reports.outside import outside_section
from uphold.reports.reviewer_section import reviewer_section
from uphold.reports.wording import counted, interval, part_of, percent, rate_row, row, sentence


def stats_page(numbers: RunNumbers) -> Page:
    """The page of one run, or of all runs of a set pooled."""
    sections = [
        _people(numbers),
        *(judge_section(judge, numbers) for judge in numbers.judges),
        reviewer_section(numbers.reviewers),
        _tags(numbers.tags),
        outside_section(numbers),
    ]
    return Page(*_titles(numbers), tuple(section for section in sections if section.lines))


def _titles(numbers: RunNumbers) -> tuple[str, str]:
    pairs = counted(numbers.pairs, "pair")
    if numbers.run is None:
        return numbers.set, f"all runs of the set pooled, {pairs}"
    return numbers.run, f"{numbers.candidate} against {numbers.baseline}, {pairs} of {numbers.set}"


def _people(numbers: RunNumbers) -> Section:
    human = numbers.human
    if not human.reviewed:
        return Section("People", (sentence("No pair has a human verdict yet."),))
    read = f"{human.reviewed} of {counted(numbers.pairs, 'pair')} read: {counted(human.wins, 'win')}, "
    read += f"{counted(human.ties, 'tie')}{_both_bad(human)}, {counted(human.losses, 'loss', 'losses')}"
    read += f", {human.unresolved} unresolved" if human.unresolved else ""
    return Section("People", (sentence(read), *_rates(numbers)))


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
        yield sentence(_standing(three.ties_half, str(numbers.candidate), str(numbers.baseline)))
        if "clustered" in (three.win_rate.method or ""):
            yield sentence("Several pairs share an example; the intervals allow for it.", Role.MUTED)


def _standing(half: Rate, candidate: str, baseline: str) -> str:
    """What the interval lets one say, with ties counted as half, where one half is even."""
    if half.low is None or half.high is None:
        return "Without an interval nothing is shown of who is ahead."
    if half.low > 0.5:
        return f"{candidate} is ahead of {baseline}: with ties as half the interval lies above 50."
    if half.high < 0.5:
        return f"{candidate} is behind {baseline}: with ties as half the interval lies below 50."
    return f"{candidate} is not shown to differ from even: with ties as half the interval contains 50."


def _tags(tags: tuple[TagNumbers, ...]) -> Section:
    if not tags:
        return Section("By tag", ())
    lines = [_tag(tag) for tag in tags]
    return Section("By tag", (*lines, sentence("Tags may overlap: one pair can stand in several rows.", Role.MUTED)))


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
