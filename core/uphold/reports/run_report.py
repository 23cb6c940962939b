"""The report of a run, or of all runs of a set pooled: `uphold stats`.

Sections in order: the headline, people, each judge, reviewers, tags, forecasts, and notes on pairs that are left out.
"""

from collections.abc import Iterator

from uphold.formatting import count_noun, interval, p_value, percent
from uphold.records.statistics import MIN_FOR_RATE, Assisted, HumanStatistics, Rate, RunStatistics, TagStatistics
from uphold.reports.judge_report import judge_section, reviewer_section
from uphold.reports.model import (
    SIGNIFICANCE,
    Report,
    ReportRow,
    ReportSection,
    ReportSpan,
    Role,
    hits_of_n,
    interval_text,
    number_row,
    rate_row,
    rate_text,
    row,
    sentence,
)
from uphold.reports.plan_report import budget_section

_MANY_SKIPS = 0.1
"""With a larger share of the drawn pairs skipped the report warns of bias."""

_MAX_OTHER_JUDGES = 8

_HAS_RATES = ("assisted", "human-only")
"""States of a headline that has rates."""

_METHODS = (
    "intervals are 95 %: the chain rule's for judge-assisted rates, Wilson's for shares, t or a posterior for ties half"
)

_OPINION = "No human verdict yet. What a judge says is an unverified opinion, not a win rate."


def run_report(numbers: RunStatistics, full: bool = False) -> Report:
    """Return the report of one run, or of all runs of a set pooled; `full` adds details to its sections."""
    sections = [
        headline_section(numbers),
        _people_section(numbers, full),
        *(judge_section(judge, numbers, full) for judge in numbers.judges),
        _other_judges_section(numbers.other_judges),
        reviewer_section(numbers.reviewers, full),
        _tags_section(numbers),
        budget_section(numbers) if full else ReportSection("", ()),
        _notes_section(numbers),
    ]
    return Report(*_titles(numbers), tuple(section for section in sections if section.rows))


def _titles(numbers: RunStatistics) -> tuple[str, str]:
    pairs = count_noun(numbers.pairs, "pair")
    only = "" if numbers.tag is None else f", only those with the tag {numbers.tag!r}"
    if numbers.run is None:
        return numbers.set, f"all runs of the set pooled, {pairs}{only}"
    return numbers.run, f"{numbers.candidate} against {numbers.baseline}, {pairs} of {numbers.set}{only}"


# the headline


def headline_section(numbers: RunStatistics) -> ReportSection:
    """Return the headline's rates with both intervals and what they rest on; empty where runs are pooled."""
    found = numbers.headline
    if found is None:
        return ReportSection("", ())
    title = f"How often {numbers.candidate} wins"
    if found.state in _HAS_RATES:
        return ReportSection(title, (*_headline_rates(found, numbers), *_headline_basis(found, numbers)))
    role = Role.WARNING if found.state == "refused" else Role.TEXT
    return ReportSection(title, tuple(sentence(text, role) for text in refusal(found)))


def refusal(found: Assisted) -> list[str]:
    """Return the sentences that say why there is no headline; none where there is one."""
    if found.state == "opinion":
        return [_OPINION]
    if found.state == "refused":
        return [f"No rate for what nobody read: {found.reason}."]
    if found.state != "counts":
        return []
    sentences = [
        f"{found.reason}: {found.sampled} read in the queue's order {'is' if found.sampled == 1 else 'are'} there."
    ]
    if chosen := found.n - found.sampled:
        verdicts = count_noun(chosen, "verdict")
        sentences.append(f"{verdicts} imported or picked by hand: of the unread they say nothing.")
    return sentences


def conclusion(ties_half: Rate, candidate: str, baseline: str) -> str:
    """Return the sentence on who is ahead, from the interval of the win rate with ties as half against one half."""
    if ties_half.low is None or ties_half.high is None:
        return "Without an interval nothing is shown of who is ahead."
    if ties_half.low > 0.5:
        return f"{candidate} is ahead of {baseline}: with ties as half the interval lies above 50."
    if ties_half.high < 0.5:
        return f"{candidate} is behind {baseline}: with ties as half the interval lies below 50."
    return f"{candidate} is not shown to differ from even: with ties as half the interval contains 50."


