"""How far people and one judge agree, where they part, what leads the judge astray, and what more reviews would buy."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from uphold.records.listed import Only, Wanted
from uphold.records.numbers import CLASSES, LEAST_FOR_RATE, Rate, Value
from uphold.records.results import JudgeNumbers, ReviewerLean, RunNumbers
from uphold_tui import showing
from uphold_tui.look import BOLD, DOUBT, FAINT, HEAT_OTHER, HEAT_SAME, MUTED
from uphold_tui.widgets.bars import axis
from uphold_tui.widgets.figures import (
    NAMED,
    FiguresView,
    Row,
    bar,
    bar_width,
    blank,
    budget_rows,
    judge_of,
    plain,
    wrapped,
)
from uphold_tui.widgets.numbers import kappa, span

_READ = Wanted(only=Only.READ)
_CELL = 11
_LABEL = 26


def right_rows(view: FiguresView, width: int) -> list[Row]:
    """Agreement, the matrix, leans, and the budget; a judge that read nothing leaves the budget."""
    numbers, judge = view.numbers, judge_of(view.numbers)
    rows: list[Row] = []
    if judge is not None:
        rows += [*_agreement(judge, numbers, width), blank()]
        if judge.agreement.n:
            alone = numbers.reviewers.names == (view.reviewer,)
            rows += [*_matrix(judge, numbers, "you" if alone else "people", width), blank()]
        rows += [*_leans(judge, view, width), blank()]
    else:
        rows += [*wrapped("No judge has read this run.", width, BOLD), blank()]
    return [*rows, *budget_rows(numbers.budget, numbers.headline, numbers.pairs)]


def _agreement(judge: JudgeNumbers, numbers: RunNumbers, width: int) -> Iterator[Row]:
    same, people = judge.agreement, numbers.reviewers
    yield plain(Content.assemble(("judge: ", FAINT), showing.line(judge.name, MUTED)).truncate(width, ellipsis=True))
    yield from _fact("says what people say", same.observed, width, strong=True)
    yield from _fact("without ties", same.without_ties, width)
    if same.blind.n:
        yield from _fact("blind reviews only", same.blind, width)
    for pair in people.pairs[:3]:
        name = f"{showing.safe_line(pair.a)[:10]} and {showing.safe_line(pair.b)[:10]}"
        yield from _fact(name, pair.agreement, width)
    if same.n >= LEAST_FOR_RATE:
        yield from _value("κ, above chance", same.kappa, width)
        yield from _value("AC1, above chance", same.ac1, width)
    if people.alpha.value is not None:
        yield from _value("α among people", people.alpha, width)


def _fact(name: str, rate: Rate, width: int, *, strong: bool = False) -> Iterator[Row]:
    """`says what people say   50 of 64   78  67–86`."""
    label = Content.styled(name, BOLD if strong else MUTED)
    if rate.rate is None:
        yield from _refused(label, rate.reason, width)
        return
    counts = f"{round(rate.rate * rate.n):,} of {rate.n:,}"
    if rate.n < LEAST_FOR_RATE:
        yield ((_columns(label, counts, "", f"{LEAST_FOR_RATE} needed", width), _READ),)
    else:
        yield ((_columns(label, counts, f"{round(100 * rate.rate)}", span(rate), width), _READ),)


def _value(name: str, value: Value, width: int) -> Iterator[Row]:
    ends = (
        f"{kappa(Value(value.low))}–{kappa(Value(value.high))}"
        if value.low is not None and value.high is not None
        else ""
    )
    label = Content.styled(name, MUTED)
    if value.value is None:
        yield from _refused(label, value.reason, width)
    else:
        yield ((_columns(label, "", kappa(value), ends, width), _READ),)


def _columns(label: Content, counts: str, figure: str, ends: str, width: int) -> Content:
    """A row of the table: a name, counts, a figure, and both ends of its interval."""
    room = max(min(width - 29, _LABEL), 8)
    name = label.truncate(room, ellipsis=True)
    gap = " " * (room - name.cell_length)
    return Content.assemble(name, gap, (f"{counts:>11}", MUTED), (f"{figure:>6}", BOLD), (f"   {ends}", MUTED))


def _refused(label: Content, reason: str | None, width: int) -> Iterator[Row]:
    """A name, and why there is no figure: behind it where there is room, else below."""
    whole = Content.assemble(label, "  ", showing.running(reason or "", FAINT))
    if whole.cell_length <= width:
        yield plain(whole)
    else:
        yield plain(label)
        yield from wrapped(reason or "", width, FAINT)


# the matrix


def _matrix(judge: JudgeNumbers, numbers: RunNumbers, people: str, width: int) -> Iterator[Row]:
    names = (numbers.candidate or "candidate", "tie", numbers.baseline or "baseline")
    label = 14 if width >= 14 + 3 * _CELL + 7 else 0
    cell = _CELL if label else max((width - 2) // 3, 4)
    margin = " " * (label + 7 if label else 0)
    yield plain(Content.assemble(margin, ("judge", MUTED)))
    heads = [_right(showing.line(name, MUTED), cell) for name in names]
    yield plain(Content.assemble(margin, *heads))
    most = max((count for row in judge.agreement.confusion for count in row), default=1) or 1
    for place, (name, counts) in enumerate(zip(names, judge.agreement.confusion, strict=True)):
        who = Content.styled((people if place == 1 else "").ljust(7), MUTED) if label else Content("")
        head = Content.assemble(who, _right(showing.line(name, MUTED), label - 2), "  ") if label else Content("")
        yield ((head, None), *(_count(place, other, count, most, cell) for other, count in enumerate(counts)))


def _count(row: int, column: int, count: int, most: int, width: int) -> tuple[Content, Wanted | None]:
    """One cell, tinted by how many there are: where both say the same in one tint, elsewhere in another."""
    tints = HEAT_SAME if row == column else HEAT_OTHER
    tint = tints[min(round(count / most * (len(tints) - 1) + 0.49), len(tints) - 1)]
    text = Content.styled(f"{count:>{width // 2 + 1}}".ljust(width), f"{BOLD if row == column else ''} {tint}".strip())
    return text, Wanted(people=CLASSES[row], judge=CLASSES[column]) if count else None


def _right(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 1, 0), ellipsis=True)
    return Content.assemble(" " * (width - cut.cell_length), cut)


# leans


def _leans(judge: JudgeNumbers, view: FiguresView, width: int) -> Iterator[Row]:
    room = bar_width(width)
    yield plain(Content.assemble(("Leans".ljust(NAMED), BOLD), axis(room) if room else ""))
    mine = _own(view.numbers.reviewers.leans, view.reviewer)
    yield plain("first shown is chosen", MUTED)
    yield bar("  judge", judge.position.first_rate, room, Wanted(only=Only.INCONSISTENT))
    if mine is not None:
        yield bar("  you", mine.first, room, _READ)
    yield plain("longer is chosen", MUTED)
    yield bar("  judge", judge.length.judge_longer, room, Wanted(only=Only.JUDGE_LONGER))
    yield bar("  people", judge.length.human_longer, room, Wanted(only=Only.YOU_LONGER))
    yield blank()
    flips, both = judge.position.flips, judge.position.pairs_in_both_orders
    if both:
        words = f"{flips} of {both} verdicts changed with the order."
        yield ((Content.styled(words, MUTED), Wanted(only=Only.INCONSISTENT)),)
    lean = _leaning(judge)
    if lean:
        first, *rest = Content.styled(lean, MUTED).wrap(max(width - 2, 8))
        yield plain(Content.assemble(("! ", DOUBT), first))
        yield from (plain(Content.assemble("  ", row)) for row in rest)


def _leaning(judge: JudgeNumbers) -> str:
    """A sentence where the judge is shown to lean."""
    length, people = judge.length.judge_longer, judge.length.human_longer
    if length.low is not None and length.low > 0.5:
        same = people.low is not None and people.low > 0.5
        return f"The judge leans to the longer answer; people {'do too' if same else 'are not shown to'}."
    if length.high is not None and length.high < 0.5:
        return "The judge leans to the shorter answer."
    first = judge.position.first_rate
    if first.low is not None and first.low > 0.5:
        return "The judge leans to the answer it sees first."
    return "The judge leans to the answer it sees second." if first.high is not None and first.high < 0.5 else ""


def _own(leans: Sequence[ReviewerLean], reviewer: str) -> ReviewerLean | None:
    return next((lean for lean in leans if lean.name == reviewer), None)
