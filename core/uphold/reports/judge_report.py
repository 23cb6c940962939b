"""One judge on the page: what it said, how far people agree with it, and what the order did to it."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.formatting import NONE, coefficient, counted, interval, percent, points
from uphold.records.statistics import (
    MIN_FOR_RATE,
    Agreement,
    Anchoring,
    ConfidenceStatistics,
    JudgeStatistics,
    LengthBias,
    PositionBias,
    Rate,
    ReviewerBias,
    ReviewerPair,
    ReviewerStatistics,
    RunStatistics,
)
from uphold.reports.model import (
    LITTLE,
    ReportRow,
    ReportSection,
    ReportSpan,
    Role,
    part_of,
    rate_row,
    row,
    sentence,
    share_row,
    value_row,
)

_PARADOX = 0.7


_FAR_APART = 0.2


def judge_section(judge: JudgeStatistics, numbers: RunStatistics, full: bool = False) -> ReportSection:
    """The judge's own verdicts first, then people against it, then its lean to a place and to the longer answer."""
    names = (numbers.candidate or "candidate", "tie", numbers.baseline or "baseline")
    same = judge.agreement
    lines = [sentence(_said(judge)), *_opinion(judge)]
    if same.n:
        lines += [*_agreement(same, numbers), *_matrix(same, names)]
        lines += [*_classes(same, names), *finer(same)] if full else []
    else:
        lines.append(sentence(f"No agreement to show: {same.observed.reason}.", Role.MUTED))
    lines += [*_position(judge.position), *length_lines(judge.length)]
    return ReportSection(f"Judge {judge.name} ({judge.kind}, version {judge.version[:8]})", tuple(lines))


def _said(judge: JudgeStatistics) -> str:
    always = f"{counted(judge.wins, 'win')}, {counted(judge.ties, 'tie')}, {counted(judge.losses, 'loss', 'losses')}"
    sometimes = ((word, getattr(judge, word)) for word in ("inconsistent", "unreadable", "failed", "pending"))
    return ", ".join([always, *(f"{count} {word}" for word, count in sometimes if count)])


def _opinion(judge: JudgeStatistics) -> Iterator[ReportRow]:
    share, soft = judge.win_rate, judge.mean_preference
    if share.rate is not None:
        yield share_row("judge alone: win rate", round(share.rate * share.n), share.n, "a judge's opinion, no win rate")
    if soft and soft.n >= MIN_FOR_RATE:
        error = "" if soft.standard_error is None else f"standard error {100 * soft.standard_error:.1f}"
        yield row(
            ReportSpan("mean preference"),
            ReportSpan(f"n {soft.n}", Role.NUMBER),
            ReportSpan(percent(soft.rate), Role.STRONG_NUMBER),
            ReportSpan("", Role.NUMBER),
            ReportSpan(error, Role.MUTED),
        )


def _agreement(same: Agreement, numbers: RunStatistics) -> Iterator[ReportRow]:
    ceiling = numbers.reviewers.per_vote
    yield rate_row("says what people say", same.observed, Role.BOLD)
    if same.raw.rate is not None and same.observed.method == "wilson, stratified":
        yield share_row(
            "unweighted", round(same.raw.rate * same.raw.n), same.raw.n, "the queue asked more of some parts"
        )
    if same.n >= MIN_FOR_RATE:
        yield value_row("κ, above chance", same.kappa)
        if _apart(same):
            yield value_row("AC1, above chance", same.ac1)
    yield rate_row("without ties", same.without_ties)
    if ceiling.observed.rate is None:
        yield sentence("One reviewer a pair: no human ceiling to hold this against.", Role.MUTED)
    else:
        yield rate_row("vote by vote, with people", same.per_vote.observed)
        yield rate_row("people with each other", ceiling.observed)
        yield rate_row("without ties, with people", same.per_vote.without_ties)
        yield rate_row("people with each other", ceiling.without_ties)
    yield from _paradox(same)


def _apart(same: Agreement) -> bool:
    kappa, other = same.kappa.value, same.ac1.value
    return kappa is None or (other is not None and abs(kappa - other) > _FAR_APART)


def _paradox(same: Agreement) -> Iterator[ReportRow]:
    """Where one word makes up nearly all verdicts, kappa is low however well the two agree."""
    rows = [sum(counts) for counts in same.confusion]
    columns = [sum(counts) for counts in zip(*same.confusion, strict=True)]
    chance = sum(one * other for one, other in zip(rows, columns, strict=True)) / same.n**2
    if chance > _PARADOX:
        most = max(one + other for one, other in zip(rows, columns, strict=True))
        one_class = f"One class makes up {percent(most / (2 * same.n))} of the verdicts ({most} of {2 * same.n})"
        yield sentence(f"{one_class}: κ says little here.", Role.WARNING)


def _matrix(same: Agreement, names: tuple[str, ...]) -> Iterator[ReportRow]:
    totals = [sum(column) for column in zip(*same.confusion, strict=True)]
    yield sentence(
        "rows: what you and others say; columns: what the judge says (inconsistent counts as tie)", Role.MUTED
    )
    yield row(ReportSpan(""), *(ReportSpan(name, Role.NUMBER) for name in (*names, "total")))
    for name, counts in zip(names, same.confusion, strict=True):
        yield _counts(name, (*counts, sum(counts)))
    yield _counts("total", (*totals, same.n))


def _counts(name: str, counts: tuple[int, ...]) -> ReportRow:
    return row(ReportSpan(name), *(ReportSpan(str(count), Role.NUMBER) for count in counts))


