"""The report sections about each judge (verdicts, agreement with people, biases) and about the reviewers."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.formatting import NONE, coefficient, count_noun, percent, points
from uphold.records.statistics import (
    MIN_FOR_RATE,
    NEEDS_FULL,
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
    TOO_FEW,
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
    share_row,
    value_row,
)

_HIGH_CHANCE = 0.7
"""Above this chance agreement kappa is low however well two raters agree, and the report says so."""

_KAPPA_AC1_GAP = 0.2
"""AC1 is shown where it is further than this from kappa or alpha."""

_MAX_REVIEWER_PAIRS = 10
_MAX_REVIEWER_NAMES = 12


def judge_section(judge: JudgeStatistics, numbers: RunStatistics, full: bool = False) -> ReportSection:
    """Return the section of one judge: its verdicts, its agreement with people, its position and length bias.

    `full` adds precision and recall, blind decisions, anchoring and confidence.
    """
    names = (numbers.candidate or "candidate", "tie", numbers.baseline or "baseline")
    agreement = judge.agreement
    rows = [sentence(_verdict_counts(judge)), *_opinion(judge)]
    if agreement.n:
        rows += [*_agreement(agreement, numbers), *_confusion_matrix(agreement, names)]
        rows += [*_per_class(agreement, names), *_details(agreement)] if full else []
    else:
        rows.append(sentence(f"No agreement to show: {agreement.observed.reason}.", Role.MUTED))
    rows += [*_position_bias(judge.position), *_length_bias(judge.length)]
    return ReportSection(f"Judge {judge.name} ({judge.kind}, version {judge.version[:8]})", tuple(rows))


def _verdict_counts(judge: JudgeStatistics) -> str:
    wins, ties = count_noun(judge.wins, "win"), count_noun(judge.ties, "tie")
    losses = count_noun(judge.losses, "loss", "losses")
    others = ((name, getattr(judge, name)) for name in ("inconsistent", "unreadable", "failed", "pending"))
    return ", ".join([wins, ties, losses, *(f"{count} {name}" for name, count in others if count)])


def _opinion(judge: JudgeStatistics) -> Iterator[ReportRow]:
    share, soft = judge.win_rate, judge.mean_preference
    if share.rate is not None:
        yield share_row("judge alone: win rate", round(share.rate * share.n), share.n, "a judge's opinion, no win rate")
    if soft and soft.n >= MIN_FOR_RATE:
        error = "" if soft.standard_error is None else f"standard error {100 * soft.standard_error:.1f}"
        yield number_row(ReportSpan("mean preference"), f"n {soft.n}", percent(soft.rate), "", error)


def _agreement(agreement: Agreement, numbers: RunStatistics) -> Iterator[ReportRow]:
    ceiling = numbers.reviewers.per_vote
    raw = agreement.raw
    yield rate_row("says what people say", agreement.observed, Role.BOLD)
    if raw.rate is not None and agreement.observed.method == "wilson, stratified":
        yield share_row("unweighted", round(raw.rate * raw.n), raw.n, "the queue asked more of some parts")
    if agreement.n >= MIN_FOR_RATE:
        yield value_row("κ, above chance", agreement.kappa)
        if _shows_ac1(agreement):
            yield value_row("AC1, above chance", agreement.ac1)
    yield rate_row("without ties", agreement.without_ties)
    if ceiling.observed.rate is None:
        yield sentence("One reviewer a pair: no human ceiling to hold this against.", Role.MUTED)
    else:
        yield rate_row("vote by vote, with people", agreement.per_vote.observed)
        yield rate_row("people with each other", ceiling.observed)
        yield rate_row("without ties, with people", agreement.per_vote.without_ties)
        yield rate_row("people with each other", ceiling.without_ties)
    yield from _kappa_warning(agreement)


def _shows_ac1(agreement: Agreement) -> bool:
    kappa, ac1 = agreement.kappa.value, agreement.ac1.value
    return kappa is None or (ac1 is not None and abs(kappa - ac1) > _KAPPA_AC1_GAP)


def _kappa_warning(agreement: Agreement) -> Iterator[ReportRow]:
    """Yield a warning where one class makes up nearly all verdicts: kappa is low then however well the two agree."""
    label_counts = [sum(counts) for counts in agreement.confusion]
    verdict_counts = [sum(counts) for counts in zip(*agreement.confusion, strict=True)]
    both = list(zip(label_counts, verdict_counts, strict=True))
    chance = sum(labels * verdicts for labels, verdicts in both) / agreement.n**2
    if chance > _HIGH_CHANCE:
        most = max(labels + verdicts for labels, verdicts in both)
        total = 2 * agreement.n
        one_class = f"One class makes up {percent(most / total)} of the verdicts ({most} of {total})"
        yield sentence(f"{one_class}: κ says little here.", Role.WARNING)


def _confusion_matrix(agreement: Agreement, names: tuple[str, ...]) -> Iterator[ReportRow]:
    totals = [sum(column) for column in zip(*agreement.confusion, strict=True)]
    yield sentence(
        "rows: what you and others say; columns: what the judge says (inconsistent counts as tie)", Role.MUTED
    )
    yield row(ReportSpan(""), *(ReportSpan(name, Role.NUMBER) for name in (*names, "total")))
    for name, counts in zip(names, agreement.confusion, strict=True):
        yield _count_row(name, (*counts, sum(counts)))
    yield _count_row("total", (*totals, agreement.n))


def _count_row(name: str, counts: tuple[int, ...]) -> ReportRow:
    return row(ReportSpan(name), *(ReportSpan(str(count), Role.NUMBER) for count in counts))


def _per_class(agreement: Agreement, names: tuple[str, ...]) -> Iterator[ReportRow]:
    for heading, rates, absent in (
        ("where the judge says it, people do too (precision)", agreement.precision, "the judge never says it"),
        ("where people say it, the judge does too (recall)", agreement.recall, "people never say it"),
    ):
        yield sentence(heading, Role.MUTED)
        for name, rate in zip(names, (rates.candidate, rates.tie, rates.baseline), strict=True):
            yield rate_row(name, rate if rate.n else replace(rate, reason=absent))


def _position_bias(bias: PositionBias) -> Iterator[ReportRow]:
    if not bias.pairs_in_both_orders:
        yield sentence(f"Order: {bias.flip_rate.reason}.", Role.MUTED)
        return
    yield sentence("when the two answers change places", Role.MUTED)
    yield rate_row("verdict changes", bias.flip_rate)
    if bias.p is None:
        n = bias.first + bias.second
        counts = f"{bias.first} of {n}" if n else NONE
        yield number_row(ReportSpan("first shown is chosen"), counts, "", "", bias.first_rate.reason or "")
        return
    yield rate_row("first shown is chosen", bias.first_rate)
    yield sentence(_position_conclusion(bias))


def _position_conclusion(bias: PositionBias) -> str:
    low, high = bias.first_rate.low, bias.first_rate.high
    if low is not None and low > 0.5:
        return "The judge leans to the answer it sees first."
    if high is not None and high < 0.5:
        return "The judge leans to the answer it sees second."
    return "The judge is not shown to lean to either place."


def _length_bias(bias: LengthBias) -> Iterator[ReportRow]:
    judge, people = bias.judge_longer, bias.human_longer
    if judge.n < MIN_FOR_RATE:
        return
    yield sentence("when the two answers differ in length", Role.MUTED)
    yield rate_row("judge picks the longer", judge)
    yield rate_row("people pick the longer", people)
    yield sentence(_length_conclusion(judge, people))


def _length_conclusion(judge: Rate, people: Rate) -> str:
    if None in (judge.low, judge.high, people.low, people.high) or people.n < MIN_FOR_RATE:
        return "Without people's own choices beside it this says nothing about the judge: longer answers can be better."
    if (judge.low or 0) > (people.high or 0):
        return "The judge leans to longer answers more than people do."
    if (judge.high or 0) < (people.low or 0):
        return "The judge leans to longer answers less than people do."
    return "The judge is not shown to lean to length otherwise than people."


def _details(agreement: Agreement) -> Iterator[ReportRow]:
    """Yield agreement on blind decisions, anchoring, and agreement by confidence, each where it was recorded."""
    if agreement.blind.n:
        yield rate_row("decided before the verdict", agreement.blind)
    if agreement.anchoring is not None:
        yield sentence(_anchoring(agreement.anchoring))
    yield from _confidence(agreement.confidence)


def _anchoring(found: Anchoring) -> str:
    counts = f"{found.open_n} open and {found.blind_n} blind"
    if found.difference is None or found.low is None or found.high is None:
        return f"What seeing the verdict does to people: {found.reason}, {counts} are there."
    measured = f"{points(found.difference)} points ({points(found.low)} to {points(found.high)}; {counts} votes)"
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
        auroc = f"Its confidence tells right from wrong with AUROC {coefficient(found.auroc)} (.50 is chance)"
        yield sentence(f"{auroc}; Brier score {coefficient(found.brier)} (0 is best), n {found.n}.")


def reviewer_section(reviewers: ReviewerStatistics, full: bool = False) -> ReportSection:
    """Return the section of the reviewers: who they are, and the pairs of reviewers with most shared pairs.

    `full` adds each reviewer's own biases.
    """
    if not reviewers.names:
        return ReportSection("Reviewers", ())
    rows = [sentence(_reviewer_names(reviewers.names))]
    if not reviewers.pairs:
        rows.append(sentence("No pair was read by two people: their agreement is not known.", Role.MUTED))
    rows += [*_reviewer_pairs(reviewers), *_overall_agreement(reviewers)]
    return ReportSection("Reviewers", (*rows, *(_reviewer_biases(reviewers.leans) if full else ())))


def _reviewer_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MAX_REVIEWER_NAMES])
    more = f" and {len(names) - _MAX_REVIEWER_NAMES} more" if len(names) > _MAX_REVIEWER_NAMES else ""
    return f"{count_noun(len(names), 'person', 'people')}: {shown}{more}"


def _reviewer_pairs(reviewers: ReviewerStatistics) -> Iterator[ReportRow]:
    ordered = sorted(reviewers.pairs, key=lambda pair: -pair.n)
    yield from map(_reviewer_pair, ordered[:_MAX_REVIEWER_PAIRS])
    if len(ordered) > _MAX_REVIEWER_PAIRS:
        rest = count_noun(len(ordered) - _MAX_REVIEWER_PAIRS, "pair")
        yield sentence(f"and {rest} of reviewers with fewer shared pairs", Role.MUTED)
    if reviewers.items_shared:
        yield sentence(f"{count_noun(reviewers.items_shared, 'pair')} read by two or more", Role.MUTED)


def _reviewer_pair(pair: ReviewerPair) -> ReportRow:
    rate, kappa = pair.agreement, pair.kappa
    note = TOO_FEW
    if rate_text(rate):
        note = f"κ {coefficient(kappa.value) if kappa.value is not None else kappa.reason}"
    name = ReportSpan(f"{pair.a} and {pair.b}")
    return number_row(name, hits_of_n(rate), rate_text(rate), interval_text(rate), note)


def _overall_agreement(reviewers: ReviewerStatistics) -> Iterator[ReportRow]:
    """Yield alpha of all reviewers where enough pairs are shared, and AC1 where it differs."""
    if reviewers.items_shared >= MIN_FOR_RATE:
        alpha = reviewers.alpha
        if alpha.reason == NEEDS_FULL:
            alpha = replace(alpha, reason="interval with --full")
        yield value_row("all of them, above chance (α)", alpha)
        values = (reviewers.alpha.value, reviewers.ac1.value)
        if None in values or abs((values[0] or 0) - (values[1] or 0)) > _KAPPA_AC1_GAP:
            yield value_row("all of them, above chance (AC1)", reviewers.ac1)


def _reviewer_biases(biases: tuple[ReviewerBias, ...]) -> Iterator[ReportRow]:
    for bias in biases:
        yield sentence(f"{bias.name}, by themselves", Role.MUTED)
        yield rate_row("winner stood on side A", bias.first)
        yield rate_row("winner was the longer", bias.longer)
        if bias.self_agreement.n:
            yield rate_row("the same word twice", bias.self_agreement)
