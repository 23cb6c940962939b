"""What stands outside the numbers or limits what they speak of, said only where there is some of it."""

from collections.abc import Iterator

from uphold.formatting import counted, interval, percent, small
from uphold.records.statistics import MIN_FOR_RATE, Assisted, HumanStatistics, Rate, RunStatistics, TagStatistics
from uphold.reports.judge_report import judge_section, reviewer_section
from uphold.reports.model import Report, ReportRow, ReportSection, ReportSpan, Role, part_of, rate_row, row, sentence

_MANY_SKIPS = 0.1


_METHODS = (
    "intervals are 95 %: the chain rule's for judge-assisted rates, Wilson's for shares, t or a posterior for ties half"
)


def outside_section(numbers: RunStatistics) -> ReportSection:
    """A sentence for each kind of pair left out and for verdicts not drawn at random; last, how intervals are made."""
    said = (*_left_out(numbers.human), *_chosen(numbers), *_skips(numbers.human))
    methods = (sentence(_METHODS, Role.MUTED),) if numbers.human.reviewed else ()
    return ReportSection("Beside the numbers", said + methods)


def _left_out(human: HumanStatistics) -> Iterator[ReportRow]:
    for count, why in (
        (human.unresolved, "unresolved, no word leads: in no rate until one does"),
        (human.broken, "marked broken: in no number"),
        (human.stale, "stale, a text or an answer was changed since: in no number"),
        (human.retired, "of a retired example: in no number"),
        (human.carried, "with a verdict carried over from another run"),
    ):
        if count:
            yield sentence(f"{counted(count, 'pair')} {why}")


def _chosen(numbers: RunStatistics) -> Iterator[ReportRow]:
    human = numbers.human
    if human.imported:
        yield sentence(f"{counted(human.imported, 'pair')} with an imported verdict")
    if human.outside_queue > human.imported:
        yield sentence(f"{counted(human.outside_queue, 'pair')} read outside the queue")
    if human.chosen and human.reviewed + human.broken < numbers.pairs:
        if human.chosen == human.reviewed:
            pairs = counted(human.reviewed, "pair")
            yield sentence(f"chosen, not sampled: these numbers speak of the {pairs} read", Role.WARNING)
        else:
            pairs = counted(human.chosen, "pair")
            yield sentence(f"{pairs} chosen, not sampled: in the headline they speak for themselves only", Role.WARNING)


def _skips(human: HumanStatistics) -> Iterator[ReportRow]:
    if human.skipped:
        yield sentence(f"{counted(human.skipped, 'pair')} skipped")
    if human.skipped > _MANY_SKIPS * (human.reviewed + human.skipped):
        yield sentence("more than a tenth of what was drawn: skips may bias this", Role.WARNING)


_OPINION = "No human verdict yet. What a judge says is an unverified opinion, not a win rate."


def headline_section(numbers: RunStatistics) -> ReportSection:
    """Rates with both intervals and a sentence on what they rest on; nothing where runs are pooled."""
    found = numbers.headline
    if found is None:
        return ReportSection("", ())
    title = f"How often {numbers.candidate} wins"
    if found.state in ("assisted", "human-only"):
        return ReportSection(title, (*_headline_rates(found, numbers), *_rests(found, numbers)))
    role = Role.WARNING if found.state == "refused" else Role.TEXT
    return ReportSection(title, tuple(sentence(said, role) for said in refusal(found)))


def refusal(found: Assisted) -> list[str]:
    """Why there is no headline, in sentences; nothing where there is one."""
    if found.state == "opinion":
        return [_OPINION]
    if found.state == "refused":
        return [f"No rate for what nobody read: {found.reason}."]
    if found.state != "counts":
        return []
    there = f"{found.sampled} read in the queue's order {'is' if found.sampled == 1 else 'are'} there"
    chosen = found.n - found.sampled
    apart = (
        [f"{counted(chosen, 'verdict')} imported or picked by hand: of the unread they say nothing."] if chosen else []
    )
    return [f"{found.reason}: {there}.", *apart]


