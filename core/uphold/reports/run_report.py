"""The report of a run, or of all runs of a set pooled: `uphold stats`, and the numbers screen.

Sections in order: the headline, people, each judge, other judges, reviewers, tags, forecasts, and notes on pairs that are
left out.
"""

from collections.abc import Iterator

from uphold.formatting import count, count_noun, noun, p_value
from uphold.records.certificates import Standing
from uphold.records.counts import MIN_FOR_ASSISTED, MIN_FOR_RATE
from uphold.records.headline_judge import HeadlineJudge, judge_and_reason, what_is_missing
from uphold.records.pair_list import Behind, behind
from uphold.records.statistics import Assisted, HumanStatistics, RunStatistics, TagStatistics
from uphold.reports.certificate_text import check_sentence, standing_sentence, standing_tone, uncovered_words
from uphold.reports.judge_report import judge_section, reviewer_section
from uphold.reports.model import (
    SIGNIFICANCE,
    TOO_FEW_VERDICTS,
    Count,
    Item,
    NumberRow,
    Report,
    ReportSection,
    RowId,
    SectionId,
    Sentence,
    Tone,
)
from uphold.reports.plan_report import forecast_section
from uphold.reports.training_text import training_sentence

_MANY_SKIPS = 0.1
"""With a larger share of the drawn pairs skipped the report warns of bias."""

_MAX_OTHER_JUDGES = 8

_HAS_RATES = ("assisted", "human-only")
"""States of a headline that has rates."""

_METHODS = (
    "intervals are 95 %: the chain rule's for judge-assisted rates, Wilson's for shares, t or a posterior for ties half"
)

_OPINION = "No human verdict yet. What a judge says is an unverified opinion, not a win rate."

_TOO_FEW = f"{MIN_FOR_RATE} verdicts needed for a percentage"

_WEIGHTED = "weighted"
"""Stands beside a rate that the counts before it do not amount to: some parts were read more than others."""

_WON = behind(Behind.WON)
_NOT_LOST = behind(Behind.WON_OR_TIED)
_LABELLED = behind(Behind.LABELLED)


def run_report(numbers: RunStatistics, full: bool = False, standing: Standing | None = None) -> Report:
    """Return the report of one run, or of all runs of a set pooled; `full` adds details to its sections.

    `standing` is the certificate of the judge in force, None where there is none.
    """
    sections = [
        headline_section(numbers),
        certificate_section(standing),
        _people_section(numbers, full),
        *(judge_section(judge, numbers, full) for judge in numbers.judges),
        _other_judges_section(numbers.other_judges),
        reviewer_section(numbers.reviewers, full),
        _tags_section(numbers),
        *([forecast_section(numbers)] if full else []),
        _notes_section(numbers),
    ]
    return Report(*_titles(numbers), tuple(section for section in sections if section.items))


def certificate_section(standing: Standing | None) -> ReportSection:
    """Return what is certified of the judge in force; empty where nothing is."""
    if standing is None:
        return ReportSection(SectionId.CERTIFICATE, "", ())
    certificate = standing.certificate
    sentences = [Sentence(f"{standing_sentence(standing)}.", standing_tone(standing), RowId.CERTIFICATE)]
    if standing.stands and certificate.not_covered:
        sentences.append(Sentence(f"Not covered: {uncovered_words(certificate.not_covered)}.", Tone.MUTED))
    if standing.checks:
        check = standing.checks[-1]
        sentences.append(Sentence(f"Drift, {check.created_at[:10]}: {check_sentence(check)}.", Tone.MUTED))
    return ReportSection(SectionId.CERTIFICATE, "Certificate", tuple(sentences))


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
        return ReportSection(SectionId.HEADLINE, "", ())
    judge = tuple(_headline_judge(numbers.judge))
    items: tuple[Item, ...]
    if found.state in _HAS_RATES:
        items = (*_headline_rates(found, numbers), *judge, *_headline_basis(found, numbers))
    else:
        tone = Tone.WARNING if found.state == "refused" else Tone.TEXT
        items = (*(Sentence(text, tone, RowId.REFUSAL) for text in _refusal(found)), *judge)
    return ReportSection(SectionId.HEADLINE, f"How often {numbers.candidate} wins", items)


def _headline_judge(found: HeadlineJudge) -> Iterator[Sentence]:
    """Yield which judge the headline rests on, and why; where it has not read every pair what it lacks."""
    if found.shown is None and not found.unknown:
        return
    name = judge_and_reason(found)
    lack = what_is_missing(found)
    if lack:
        yield Sentence(f"Judge: {name}. People alone: {lack}.", Tone.WARNING, RowId.HEADLINE_JUDGE)
    else:
        yield Sentence(f"Judge: {name}.", Tone.MUTED, RowId.HEADLINE_JUDGE)