def _headline_rates(found: Assisted, numbers: RunStatistics) -> Iterator[ReportRow]:
    population, this_set = found.population, found.this_set
    yield _headline_row("for instructions like these", population.win_rate, Role.BOLD)
    yield _headline_row(f"for this set of {numbers.pairs - numbers.human.broken}", this_set.win_rate)
    yield _headline_row("win or tie, like these", population.win_tie_rate)
    yield _headline_row("ties as half, like these", population.ties_half)
    yield sentence(conclusion(population.ties_half, str(numbers.candidate), str(numbers.baseline)))


def _headline_row(name: str, rate: Rate, role: Role = Role.TEXT) -> ReportRow:
    figure = ends = ""
    note = rate.reason or ("exact" if rate.method == "exact" else "")
    if rate.n < MIN_FOR_RATE:
        note = f"{MIN_FOR_RATE} verdicts needed for a percentage"
    elif rate.rate is not None:
        figure = percent(rate.rate)
        ends = interval(rate.low, rate.high) if rate.low is not None and rate.high is not None and not note else ""
    return number_row(ReportSpan(name, role), f"n {rate.n}", figure, ends, note)


def _headline_basis(found: Assisted, numbers: RunStatistics) -> Iterator[ReportRow]:
    """Yield the sentences on the verdicts that the headline rests on, and on what more of them would buy."""
    left = numbers.pairs - numbers.human.broken - found.n
    if not left:
        yield sentence("Every pair is read: for this set the rate is exact.")
    chosen = found.n - found.sampled
    drawn = f"{found.sampled} drawn at random, {chosen} chosen" if chosen else "drawn at random"
    if left:
        yield sentence(f"It rests on {count_noun(found.n, 'verdict')} of people ({drawn}){_judge_contribution(found)}")
    if found.state == "human-only" and found.reason:
        yield sentence(f"People alone, without the judge's help: {found.reason}.", Role.MUTED)
    if found.planned is not None and found.n < found.planned:
        yield sentence(f"Provisional: {found.planned} verdicts are planned, {found.n} are there.", Role.WARNING)
    if left and numbers.budget:
        yield sentence("`uphold plan` says what more verdicts would buy.", Role.MUTED)


def _judge_contribution(found: Assisted) -> str:
    if found.state != "assisted":
        return "."
    if not found.worth_verdicts:
        return " and on the judge, who adds nothing to them here."
    return f" and on the judge, whose verdicts are worth about {found.worth_verdicts} more of people's."


# people


def _people_section(numbers: RunStatistics, full: bool) -> ReportSection:
    human = numbers.human
    if not human.reviewed:
        return ReportSection("People", (sentence("No pair has a human verdict yet."),))
    counts = f"{human.reviewed} of {count_noun(numbers.pairs, 'pair')} read: {count_noun(human.wins, 'win')}, "
    both_bad = f" ({human.both_bad} both bad)" if human.both_bad else ""
    counts += f"{count_noun(human.ties, 'tie')}{both_bad}, {count_noun(human.losses, 'loss', 'losses')}"
    counts += f", {human.unresolved} unresolved" if human.unresolved else ""
    rows = (sentence(counts), *_human_rates(numbers), *(_peek_safe(numbers) if full else ()))
    return ReportSection("People", rows)


def _human_rates(numbers: RunStatistics) -> Iterator[ReportRow]:
    human = numbers.human
    rates = human.rates
    if numbers.run is None:
        yield sentence("No rate: the runs have no one candidate in common.", Role.MUTED)
    elif rates.win_rate.n < MIN_FOR_RATE:
        yield sentence(f"{MIN_FOR_RATE} verdicts needed for a rate", Role.MUTED)
    else:
        yield rate_row("win rate", rates.win_rate, Role.BOLD)
        yield rate_row("win and tie", rates.win_tie_rate)
        yield rate_row("ties half", rates.ties_half)
        yield rate_row("without ties", human.without_ties)
        if numbers.headline is None or numbers.headline.state not in _HAS_RATES:
            yield sentence(conclusion(rates.ties_half, str(numbers.candidate), str(numbers.baseline)))
        if "clustered" in (rates.win_rate.method or ""):
            yield sentence("Several pairs share an example; the intervals allow for it.", Role.MUTED)


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


# other judges, tags