def standing(half: Rate, candidate: str, baseline: str) -> str:
    """What the interval lets one say, with ties counted as half, where one half is even."""
    if half.low is None or half.high is None:
        return "Without an interval nothing is shown of who is ahead."
    if half.low > 0.5:
        return f"{candidate} is ahead of {baseline}: with ties as half the interval lies above 50."
    if half.high < 0.5:
        return f"{candidate} is behind {baseline}: with ties as half the interval lies below 50."
    return f"{candidate} is not shown to differ from even: with ties as half the interval contains 50."


def _headline_rates(found: Assisted, numbers: RunStatistics) -> Iterator[ReportRow]:
    like, this = found.population, found.this_set
    yield _rate("for instructions like these", like.win_rate, Role.BOLD)
    yield _rate(f"for this set of {numbers.pairs - numbers.human.broken}", this.win_rate)
    yield _rate("win or tie, like these", like.win_tie_rate)
    yield _rate("ties as half, like these", like.ties_half)
    yield sentence(standing(like.ties_half, str(numbers.candidate), str(numbers.baseline)))


def _rests(found: Assisted, numbers: RunStatistics) -> Iterator[ReportRow]:
    left = numbers.pairs - numbers.human.broken - found.n
    if not left:
        yield sentence("Every pair is read: for this set the rate is exact.")
    chosen = found.n - found.sampled
    drawn = "drawn at random" if not chosen or not left else f"{found.sampled} drawn at random, {chosen} chosen"
    if left:
        yield sentence(f"It rests on {counted(found.n, 'verdict')} of people ({drawn}){_helped(found)}")
    if found.state == "human-only" and found.reason:
        yield sentence(f"People alone, without the judge's help: {found.reason}.", Role.MUTED)
    if found.planned is not None and found.n < found.planned:
        yield sentence(f"Provisional: {found.planned} verdicts are planned, {found.n} are there.", Role.WARNING)
    if left and numbers.budget:
        yield sentence("`uphold plan` says what more verdicts would buy.", Role.MUTED)


def _helped(found: Assisted) -> str:
    if found.state != "assisted":
        return "."
    if not found.worth_verdicts:
        return " and on the judge, who adds nothing to them here."
    return f" and on the judge, whose verdicts are worth about {found.worth_verdicts} more of people's."


