"""One judge on the page: what it said, how far people agree with it, and what the order did to it."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.records.numbers import LEAST_FOR_RATE
from uphold.records.page import Line, Role, Section, Span
from uphold.records.results import Agreement, JudgeNumbers, Position, RunNumbers
from uphold.reports.judge_finer import finer, length_lines
from uphold.reports.wording import NONE, counted, percent, rate_row, row, sentence, share_row, value_row

_PARADOX = 0.7
_FAR_APART = 0.2


def judge_section(judge: JudgeNumbers, numbers: RunNumbers, full: bool = False) -> Section:
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
    return Section(f"Judge {judge.name} ({judge.kind}, version {judge.version[:8]})", tuple(lines))


def _said(judge: JudgeNumbers) -> str:
    always = f"{counted(judge.wins, 'win')}, {counted(judge.ties, 'tie')}, {counted(judge.losses, 'loss', 'losses')}"
    sometimes = ((word, getattr(judge, word)) for word in ("inconsistent", "unreadable", "failed", "pending"))
    return ", ".join([always, *(f"{count} {word}" for word, count in sometimes if count)])


def _opinion(judge: JudgeNumbers) -> Iterator[Line]:
    share, soft = judge.win_rate, judge.mean_preference
    if share.rate is not None:
        yield share_row("judge alone: win rate", round(share.rate * share.n), share.n, "a judge's opinion, no win rate")
    if soft and soft.n >= LEAST_FOR_RATE:
        error = "" if soft.standard_error is None else f"standard error {100 * soft.standard_error:.1f}"
        yield row(
            Span("mean preference"),
            Span(f"n {soft.n}", Role.NUMBER),
            Span(percent(soft.rate), Role.STRONG_NUMBER),
            Span("", Role.NUMBER),
            Span(error, Role.MUTED),
        )


def _agreement(same: Agreement, numbers: RunNumbers) -> Iterator[Line]:
    ceiling = numbers.reviewers.per_vote
    yield rate_row("says what people say", same.observed, Role.BOLD)
    if same.raw.rate is not None and same.observed.method == "wilson, stratified":
        yield share_row(
            "unweighted", round(same.raw.rate * same.raw.n), same.raw.n, "the queue asked more of some parts"
        )
    if same.n >= LEAST_FOR_RATE:
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


def _paradox(same: Agreement) -> Iterator[Line]:
    """Where one word makes up nearly all verdicts, kappa is low however well the two agree."""
    rows = [sum(counts) for counts in same.confusion]
    columns = [sum(counts) for counts in zip(*same.confusion, strict=True)]
    chance = sum(one * other for one, other in zip(rows, columns, strict=True)) / same.n**2
    if chance > _PARADOX:
        most = max(one + other for one, other in zip(rows, columns, strict=True))
        one_class = f"One class makes up {percent(most / (2 * same.n))} of the verdicts ({most} of {2 * same.n})"
        yield sentence(f"{one_class}: κ says little here.", Role.WARNING)


def _matrix(same: Agreement, names: tuple[str, ...]) -> Iterator[Line]:
    totals = [sum(column) for column in zip(*same.confusion, strict=True)]
    yield sentence(
        "rows: what you and others say; columns: what the judge says (inconsistent counts as tie)", Role.MUTED
    )
    yield row(Span(""), *(Span(name, Role.NUMBER) for name in (*names, "total")))
    for name, counts in zip(names, same.confusion, strict=True):
        yield _counts(name, (*counts, sum(counts)))
    yield _counts("total", (*totals, same.n))


def _counts(name: str, counts: tuple[int, ...]) -> Line:
    return row(Span(name), *(Span(str(count), Role.NUMBER) for count in counts))


def _classes(same: Agreement, names: tuple[str, ...]) -> Iterator[Line]:
    for heading, three, absent in (
        ("where the judge says it, people do too (precision)", same.precision, "the judge never says it"),
        ("where people say it, the judge does too (recall)", same.recall, "people never say it"),
    ):
        yield sentence(heading, Role.MUTED)
        for name, rate in zip(names, (three.candidate, three.tie, three.baseline), strict=True):
            yield rate_row(name, rate if rate.n else replace(rate, reason=absent))


def _position(position: Position) -> Iterator[Line]:
    if not position.pairs_in_both_orders:
        yield sentence(f"Order: {position.flip_rate.reason}.", Role.MUTED)
        return
    yield sentence("when the two answers change places", Role.MUTED)
    yield rate_row("verdict changes", position.flip_rate)
    if position.p is None:
        opposite = f"{position.first} of {position.first + position.second}"
        yield row(
            Span("first shown is chosen"),
            Span(opposite if position.first + position.second else NONE, Role.NUMBER),
            Span("", Role.STRONG_NUMBER),
            Span("", Role.NUMBER),
            Span(position.first_rate.reason or "", Role.MUTED),
        )
        return
    yield rate_row("first shown is chosen", position.first_rate)
    yield sentence(_lean(position))


def _lean(position: Position) -> str:
    low, high = position.first_rate.low, position.first_rate.high
    if low is not None and low > 0.5:
        return "The judge leans to the answer it sees first."
    if high is not None and high < 0.5:
        return "The judge leans to the answer it sees second."
    return "The judge is not shown to lean to either place."