def _refusal(found: Assisted) -> list[str]:
    """Return the sentences that say why there is no headline."""
    if found.state == "opinion":
        return [_OPINION]
    if found.state == "refused":
        return [f"No rate for what nobody read: {found.reason}."]
    sentences = [f"{found.reason}: {_read_in_order(found)}."]
    if chosen := found.n - found.sampled:
        verdicts = count_noun(chosen, "verdict")
        sentences.append(f"{verdicts} imported or picked by hand: of the unread they say nothing.")
    return sentences


def _conclusion(found: Assisted, numbers: RunStatistics) -> Sentence:
    """Return the sentence on who is ahead, from the interval of the win rate with ties as half against one half.

    Where the rate is withheld nothing is said, and before the planned number nothing is final.
    """
    ties_half, candidate = found.population.ties_half, numbers.candidate
    so_far = "so far " if _is_provisional(found) else ""
    if found.n < MIN_FOR_RATE:
        text = f"{MIN_FOR_RATE} verdicts needed to say who is ahead."
    elif ties_half.low is None or ties_half.high is None:
        text = "Without an interval nothing is shown of who is ahead."
    elif ties_half.low > 0.5:
        text = f"{candidate} is {so_far}ahead of {numbers.baseline}: with ties as half the interval lies above 50."
    elif ties_half.high < 0.5:
        text = f"{candidate} is {so_far}behind {numbers.baseline}: with ties as half the interval lies below 50."
    else:
        text = f"{candidate} is {so_far}not shown to differ from even: with ties as half the interval contains 50."
    return Sentence(text, id=RowId.CONCLUSION)


def _is_provisional(found: Assisted) -> bool:
    return found.planned is not None and found.n < found.planned


def _headline_rates(found: Assisted, numbers: RunStatistics) -> Iterator[Item]:
    population, this_set = found.population, found.this_set
    pairs = numbers.pairs - numbers.human.broken
    yield NumberRow(
        RowId.LIKE_THESE,
        "for instructions like these",
        population.win_rate,
        tone=Tone.BOLD,
        note="judge-assisted" if found.state == "assisted" else "people alone",
        too_few=_TOO_FEW,
        estimate=True,
        pairs=_LABELLED,
    )
    for row_id, name, rate, of in (
        (RowId.THIS_SET, "for this set", this_set.win_rate, pairs),
        (RowId.WIN_TIE, "win or tie, like these", population.win_tie_rate, None),
        (RowId.TIES_HALF, "ties as half, like these", population.ties_half, None),
    ):
        yield NumberRow(row_id, name, rate, of=of, too_few=_TOO_FEW, estimate=True, pairs=_LABELLED)
    yield _conclusion(found, numbers)


def _read_in_order(found: Assisted) -> str:
    return f"{count(found.sampled)} read in the queue's order {noun(found.sampled, 'is', 'are')} there"


def _headline_basis(found: Assisted, numbers: RunStatistics) -> Iterator[Item]:
    """Yield the sentences on the verdicts that the headline rests on, and on what more of them would buy."""
    left = numbers.pairs - numbers.human.broken - found.n
    if not left:
        exact = ": for this set the rate is exact" if found.n >= MIN_FOR_RATE else ""
        yield Sentence(f"Every pair is read{exact}.", id=RowId.ALL_READ)
    chosen = found.n - found.sampled
    drawn = f"{count(found.sampled)} drawn at random, {count(chosen)} chosen" if chosen else "drawn at random"
    if left:
        verdicts = f"{count_noun(found.n, 'verdict')} of people ({drawn})"
        yield Sentence(f"It rests on {verdicts}{_judge_contribution(found)}", id=RowId.BASIS)
    if found.worth_verdicts:
        more = count_noun(found.worth_verdicts, "more review")
        yield Sentence(f"The judge’s verdicts are worth about {more}.", id=RowId.WORTH, aside=True)
    if found.state == "human-only" and found.reason and not (numbers.judge.missing or numbers.judge.unknown):
        too_few = left and numbers.judge.judge is not None and found.sampled < MIN_FOR_ASSISTED
        text = (
            f"People alone, without the judge's help: {found.reason}{f'; {_read_in_order(found)}' if too_few else ''}."
        )
        yield Sentence(text, Tone.MUTED, RowId.PEOPLE_ALONE)
    if found.planned is not None and _is_provisional(found):
        planned = f"{count_noun(found.planned, 'verdict is', 'verdicts are')} planned"
        there = f"{count(found.n)} {noun(found.n, 'is', 'are')} there"
        yield Sentence(f"Provisional: {planned}, {there}.", Tone.WARNING, RowId.PROVISIONAL)
    if left and numbers.budget:
        yield Sentence("`uphold plan` says what more verdicts would buy.", Tone.MUTED, RowId.PLAN_HINT)


def _judge_contribution(found: Assisted) -> str:
    if found.state != "assisted":
        return "."
    if not found.worth_verdicts:
        return " and on the judge, who adds nothing to them here."
    return f" and on the judge, whose verdicts are worth about {count(found.worth_verdicts)} more of people's."


# people


def _people_section(numbers: RunStatistics, full: bool) -> ReportSection:
    human = numbers.human
    if human.reviewed:
        items = (_human_counts(numbers), *_human_rates(numbers), *(_peek_safe(numbers) if full else ()))
    else:
        refusal = Sentence("No pair has a human verdict yet.", id=RowId.PEOPLE_REFUSAL)
        items = (refusal, *_human_rate_rows(numbers, aside=True))
    return ReportSection(SectionId.PEOPLE, "People", items)


def _human_counts(numbers: RunStatistics) -> Sentence:
    human = numbers.human
    both_bad = f" ({count(human.both_bad)} both bad)" if human.both_bad else ""
    labels = (
        count_noun(human.wins, "win"),
        count_noun(human.ties, "tie") + both_bad,
        count_noun(human.losses, "loss"),
        *([f"{count(human.unresolved)} unresolved"] if human.unresolved else []),
    )
    read = f"{count(human.reviewed)} of {count_noun(numbers.pairs, 'pair')} read"
    return Sentence(f"{read}: {', '.join(labels)}", id=RowId.PEOPLE_COUNTS)


def _human_rates(numbers: RunStatistics) -> Iterator[Item]:
    rates = numbers.human.rates
    if numbers.run is None:
        text = "No rate: the runs have no one candidate in common."
        yield Sentence(text, Tone.MUTED, RowId.PEOPLE_REFUSAL)
        return
    if rates.win_rate.n < MIN_FOR_RATE:
        yield Sentence(TOO_FEW_VERDICTS, Tone.MUTED, RowId.PEOPLE_REFUSAL)
        yield from _human_rate_rows(numbers, aside=True)
        return
    yield from _human_rate_rows(numbers)
    if "clustered" in (rates.win_rate.method or ""):
        yield Sentence("Several pairs share an example; the intervals allow for it.", Tone.MUTED, RowId.CLUSTERED)


def _human_rate_rows(numbers: RunStatistics, *, aside: bool = False) -> Iterator[NumberRow]:
    human, rates = numbers.human, numbers.human.rates
    for row_id, name, rate, hits, pairs in (
        (RowId.PEOPLE_WIN, "win rate", rates.win_rate, human.wins, _WON),
        (RowId.PEOPLE_WIN_TIE, "win and tie", rates.win_tie_rate, human.wins + human.ties, _NOT_LOST),
        (RowId.PEOPLE_TIES_HALF, "ties half", rates.ties_half, human.wins + human.ties / 2, _LABELLED),
        (RowId.PEOPLE_WITHOUT_TIES, "without ties", human.without_ties, human.wins, behind(Behind.DECIDED)),
    ):
        yield NumberRow(
            row_id,
            name,
            rate,
            tone=Tone.BOLD if row_id is RowId.PEOPLE_WIN else Tone.TEXT,
            hits=hits if human.weighted or row_id is RowId.PEOPLE_WIN else None,
            note=_WEIGHTED if human.weighted else "",
            pairs=pairs,
            aside=aside,
        )


def _peek_safe(numbers: RunStatistics) -> Iterator[Item]:
    found = numbers.human.peek_safe
    if found is None or numbers.run is None or found.population.n < MIN_FOR_RATE:
        return
    if found.population.rate is None:
        text = f"No interval that holds at every look: {found.population.reason}."
        yield Sentence(text, Tone.MUTED, RowId.PEEK_SAFE)
        return
    text = "if you look after every verdict, only these wider intervals hold"
    yield Sentence(text, Tone.MUTED, RowId.PEEK_SAFE)
    yield NumberRow(RowId.PEEK_SAFE, "win rate, like these", found.population, pairs=_LABELLED)
    yield NumberRow(RowId.PEEK_SAFE, "win rate, this set", found.this_set, pairs=_LABELLED)


# other judges, tags