def _rate(name: str, rate: Rate, role: Role = Role.TEXT) -> ReportRow:
    figure = ends = ""
    note = rate.reason or ("exact" if rate.method == "exact" else "")
    if rate.n < MIN_FOR_RATE:
        note = f"{MIN_FOR_RATE} verdicts needed for a percentage"
    elif rate.rate is not None:
        figure = percent(rate.rate)
        ends = interval(rate.low, rate.high) if rate.low is not None and rate.high is not None and not note else ""
    return row(
        ReportSpan(name, role),
        ReportSpan(f"n {rate.n}", Role.NUMBER),
        ReportSpan(figure, Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )


_NAMED = 8


_LEVEL = 0.05


def run_report(numbers: RunStatistics, full: bool = False) -> Report:
    """The page of one run, or of all runs of a set pooled; `full` has the finer numbers as well."""
    sections = [
        headline_section(numbers),
        _people(numbers, full),
        *(judge_section(judge, numbers, full) for judge in numbers.judges),
        _others(numbers.others),
        reviewer_section(numbers.reviewers, full),
        _tags(numbers),
        _budget(numbers) if full else ReportSection("", ()),
        outside_section(numbers),
    ]
    return Report(*_titles(numbers), tuple(section for section in sections if section.lines))


def _titles(numbers: RunStatistics) -> tuple[str, str]:
    pairs = counted(numbers.pairs, "pair")
    only = "" if numbers.tag is None else f", only those with the tag {numbers.tag!r}"
    if numbers.run is None:
        return numbers.set, f"all runs of the set pooled, {pairs}{only}"
    return numbers.run, f"{numbers.candidate} against {numbers.baseline}, {pairs} of {numbers.set}{only}"


def _budget(numbers: RunStatistics) -> ReportSection:
    from uphold.reports.plan_report import budget_section

    return budget_section(numbers)


def _others(names: tuple[str, ...]) -> ReportSection:
    if not names:
        return ReportSection("", ())
    listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return ReportSection("Other judges", (sentence(f"{listed}: `uphold judges` shows them side by side."),))


def _people(numbers: RunStatistics, full: bool) -> ReportSection:
    human = numbers.human
    if not human.reviewed:
        return ReportSection("People", (sentence("No pair has a human verdict yet."),))
    read = f"{human.reviewed} of {counted(numbers.pairs, 'pair')} read: {counted(human.wins, 'win')}, "
    read += f"{counted(human.ties, 'tie')}{_both_bad(human)}, {counted(human.losses, 'loss', 'losses')}"
    read += f", {human.unresolved} unresolved" if human.unresolved else ""
    return ReportSection("People", (sentence(read), *_rates(numbers), *(_peek_safe(numbers) if full else ())))


def _peek_safe(numbers: RunStatistics) -> Iterator[ReportRow]:
    found = numbers.human.peek_safe
    if found is None or numbers.run is None or found.population.n < MIN_FOR_RATE:
        return
    if found.population.rate is None:
        yield sentence(f"No interval that holds at every look: {found.population.reason}.", Role.MUTED)
        return
    yield sentence("if you look after every verdict, only these wider intervals hold", Role.MUTED)
    yield rate_row("win rate, like these", found.population)
    yield rate_row("win rate, this set", found.this_set)


def _both_bad(human: HumanStatistics) -> str:
    return f" ({human.both_bad} both bad)" if human.both_bad else ""


def _rates(numbers: RunStatistics) -> Iterator[ReportRow]:
    human = numbers.human
    three = human.rates
    if numbers.run is None:
        yield sentence("No rate: the runs have no one candidate in common.", Role.MUTED)
    elif three.win_rate.n < MIN_FOR_RATE:
        yield sentence(f"{MIN_FOR_RATE} verdicts needed for a rate", Role.MUTED)
    else:
        yield rate_row("win rate", three.win_rate, Role.BOLD)
        yield rate_row("win and tie", three.win_tie_rate)
        yield rate_row("ties half", three.ties_half)
        yield rate_row("without ties", human.without_ties)
        if numbers.headline is None or numbers.headline.state not in ("assisted", "human-only"):
            yield sentence(standing(three.ties_half, str(numbers.candidate), str(numbers.baseline)))
        if "clustered" in (three.win_rate.method or ""):
            yield sentence("Several pairs share an example; the intervals allow for it.", Role.MUTED)


def _tags(numbers: RunStatistics) -> ReportSection:
    if not numbers.tags:
        return ReportSection("By tag", ())
    lines = [_tag(tag) for tag in numbers.tags]
    lines += [sentence(text) for tag in numbers.tags for text in _differs(tag, numbers)]
    return ReportSection(
        "By tag", (*lines, sentence("Tags may overlap: one pair can stand in several rows.", Role.MUTED))
    )


def _differs(tag: TagStatistics, numbers: RunStatistics) -> Iterator[str]:
    """A sentence where a tag is shown to differ, after allowing for how many tags were asked about."""
    if tag.win_rate.adjusted is not None and tag.win_rate.adjusted < _LEVEL:
        yield f"{tag.tag}: wins differ from the rest (p {small(tag.win_rate.adjusted)} after Holm)."
    for judge, found in zip(numbers.judges, tag.agreements, strict=True):
        if found.adjusted is not None and found.adjusted < _LEVEL:
            p = f"(p {small(found.adjusted)} after Holm)"
            yield f"{tag.tag}: {judge.name} agrees with people otherwise than on the rest {p}."


def _tag(tag: TagStatistics) -> ReportRow:
    win = tag.human.rates.win_rate
    figure = ends = ""
    note = f"{MIN_FOR_RATE} verdicts needed for a rate" if win.n < MIN_FOR_RATE else win.reason or ""
    if win.rate is not None and win.n >= MIN_FOR_RATE:
        figure = percent(win.rate)
        ends = interval(win.low, win.high) if win.low is not None and win.high is not None else ""
    return row(
        ReportSpan(tag.tag),
        ReportSpan(counted(tag.pairs, "pair"), Role.NUMBER),
        ReportSpan(f"{tag.human.reviewed} read", Role.NUMBER),
        ReportSpan(f"won {part_of(win)}" if win.rate is not None else "", Role.NUMBER),
        ReportSpan(figure, Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )
