"""Builds the document of a report on runs: the decision first, then what it rests on, then what it cannot show."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from uphold.formatting import (
    NONE,
    count,
    count_noun,
    noun,
    of_n,
    percent,
    percent_number,
    points,
    points_interval,
    points_noun,
    score,
    signed_decimal,
)
from uphold.records.checkpoints import Reader
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.run_evidence import RunEvidence
from uphold.records.scores import ScoreChange
from uphold.records.statistics import JudgeStatistics, Rate, ReviewerStatistics, RunStatistics
from uphold.reports.document import (
    Chart,
    Checkpoints,
    DividedBar,
    Document,
    DocumentItem,
    DocumentSection,
    Folded,
    Mark,
    MarkedLine,
    RunPart,
    Scale,
    SideBySide,
    Statement,
)
from uphold.reports.judge_report import judge_section
from uphold.reports.model import (
    ConfusionMatrix,
    Count,
    Item,
    NumberRow,
    RowId,
    SectionId,
    Sentence,
    Table,
    Tone,
)
from uphold.reports.report_limits import limits
from uphold.reports.report_origins import origin_items
from uphold.reports.run_report import certificate_section, headline_section, run_report

_HEADLINE_ROWS = {
    RowId.TIES_HALF: "ties as half, like these",
    RowId.LIKE_THESE: "win rate, like these",
    RowId.THIS_SET: "win rate, this set",
}
"""The rows of the headline that are drawn, with their names here; the first is the one that decides."""

_HEADLINE_WORDS = (RowId.BASIS, RowId.HEADLINE_JUDGE, RowId.PEOPLE_ALONE, RowId.PROVISIONAL)

_JUDGE_WORDS = (RowId.ORDER_LEAN, RowId.LENGTH_LEAN, RowId.KAPPA_WARNING, RowId.NO_AGREEMENT)

_MAX_REVIEWERS = 4
"""Reviewers, and pairs of them, that have a row of their own."""

_MAX_TAG_ROWS = 12

_SHORT_HASH = 12


def evidence_document(runs: Sequence[RunEvidence]) -> Document:
    """Return the document on some runs; a history that several of them are in stands once."""
    told: set[tuple[str, int]] = set()
    parts = []
    for one in runs:
        history = (one.run.set, one.run.baseline_id)
        parts.append(_part(one, with_history=history not in told))
        told.add(history)
    return Document(runs[0].created_at, tuple(parts))


def _part(found: RunEvidence, *, with_history: bool) -> RunPart:
    run = found.run
    sections = (
        DocumentSection("", tuple(_decision_items(found))),
        DocumentSection("Who read what", tuple(_reading_items(found)), half=True),
        DocumentSection("How far the judge can be trusted", tuple(_trust_items(found)), half=True),
        DocumentSection(f"Checkpoints against {run.baseline}", tuple(_history_items(found)) if with_history else ()),
        DocumentSection("Telling pairs", tuple(_pair_items(found))),
        DocumentSection("Where judge and people part", tuple(_matrix_items(found)), half=True),
        DocumentSection("By tag", tuple(_tag_items(found.numbers)), half=True),
        DocumentSection("Benchmarks, apart from all this", tuple(_score_items(found))),
        DocumentSection(
            "What this set cannot show", tuple(MarkedLine(Mark.LIMIT, text) for text in limits(found)), half=True
        ),
        DocumentSection("Made from", tuple(origin_items(found)), half=True),
        DocumentSection("", (_every_number(found),)),
    )
    return RunPart(
        set=run.set,
        run=run.name,
        about=f"{run.candidate} against {run.baseline}",
        systems=(run.candidate, run.baseline),
        decision=found.decision.sentence,
        sections=tuple(section for section in sections if section.items),
    )


def _every_number(found: RunEvidence) -> Folded:
    sections = run_report(found.numbers, standing=found.standing).sections
    return Folded("Every number, as uphold stats prints them", sections)


# the decision


def _decision_items(found: RunEvidence) -> Iterator[DocumentItem]:
    numbers, run = found.numbers, found.run
    section = headline_section(numbers)
    rows = {item.id: item for item in section.items if isinstance(item, NumberRow)}
    drawn = tuple(
        replace(rows[row_id], name=name, tone=Tone.BOLD if row_id is RowId.TIES_HALF else Tone.TEXT, note="")
        for row_id, name in _HEADLINE_ROWS.items()
        if row_id in rows
    )
    if drawn and found.decision.rate is not None:
        yield Chart(drawn, Scale(ends=(f"0: {run.baseline} always wins", f"100: {run.candidate} always wins")))
    yield from _won(found)
    yield from (Sentence(text) for text in found.decision.beside)
    yield from _against_blessed(found)
    wanted = _HEADLINE_WORDS if found.decision.rate is not None else (RowId.HEADLINE_JUDGE,)
    words = [item for item in section.items if isinstance(item, Sentence) and item.id in wanted]
    yield from (replace(item, tone=Tone.MUTED if item.tone is Tone.TEXT else item.tone) for item in words)


def _won(found: RunEvidence) -> Iterator[Sentence]:
    """Yield how often the candidate won of the pairs that people read."""
    human = found.numbers.human
    labelled = human.wins + human.ties + human.losses
    if not labelled:
        return
    both_bad = f" ({count(human.both_bad)} both bad)" if human.both_bad else ""
    ties, losses = count_noun(human.ties, "tie"), count_noun(human.losses, "loss")
    read = f"{count_noun(labelled, 'pair')} that people read" if labelled > 1 else "the pair that people read"
    yield Sentence(f"{found.run.candidate} won {count(human.wins)} of {read}, with {ties}{both_bad} and {losses}.")


def _against_blessed(found: RunEvidence) -> Iterator[DocumentItem]:
    """Yield the difference to the blessed run, where there is one; without an interval nothing is concluded."""
    if found.against is None:
        return
    row, other = found.checkpoint, found.against
    difference, name = row.difference, other.candidate
    if difference.difference is None or difference.low is None or difference.high is None:
        text = f"Against {name}, the blessed run, no difference can be told: {difference.reason}."
        yield Sentence(text, Tone.MUTED)
        return
    if difference.low > 0:
        word = "better"
    elif difference.high < 0:
        word = "worse"
    else:
        word = "not shown to differ"
    ends = f"{points_noun(difference.difference, 1)} ({points_interval(difference.low, difference.high, 1)})"
    lost, won = count_noun(row.lost or 0, "example"), count(row.won or 0)
    text = f"{ends}, with {lost} lost and {won} won, of {count(difference.n)} that are known in both."
    yield Statement(f"Against {name}, the blessed run: {word},", text)
    if other.baseline_id != found.run.baseline_id:
        text = f"The blessed run has another baseline, {other.baseline}: two win rates are compared, not two systems."
        yield Sentence(text, Tone.WARNING)


# who read what


def _reading_items(found: RunEvidence) -> Iterator[DocumentItem]:
    read = found.read
    if not read.read:
        yield Statement("No pair", f"of {count(read.pairs)} was read by a person.")
        return
    here = read.read - read.carried
    parts = (Count(here, "read here", "read here"), Count(read.carried, "carried over", "carried over"))
    yield DividedBar((*parts, Count(read.pairs - read.read, "not read", "not read")))
    is_all = read.read == read.pairs
    lead = f"All {count_noun(read.pairs, 'pair')}" if is_all else of_n(read.read, read.pairs) + " pairs"
    was = noun(read.read, "was", "were")
    how = f": {count(here)} for this run, {count(read.carried)} carried from runs with the same answers"
    yield Statement(lead, f"{was} read by a person{how if read.carried else ''}.")
    yield Sentence(", ".join(map(_reader, found.readers[:_MAX_REVIEWERS])) + _more_readers(found), Tone.MUTED)
    compared = read.upheld + read.overturned
    if compared:
        yield MarkedLine(Mark.UPHELD, f"upheld {_whose_verdict(found)}", count(read.upheld))
        yield MarkedLine(Mark.OVERTURNED, "overturned it", count(read.overturned))
    if read.decided:
        yield Sentence(f"{count_noun(read.decided, 'pair')} decided without a verdict to uphold", Tone.MUTED)
    if read.blind:
        yield Sentence(f"{count(read.blind)} of them decided before the verdict was seen", Tone.MUTED)


def _reader(reader: Reader) -> str:
    carried = f" ({count(reader.carried)} carried)" if reader.carried else ""
    return f"{reader.name} {count(reader.read + reader.carried)}{carried}"


def _more_readers(found: RunEvidence) -> str:
    rest = len(found.readers) - _MAX_REVIEWERS
    return f" and {count_noun(rest, 'other', 'others')}" if rest > 0 else ""


# the judge


def _shown_judge(numbers: RunStatistics) -> JudgeStatistics | None:
    """Return the statistics of the judge that a report shows, None where none has read a pair."""
    return next(iter(numbers.judges), None)


def _is_of_headline(found: RunEvidence) -> bool:
    """Whether the judge that is shown is that of the headline: another one is where that has read no pair."""
    judge, headline = _shown_judge(found.numbers), found.numbers.judge.shown
    return judge is None or headline is None or judge.judge_id == headline.id


def _whose_verdict(found: RunEvidence) -> str:
    judge = _shown_judge(found.numbers)
    return "the judge’s verdict" if judge is None or _is_of_headline(found) else f"the verdict of {judge.name}"


def _in_place(found: RunEvidence) -> str:
    """Return why it is not the headline's judge that is shown; empty where it is."""
    headline = found.numbers.judge.name
    return "" if _is_of_headline(found) else f"; {headline}, the judge of the headline, has read none of these pairs"


def _trust_items(found: RunEvidence) -> Iterator[DocumentItem]:
    judge = _shown_judge(found.numbers)
    if judge is None:
        yield Sentence("No judge has read these pairs: what stands here, people say alone.", Tone.MUTED)
        return
    floor = found.origin.floor
    rows = tuple(row for row in _trust_rows(judge, found.numbers.reviewers) if _has_interval(row))
    words = [item for item in judge_section(judge, found.numbers).items if isinstance(item, Sentence)]
    if rows:
        lows = [row.number.low for row in rows if isinstance(row.number, Rate) and row.number.low is not None]
        low = 0.5 if min([*lows, *([] if floor is None else [floor])]) >= 0.5 else 0.0
        ends = (percent_number(low), percent_number(1.0))
        yield Chart(rows, Scale(low=low, at=0.5 if floor is None else floor, ends=ends))
    yield from _ceiling(found.numbers.reviewers)
    if floor is not None:
        yield Sentence(f"The mark is the set’s floor for judges, {percent(floor)}.", Tone.MUTED)
    yield from (item for item in words if item.id in _JUDGE_WORDS)
    yield from certificate_section(found.standing).items
    yield Sentence(f"Judge {judge.name}, version {judge.version[:_SHORT_HASH]}{_in_place(found)}", Tone.MUTED)


def _trust_rows(judge: JudgeStatistics, reviewers: ReviewerStatistics) -> Iterator[NumberRow]:
    both = judge.both_orders
    again = "judge, from sample to sample" if "sample" in (both.rerun.method or "") else "judge, asked again"
    yield NumberRow(RowId.AGREEMENT, "judge and people", judge.agreement.observed, tone=Tone.BOLD)
    yield NumberRow(RowId.CONSISTENCY, "judge, in both orders", both.consistency)
    yield NumberRow(RowId.RERUN, again, _complement(both.rerun))
    for bias in reviewers.leans[:_MAX_REVIEWERS]:
        yield NumberRow(RowId.REVIEWER_AGAIN, f"{bias.name}, asked twice", bias.self_agreement)
    for pair in sorted(reviewers.pairs, key=lambda one: -one.n)[:_MAX_REVIEWERS]:
        yield NumberRow(RowId.REVIEWER_PAIR, f"{pair.a} and {pair.b}", pair.agreement)


def _has_interval(row: NumberRow) -> bool:
    number = row.number
    return isinstance(number, Rate) and number.low is not None and number.n >= MIN_FOR_RATE


def _complement(rate: Rate) -> Rate:
    """Return the share of the others: how often something stays where the rate is how often it changes."""
    if rate.rate is None or rate.low is None or rate.high is None:
        return rate
    return replace(rate, rate=1 - rate.rate, low=1 - rate.high, high=1 - rate.low)