def _other_judges_section(names: tuple[str, ...]) -> ReportSection:
    if not names:
        return ReportSection(SectionId.OTHER_JUDGES, "Other judges", ())
    shown = ", ".join(names[:_MAX_OTHER_JUDGES])
    more = f" and {count(len(names) - _MAX_OTHER_JUDGES)} more" if len(names) > _MAX_OTHER_JUDGES else ""
    text = f"{shown}{more}: `uphold judges` shows them side by side."
    return ReportSection(SectionId.OTHER_JUDGES, "Other judges", (Sentence(text),))


def _tags_section(numbers: RunStatistics) -> ReportSection:
    if not numbers.tags:
        return ReportSection(SectionId.TAGS, "By tag", ())
    rows = [_tag_row(tag) for tag in numbers.tags]
    differences = [
        Sentence(text, id=RowId.TAG_DIFFERENCE) for tag in numbers.tags for text in _tag_differences(tag, numbers)
    ]
    overlap = Sentence("Tags may overlap: one pair can stand in several rows.", Tone.MUTED, RowId.TAGS_OVERLAP)
    return ReportSection(SectionId.TAGS, "By tag", (*rows, *differences, overlap))


def _tag_row(tag: TagStatistics) -> NumberRow:
    return NumberRow(
        RowId.TAG,
        tag.tag,
        tag.human.rates.win_rate,
        too_few=TOO_FEW_VERDICTS,
        sizes=(Count(tag.pairs, "pair"), Count(tag.human.reviewed, "read", "read")),
        hits=tag.human.wins if tag.human.weighted else None,
        note=_WEIGHTED if tag.human.weighted else "",
        verb="won",
        pairs=behind(Behind.COUNTED, tag=tag.tag),
    )


def _tag_differences(tag: TagStatistics, numbers: RunStatistics) -> Iterator[str]:
    """Yield a sentence for each significant difference from the pairs without the tag, adjusted over all tags."""
    if tag.win_rate.adjusted is not None and tag.win_rate.adjusted < SIGNIFICANCE:
        p = f"(p {p_value(tag.win_rate.adjusted)} after Holm)"
        yield f"{tag.tag}: of the pairs read, wins differ from those without the tag {p}."
    for judge, difference in zip(numbers.judges, tag.agreements, strict=True):
        if difference.adjusted is not None and difference.adjusted < SIGNIFICANCE:
            p = f"(p {p_value(difference.adjusted)} after Holm)"
            yield f"{tag.tag}: of the pairs read, {judge.name} agrees with people otherwise than without the tag {p}."


# notes


def _notes_section(numbers: RunStatistics) -> ReportSection:
    """Return the notes on pairs that are left out or were not drawn at random, and on how intervals are made."""
    trained = (Sentence(training_sentence(numbers.training), Tone.WARNING),) if numbers.training else ()
    notes = (*trained, *_left_out(numbers.human), *_not_sampled(numbers), *_skipped(numbers.human))
    methods = (Sentence(_METHODS, Tone.MUTED),) if numbers.human.reviewed else ()
    return ReportSection(SectionId.NOTES, "Beside the numbers", notes + methods)


def _left_out(human: HumanStatistics) -> Iterator[Sentence]:
    for number, reason in (
        (human.unresolved, "unresolved, no word leads: in no rate until one does"),
        (human.broken, "marked broken: in no number"),
        (human.stale, "stale, a text or an answer was changed since: in no number"),
        (human.retired, "of a retired example: in no number"),
        (human.carried, "with a verdict carried over from another run"),
    ):
        if number:
            yield Sentence(f"{count_noun(number, 'pair')} {reason}")


def _not_sampled(numbers: RunStatistics) -> Iterator[Sentence]:
    human = numbers.human
    if human.imported:
        yield Sentence(f"{count_noun(human.imported, 'pair')} with an imported verdict")
    if human.outside_queue > human.imported:
        yield Sentence(f"{count_noun(human.outside_queue, 'pair')} read outside the queue")
    if human.chosen and human.reviewed + human.broken < numbers.pairs:
        pairs = count_noun(human.chosen, "pair")
        if human.chosen == human.reviewed:
            text = f"chosen, not sampled: these numbers speak of the {pairs} read"
        else:
            text = f"{pairs} chosen, not sampled: in the headline they speak for themselves only"
        yield Sentence(text, Tone.WARNING)


def _skipped(human: HumanStatistics) -> Iterator[Sentence]:
    if human.skipped:
        yield Sentence(f"{count_noun(human.skipped, 'pair')} skipped")
    if human.skipped > _MANY_SKIPS * (human.reviewed + human.skipped):
        yield Sentence("more than a tenth of what was drawn: skips may bias this", Tone.WARNING)