def _classes(same: Agreement, names: tuple[str, ...]) -> Iterator[ReportRow]:
    for heading, three, absent in (
        ("where the judge says it, people do too (precision)", same.precision, "the judge never says it"),
        ("where people say it, the judge does too (recall)", same.recall, "people never say it"),
    ):
        yield sentence(heading, Role.MUTED)
        for name, rate in zip(names, (three.candidate, three.tie, three.baseline), strict=True):
            yield rate_row(name, rate if rate.n else replace(rate, reason=absent))


def _position(position: PositionBias) -> Iterator[ReportRow]:
    if not position.pairs_in_both_orders:
        yield sentence(f"Order: {position.flip_rate.reason}.", Role.MUTED)
        return
    yield sentence("when the two answers change places", Role.MUTED)
    yield rate_row("verdict changes", position.flip_rate)
    if position.p is None:
        opposite = f"{position.first} of {position.first + position.second}"
        yield row(
            ReportSpan("first shown is chosen"),
            ReportSpan(opposite if position.first + position.second else NONE, Role.NUMBER),
            ReportSpan("", Role.STRONG_NUMBER),
            ReportSpan("", Role.NUMBER),
            ReportSpan(position.first_rate.reason or "", Role.MUTED),
        )
        return
    yield rate_row("first shown is chosen", position.first_rate)
    yield sentence(_lean(position))


def _lean(position: PositionBias) -> str:
    low, high = position.first_rate.low, position.first_rate.high
    if low is not None and low > 0.5:
        return "The judge leans to the answer it sees first."
    if high is not None and high < 0.5:
        return "The judge leans to the answer it sees second."
    return "The judge is not shown to lean to either place."


def length_lines(length: LengthBias) -> Iterator[ReportRow]:
    """How often the longer answer wins, beside people's own taste for it."""
    judge, people = length.judge_longer, length.human_longer
    if judge.n < MIN_FOR_RATE:
        return
    yield sentence("when the two answers differ in length", Role.MUTED)
    yield rate_row("judge picks the longer", judge)
    yield rate_row("people pick the longer", people)
    yield sentence(_length_bias(judge, people))


def _length_bias(judge: Rate, people: Rate) -> str:
    if None in (judge.low, judge.high, people.low, people.high) or people.n < MIN_FOR_RATE:
        return "Without people's own choices beside it this says nothing about the judge: longer answers can be better."
    if (judge.low or 0) > (people.high or 0):
        return "The judge leans to longer answers more than people do."
    if (judge.high or 0) < (people.low or 0):
        return "The judge leans to longer answers less than people do."
    return "The judge is not shown to lean to length otherwise than people."


def finer(same: Agreement) -> Iterator[ReportRow]:
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


def _confidence(found: ConfidenceStatistics) -> Iterator[ReportRow]:
    if not found.n:
        return
    yield sentence("by the judge's own confidence", Role.MUTED)
    for band in found.bands:
        yield rate_row(f"{coefficient(band.low)} to {coefficient(band.high)}", band.agreement)
    if found.brier is not None and found.auroc is not None and found.n >= MIN_FOR_RATE:
        tells = f"Its confidence tells right from wrong with AUROC {coefficient(found.auroc)} (.50 is chance)"
        yield sentence(f"{tells}; Brier score {coefficient(found.brier)} (0 is best), n {found.n}.")


_MOST = 10


_NAMED = 12


_REVIEWERS_FAR_APART = 0.2


def reviewer_section(reviewers: ReviewerStatistics, full: bool = False) -> ReportSection:
    """The pairs of reviewers with most shared pairs first; the rest are counted. `full` adds each one's own habits."""
    if not reviewers.names:
        return ReportSection("Reviewers", ())
    lines = [sentence(_who(reviewers.names))]
    if not reviewers.pairs:
        lines.append(sentence("No pair was read by two people: their agreement is not known.", Role.MUTED))
    lines += [*_pairs(reviewers), *_together(reviewers)]
    return ReportSection("Reviewers", (*lines, *(_leans(reviewers.leans) if full else ())))


def _together(reviewers: ReviewerStatistics) -> Iterator[ReportRow]:
    """Alpha, which allows for chance, where enough pairs are shared."""
    if reviewers.items_shared >= MIN_FOR_RATE:
        alpha = reviewers.alpha
        hint = replace(alpha, reason="interval with --full") if alpha.reason == "--full" else alpha
        yield value_row("all of them, above chance (α)", hint)
        kappas = (reviewers.alpha.value, reviewers.ac1.value)
        if None in kappas or abs((kappas[0] or 0) - (kappas[1] or 0)) > _REVIEWERS_FAR_APART:
            yield value_row("all of them, above chance (AC1)", reviewers.ac1)


def _leans(leans: tuple[ReviewerBias, ...]) -> Iterator[ReportRow]:
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


def _pairs(reviewers: ReviewerStatistics) -> Iterator[ReportRow]:
    ordered = sorted(reviewers.pairs, key=lambda pair: -pair.n)
    yield from map(_pair, ordered[:_MOST])
    if len(ordered) > _MOST:
        yield sentence(f"and {counted(len(ordered) - _MOST, 'pair')} of reviewers with fewer shared pairs", Role.MUTED)
    if reviewers.items_shared:
        yield sentence(f"{counted(reviewers.items_shared, 'pair')} read by two or more", Role.MUTED)


def _pair(pair: ReviewerPair) -> ReportRow:
    same, kappa = pair.agreement, pair.kappa
    figure = ends = ""
    note = LITTLE
    if same.rate is not None and pair.n >= MIN_FOR_RATE:
        figure = percent(same.rate)
        ends = interval(same.low, same.high) if same.low is not None and same.high is not None else ""
        note = f"κ {coefficient(kappa.value) if kappa.value is not None else kappa.reason}"
    return row(
        ReportSpan(f"{pair.a} and {pair.b}"),
        ReportSpan(part_of(same), Role.NUMBER),
        ReportSpan(figure, Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )
