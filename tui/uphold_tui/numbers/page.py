"""The numbers of a run as figures: rows of parts, some of which open the pairs behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Region

from uphold.records.counts import CLASSES
from uphold.records.enums import Preference, QuickFilter
from uphold.records.pair_list import PairFilter
from uphold.records.statistics import (
    MIN_FOR_RATE,
    Assisted,
    JudgeStatistics,
    Rate,
    ReviewerBias,
    RunStatistics,
    Share,
    TagStatistics,
    Value,
    WidthForecast,
)
from uphold.reports.run_report import refusal, standing
from uphold.workflows.comparison import RunPoint
from uphold_tui import safe_text
from uphold_tui.review.live_numbers import kappa, span
from uphold_tui.themes import BOLD, DOUBT, FAINT, HEAT_OTHER, HEAT_SAME, MUTED, PLAIN, Signs
from uphold_tui.widgets.bars import axis, chart, interval, large

Part = tuple[Content, PairFilter | None]
"""What is drawn, and the pairs it opens."""


Row = tuple[Part, ...]


NAMED = 15
"""Columns of a name before its bar."""


SPOKEN = ("assisted", "human-only")
"""States of the headline in which there is a rate."""


@dataclass(frozen=True, slots=True)
class NumbersView:
    """What the screen of numbers draws; `reviewer` is the one who looks."""

    numbers: RunStatistics
    reviewer: str
    history: Sequence[RunPoint] = ()
    by_tag: bool = False
    signs: Signs = PLAIN


def plain(content: Content | str, style: str = "") -> Row:
    """A row that opens nothing."""
    return ((Content.styled(content, style) if isinstance(content, str) else content, None),)


def blank() -> Row:
    """A blank row."""
    return plain("")


def wrapped(text: str, width: int, style: str = MUTED) -> Iterator[Row]:
    """A sentence over as many rows as it takes; its names are made harmless."""
    for row in safe_text.running(text, style).wrap(max(width, 8)):
        yield plain(row)


def left_rows(view: NumbersView, width: int) -> list[Row]:
    """The headline, the intervals against 50, what they rest on, and history or tags."""
    numbers = view.numbers
    rows = [*_headline(numbers, width), blank(), *_bars(numbers, width)]
    if said := list(_sentences(numbers, width)):
        rows += [blank(), *said]
    points = [point for point in view.history if point.rate.rate is not None]
    if view.by_tag and numbers.tags:
        return [*rows, blank(), *_tags(numbers.tags, width)]
    if len(points) > 1:
        rows += [blank(), plain("History, like these", BOLD), *map(plain, chart(points, numbers.run or "", width))]
    return rows


# the headline


def _headline(numbers: RunStatistics, width: int) -> Iterator[Row]:
    found = numbers.headline
    if found is not None and found.state in SPOKEN and found.population.win_rate.rate is not None:
        yield from _large(found, numbers, width)
        return
    human = numbers.human
    labelled = human.wins + human.ties + human.losses
    won = Content.assemble((f"{human.wins} of {labelled} won by ", BOLD), safe_text.line(numbers.candidate or "", BOLD))
    if human.reviewed:
        yield ((won.truncate(width, ellipsis=True), PairFilter(people=Preference.CANDIDATE)),)
    for said in refusal(found) if found is not None else ["Pooled runs have no one candidate."]:
        yield from wrapped(said, width, MUTED if human.reviewed else BOLD)


def _large(found: Assisted, numbers: RunStatistics, width: int) -> Iterator[Row]:
    like, this = found.population.win_rate, found.this_set.win_rate
    how = "judge-assisted" if found.state == "assisted" else "people alone"
    pairs = numbers.pairs - numbers.human.broken
    exact = this.method == "exact"
    lines = [
        Content.assemble(("percent won by ", BOLD), safe_text.line(numbers.candidate or "", BOLD), (f", {how}", BOLD)),
        Content.styled(f"{span(like)} for instructions like these", MUTED),
        Content.styled(f"{'exact' if exact else span(this)} in this set of {pairs:,}", MUTED),
    ]
    figure = large(str(round(100 * (like.rate or 0))))
    for glyphs, line in zip(figure, lines, strict=True):
        row = Content.assemble((glyphs, BOLD), "  ", line).truncate(width, ellipsis=True)
        yield ((row, PairFilter(people=Preference.CANDIDATE)),)


# bars


def _bars(numbers: RunStatistics, width: int) -> Iterator[Row]:
    room = bar_width(width)
    won, read = PairFilter(people=Preference.CANDIDATE), PairFilter(only=QuickFilter.READ)
    if room:
        yield plain(Content.assemble(" " * NAMED, axis(room)))
    found = numbers.headline
    if found is not None and found.state in SPOKEN:
        yield bar("win rate", found.population.win_rate, room, won, strong=True)
        yield bar("this set", found.this_set.win_rate, room, won)
        yield bar("win and tie", found.population.win_tie_rate, room, read)
        yield bar("ties half", found.population.ties_half, room, read)
        yield bar("humans only", numbers.human.rates.win_rate, room, won)
    else:
        yield bar("win rate", numbers.human.rates.win_rate, room, won, strong=True)
        yield bar("win and tie", numbers.human.rates.win_tie_rate, room, read)
        yield bar("ties half", numbers.human.rates.ties_half, room, read)
    if numbers.judges:
        yield _alone(numbers.judges[0].win_rate, room)


def bar_width(width: int) -> int:
    """Columns of a bar where the whole row has `width`; 0 where there is no room for one."""
    return min(width - NAMED - 14, 44) if width >= 44 else 0


def bar(name: str, rate: Rate, room: int, wanted: PairFilter, *, strong: bool = False) -> Row:
    """A name, its interval against 50, and both in figures; or the reason why there is none."""
    label = Content.styled(name.ljust(NAMED), BOLD if strong else MUTED)
    if rate.rate is None or rate.n < MIN_FOR_RATE:
        why = f"{MIN_FOR_RATE} needed for a rate" if rate.n < MIN_FOR_RATE else rate.reason or ""
        return ((Content.assemble(label, safe_text.running(why, FAINT)), None),)
    drawn = Content.assemble(interval(rate.rate, rate.low, rate.high, room), "  ") if room else Content("")
    ends = "exact" if rate.method == "exact" else span(rate) or "no interval"
    figure = Content.assemble((f"{round(100 * rate.rate):>3}", BOLD), (f"  {ends}", MUTED))
    return ((Content.assemble(label, drawn, figure), wanted),)


def _alone(share: Share, room: int) -> Row:
    """What the judge alone would say: a point without an interval."""
    label = Content.styled("judge alone".ljust(NAMED), MUTED)
    if share.rate is None:
        return ((Content.assemble(label, safe_text.running(share.reason or "", FAINT)), None),)
    drawn = Content.assemble(interval(share.rate, share.rate, share.rate, room).stylize(FAINT), "  ") if room else ""
    figure = Content.assemble((f"{round(100 * share.rate):>3}", MUTED), ("  opinion", FAINT))
    return ((Content.assemble(label, drawn, figure), PairFilter(judge=Preference.CANDIDATE)),)


def _sentences(numbers: RunStatistics, width: int) -> Iterator[Row]:
    found, human = numbers.headline, numbers.human
    if found is None or found.state not in SPOKEN:
        if human.rates.ties_half.low is not None and human.rates.win_rate.n >= MIN_FOR_RATE:
            yield from wrapped(standing(human.rates.ties_half, numbers.candidate or "", numbers.baseline or ""), width)
        return
    half = found.population.ties_half
    yield from wrapped(standing(half, numbers.candidate or "", numbers.baseline or ""), width)
    if found.worth_verdicts:
        yield from wrapped(f"The judge’s verdicts are worth about {found.worth_verdicts} more reviews.", width)
    if found.planned is not None and found.n < found.planned:
        yield from wrapped(f"Provisional: {found.n} of {found.planned} planned reviews are there.", width)


# tags


def _tags(tags: Sequence[TagStatistics], width: int) -> Iterator[Row]:
    yield plain(Content.assemble(("By tag", BOLD), ("   won of read", FAINT)))
    room = bar_width(width)
    for tag in sorted(tags, key=lambda one: -one.pairs):
        won = tag.human.rates.win_rate
        name = safe_text.line(tag.tag).truncate(NAMED - 2, ellipsis=True)
        label = Content.assemble(name.stylize(MUTED), " " * (NAMED - name.cell_length))
        if won.rate is None or won.n < MIN_FOR_RATE:
            words = f"{tag.human.wins} of {tag.human.reviewed} read, {tag.pairs} pairs"
            yield ((Content.assemble(label, (words, FAINT)), PairFilter(tag=tag.tag)),)
            continue
        drawn = Content.assemble(interval(won.rate, won.low, won.high, room), "  ") if room else Content("")
        figure = Content.assemble((f"{round(100 * won.rate):>3}", BOLD), (f"  {span(won)}", MUTED))
        yield ((Content.assemble(label, drawn, figure), PairFilter(tag=tag.tag)),)


# what more reviews buy


def budget_rows(budget: Sequence[WidthForecast], now: Assisted | None, pairs: int) -> Iterator[Row]:
    """Half-widths after more verdicts; those of now where there are some."""
    if not budget:
        return
    yield plain("With more reviews", BOLD)
    heads = [f"+{row.more}" for row in budget]
    like = [f"±{round(100 * row.population_half_width)}" for row in budget]
    this = [
        "exact" if row.this_set_half_width < 0.005 else f"±{round(100 * row.this_set_half_width)}" for row in budget
    ]
    if now is not None and now.state in SPOKEN:
        heads.insert(0, "now")
        like.insert(0, _half(now.population.win_rate))
        this.insert(0, _half(now.this_set.win_rate))
    for name, cells, style in (("", heads, FAINT), ("like these", like, ""), ("this set", this, "")):
        row = Content.assemble((name.ljust(12), MUTED), *((f"{cell:>8}", style) for cell in cells))
        yield ((row, PairFilter(only=QuickFilter.UNREAD)),) if name else plain(row)


def _half(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "–"
    return f"±{round(50 * (rate.high - rate.low))}"


def judge_of(numbers: RunStatistics) -> JudgeStatistics | None:
    """The judge that the figures are about."""
    return numbers.judges[0] if numbers.judges else None


_READ = PairFilter(only=QuickFilter.READ)


_CELL = 11


_LABEL = 26


def right_rows(view: NumbersView, width: int) -> list[Row]:
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


def _agreement(judge: JudgeStatistics, numbers: RunStatistics, width: int) -> Iterator[Row]:
    same, people = judge.agreement, numbers.reviewers
    yield plain(Content.assemble(("judge: ", FAINT), safe_text.line(judge.name, MUTED)).truncate(width, ellipsis=True))
    yield from _fact("says what people say", same.observed, width, strong=True)
    yield from _fact("without ties", same.without_ties, width)
    if same.blind.n:
        yield from _fact("blind reviews only", same.blind, width)
    for pair in people.pairs[:3]:
        name = f"{safe_text.safe_line(pair.a)[:10]} and {safe_text.safe_line(pair.b)[:10]}"
        yield from _fact(name, pair.agreement, width)
    if same.n >= MIN_FOR_RATE:
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
    if rate.n < MIN_FOR_RATE:
        yield ((_columns(label, counts, "", f"{MIN_FOR_RATE} needed", width), _READ),)
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
    whole = Content.assemble(label, "  ", safe_text.running(reason or "", FAINT))
    if whole.cell_length <= width:
        yield plain(whole)
    else:
        yield plain(label)
        yield from wrapped(reason or "", width, FAINT)


# the matrix


def _matrix(judge: JudgeStatistics, numbers: RunStatistics, people: str, width: int) -> Iterator[Row]:
    names = (numbers.candidate or "candidate", "tie", numbers.baseline or "baseline")
    label = 14 if width >= 14 + 3 * _CELL + 7 else 0
    cell = _CELL if label else max((width - 2) // 3, 4)
    margin = " " * (label + 7 if label else 0)
    yield plain(Content.assemble(margin, ("judge", MUTED)))
    heads = [_right(safe_text.line(name, MUTED), cell) for name in names]
    yield plain(Content.assemble(margin, *heads))
    most = max((count for row in judge.agreement.confusion for count in row), default=1) or 1
    for place, (name, counts) in enumerate(zip(names, judge.agreement.confusion, strict=True)):
        who = Content.styled((people if place == 1 else "").ljust(7), MUTED) if label else Content("")
        head = Content.assemble(who, _right(safe_text.line(name, MUTED), label - 2), "  ") if label else Content("")
        yield ((head, None), *(_count(place, other, count, most, cell) for other, count in enumerate(counts)))


def _count(row: int, column: int, count: int, most: int, width: int) -> tuple[Content, PairFilter | None]:
    """One cell, tinted by how many there are: where both say the same in one tint, elsewhere in another."""
    tints = HEAT_SAME if row == column else HEAT_OTHER
    tint = tints[min(round(count / most * (len(tints) - 1) + 0.49), len(tints) - 1)]
    text = Content.styled(f"{count:>{width // 2 + 1}}".ljust(width), f"{BOLD if row == column else ''} {tint}".strip())
    return text, PairFilter(people=CLASSES[row], judge=CLASSES[column]) if count else None


def _right(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 1, 0), ellipsis=True)
    return Content.assemble(" " * (width - cut.cell_length), cut)


# leans


def _leans(judge: JudgeStatistics, view: NumbersView, width: int) -> Iterator[Row]:
    room = bar_width(width)
    yield plain(Content.assemble(("Leans".ljust(NAMED), BOLD), axis(room) if room else ""))
    mine = _own(view.numbers.reviewers.leans, view.reviewer)
    yield plain("first shown is chosen", MUTED)
    yield bar("  judge", judge.position.first_rate, room, PairFilter(only=QuickFilter.INCONSISTENT))
    if mine is not None:
        yield bar("  you", mine.first, room, _READ)
    yield plain("longer is chosen", MUTED)
    yield bar("  judge", judge.length.judge_longer, room, PairFilter(only=QuickFilter.JUDGE_LONGER))
    yield bar("  people", judge.length.human_longer, room, PairFilter(only=QuickFilter.YOU_LONGER))
    yield blank()
    flips, both = judge.position.flips, judge.position.pairs_in_both_orders
    if both:
        words = f"{flips} of {both} verdicts changed with the order."
        yield ((Content.styled(words, MUTED), PairFilter(only=QuickFilter.INCONSISTENT)),)
    lean = _leaning(judge)
    if lean:
        first, *rest = Content.styled(lean, MUTED).wrap(max(width - 2, 8))
        yield plain(Content.assemble(("! ", DOUBT), first))
        yield from (plain(Content.assemble("  ", row)) for row in rest)


def _leaning(judge: JudgeStatistics) -> str:
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


def _own(leans: Sequence[ReviewerBias], reviewer: str) -> ReviewerBias | None:
    return next((lean for lean in leans if lean.name == reviewer), None)


@dataclass(frozen=True, slots=True)
class FigureLink:
    """Where a figure stands on the page, and what it opens."""

    region: Region
    wanted: PairFilter


def laid(columns: Sequence[Sequence[Row]], widths: Sequence[int]) -> tuple[list[list[Content]], list[FigureLink]]:
    """Columns side by side as rows of parts, and the places of those that open something, column by column."""
    height = max(map(len, columns), default=0)
    rows: list[list[Content]] = [[] for _ in range(height)]
    places: list[FigureLink] = []
    left = 0
    for rows_of, width in zip(columns, widths, strict=True):
        for y in range(height):
            x = left
            for part, wanted in rows_of[y] if y < len(rows_of) else ():
                if wanted is not None:
                    places.append(FigureLink(Region(x, y, part.cell_length, 1), wanted))
                rows[y].append(part)
                x += part.cell_length
            rows[y].append(Content(" " * (left + width - x)))
        left += width
    return rows, places