def _other_judges_section(names: tuple[str, ...]) -> ReportSection:
    if not names:
        return ReportSection("", ())
    shown = ", ".join(names[:_MAX_OTHER_JUDGES])
    more = f" and {len(names) - _MAX_OTHER_JUDGES} more" if len(names) > _MAX_OTHER_JUDGES else ""
    return ReportSection("Other judges", (sentence(f"{shown}{more}: `uphold judges` shows them side by side."),))


def _tags_section(numbers: RunStatistics) -> ReportSection:
    if not numbers.tags:
        return ReportSection("By tag", ())
    rows = [_tag_row(tag) for tag in numbers.tags]
    rows += [sentence(text) for tag in numbers.tags for text in _tag_differences(tag, numbers)]
    overlap = sentence("Tags may overlap: one pair can stand in several rows.", Role.MUTED)
    return ReportSection("By tag", (*rows, overlap))


def _tag_row(tag: TagStatistics) -> ReportRow:
    win = tag.human.rates.win_rate
    note = f"{MIN_FOR_RATE} verdicts needed for a rate" if win.n < MIN_FOR_RATE else win.reason or ""
    return row(
        ReportSpan(tag.tag),
        ReportSpan(count_noun(tag.pairs, "pair"), Role.NUMBER),
        ReportSpan(f"{tag.human.reviewed} read", Role.NUMBER),
        ReportSpan(f"won {hits_of_n(win)}" if win.rate is not None else "", Role.NUMBER),
        ReportSpan(rate_text(win), Role.STRONG_NUMBER),
        ReportSpan(interval_text(win), Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )


def _tag_differences(tag: TagStatistics, numbers: RunStatistics) -> Iterator[str]:
    """Yield a sentence for each significant difference from the pairs without the tag, adjusted over all tags."""
    if tag.win_rate.adjusted is not None and tag.win_rate.adjusted < SIGNIFICANCE:
        yield f"{tag.tag}: wins differ from the rest (p {p_value(tag.win_rate.adjusted)} after Holm)."
    for judge, difference in zip(numbers.judges, tag.agreements, strict=True):
        if difference.adjusted is not None and difference.adjusted < SIGNIFICANCE:
            p = f"(p {p_value(difference.adjusted)} after Holm)"
            yield f"{tag.tag}: {judge.name} agrees with people otherwise than on the rest {p}."


# notes


def _notes_section(numbers: RunStatistics) -> ReportSection:
    """Return the notes on pairs that are left out or were not drawn at random, and on how intervals are made."""
    notes = (*_left_out(numbers.human), *_not_sampled(numbers), *_skipped(numbers.human))
    methods = (sentence(_METHODS, Role.MUTED),) if numbers.human.reviewed else ()
    return ReportSection("Beside the numbers", notes + methods)


def _left_out(human: HumanStatistics) -> Iterator[ReportRow]:
    for count, reason in (
        (human.unresolved, "unresolved, no word leads: in no rate until one does"),
        (human.broken, "marked broken: in no number"),
        (human.stale, "stale, a text or an answer was changed since: in no number"),
        (human.retired, "of a retired example: in no number"),
        (human.carried, "with a verdict carried over from another run"),
    ):
        if count:
            yield sentence(f"{count_noun(count, 'pair')} {reason}")


def _not_sampled(numbers: RunStatistics) -> Iterator[ReportRow]:
    human = numbers.human
    if human.imported:
        yield sentence(f"{count_noun(human.imported, 'pair')} with an imported verdict")
    if human.outside_queue > human.imported:
        yield sentence(f"{count_noun(human.outside_queue, 'pair')} read outside the queue")
    if human.chosen and human.reviewed + human.broken < numbers.pairs:
        pairs = count_noun(human.chosen, "pair")
        if human.chosen == human.reviewed:
            yield sentence(f"chosen, not sampled: these numbers speak of the {pairs} read", Role.WARNING)
        else:
            yield sentence(f"{pairs} chosen, not sampled: in the headline they speak for themselves only", Role.WARNING)


def _skipped(human: HumanStatistics) -> Iterator[ReportRow]:
    if human.skipped:
        yield sentence(f"{count_noun(human.skipped, 'pair')} skipped")
    if human.skipped > _MANY_SKIPS * (human.reviewed + human.skipped):
        yield sentence("more than a tenth of what was drawn: skips may bias this", Role.WARNING)