def _ceiling(reviewers: ReviewerStatistics) -> Iterator[Sentence]:
    ceiling = reviewers.per_vote.observed
    if ceiling.rate is None or ceiling.n < MIN_FOR_RATE:
        yield Sentence("No ceiling is known: too few pairs were read by two people.", Tone.MUTED)
    else:
        text = f"People agree with each other in {percent(ceiling.rate)}: that is the ceiling for any judge."
        yield Sentence(text, Tone.MUTED)


def _matrix_items(found: RunEvidence) -> Iterator[DocumentItem]:
    judge = _shown_judge(found.numbers)
    if judge is None or not judge.agreement.n:
        return
    wanted = (RowId.MATRIX_HEAD, RowId.MATRIX, RowId.KAPPA)
    for item in judge_section(judge, found.numbers).items:
        if isinstance(item, Sentence | ConfusionMatrix | NumberRow) and item.id in wanted and not _is_aside(item):
            yield replace(item, text=_MATRIX_HEAD) if isinstance(item, Sentence) else item


_MATRIX_HEAD = (
    "rows: what people say; columns: what the judge says (inconsistent counts as tie); counts of what was read"
)


def _is_aside(item: Item) -> bool:
    return isinstance(item, NumberRow | Sentence) and item.aside


# checkpoints, pairs, tags, benchmarks


def _history_items(found: RunEvidence) -> Iterator[DocumentItem]:
    if len(found.history) < 2:
        return
    yield Checkpoints(found.history, found.run.id)
    if found.left_out:
        yield Sentence(f"{count_noun(found.left_out, 'run')} left out; `uphold runs` lists all.", Tone.MUTED)


def _pair_items(found: RunEvidence) -> Iterator[DocumentItem]:
    yield from (SideBySide(pair, found.run.candidate, found.run.baseline) for pair in found.pairs)


def _tag_items(numbers: RunStatistics) -> Iterator[DocumentItem]:
    """Yield the win rates of the tags that have one, those most read first, and what is shown to differ."""
    section = next((one for one in run_report(numbers).sections if one.id == SectionId.TAGS), None)
    if section is None:
        return
    rates = [
        (item.number, item) for item in section.items if isinstance(item, NumberRow) and isinstance(item.number, Rate)
    ]
    shown = sorted((one for one in rates if one[0].n >= MIN_FOR_RATE), key=lambda one: -one[0].n)[:_MAX_TAG_ROWS]
    if not shown:
        return
    yield Chart(tuple(row for _, row in shown))
    yield from (item for item in section.items if isinstance(item, Sentence))
    if len(rates) > len(shown):
        yield Sentence(f"{count_noun(len(rates) - len(shown), 'more tag')}: under Every number.", Tone.MUTED)


def _score_items(found: RunEvidence) -> Iterator[DocumentItem]:
    if not found.scores:
        return
    heads = ("", found.run.candidate, found.run.baseline, "difference", "")
    yield Table("scores", tuple(_score_row(name, one) for name, one in found.scores.items()), heads)
    yield Sentence("measured elsewhere; they enter no number above. Differences of shares are in points.", Tone.MUTED)


def _score_row(name: str, found: ScoreChange) -> tuple[str, ...]:
    own = score(found.score.value, is_share=found.is_share)
    other = NONE if found.baseline is None else score(found.baseline.value, is_share=found.is_share)
    change = NONE
    if found.change is not None:
        change = points(found.change, 1) if found.is_share else signed_decimal(found.change)
    return name, own, other, change, "worse by more than its own error" if found.is_worse else ""
