"""The report sections about each judge (verdicts, agreement with people, biases) and about the reviewers."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.formatting import coefficient, count, count_noun, of_n, p_value, percent, points_interval, points_noun
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.packs import ReviewerProgress
from uphold.records.pair_list import Behind, behind
from uphold.records.statistics import (
    NEEDS_FULL,
    Agreement,
    Anchoring,
    BothOrders,
    ConfidenceStatistics,
    CriterionStatistics,
    JudgeStatistics,
    LengthBias,
    LengthTest,
    PositionBias,
    Rate,
    ReviewerBias,
    ReviewerPair,
    ReviewerStatistics,
    RunStatistics,
    SampleSpread,
)
from uphold.reports.model import (
    SIGNIFICANCE,
    ConfusionMatrix,
    Item,
    NumberRow,
    ReportSection,
    RowId,
    SectionId,
    Sentence,
    Tone,
)
from uphold.reports.progress_text import progress_text

_HIGH_CHANCE = 0.7
"""Above this chance agreement kappa is low however well two raters agree, and the report says so."""

_KAPPA_AC1_GAP = 0.2
"""AC1 is shown where it is further than this from kappa or alpha."""

_READINGS_GAP = 0.02
"""Agreement with drawn votes as ties is shown where it is further than this from that without them."""

_MAX_REVIEWER_PAIRS = 10

_MAX_REVIEWER_NAMES = 12

_COMPARED = behind(Behind.COMPARED)

_COMPARED_WITH_DRAWS = behind(Behind.COMPARED_WITH_DRAWS)

_SHARED = behind(Behind.SHARED)


def judge_section(judge: JudgeStatistics, numbers: RunStatistics, full: bool = False) -> ReportSection:
    """Return the section of one judge: its verdicts, its agreement with people, its position and length bias.

    `full` adds precision and recall, blind decisions, anchoring and confidence.
    """
    names = (numbers.candidate or "candidate", "tie", numbers.baseline or "baseline")
    agreement = judge.agreement
    items: list[Item] = [Sentence(_verdict_counts(judge), id=RowId.VERDICT_COUNTS), *_opinion(judge)]
    items += _agreement(agreement, numbers)
    if agreement.n:
        items += _confusion_matrix(agreement, names)
        items += [*_per_class(agreement, names), *_details(agreement)] if full else []
    items += [*_criteria(judge.criteria), *_samples(judge.samples)]
    items += [*_position_bias(judge.position), *_both_orders(judge.both_orders), *_length_bias(judge.length)]
    title = f"Judge {judge.name} ({judge.kind}, version {judge.version[:8]})"
    return ReportSection(SectionId.JUDGE, title, tuple(items), subject=judge.name)


def _verdict_counts(judge: JudgeStatistics) -> str:
    wins, ties, losses = count_noun(judge.wins, "win"), count_noun(judge.ties, "tie"), count_noun(judge.losses, "loss")
    others = ((name, getattr(judge, name)) for name in ("inconsistent", "unreadable", "failed", "pending"))
    return ", ".join([wins, ties, losses, *(f"{count(number)} {name}" for name, number in others if number)])


def _criteria(criteria: tuple[CriterionStatistics, ...]) -> Iterator[Item]:
    """Yield how often each criterion of a judge, taken alone, says what people say of the whole."""
    if not criteria:
        return
    yield Sentence("each criterion alone, against what people say of the whole", Tone.MUTED, RowId.CRITERIA_HEAD)
    for one in criteria:
        yield NumberRow(RowId.CRITERION, one.name, one.agreement, note=criterion_counts(one))


def criterion_counts(criterion: CriterionStatistics) -> str:
    """Return what a judge says by a criterion in counts: `31 wins, 4 ties, 12 losses, 3 inconsistent`."""
    wins, ties = count_noun(criterion.wins, "win"), count_noun(criterion.ties, "tie")
    parts = [wins, ties, count_noun(criterion.losses, "loss")]
    if criterion.inconsistent:
        parts.append(f"{count(criterion.inconsistent)} inconsistent")
    if criterion.not_said:
        parts.append(f"nothing on {count(criterion.not_said)}")
    return ", ".join(parts)


def _samples(spread: SampleSpread | None) -> Iterator[Sentence]:
    if spread is not None:
        yield Sentence(samples_sentence(spread), Tone.MUTED, RowId.SAMPLES)


def samples_sentence(spread: SampleSpread) -> str:
    """Return how the samples of a judge split, the most frequent split first."""
    if not spread.n:
        return "Several samples an order were asked for, and no order has two that can be read yet."
    others = sorted((split for split in spread.splits if len(split[0]) > 1), key=lambda split: -split[1])
    told = ", ".join(f"{' to '.join(map(count, votes))} in {count(number)}" for votes, number in others)
    alike = f"All samples of an order say the same in {of_n(spread.alike, spread.n)}"
    return f"{alike}; they split {told}." if told else f"{alike}."


def _opinion(judge: JudgeStatistics) -> Iterator[Item]:
    yield NumberRow(
        RowId.JUDGE_ALONE,
        "judge alone: win rate",
        judge.win_rate,
        note="a judge's opinion, no win rate",
        pairs=behind(Behind.JUDGE_WON),
        aside=judge.win_rate.rate is None,
    )
    if judge.mean_preference and judge.mean_preference.n >= MIN_FOR_RATE:
        yield NumberRow(RowId.MEAN_PREFERENCE, "mean preference", judge.mean_preference)


def _agreement(agreement: Agreement, numbers: RunStatistics) -> Iterator[Item]:
    """Yield how often the judge says what people say; where nothing was compared a sentence says why."""
    ceiling, none = numbers.reviewers.per_vote, not agreement.n
    observed, raw = agreement.observed, agreement.raw
    if none:
        yield Sentence(f"No agreement to show: {observed.reason}.", Tone.MUTED, RowId.NO_AGREEMENT)
    name, weighted, this_set = "says what people say", observed.is_weighted, agreement.this_set
    # Of pairs that were chosen nothing is said of others, in the set or like them.
    sampled = this_set.rate is not None or observed.rate is None
    target = ", like these" if sampled and not none else ""
    yield NumberRow(RowId.AGREEMENT, name + target, observed, tone=Tone.BOLD, pairs=_COMPARED, aside=none)
    few = raw.n < MIN_FOR_RATE or observed.rate is None
    yield NumberRow(
        RowId.AGREEMENT_THIS_SET,
        f"{name}, this set",
        this_set,
        estimate=True,
        pairs=_COMPARED,
        aside=none or few or not sampled,
    )
    if raw.rate is not None and weighted:
        yield NumberRow(RowId.UNWEIGHTED, "unweighted", raw, note="some parts were read more than others")
    if _readings_differ(agreement):
        yield NumberRow(
            RowId.DRAWS_AS_TIES, f"drawn votes as ties{target}", agreement.draws_as_ties, pairs=_COMPARED_WITH_DRAWS
        )
    if agreement.n >= MIN_FOR_RATE:
        yield NumberRow(RowId.KAPPA, "κ, above chance", agreement.kappa, pairs=_COMPARED)
        ac1 = NumberRow(RowId.AC1, "AC1, above chance", agreement.ac1, pairs=_COMPARED)
        yield replace(ac1, aside=not _differ(agreement.kappa.value, agreement.ac1.value))
    decided = behind(Behind.COMPARED_DECIDED)
    yield NumberRow(RowId.WITHOUT_TIES, "without ties", agreement.without_ties, pairs=decided, aside=none)
    if none:
        return
    if ceiling.observed.rate is None:
        text = "One reviewer a pair: no human ceiling to hold this against."
        yield Sentence(text, Tone.MUTED, RowId.CEILING)
    else:
        yield NumberRow(RowId.CEILING, "vote by vote, with people", agreement.per_vote.observed)
        yield NumberRow(RowId.CEILING, "people with each other", ceiling.observed)
        yield NumberRow(RowId.CEILING, "without ties, with people", agreement.per_vote.without_ties)
        yield NumberRow(RowId.CEILING, "people with each other", ceiling.without_ties)
    yield from _kappa_warning(agreement)


def _readings_differ(agreement: Agreement) -> bool:
    """Whether agreement is another one by more than 2 points where a draw among reviewers is a tie."""
    without, with_draws = agreement.observed, agreement.draws_as_ties
    if without.rate is None or with_draws.rate is None or without.n < MIN_FOR_RATE:
        return False
    return with_draws.n != without.n and abs(with_draws.rate - without.rate) > _READINGS_GAP


def _differ(kappa: float | None, ac1: float | None) -> bool:
    """Whether AC1 says something that kappa does not."""
    return kappa is None or (ac1 is not None and abs(kappa - ac1) > _KAPPA_AC1_GAP)


def _kappa_warning(agreement: Agreement) -> Iterator[Sentence]:
    """Yield a warning where one class makes up nearly all verdicts: kappa is low then however well the two agree."""
    if agreement.n < MIN_FOR_RATE or agreement.observed.rate is None:
        return
    table = agreement.weighted_confusion or agreement.confusion
    label_counts = [sum(counts) for counts in table]
    verdict_counts = [sum(counts) for counts in zip(*table, strict=True)]
    both = list(zip(label_counts, verdict_counts, strict=True))
    chance = sum(labels * verdicts for labels, verdicts in both) / agreement.n**2
    if chance > _HIGH_CHANCE:
        most = max(labels + verdicts for labels, verdicts in both)
        total = 2 * agreement.n
        counts = "" if agreement.weighted_confusion else f" ({of_n(most, total)})"
        one_class = f"One class makes up {percent(most / total)} of the verdicts{counts}"
        yield Sentence(f"{one_class}: κ says little here.", Tone.WARNING, RowId.KAPPA_WARNING)


def _confusion_matrix(agreement: Agreement, names: tuple[str, ...]) -> Iterator[Item]:
    text = "rows: what you and others say; columns: what the judge says (inconsistent counts as tie)"
    if agreement.weighted_confusion:
        text += "; counts of what was read, more of some parts than of others"
    yield Sentence(text, Tone.MUTED, RowId.MATRIX_HEAD)
    yield ConfusionMatrix(RowId.MATRIX, names, agreement.confusion)


def _per_class(agreement: Agreement, names: tuple[str, ...]) -> Iterator[Item]:
    for heading, rates, absent in (
        ("where the judge says it, people do too (precision)", agreement.precision, "the judge never says it"),
        ("where people say it, the judge does too (recall)", agreement.recall, "people never say it"),
    ):
        yield Sentence(heading, Tone.MUTED, RowId.PER_CLASS)
        for name, rate in zip(names, (rates.candidate, rates.tie, rates.baseline), strict=True):
            yield NumberRow(RowId.PER_CLASS, name, rate if rate.n else replace(rate, reason=absent))


def _position_bias(bias: PositionBias) -> Iterator[Item]:
    n = bias.first + bias.second
    first = NumberRow(RowId.FIRST_SHOWN, "first shown is chosen", bias.first_rate, pairs=behind(Behind.OPPOSITE))
    if not bias.pairs_in_both_orders:
        yield Sentence(f"Order: {bias.flip_rate.reason}.", Tone.MUTED, RowId.ORDER_HEAD)
        yield replace(first, aside=True, too_few="no pair in both orders")  # more verdicts would bring no rate
        return
    yield Sentence("when the two answers change places", Tone.MUTED, RowId.ORDER_HEAD)
    yield NumberRow(RowId.FLIPS, "verdict changes", bias.flip_rate, pairs=behind(Behind.FLIPPED))
    if bias.p is None:
        yield replace(first, hits=bias.first if n else None)
        return
    yield first
    yield from _position_conclusion(bias.first_rate)


def _position_conclusion(first: Rate) -> Iterator[Sentence]:
    if first.low is not None and first.low > 0.5:
        yield Sentence("The judge leans to the answer it sees first.", Tone.WARNING, RowId.ORDER_LEAN)
    elif first.high is not None and first.high < 0.5:
        yield Sentence("The judge leans to the answer it sees second.", Tone.WARNING, RowId.ORDER_LEAN)
    else:
        yield Sentence("The judge is not shown to lean to either place.", id=RowId.ORDER_LEAN)


def _both_orders(found: BothOrders) -> Iterator[Item]:
    """Yield the judge's accuracy over both orders, how steady it is, and what changes when it is asked again."""
    for row_id, name, rate in (
        (RowId.ACCURACY, "right, mean of both orders", found.accuracy),
        (RowId.RIGHT_IN_BOTH, "right in both orders", found.right),
        (RowId.CONSISTENCY, "says the same in both orders", found.consistency),
    ):
        yield NumberRow(row_id, name, rate, aside=not found.consistency.n)
    by_sample = "sample" in (found.rerun.method or "")
    name = "changes from sample to sample" if by_sample else "changes when asked again"
    yield NumberRow(RowId.RERUN, name, found.rerun, aside=not found.rerun.n)


def _length_bias(bias: LengthBias) -> Iterator[Item]:
    judge, people = bias.judge_longer, bias.human_longer
    few = judge.n < MIN_FOR_RATE
    if not few:
        yield Sentence("when the two answers differ in length", Tone.MUTED, RowId.LENGTH_HEAD)
    for row_id, name, rate, kind in (
        (RowId.LONGER_BY_JUDGE, "judge picks the longer", judge, Behind.JUDGE_LENGTH),
        (RowId.LONGER_BY_PEOPLE, "people pick the longer", people, Behind.PEOPLE_LENGTH),
    ):
        yield NumberRow(row_id, name, rate, pairs=behind(kind), aside=few)
    if not few:
        yield _length_lean(bias.against_people)


def _length_lean(found: LengthTest) -> Sentence:
    """Return the sentence on whether the judge picks the longer answer more or less often than people."""
    if found.p is None:
        text = f"Whether the judge leans to length otherwise than people cannot be said: {found.reason}."
        return Sentence(text, id=RowId.LENGTH_LEAN)
    only = f"longer with the judge alone {count(found.judge_only)}, with people alone {count(found.people_only)}"
    measured = f"({only} of {count_noun(found.n, 'pair')}, p {p_value(found.p)})"
    if found.p >= SIGNIFICANCE:
        text = f"The judge is not shown to lean to length otherwise than people {measured}."
        return Sentence(text, id=RowId.LENGTH_LEAN)
    more = "more" if found.judge_only > found.people_only else "less"
    text = f"The judge leans to longer answers {more} than people do {measured}."
    return Sentence(text, Tone.WARNING, RowId.LENGTH_LEAN)


def _details(agreement: Agreement) -> Iterator[Item]:
    """Yield agreement on blind decisions, anchoring, and agreement by confidence, each where it was recorded."""
    if agreement.blind.n:
        yield NumberRow(RowId.BLIND, "decided before the verdict", agreement.blind, pairs=behind(Behind.COMPARED_BLIND))
    if agreement.anchoring is not None:
        yield Sentence(_anchoring(agreement.anchoring), id=RowId.ANCHORING)
    yield from _confidence(agreement.confidence)


def _anchoring(found: Anchoring) -> str:
    counts = f"{count(found.open_n)} open and {count(found.blind_n)} blind"
    if found.difference is None or found.low is None or found.high is None:
        return f"What seeing the verdict does to people: {found.reason}, {counts} are there."
    measured = f"{points_noun(found.difference)} ({points_interval(found.low, found.high)}; {counts} votes)"
    if found.low > 0:
        return f"Seeing the verdict draws people to it: {measured}."
    return f"Seeing the verdict is not shown to draw people to it: {measured}."


def _confidence(found: ConfidenceStatistics) -> Iterator[Item]:
    if not found.n:
        return
    yield Sentence("by the judge's own confidence", Tone.MUTED, RowId.CONFIDENCE)
    for band in found.bands:
        yield NumberRow(RowId.CONFIDENCE, f"{coefficient(band.low)} to {coefficient(band.high)}", band.agreement)
    if found.brier is not None and found.auroc is not None and found.n >= MIN_FOR_RATE:
        auroc = f"Its confidence tells right from wrong with AUROC {coefficient(found.auroc)} (.50 is chance)"
        text = f"{auroc}; Brier score {coefficient(found.brier)} (0 is best), n {count(found.n)}."
        yield Sentence(text, id=RowId.CONFIDENCE)


def reviewer_section(reviewers: ReviewerStatistics, full: bool = False) -> ReportSection:
    """Return the section of the reviewers: who they are, and the pairs of reviewers with most shared pairs.

    `full` adds each reviewer's own biases.
    """
    if not reviewers.names and not reviewers.progress:
        return ReportSection(SectionId.REVIEWERS, "Reviewers", ())
    items: list[Item] = []
    if reviewers.names:
        items.append(Sentence(_reviewer_names(reviewers.names), id=RowId.REVIEWER_NAMES))
    items += _progress(reviewers.progress)
    if not reviewers.pairs:
        text = "No pair was read by two people: their agreement is not known."
        items.append(Sentence(text, Tone.MUTED, RowId.REVIEWER_PAIRS))
    items += [*_reviewer_pairs(reviewers), *_overall_agreement(reviewers)]
    items += _reviewer_biases(reviewers.leans) if full else []
    return ReportSection(SectionId.REVIEWERS, "Reviewers", tuple(items))


def _progress(people: tuple[ReviewerProgress, ...]) -> Iterator[Item]:
    for one in people[:_MAX_REVIEWER_NAMES]:
        yield Sentence(progress_text(one), Tone.MUTED, RowId.REVIEWER_PROGRESS)
    if len(people) > _MAX_REVIEWER_NAMES:
        more = count(len(people) - _MAX_REVIEWER_NAMES)
        yield Sentence(f"and {more} more", Tone.MUTED, RowId.REVIEWER_PROGRESS)


def _reviewer_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MAX_REVIEWER_NAMES])
    more = f" and {count(len(names) - _MAX_REVIEWER_NAMES)} more" if len(names) > _MAX_REVIEWER_NAMES else ""
    return f"{count_noun(len(names), 'person', 'people')}: {shown}{more}"


def _reviewer_pairs(reviewers: ReviewerStatistics) -> Iterator[Item]:
    ordered = sorted(reviewers.pairs, key=lambda pair: -pair.n)
    yield from map(_reviewer_pair, ordered[:_MAX_REVIEWER_PAIRS])
    if len(ordered) > _MAX_REVIEWER_PAIRS:
        rest = count_noun(len(ordered) - _MAX_REVIEWER_PAIRS, "pair")
        yield Sentence(f"and {rest} of reviewers with fewer shared pairs", Tone.MUTED, RowId.REVIEWER_PAIRS)
    if reviewers.items_shared:
        text = f"{count_noun(reviewers.items_shared, 'pair')} read by two or more"
        yield Sentence(text, Tone.MUTED, RowId.REVIEWER_PAIRS)


def _reviewer_pair(pair: ReviewerPair) -> NumberRow:
    return NumberRow(
        RowId.REVIEWER_PAIR,
        f"{pair.a} and {pair.b}",
        pair.agreement,
        subjects=(pair.a, pair.b),
        kappa=pair.kappa,
        pairs=behind(Behind.SHARED, reviewers=(pair.a, pair.b)),
    )


def _overall_agreement(reviewers: ReviewerStatistics) -> Iterator[NumberRow]:
    """Yield alpha of all reviewers where enough pairs are shared, and AC1 where it differs."""
    if reviewers.items_shared >= MIN_FOR_RATE:
        alpha = reviewers.alpha
        if alpha.reason == NEEDS_FULL:
            alpha = replace(alpha, reason="interval with --full")
        yield NumberRow(RowId.ALPHA, "all of them, above chance (α)", alpha, pairs=_SHARED)
        values = (reviewers.alpha.value, reviewers.ac1.value)
        if None in values or _differ(*values):
            yield NumberRow(RowId.REVIEWERS_AC1, "all of them, above chance (AC1)", reviewers.ac1, pairs=_SHARED)


def _reviewer_biases(biases: tuple[ReviewerBias, ...]) -> Iterator[Item]:
    for bias in biases:
        yield Sentence(f"{bias.name}, by themselves", Tone.MUTED, RowId.REVIEWER_HEAD)
        sides = behind(Behind.SIDES, reviewers=(bias.name,))
        for row_id, name, rate, pairs in (
            (RowId.REVIEWER_FIRST, "winner stood on side A", bias.first, sides),
            (RowId.REVIEWER_LONGER, "winner was the longer", bias.longer, None),
            (RowId.REVIEWER_AGAIN, "the same word twice", bias.self_agreement, None),
        ):
            if rate.n or row_id is not RowId.REVIEWER_AGAIN:
                yield NumberRow(row_id, name, rate, subjects=(bias.name,), pairs=pairs)
